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
        (void)pthread_cond_destroy(&multi->lines[i].changed);
    }
    free(multi->lines);
    if (multi->handle != NULL)
        (void)curl_multi_cleanup(multi->handle); /* closes the connections */
    ctes_connections_clear(&multi->connections);
    if (multi->share != NULL)
        (void)curl_share_cleanup(multi->share);
    if (multi->lock_made) {
        (void)pthread_cond_destroy(&multi->work);
        (void)pthread_mutex_destroy(&multi->lock);
        ctes_curl_stop_library();
    }
    free(multi);
}

static void multi_freep(ctes_multi **multi) {
    if (*multi != NULL)
        multi_free(&(*multi)->vtable);
}

static bool set_handle(CURLM *handle, long max) {
    return curl_multi_setopt(handle, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) == CURLM_OK &&
           curl_multi_setopt(handle, CURLMOPT_MAX_CONCURRENT_STREAMS, max) == CURLM_OK &&
           curl_multi_setopt(handle, CURLMOPT_MAXCONNECTS, max) == CURLM_OK &&
           curl_multi_setopt(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, max) == CURLM_OK;
}

/* libcurl, its multi handle and its share. The share needs no locks: after this thread only the
 * driver's uses it. */
static ctes_status make_handles(ctes_multi *multi, unsigned max_in_flight, ctes_error *err) {
    CTES_TRY(ctes_curl_start_library(err));
    /* glibc's functions for these do not fail */
    (void)pthread_mutex_init(&multi->lock, NULL);
    (void)pthread_cond_init(&multi->work, NULL);
    multi->lock_made = true;
    multi->handle = curl_multi_init();
    multi->share = curl_share_init();
    multi->lines = calloc(max_in_flight, sizeof *multi->lines);
    if (multi->handle == NULL || multi->share == NULL || multi->lines == NULL)
        return ctes_fail_memory(err);
    if (!set_handle(multi->handle, (long)max_in_flight) ||
        curl_share_setopt(multi->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "libcurl refuses the settings");
    return CTES_OK;
}

static ctes_status add_line(ctes_multi *multi, const ctes_curl_settings *settings,
                            ctes_error *err) {
    ctes_curl *curl = NULL;
    CTES_TRY(ctes_curl_new(settings, &curl, err));
    ctes_line *line = &multi->lines[multi->line_count++];
    *line = (ctes_line){ .multi = multi, .curl = curl, .next = multi->free };
    (void)pthread_cond_init(&line->changed, NULL);
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
    CTES_TRY(make_handles(multi, max_in_flight, err));
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
