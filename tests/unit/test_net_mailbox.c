/* The mailbox against Dovecot: to be run by tests/fake/imap. */
#include "cmocka_all.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "fake/scratch.h"
#include "net/mailbox.h"

#define MOVES  "actes@ville.test"
#define COPIES "copies@ville.test"
#define MARKS  "marques@ville.test"

typedef struct world {
    char *folder;
    ctes_context context;
    ctes_mailbox *mailbox;
    const char *account;
    unsigned asked; /* how often it was asked whether to stop */
    unsigned kill_at;
    bool stop;
    ctes_error err;
} world;

static const char *env(const char *name) {
    const char *value = getenv(name);
    assert_non_null(value);
    return value;
}

static bool on_stop(void *user) {
    world *w = user;
    w->asked++;
    if (w->kill_at > 0 && w->asked == w->kill_at)
        assert_int_equal(kill(-(pid_t)strtol(env("CTES_TEST_IMAP_GROUP"), NULL, 10), SIGKILL), 0);
    return w->stop;
}

static int set_up(void **state) {
    world *w = calloc(1, sizeof *w);
    w->folder = scratch_make();
    w->context = (ctes_context){ .user = w, .stop = on_stop };
    *state = w;
    return 0;
}

static int tear_down(void **state) {
    world *w = *state;
    ctes_mailbox_free(w->mailbox);
    scratch_remove(w->folder);
    free(w);
    return 0;
}

#undef assert_ok
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        ctes_status status_ = (call);                                                              \
        if (status_ != CTES_OK)                                                                    \
            fail_msg("%s: %s", ctes_status_name(status_), w->err.detail);                          \
    } while (0)

static ctes_status open_with(world *w, const char *url, const char *password, const char *ca) {
    ctes_mailbox_free(w->mailbox);
    w->mailbox = NULL;
    ctes_secret secret = CTES_SECRET_INIT;
    (void)ctes_text_copy(secret.text, sizeof secret.text, password);
    secret.length = strlen(secret.text);
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", env("CTES_PKI_DIR"), ca);
    const ctes_mailbox_settings settings = {
        .url = url, .login = w->account, .password = &secret, .ca = path
    };
    return ctes_mailbox_new(&w->context, &settings, &w->mailbox, &w->err);
}

static void open_account(world *w, const char *account) {
    w->account = account;
    assert_ok(open_with(w, env("CTES_TEST_IMAP_URL"), env("CTES_TEST_IMAP_PASSWORD"), "ca.pem"));
}

static char *maildir(const world *w, const char *folder) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s/%s", env("CTES_TEST_IMAP_MAIL"), w->account, folder);
    return strdup(path);
}

/* Puts a mail into the box, as a mail server does; all names are of this process alone. */
static void deliver(const world *w, const char *mail, size_t length) {
    static unsigned made;
    char name[64];
    char *folder = maildir(w, "new");
    (void)snprintf(name, sizeof name, "%u.M1P%ld.test", ++made, (long)getpid());
    char *path = scratch_path(folder, name);
    scratch_write(path, mail, length);
    free(path);
    free(folder);
}

static void empty(const world *w) {
    char *folder = maildir(w, "");
    const char *const remove[] = { "sh", "-c",   "rm -rf \"$1\"/.[!.]* \"$1\"/*/* \"$1\"/dovecot*",
                                   "sh", folder, NULL };
    assert_int_equal(scratch_run(remove, NULL, NULL), 0);
    free(folder);
}

static size_t list(world *w, uint32_t **ret) {
    uint32_t *uids = NULL;
    size_t count = 0;
    uint32_t validity = 0;
    assert_ok(ctes_mailbox_list(w->mailbox, &uids, &count, &validity, &w->err));
    assert_true(validity > 0);
    if (ret != NULL)
        *ret = uids;
    else
        free(uids);
    return count;
}

