/* Every option libcurl is given: all checked, none that could weaken the verification. */
#include <stdint.h>
#include <string.h>

#include "base/secret.h"
#include "net/curl_internal.h"

/* Seconds a connection is used again after it fell idle. Apache ends it after 5 seconds unless told
 * otherwise: a request that meets this very moment would have an unknown outcome. */
#define CTES_CURL_IDLE_S 3L

/* Bytes of a body read from disk and encrypted in one go: half of an usual archive. */
#define CTES_CURL_UPLOAD_PIECE 131072L

static CURLcode set_callbacks(ctes_curl *curl) {
    CURL *easy = curl->easy;
    CTES_CURL_SET(easy, CURLOPT_ERRORBUFFER, curl->error);
    CTES_CURL_SET(easy, CURLOPT_HEADERFUNCTION, ctes_curl_on_header);
    CTES_CURL_SET(easy, CURLOPT_HEADERDATA, &curl->exchange);
    CTES_CURL_SET(easy, CURLOPT_WRITEFUNCTION, ctes_curl_on_body);
    CTES_CURL_SET(easy, CURLOPT_WRITEDATA, curl);
    CTES_CURL_SET(easy, CURLOPT_NOPROGRESS, 0L);
    CTES_CURL_SET(easy, CURLOPT_XFERINFOFUNCTION, ctes_curl_on_progress);
    CTES_CURL_SET(easy, CURLOPT_XFERINFODATA, curl);
    return CURLE_OK;
}

