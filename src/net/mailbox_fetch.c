/* A mail, or its beginning, into a file; its size. */
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "net/mailbox_internal.h"

typedef struct fetching {
    uint32_t uid, most; /* 0: the whole mail */
    const char *path;
    ctes_file_writer writer;
    ctes_buffer reply; /* the one that is being read, without its literals */
    bool body;         /* it holds the mail, which the writer has */
    bool whole;        /* the reply asked for was read to its end */
} fetching;

/* A folder that is not there must not pass for a mail that is not. */
static ctes_status create(fetching *own, ctes_error *err) {
    ctes_status status = ctes_file_create(&own->writer, own->path, err);
    return status == CTES_E_NOT_FOUND ? ctes_fail(err, CTES_E_IO, own->path, "no such folder")
                                      : status;
}

static ctes_status write_literal(ctes_mailbox *mailbox, fetching *own, uint64_t left,
                                 ctes_error *err) {
    if (own->body)
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "a mail that came twice");
    if (left > (own->most > 0 ? own->most : CTES_MAILBOX_MAIL_MAX))
        return ctes_fail(err, CTES_E_NET_REPLY_TOO_LARGE, NULL, "a mail of %ju bytes",
                         (uintmax_t)left);
    own->body = true;
    CTES_TRY(create(own, err));
    while (left > 0) {
        const char *bytes = NULL;
        size_t count = 0;
        CTES_TRY(ctes_mailbox_some(mailbox, left, &bytes, &count, err));
        CTES_TRY(ctes_file_write(&own->writer, bytes, count, err));
        left -= count;
    }
    return CTES_OK;
}

/* The mail as a string in quotes: servers write a very short one like that. */
static ctes_status write_quoted(fetching *own, const char *quoted, ctes_error *err) {
    own->body = true;
    CTES_TRY(create(own, err));
    for (const char *at = quoted + 1; *at != '"'; at++) {
        if (*at == '\\')
            at++;
        CTES_TRY(ctes_file_write(&own->writer, at, 1, err));
    }
    return CTES_OK;
}

static ctes_status end_reply(fetching *own, ctes_error *err) {
    ctes_imap_fetch fetch = { .uid = 0 };
    bool readable = ctes_imap_fetch_read(own->reply.data, &fetch);
    if (!own->body && readable && fetch.uid == own->uid && fetch.quoted != NULL && !own->whole)
        CTES_TRY(write_quoted(own, fetch.quoted, err));
    if (!own->body || own->whole)
        return CTES_OK;
    if (!readable || fetch.uid != own->uid)
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "another mail than the one asked for");
    own->whole = true;
    return CTES_OK;
}

static ctes_status on_fetched(ctes_mailbox *mailbox, ctes_imap_part *part, void *user,
                              ctes_error *err) {
    fetching *own = user;
    if (part->first)
        ctes_buffer_reset(&own->reply);
    CTES_TRY(ctes_buffer_puts(&own->reply, part->text, err));
    if (part->last)
        return end_reply(own, err);
    if (!ctes_imap_literal_is_body(part->text))
        return CTES_OK;
    CTES_TRY(write_literal(mailbox, own, part->literal, err));
    part->literal = 0;
    return CTES_OK;
}

static ctes_status fetch_now(ctes_mailbox *mailbox, void *user, ctes_error *err) {
    fetching *own = user;
    ctes_file_discard(&own->writer);
    own->body = own->whole = false;
    char text[80], partial[24] = "";
    if (own->most > 0)
        (void)snprintf(partial, sizeof partial, "<0.%lu>", (unsigned long)own->most);
    (void)snprintf(text, sizeof text, "UID FETCH %lu (UID BODY.PEEK[]%s)", (unsigned long)own->uid,
                   partial);
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    CTES_TRY(ctes_mailbox_command(mailbox, text, on_fetched, own, &outcome, err));
    if (outcome != CTES_IMAP_OK)
        return ctes_mailbox_refused(mailbox, NULL, err);
    if (!own->whole)
        return ctes_fail(err, CTES_E_NOT_FOUND, NULL, "the mail is no longer in the box");
    return ctes_file_commit(&own->writer, err);
}

static ctes_status fetch(ctes_mailbox *mailbox, uint32_t uid, uint32_t most, const char *path,
                         ctes_error *err) {
    fetching own = { .uid = uid,
                     .most = most,
                     .path = path,
                     .writer = CTES_FILE_WRITER_INIT,
                     .reply = CTES_BUFFER_INIT(1 << 20) };
    ctes_status status = ctes_mailbox_do(mailbox, true, fetch_now, &own, err);
    ctes_buffer_clear(&own.reply);
    ctes_file_discard(&own.writer);
    return status;
}

ctes_status ctes_mailbox_fetch(ctes_mailbox *mailbox, uint32_t uid, const char *path,
                               ctes_error *err) {
    return fetch(mailbox, uid, 0, path, err);
}

ctes_status ctes_mailbox_fetch_start(ctes_mailbox *mailbox, uint32_t uid, uint32_t most,
                                     const char *path, ctes_error *err) {
    return fetch(mailbox, uid, most, path, err);
}

/* --- its size --------------------------------------------------------------------------------- */

typedef struct measuring {
    uint32_t uid;
    bool told;
    uint64_t size;
} measuring;

static ctes_status on_measured(ctes_mailbox *mailbox, ctes_imap_part *part, void *user,
                               ctes_error *err) {
    (void)mailbox;
    (void)err;
    measuring *own = user;
    ctes_imap_fetch fetch = { .uid = 0 };
    if (part->first && part->last && ctes_imap_fetch_read(part->text, &fetch) &&
        fetch.uid == own->uid && fetch.sized) {
        own->told = true;
        own->size = fetch.size;
    }
    return CTES_OK;
}

static ctes_status measure_now(ctes_mailbox *mailbox, void *user, ctes_error *err) {
    measuring *own = user;
    own->told = false;
    char text[64];
    (void)snprintf(text, sizeof text, "UID FETCH %lu (UID RFC822.SIZE)", (unsigned long)own->uid);
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    CTES_TRY(ctes_mailbox_command(mailbox, text, on_measured, own, &outcome, err));
    if (outcome != CTES_IMAP_OK)
        return ctes_mailbox_refused(mailbox, NULL, err);
    return own->told ? CTES_OK
                     : ctes_fail(err, CTES_E_NOT_FOUND, NULL, "the mail is no longer in the box");
}

ctes_status ctes_mailbox_size(ctes_mailbox *mailbox, uint32_t uid, uint64_t *ret, ctes_error *err) {
    measuring own = { .uid = uid };
    CTES_TRY(ctes_mailbox_do(mailbox, true, measure_now, &own, err));
    *ret = own.size;
    return CTES_OK;
}
