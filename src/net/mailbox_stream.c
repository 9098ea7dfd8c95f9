/* The bytes of a mailbox's connection, within its limits. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "net/mailbox_internal.h"

/* how soon a request to stop is noticed */
enum { LOOK_UP_MS = 500 };

static int64_t monotonic_ms(void) {
    struct timespec now = { .tv_sec = 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void ctes_mailbox_clock(ctes_mailbox *mailbox) {
    int64_t now = monotonic_ms();
    mailbox->deadline = now + (int64_t)mailbox->limits.total_s * 1000;
    mailbox->window = now;
    mailbox->window_bytes = 0;
}

/* As libcurl's own transfers: too slow for too long is as good as dead. */
static bool is_stalled(ctes_mailbox *mailbox, int64_t now) {
    const ctes_net_limits *limits = &mailbox->limits;
    if (now - mailbox->window < (int64_t)limits->stall_s * 1000)
        return false;
    uint64_t expected = (uint64_t)limits->stall_s * (uint64_t)limits->stall_bytes;
    bool slow = mailbox->window_bytes < expected;
    mailbox->window = now;
    mailbox->window_bytes = 0;
    return slow;
}

static ctes_status check_limits(ctes_mailbox *mailbox, ctes_error *err) {
    if (mailbox->may_stop && ctes_stop_asked(mailbox->context))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "while the mailbox was read");
    int64_t now = monotonic_ms();
    if (now >= mailbox->deadline)
        return ctes_fail(err, CTES_E_NET_TIMEOUT, NULL, "more than %ld s", mailbox->limits.total_s);
    if (is_stalled(mailbox, now))
        return ctes_fail(err, CTES_E_NET_TIMEOUT, NULL, "less than %ld bytes/s for %ld s",
                         mailbox->limits.stall_bytes, mailbox->limits.stall_s);
    return CTES_OK;
}

static ctes_status await(ctes_mailbox *mailbox, short events, ctes_error *err) {
    struct pollfd one = { .fd = mailbox->socket, .events = events };
    for (;;) {
        CTES_TRY(check_limits(mailbox, err));
        int ready = poll(&one, 1, LOOK_UP_MS);
        if (ready > 0)
            return CTES_OK;
        if (ready < 0 && errno != EINTR)
            return ctes_fail_errno(err, errno, NULL);
    }
}

static ctes_status broken(const ctes_mailbox *mailbox, CURLcode result, ctes_error *err) {
    return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "%s",
                     mailbox->error[0] != '\0' ? mailbox->error : curl_easy_strerror(result));
}

ctes_status ctes_mailbox_send(ctes_mailbox *mailbox, const char *bytes, size_t length,
                              ctes_error *err) {
    for (size_t sent = 0; sent < length;) {
        size_t now = 0;
        CURLcode result = curl_easy_send(mailbox->easy, bytes + sent, length - sent, &now);
        if (result == CURLE_AGAIN)
            CTES_TRY(await(mailbox, POLLIN | POLLOUT, err));
        else if (result != CURLE_OK)
            return broken(mailbox, result, err);
        sent += now;
    }
    return CTES_OK;
}

/* Receives at least one byte. What TLS has deciphered already is not seen by poll(): so libcurl is
 * asked first. */
static ctes_status fill(ctes_mailbox *mailbox, ctes_error *err) {
    CTES_TRY(check_limits(mailbox, err));
    for (;;) {
        size_t got = 0;
        CURLcode result =
            curl_easy_recv(mailbox->easy, mailbox->bytes, sizeof mailbox->bytes, &got);
        if (result == CURLE_OK && got == 0)
            return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "the server ended the connection");
        if (result == CURLE_OK) {
            mailbox->at = 0;
            mailbox->end = got;
            mailbox->window_bytes += got;
            return CTES_OK;
        }
        if (result != CURLE_AGAIN)
            return broken(mailbox, result, err);
        CTES_TRY(await(mailbox, POLLIN, err));
    }
}

ctes_status ctes_mailbox_some(ctes_mailbox *mailbox, uint64_t most, const char **ret, size_t *count,
                              ctes_error *err) {
    if (mailbox->at == mailbox->end)
        CTES_TRY(fill(mailbox, err));
    size_t there = mailbox->end - mailbox->at;
    if (there > most)
        there = (size_t)most;
    *ret = mailbox->bytes + mailbox->at;
    *count = there;
    mailbox->at += there;
    return CTES_OK;
}

ctes_status ctes_mailbox_line(ctes_mailbox *mailbox, ctes_buffer *out, ctes_error *err) {
    size_t start = out->length;
    for (;;) {
        if (mailbox->at == mailbox->end)
            CTES_TRY(fill(mailbox, err));
        const char *from = mailbox->bytes + mailbox->at;
        size_t there = mailbox->end - mailbox->at;
        const char *newline = memchr(from, '\n', there);
        size_t taken = newline != NULL ? (size_t)(newline - from) + 1 : there;
        if (memchr(from, '\0', taken) != NULL)
            return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "a NUL byte in a reply");
        if (taken > mailbox->budget)
            return ctes_fail(err, CTES_E_NET_REPLY_TOO_LARGE, NULL, "the mail server's reply");
        CTES_TRY(ctes_buffer_append(out, from, taken, err));
        mailbox->budget -= taken;
        mailbox->at += taken;
        if (newline != NULL)
            break;
    }
    do /* "\r\n", or "\n" alone, is not the line's */
        out->data[--out->length] = '\0';
    while (out->length > start && out->data[out->length - 1] == '\r');
    return CTES_OK;
}
