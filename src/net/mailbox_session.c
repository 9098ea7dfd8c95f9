/* Connecting to a mailbox, and the commands sent to it. */
#include "net/mailbox_internal.h"

#include <string.h>
#include <sys/socket.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "net/curl_internal.h"

/* of all replies to a command together, the mail itself apart: a hundred thousand mails' numbers */
#define REPLIES_MAX (1u << 20)
/* before and at the login */
#define GREETING_MAX (64u << 10)

/* --- commands --------------------------------------------------------------------------------- */

static ctes_status skip_literal(ctes_mailbox *mailbox, uint64_t left, ctes_error *err) {
    if (left > mailbox->budget)
        return ctes_fail(err, CTES_E_NET_REPLY_TOO_LARGE, NULL, "the mail server's reply");
    mailbox->budget -= (size_t)left;
    while (left > 0) {
        const char *bytes = NULL;
        size_t count = 0;
        CTES_TRY(ctes_mailbox_some(mailbox, left, &bytes, &count, err));
        left -= count;
    }
    return CTES_OK;
}

/* `tag`: of the command that is under way */
static ctes_status read_replies(ctes_mailbox *mailbox, const char *tag, ctes_imap_part_fn each,
                                void *user, ctes_imap_outcome *ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer line = CTES_BUFFER_INIT(REPLIES_MAX);
    ctes_imap_answer answer = { .outcome = CTES_IMAP_BAD };
    bool first = true;
    for (;;) {
        ctes_buffer_reset(&line);
        CTES_TRY(ctes_mailbox_line(mailbox, &line, err));
        if (first && ctes_imap_answer_read(line.data, tag, &answer))
            break;
        ctes_imap_part part = { .text = line.data, .first = first };
        part.last = !ctes_imap_literal(line.data, &part.literal);
        const char *bye = first ? ctes_imap_untagged(line.data, "BYE") : NULL;
        if (bye != NULL)
            return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "%s", bye);
        if (each != NULL)
            CTES_TRY(each(mailbox, &part, user, err));
        CTES_TRY(skip_literal(mailbox, part.literal, err));
        first = part.last;
    }
    (void)ctes_text_copy(mailbox->code, sizeof mailbox->code, answer.code);
    (void)ctes_text_copy(mailbox->said, sizeof mailbox->said, answer.text);
    *ret = answer.outcome;
    return CTES_OK;
}

static ctes_status command(ctes_mailbox *mailbox, const char *text, ctes_imap_part_fn each,
                           void *user, ctes_imap_outcome *ret, ctes_error *err) {
    char tag[16];
    (void)snprintf(tag, sizeof tag, "c%u", ++mailbox->commands);
    CTES_AUTO_BUFFER ctes_buffer line = CTES_BUFFER_INIT(8192);
    CTES_TRY(ctes_buffer_printf(&line, err, "%s %s\r\n", tag, text));
    CTES_TRY(ctes_mailbox_send(mailbox, line.data, line.length, err));
    mailbox->budget = REPLIES_MAX;
    return read_replies(mailbox, tag, each, user, ret, err);
}

ctes_status ctes_mailbox_command(ctes_mailbox *mailbox, const char *text, ctes_imap_part_fn each,
                                 void *user, ctes_imap_outcome *ret, ctes_error *err) {
    ctes_status status = command(mailbox, text, each, user, ret, err);
    if (status != CTES_OK)
        ctes_mailbox_drop(mailbox, true);
    return status;
}

/* RFC 5530 */
ctes_status ctes_mailbox_refused(const ctes_mailbox *mailbox, const char *subject,
                                 ctes_error *err) {
    static const struct {
        const char *code;
        ctes_status status;
    } MEANINGS[] = {
        { "UNAVAILABLE", CTES_E_OPERATOR_BUSY }, { "INUSE", CTES_E_OPERATOR_BUSY },
        { "LIMIT", CTES_E_OPERATOR_BUSY },       { "SERVERBUG", CTES_E_OPERATOR_BUSY },
        { "NOPERM", CTES_E_OPERATOR_RIGHTS },    { "READ-ONLY", CTES_E_OPERATOR_RIGHTS },
        { "EXPUNGEISSUED", CTES_E_NOT_FOUND },
    };
    ctes_status status = CTES_E_OPERATOR_REFUSED;
    for (size_t i = 0; i < sizeof MEANINGS / sizeof MEANINGS[0]; i++) {
        if (strcasecmp(mailbox->code, MEANINGS[i].code) == 0)
            status = MEANINGS[i].status;
    }
    return ctes_fail(err, status, subject, "%s", mailbox->said);
}