static void assert_fetched(world *w, uint32_t uid, const char *mail, size_t length) {
    char *path = scratch_path(w->folder, "mail");
    assert_ok(ctes_mailbox_fetch(w->mailbox, uid, path, &w->err));
    size_t got = 0;
    char *text = scratch_read(path, &got);
    assert_int_equal(got, length);
    assert_memory_equal(text, mail, length);
    free(text);
    assert_int_equal(unlink(path), 0);
    free(path);
    assert_int_equal(scratch_count(w->folder), 0);
}

/* lines that look like the server's, also like the end of a command of ours */
static const char TRICKY[] = "From: pref@x.test\r\nSubject: =?utf-8?q?accus=C3=A9?=\r\n\r\n"
                             "c1 OK done\r\nc5 OK done\r\nc6 NO\r\n* BYE\r\n)\r\nbare\nA001 OK\r\n"
                             "* 1 FETCH (UID 9 BODY[] {3}\r\nabc)\r\n.\r\n\xe9\xff {10}\r\n";

static void test_list_and_fetch(void **state) {
    world *w = *state;
    open_account(w, MOVES);
    assert_int_equal(list(w, NULL), 0);
    static const char HELLO[] = "Subject: x\r\n\r\nhello\r\n";
    size_t big_length = 3u << 20;
    char *big = malloc(big_length);
    (void)snprintf(big, big_length, "Subject: big\r\n\r\n");
    size_t start = strlen(big);
    scratch_noise(7, 256, big + start, big_length - start);
    for (size_t i = start; i < big_length; i++) { /* a server that keeps "\n" alone may change it */
        if (big[i] == '\0' || big[i] == '\n' || big[i] == '\r')
            big[i] = 'x';
    }
    deliver(w, HELLO, sizeof HELLO - 1);
    assert_int_equal(list(w, NULL), 1); /* the order is that of arrival */
    deliver(w, TRICKY, sizeof TRICKY - 1);
    assert_int_equal(list(w, NULL), 2);
    deliver(w, big, big_length);
    uint32_t *uids = NULL;
    assert_int_equal(list(w, &uids), 3);
    assert_true(uids[0] < uids[1] && uids[1] < uids[2]);
    assert_fetched(w, uids[0], HELLO, sizeof HELLO - 1);
    assert_fetched(w, uids[2], big, big_length);
    uint64_t size = 0;
    assert_ok(ctes_mailbox_size(w->mailbox, uids[2], &size, &w->err));
    assert_int_equal(size, big_length);
    char *path = scratch_path(w->folder, "none");
    assert_ok(ctes_mailbox_fetch_start(w->mailbox, uids[2], 12, path, &w->err));
    size_t got = 0;
    char *begun = scratch_read(path, &got);
    assert_int_equal(got, 12);
    assert_memory_equal(begun, "Subject: big", 12);
    free(begun);
    assert_int_equal(unlink(path), 0);
    assert_status(ctes_mailbox_size(w->mailbox, 4000000000u, &size, &w->err), CTES_E_NOT_FOUND);
    assert_status(ctes_mailbox_fetch(w->mailbox, 4000000000u, path, &w->err), CTES_E_NOT_FOUND);
    assert_int_equal(scratch_count(w->folder), 0);
    free(path);
    /* "\n" alone goes out as "\r\n" */
    char *expected = malloc(sizeof TRICKY + 1);
    const char *bare = strstr(TRICKY, "bare\n") + 4;
    (void)snprintf(expected, sizeof TRICKY + 1, "%.*s\r%s", (int)(bare - TRICKY), TRICKY, bare);
    assert_fetched(w, uids[1], expected, sizeof TRICKY);
    free(expected);
    free(uids);
    free(big);
    char *seen = maildir(w, "cur");
    DIR *folder = opendir(seen);
    assert_non_null(folder);
    unsigned mails = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        const char *flags = strstr(entry->d_name, ":2,");
        mails += flags != NULL;
        assert_true(flags == NULL || strchr(flags, 'S') == NULL);
    }
    assert_int_equal(mails, 3);
    (void)closedir(folder);
    free(seen);
}

