/*
 * A mailbox from within. libcurl connects, checks the server and logs in; from there on the bytes
 * of the connection are read and written here, because libcurl's own commands are not what is
 * needed: its FETCH marks mails as seen, and its custom commands take a line of a mail for the
 * server's answer.
 */
#ifndef CTES_NET_MAILBOX_INTERNAL_H
#define CTES_NET_MAILBOX_INTERNAL_H

#include <curl/curl.h>

#include "net/mailbox.h"
#include "net/mailbox_reply.h"
#include "net/transport_curl.h"

struct ctes_mailbox {
    const ctes_context *context;
    char *url; /* of the server, without the box */
    char *box; /* as commands take it */
    char *login;
    ctes_secret password;
    char *ca;
    ctes_net_limits limits;
    bool started;   /* libcurl */
    uint32_t known; /* UIDVALIDITY of what the caller was told; 0: nothing yet */

    CURL *easy; /* connected, logged in, the box selected; or NULL */
    int socket;
    bool can_move, can_expunge; /* MOVE, UIDPLUS */
    char separator;             /* between a folder and those in it; NUL: not asked yet */
    uint32_t validity;          /* the box's UIDVALIDITY */
    unsigned commands;          /* sent on this connection: the last tag */

    char bytes[16384]; /* received; of them from `at` until `end` not looked at */
    size_t at, end;
    size_t budget;         /* bytes that replies to this command may still have */
    bool may_stop;         /* what is being done may be cut short */
    int64_t deadline;      /* monotonic milliseconds */
    int64_t window;        /* since when `window_bytes` came */
    uint64_t window_bytes; /* see stall_s */
    char code[32];         /* of the last command's answer, and its text; while connecting, */
    char said[512];        /* the server's last line, */
    size_t said_bytes;     /* and the bytes of all */
    char error[CURL_ERROR_SIZE];
};

/* --- mailbox_stream.c ------------------------------------------------------------------------- */

/** Starts the clocks of an operation. */
void ctes_mailbox_clock(ctes_mailbox *mailbox);

/** @return CTES_OK, CTES_E_NET_BROKEN, CTES_E_NET_TIMEOUT, CTES_E_INTERRUPTED. */
ctes_status ctes_mailbox_send(ctes_mailbox *mailbox, const char *bytes, size_t length,
                              ctes_error *err) CTES_MUST_CHECK;

/** Appends the next line, without its end, to `out`.
 *  @return the same, CTES_E_NET_REPLY_TOO_LARGE (past the budget), CTES_E_OPERATOR_REPLY (a NUL
 *          byte), CTES_E_MEMORY. */
ctes_status ctes_mailbox_line(ctes_mailbox *mailbox, ctes_buffer *out,
                              ctes_error *err) CTES_MUST_CHECK;

/** What is there of the next `most` bytes, at least one of them: borrowed until the next call. */
ctes_status ctes_mailbox_some(ctes_mailbox *mailbox, uint64_t most, const char **ret, size_t *count,
                              ctes_error *err) CTES_MUST_CHECK;

/* --- mailbox_session.c ------------------------------------------------------------------------ */

/** A part of a reply: a line, or what follows a literal until the line's end. */
typedef struct ctes_imap_part {
    const char *text;
    bool first;       /**< of its reply */
    bool last;        /**< of its reply: no literal behind it */
    uint64_t literal; /**< bytes behind it; who reads them sets 0, else they are skipped */
} ctes_imap_part;
typedef ctes_status (*ctes_imap_part_fn)(ctes_mailbox *mailbox, ctes_imap_part *part, void *user,
                                         ctes_error *err);

/** Sends the command `text`, hands every untagged reply to `each` (or none when NULL), and waits
 * for its end. After any other status than CTES_OK the connection is closed.
 *  @return CTES_OK whatever the outcome; those of the stream, what `each` returned. */
ctes_status ctes_mailbox_command(ctes_mailbox *mailbox, const char *text, ctes_imap_part_fn each,
                                 void *user, ctes_imap_outcome *ret,
                                 ctes_error *err) CTES_MUST_CHECK;

/** What a refusal (NO or BAD) means, whose words the last command has left in the mailbox. */
ctes_status ctes_mailbox_refused(const ctes_mailbox *mailbox, const char *subject, ctes_error *err);

/** Connects, logs in and selects the box unless that is done.
 *  @return CTES_OK, CTES_E_NOT_FOUND when the box is not the one that the caller knows,
 *          CTES_E_OPERATOR_ACCESS, CTES_E_CONFIG_INVALID (no such box), the transport's. */
ctes_status ctes_mailbox_ready(ctes_mailbox *mailbox, ctes_error *err) CTES_MUST_CHECK;

/** Runs a UID SEARCH command; `uids` then holds what it found. */
ctes_status ctes_mailbox_search(ctes_mailbox *mailbox, const char *command, ctes_imap_uids *uids,
                                ctes_error *err) CTES_MUST_CHECK;

/** Closes the connection: `abrupt` when it is not known what the server would say next. */
void ctes_mailbox_drop(ctes_mailbox *mailbox, bool abrupt);

/** Does `work` with the box selected; once more on a new connection when the first one broke. */
typedef ctes_status (*ctes_mailbox_work)(ctes_mailbox *mailbox, void *user, ctes_error *err);
ctes_status ctes_mailbox_do(ctes_mailbox *mailbox, bool may_stop, ctes_mailbox_work work,
                            void *user, ctes_error *err) CTES_MUST_CHECK;

#endif
