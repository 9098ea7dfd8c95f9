#include "net/transport_curl.h"

#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "net/curl_internal.h"

static void curl_transport_free(ctes_transport *transport) {
    ctes_curl *curl = (ctes_curl *)transport;
    bool started = curl->easy != NULL;
    curl_easy_cleanup(curl->easy);
    curl_slist_free_all(curl->headers);
    ctes_buffer_clear(&curl->exchange.body);
    free(curl->certificate);
    free(curl->key);
    free(curl);
    if (started)
        ctes_curl_stop_library();
}

static void curl_freep(ctes_curl **curl) {
    if (*curl != NULL)
        curl_transport_free(&(*curl)->vtable);
}

/* --- an exchange ------------------------------------------------------------------------------ */

static ctes_status exchange(ctes_curl *curl, const ctes_request *request, curl_mime *body,
                            ctes_response *ret, ctes_error *err) {
    CURLcode result = ctes_curl_set_request(curl, request, body);
    if (result != CURLE_OK)
        return ctes_curl_refused(result, err);
    result = curl_easy_perform(curl->easy);
    if (result != CURLE_OK)
        return ctes_curl_failed(curl, result, err);
    return ctes_curl_take_response(curl, ret, err);
}

static ctes_status curl_perform(ctes_transport *transport, const ctes_request *request,
                                ctes_response *ret, ctes_error *err) {
    ctes_curl *curl = (ctes_curl *)transport;
    if (ctes_stop_asked(curl->context))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "before anything was sent");
    size_t max = request->reply_max > 0 ? request->reply_max : CTES_NET_REPLY_MAX;
    curl->exchange =
        (ctes_exchange){ .submission = request->part_count > 0, .body = CTES_BUFFER_INIT(max) };
    curl->error[0] = '\0';
    curl_mime *body = NULL;
    if (request->part_count > 0)
        CTES_TRY(ctes_curl_body_new(curl, request, &body, err));
    ctes_status status = exchange(curl, request, body, ret, err);
    curl_mime_free(body);
    /* setting options to nothing does not fail; what the exchange came to is what counts */
    if (ctes_curl_unset_request(curl) != CURLE_OK)
        ctes_log(curl->context, CTES_LOG_WARNING, NULL, "libcurl kept a request's settings");
    ctes_buffer_clear(&curl->exchange.body);
    ctes_log(curl->context, CTES_LOG_DEBUG, NULL, "%s %s: %s", body != NULL ? "POST" : "GET",
             request->url, ctes_status_name(status));
    return status;
}

/* --- life ------------------------------------------------------------------------------------- */

static ctes_status check_readable(const char *path, ctes_error *err) {
    if (access(path, R_OK) == 0)
        return CTES_OK;
    char text[128];
    return ctes_fail(err, CTES_E_CERT_UNREADABLE, path, "%s", strerror_r(errno, text, sizeof text));
}

static ctes_status check_files(const ctes_curl *curl, const ctes_tls *tls, ctes_error *err) {
    if (tls->ca != NULL)
        CTES_TRY(check_readable(tls->ca, err));
    if (curl->in_memory)
        return CTES_OK;
    CTES_TRY(check_readable(tls->certificate, err));
    return ctes_secret_file_check(curl->key, err);
}

ctes_status ctes_transport_curl_new(const ctes_context *context, const ctes_tls *tls,
                                    const ctes_net_limits *limits, ctes_transport **ret,
                                    ctes_error *err) {
    if (tls->certificate == NULL)
        return ctes_fail(err, CTES_E_CERT_UNREADABLE, NULL, "no client certificate given");
    CTES_CLEANUP(curl_freep) ctes_curl *curl = calloc(1, sizeof *curl);
    if (curl == NULL)
        return ctes_fail_memory(err);
    curl->vtable.perform = curl_perform;
    curl->vtable.free = curl_transport_free;
    curl->context = context;
    curl->in_memory = tls->pem != NULL;
    bool own_key = tls->key != NULL && !curl->in_memory;
    CTES_TRY(ctes_text_dup(tls->certificate, &curl->certificate, err));
    CTES_TRY(ctes_text_dup(own_key ? tls->key : tls->certificate, &curl->key, err));
    CTES_TRY(check_files(curl, tls, err));
    CTES_TRY(ctes_curl_start_library(err));
    curl->easy = curl_easy_init();
    if (curl->easy == NULL) {
        ctes_curl_stop_library();
        return ctes_fail_memory(err);
    }
    CURLcode result = ctes_curl_set_fixed(curl, tls, limits);
    if (result != CURLE_OK)
        return ctes_curl_refused(result, err);
    *ret = &CTES_TAKE(curl)->vtable;
    return CTES_OK;
}
