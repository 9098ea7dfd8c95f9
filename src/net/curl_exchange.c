/* One exchange from the request to what became of it, whichever way libcurl is run. */
#include "base/fail.h"
#include "base/runtime.h"
#include "net/curl_internal.h"

static void body_freep(curl_mime **body) {
    curl_mime_free(*body);
}

/* The server cannot have looked at the request: it may leave again. */
static bool untouched(const ctes_exchange *exchange) {
    return exchange->stale || exchange->refused;
}

/* `ret_result`: libcurl's code when it ran the exchange and failed */
static ctes_status attempt(ctes_curl *curl, const ctes_request *request, bool fresh,
                           ctes_curl_run run, void *user, CURLcode *ret_result, ctes_error *err) {
    ctes_curl_expect_reply(&curl->exchange, request);
    curl->error[0] = '\0';
    CTES_CLEANUP(body_freep) curl_mime *body = NULL;
    if (request->part_count > 0)
        CTES_TRY(ctes_curl_body_new(curl, request, &body, err));
    CURLcode result = ctes_curl_set_request(curl, request, body, fresh);
    if (result != CURLE_OK)
        return ctes_curl_refused(result, err);
    *ret_result = run(curl, user);
    /* setting options to nothing does not fail; what the exchange came to is what counts */
    if (ctes_curl_unset_request(curl) != CURLE_OK)
        ctes_log(curl->context, CTES_LOG_WARNING, NULL, "libcurl kept a request's settings");
    return CTES_OK;
}

static ctes_status exchange(ctes_curl *curl, const ctes_request *request, ctes_curl_run run,
                            void *user, ctes_response *ret, ctes_error *err) {
    CURLcode result = CURLE_OK;
    CTES_TRY(attempt(curl, request, false, run, user, &result, err));
    if (result != CURLE_OK && untouched(&curl->exchange)) {
        bool fresh = curl->exchange.stale; /* after a refusal there is a new one to share */
        CTES_TRY(attempt(curl, request, fresh, run, user, &result, err));
    }
    if (result != CURLE_OK)
        return ctes_curl_failed(curl, result, err);
    return ctes_curl_take_response(curl, ret, err);
}

ctes_status ctes_curl_exchange(ctes_curl *curl, const ctes_request *request, ctes_curl_run run,
                               void *user, ctes_response *ret, ctes_error *err) {
    if (ctes_stop_asked(curl->context))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "before anything was sent");
    ctes_status status = exchange(curl, request, run, user, ret, err);
    ctes_curl_drop_reply(&curl->exchange);
    ctes_log(curl->context, CTES_LOG_DEBUG, NULL, "%s %s: %s",
             request->part_count > 0 ? "POST" : "GET", request->url, ctes_status_name(status));
    return status;
}
