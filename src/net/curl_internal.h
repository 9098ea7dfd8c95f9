/*
 * What both libcurl transports are made of: one handle, the exchange it is on, and the connections
 * beneath.
 */
#ifndef CTES_NET_CURL_INTERNAL_H
#define CTES_NET_CURL_INTERNAL_H

#include <curl/curl.h>

#include "base/file.h"
#include "net/transport_curl.h"

/** A connection; see curl_connection.c. */
typedef struct ctes_connection ctes_connection;

/** The connections of one transport; only the thread that runs libcurl touches them. */
typedef struct ctes_connections {
    ctes_connection *first;
} ctes_connections;

/** What the callbacks of one exchange found out. */
typedef struct ctes_exchange {
    bool submission; /**< it has a body */
    ctes_buffer body;
    const char *path; /**< where the body of a 200 goes, or NULL; the request's */
    size_t path_max;
    ctes_file_writer file; /**< its `path` is set once the first byte came */
    uint64_t stored;
    ctes_error unwritten; /**< why it could not be; code CTES_OK: it could */
    size_t header_bytes;
    bool headers_whole;   /**< the empty line behind them came */
    bool stopped;         /**< the program was asked to stop and nothing had left */
    size_t bound_passed;  /**< by the body or the headers; 0: none */
    const char *bad_file; /**< part whose file changed or failed while it was read; borrowed */
    bool begun;           /**< libcurl was about to send, for the first time or again */
    bool body_read;       /**< libcurl took bytes of the body: some may have left */
    bool stale;           /**< the connection had ended before any byte left: nothing was sent */
    bool resend_barred;   /**< libcurl was about to send a body again, and was kept from it */
    bool refused;         /**< the server said that it did not look at it (HTTP/2) */
    ctes_connection *connection; /**< it is on, or NULL */
    unsigned long stream;        /**< of HTTP/2; 0: none */
} ctes_exchange;

typedef struct ctes_curl {
    const ctes_context *context;
    CURL *easy;
    struct curl_slist *headers;
    char *certificate; /**< to name in errors */
    char *key;         /**< file that holds the key: the certificate's own when there is no other */
    bool in_memory;    /**< certificate and key came as PEM in memory */
    bool http2;        /**< taken where the server offers it */
    long http_version; /**< CURL_HTTP_VERSION_… of the last reply; 0: none yet */
    ctes_connections *connections; /**< the transport's */
    ctes_exchange exchange;
    char error[CURL_ERROR_SIZE];
} ctes_curl;

/** What a handle is made from; strings are copied. */
typedef struct ctes_curl_settings {
    const ctes_context *context;
    const ctes_tls *tls;
    const ctes_net_limits *limits;
    ctes_connections *connections;
    CURLSH *share; /**< TLS sessions shared with other handles, or NULL */
    bool http2;
} ctes_curl_settings;

/* --- curl_handle.c ---------------------------------------------------------------------------- */

/** @return as ctes_transport_curl_new(). */
ctes_status ctes_curl_new(const ctes_curl_settings *settings, ctes_curl **ret,
                          ctes_error *err) CTES_MUST_CHECK;
void ctes_curl_free(ctes_curl *curl);

/* --- curl_exchange.c -------------------------------------------------------------------------- */

/** Runs the handle as it is set, until the exchange is over. */
typedef CURLcode (*ctes_curl_run)(ctes_curl *curl, void *user);

/** One exchange, as transport.h documents it; on a fresh connection once more when the first one
 *  had ended before anything left. */
ctes_status ctes_curl_exchange(ctes_curl *curl, const ctes_request *request, ctes_curl_run run,
                               void *user, ctes_response *ret, ctes_error *err) CTES_MUST_CHECK;

/* --- curl_connection.c ------------------------------------------------------------------------ */

/** Watches the handle's connections. */
CURLcode ctes_curl_watch_connections(ctes_curl *curl) CTES_MUST_CHECK;

