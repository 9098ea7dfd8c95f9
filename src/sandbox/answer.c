#include "sandbox/answer.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/text.h"
#include "sandbox/endpoint.h"

static int socket_of(const sb_exchange *x) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info != NULL ? info->connect_fd : -1;
}

void answer_cut(sb_exchange *x) {
    (void)shutdown(socket_of(x), SHUT_RDWR);
}

void answer_pause(const sb_exchange *x, int64_t ms) {
    struct pollfd stop = { .fd = x->box->stop_fd, .events = POLLIN };
    (void)poll(&stop, 1, (int)ms);
}

void answer_stall(sb_exchange *x) {
    struct pollfd both[] = { { .fd = x->box->stop_fd, .events = POLLIN },
                             { .fd = socket_of(x), .events = POLLRDHUP } };
    while (poll(both, 2, -1) == 0)
        continue;
}

/* "Come back later", and when. */
static void answer_busy(sb_exchange *x, unsigned http) {
    reply_error(x, http);
    reply_header(x, "Retry-After", "%lld", (long long)(x->box->options.retry_after_ms / 1000));
}

/* Replies that take the place of any work: nothing is kept. */
static void answer_instead(sb_exchange *x) {
    switch (x->fault) {
    case FAULT_503:
        answer_busy(x, MHD_HTTP_SERVICE_UNAVAILABLE);
        break;
    case FAULT_429:
        answer_busy(x, MHD_HTTP_TOO_MANY_REQUESTS);
        break;
    case FAULT_413:
        reply_error(x, MHD_HTTP_CONTENT_TOO_LARGE);
        break;
    case FAULT_HTML_200:
        reply_puts(x, "<!DOCTYPE html>\n<html lang=\"fr\"><head><title>S2LOW : connexion</title>"
                      "</head><body><form action=\"/login.php\" method=\"post\">"
                      "<input name=\"login\"><input name=\"password\" type=\"password\">"
                      "</form></body></html>\n");
        break;
    case FAULT_G6_GARBLED:
        reply_puts(x, "KO\nLa connexion n&#039;a pas pu ?tre ?tablie\n");
        break;
    case FAULT_REDIRECT:
        reply_redirect(x, "/login.php");
        break;
    default:
        reply_error(x, MHD_HTTP_INTERNAL_SERVER_ERROR);
        break;
    }
}

/* API mode (sheet § 1.3): POST first, GET if POST is empty. */
static bool api_mode(const sb_exchange *x) {
    const char *api = form_value(&x->post, "api");
    if (*api == '\0')
        api = form_value(&x->query, "api");
    return strcmp(api, "1") == 0;
}

static void read_post(sb_exchange *x) {
    /* past post_max_size PHP drops every field: trap T3 */
    if (strcmp(x->method, MHD_HTTP_METHOD_POST) != 0 || x->body.data == NULL ||
        x->body.length > x->box->options.limits.post)
        return;
    form_read(
        &x->post,
        MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE),
        x->body.data, x->body.length);
}

static void work(sb_exchange *x) {
    if (fault_moment(x->fault) == 'r') {
        answer_instead(x);
    } else if (x->too_large) {
        reply_error(x, MHD_HTTP_CONTENT_TOO_LARGE);
    } else if (x->endpoint == NULL) {
        reply_error(x, MHD_HTTP_NOT_FOUND);
    } else {
        read_post(x);
        x->api = api_mode(x);
        x->endpoint->answer(x);
    }
    if (x->fault == FAULT_503_KEPT) /* a gateway that turns the client away too late */
        answer_busy(x, MHD_HTTP_SERVICE_UNAVAILABLE);
    if (x->reply.failed)
        reply_error(x, MHD_HTTP_INTERNAL_SERVER_ERROR);
}

