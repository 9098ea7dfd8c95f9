#include "unit/workflow_fixture.h"

static void a_deposited_act_is_recorded_and_looked_at(void **state) {
    world *w = *state;
    w->operator_.state = CTES_OP_WAITING;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_true(outcome.numero_changed);
    assert_int_equal(outcome.record.transaction, 1234);
    assert_int_equal(outcome.record.state, CTES_STATE_WAITING);
    assert_string_equal(outcome.record.numero, "2022-0160");
    assert_string_equal(outcome.record.numero_interne, "2022_0160");
    assert_string_equal(outcome.record.archive, "SLO-EACT--218601946--20220628-41.tar.gz");
    assert_int_equal(w->operator_.last_mode, CTES_DEPOT_ARCHIVE);
}

static void intention_seen(puppet *self) {
    /* another process opens the register while the bytes leave */
    ctes_ledger *ledger = NULL;
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    assert_ok(ctes_ledger_open(&self->world->context, self->world->settings.ledger, &ledger, NULL));
    assert_ok(ctes_ledger_get(ledger, NULL, "2022_0160", &record, NULL));
    assert_string_equal(ctes_state_name(record.state), "to-send");
    assert_string_equal(record.archive, self->last_archive);
    assert_int_equal(strlen(record.archive_sha256), 64);
    ctes_ledger_close(ledger);
}

static void the_intention_is_on_disk_before_the_first_byte_leaves(void **state) {
    world *w = *state;
    w->operator_.during_deposit = intention_seen;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(w->operator_.deposits, 1);
}

static void an_act_is_not_sent_twice(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    world_restart(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = send_example(w);
    assert_int_equal(second.result, CTES_RESULT_ALREADY);
    assert_int_equal(second.record.id, first.record.id);
    assert_int_equal(w->operator_.deposits, 1);
}

static void another_act_under_a_used_number_is_refused(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    write_file(w->path[4], "%PDF-1.4\nanother act\n");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = send_example(w);
    assert_int_equal(second.result, CTES_RESULT_REFUSED);
    assert_status(second.error.code, CTES_E_NUMERO_TAKEN);
    assert_int_equal(w->operator_.deposits, 1);
}

static void two_numbers_that_become_one_are_refused(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    free(acte.numero);
    assert_ok(ctes_text_dup("2022/0160", &acte.numero, NULL));
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = CTES_OUTCOME_INIT;
    assert_ok(ctes_send(w->session, &acte, &second, NULL));
    assert_int_equal(second.result, CTES_RESULT_REFUSED);
    assert_status(second.error.code, CTES_E_NUMERO_COLLISION);
    assert_non_null(strstr(second.error.detail, "2022-0160"));
}

static void a_removed_mode_is_remembered(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_UNSUPPORTED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    assert_int_equal(first.result, CTES_RESULT_SENT);
    assert_int_equal(w->operator_.deposits, 2); /* the archive, then the fields */
    assert_int_equal(w->operator_.last_mode, CTES_DEPOT_CHAMPS);
    world_restart(w);
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    free(acte.numero);
    assert_ok(ctes_text_dup("2022-0161", &acte.numero, NULL));
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = CTES_OUTCOME_INIT;
    assert_ok(ctes_send(w->session, &acte, &second, NULL));
    assert_int_equal(w->operator_.deposits, 3); /* the fields at once */
    assert_int_equal(w->operator_.serials, 1);
}

/* A page that was missing for a moment (a deployment, a proxy) is looked for again. */
static void a_removed_mode_is_tried_again_a_day_later(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_UNSUPPORTED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    assert_int_equal(w->operator_.last_mode, CTES_DEPOT_CHAMPS);
    w->operator_.deposit = CTES_OK;
    w->now_ms += DAY_MS;
    world_restart(w);
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    free(acte.numero);
    assert_ok(ctes_text_dup("2022-0161", &acte.numero, NULL));
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = CTES_OUTCOME_INIT;
    assert_ok(ctes_send(w->session, &acte, &second, NULL));
    assert_int_equal(second.result, CTES_RESULT_SENT);
    assert_int_equal(w->operator_.last_mode, CTES_DEPOT_ARCHIVE);
}

static void a_refusal_keeps_the_number_free(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_REFUSED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    assert_int_equal(first.result, CTES_RESULT_REFUSED);
    assert_string_equal(first.record.reason, "the operator's words");
    assert_state(w, "2022-0160", CTES_STATE_REFUSED);
    assert_null(first.proposed);
    char before[128];
    (void)ctes_text_copy(before, sizeof before, w->operator_.last_archive);
    w->operator_.deposit = CTES_OK;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = send_example(w);
    assert_int_equal(second.result, CTES_RESULT_SENT);
    assert_string_not_equal(w->operator_.last_archive, before); /* no name is used twice */
}

static void an_operator_that_cannot_be_reached_leaves_the_act_prepared(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_CONNECT;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
    assert_status(outcome.error.code, CTES_E_NET_CONNECT);
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
    assert_int_equal(w->operator_.finds, 0);
}

static void a_wrong_account_stops_before_anything_is_sent(void **state) {
    world *w = *state;
    w->operator_.preflight = CTES_E_OPERATOR_ACCESS;
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = example_acte(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_status(ctes_send(w->session, &acte, &outcome, NULL), CTES_E_OPERATOR_ACCESS);
    assert_int_equal(w->operator_.deposits, 0);
}

static void a_parked_act_is_seen_at_once(void **state) {
    world *w = *state;
    w->operator_.state = CTES_OP_PARKED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.record.state, CTES_STATE_PARKED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_deposited_act_is_recorded_and_looked_at),
        TEST(the_intention_is_on_disk_before_the_first_byte_leaves),
        TEST(an_act_is_not_sent_twice),
        TEST(another_act_under_a_used_number_is_refused),
        TEST(two_numbers_that_become_one_are_refused),
        TEST(a_removed_mode_is_remembered),
        TEST(a_removed_mode_is_tried_again_a_day_later),
        TEST(a_refusal_keeps_the_number_free),
        TEST(an_operator_that_cannot_be_reached_leaves_the_act_prepared),
        TEST(a_wrong_account_stops_before_anything_is_sent),
        TEST(a_parked_act_is_seen_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
