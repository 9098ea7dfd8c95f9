/* The mailbox against servers that break the protocol, lie, or never end. */
#include "cmocka_all.h"

#include <signal.h>
#include <unistd.h>

#include "base/text.h"
#include "fake/scratch.h"
#include "fake/tls_server.h"
#include "net/mailbox.h"

enum { TURNS = 8, SAID_MAX = 1 << 14, REPLY_MAX = 1 << 17 };

/* What the server answers to a command: in `reply` "$" stands for the command's tag. After a reply
 * that ends with "!" (not sent), the connection ends; "~" sends what is before it for ever. */
typedef struct turn {
    const char *command; /* its beginning */
    const char *reply;
    unsigned connection; /* only on that one; 0: on all */
} turn;

typedef struct world {
    char *folder, *file;
    ctes_context context;
    const char *greeting, *capability, *login;
    turn turns[TURNS];
    unsigned connections;
    char said[SAID_MAX]; /* by the client; read once the server is stopped */
    tls_server *server;
    ctes_mailbox *mailbox;
    ctes_error err;
} world;

/* --- the server ------------------------------------------------------------------------------- */

static bool answer(tls_talk *talk, const char *tag, const char *reply) {
    static char text[REPLY_MAX];
    size_t length = 0;
    for (const char *at = reply; *at != '\0' && *at != '!' && *at != '~'; at++)
        length += (size_t)snprintf(text + length, sizeof text - length, *at == '$' ? "%s" : "%.1s",
                                   *at == '$' ? tag : at);
    char last = reply[strlen(reply) - 1];
    if (last == '~')
        tls_talk_send_for_ever(talk, text);
    return last != '~' && tls_talk_send(talk, text) && last != '!';
}

static const char *scripted(const world *w, const char *command) {
    for (size_t i = 0; i < TURNS && w->turns[i].command != NULL; i++) {
        if (strncmp(command, w->turns[i].command, strlen(w->turns[i].command)) == 0 &&
            (w->turns[i].connection == 0 || w->turns[i].connection == w->connections))
            return w->turns[i].reply;
    }
    return NULL;
}

static const char *usual(const char *command) {
    static const turn USUAL[] = {
        { .command = "SELECT",
          .reply = "* OK [UIDVALIDITY 7] valid\r\n$ OK [READ-WRITE] done\r\n" },
        { .command = "UID SEARCH", .reply = "* SEARCH 5\r\n$ OK done\r\n" },
        { .command = "", .reply = "$ OK done\r\n" },
    };
    for (size_t i = 0;; i++) {
        if (strncmp(command, USUAL[i].command, strlen(USUAL[i].command)) == 0)
            return USUAL[i].reply;
    }
}

static bool log_in(world *w, tls_talk *talk, const char *tag) {
    char line[512];
    return tls_talk_send(talk, "+ \r\n") && tls_talk_line(talk, line, sizeof line) &&
           answer(talk, tag, w->login);
}

/* one connection after the other: the client has no more at once */
static void talk_imap(void *user, tls_talk *talk) {
    world *w = user;
    w->connections++;
    bool open = answer(talk, "", w->greeting);
    char line[512];
    while (open && tls_talk_line(talk, line, sizeof line)) {
        char *command = strchr(line, ' ');
        assert_non_null(command);
        *command++ = '\0';
        (void)strncat(w->said, command, SAID_MAX - strlen(w->said) - 1);
        (void)strncat(w->said, "\n", SAID_MAX - strlen(w->said) - 1);
        const char *reply = scripted(w, command);
        if (reply != NULL)
            open = answer(talk, line, reply);
        else if (strcmp(command, "CAPABILITY") == 0)
            open = answer(talk, line, w->capability);
        else if (strncmp(command, "AUTHENTICATE", 12) == 0)
            open = log_in(w, talk, line);
        else
            open = answer(talk, line, usual(command));
    }
}

/* --- the tests' world ------------------------------------------------------------------------- */

static int set_up(void **state) {
    world *w = calloc(1, sizeof *w);
    w->folder = scratch_make();
    w->file = scratch_path(w->folder, "mail");
    w->greeting = "* OK ready\r\n";
    w->capability = "* CAPABILITY IMAP4rev1 AUTH=PLAIN UIDPLUS\r\n$ OK\r\n";
    w->login = "$ OK\r\n";
    *state = w;
    return 0;
}

