/*
 * The direct channel: what leaves, what is believed, and what becomes of each mail. The mailbox is
 * the test's own: its functions stand in for those of net, whose own tests have a real server.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/text.h"
#include "fake/fake_transport.h"
#include "fake/scratch.h"
#include "operator/direct.h"
#include "unit/cmocka_all.h"

#define PASSWORD "tr0p&secret"
#define NOM      "SLO-EACT--213400172--20240108-3.tar.gz"

/* --- a mailbox in memory ---------------------------------------------------------------------- */

enum { MAILS = 4 };

struct ctes_mailbox {
    char url[64], login[32], password[32];
    size_t count, listed, fetched;
    uint32_t uids[MAILS];
    ctes_status list, size, fetch[MAILS], move; /* what each returns */
    uint64_t sizes[MAILS];                      /* 0: small */
    unsigned started;
    char moved[MAILS][32]; /* where to; "" while it lies in the box */
};

static ctes_mailbox BOX;
static size_t BOXES; /* open ones */

ctes_status ctes_mailbox_new(const ctes_context *context, const ctes_mailbox_settings *settings,
                             ctes_mailbox **ret, ctes_error *err) {
    (void)context;
    if (strncmp(settings->url, "imaps://", 8) != 0)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "%s", "");
    (void)ctes_text_copy(BOX.url, sizeof BOX.url, settings->url);
    (void)ctes_text_copy(BOX.login, sizeof BOX.login, settings->login);
    (void)ctes_text_copy(BOX.password, sizeof BOX.password, settings->password->text);
    BOXES++;
    *ret = &BOX;
    return CTES_OK;
}

void ctes_mailbox_free(ctes_mailbox *mailbox) {
    BOXES -= mailbox != NULL;
}

static ctes_status say(ctes_status status, ctes_error *err) {
    return status == CTES_OK ? CTES_OK : ctes_fail(err, status, NULL, "the mailbox");
}

ctes_status ctes_mailbox_list(ctes_mailbox *mailbox, uint32_t **ret, size_t *count,
                              uint32_t *ret_validity, ctes_error *err) {
    mailbox->listed++;
    if (mailbox->list != CTES_OK)
        return say(mailbox->list, err);
    *ret = calloc(MAILS, sizeof **ret);
    assert_non_null(*ret);
    memcpy(*ret, mailbox->uids, sizeof mailbox->uids);
    *count = mailbox->count;
    *ret_validity = 9;
    return CTES_OK;
}

static size_t index_of(const ctes_mailbox *mailbox, uint32_t uid) {
    for (size_t i = 0; i < mailbox->count; i++)
        if (mailbox->uids[i] == uid)
            return i;
    fail_msg("no mail %u", (unsigned)uid);
    return 0;
}

ctes_status ctes_mailbox_fetch(ctes_mailbox *mailbox, uint32_t uid, const char *path,
                               ctes_error *err) {
    size_t i = index_of(mailbox, uid);
    mailbox->fetched++;
    if (mailbox->fetch[i] == CTES_OK)
        scratch_write(path, "Subject: x\r\n\r\n", 14);
    return say(mailbox->fetch[i], err);
}

ctes_status ctes_mailbox_size(ctes_mailbox *mailbox, uint32_t uid, uint64_t *ret, ctes_error *err) {
    size_t i = index_of(mailbox, uid);
    *ret = mailbox->sizes[i] > 0 ? mailbox->sizes[i] : 14;
    return say(mailbox->size, err);
}

ctes_status ctes_mailbox_fetch_start(ctes_mailbox *mailbox, uint32_t uid, uint32_t most,
                                     const char *path, ctes_error *err) {
    (void)index_of(mailbox, uid);
    (void)err;
    assert_true(most >= 1024 && most <= 1u << 20);
    mailbox->started++;
    scratch_write(path, "Subject: big\r\n", 14);
    return CTES_OK;
}

