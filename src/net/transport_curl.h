/*
 * The real transport: libcurl over mutually authenticated TLS, 1.2 at least. The server's chain and
 * name are always verified; there is no way to say otherwise. No cookies, no redirects, https only.
 */
#ifndef CTES_NET_TRANSPORT_CURL_H
#define CTES_NET_TRANSPORT_CURL_H

#include <ctes/context.h>

#include "net/transport.h"

typedef struct ctes_tls {
    const char *certificate; /**< client certificate, PEM with its chain, or PKCS#12 (.p12, .pfx) */
    const char *key;         /**< PEM; NULL when `certificate` holds it */
    const ctes_secret *passphrase; /**< of the key, or NULL */
    const char *ca;                /**< PEM bundle the server must chain to; NULL: the system's */
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

/** Checks that key files are private (CTES_E_KEY_EXPOSED) and readable. The transport keeps
 *  copies of all strings and wipes the passphrase when freed. One exchange at a time; the
 *  connection and TLS session are kept and used again. `context` must outlive the transport. */
ctes_status ctes_transport_curl_new(const ctes_context *context, const ctes_tls *tls,
                                    const ctes_net_limits *limits, ctes_transport **ret,
                                    ctes_error *err) CTES_MUST_CHECK;

#endif
