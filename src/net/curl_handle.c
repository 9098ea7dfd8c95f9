/* One libcurl handle, set up for who is spoken to and as whom. */
#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "net/curl_internal.h"

void ctes_curl_free(ctes_curl *curl) {
    if (curl == NULL)
        return;
    bool started = curl->easy != NULL;
    curl_easy_cleanup(curl->easy);
    curl_slist_free_all(curl->headers);
    ctes_curl_drop_reply(&curl->exchange);
    free(curl->certificate);
    free(curl->key);
    free(curl);
    if (started)
        ctes_curl_stop_library();
}

static void curl_freep(ctes_curl **curl) {
    ctes_curl_free(*curl);
}

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

/* Checked here: what libcurl does not take for a list of pins it takes for the name of a file. */
static ctes_status check_pins(const char *pins, ctes_error *err) {
    static const char KIND[] = "sha256//", DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                      "abcdefghijklmnopqrstuvwxyz0123456789+/";
    enum { DIGITS_OF_SHA256 = 43 }; /* and one '=' */
    const char *at = pins;
    while (strncmp(at, KIND, strlen(KIND)) == 0) {
        at += strlen(KIND);
        if (strspn(at, DIGITS) != DIGITS_OF_SHA256 || at[DIGITS_OF_SHA256] != '=')
            break;
        at += DIGITS_OF_SHA256 + 1;
        if (*at == '\0')
            return CTES_OK;
        if (*at++ != ';')
            break;
    }
    return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "pins: sha256//BASE64[;sha256//BASE64…]");
}

ctes_status ctes_curl_new(const ctes_curl_settings *settings, ctes_curl **ret, ctes_error *err) {
    const ctes_tls *tls = settings->tls;
    if (tls->certificate == NULL)
        return ctes_fail(err, CTES_E_CERT_UNREADABLE, NULL, "no client certificate given");
    CTES_CLEANUP(curl_freep) ctes_curl *curl = calloc(1, sizeof *curl);
    if (curl == NULL)
        return ctes_fail_memory(err);
    curl->context = settings->context;
    curl->connections = settings->connections;
    curl->http2 = settings->http2;
    curl->in_memory = tls->pem != NULL;
    bool own_key = tls->key != NULL && !curl->in_memory;
    CTES_TRY(ctes_text_dup(tls->certificate, &curl->certificate, err));
    CTES_TRY(ctes_text_dup(own_key ? tls->key : tls->certificate, &curl->key, err));
    CTES_TRY(check_files(curl, tls, err));
    if (tls->pins != NULL)
        CTES_TRY(check_pins(tls->pins, err));
    CTES_TRY(ctes_curl_start_library(err));
    curl->easy = curl_easy_init();
    if (curl->easy == NULL) {
        ctes_curl_stop_library();
        return ctes_fail_memory(err);
    }
    CURLcode result = ctes_curl_set_fixed(curl, settings);
    if (result != CURLE_OK)
        return ctes_curl_refused(result, err);
    *ret = CTES_TAKE(curl);
    return CTES_OK;
}