ctes_status ctes_mailbox_move(ctes_mailbox *mailbox, uint32_t uid, const char *folder,
                              ctes_error *err) {
    if (mailbox->move == CTES_OK)
        (void)snprintf(mailbox->moved[index_of(mailbox, uid)], 32, "%s", folder);
    return say(mailbox->move, err);
}

/* --- the fixture ------------------------------------------------------------------------------ */

typedef struct world {
    char *folder, *archive;
    fake_transport *fake;
    ctes_operator *op;
    ctes_context context;
    ctes_error err;
    ctes_operator_direct_settings settings;
    ctes_mailbox_settings mailbox;
    ctes_secret password;
    char fields[256]; /* as the trace was told last */
    size_t told, reply_length;
    /* the parcels handed over, and what is said of them */
    size_t parcels;
    ctes_parcel_fate fates[MAILS];
    char sources[MAILS][64];
    uint64_t beyond[MAILS];
} world;

static void no_secret(const char *text) {
    if (text == NULL)
        return;
    assert_null(strstr(text, PASSWORD));
    assert_null(strstr(text, "tr0p%26secret"));
    assert_null(strstr(text, "user="));
}

static void trace(void *user, const ctes_exchange *exchange) {
    world *w = user;
    no_secret(exchange->url);
    no_secret(exchange->fields);
    assert_string_equal(exchange->method, "POST");
    if (exchange->reply != NULL) {
        char *reply = strndup(exchange->reply, exchange->reply_length);
        no_secret(reply);
        free(reply);
    }
    w->reply_length = exchange->reply_length;
    w->told++;
    (void)snprintf(w->fields, sizeof w->fields, "%s", exchange->fields);
}

static void listen(void *user, ctes_log_level level, const char *acte, const char *text) {
    (void)user;
    (void)level;
    (void)acte;
    no_secret(text);
}

static void open_operator(world *w) {
    ctes_operator_free(w->op);
    w->op = NULL;
    ctes_operator *made = NULL;
    assert_int_equal(ctes_operator_direct_new(&w->settings, &made, &w->err), CTES_OK);
    assert_non_null(made);
    w->op = made;
}

static int setup(void **state) {
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->folder = scratch_make();
    w->archive = scratch_path(w->folder, "kept.tar.gz");
    scratch_write(w->archive, "archive bytes", 13);
    w->fake = fake_transport_new();
    w->context = (ctes_context){ .user = w, .log = listen };
    w->password = (ctes_secret){ .length = strlen(PASSWORD), .text = PASSWORD };
    BOX = (ctes_mailbox){ .count = 0 };
    w->mailbox = (ctes_mailbox_settings){ .url = "imaps://mail.test/INBOX",
                                          .login = "retours",
                                          .password = &w->password };
    w->settings = (ctes_operator_direct_settings){
        .common = { .url = "https://actes.test/depot",
                    .login = "ville",
                    .password = &w->password,
                    .transport = fake_transport_vtable(w->fake),
                    .context = &w->context,
                    .trace = trace,
                    .trace_user = w },
        .mailbox = &w->mailbox,
    };
    open_operator(w);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    world *w = *state;
    ctes_operator_free(w->op);
    fake_transport_free(w->fake);
    free(w->archive);
    scratch_remove(w->folder);
    free(w);
    return (int)BOXES;
}

static ctes_status submit(world *w) {
    w->err = (ctes_error)CTES_ERROR_INIT;
    ctes_status status = w->op->submit(w->op, w->archive, NOM, &w->err);
    no_secret(w->err.detail);
    assert_int_equal(w->err.code, status);
    return status;
}

/* --- what leaves ------------------------------------------------------------------------------ */