static CURLcode set_http(ctes_curl *curl) {
    CURL *easy = curl->easy;
    CTES_CURL_SET(easy, CURLOPT_NOSIGNAL, 1L);
    CTES_CURL_SET(easy, CURLOPT_PROTOCOLS_STR, "https");
    CTES_CURL_SET(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    CTES_CURL_SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
    CTES_CURL_SET(easy, CURLOPT_HTTP_VERSION,
                  curl->http2 ? (long)CURL_HTTP_VERSION_2TLS : (long)CURL_HTTP_VERSION_1_1);
    CTES_CURL_SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    CTES_CURL_SET(easy, CURLOPT_USERAGENT, "ctes/0.1.0");
    CTES_CURL_SET(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    CTES_CURL_SET(easy, CURLOPT_UPLOAD_BUFFERSIZE, CTES_CURL_UPLOAD_PIECE);
    CTES_CURL_SET(easy, CURLOPT_MAXCONNECTS,
                  1L); /* kept open between exchanges, by a handle on its own */
    CTES_CURL_SET(easy, CURLOPT_MAXAGE_CONN, CTES_CURL_IDLE_S);
    CTES_CURL_SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    CTES_CURL_SET(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    /* "": the environment's proxies are not used; who is spoken to is the configuration's alone */
    CTES_CURL_SET(easy, CURLOPT_PROXY, "");
    /* no "Expect: 100-continue": a server that does not know it would cost a second each time */
    curl->headers = curl_slist_append(NULL, "Expect:");
    if (curl->headers == NULL)
        return CURLE_OUT_OF_MEMORY;
    CTES_CURL_SET(easy, CURLOPT_HTTPHEADER, curl->headers);
    return CURLE_OK;
}

CURLcode ctes_curl_set_limits(CURL *easy, const ctes_net_limits *limits) {
    CTES_CURL_SET(easy, CURLOPT_CONNECTTIMEOUT, limits->connect_s);
    CTES_CURL_SET(easy, CURLOPT_TIMEOUT, limits->total_s);
    CTES_CURL_SET(easy, CURLOPT_LOW_SPEED_TIME, limits->stall_s);
    CTES_CURL_SET(easy, CURLOPT_LOW_SPEED_LIMIT, limits->stall_bytes);
    return CURLE_OK;
}

CURLcode ctes_curl_set_server_check(CURL *easy, const char *ca) {
    CTES_CURL_SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    CTES_CURL_SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    CTES_CURL_SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (ca == NULL)
        return CURLE_OK;
    CTES_CURL_SET(easy, CURLOPT_CAINFO, ca);
    /* or the system's authorities would be trusted beside the one chosen */
    CTES_CURL_SET(easy, CURLOPT_CAPATH, NULL);
    return CURLE_OK;
}

/* libcurl only reads them, though its type does not say so */
static void *tls_bytes(const ctes_tls *tls) {
    union {
        const char *given;
        void *taken;
    } bytes = { .given = tls->pem };
    return bytes.taken;
}

static CURLcode set_client_identity(const ctes_curl *curl, const ctes_tls *tls) {
    CURL *easy = curl->easy;
    CTES_CURL_SET(easy, CURLOPT_SSLCERTTYPE, "PEM");
    CTES_CURL_SET(easy, CURLOPT_SSLKEYTYPE, "PEM");
    if (curl->in_memory) { /* libcurl's copy is wiped with all that it releases */
        struct curl_blob blob = { .data = tls_bytes(tls), .len = tls->pem_length };
        blob.flags = CURL_BLOB_COPY;
        CTES_CURL_SET(easy, CURLOPT_SSLCERT_BLOB, &blob);
        CTES_CURL_SET(easy, CURLOPT_SSLKEY_BLOB, &blob);
    } else {
        CTES_CURL_SET(easy, CURLOPT_SSLCERT, tls->certificate);
        CTES_CURL_SET(easy, CURLOPT_SSLKEY, curl->key);
    }
    /* without any passphrase OpenSSL would ask for one on the terminal */
    CTES_CURL_SET(easy, CURLOPT_KEYPASSWD, tls->passphrase != NULL ? tls->passphrase->text : "");
    return CURLE_OK;
}

CURLcode ctes_curl_set_fixed(ctes_curl *curl, const ctes_curl_settings *settings) {
    CURLcode result = set_callbacks(curl);
    if (result == CURLE_OK)
        result = ctes_curl_watch_connections(curl);
    if (result == CURLE_OK)
        result = set_http(curl);
    if (result == CURLE_OK)
        result = ctes_curl_set_limits(curl->easy, settings->limits);
    if (result == CURLE_OK)
        result = ctes_curl_set_server_check(curl->easy, settings->tls->ca);
    if (result == CURLE_OK)
        result = set_client_identity(curl, settings->tls);
    if (result == CURLE_OK) /* beside the chain, not in its place */
        CTES_CURL_SET(curl->easy, CURLOPT_PINNEDPUBLICKEY, settings->tls->pins);
    if (result == CURLE_OK && settings->share != NULL)
        CTES_CURL_SET(curl->easy, CURLOPT_SHARE, settings->share);
    return result;
}

/* As long as the server may speak HTTP/2, exchanges wait for a connection they can share, and
 * libcurl's words are listened to: they tell which streams a server left aside. */
static CURLcode set_http2(ctes_curl *curl) {
    long possible =
        curl->http2 && (curl->http_version == 0 || curl->http_version == CURL_HTTP_VERSION_2_0);
    CTES_CURL_SET(curl->easy, CURLOPT_PIPEWAIT, possible);
    CTES_CURL_SET(curl->easy, CURLOPT_VERBOSE, possible);
    return CURLE_OK;
}

static void wipe_textp(char **text) {
    if (*text != NULL)
        ctes_wipe(*text, strlen(*text));
    free(*text);
}

/* (what libcurl allocates is wiped when it is released, see curl_memory.c) */
static void free_textp(char **text) {
    curl_free(*text);
}

static CURLcode set_url_with_account(CURL *easy, const ctes_request *request) {
    static const char FORMAT[] = "%s%cuser=%s&password=%s";
    const char *password = request->password != NULL ? request->password->text : "";
    CTES_CLEANUP(free_textp) char *login = curl_easy_escape(easy, request->login, 0);
    CTES_CLEANUP(free_textp) char *hidden = curl_easy_escape(easy, password, 0);
    if (login == NULL || hidden == NULL)
        return CURLE_OUT_OF_MEMORY;
    size_t size = strlen(request->url) + strlen(login) + strlen(hidden) + sizeof FORMAT;
    CTES_CLEANUP(wipe_textp) char *url = malloc(size);
    if (url == NULL)
        return CURLE_OUT_OF_MEMORY;
    (void)snprintf(url, size, FORMAT, request->url, strchr(request->url, '?') != NULL ? '&' : '?',
                   login, hidden);
    CTES_CURL_SET(easy, CURLOPT_URL, url);
    return CURLE_OK;
}

static CURLcode set_account(CURL *easy, const ctes_request *request) {
    if (request->account_in_url && request->login != NULL)
        return set_url_with_account(easy, request);
    CTES_CURL_SET(easy, CURLOPT_URL, request->url);
    CTES_CURL_SET(easy, CURLOPT_USERNAME, request->login);
    CTES_CURL_SET(easy, CURLOPT_PASSWORD,
                  request->password != NULL ? request->password->text : NULL);
    return CURLE_OK;
}

CURLcode ctes_curl_set_request(ctes_curl *curl, const ctes_request *request, curl_mime *body,
                               bool fresh) {
    CURL *easy = curl->easy;
    CURLcode result = set_account(easy, request);
    if (result != CURLE_OK)
        return result;
    if (body != NULL)
        CTES_CURL_SET(easy, CURLOPT_MIMEPOST, body);
    else
        CTES_CURL_SET(easy, CURLOPT_HTTPGET, 1L);
    CTES_CURL_SET(easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    return set_http2(curl);
}

CURLcode ctes_curl_unset_request(ctes_curl *curl) {
    CTES_CURL_SET(curl->easy, CURLOPT_URL, NULL);
    CTES_CURL_SET(curl->easy, CURLOPT_USERNAME, NULL);
    CTES_CURL_SET(curl->easy, CURLOPT_PASSWORD, NULL);
    CTES_CURL_SET(curl->easy, CURLOPT_HTTPGET, 1L);
    return CURLE_OK;
}
