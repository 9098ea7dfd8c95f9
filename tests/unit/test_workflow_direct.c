/* The direct channel: nobody can be asked, so the same archive goes again where an answer was lost.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "fake/scratch.h"
#include "unit/workflow_fixture.h"
#include "workflow/register.h"

#define NUMERO "2022-0160"

/* What the puppet takes besides deposits. */
static struct submissions {
    ctes_status result;
    unsigned count;
    char nom[128];
    char *bytes; /* of the last one */
    size_t length;
} SUBMITTED;

static ctes_status puppet_submit(ctes_operator *table, const char *path, const char *nom,
                                 ctes_error *err) {
    (void)table;
    SUBMITTED.count++;
    (void)ctes_text_copy(SUBMITTED.nom, sizeof SUBMITTED.nom, nom);
    free(SUBMITTED.bytes);
    SUBMITTED.bytes = scratch_read(path, &SUBMITTED.length);
    return puppet_say(SUBMITTED.result, err);
}

static int setup(void **state) {
    int failed = world_setup(state);
    world *w = *state;
    SUBMITTED = (struct submissions){ .result = CTES_OK };
    puppet *p = &w->operator_;
    p->table.submit = puppet_submit;
    p->transaction = 0;
    return failed;
}

/* Of all that a direct channel cannot be asked, nothing was. */
static int teardown(void **state) {
    world *w = *state;
    const puppet *p = &w->operator_;
    unsigned asked = p->finds + p->statuses + p->ars + p->surveys;
    free(SUBMITTED.bytes);
    int failed = world_teardown(state);
    return failed + (int)asked;
}

static ctes_outcome lose_a_reply(world *w) {
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_UNSETTLED);
    assert_state(w, NUMERO, CTES_STATE_UNSETTLED);
    return outcome;
}

static void look_again_in(world *w, long seconds) {
    w->now_ms += seconds * 1000;
    assert_ok(refresh(w, NULL));
}

/* --- taken ------------------------------------------------------------------------------------ */

static void an_act_that_was_taken_is_transmitted(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_int_equal(outcome.record.transaction, 0);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = send_example(w);
    assert_int_equal(again.result, CTES_RESULT_ALREADY);
    assert_int_equal(w->operator_.deposits, 1);
    look_again_in(w, 86400);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
    assert_int_equal(SUBMITTED.count, 0);
}

/* (the teardown looks that nobody was asked) */
static void an_act_that_came_back_with_an_anomaly_is_not_asked_about(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    const ctes_store_change anomalie = { .to = CTES_STATE_ANOMALIE_ACTE, .reason = "by mail" };
    assert_ok(ctes_register_change(w->session, outcome.record.id, CTES_STATE_TRANSMITTED, &anomalie,
                                   NULL, NULL));
    look_again_in(w, 60);
    assert_state(w, NUMERO, CTES_STATE_ANOMALIE_ACTE);
}

static void a_refused_act_goes_again_in_another_archive(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_REFUSED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome refused = send_example(w);
    assert_int_equal(refused.result, CTES_RESULT_REFUSED);
    assert_state(w, NUMERO, CTES_STATE_REFUSED);
    char first[128];
    (void)ctes_text_copy(first, sizeof first, w->operator_.last_archive);
    w->operator_.deposit = CTES_OK;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    const ctes_correction none = CTES_CORRECTION_INIT;
    assert_ok(ctes_resend(w->session, NULL, NUMERO, &none, &outcome, NULL));
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
    assert_string_not_equal(w->operator_.last_archive, first);
    assert_int_equal(SUBMITTED.count, 0);
}

static void second_time_lucky(puppet *self) {
    if (self->deposits > 1)
        self->deposit = CTES_OK;
}

static void what_did_not_leave_is_tried_again_without_asking(void **state) {
    world *w = *state;
    w->settings.wait_s = 600;
    world_restart(w);
    w->operator_.deposit = CTES_E_NET_CONNECT;
    w->operator_.during_deposit = second_time_lucky;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_int_equal(w->operator_.deposits, 2);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
}

static void answer_it(puppet *self) {
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(self->world, NUMERO);
    const ctes_store_change change = { .to = CTES_STATE_ACKNOWLEDGED };
    assert_ok(ctes_register_change(self->world->session, record.id, CTES_STATE_TO_SEND, &change,
                                   NULL, NULL));
}

/* A process that cannot see this one took the act over, its lease being over, and had its answer.
 */
static void an_answer_that_comes_before_the_deposit_is_written_down_counts(void **state) {
    world *w = *state;
    w->operator_.during_deposit = answer_it;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_int_equal(outcome.record.state, CTES_STATE_ACKNOWLEDGED);
}

/* --- the answer was lost ---------------------------------------------------------------------- */

