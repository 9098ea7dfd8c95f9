/* The libcurl transport from the inside: one handle, and what is known about the exchange it is on.
 */
#ifndef CTES_NET_CURL_INTERNAL_H
#define CTES_NET_CURL_INTERNAL_H

#include <curl/curl.h>

#include "net/transport_curl.h"

/** What the callbacks of one exchange found out. */
typedef struct ctes_exchange {
    bool submission; /**< it has a body */
    ctes_buffer body;
    size_t header_bytes;
    bool headers_whole;   /**< the empty line behind them came */
    bool stopped;         /**< the program was asked to stop and nothing had left */
    size_t bound_passed;  /**< by the body or the headers; 0: none */
    const char *bad_file; /**< part whose file changed or failed while it was read; borrowed */
} ctes_exchange;

typedef struct ctes_curl {
    ctes_transport vtable; /**< first: the transport's address is this struct's */
    const ctes_context *context;
    CURL *easy;
    struct curl_slist *headers;
    char *certificate; /**< to name in errors */
    char *key;         /**< file that holds the key: the certificate's own when there is no other */
    bool in_memory;    /**< certificate and key came as PEM in memory */
    ctes_exchange exchange;
    char error[CURL_ERROR_SIZE];
} ctes_curl;

/* --- curl_options.c --------------------------------------------------------------------------- */

/** Sets once what holds for every exchange; `tls` and `limits` are copied by libcurl. */
CURLcode ctes_curl_set_fixed(ctes_curl *curl, const ctes_tls *tls,
                             const ctes_net_limits *limits) CTES_MUST_CHECK;

/** Sets what a request asks for; `body` is NULL for a GET. */
CURLcode ctes_curl_set_request(ctes_curl *curl, const ctes_request *request,
                               curl_mime *body) CTES_MUST_CHECK;

/** Takes the request's login and password out of the handle again. */
CURLcode ctes_curl_unset_request(ctes_curl *curl) CTES_MUST_CHECK;

/* --- curl_body.c ------------------------------------------------------------------------------ */

/** Makes the multipart body; files are opened now and streamed later.
 *  @return CTES_OK, CTES_E_DOCUMENT_UNREADABLE, CTES_E_MEMORY. */
ctes_status ctes_curl_body_new(ctes_curl *curl, const ctes_request *request, curl_mime **ret,
                               ctes_error *err) CTES_MUST_CHECK;

/* --- curl_reply.c ----------------------------------------------------------------------------- */

size_t ctes_curl_on_header(char *bytes, size_t size, size_t count, void *user);
size_t ctes_curl_on_body(char *bytes, size_t size, size_t count, void *user);
int ctes_curl_on_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                          curl_off_t up);

/** True once any byte of the request was given to the connection. */
bool ctes_curl_sent_any(CURL *easy);

/** Moves what was received into `ret`.
 *  @return CTES_OK or CTES_E_NET_BROKEN. */
ctes_status ctes_curl_take_response(ctes_curl *curl, ctes_response *ret,
                                    ctes_error *err) CTES_MUST_CHECK;

/* --- curl_errors.c ---------------------------------------------------------------------------- */

/** What became of an exchange that ended with `result`, never CURLE_OK. */
ctes_status ctes_curl_failed(const ctes_curl *curl, CURLcode result, ctes_error *err);

/** Why the handle refused an option; nothing has been sent. */
ctes_status ctes_curl_refused(CURLcode result, ctes_error *err);

/* --- curl_memory.c ---------------------------------------------------------------------------- */

/** Starts libcurl, with memory functions that wipe what they release. Each call that returned
 *  CTES_OK needs one ctes_curl_stop_library(). */
ctes_status ctes_curl_start_library(ctes_error *err) CTES_MUST_CHECK;
void ctes_curl_stop_library(void);

#endif