static void test_archive_is_the_one_part(void **state) {
    world *w = *state;
    fake_reply_text(w->fake, NULL, 200, "whatever");
    assert_int_equal(submit(w), CTES_OK);
    const fake_request *request = fake_request_last(w->fake);
    assert_string_equal(request->url, "https://actes.test/depot");
    assert_int_equal(request->part_count, 1);
    assert_string_equal(request->parts[0].name, NOM);
    assert_string_equal(request->parts[0].file_name, NOM);
    assert_string_equal(request->parts[0].content, "archive bytes");
    assert_string_equal(request->login, "ville");
    assert_string_equal(request->password, PASSWORD);
    assert_false(request->account_in_url);
    assert_string_equal(w->fields, NOM "=" NOM "\n");
    assert_int_equal(w->told, 2);
}

static void test_field_of_another_name(void **state) {
    world *w = *state;
    w->settings.field = "file";
    open_operator(w);
    fake_reply_text(w->fake, NULL, 200, "");
    assert_int_equal(submit(w), CTES_OK);
    assert_string_equal(fake_request_last(w->fake)->parts[0].name, "file");
    assert_string_equal(fake_request_last(w->fake)->parts[0].file_name, NOM);
}

static void test_account_in_the_url_is_told_nowhere(void **state) {
    world *w = *state;
    w->settings.url_account = true;
    open_operator(w);
    fake_reply_text(w->fake, NULL, 200, "");
    assert_int_equal(submit(w), CTES_OK); /* the fixture looks at trace, log and error */
    const fake_request *request = fake_request_last(w->fake);
    assert_true(request->account_in_url);
    assert_string_equal(request->url, "https://actes.test/depot");
    /* pages that repeat what was asked, plainly or as it stood in the URL */
    static const char *const ECHOES[] = { "no: /depot?user=ville&password=" PASSWORD,
                                          "/depot?user=ville&password=tr0p%26secret" };
    for (size_t i = 0; i < 2; i++) {
        fake_reply_text(w->fake, NULL, 404, ECHOES[i]);
        assert_int_equal(submit(w), CTES_E_OPERATOR_REFUSED);
        assert_int_equal(w->reply_length, 0);
        const fake_reply redirect = { .status = 302, .location = ECHOES[i] };
        fake_transport_reply(w->fake, &redirect);
        assert_int_equal(submit(w), CTES_E_OPERATOR_REPLY);
    }
}

static void test_no_account(void **state) {
    world *w = *state;
    w->settings.common.login = NULL;
    w->settings.common.password = NULL;
    open_operator(w);
    fake_reply_text(w->fake, NULL, 200, "");
    assert_int_equal(submit(w), CTES_OK);
    assert_null(fake_request_last(w->fake)->login);
    assert_null(fake_request_last(w->fake)->password);
}

static void test_deposit_takes_archives_alone(void **state) {
    world *w = *state;
    ctes_acte acte = CTES_ACTE_INIT;
    ctes_depot depot = {
        .mode = CTES_DEPOT_ARCHIVE, .acte = &acte, .archive_path = w->archive, .archive_nom = NOM
    };
    int64_t transaction = 7;
    fake_reply_text(w->fake, NULL, 200, "OK\n12\n\n");
    assert_int_equal(w->op->deposit(w->op, &depot, &transaction, &w->err), CTES_OK);
    assert_int_equal(transaction, 0);
    depot.mode = CTES_DEPOT_CHAMPS;
    assert_int_equal(w->op->deposit(w->op, &depot, &transaction, &w->err),
                     CTES_E_OPERATOR_UNSUPPORTED);
    assert_int_equal(fake_request_count(w->fake), 1);
}

