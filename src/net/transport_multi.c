#include "net/transport_multi.h"

#include <assert.h>

#include "base/fail.h"
#include "net/multi_internal.h"

static ctes_status multi_perform(ctes_transport *transport, const ctes_request *request,
                                 ctes_response *ret, ctes_error *err) {
    ctes_line *line = NULL;
    CTES_TRY(ctes_multi_take_line((ctes_multi *)transport, &line, err));
    ctes_status status = ctes_curl_exchange(line->curl, request, ctes_multi_run, line, ret, err);
    ctes_multi_give_line(line);
    return status;
}

/* --- life ------------------------------------------------------------------------------------- */

static void multi_free(ctes_transport *transport) {
    ctes_multi *multi = (ctes_multi *)transport;
    ctes_multi_stop_driver(multi);
    for (size_t i = 0; i < multi->line_count; i++) {
        ctes_curl_free(multi->lines[i].curl);
        (void)sem_destroy(&multi->lines[i].done);
    }
    free(multi->lines);
    ctes_multi_free_handles(multi);
    free(multi);
}

static void multi_freep(ctes_multi **multi) {
    if (*multi != NULL)
        multi_free(&(*multi)->vtable);
}

static ctes_status add_line(ctes_multi *multi, const ctes_curl_settings *settings,
                            ctes_error *err) {
    ctes_curl *curl = NULL;
    CTES_TRY(ctes_curl_new(settings, &curl, err));
    ctes_line *line = &multi->lines[multi->line_count++];
    *line = (ctes_line){ .multi = multi, .curl = curl, .next = multi->free };
    (void)sem_init(&line->done, 0, 0); /* cannot fail for this value */
    multi->free = line;
    CURLcode result = curl_easy_setopt(curl->easy, CURLOPT_PRIVATE, (void *)line);
    return result == CURLE_OK ? CTES_OK : ctes_curl_refused(result, err);
}

ctes_status ctes_transport_multi_new(const ctes_context *context, const ctes_tls *tls,
                                     const ctes_net_limits *limits, unsigned max_in_flight,
                                     ctes_transport **ret, ctes_error *err) {
    assert(max_in_flight > 0);
    CTES_CLEANUP(multi_freep) ctes_multi *multi = calloc(1, sizeof *multi);
    if (multi == NULL)
        return ctes_fail_memory(err);
    multi->vtable.perform = multi_perform;
    multi->vtable.free = multi_free;
    multi->context = context;
    CTES_TRY(ctes_multi_make_handles(multi, max_in_flight, err));
    multi->lines = calloc(max_in_flight, sizeof *multi->lines);
    if (multi->lines == NULL)
        return ctes_fail_memory(err);
    const ctes_curl_settings settings = { .context = context,
                                          .tls = tls,
                                          .limits = limits,
                                          .connections = &multi->connections,
                                          .share = multi->share,
                                          .http2 = true };
    for (unsigned i = 0; i < max_in_flight; i++)
        CTES_TRY(add_line(multi, &settings, err));
    CTES_TRY(ctes_multi_start_driver(multi, err));
    *ret = &CTES_TAKE(multi)->vtable;
    return CTES_OK;
}