static bool commanded(const world *w, const char *what) {
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s/%s", env("CTES_TEST_IMAP_COMMANDS"), w->account);
    const char *const grep[] = { "grep", "-rqF", "--", what, folder, NULL };
    return scratch_run(grep, NULL, NULL) == 0;
}

static size_t mails_in(const world *w, const char *folder) {
    size_t count = 0;
    for (const char *const *place = (const char *const[]){ "new", "cur", NULL }; *place; place++) {
        char name[256];
        (void)snprintf(name, sizeof name, "%s/%s", folder, *place);
        char *path = maildir(w, name);
        count += scratch_count(path);
        free(path);
    }
    return count;
}

static void move_twice(world *w, const char *account, const char *folder, const char *on_disk) {
    open_account(w, account);
    empty(w);
    deliver(w, TRICKY, sizeof TRICKY - 1);
    deliver(w, "Subject: stays\r\n\r\n", 18);
    uint32_t *uids = NULL;
    assert_int_equal(list(w, &uids), 2);
    assert_ok(ctes_mailbox_move(w->mailbox, uids[0], folder, &w->err));
    assert_ok(ctes_mailbox_move(w->mailbox, uids[0], folder, &w->err));
    open_account(w, account); /* and by another session */
    uint32_t *left = NULL;
    assert_int_equal(list(w, &left), 1);
    assert_int_equal(left[0], uids[1]);
    assert_ok(ctes_mailbox_move(w->mailbox, uids[0], folder, &w->err));
    ctes_mailbox_free(CTES_TAKE(w->mailbox));
    assert_int_equal(mails_in(w, on_disk), 1);
    free(left);
    free(uids);
}

static void test_move(void **state) {
    world *w = *state;
    move_twice(w, MOVES, "Traites", ".Traites");
    assert_true(commanded(w, "UID MOVE"));
    assert_false(commanded(w, "UID COPY"));
    move_twice(w, MOVES, "Trait\xc3\xa9s & \"lus\"", ".Trait&AOk-s &- \"lus\"");
    move_twice(w, MOVES, "ctes/done", ".ctes.done"); /* this server parts folders by "." */
}

static void test_move_by_copies(void **state) {
    world *w = *state;
    move_twice(w, COPIES, "Trait\xc3\xa9s", ".Trait&AOk-s");
    assert_false(commanded(w, "MOVE"));
    assert_true(commanded(w, "UID EXPUNGE"));
    assert_int_equal(mails_in(w, "."), 1);
    move_twice(w, COPIES, "ctes/aside", ".ctes.aside");
    move_twice(w, MARKS, "Trait\xc3\xa9s", ".Trait&AOk-s");
    assert_false(commanded(w, "MOVE"));
    assert_false(commanded(w, "EXPUNGE"));
    assert_int_equal(mails_in(w, "."), 2); /* one of them marked */
}

static void test_folder_that_cannot_be(void **state) {
    world *w = *state;
    open_account(w, COPIES);
    empty(w);
    deliver(w, TRICKY, sizeof TRICKY - 1);
    uint32_t *uids = NULL;
    assert_int_equal(list(w, &uids), 1);
    assert_status(ctes_mailbox_move(w->mailbox, uids[0], "a\r\nx LOGOUT", &w->err),
                  CTES_E_CONFIG_INVALID);
    assert_status(ctes_mailbox_move(w->mailbox, uids[0], "", &w->err), CTES_E_CONFIG_INVALID);
    assert_status(ctes_mailbox_move(w->mailbox, uids[0], "\xe9", &w->err), CTES_E_CONFIG_INVALID);
    assert_status(ctes_mailbox_move(w->mailbox, uids[0], "a..b", &w->err), CTES_E_OPERATOR_REFUSED);
    assert_int_equal(list(w, NULL), 1);
    free(uids);
}