static void stop(world *w) {
    ctes_mailbox_free(w->mailbox);
    tls_server_stop(w->server);
    w->mailbox = NULL;
    w->server = NULL;
}

static int tear_down(void **state) {
    world *w = *state;
    stop(w);
    free(w->file);
    scratch_remove(w->folder);
    free(w);
    return 0;
}

static void open_client(world *w, long timeout_s) {
    char url[128];
    char ca[512];
    (void)snprintf(url, sizeof url, "imaps://localhost:%d/INBOX", tls_server_port(w->server));
    (void)snprintf(ca, sizeof ca, "%s/ca.pem", getenv("CTES_PKI_DIR"));
    ctes_secret password = { .length = 6, .text = "secret" };
    const ctes_mailbox_settings settings = { .url = url,
                                             .login = "actes@ville.test",
                                             .password = &password,
                                             .ca = ca,
                                             .timeout_s = timeout_s };
    ctes_mailbox_free(w->mailbox);
    assert_ok(ctes_mailbox_new(&w->context, &settings, &w->mailbox, &w->err));
}

/* Starts the server with another answer to one command, and a client of it. */
static void begin(world *w, const char *command, const char *reply) {
    char certificate[512];
    char key[512];
    stop(w);
    w->said[0] = '\0';
    w->connections = 0;
    w->turns[0] = (turn){ .command = command, .reply = reply };
    w->turns[1] = (turn){ .command = NULL };
    const char *pki = getenv("CTES_PKI_DIR");
    assert_non_null(pki);
    (void)snprintf(certificate, sizeof certificate, "%s/server.pem", pki);
    (void)snprintf(key, sizeof key, "%s/server.key", pki);
    w->server = tls_server_start(&(tls_server_options){ .behaviour = TLS_SERVER_TALK,
                                                        .certificate = certificate,
                                                        .key = key,
                                                        .talk = talk_imap,
                                                        .talk_user = w });
    open_client(w, 20);
}

static ctes_status list(world *w) {
    uint32_t *uids = NULL;
    size_t count = 0;
    uint32_t validity = 0;
    ctes_status status = ctes_mailbox_list(w->mailbox, &uids, &count, &validity, &w->err);
    free(uids);
    return status;
}

static ctes_status fetch(world *w, const char *reply) {
    begin(w, "UID FETCH", reply);
    return ctes_mailbox_fetch(w->mailbox, 5, w->file, &w->err);
}

static ctes_status move(world *w, const char *command, const char *reply) {
    begin(w, command, reply);
    return ctes_mailbox_move(w->mailbox, 5, "Traites", &w->err);
}

static void assert_file(world *w, const char *expected) {
    char *text = scratch_read(w->file, NULL);
    assert_string_equal(text, expected);
    free(text);
    assert_int_equal(unlink(w->file), 0);
}

/* --- the tests -------------------------------------------------------------------------------- */

static void test_replies_in_other_orders(void **state) {
    world *w = *state;
    assert_ok(fetch(w, "* 2 EXISTS\r\n* LIST () \"/\" {4}\r\nc9 x\r\n* 1 FETCH (FLAGS (\\Recent) "
                       "BODY[] {3}\r\nabc UID 5)\r\n* 1 FETCH (UID 5 FLAGS (\\Seen))\r\n$ OK\r\n"));
    assert_file(w, "abc");
    assert_ok(fetch(w, "* 1 FETCH (UID 5 BODY[] \"a \\\"b\\\\ (c\")\r\n$ OK done\r\n"));
    assert_file(w, "a \"b\\ (c");
    assert_ok(fetch(w, "* 1 FETCH (BODY[] {0}\r\n UID 5)\r\n$ OK done\r\n"));
    assert_file(w, "");
    assert_ok(fetch(w, "* 1 FETCH (UID 6 X {2}\r\n\r\n BODY[HEADER] {1}\r\n()\r\n"
                       "* 3 FETCH (uid 5 body[] {2}\r\n\r\n)\r\n$ ok\r\n"));
    assert_file(w, "\r\n");
}

static void test_no_mail(void **state) {
    world *w = *state;
    assert_status(fetch(w, "$ OK done\r\n"), CTES_E_NOT_FOUND);
    assert_status(fetch(w, "* 1 FETCH (UID 5 BODY[] NIL)\r\n$ OK done\r\n"), CTES_E_NOT_FOUND);
    assert_status(fetch(w, "$ NO [EXPUNGEISSUED] gone\r\n"), CTES_E_NOT_FOUND);
    assert_status(fetch(w, "$ BAD what?\r\n"), CTES_E_OPERATOR_REFUSED);
    assert_status(fetch(w, "$ NO [UNAVAILABLE] later\r\n"), CTES_E_OPERATOR_BUSY);
    assert_int_equal(scratch_count(w->folder), 0);
}

