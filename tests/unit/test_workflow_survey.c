/* The operator's listings in place of a question an act. */
#include "unit/workflow_fixture.h"

#include "workflow/poll.h"

static ctes_survey *new_survey(world *w) {
    ctes_survey *survey = NULL;
    assert_ok(ctes_survey_new(w->session, &survey, NULL));
    return survey;
}

static ctes_operator_state state_in(world *w, ctes_survey *survey, int64_t transaction) {
    int native = -99;
    ctes_operator_state state = ctes_survey_state(survey, w->session, 0, transaction, &native);
    if (state != CTES_OP_UNKNOWN)
        assert_int_equal(native, w->operator_.native);
    return state;
}

/* Asked about so many acts that the listings are worth reading. */
static void ask_about_others(world *w, ctes_survey *survey) {
    for (int64_t i = 1; i <= 5; i++)
        assert_int_equal(state_in(w, survey, i), CTES_OP_UNKNOWN);
}

static void test_listings_are_read_once_and_not_for_few(void **state) {
    world *w = *state;
    w->operator_.listed_state = CTES_OP_TRANSMITTED;
    CTES_CLEANUP(ctes_survey_freep) ctes_survey *survey = new_survey(w);
    assert_int_equal(state_in(w, survey, 1234), CTES_OP_UNKNOWN);
    assert_int_equal(w->operator_.surveys, 0);
    ask_about_others(w, survey);
    assert_int_equal(state_in(w, survey, 1234), CTES_OP_TRANSMITTED);
    assert_int_equal(state_in(w, survey, 1233), CTES_OP_UNKNOWN);
    assert_int_equal(state_in(w, survey, 1235), CTES_OP_UNKNOWN);
    assert_int_equal(w->operator_.surveys, 1);
}

static void test_an_act_listed_twice_has_the_later_state(void **state) {
    world *w = *state;
    w->operator_.listed_state = CTES_OP_POSTED;
    w->operator_.listed_later = CTES_OP_WAITING;
    CTES_CLEANUP(ctes_survey_freep) ctes_survey *survey = new_survey(w);
    ask_about_others(w, survey);
    assert_int_equal(state_in(w, survey, 1234), CTES_OP_WAITING);
}

/* Half a listing is none: what it lacks would be asked for, what it has may be old. */
static void test_a_listing_that_fails_says_nothing(void **state) {
    world *w = *state;
    w->operator_.listed_state = CTES_OP_POSTED;
    w->operator_.waiting = CTES_E_LIMIT;
    CTES_CLEANUP(ctes_survey_freep) ctes_survey *survey = new_survey(w);
    ask_about_others(w, survey);
    assert_int_equal(state_in(w, survey, 1234), CTES_OP_UNKNOWN);
    assert_int_equal(state_in(w, survey, 1234), CTES_OP_UNKNOWN);
    assert_int_equal(w->operator_.surveys, 1);
}

static ctes_outcome poll_listed(world *w, int64_t acte, ctes_operator_state listed) {
    CTES_CLEANUP(ctes_survey_freep) ctes_survey *survey = new_survey(w);
    ctes_outcome outcome = CTES_OUTCOME_INIT;
    w->operator_.listed_state = listed;
    w->operator_.statuses = 0;
    ask_about_others(w, survey);
    assert_ok(ctes_poll_one(w->session, survey, acte, &outcome, NULL));
    return outcome;
}

