#include "unit/workflow_fixture.h"

static void a_lost_reply_is_settled_by_asking(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_BROKEN;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_int_equal(outcome.record.transaction, 1234); /* from the listing */
    assert_int_equal(outcome.record.state, CTES_STATE_DEPOSITED);
    assert_int_equal(w->operator_.deposits, 1);
    assert_int_equal(w->operator_.finds, 1);
}

static void a_no_is_believed_only_after_a_while(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_UNSETTLED);
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    w->now_ms += 119 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = send_example(w);
    assert_int_equal(again.result, CTES_RESULT_UNSETTLED); /* not sent blindly */
    assert_int_equal(w->operator_.deposits, 1);
    w->now_ms += 2 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
    w->operator_.deposit = CTES_OK;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome sent = send_example(w);
    assert_int_equal(sent.result, CTES_RESULT_SENT);
    assert_int_equal(w->operator_.deposits, 2);
}

static void an_act_that_arrives_late_is_found_before_it_is_sent_again(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    w->operator_.find = CTES_OK; /* the operator has finished meanwhile */
    w->now_ms += 60 * 1000;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = send_example(w);
    assert_int_equal(again.result, CTES_RESULT_ALREADY);
    assert_int_equal(w->operator_.deposits, 1);
}

static void an_unclear_answer_settles_nothing(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_UNAVAILABLE;
    w->operator_.find = CTES_E_OPERATOR_REPLY;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_UNSETTLED);
    w->now_ms += DAY_MS;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
}

static void a_crash_after_the_intention_is_settled_by_the_next_run(void **state) {
    world *w = *state;
    /* the intention alone, as a killed process leaves it */
    w->operator_.deposit = CTES_E_NET_BROKEN;
    w->operator_.find = CTES_E_NET_CONNECT;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
    world_restart(w);
    w->operator_.find = CTES_OK;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
    assert_int_equal(w->operator_.deposits, 1);
}

static void a_number_in_use_by_another_act_is_given_up(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_OPERATOR_HOLDS;
    w->operator_.listed_objet = "Un autre acte";
    w->operator_.listed_date = (ctes_date){ 2022, 6, 27 };
    for (int i = 0; i < 2; i++) { /* a second try changes nothing */
        CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
        assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
        assert_string_equal(outcome.proposed, "2022_0160_2");
    }
}

/* Held, but lost among too many others: that act waits on, the round goes on. */
static void an_act_that_no_listing_shows_stops_no_other(void **state) {
    world *w = *state;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    w->operator_.find = CTES_E_NET_CONNECT;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    w->operator_.find = CTES_OK;
    w->operator_.lookup = CTES_E_OPERATOR_REPLY; /* operator.h */
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_UNSETTLED);
}

static bool note_error(void *user, const ctes_outcome *outcome) {
    *(ctes_status *)user = outcome->error.code;
    return true;
}

static void an_act_that_the_operator_does_not_know_is_not_passed_over(void **state) {
    world *w = *state;
    w->operator_.transaction = 0; /* nothing of ours gives none, and yet */
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    ctes_status told = CTES_OK;
    assert_ok(ctes_refresh(w->session, NULL, NULL, 0, 0, note_error, &told, NULL));
    assert_status(told, CTES_E_OPERATOR_NOT_FOUND);
    assert_state(w, "2022-0160", CTES_STATE_DEPOSITED);
    w->operator_.find = CTES_OK;
    w->operator_.transaction = 1234;
    assert_ok(ctes_refresh(w->session, NULL, NULL, 0, 0, note_error, &told, NULL));
    assert_status(told, CTES_OK);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, "2022-0160");
    assert_int_equal(record.transaction, 1234);
}

static void lose_a_reply(world *w) {
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    w->operator_.find = CTES_E_OPERATOR_NOT_FOUND;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    w->now_ms += 121 * 1000;
    assert_ok(refresh(w, NULL));
    assert_state(w, "2022-0160", CTES_STATE_PREPARED);
    w->operator_.deposit = CTES_E_OPERATOR_HOLDS;
}

static void a_number_in_use_after_a_lost_reply_is_ours_if_the_listing_shows_it(void **state) {
    world *w = *state;
    lose_a_reply(w);
    w->operator_.listed_objet = "Adhésion à la 27ème Région";
    w->operator_.listed_date = (ctes_date){ 2022, 6, 27 };
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
    assert_int_equal(outcome.record.transaction, 1234);
}

static void a_number_in_use_with_another_subject_is_not_ours(void **state) {
    world *w = *state;
    lose_a_reply(w);
    w->operator_.listed_objet = "Autre objet";
    w->operator_.listed_date = (ctes_date){ 2022, 6, 27 };
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_REFUSED);
    assert_status(outcome.error.code, CTES_E_OPERATOR_HOLDS);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_lost_reply_is_settled_by_asking),
        TEST(a_no_is_believed_only_after_a_while),
        TEST(an_act_that_arrives_late_is_found_before_it_is_sent_again),
        TEST(an_unclear_answer_settles_nothing),
        TEST(a_crash_after_the_intention_is_settled_by_the_next_run),
        TEST(a_number_in_use_by_another_act_is_given_up),
        TEST(an_act_that_the_operator_does_not_know_is_not_passed_over),
        TEST(an_act_that_no_listing_shows_stops_no_other),
        TEST(a_number_in_use_after_a_lost_reply_is_ours_if_the_listing_shows_it),
        TEST(a_number_in_use_with_another_subject_is_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
