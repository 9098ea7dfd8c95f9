/*
 * The real transport for many exchanges at once: perform() may be called from any number of
 * threads, one thread of the transport's own drives them all through one libcurl multi handle. Who
 * is spoken to and how, verification, limits, error codes and the promise that a submission never
 * leaves twice are those of transport_curl.h.
 *
 * Connections and TLS sessions are used again by whichever exchange comes next. Where the server
 * offers HTTP/2 all exchanges share a connection, else each has one of HTTP/1.1 to itself.
 */
#ifndef CTES_NET_TRANSPORT_MULTI_H
#define CTES_NET_TRANSPORT_MULTI_H

#include "net/transport_curl.h"

/** `max_in_flight` (1 at least) exchanges run at once; others wait in the order they came, a wait
 *  the limits do not count. Once the context's stop hook says so, exchanges of which something has
 *  left are finished and all others end with CTES_E_INTERRUPTED.
 *
 *  The context's hooks are called from the calling threads and from the transport's own, also at
 *  once. All perform() must have returned before the transport is freed.
 *  @return as ctes_transport_curl_new(). */
ctes_status ctes_transport_multi_new(const ctes_context *context, const ctes_tls *tls,
                                     const ctes_net_limits *limits, unsigned max_in_flight,
                                     ctes_transport **ret, ctes_error *err) CTES_MUST_CHECK;

#endif