static void test_access(void **state) {
    world *w = *state;
    w->account = MOVES;
    const char *url = env("CTES_TEST_IMAP_URL");
    uint32_t *uids = NULL;
    size_t count = 0;
    uint32_t validity = 0;
    assert_ok(open_with(w, url, "wrong", "ca.pem"));
    assert_status(ctes_mailbox_list(w->mailbox, &uids, &count, &validity, &w->err),
                  CTES_E_OPERATOR_ACCESS);
    assert_string_equal(w->err.subject, MOVES);
    assert_non_null(strstr(w->err.detail, "Authentication failed"));
    assert_ok(open_with(w, url, env("CTES_TEST_IMAP_PASSWORD"), "bad/otherca.pem"));
    assert_status(ctes_mailbox_list(w->mailbox, &uids, &count, &validity, &w->err),
                  CTES_E_TLS_SERVER);
    char other[256];
    (void)snprintf(other, sizeof other, "%.*s/Absent", (int)(strrchr(url, '/') - url), url);
    assert_ok(open_with(w, other, env("CTES_TEST_IMAP_PASSWORD"), "ca.pem"));
    assert_status(ctes_mailbox_list(w->mailbox, &uids, &count, &validity, &w->err),
                  CTES_E_CONFIG_INVALID);
    assert_null(uids);
}

static void test_urls(void **state) {
    world *w = *state;
    w->account = MOVES;
    static const char *const BAD[] = { "imap://localhost/INBOX",
                                       "https://localhost/INBOX",
                                       "localhost/INBOX",
                                       "imaps://localhost",
                                       "imaps://localhost/",
                                       "imaps:///INBOX",
                                       "imaps://me@localhost/INBOX",
                                       "imaps://me:secret@localhost/INBOX",
                                       "imaps://localhost/INBOX;UID=1",
                                       "imaps://localhost/INBOX?ALL",
                                       "imaps://localhost/INBOX#a",
                                       "imaps://localhost/IN%0ABOX",
                                       "imaps://localhost:port/INBOX",
                                       "" };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        assert_status(open_with(w, BAD[i], "secret", "ca.pem"), CTES_E_CONFIG_INVALID);
        assert_null(strstr(w->err.subject, "secret"));
    }
    assert_ok(open_with(w, "imaps://localhost/Bo%C3%AEte", "secret", "ca.pem"));
    ctes_error *err = NULL;
    assert_status(
        ctes_mailbox_new(&w->context, &(ctes_mailbox_settings){ .url = "x" }, &w->mailbox, err),
        CTES_E_CONFIG_INVALID);
}

/* The file is a hole; its name tells the sizes, so that the server reads nothing to know them. */
static void test_mail_too_large(void **state) {
    world *w = *state;
    open_account(w, COPIES);
    empty(w);
    deliver(w, TRICKY, sizeof TRICKY - 1);
    char *folder = maildir(w, "new");
    char name[128];
    unsigned long size = CTES_MAILBOX_MAIL_MAX + 1ul;
    (void)snprintf(name, sizeof name, "9.M1P1.test,S=%lu,W=%lu", size, size);
    char *path = scratch_path(folder, name);
    scratch_write(path, "", 0);
    assert_int_equal(truncate(path, (off_t)size), 0);
    uint32_t *uids = NULL;
    assert_int_equal(list(w, &uids), 2);
    char *out = scratch_path(w->folder, "mail");
    ctes_status status = ctes_mailbox_fetch(w->mailbox, uids[0], out, &w->err);
    bool first = status != CTES_OK; /* whichever came first */
    if (!first) {
        assert_int_equal(unlink(out), 0);
        status = ctes_mailbox_fetch(w->mailbox, uids[1], out, &w->err);
    }
    assert_status(status, CTES_E_NET_REPLY_TOO_LARGE);
    assert_int_equal(scratch_count(w->folder), 0);
    /* the other one is still to be had, this one can be moved away */
    assert_ok(ctes_mailbox_fetch(w->mailbox, uids[first ? 1 : 0], out, &w->err));
    (void)unlink(path);
    free(out);
    free(path);
    free(folder);
    free(uids);
    empty(w);
}