/** To be called when libcurl has closed all of them. */
void ctes_connections_clear(ctes_connections *all);

/** To be called once the exchange is over, in the thread that runs libcurl. */
void ctes_curl_leave_connection(ctes_curl *curl);

/* --- curl_options.c --------------------------------------------------------------------------- */

/** Sets once what holds for every exchange; the settings are copied by libcurl. */
CURLcode ctes_curl_set_fixed(ctes_curl *curl, const ctes_curl_settings *settings) CTES_MUST_CHECK;

/** Parts of it, for other uses of libcurl: the limits; who the server must be. */
CURLcode ctes_curl_set_limits(CURL *easy, const ctes_net_limits *limits) CTES_MUST_CHECK;
CURLcode ctes_curl_set_server_check(CURL *easy, const char *ca) CTES_MUST_CHECK;

/** Sets what a request asks for; `body` is NULL for a GET. `fresh`: on a new connection. */
CURLcode ctes_curl_set_request(ctes_curl *curl, const ctes_request *request, curl_mime *body,
                               bool fresh) CTES_MUST_CHECK;

/** Takes the request's URL, login and password out of the handle again. */
CURLcode ctes_curl_unset_request(ctes_curl *curl) CTES_MUST_CHECK;

/* --- curl_body.c ------------------------------------------------------------------------------ */

/** Makes the multipart body; files are opened now and streamed later. `request` must last as long
 *  as the body.
 *  @return CTES_OK, CTES_E_DOCUMENT_UNREADABLE, CTES_E_MEMORY. */
ctes_status ctes_curl_body_new(ctes_curl *curl, const ctes_request *request, curl_mime **ret,
                               ctes_error *err) CTES_MUST_CHECK;

/* --- curl_reply.c ----------------------------------------------------------------------------- */

size_t ctes_curl_on_header(char *bytes, size_t size, size_t count, void *user);
size_t ctes_curl_on_body(char *bytes, size_t size, size_t count, void *user);

/** Makes ready for the reply to `request`, and lets go of what the last one left. */
void ctes_curl_expect_reply(ctes_exchange *exchange, const ctes_request *request);
void ctes_curl_drop_reply(ctes_exchange *exchange);
int ctes_curl_on_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                          curl_off_t up);

/** True once any byte of the request was given to the connection. */
bool ctes_curl_sent_any(CURL *easy);

/** Moves what was received into `ret`.
 *  @return CTES_OK, CTES_E_NET_BROKEN, or why the file could not be written. */
ctes_status ctes_curl_take_response(ctes_curl *curl, ctes_response *ret,
                                    ctes_error *err) CTES_MUST_CHECK;

/* --- curl_errors.c ---------------------------------------------------------------------------- */

/** What became of an exchange that ended with `result`, never CURLE_OK. */
ctes_status ctes_curl_failed(const ctes_curl *curl, CURLcode result, ctes_error *err);

/** What `result` means when nothing of a request has left; `error` is libcurl's text. */
ctes_status ctes_curl_status_unsent(CURL *easy, const char *error, CURLcode result);

/** Why the handle refused an option; nothing has been sent. */
ctes_status ctes_curl_refused(CURLcode result, ctes_error *err);

/* --- curl_memory.c ---------------------------------------------------------------------------- */

/** Starts libcurl, with memory functions that wipe what they release. Each call that returned
 *  CTES_OK needs one ctes_curl_stop_library(). */
ctes_status ctes_curl_start_library(ctes_error *err) CTES_MUST_CHECK;
void ctes_curl_stop_library(void);

/** Returns libcurl's code from the current function unless the option was taken. */
#define CTES_CURL_SET(easy, option, value)                                                         \
    do {                                                                                           \
        CURLcode set_result_ = curl_easy_setopt(easy, option, value);                              \
        if (set_result_ != CURLE_OK)                                                               \
            return set_result_;                                                                    \
    } while (0)

#endif
