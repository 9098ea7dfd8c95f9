#include "unit/workflow_fixture.h"

static void sent_and_refused(world *w) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    w->operator_.state = CTES_OP_ERROR;
    w->operator_.native = -1;
    w->operator_.flow = ANOMALIE_OF("2022_0160", "001", "x");
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_ANOMALIE_ACTE);
}

static ctes_outcome resend(world *w, const char *numero, ctes_correction correction) {
    ctes_outcome outcome = CTES_OUTCOME_INIT;
    assert_ok(ctes_resend(w->session, NULL, numero, &correction, &outcome, NULL));
    return outcome;
}

static const ctes_correction AS_IT_IS = CTES_CORRECTION_INIT;
static const ctes_correction SUFFIXED = { .suffix = true };

static void what_the_operator_holds_is_refused_after_asking(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    unsigned asked = w->operator_.statuses;
    w->operator_.state = CTES_OP_TRANSMITTED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = resend(w, "2022-0160", SUFFIXED);
    assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
    assert_status(outcome.error.code, CTES_E_OPERATOR_HOLDS);
    assert_int_equal(w->operator_.statuses, asked + 1);
    assert_state(w, "2022-0160", CTES_STATE_TRANSMITTED); /* what was learnt is kept */
    assert_int_equal(w->operator_.deposits, 1);
}

static void a_refused_act_needs_another_number_which_is_proposed(void **state) {
    world *w = *state;
    sent_and_refused(w);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = resend(w, "2022-0160", AS_IT_IS);
    assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
    assert_status(outcome.error.code, CTES_E_OPERATOR_HOLDS);
    assert_string_equal(outcome.proposed, "2022_0160_2");
    assert_int_equal(w->operator_.deposits, 1);
}

static void the_replacement_counts_and_the_link_stays(void **state) {
    world *w = *state;
    sent_and_refused(w);
    w->operator_.status = CTES_OK;
    ctes_correction corrected = SUFFIXED;
    corrected.objet = "Adhésion à l’association";
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = resend(w, "2022-0160", corrected);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_string_equal(outcome.record.numero_interne, "2022_0160_2");
    assert_string_equal(outcome.record.objet_transmis, "Adhésion à l'association");
    assert_string_equal(outcome.record.replaces, "2022-0160");
    CTES_CLEANUP(ctes_record_clear) ctes_record old = recorded(w, "2022-0160");
    assert_string_equal(old.replaced_by, "2022_0160_2");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = resend(w, "2022-0160", SUFFIXED);
    assert_status(again.error.code, CTES_E_ACTE_STATE); /* the other number is the one now */
    assert_int_equal(w->operator_.deposits, 2);
}

static void each_replacement_takes_the_next_number(void **state) {
    world *w = *state;
    sent_and_refused(w);
    w->operator_.flow = ANOMALIE_OF("2022_0160_2", "001", "x");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome second = resend(w, "2022-0160", SUFFIXED);
    assert_state(w, "2022_0160_2", CTES_STATE_ANOMALIE_ACTE);
    w->operator_.flow = NULL;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome third = resend(w, "2022_0160_2", SUFFIXED);
    assert_string_equal(third.record.numero_interne, "2022_0160_3");
}

static void a_deposit_that_was_refused_goes_again_under_its_number(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_REFUSED;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    w->operator_.deposit = CTES_OK;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = resend(w, "2022-0160", AS_IT_IS);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_string_equal(outcome.record.numero_interne, "2022_0160");
    assert_int_equal(w->operator_.finds, 1); /* asked before */
}

static void a_file_that_changed_is_not_sent_unless_named(void **state) {
    world *w = *state;
    sent_and_refused(w);
    write_file(w->path[4], "%PDF-1.4\nchanged\n");
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = resend(w, "2022-0160", SUFFIXED);
    assert_status(outcome.error.code, CTES_E_DOCUMENT_CHANGED);
    ctes_correction named = SUFFIXED;
    named.document = w->path[4];
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = resend(w, "2022-0160", named);
    assert_int_equal(again.result, CTES_RESULT_SENT);
}

static void an_unknown_number_is_said_so(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error err = CTES_ERROR_INIT;
    assert_status(ctes_resend(w->session, NULL, "1999-1", &AS_IT_IS, &outcome, &err),
                  CTES_E_ACTE_UNKNOWN);
    assert_string_equal(err.subject, "1999-1");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_the_operator_holds_is_refused_after_asking),
        TEST(a_refused_act_needs_another_number_which_is_proposed),
        TEST(the_replacement_counts_and_the_link_stays),
        TEST(each_replacement_takes_the_next_number),
        TEST(a_deposit_that_was_refused_goes_again_under_its_number),
        TEST(a_file_that_changed_is_not_sent_unless_named),
        TEST(an_unknown_number_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
