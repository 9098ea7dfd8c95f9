/*
 * The real transport: libcurl over mutually authenticated TLS, 1.2 at least, HTTP/1.1. The server's
 * chain and name are always verified; there is no way to say otherwise.
 *
 * Only the caller decides who is spoken to and how: no cookies, no redirects, https only; proxies,
 * logins and authorities that the environment or files of the user name (https_proxy, .netrc,
 * SSL_CERT_FILE …) are not used, and no session keys are written (SSLKEYLOGFILE). No "Expect:
 * 100-continue" is sent.
 *
 * A request with parts leaves at most once, though connections are used again: once anything of its
 * body was taken, libcurl cannot begin it anew (see curl_body.c). A kept connection that the server
 * has ended meanwhile is noticed before anything leaves, and replaced. New connections take the TLS
 * session up again. A stop request is heeded until the first byte of a request has left; then the
 * exchange is finished.
 */
#ifndef CTES_NET_TRANSPORT_CURL_H
#define CTES_NET_TRANSPORT_CURL_H

#include <ctes/context.h>

#include "net/transport.h"

typedef struct ctes_tls {
    const char *certificate; /**< file of the client certificate, PEM with its chain */
    const char *key;         /**< file, PEM; NULL when `certificate` holds it */
    const char *pem; /**< what the caller read of a file that libcurl cannot (PKCS#12): certificate,
                        chain and open key; NULL: the files are read, and `certificate` else only
                        gives errors a name */
    size_t pem_length;
    const ctes_secret *passphrase; /**< of the key, or NULL */
    const char *ca;                /**< PEM bundle the server must chain to; NULL: the system's */
    const char *pins; /**< "sha256//BASE64;sha256//BASE64": the server's key must be one of these
                           too (RFC 7469 § 2.4), looked at before anything is sent; NULL: any */
} ctes_tls;

typedef struct ctes_net_limits {
    long connect_s; /**< seconds to connect */
    long total_s;   /**< seconds for a whole exchange */
    long stall_s;   /**< seconds below `stall_bytes` a second before giving up */
    long stall_bytes;
} ctes_net_limits;

/* S2LOW's own client waits 60 s to connect, 180 s in all (norm sheet § 9.1); 150 MiB need more */
#define CTES_NET_LIMITS_INIT                                                                       \
    { .connect_s = 60, .total_s = 1800, .stall_s = 60, .stall_bytes = 128 }

/** Checks that the certificate and the CA file can be read and that the file with the key is
 *  private (unless `pem` is given); what they hold is looked at by the first exchange. The
 * transport keeps copies of all strings; passphrase and passwords are wiped wherever libcurl
 * released them, the last of them when the transport is freed (unless the program started libcurl
 * itself with other memory functions). One exchange at a time. `context` must outlive the
 * transport.
 *  @return CTES_OK, CTES_E_CERT_UNREADABLE, CTES_E_KEY_UNREADABLE, CTES_E_KEY_EXPOSED,
 *          CTES_E_CONFIG_INVALID (the pins), CTES_E_MEMORY, CTES_E_INTERNAL. */
ctes_status ctes_transport_curl_new(const ctes_context *context, const ctes_tls *tls,
                                    const ctes_net_limits *limits, ctes_transport **ret,
                                    ctes_error *err) CTES_MUST_CHECK;

#endif