/* --- connecting ------------------------------------------------------------------------------- */

void ctes_mailbox_drop(ctes_mailbox *mailbox, bool abrupt) {
    if (mailbox->easy == NULL)
        return;
    static const char GOODBYE[] = "bye LOGOUT\r\n";
    size_t sent = 0; /* a courtesy: the server would notice anyway */
    if (abrupt)
        (void)shutdown(mailbox->socket, SHUT_RDWR);
    else
        (void)curl_easy_send(mailbox->easy, GOODBYE, sizeof GOODBYE - 1, &sent);
    curl_easy_cleanup(mailbox->easy);
    mailbox->easy = NULL;
    mailbox->socket = -1;
    mailbox->at = mailbox->end = 0;
}

/* What the server says while libcurl talks to it; the last line explains a refusal. */
static size_t on_said(char *bytes, size_t size, size_t count, void *user) {
    ctes_mailbox *mailbox = user;
    size_t length = size * count;
    mailbox->said_bytes += length;
    if (mailbox->said_bytes > GREETING_MAX)
        return 0;
    size_t kept = length < sizeof mailbox->said ? length : sizeof mailbox->said - 1;
    memcpy(mailbox->said, bytes, kept);
    mailbox->said[kept] = '\0';
    mailbox->said[strcspn(mailbox->said, "\r\n")] = '\0';
    return length;
}

static int on_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up) {
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    const ctes_mailbox *mailbox = user;
    return ctes_stop_asked(mailbox->context) ? 1 : 0;
}

static CURLcode set_options(ctes_mailbox *mailbox, CURL *easy) {
    CTES_CURL_SET(easy, CURLOPT_ERRORBUFFER, mailbox->error);
    CTES_CURL_SET(easy, CURLOPT_NOSIGNAL, 1L);
    CTES_CURL_SET(easy, CURLOPT_PROTOCOLS_STR, "imaps");
    CTES_CURL_SET(easy, CURLOPT_URL, mailbox->url);
    CTES_CURL_SET(easy, CURLOPT_PROXY, ""); /* who is spoken to is the configuration's alone */
    CTES_CURL_SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    CTES_CURL_SET(easy, CURLOPT_USERNAME, mailbox->login);
    CTES_CURL_SET(easy, CURLOPT_PASSWORD, mailbox->password.text);
    /* inside TLS; no way that would bring in another identity, as Kerberos */
    CTES_CURL_SET(easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
    CTES_CURL_SET(easy, CURLOPT_CONNECT_ONLY, 1L); /* and log in */
    CTES_CURL_SET(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, mailbox->limits.connect_s);
    CTES_CURL_SET(easy, CURLOPT_HEADERFUNCTION, on_said);
    CTES_CURL_SET(easy, CURLOPT_HEADERDATA, mailbox);
    CTES_CURL_SET(easy, CURLOPT_NOPROGRESS, 0L);
    CTES_CURL_SET(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    CTES_CURL_SET(easy, CURLOPT_XFERINFODATA, mailbox);
    CURLcode result = ctes_curl_set_limits(easy, &mailbox->limits);
    return result == CURLE_OK ? ctes_curl_set_server_check(easy, mailbox->ca) : result;
}

/* the server's last words, without tag or star */
static const char *last_words(const ctes_mailbox *mailbox) {
    const char *space = strchr(mailbox->said, ' ');
    return space != NULL ? space + 1 : mailbox->said;
}

static ctes_status connect_failed(const ctes_mailbox *mailbox, CURL *easy, CURLcode result,
                                  ctes_error *err) {
    ctes_status status;
    const char *words = last_words(mailbox);
    switch (result) {
    case CURLE_ABORTED_BY_CALLBACK:
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "before the mailbox was reached");
    case CURLE_LOGIN_DENIED:
    case CURLE_REMOTE_ACCESS_DENIED:
        status =
            strstr(words, "[UNAVAILABLE]") != NULL ? CTES_E_OPERATOR_BUSY : CTES_E_OPERATOR_ACCESS;
        return ctes_fail(err, status, mailbox->login, "%s", words);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_WRITE_ERROR:
        status = strncasecmp(words, "BYE", 3) == 0 ? CTES_E_OPERATOR_BUSY : CTES_E_OPERATOR_REPLY;
        return ctes_fail(err, status, NULL, "%s", words);
    default:
        return ctes_fail(err, ctes_curl_status_unsent(easy, mailbox->error, result), NULL, "%s",
                         mailbox->error[0] != '\0' ? mailbox->error : curl_easy_strerror(result));
    }
}

static void cleanup_easyp(CURL **easy) {
    curl_easy_cleanup(*easy);
}

static ctes_status connect_now(ctes_mailbox *mailbox, ctes_error *err) {
    mailbox->error[0] = mailbox->said[0] = '\0';
    mailbox->said_bytes = 0;
    CTES_CLEANUP(cleanup_easyp) CURL *easy = curl_easy_init();
    if (easy == NULL)
        return ctes_fail_memory(err);
    CURLcode result = set_options(mailbox, easy);
    if (result != CURLE_OK)
        return ctes_curl_refused(result, err);
    result = curl_easy_perform(easy);
    if (result != CURLE_OK)
        return connect_failed(mailbox, easy, result, err);
    curl_socket_t socket = CURL_SOCKET_BAD;
    result = curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket);
    if (result != CURLE_OK || socket == CURL_SOCKET_BAD)
        return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "the connection ended after the login");
    mailbox->easy = CTES_TAKE(easy);
    mailbox->socket = socket;
    mailbox->at = mailbox->end = 0;
    mailbox->commands = 0;
    mailbox->can_move = mailbox->can_expunge = false;
    mailbox->separator = '\0';
    mailbox->validity = 0;
    return CTES_OK;
}