static char *kept_archive(const world *w, const char *nom, size_t *ret_length) {
    char path[512];
    (void)snprintf(path, sizeof path, "%s/state/archives/218601946/2022-06-28/%s", w->folder, nom);
    return scratch_read(path, ret_length);
}

static void the_same_archive_goes_again_under_its_name(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = lose_a_reply(w);
    look_again_in(w, 119); /* it may still be working on what it received */
    assert_int_equal(SUBMITTED.count, 0);
    assert_state(w, NUMERO, CTES_STATE_UNSETTLED);
    look_again_in(w, 2);
    assert_int_equal(SUBMITTED.count, 1);
    assert_string_equal(SUBMITTED.nom, w->operator_.last_archive);
    size_t length = 0;
    char *kept = kept_archive(w, SUBMITTED.nom, &length);
    assert_int_equal(SUBMITTED.length, length);
    assert_memory_equal(SUBMITTED.bytes, kept, length);
    free(kept);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
    assert_int_equal(w->operator_.deposits, 1);
    look_again_in(w, 86400);
    assert_int_equal(SUBMITTED.count, 1);
}

static void sending_the_act_once_more_settles_it_first(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = lose_a_reply(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome soon = send_example(w);
    assert_int_equal(soon.result, CTES_RESULT_UNSETTLED);
    assert_int_equal(SUBMITTED.count, 0);
    w->now_ms += 121000;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome later = send_example(w);
    assert_int_equal(later.result, CTES_RESULT_ALREADY);
    assert_int_equal(SUBMITTED.count, 1);
    assert_int_equal(w->operator_.deposits, 1);
}

static void each_open_answer_begins_another_wait(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = lose_a_reply(w);
    SUBMITTED.result = CTES_E_OPERATOR_UNAVAILABLE;
    look_again_in(w, 121);
    assert_int_equal(SUBMITTED.count, 1);
    look_again_in(w, 119);
    assert_int_equal(SUBMITTED.count, 1);
    look_again_in(w, 2);
    assert_int_equal(SUBMITTED.count, 2);
    assert_state(w, NUMERO, CTES_STATE_UNSETTLED);
}

/* That the second one is refused does not say that the first had not arrived. */
static void a_refusal_of_the_second_does_not_take_the_first_back(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = lose_a_reply(w);
    SUBMITTED.result = CTES_E_OPERATOR_REFUSED;
    look_again_in(w, 121);
    assert_int_equal(SUBMITTED.count, 1);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, NUMERO);
    assert_int_equal(record.state, CTES_STATE_UNSETTLED);
    assert_non_null(strstr(record.reason, "operator-refused: the operator's words"));
    look_again_in(w, 1);
    assert_int_equal(SUBMITTED.count, 1);
    SUBMITTED.result = CTES_OK;
    look_again_in(w, 121);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
}

static void what_did_not_leave_does_not_begin_a_wait(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = lose_a_reply(w);
    SUBMITTED.result = CTES_E_NET_CONNECT;
    w->now_ms += 121000;
    assert_status(refresh(w, NULL), CTES_E_NET_CONNECT);
    assert_state(w, NUMERO, CTES_STATE_UNSETTLED);
    SUBMITTED.result = CTES_OK;
    look_again_in(w, 0);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
}

static void an_archive_that_is_not_the_same_does_not_leave(void **state) {
    world *w = *state;
    char path[512];
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = lose_a_reply(w);
    (void)snprintf(path, sizeof path, "%s/state/archives/218601946/2022-06-28/%s", w->folder,
                   w->operator_.last_archive);
    write_file(path, "another archive");
    look_again_in(w, 121);
    assert_int_equal(SUBMITTED.count, 0);
    assert_state(w, NUMERO, CTES_STATE_UNSETTLED);
}

static void it_goes_again_in_open_hours_only(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = lose_a_reply(w);
    w->settings.closed_hours = "11:00-13:00"; /* it is noon in Paris */
    world_restart(w);
    look_again_in(w, 121);
    assert_int_equal(SUBMITTED.count, 0);
    assert_state(w, NUMERO, CTES_STATE_UNSETTLED);
    look_again_in(w, 3600);
    assert_int_equal(SUBMITTED.count, 1);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
}

static void killed(puppet *self) {
    (void)self;
    _exit(0);
}