static void test_what_listings_settle_and_what_is_asked(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome sent = send_example(w);
    assert_int_equal(sent.record.state, CTES_STATE_DEPOSITED);

    /* as it was: no question, nothing written */
    CTES_CLEANUP(ctes_outcome_clear)
    ctes_outcome same = poll_listed(w, sent.record.id, CTES_OP_POSTED);
    assert_int_equal(same.result, CTES_RESULT_UNCHANGED);
    assert_string_equal(same.record.numero, "2022-0160");
    assert_int_equal(w->operator_.statuses, 0);

    /* further on its way: recorded without a question */
    w->operator_.native = 3;
    CTES_CLEANUP(ctes_outcome_clear)
    ctes_outcome on = poll_listed(w, sent.record.id, CTES_OP_TRANSMITTED);
    assert_int_equal(on.result, CTES_RESULT_CHANGED);
    assert_int_equal(w->operator_.statuses, 0);
    assert_state(w, "2022-0160", CTES_STATE_TRANSMITTED);

    /* back, as no act goes: the operator is asked */
    w->operator_.native = 1;
    w->operator_.state = CTES_OP_TRANSMITTED;
    CTES_CLEANUP(ctes_outcome_clear)
    ctes_outcome back = poll_listed(w, sent.record.id, CTES_OP_POSTED);
    assert_int_equal(back.result, CTES_RESULT_UNCHANGED);
    assert_int_equal(w->operator_.statuses, 1);

    /* not listed any more: there is news, which only the status tells */
    w->operator_.state = CTES_OP_ACKNOWLEDGED;
    w->operator_.native = 4;
    w->operator_.flow = AR_OF("2022_0160", "20220627", "10", "2022-06-28");
    CTES_CLEANUP(ctes_outcome_clear)
    ctes_outcome answered = poll_listed(w, sent.record.id, CTES_OP_UNKNOWN);
    assert_int_equal(answered.result, CTES_RESULT_CHANGED);
    assert_int_equal(w->operator_.statuses, 1);
    assert_state(w, "2022-0160", CTES_STATE_ACKNOWLEDGED);
}

/* Waits for a person at the operator: the status has the words. */
static void test_a_parked_act_is_asked_for(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome sent = send_example(w);
    w->operator_.state = CTES_OP_PARKED;
    w->operator_.native = 17;
    CTES_CLEANUP(ctes_outcome_clear)
    ctes_outcome parked = poll_listed(w, sent.record.id, CTES_OP_PARKED);
    assert_int_equal(parked.result, CTES_RESULT_CHANGED);
    assert_int_equal(w->operator_.statuses, 1);
    assert_state(w, "2022-0160", CTES_STATE_PARKED);
}

/* A round looks at what the register told of all acts at once: the act itself is not read for it.
 */
static void test_an_act_listed_as_it_was_needs_no_look(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome sent = send_example(w);
    CTES_CLEANUP(ctes_survey_freep) ctes_survey *survey = new_survey(w);
    ctes_waiting *acts = NULL;
    size_t count = 0;
    assert_ok(ctes_waiting_read(w->session, NULL, &acts, &count, NULL));
    assert_int_equal(count, 1);
    ctes_waiting act = acts[0];
    free(acts);
    assert_true(act.acte == sent.record.id && act.transaction == 1234 && act.autorite == 0 &&
                act.state == CTES_STATE_DEPOSITED && act.here);
    w->operator_.listed_state = CTES_OP_POSTED;
    assert_false(ctes_poll_unchanged(w->session, NULL, &act)); /* no listing */
    ask_about_others(w, survey);
    assert_true(ctes_poll_unchanged(w->session, survey, &act));

    ctes_waiting other = act;
    other.state = CTES_STATE_TRANSMITTED; /* listed as it is not any more */
    assert_false(ctes_poll_unchanged(w->session, survey, &other));
    other = act;
    other.state = CTES_STATE_UNSETTLED; /* to be settled, whatever is listed */
    assert_false(ctes_poll_unchanged(w->session, survey, &other));
    other = act;
    other.transaction = 1233; /* not listed */
    assert_false(ctes_poll_unchanged(w->session, survey, &other));
    other = act;
    other.autorite = -1;
    assert_false(ctes_poll_unchanged(w->session, survey, &other));
    w->session->settings.operator_url = "https://other.test";
    assert_ok(ctes_waiting_read(w->session, NULL, &acts, &count, NULL));
    assert_false(
        ctes_poll_unchanged(w->session, survey, &acts[0])); /* listed by another operator */
    free(acts);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_listings_are_read_once_and_not_for_few),
        WITH(test_an_act_listed_twice_has_the_later_state),
        WITH(test_a_listing_that_fails_says_nothing),
        WITH(test_what_listings_settle_and_what_is_asked),
        WITH(test_a_parked_act_is_asked_for),
        WITH(test_an_act_listed_as_it_was_needs_no_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