static ctes_status on_capability(ctes_mailbox *mailbox, ctes_imap_part *part, void *user,
                                 ctes_error *err) {
    (void)user;
    (void)err;
    const char *words = part->first ? ctes_imap_untagged(part->text, "CAPABILITY") : NULL;
    if (words != NULL) {
        mailbox->can_move = ctes_imap_has_word(words, "MOVE");
        mailbox->can_expunge = ctes_imap_has_word(words, "UIDPLUS");
    }
    return CTES_OK;
}

static ctes_status on_selected(ctes_mailbox *mailbox, ctes_imap_part *part, void *user,
                               ctes_error *err) {
    (void)user;
    (void)err;
    if (part->first)
        (void)ctes_imap_number_code(part->text, "UIDVALIDITY", &mailbox->validity);
    return CTES_OK;
}

/* on a connection just made; what fails here leaves none */
static ctes_status select_box(ctes_mailbox *mailbox, ctes_error *err) {
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    CTES_TRY(ctes_mailbox_command(mailbox, "CAPABILITY", on_capability, NULL, &outcome, err));
    CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&text, err, "SELECT %s", mailbox->box));
    CTES_TRY(ctes_mailbox_command(mailbox, text.data, on_selected, NULL, &outcome, err));
    if (outcome != CTES_IMAP_OK) {
        ctes_status status = ctes_mailbox_refused(mailbox, NULL, err);
        return status == CTES_E_OPERATOR_REFUSED
                   ? ctes_fail(err, CTES_E_CONFIG_INVALID, mailbox->box, "%s", mailbox->said)
                   : status;
    }
    if (mailbox->validity == 0)
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "the box has no UIDVALIDITY");
    if (mailbox->known != 0 && mailbox->known != mailbox->validity)
        return ctes_fail(err, CTES_E_NOT_FOUND, NULL, "the box was made anew meanwhile");
    return CTES_OK;
}

ctes_status ctes_mailbox_ready(ctes_mailbox *mailbox, ctes_error *err) {
    if (mailbox->easy != NULL)
        return CTES_OK;
    CTES_TRY(connect_now(mailbox, err));
    ctes_status status = select_box(mailbox, err);
    if (status != CTES_OK)
        ctes_mailbox_drop(mailbox, false);
    return status;
}

/* --- doing ------------------------------------------------------------------------------------ */

static ctes_status attempt(ctes_mailbox *mailbox, ctes_mailbox_work work, void *user,
                           ctes_error *err) {
    ctes_mailbox_clock(mailbox);
    CTES_TRY(ctes_mailbox_ready(mailbox, err));
    return work(mailbox, user, err);
}

ctes_status ctes_mailbox_do(ctes_mailbox *mailbox, bool may_stop, ctes_mailbox_work work,
                            void *user, ctes_error *err) {
    if (ctes_stop_asked(mailbox->context))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "before the mailbox was reached");
    mailbox->may_stop = may_stop;
    ctes_error first = CTES_ERROR_INIT;
    ctes_status status = attempt(mailbox, work, user, &first);
    if (status == CTES_E_NET_BROKEN) {
        ctes_log(mailbox->context, CTES_LOG_INFO, NULL, "mailbox: connecting again: %s",
                 first.detail);
        return attempt(mailbox, work, user, err);
    }
    if (status != CTES_OK && err != NULL)
        *err = first;
    return status;
}
