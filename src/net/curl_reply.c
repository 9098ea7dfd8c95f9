/* What comes back: bounded while it arrives, then handed over. */
#include <limits.h>
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "net/curl_internal.h"

size_t ctes_curl_on_header(char *bytes, size_t size, size_t count, void *user) {
    ctes_exchange *exchange = user;
    size_t length = size * count;
    if (length > CTES_NET_HEADERS_MAX - exchange->header_bytes) {
        exchange->bound_passed = CTES_NET_HEADERS_MAX;
        return CURL_WRITEFUNC_ERROR;
    }
    exchange->header_bytes += length;
    exchange->headers_whole = length > 0 && (bytes[0] == '\r' || bytes[0] == '\n');
    return length;
}

/* --- to a file -------------------------------------------------------------------------------- */

void ctes_curl_drop_reply(ctes_exchange *exchange) {
    ctes_buffer_clear(&exchange->body);
    if (exchange->file.path != NULL)
        ctes_file_discard(&exchange->file);
}

void ctes_curl_expect_reply(ctes_exchange *exchange, const ctes_request *request) {
    size_t max = request->reply_max > 0 ? request->reply_max : CTES_NET_REPLY_MAX;
    bool filed = request->reply_path != NULL;
    ctes_curl_drop_reply(exchange);
    *exchange = (ctes_exchange){ .submission = request->part_count > 0,
                                 .path = request->reply_path,
                                 .path_max = max,
                                 .file = CTES_FILE_WRITER_INIT,
                                 .unwritten = CTES_ERROR_INIT };
    exchange->body.max = filed && max > CTES_NET_REPLY_MAX ? CTES_NET_REPLY_MAX : max;
}

static bool goes_to_file(const ctes_curl *curl) {
    long status = 0;
    return curl->exchange.path != NULL &&
           curl_easy_getinfo(curl->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
           status == 200;
}

static ctes_status open_file(ctes_exchange *exchange) {
    if (exchange->file.path != NULL)
        return CTES_OK;
    return ctes_file_create(&exchange->file, exchange->path, &exchange->unwritten);
}

static size_t store(ctes_exchange *exchange, const char *bytes, size_t length) {
    if (length > exchange->path_max - exchange->stored) {
        exchange->bound_passed = exchange->path_max;
        return CURL_WRITEFUNC_ERROR;
    }
    if (open_file(exchange) != CTES_OK ||
        ctes_file_write(&exchange->file, bytes, length, &exchange->unwritten) != CTES_OK)
        return CURL_WRITEFUNC_ERROR;
    exchange->stored += length;
    return length;
}

/* An empty body makes an empty file. */
static ctes_status finish_file(ctes_exchange *exchange, ctes_error *err) {
    ctes_status status = open_file(exchange);
    if (status == CTES_OK)
        status = ctes_file_commit(&exchange->file, &exchange->unwritten);
    if (status != CTES_OK && err != NULL)
        *err = exchange->unwritten;
    return status;
}

/* --- as it arrives ---------------------------------------------------------------------------- */

size_t ctes_curl_on_body(char *bytes, size_t size, size_t count, void *user) {
    ctes_curl *curl = user;
    ctes_exchange *exchange = &curl->exchange;
    size_t length = size * count;
    if (goes_to_file(curl))
        return store(exchange, bytes, length);
    ctes_status status = ctes_buffer_append(&exchange->body, bytes, length, NULL);
    if (status == CTES_OK)
        return length;
    if (status == CTES_E_LIMIT)
        exchange->bound_passed = exchange->body.max;
    return CURL_WRITEFUNC_ERROR;
}

bool ctes_curl_sent_any(CURL *easy) {
    long headers = 0;
    curl_off_t body = 0;
    /* if libcurl could not tell, it would have to be taken for sent */
    if (curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &headers) != CURLE_OK ||
        curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &body) != CURLE_OK)
        return true;
    return headers > 0 || body > 0;
}

int ctes_curl_on_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                          curl_off_t up) {
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    ctes_curl *curl = user;
    /* a request that has begun to leave is finished: to stop now would leave its outcome unknown */
    if (!ctes_stop_asked(curl->context) || ctes_curl_sent_any(curl->easy))
        return 0;
    curl->exchange.stopped = true;
    return 1;
}

/* the last value of a header of the reply, or NULL; borrowed until the next exchange */
static const char *header(CURL *easy, const char *name) {
    struct curl_header *found = NULL;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return NULL;
    return found->value;
}

/* seconds, or a date (RFC 9110 § 10.2.3) */
static long read_retry_after(const ctes_curl *curl) {
    const char *text = header(curl->easy, "Retry-After");
    if (text == NULL)
        return -1;
    size_t digits = strspn(text, "0123456789");
    if (digits > 0 && text[digits] == '\0')
        return digits <= 9 ? strtol(text, NULL, 10) : -1;
    time_t date = curl_getdate(text, NULL);
    if (date == (time_t)-1)
        return -1;
    int64_t wait = (int64_t)date - ctes_now_ms(curl->context) / 1000;
    return wait < 0 ? 0 : wait > INT_MAX ? -1 : (long)wait;
}

/* True when the end of the connection was all that told the end of the body (RFC 9112 § 6.3);
 * HTTP/2 marks it. */
static bool ends_with_connection(CURL *easy, long status, long version) {
    return version < CURL_HTTP_VERSION_2_0 && status != 204 && status != 304 &&
           header(easy, "Content-Length") == NULL && header(easy, "Transfer-Encoding") == NULL;
}

ctes_status ctes_curl_take_response(ctes_curl *curl, ctes_response *ret, ctes_error *err) {
    if (!curl->exchange.headers_whole) /* to libcurl the connection's end is the headers' as well */
        return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "the reply ends in its headers");
    long status = 0;
    curl_off_t sent = 0;
    CURLcode result = curl_easy_getinfo(curl->easy, CURLINFO_RESPONSE_CODE, &status);
    if (result == CURLE_OK)
        result = curl_easy_getinfo(curl->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    if (result == CURLE_OK)
        result = curl_easy_getinfo(curl->easy, CURLINFO_HTTP_VERSION, &curl->http_version);
    CTES_AUTO_FREE char *location = NULL;
    CTES_AUTO_FREE char *content_type = NULL;
    /* the request was received: even running out of memory now must not be told as "not sent" */
    if (result != CURLE_OK ||
        ctes_text_dup(header(curl->easy, "Location"), &location, NULL) != CTES_OK ||
        ctes_text_dup(header(curl->easy, "Content-Type"), &content_type, NULL) != CTES_OK)
        return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "no memory for the reply");
    /* libcurl lets a connection end without TLS's end mark, so that a cut goes unseen here. An id
     * cut short would be taken for another act's: a submission's outcome is rather asked again. */
    if (curl->exchange.submission && ends_with_connection(curl->easy, status, curl->http_version))
        return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "the reply has no length, it may be cut");
    if (curl->exchange.path != NULL && status == 200)
        CTES_TRY(finish_file(&curl->exchange, err));
    ctes_response_clear(ret);
    ret->status = status;
    ret->stored = curl->exchange.stored;
    ret->location = CTES_TAKE(location);
    ret->content_type = CTES_TAKE(content_type);
    ret->retry_after = read_retry_after(curl);
    ret->body = curl->exchange.body;
    ret->sent = (uint64_t)sent;
    curl->exchange.body = (ctes_buffer)CTES_BUFFER_INIT(0);
    return CTES_OK;
}
