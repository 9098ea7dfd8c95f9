/* Several acts in one enveloppe: what is wrong with one of them is its own. */
#include "unit/workflow_fixture.h"

#include "workflow/together.h"

enum { MANY = 3 };

static struct submissions {
    unsigned count;
    ctes_status result;
} SUBMITTED;

static ctes_status puppet_submit(ctes_operator *table, const char *path, const char *nom,
                                 ctes_error *err) {
    (void)table;
    (void)path;
    (void)nom;
    SUBMITTED.count++;
    return puppet_say(SUBMITTED.result, err);
}

/* One transaction for each act. */
static ctes_status deposit_all(ctes_operator *table, const ctes_depot *depot,
                               int64_t *ret_transactions, ctes_error *err) {
    CTES_TRY(puppet_deposit(table, depot, ret_transactions, err));
    for (size_t i = 1; i <= depot->more; i++)
        ret_transactions[i] = ret_transactions[0] + (int64_t)i;
    return CTES_OK;
}

static int setup(void **state) {
    int failed = world_setup(state);
    world *w = *state;
    SUBMITTED = (struct submissions){ .result = CTES_OK };
    w->operator_.table.deposit = deposit_all;
    w->session->looks_later = true; /* as a batch does */
    return failed;
}

typedef struct told {
    ctes_result result[MANY];
    ctes_status error[MANY];
    unsigned count;
} told;

static void tell(void *user, size_t index, ctes_status status, const ctes_error *why,
                 ctes_outcome *outcome) {
    told *t = user;
    (void)why;
    assert_ok(status);
    assert_true(index < MANY);
    t->result[index] = outcome->result;
    t->error[index] = outcome->error.code;
    t->count++;
}

static told send_three(world *w, const char *const numeros[MANY]) {
    ctes_acte actes[MANY], *pointers[MANY];
    told t = { .count = 0 };
    for (size_t i = 0; i < MANY; i++) {
        actes[i] = example_acte(w);
        free(actes[i].numero);
        actes[i].numero = NULL;
        assert_ok(ctes_text_dup(numeros[i], &actes[i].numero, NULL));
        pointers[i] = &actes[i];
    }
    assert_ok(ctes_send_together(w->session, pointers, MANY, tell, &t, NULL));
    for (size_t i = 0; i < MANY; i++)
        ctes_acte_clear(&actes[i]);
    assert_int_equal(t.count, MANY);
    return t;
}

static const char *const NEW[] = { "2022-1", "2022-2", "2022-3" };

static void acts_travel_in_one_enveloppe(void **state) {
    world *w = *state;
    told t = send_three(w, NEW);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(t.result[i], CTES_RESULT_SENT);
        assert_state(w, NEW[i], CTES_STATE_DEPOSITED);
    }
    assert_int_equal(w->operator_.deposits, 1);
}

static void a_number_that_collides_with_a_recorded_one_keeps_no_other_act_back(void **state) {
    world *w = *state;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome first = send_example(w);
    const char *const numeros[] = { "2022-1", "2022/0160", "2022-3" };
    told t = send_three(w, numeros);
    assert_int_equal(t.result[1], CTES_RESULT_REFUSED);
    assert_status(t.error[1], CTES_E_NUMERO_COLLISION);
    assert_int_equal(t.result[0], CTES_RESULT_SENT);
    assert_int_equal(t.result[2], CTES_RESULT_SENT);
    assert_int_equal(w->operator_.deposits, 2);
}

/* The operator has removed archives since the batch began: found out by its first enveloppe. */
static void field_by_field_each_act_goes_alone(void **state) {
    world *w = *state;
    static const char *const MORE[] = { "2022-4", "2022-5", "2022-6" };
    w->operator_.deposit = CTES_E_OPERATOR_UNSUPPORTED;
    told first = send_three(w, NEW);
    unsigned before = w->operator_.deposits;
    told second = send_three(w, MORE);
    assert_int_equal(w->operator_.deposits - before, MANY);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(first.result[i], CTES_RESULT_SENT);
        assert_int_equal(second.result[i], CTES_RESULT_SENT);
        CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(w, MORE[i]);
        assert_int_equal(record.transaction, w->operator_.transaction);
    }
}

