#include "net/transport_curl.h"

#include "base/fail.h"
#include "net/curl_internal.h"

typedef struct single {
    ctes_transport vtable; /* first: the transport's address is this struct's */
    ctes_connections connections;
    ctes_curl *curl;
} single;

static CURLcode run(ctes_curl *curl, void *user) {
    (void)user;
    CURLcode result = curl_easy_perform(curl->easy);
    ctes_curl_leave_connection(curl);
    return result;
}

static ctes_status single_perform(ctes_transport *transport, const ctes_request *request,
                                  ctes_response *ret, ctes_error *err) {
    single *own = (single *)transport;
    return ctes_curl_exchange(own->curl, request, run, NULL, ret, err);
}

static void single_free(ctes_transport *transport) {
    single *own = (single *)transport;
    ctes_curl_free(own->curl);
    ctes_connections_clear(&own->connections);
    free(own);
}

static void single_freep(single **own) {
    if (*own != NULL)
        single_free(&(*own)->vtable);
}

ctes_status ctes_transport_curl_new(const ctes_context *context, const ctes_tls *tls,
                                    const ctes_net_limits *limits, ctes_transport **ret,
                                    ctes_error *err) {
    CTES_CLEANUP(single_freep) single *own = calloc(1, sizeof *own);
    if (own == NULL)
        return ctes_fail_memory(err);
    own->vtable.perform = single_perform;
    own->vtable.free = single_free;
    const ctes_curl_settings settings = {
        .context = context, .tls = tls, .limits = limits, .connections = &own->connections
    };
    CTES_TRY(ctes_curl_new(&settings, &own->curl, err));
    *ret = &CTES_TAKE(own)->vtable;
    return CTES_OK;
}