static ctes_status size_of(world *w, const char *reply, uint64_t *ret) {
    begin(w, "UID FETCH", reply);
    return ctes_mailbox_size(w->mailbox, 5, ret, &w->err);
}

static void test_sizes(void **state) {
    world *w = *state;
    uint64_t size = 1;
    assert_ok(size_of(w, "* 1 FETCH (RFC822.SIZE 4294967297 UID 5)\r\n$ OK\r\n", &size));
    assert_true(size == 4294967297u);
    assert_ok(size_of(w,
                      "* 2 FETCH (UID 6 RFC822.SIZE 9)\r\n* 1 FETCH (FLAGS (\\Seen) UID 5)\r\n"
                      "* 1 FETCH (UID 5 RFC822.SIZE 7)\r\n$ OK\r\n",
                      &size));
    assert_int_equal(size, 7);
    static const char *const NONE[] = {
        "$ OK\r\n",
        "* 1 FETCH (UID 6 RFC822.SIZE 9)\r\n$ OK\r\n",
        "* 1 FETCH (UID 5 RFC822.SIZE -9)\r\n$ OK\r\n",
        "* 1 FETCH (UID 5 RFC822.SIZE 99999999999999999999)\r\n$ OK\r\n",
        "* 1 FETCH (UID 5 RFC822.SIZE {1}\r\n9)\r\n$ OK\r\n",
    };
    for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++)
        assert_status(size_of(w, NONE[i], &size), CTES_E_NOT_FOUND);
    assert_status(size_of(w, "$ NO [UNAVAILABLE] later\r\n", &size), CTES_E_OPERATOR_BUSY);
    assert_int_equal(size, 7);
}

static ctes_status fetch_start(world *w, const char *reply) {
    begin(w, "UID FETCH", reply);
    return ctes_mailbox_fetch_start(w->mailbox, 5, 3, w->file, &w->err);
}

static void test_beginnings(void **state) {
    world *w = *state;
    assert_ok(fetch_start(w, "* 1 FETCH (UID 5 BODY[]<0> {3}\r\nabc)\r\n$ OK\r\n"));
    assert_file(w, "abc");
    assert_ok(fetch_start(w, "* 1 FETCH (BODY[]<0> \"ab\" UID 5)\r\n$ OK\r\n"));
    assert_file(w, "ab");
    assert_status(fetch_start(w, "* 1 FETCH (UID 5 BODY[]<0> {4}\r\nabcd)\r\n$ OK\r\n"),
                  CTES_E_NET_REPLY_TOO_LARGE);
    assert_status(fetch_start(w, "* 1 FETCH (UID 5 BODY[]<3> {3}\r\nabc)\r\n$ OK\r\n"),
                  CTES_E_NOT_FOUND);
}

static void test_another_mail(void **state) {
    world *w = *state;
    static const char *const LIES[] = {
        "* 1 FETCH (UID 6 BODY[] {3}\r\nabc)\r\n$ OK\r\n",
        "* 1 FETCH (BODY[] {3}\r\nabc)\r\n$ OK\r\n",
        "* 1 FETCH (UID 5 BODY[] {3}\r\nabc BODY[] {3}\r\nabc)\r\n$ OK\r\n",
        "* 1 FETCH (UID 5 BODY[] {3}\r\nabc)\r\n* 1 FETCH (UID 5 BODY[] {1}\r\na)\r\n$ OK\r\n",
        "* 1 FETCH (UID 5 BODY[] {3}\r\nabc\r\n$ OK\r\n",
        "* 1 FETCH UID 5 (BODY[] {3}\r\nabc)\r\n$ OK\r\n",
    };
    for (size_t i = 0; i < sizeof LIES / sizeof LIES[0]; i++) {
        assert_status(fetch(w, LIES[i]), CTES_E_OPERATOR_REPLY);
        assert_int_equal(scratch_count(w->folder), 0);
    }
}