static void test_nobody_can_be_asked(void **state) {
    world *w = *state;
    ctes_operator *op = w->op;
    unsigned serial = 0;
    ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    ctes_operator_listing listing = { .transaction = 0 };
    ctes_buffer bytes = CTES_BUFFER_INIT(10);
    const ctes_date day = { 2024, 1, 5 };
    assert_int_equal(op->preflight(op, &w->err), CTES_OK);
    assert_int_equal(op->serial(op, &serial, &w->err), CTES_E_OPERATOR_UNSUPPORTED);
    assert_int_equal(op->find(op, "u", &status, &w->err), CTES_E_OPERATOR_UNSUPPORTED);
    assert_int_equal(op->lookup(op, "n", day, &listing, &w->err), CTES_E_OPERATOR_UNSUPPORTED);
    assert_int_equal(op->waiting(op, NULL, NULL, &w->err), CTES_E_OPERATOR_UNSUPPORTED);
    assert_int_equal(op->status(op, 1, &status, &w->err), CTES_E_OPERATOR_UNSUPPORTED);
    assert_int_equal(op->acknowledgement(op, 1, &bytes, &w->err), CTES_E_OPERATOR_UNSUPPORTED);
    assert_int_equal(fake_request_count(w->fake), 0);
}

/* --- what is believed ------------------------------------------------------------------------- */

static void test_what_came_back(void **state) {
    world *w = *state;
    static const struct {
        long status, retry_after;
        ctes_status expected;
        bool maybe;
    } CASES[] = {
        { 200, 0, CTES_OK, true },
        { 201, 0, CTES_E_OPERATOR_REPLY, true },
        { 302, 0, CTES_E_OPERATOR_REPLY, true },
        { 400, 0, CTES_E_OPERATOR_REFUSED, false },
        { 401, 0, CTES_E_OPERATOR_ACCESS, false },
        { 403, 0, CTES_E_OPERATOR_ACCESS, false },
        { 404, 0, CTES_E_OPERATOR_REFUSED, false },
        { 408, 0, CTES_E_OPERATOR_UNAVAILABLE, true },
        { 413, 0, CTES_E_OPERATOR_TOO_LARGE, false },
        { 429, 0, CTES_E_OPERATOR_BUSY, false },
        { 500, 0, CTES_E_OPERATOR_UNAVAILABLE, true },
        { 503, 0, CTES_E_OPERATOR_UNAVAILABLE, true },
        { 503, 60, CTES_E_OPERATOR_BUSY, false },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        const fake_reply reply = { .status = CASES[i].status, .retry_after = CASES[i].retry_after };
        fake_transport_reply(w->fake, &reply);
        ctes_status status = submit(w);
        assert_string_equal(ctes_status_name(status), ctes_status_name(CASES[i].expected));
        assert_int_equal(ctes_status_maybe_received(status), CASES[i].maybe);
    }
}

static void test_another_status_may_be_the_good_one(void **state) {
    world *w = *state;
    w->settings.success = 201;
    open_operator(w);
    fake_reply_text(w->fake, NULL, 201, "");
    assert_int_equal(submit(w), CTES_OK);
    fake_reply_text(w->fake, NULL, 200, "<html>a proxy's page</html>");
    assert_int_equal(submit(w), CTES_E_OPERATOR_REPLY);
    assert_non_null(strstr(w->err.detail, "a proxy's page"));
}

static void test_lost_reply_leaves_it_open(void **state) {
    world *w = *state;
    static const struct {
        ctes_status given, expected;
    } CASES[] = { { CTES_E_NET_BROKEN, CTES_E_NET_BROKEN },
                  { CTES_E_NET_TIMEOUT, CTES_E_NET_TIMEOUT },
                  { CTES_E_MEMORY, CTES_E_NET_BROKEN },
                  { CTES_E_NET_CONNECT, CTES_E_NET_CONNECT },
                  { CTES_E_TLS_SERVER, CTES_E_TLS_SERVER } };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_failure(w->fake, NULL, CASES[i].given);
        assert_int_equal(submit(w), CASES[i].expected);
    }
}

