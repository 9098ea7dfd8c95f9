/* A register that another program keeps from being written, just when it matters. */
#include "unit/workflow_fixture.h"

#include <sqlite3.h>

#include "ledger/db.h"

static sqlite3 *other;

static void execute(const char *sql) {
    assert_int_equal(sqlite3_exec(other, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void keep_it(puppet *self) {
    (void)self;
    execute("BEGIN IMMEDIATE");
}

static int setup(void **state) {
    int failed = world_setup(state);
    world *w = *state;
    assert_int_equal(sqlite3_open(w->settings.ledger, &other), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(w->session->store->db, 1), SQLITE_OK); /* not 10 s */
    return failed;
}

static int teardown(void **state) {
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    return world_teardown(state);
}

static void an_act_whose_success_cannot_be_written_down_is_not_called_unsent(void **state) {
    world *w = *state;
    w->operator_.during_deposit = keep_it;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    execute("ROLLBACK");
    assert_status(outcome.error.code, CTES_E_LEDGER_BUSY);
    assert_state(w, "2022-0160", CTES_STATE_TO_SEND);
    assert_int_equal(outcome.record.state, CTES_STATE_TO_SEND);
    assert_int_equal(outcome.result, CTES_RESULT_UNSETTLED);
    w->operator_.during_deposit = NULL;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome again = send_example(w);
    assert_int_equal(again.result, CTES_RESULT_ALREADY);
    assert_int_equal(w->operator_.deposits, 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_act_whose_success_cannot_be_written_down_is_not_called_unsent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