static void test_no_end(void **state) {
    world *w = *state;
    assert_status(fetch(w, "x~"), CTES_E_NET_REPLY_TOO_LARGE);
    assert_status(fetch(w, "* 1 EXISTS\r\n~"), CTES_E_NET_REPLY_TOO_LARGE);
    assert_status(fetch(w, "* X {4000000}\r\n~"), CTES_E_NET_REPLY_TOO_LARGE);
    assert_status(fetch(w, "* 1 FETCH (UID 5 BODY[] {999999999999}\r\n~"),
                  CTES_E_NET_REPLY_TOO_LARGE);
    begin(w, "UID SEARCH", "* SEARCH 1 2 3\r\n~");
    assert_status(list(w), CTES_E_NET_REPLY_TOO_LARGE);
    w->greeting = "* OK ready, steady~";
    begin(w, "-", "");
    ctes_status status = list(w); /* libcurl gives up, or we */
    assert_true(status == CTES_E_OPERATOR_REPLY || ctes_status_repeatable(status));
    assert_int_equal(scratch_count(w->folder), 0);
}

static void test_connections_that_end(void **state) {
    world *w = *state;
    assert_status(fetch(w, "* 1 FETCH (UID 5 BODY[] {300}\r\nabc!"), CTES_E_NET_BROKEN);
    assert_int_equal(scratch_count(w->folder), 0);
    assert_status(fetch(w, "* BYE good night\r\n!"), CTES_E_NET_BROKEN);
    assert_string_equal(w->err.detail, "good night");
    assert_int_equal(w->connections, 2); /* once more, not for ever */
    begin(w, "UID FETCH", "* 1 FETCH (UID 5 BODY[] {300}\r\nabc!");
    w->turns[0].connection = 1;
    w->turns[1] =
        (turn){ .command = "UID FETCH", .reply = "* 1 FETCH (UID 5 BODY[] {2}\r\nde)\r\n$ OK\r\n" };
    assert_ok(ctes_mailbox_fetch(w->mailbox, 5, w->file, &w->err));
    assert_file(w, "de");
}

static void test_stalled(void **state) {
    world *w = *state;
    begin(w, "UID FETCH", "* 1 FETCH (UID 5 BODY[] {300}\r\nabc");
    open_client(w, 1);
    assert_status(ctes_mailbox_fetch(w->mailbox, 5, w->file, &w->err), CTES_E_NET_TIMEOUT);
    assert_int_equal(scratch_count(w->folder), 0);
}

static void test_list(void **state) {
    world *w = *state;
    begin(w, "UID SEARCH", "* SEARCH 9 4294967295\r\n* SEARCH\r\n* SEARCH 3 9\r\n$ OK done\r\n");
    uint32_t *uids = NULL;
    size_t count = 0;
    uint32_t validity = 0;
    assert_ok(ctes_mailbox_list(w->mailbox, &uids, &count, &validity, &w->err));
    assert_int_equal(validity, 7);
    assert_int_equal(count, 3);
    assert_int_equal(uids[0], 3);
    assert_int_equal(uids[1], 9);
    assert_int_equal(uids[2], 4294967295u);
    free(uids);
    static const char *const BAD[] = { "* SEARCH 0\r\n", "* SEARCH -1\r\n",
                                       "* SEARCH 4294967296\r\n", "* SEARCH 1,2\r\n",
                                       "* SEARCH x\r\n" };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        begin(w, "UID SEARCH", BAD[i]);
        assert_status(list(w), CTES_E_OPERATOR_REPLY);
    }
}

static void test_more_mails_than_are_listed(void **state) {
    world *w = *state;
    static char text[REPLY_MAX];
    size_t length = (size_t)snprintf(text, sizeof text, "* SEARCH");
    for (unsigned uid = 12000; uid > 0; uid--)
        length += (size_t)snprintf(text + length, sizeof text - length, " %u", uid);
    (void)snprintf(text + length, sizeof text - length, "\r\n$ OK done\r\n");
    begin(w, "UID SEARCH", text);
    uint32_t *uids = NULL;
    size_t count = 0;
    uint32_t validity = 0;
    assert_ok(ctes_mailbox_list(w->mailbox, &uids, &count, &validity, &w->err));
    assert_int_equal(count, CTES_MAILBOX_MAILS_MAX);
    assert_int_equal(uids[0], 1);
    assert_int_equal(uids[count - 1], CTES_MAILBOX_MAILS_MAX);
    free(uids);
}