static void test_settings_that_are_refused(void **state) {
    world *w = *state;
    const ctes_operator_direct_settings good = w->settings;
    ctes_mailbox_settings plain = w->mailbox;
    plain.url = "imap://mail.test/INBOX";
    ctes_operator_direct_settings bad[7] = { good, good, good, good, good, good, good };
    bad[0].common.url = "http://actes.test/depot";
    bad[1].common.url = "https://actes.test/depot?user=x";
    bad[2].field = "";
    bad[3].field = "a\r\nb";
    bad[4].success = 100;
    bad[5].success = 1000;
    bad[6].mailbox = &plain;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ctes_operator *made = NULL;
        assert_int_equal(ctes_operator_direct_new(&bad[i], &made, &w->err), CTES_E_CONFIG_INVALID);
        assert_null(made);
    }
}

/* --- what came -------------------------------------------------------------------------------- */

static ctes_parcel_fate take(void *user, const ctes_parcel *parcel) {
    world *w = user;
    size_t i = w->parcels++;
    assert_true(i < MAILS);
    assert_int_equal(parcel->form, CTES_PARCEL_MAIL);
    assert_int_equal(parcel->transaction, 0);
    assert_int_equal(access(parcel->path, R_OK), 0);
    assert_memory_equal(parcel->path, w->folder, strlen(w->folder));
    for (size_t mail = 0; mail < BOX.count; mail++) /* nothing is moved before it is dealt with */
        assert_true(mail < i || BOX.moved[mail][0] == '\0');
    (void)snprintf(w->sources[i], sizeof w->sources[i], "%s", parcel->source);
    w->beyond[i] = parcel->beyond;
    return w->fates[i];
}

static ctes_status collect(world *w) {
    w->parcels = 0;
    w->err = (ctes_error)CTES_ERROR_INIT;
    return w->op->collect(w->op, w->folder, take, w, &w->err);
}

static void lay(size_t count) {
    BOX.count = count;
    memset(BOX.moved, 0, sizeof BOX.moved);
    for (size_t i = 0; i < count; i++)
        BOX.uids[i] = 17 + (uint32_t)i;
}

static void test_mails_go_where_their_fate_says(void **state) {
    world *w = *state;
    lay(2);
    w->fates[0] = CTES_PARCEL_RECORDED;
    w->fates[1] = CTES_PARCEL_ASIDE;
    assert_int_equal(collect(w), CTES_OK);
    assert_int_equal(w->parcels, 2);
    assert_string_equal(w->sources[0], "imaps://mail.test/INBOX 17");
    assert_string_equal(BOX.moved[0], "ctes/done");
    assert_string_equal(BOX.moved[1], "ctes/aside");
    assert_string_equal(BOX.login, "retours");
    assert_string_equal(BOX.password, PASSWORD);
    w->settings.done = "lus";
    w->settings.aside = "à voir";
    open_operator(w);
    lay(2);
    assert_int_equal(collect(w), CTES_OK);
    assert_string_equal(BOX.moved[0], "lus");
    assert_string_equal(BOX.moved[1], "à voir");
}

static void test_a_mail_that_is_left_stays(void **state) {
    world *w = *state;
    lay(2);
    w->fates[0] = CTES_PARCEL_LEFT;
    assert_int_equal(collect(w), CTES_OK);
    assert_int_equal(w->parcels, 1);
    assert_string_equal(BOX.moved[0], "");
    assert_int_equal(BOX.fetched, 1);
}

static void test_a_mail_that_cannot_be_fetched_is_left_and_told(void **state) {
    world *w = *state;
    lay(3);
    w->fates[0] = w->fates[1] = CTES_PARCEL_RECORDED;
    BOX.fetch[0] = CTES_E_OPERATOR_REPLY;
    BOX.fetch[1] = CTES_E_NOT_FOUND; /* another run has moved it */
    w->parcels = 0;
    w->err = (ctes_error)CTES_ERROR_INIT;
    /* (the third mail is the first one handed over) */
    assert_int_equal(w->op->collect(w->op, w->folder, take, w, &w->err), CTES_E_OPERATOR_REPLY);
    assert_string_equal(w->err.subject, "imaps://mail.test/INBOX 17");
    assert_int_equal(w->parcels, 1);
    assert_string_equal(w->sources[0], "imaps://mail.test/INBOX 19");
    assert_string_equal(BOX.moved[0], "");
    assert_string_equal(BOX.moved[1], "");
    assert_string_equal(BOX.moved[2], "ctes/done");
}