static void test_stop(void **state) {
    world *w = *state;
    open_account(w, MOVES);
    w->stop = true;
    uint32_t *uids = NULL;
    size_t count = 0;
    uint32_t validity = 0;
    assert_status(ctes_mailbox_list(w->mailbox, &uids, &count, &validity, &w->err),
                  CTES_E_INTERRUPTED);
}

/* The server ends an idle session; the next call connects again. */
static void test_connection_again(void **state) {
    world *w = *state;
    open_account(w, MOVES);
    empty(w);
    deliver(w, TRICKY, sizeof TRICKY - 1);
    uint32_t *uids = NULL;
    assert_int_equal(list(w, &uids), 1);
    /* all sessions of this server: there is none but ours */
    char group[32];
    (void)snprintf(group, sizeof group, "%s", env("CTES_TEST_IMAP_GROUP"));
    const char *const end[] = { "pkill", "-TERM", "-g", group, "-x", "imap", NULL };
    assert_int_equal(scratch_run(end, NULL, NULL), 0);
    assert_ok(ctes_mailbox_move(w->mailbox, uids[0], "Traites", &w->err));
    assert_int_equal(list(w, NULL), 0);
    free(uids);
}

/* The box was made anew: the numbers are those of other mails. */
static void test_another_box(void **state) {
    world *w = *state;
    open_account(w, MOVES);
    empty(w);
    deliver(w, TRICKY, sizeof TRICKY - 1);
    uint32_t *uids = NULL;
    assert_int_equal(list(w, &uids), 1);
    char *list_file = maildir(w, "dovecot-uidlist");
    scratch_write(list_file, "3 V77 N2\n1 :none\n", 17);
    free(list_file);
    const char *const end[] = { "pkill", "-TERM", "-g", env("CTES_TEST_IMAP_GROUP"),
                                "-x",    "imap",  NULL };
    assert_int_equal(scratch_run(end, NULL, NULL), 0);
    const char *index[] = { "sh", "-c", "rm -f \"$1\"/dovecot.index*", "sh", NULL, NULL };
    char *folder = maildir(w, "");
    index[4] = folder;
    assert_int_equal(scratch_run(index, NULL, NULL), 0);
    free(folder);
    assert_status(ctes_mailbox_move(w->mailbox, uids[0], "Traites", &w->err), CTES_E_NOT_FOUND);
    assert_int_equal(list(w, NULL), 1);
    free(uids);
}

/* The last one: afterwards there is no server. */
static void test_server_killed_in_mid_fetch(void **state) {
    world *w = *state;
    open_account(w, MOVES);
    empty(w);
    size_t length = 24u << 20; /* more than fits into sockets */
    char *mail = malloc(length);
    memset(mail, 'x', length);
    deliver(w, mail, length);
    free(mail);
    uint32_t *uids = NULL;
    assert_int_equal(list(w, &uids), 1);
    w->kill_at = w->asked + 40;
    char *out = scratch_path(w->folder, "mail");
    ctes_status status = ctes_mailbox_fetch(w->mailbox, uids[0], out, &w->err);
    assert_true(ctes_status_repeatable(status)); /* nobody listens, or the connection is reset */
    assert_int_equal(scratch_count(w->folder), 0);
    assert_true(w->asked > w->kill_at);
    free(out);
    free(uids);
}

int main(void) {
    if (getenv("CTES_TEST_IMAP_URL") == NULL) {
        print_message("skipped: no mail server; tests/fake/imap brings one\n");
        return 77;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_list_and_fetch),
        TEST(test_move),
        TEST(test_move_by_copies),
        TEST(test_folder_that_cannot_be),
        TEST(test_access),
        TEST(test_urls),
        TEST(test_mail_too_large),
        TEST(test_stop),
        TEST(test_connection_again),
        TEST(test_another_box),
        TEST(test_server_killed_in_mid_fetch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