static void test_copies_that_are_not_certain(void **state) {
    world *w = *state;
    assert_ok(move(w, "UID COPY", "$ OK [COPYUID 7 5 1] done\r\n"));
    stop(w);
    assert_non_null(strstr(w->said, "UID EXPUNGE 5\n"));
    assert_status(move(w, "UID COPY", "$ OK done\r\n"), CTES_E_OPERATOR_REPLY);
    stop(w);
    assert_null(strstr(w->said, "Deleted)"));
    assert_status(move(w, "UID COPY", "$ NO [OVERQUOTA] full\r\n"), CTES_E_OPERATOR_REFUSED);
    assert_string_equal(w->err.detail, "full");
    stop(w);
    assert_non_null(strstr(w->said, "CREATE \"Traites\"\n"));
    assert_null(strstr(w->said, "Deleted)"));
    assert_status(move(w, "UID COPY", "* BYE\r\n!"), CTES_E_NET_BROKEN);
    stop(w);
    assert_null(strstr(w->said, "Deleted)"));
    assert_ok(move(w, "UID SEARCH", "* SEARCH\r\n$ OK done\r\n")); /* no longer there */
    stop(w);
    assert_null(strstr(w->said, "UID COPY"));
}

static void test_servers_that_do_not_let_in(void **state) {
    world *w = *state;
    w->greeting = "* BYE too many connections\r\n!";
    begin(w, "-", "");
    assert_status(list(w), CTES_E_OPERATOR_BUSY);
    w->greeting = "SSH-2.0-OpenSSH_9.2\r\n!";
    begin(w, "-", "");
    assert_true(ctes_status_repeatable(list(w))); /* nothing was done */
    w->greeting = "* OK ready\r\n";
    w->login = "$ NO [UNAVAILABLE] the directory is down\r\n";
    begin(w, "-", "");
    assert_status(list(w), CTES_E_OPERATOR_BUSY);
    assert_string_equal(w->err.detail, "NO [UNAVAILABLE] the directory is down");
    w->login = "$ NO no\r\n";
    begin(w, "-", "");
    assert_status(list(w), CTES_E_OPERATOR_ACCESS);
    w->login = "$ OK\r\n";
    begin(w, "SELECT", "$ NO [INUSE] locked\r\n");
    assert_status(list(w), CTES_E_OPERATOR_BUSY);
    begin(w, "SELECT", "$ OK done\r\n");
    assert_status(list(w), CTES_E_OPERATOR_REPLY);
    w->capability = "* CAPABILITY IMAP4rev1 AUTH=GSSAPI LOGINDISABLED\r\n$ OK\r\n";
    begin(w, "-", "");
    assert_status(list(w), CTES_E_OPERATOR_ACCESS);
    stop(w);
    assert_null(strstr(w->said, "AUTHENTICATE"));
}

static void test_box_made_anew(void **state) {
    world *w = *state;
    begin(w, "UID FETCH", "!");
    w->turns[0].connection = 1;
    w->turns[1] = (turn){ .command = "SELECT",
                          .reply = "* OK [UIDVALIDITY 8] valid\r\n$ OK done\r\n",
                          .connection = 2 };
    assert_ok(list(w));
    assert_status(ctes_mailbox_fetch(w->mailbox, 5, w->file, &w->err), CTES_E_NOT_FOUND);
    stop(w);
    assert_int_equal(w->connections, 2);
}

static void test_file_that_cannot_be_written(void **state) {
    world *w = *state;
    begin(w, "UID FETCH", "* 1 FETCH (UID 5 BODY[] {3}\r\nabc)\r\n$ OK\r\n");
    char *path = scratch_path(w->folder, "absent/mail");
    assert_status(ctes_mailbox_fetch(w->mailbox, 5, path, &w->err), CTES_E_IO);
    free(path);
    assert_ok(ctes_mailbox_fetch(w->mailbox, 5, w->file, &w->err));
    assert_file(w, "abc");
}

int main(void) {
    (void)signal(SIGPIPE, SIG_IGN);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_replies_in_other_orders),
        TEST(test_no_mail),
        TEST(test_sizes),
        TEST(test_beginnings),
        TEST(test_another_mail),
        TEST(test_no_end),
        TEST(test_connections_that_end),
        TEST(test_stalled),
        TEST(test_list),
        TEST(test_more_mails_than_are_listed),
        TEST(test_copies_that_are_not_certain),
        TEST(test_servers_that_do_not_let_in),
        TEST(test_box_made_anew),
        TEST(test_file_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