static void a_killed_process_leaves_an_archive_that_goes_again(void **state) {
    world *w = *state;
    world_close(w);
    pid_t child = fork();
    if (child == 0) {
        world_open(w);
        w->operator_.during_deposit = killed;
        CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
        _exit(1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    world_open(w);
    assert_state(w, NUMERO, CTES_STATE_TO_SEND);
    look_again_in(w, 1); /* known to be over from now on */
    assert_state(w, NUMERO, CTES_STATE_UNSETTLED);
    assert_int_equal(SUBMITTED.count, 0);
    look_again_in(w, 121);
    assert_int_equal(SUBMITTED.count, 1);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
    assert_int_equal(w->operator_.deposits, 0); /* in this process */
}

/* --- the settings ----------------------------------------------------------------------------- */

#define PASSWORD "s3cret&x"

static void configure(world *w, char password_file[256]) {
    (void)snprintf(password_file, 256, "%s/password", w->folder);
    scratch_write(password_file, PASSWORD "\n", sizeof PASSWORD);
    static char login[] = "ville:1";
    w->autorite.login = login;
    w->autorite.password_file = password_file;
    w->settings.canal = CTES_CANAL_DIRECT;
    w->settings.direct = (ctes_direct){ .url_account = true,
                                        .imap = "imaps://mail.test/INBOX",
                                        .imap_login = "retours",
                                        .imap_password_file = password_file };
}

static ctes_status reopen(world *w, ctes_error *err) {
    if (w->session != NULL)
        world_close(w);
    w->transport = fake_transport_new();
    ctes_status status =
        ctes_session_open_over(&w->context, &w->settings, CTES_FOR_SEND,
                               fake_transport_vtable(w->transport), &w->session, err);
    if (status != CTES_OK)
        fake_transport_free(w->transport);
    return status;
}

static void no_secret_told(void *user, const ctes_record_exchange *exchange) {
    unsigned *count = user;
    assert_string_equal(exchange->url, "https://operator.test");
    ++*count;
}

static void the_connector_is_the_direct_one(void **state) {
    world *w = *state;
    char password_file[256];
    unsigned exchanges = 0;
    configure(w, password_file);
    assert_ok(reopen(w, NULL));
    assert_string_equal(w->session->links[0].operator_->name, "direct");
    fake_reply_text(w->transport, NULL, 200, "");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_state(w, NUMERO, CTES_STATE_TRANSMITTED);
    const fake_request *request = fake_request_last(w->transport);
    assert_int_equal(fake_request_count(w->transport), 1);
    assert_string_equal(request->parts[0].file_name, outcome.record.archive);
    assert_true(request->account_in_url);
    assert_string_equal(request->password, PASSWORD);
    assert_ok(ctes_ledger_exchanges(w->session->store, outcome.record.id, no_secret_told,
                                    &exchanges, NULL));
    assert_int_equal(exchanges, 1);
}

static void settings_that_cannot_work_are_refused(void **state) {
    world *w = *state;
    char password_file[256];
    configure(w, password_file);
    const ctes_settings good = w->settings;
    static const ctes_status EXPECTED[] = {
        CTES_E_CONFIG_INVALID, CTES_E_CONFIG_MISSING, CTES_E_CONFIG_MISSING, CTES_E_CONFIG_MISSING,
        CTES_E_CONFIG_INVALID, CTES_E_CONFIG_INVALID, CTES_E_NOT_FOUND,      CTES_E_CONFIG_INVALID,
    };
    enum { COUNT = sizeof EXPECTED / sizeof EXPECTED[0] };
    ctes_settings bad[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        bad[i] = good;
    bad[0].mode = CTES_MODE_CHAMPS;
    bad[1].direct.imap = NULL;
    bad[2].direct.imap_login = NULL;
    bad[3].direct.imap_password_file = NULL;
    bad[4].direct.imap = "imap://mail.test/INBOX";
    bad[5].direct.success = 99;
    bad[6].direct.imap_password_file = "/nowhere/password";
    bad[7].direct.url_account = false; /* Basic parts "ville:1" at its colon */
    world_close(w);
    w->session = NULL;
    for (size_t i = 0; i < COUNT; i++) {
        ctes_error err = CTES_ERROR_INIT;
        w->settings = bad[i];
        assert_status(reopen(w, &err), EXPECTED[i]);
        assert_null(strstr(err.detail, PASSWORD));
        assert_null(w->session);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_act_that_was_taken_is_transmitted),
        TEST(an_act_that_came_back_with_an_anomaly_is_not_asked_about),
        TEST(a_refused_act_goes_again_in_another_archive),
        TEST(an_answer_that_comes_before_the_deposit_is_written_down_counts),
        TEST(what_did_not_leave_is_tried_again_without_asking),
        TEST(the_same_archive_goes_again_under_its_name),
        TEST(sending_the_act_once_more_settles_it_first),
        TEST(each_open_answer_begins_another_wait),
        TEST(a_refusal_of_the_second_does_not_take_the_first_back),
        TEST(what_did_not_leave_does_not_begin_a_wait),
        TEST(an_archive_that_is_not_the_same_does_not_leave),
        TEST(it_goes_again_in_open_hours_only),
        TEST(a_killed_process_leaves_an_archive_that_goes_again),
        TEST(the_connector_is_the_direct_one),
        TEST(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