/* --- the direct channel ----------------------------------------------------------------------- */

static void lose_a_reply(world *w) {
    w->operator_.table.submit = puppet_submit;
    w->operator_.deposit = CTES_E_NET_TIMEOUT;
    told t = send_three(w, NEW);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(t.result[i], CTES_RESULT_UNSETTLED);
    assert_int_equal(w->operator_.deposits, 1);
}

static void look_again_in(world *w, long seconds) {
    w->now_ms += seconds * 1000;
    assert_ok(refresh(w, NULL));
}

static void an_enveloppe_goes_again_once_for_all_its_acts(void **state) {
    world *w = *state;
    lose_a_reply(w);
    look_again_in(w, 121);
    assert_int_equal(SUBMITTED.count, 1);
    for (size_t i = 0; i < MANY; i++)
        assert_state(w, NEW[i], CTES_STATE_TRANSMITTED);
}

static void an_enveloppe_that_fails_again_is_tried_once_a_wait(void **state) {
    world *w = *state;
    lose_a_reply(w);
    SUBMITTED.result = CTES_E_NET_TIMEOUT;
    look_again_in(w, 121);
    assert_int_equal(SUBMITTED.count, 1);
    look_again_in(w, 119);
    assert_int_equal(SUBMITTED.count, 1);
    SUBMITTED.result = CTES_OK;
    look_again_in(w, 2);
    assert_int_equal(SUBMITTED.count, 2);
    for (size_t i = 0; i < MANY; i++)
        assert_state(w, NEW[i], CTES_STATE_TRANSMITTED);
}

/* A process that cannot see this one took the act over, its lease being over, and had its answer.
 */
static void answer_the_second(puppet *self) {
    CTES_CLEANUP(ctes_record_clear) ctes_record record = recorded(self->world, NEW[1]);
    const ctes_store_change change = { .to = CTES_STATE_ACKNOWLEDGED };
    assert_ok(ctes_store_change_state(self->world->session->store, record.id, CTES_STATE_TO_SEND,
                                      &change, NULL));
}

static void an_answer_that_comes_before_the_deposit_is_written_down_counts(void **state) {
    world *w = *state;
    w->operator_.table.submit = puppet_submit;
    w->operator_.during_deposit = answer_the_second;
    told t = send_three(w, NEW);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(t.result[i], CTES_RESULT_SENT);
    assert_state(w, NEW[0], CTES_STATE_TRANSMITTED);
    assert_state(w, NEW[1], CTES_STATE_ACKNOWLEDGED);
    assert_state(w, NEW[2], CTES_STATE_TRANSMITTED);
    assert_int_equal(w->operator_.deposits, 1);
    assert_int_equal(SUBMITTED.count, 0);
}

static void any_act_of_an_enveloppe_can_be_looked_at_alone(void **state) {
    world *w = *state;
    lose_a_reply(w);
    w->now_ms += 121 * 1000;
    assert_ok(refresh(w, "2022-3"));
    assert_state(w, "2022-3", CTES_STATE_TRANSMITTED);
    assert_int_equal(SUBMITTED.count, 1);
    look_again_in(w, 1);
    assert_int_equal(SUBMITTED.count, 1);
    assert_state(w, "2022-1", CTES_STATE_TRANSMITTED);
    assert_state(w, "2022-2", CTES_STATE_TRANSMITTED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(acts_travel_in_one_enveloppe),
        TEST(a_number_that_collides_with_a_recorded_one_keeps_no_other_act_back),
        TEST(field_by_field_each_act_goes_alone),
        TEST(an_enveloppe_goes_again_once_for_all_its_acts),
        TEST(an_enveloppe_that_fails_again_is_tried_once_a_wait),
        TEST(an_answer_that_comes_before_the_deposit_is_written_down_counts),
        TEST(any_act_of_an_enveloppe_can_be_looked_at_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