/* "OK 7" or "KO Le numéro…": the first two lines, in UTF-8. */
static void first_words(const sb_exchange *x, char *out, size_t size) {
    out[0] = '\0';
    const ctes_buffer *body = &x->reply.body;
    if (body->length < 2 || (memcmp(body->data, "OK", 2) != 0 && memcmp(body->data, "KO", 2) != 0))
        return;
    const char *second = memchr(body->data, '\n', body->length);
    size_t length = second != NULL ? strcspn(second + 1, "\n<") : 0;
    length = second != NULL ? (size_t)(second + 1 - body->data) + length : body->length;
    CTES_AUTO_FREE char *text = NULL;
    if (ctes_text_display(body->data, length < 200 ? length : 200, &text, NULL) != CTES_OK)
        return;
    for (char *in = text; *in != '\0'; in++)
        *in = *in == '\n' ? ' ' : *in;
    (void)ctes_text_copy(out, size, text);
}

/* The query as it is recorded: a nounce's hash would let a reader in for five minutes, the direct
 * channel's password for ever. */
static void public_query(const sb_exchange *x, ctes_buffer *out) {
    ctes_status status = CTES_OK;
    for (size_t i = 0; i < x->query.count && status == CTES_OK; i++) {
        const form_field *field = &x->query.items[i];
        bool secret = strcmp(field->name, "hash") == 0 || strcmp(field->name, "nounce") == 0 ||
                      strcmp(field->name, "password") == 0;
        status = ctes_buffer_printf(out, NULL, "%s%s%s=%s", i > 0 ? "&" : "", field->name,
                                    field->index != FORM_NO_INDEX ? "[]" : "",
                                    secret ? "..." : field->value);
    }
    if (out->data != NULL && !ctes_text_is_utf8(out->data, out->length))
        for (size_t i = 0; i < out->length; i++)
            out->data[i] = (out->data[i] & 0x80) != 0 ? '?' : out->data[i];
}

static void record(sb_exchange *x, bool sent) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    char words[256];
    first_words(x, words, sizeof words);
    CTES_AUTO_BUFFER ctes_buffer query = CTES_BUFFER_INIT(4096);
    public_query(x, &query);
    request_log log = { .at_ms = box_now_ms(),
                        .method = x->method,
                        .path = x->path,
                        .query = query.data != NULL ? query.data : "",
                        .account = x->account != NULL ? x->account->name : "",
                        .http = sent ? x->reply.http : 0,
                        .answer = words,
                        .fault = fault_name(x->fault),
                        .bytes_in = x->received,
                        .bytes_out = x->reply.body.length,
                        .micros =
                            (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000 - x->started_us };
    ctes_error err = CTES_ERROR_INIT;
    if (x->endpoint == NULL || !x->endpoint->control) {
        if (store_request_add(x->box->store, &log, &err) != CTES_OK)
            (void)fprintf(stderr, "ctes-sandbox: %s\n", err.detail);
    }
    if (x->box->options.verbose)
        (void)fprintf(stderr, "%s %s%s%s %u \"%s\" %s %.1fms%s%s\n", log.method, log.path,
                      log.query[0] != '\0' ? "?" : "", log.query, log.http, log.answer,
                      log.account[0] != '\0' ? log.account : "-", (double)log.micros / 1000,
                      log.fault[0] != '\0' ? " fault=" : "", log.fault);
}

void answer_aborted(sb_exchange *x) {
    record(x, false);
}

answer_end answer(sb_exchange *x) {
    if (x->fault == FAULT_CUT_BEFORE) {
        record(x, false);
        answer_cut(x);
        return ANSWER_CUT;
    }
    if (x->fault == FAULT_LATE_COMMIT) {
        /* the client sees its connection die while the server still works on what it received */
        answer_cut(x);
        latch_wait(x->box->latch, x->box->options.late_ms);
    }
    work(x);
    bool sent = x->fault != FAULT_LATE_COMMIT && x->fault != FAULT_REPLY_LOST &&
                x->fault != FAULT_STALL && x->fault != FAULT_STALL_BEFORE;
    record(x, sent);
    if (sent)
        return ANSWER_REPLY;
    if (x->fault == FAULT_STALL || x->fault == FAULT_STALL_BEFORE)
        answer_stall(x);
    answer_cut(x);
    return ANSWER_CUT;
}