static void test_of_a_mail_that_is_too_large_the_beginning_comes(void **state) {
    world *w = *state;
    lay(3);
    w->fates[0] = w->fates[1] = CTES_PARCEL_ASIDE;
    w->fates[2] = CTES_PARCEL_RECORDED;
    BOX.sizes[0] = 300u << 20;
    BOX.sizes[1] = 219u << 20; /* the server counts, and sends more */
    BOX.fetch[1] = CTES_E_NET_REPLY_TOO_LARGE;
    assert_int_equal(collect(w), CTES_OK);
    assert_int_equal(BOX.started, 2);
    assert_int_equal(BOX.fetched, 2); /* never asked for whole once it is known */
    assert_int_equal(w->beyond[0], 300u << 20);
    assert_int_equal(w->beyond[1], CTES_MAILBOX_MAIL_MAX + 1);
    assert_int_equal(w->beyond[2], 0);
    assert_string_equal(BOX.moved[0], "ctes/aside");
    assert_string_equal(BOX.moved[1], "ctes/aside");
    assert_string_equal(BOX.moved[2], "ctes/done");
    lay(1);
    BOX.size = CTES_E_NOT_FOUND; /* moved meanwhile */
    assert_int_equal(collect(w), CTES_OK);
    assert_int_equal(w->parcels, 0);
}

static void test_what_any_mail_would_meet_ends_it(void **state) {
    world *w = *state;
    lay(2);
    BOX.fetch[0] = CTES_E_NET_CONNECT;
    assert_int_equal(collect(w), CTES_E_NET_CONNECT);
    assert_int_equal(BOX.fetched, 1);
    BOX.list = CTES_E_OPERATOR_ACCESS;
    assert_int_equal(collect(w), CTES_E_OPERATOR_ACCESS);
    assert_int_equal(BOX.fetched, 1);
}

static void test_a_mail_that_cannot_be_moved_is_told(void **state) {
    world *w = *state;
    lay(2);
    w->fates[0] = w->fates[1] = CTES_PARCEL_RECORDED;
    BOX.move = CTES_E_OPERATOR_REFUSED;
    assert_int_equal(collect(w), CTES_E_OPERATOR_REFUSED);
    assert_int_equal(w->parcels, 2); /* recorded all the same; it comes again, harmlessly */
}

static void test_nowhere_to_collect(void **state) {
    world *w = *state;
    lay(1);
    assert_int_equal(w->op->collect(w->op, "/nowhere", take, w, &w->err), CTES_E_NOT_FOUND);
    assert_int_equal(BOX.listed, 0);
    w->settings.mailbox = NULL;
    open_operator(w);
    assert_int_equal(collect(w), CTES_E_CONFIG_MISSING);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_archive_is_the_one_part),
        WITH(test_field_of_another_name),
        WITH(test_account_in_the_url_is_told_nowhere),
        WITH(test_no_account),
        WITH(test_deposit_takes_archives_alone),
        WITH(test_nobody_can_be_asked),
        WITH(test_what_came_back),
        WITH(test_another_status_may_be_the_good_one),
        WITH(test_lost_reply_leaves_it_open),
        WITH(test_settings_that_are_refused),
        WITH(test_mails_go_where_their_fate_says),
        WITH(test_a_mail_that_is_left_stays),
        WITH(test_a_mail_that_cannot_be_fetched_is_left_and_told),
        WITH(test_of_a_mail_that_is_too_large_the_beginning_comes),
        WITH(test_what_any_mail_would_meet_ends_it),
        WITH(test_a_mail_that_cannot_be_moved_is_told),
        WITH(test_nowhere_to_collect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
