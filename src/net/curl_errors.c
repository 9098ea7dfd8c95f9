/*
 * From libcurl's codes to ours. The question each must answer is whether the operator may have
 * received the request, and libcurl's code alone does not tell: a timeout is harmless before the
 * first byte of the request and a legal doubt after it.
 */
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "net/curl_internal.h"

/* libcurl's words: the buffer's, with the library's own detail in it, or those of the code */
static const char *words(const ctes_curl *curl, CURLcode result) {
    return curl->error[0] != '\0' ? curl->error : curl_easy_strerror(result);
}

/* The TLS alert the server sent, from OpenSSL's words ("error:0A000418:SSL routines::..."): library
 * 0x14 << 23, reason 1000 + the alert's number. 0 when there is none. */
static unsigned long tls_alert(const char *text) {
    static const char PREFIX[] = "error:0A";
    enum { REASON_OF_ALERTS = 1000, DIGITS = 6 };
    const char *found = strstr(text, PREFIX);
    if (found == NULL)
        return 0;
    char digits[DIGITS + 1];
    (void)ctes_text_copy(digits, sizeof digits, found + sizeof PREFIX - 1);
    char *end = NULL;
    unsigned long reason = strtoul(digits, &end, 16);
    if (end != digits + DIGITS || reason <= REASON_OF_ALERTS || reason > REASON_OF_ALERTS + 255)
        return 0;
    return reason - REASON_OF_ALERTS;
}

/* RFC 8446 § 6.2 */
static bool alert_refuses_certificate(unsigned long alert) {
    switch (alert) {
    case 42:  /* bad_certificate */
    case 43:  /* unsupported_certificate */
    case 44:  /* certificate_revoked */
    case 45:  /* certificate_expired */
    case 46:  /* certificate_unknown */
    case 48:  /* unknown_ca */
    case 49:  /* access_denied */
    case 116: /* certificate_required */
        return true;
    default:
        return false;
    }
}

/* Two of these alerts libcurl tells in its own way: of certificate_required it makes a code, and
 * certificate_expired it takes for a fault of the server's certificate, though with these words,
 * which it uses when there is none. */
static const char EXPIRED_ALERT[] = "SSL certificate verification failed";

static bool refuses_certificate(const ctes_curl *curl, CURLcode result) {
    return result == CURLE_SSL_CLIENTCERT || alert_refuses_certificate(tls_alert(curl->error)) ||
           (result == CURLE_PEER_FAILED_VERIFICATION && strcmp(curl->error, EXPIRED_ALERT) == 0);
}

static bool key_is_enciphered(const char *path) {
    CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT(1 << 20);
    if (ctes_file_read(path, &text, NULL) != CTES_OK || text.length == 0)
        return false;
    bool enciphered = strstr(text.data, "BEGIN ENCRYPTED PRIVATE KEY") != NULL ||
                      strstr(text.data, "Proc-Type: 4,ENCRYPTED") != NULL;
    ctes_wipe(text.data, text.length);
    return enciphered;
}

/* libcurl could not load our certificate or key. Of an enciphered key it passes no reason on. */
static ctes_status identity_failed(const ctes_curl *curl, ctes_error *err) {
    bool passphrase = !curl->in_memory && strstr(curl->error, "private key") != NULL &&
                      strstr(curl->error, "match") == NULL && key_is_enciphered(curl->key);
    return ctes_fail(err, passphrase ? CTES_E_KEY_PASSPHRASE : CTES_E_TLS_CLIENT,
                     ctes_path_base(passphrase ? curl->key : curl->certificate), "%s",
                     words(curl, CURLE_SSL_CERTPROBLEM));
}

/* where a timeout before the first byte of the request struck */
static ctes_status timeout_stage(CURL *easy, const char *error) {
    curl_off_t resolved = 0;
    if (curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved) == CURLE_OK && resolved == 0)
        return CTES_E_NET_RESOLVE;
    /* libcurl 7.88 notes the time of the connection only once TLS is done, but its words tell */
    return strstr(error, "SSL") != NULL ? CTES_E_TLS_HANDSHAKE : CTES_E_NET_CONNECT;
}

ctes_status ctes_curl_status_unsent(CURL *easy, const char *error, CURLcode result) {
    switch (result) {
    case CURLE_OUT_OF_MEMORY:
        return CTES_E_MEMORY;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return CTES_E_NET_RESOLVE;
    case CURLE_OPERATION_TIMEDOUT:
        return timeout_stage(easy, error);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return CTES_E_TLS_SERVER;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
        return CTES_E_TLS_HANDSHAKE;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED: /* a login in the URL */
        return CTES_E_CONFIG_INVALID;
    case CURLE_COULDNT_CONNECT:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        return CTES_E_NET_CONNECT;
    default:
        return CTES_E_INTERNAL;
    }
}

ctes_status ctes_curl_failed(const ctes_curl *curl, CURLcode result, ctes_error *err) {
    const ctes_exchange *exchange = &curl->exchange;
    bool sent = exchange->body_read || ctes_curl_sent_any(curl->easy);
    if (exchange->stale || exchange->refused) /* not the first time, or it would be tried again */
        return ctes_fail(err, CTES_E_NET_CONNECT, NULL,
                         exchange->stale ? "the connection ended before it was used"
                                         : "the server ended the connection before the request");
    if (exchange->resend_barred || result == CURLE_SEND_FAIL_REWIND)
        return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "the connection ended without an answer");
    if (exchange->bad_file != NULL)
        return ctes_fail(err, sent ? CTES_E_NET_BROKEN : CTES_E_DOCUMENT_UNREADABLE,
                         ctes_path_base(exchange->bad_file), "the file changed while it was sent");
    if (exchange->stopped && !sent)
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "before anything was sent");
    if (exchange->unwritten.code != CTES_OK) { /* a GET: nothing there is in doubt */
        if (err != NULL)
            *err = exchange->unwritten;
        return exchange->unwritten.code;
    }
    if (exchange->bound_passed > 0)
        return ctes_fail(err, CTES_E_NET_REPLY_TOO_LARGE, NULL, "more than %zu bytes",
                         exchange->bound_passed);
    if (result == CURLE_SSL_CERTPROBLEM)
        return identity_failed(curl, err);
    /* With TLS 1.3 the server looks at our certificate after the handshake is over for us, so its
     * refusal meets a request already on its way; the server ends the connection unread. */
    if (refuses_certificate(curl, result))
        return ctes_fail(err, CTES_E_TLS_CLIENT, ctes_path_base(curl->certificate), "%s",
                         result == CURLE_PEER_FAILED_VERIFICATION ? "alert certificate expired"
                                                                  : words(curl, result));
    ctes_status status;
    if (!sent)
        status = ctes_curl_status_unsent(curl->easy, curl->error, result);
    else /* whatever it was, out of memory included: the request may have been received */
        status = result == CURLE_OPERATION_TIMEDOUT ? CTES_E_NET_TIMEOUT : CTES_E_NET_BROKEN;
    return ctes_fail(err, status, NULL, "%s", words(curl, result));
}

ctes_status ctes_curl_refused(CURLcode result, ctes_error *err) {
    if (result == CURLE_OUT_OF_MEMORY)
        return ctes_fail_memory(err);
    return ctes_fail(err, CTES_E_INTERNAL, NULL, "libcurl: %s", curl_easy_strerror(result));
}
