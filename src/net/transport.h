/*
 * One HTTPS exchange, whatever carries it: libcurl (transport_curl.h) or the tests' fake.
 */
#ifndef CTES_NET_TRANSPORT_H
#define CTES_NET_TRANSPORT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/secret.h"

#define CTES_NET_REPLY_MAX   (8u << 20) /**< default bound of a reply's body, bytes */
#define CTES_NET_HEADERS_MAX (64u << 10)

/** A part of a multipart/form-data body. Names and values are bytes: the caller has encoded them
 *  (S2LOW reads ISO-8859-1). A part has a file when `file_name` is set. */
typedef struct ctes_part {
    const char *name;
    const char *value; /**< bytes, when neither `path` nor `file_name` is set */
    size_t value_length;
    const char *file_name;    /**< name sent for the file, or NULL */
    const char *content_type; /**< of the file, or NULL */
    const char *path;         /**< file streamed from disk, or NULL: `value` is the content */
} ctes_part;

typedef struct ctes_request {
    const char *url;        /**< https only */
    const ctes_part *parts; /**< body; with none the request is a GET */
    size_t part_count;
    const char *login; /**< HTTP Basic; NULL for none */
    const ctes_secret *password;
    bool account_in_url; /**< both go into the URL's query ("?user=…&password=…") instead; what is
                              told in errors and logs is `url`, without them */
    size_t reply_max;    /**< bytes; 0: CTES_NET_REPLY_MAX */
    const char *reply_path; /**< of a GET: the body of a 200 goes to this new file, durable and
                                 whole when perform() returns; any other reply stays in memory and
                                 within CTES_NET_REPLY_MAX. NULL: all replies in memory */
} ctes_request;

typedef struct ctes_response {
    long status;        /**< HTTP status */
    char *location;     /**< of a redirect, never followed; or NULL */
    char *content_type; /**< or NULL; S2LOW's is known to lie */
    long retry_after;   /**< seconds; -1 when absent or not understood */
    ctes_buffer body;
    uint64_t stored; /**< bytes of the body that went to `reply_path`; `body` is empty then */
    uint64_t sent;   /**< body bytes that left */
} ctes_response;

#define CTES_RESPONSE_INIT                                                                         \
    { .retry_after = -1, .body = CTES_BUFFER_INIT(CTES_NET_REPLY_MAX) }

void ctes_response_clear(ctes_response *response);
#define CTES_AUTO_RESPONSE CTES_CLEANUP(ctes_response_clear)

typedef struct ctes_transport ctes_transport;

struct ctes_transport {
    /** Performs one exchange. Any HTTP status is CTES_OK: judging it is the caller's.
     *  @return CTES_OK; nothing was received: CTES_E_NET_RESOLVE, CTES_E_NET_CONNECT,
     *          CTES_E_TLS_SERVER (chain or host name of the server), CTES_E_TLS_CLIENT (the server
     *          refuses our certificate, or it cannot be loaded), CTES_E_TLS_HANDSHAKE,
     *          CTES_E_KEY_PASSPHRASE, CTES_E_DOCUMENT_UNREADABLE, CTES_E_CONFIG_INVALID (the URL);
     *          CTES_E_INTERRUPTED, CTES_E_MEMORY; for `reply_path` CTES_E_NOT_FOUND (its folder),
     *          CTES_E_PERMISSION, CTES_E_DISK_FULL, CTES_E_IO;
     *          perhaps received: CTES_E_NET_BROKEN (also when the reply to a POST does not
     *          tell its length, and may be cut), CTES_E_NET_TIMEOUT, CTES_E_NET_REPLY_TOO_LARGE. */
    ctes_status (*perform)(ctes_transport *transport, const ctes_request *request,
                           ctes_response *ret, ctes_error *err);
    void (*free)(ctes_transport *transport);
};

static inline void ctes_transport_free(ctes_transport *transport) {
    if (transport != NULL)
        transport->free(transport);
}

#endif
