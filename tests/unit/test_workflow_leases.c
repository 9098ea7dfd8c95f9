/* Nobody sends an act that another is sending: neither a thread of the same program nor another
 * session on the same register. */
#include "unit/workflow_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "workflow/crew.h"
#include "workflow/recorder.h"
#include "workflow/register.h"

enum { THREADS = 8, ROUNDS = 40, LEASE_MS = 60000 };

/* Takes one act again and again; counts how often two held it at once. */
typedef struct holder {
    ctes_session *session;
    int64_t acte;
    atomic_int *held;
    atomic_int *doubles;
    unsigned taken, refused, failed;
} holder;

static void *hold(void *user) {
    holder *h = user;
    for (int i = 0; i < ROUNDS; i++) {
        CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
        ctes_status status = ctes_register_take(h->session, h->acte, LEASE_MS, &record, NULL);
        if (status == CTES_E_ACTE_LEASED) {
            h->refused++;
            continue;
        }
        if (status != CTES_OK) {
            h->failed++;
            continue;
        }
        h->taken++;
        if (atomic_fetch_add(h->held, 1) > 0)
            (void)atomic_fetch_add(h->doubles, 1);
        (void)sched_yield();
        (void)atomic_fetch_sub(h->held, 1);
        h->failed += ctes_register_release(h->session, h->acte, NULL) != CTES_OK;
    }
    return NULL;
}

static int64_t add_example(world *w) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome sent = send_example(w);
    assert_true(sent.record.id > 0);
    return sent.record.id;
}

static void hold_together(ctes_session *const *sessions, int64_t acte) {
    atomic_int held = 0, doubles = 0;
    holder holders[THREADS];
    pthread_t threads[THREADS];
    unsigned taken = 0;
    for (int i = 0; i < THREADS; i++) {
        holders[i] =
            (holder){ .session = sessions[i], .acte = acte, .held = &held, .doubles = &doubles };
        assert_int_equal(pthread_create(&threads[i], NULL, hold, &holders[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(holders[i].failed, 0);
        taken += holders[i].taken;
    }
    assert_true(taken > 0);
    assert_int_equal(doubles, 0);
}

static void two_sessions_never_both_hold_an_act(void **state) {
    world *w = *state;
    int64_t acte = add_example(w);
    ctes_session *sessions[THREADS];
    fake_transport *transports[THREADS];
    for (int i = 0; i < THREADS; i++) {
        transports[i] = fake_transport_new();
        assert_ok(ctes_session_open_over(&w->context, &w->settings, CTES_FOR_SEND,
                                         fake_transport_vtable(transports[i]), &sessions[i], NULL));
    }
    hold_together(sessions, acte);
    for (int i = 0; i < THREADS; i++) {
        ctes_session_free(sessions[i]);
        fake_transport_free(transports[i]);
    }
}

static void two_threads_of_a_session_never_both_hold_an_act(void **state) {
    world *w = *state;
    int64_t acte = add_example(w);
    ctes_recorder *recorder = NULL;
    ctes_session *sessions[THREADS];
    assert_ok(ctes_recorder_new(w->session->store, &recorder, NULL));
    for (int i = 0; i < THREADS; i++)
        assert_ok(ctes_session_fork(w->session, recorder, (unsigned)i + 1, &sessions[i], NULL));
    hold_together(sessions, acte);
    for (int i = 0; i < THREADS; i++)
        ctes_session_free(sessions[i]);
    ctes_recorder_free(recorder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_sessions_never_both_hold_an_act, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(two_threads_of_a_session_never_both_hold_an_act,
                                        world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
