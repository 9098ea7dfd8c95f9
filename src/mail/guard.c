/*
 * GMime calls itself for every nested part and for every nested group of addresses ("a:b:c:…"),
 * gathers a header in memory, and compares each line that begins with "--" with all boundaries that
 * are open. What is bounded here keeps its stack, memory and time small, whatever a mail holds.
 * The bounds hold for all lines, not only for those of headers: a mail that passes them in the text
 * of an attachment is set aside for a person.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "mail/internal.h"

enum {
    HEADERS_MAX = 1 << 20,  /* bytes of one block of header lines */
    COLONS_MAX = 256,       /* in one header with addresses */
    BOUNDARIES_MAX = 100000 /* lines that begin with "--" */
};

/* A line, as far as it has to be known. */
typedef struct line {
    char head[64]; /* its beginning, leading blanks apart */
    size_t kept;
    size_t length;
    size_t colons;
    bool indented;
} line;

typedef struct scan {
    line now;
    size_t block;   /* bytes of the lines that look like one block of headers; 0: outside */
    size_t colons;  /* of the header with addresses, 0 in others */
    bool addresses; /* in one */
    size_t parts;   /* lines that begin as Content-Type does */
    size_t boundaries;
} scan;

/* The header's name as GMime understands it: what stands before the colon (or a NUL byte). */
static size_t name_length(const char *head) {
    size_t length = strcspn(head, ":");
    while (length > 0 && (head[length - 1] == ' ' || head[length - 1] == '\t'))
        length--;
    return length;
}

static bool has_addresses(const char *head) {
    static const char *const NAMES[] = { "From", "Sender", "Reply-To", "To", "Cc", "Bcc" };
    size_t length = name_length(head);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strlen(NAMES[i]) == length && strncasecmp(head, NAMES[i], length) == 0)
            return true;
    }
    return false;
}

static bool is_header(const char *head) {
    static const char TOKEN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t length = strspn(head, TOKEN);
    return length > 0 && head[length + strspn(head + length, " \t")] == ':';
}

static ctes_status end_line(scan *own, ctes_error *err) {
    static const char TYPE[] = "Content-Type";
    const line *now = &own->now;
    bool blank = now->kept == 0 || (now->kept == 1 && now->head[0] == '\r');
    bool goes_on = now->indented && own->block > 0;
    if (blank || (!goes_on && !is_header(now->head)))
        own->block = 0;
    else
        own->block += now->length + 1;
    if (!goes_on) {
        own->addresses = has_addresses(now->head);
        own->colons = 0;
        own->parts += strncasecmp(now->head, TYPE, sizeof TYPE - 1) == 0;
        own->boundaries += strncmp(now->head, "--", 2) == 0;
    }
    if (own->addresses)
        own->colons += now->colons;
    own->now = (line){ .kept = 0 };
    if (own->block > HEADERS_MAX || own->colons > COLONS_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "a mail with headers without end");
    if (own->parts > CTES_MAIL_PARTS_MAX || own->boundaries > BOUNDARIES_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "a mail of too many parts");
    return CTES_OK;
}

static void add_to_line(scan *own, const char *bytes, size_t length) {
    line *now = &own->now;
    size_t at = 0;
    for (; now->kept == 0 && at < length && (bytes[at] == ' ' || bytes[at] == '\t'); at++)
        now->indented = true;
    for (; at < length && now->kept < sizeof now->head - 1; at++)
        now->head[now->kept++] = bytes[at];
    now->length += length;
    for (const char *colon = bytes; (colon = memchr(colon, ':', length - (size_t)(colon - bytes)));
         colon++)
        now->colons++;
}

static ctes_status look_at(scan *own, const char *bytes, size_t length, ctes_error *err) {
    const char *end = bytes + length;
    while (bytes < end) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        add_to_line(own, bytes, (size_t)((newline != NULL ? newline : end) - bytes));
        if (newline == NULL)
            break;
        CTES_TRY(end_line(own, err));
        bytes = newline + 1;
    }
    return CTES_OK;
}

ctes_status ctes_mail_guard(int fd, ctes_error *err) {
    scan own = { .block = 0 };
    char bytes[1 << 16];
    off_t at = 0;
    for (;;) {
        ssize_t got = pread(fd, bytes, sizeof bytes, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ctes_fail_errno(err, errno, NULL);
        if (got == 0)
            return end_line(&own, err);
        CTES_TRY(look_at(&own, bytes, (size_t)got, err));
        at += got;
    }
}
