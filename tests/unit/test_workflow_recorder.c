#include "unit/workflow_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/fail.h"
#include "workflow/crew.h"
#include "workflow/recorder.h"

enum { THREADS = 8, STEPS = 60 };

typedef struct caller {
    ctes_recorder *recorder;
    bool seen[THREADS * STEPS + 1];
    unsigned failures;
} caller;

static ctes_status take_serial(ctes_store *store, void *data, ctes_error *err) {
    return ctes_store_serial(store, "218601946", (ctes_date){ 2022, 6, 28 }, 1, data, err);
}

static ctes_status fail_here(ctes_store *store, void *data, ctes_error *err) {
    (void)store;
    (void)data;
    return ctes_fail(err, CTES_E_ACTE_UNKNOWN, "subject", "detail");
}

static void *call(void *user) {
    caller *c = user;
    for (int i = 0; i < STEPS; i++) {
        unsigned serial = 0;
        ctes_error err = CTES_ERROR_INIT;
        if (ctes_recorder_run(c->recorder, take_serial, &serial, &err) == CTES_OK &&
            serial <= THREADS * STEPS)
            c->seen[serial] = true;
        if (ctes_recorder_run(c->recorder, fail_here, NULL, &err) == CTES_E_ACTE_UNKNOWN &&
            strcmp(err.subject, "subject") == 0)
            c->failures++;
    }
    return NULL;
}

static void each_step_has_its_own_result(void **state) {
    world *w = *state;
    ctes_recorder *recorder = NULL;
    assert_ok(ctes_recorder_new(w->session->store, &recorder, NULL));
    caller callers[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        callers[i] = (caller){ .recorder = recorder };
        assert_int_equal(pthread_create(&threads[i], NULL, call, &callers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    ctes_recorder_free(recorder);
    for (int serial = 1; serial <= THREADS * STEPS; serial++) { /* each was given once */
        int given = 0;
        for (int i = 0; i < THREADS; i++)
            given += callers[i].seen[serial];
        assert_int_equal(given, 1);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(callers[i].failures, STEPS);
    unsigned next = 0; /* durable, and the store is the caller's again */
    world_restart(w);
    assert_ok(take_serial(w->session->store, &next, NULL));
    assert_int_equal(next, THREADS * STEPS + 1);
}

typedef struct tally {
    atomic_uint done;
} tally;

static void add_one(ctes_session *session, void *job) {
    assert_non_null(session->recorder);
    atomic_fetch_add(&((tally *)job)->done, 1);
}

static void a_crew_does_every_job_once(void **state) {
    world *w = *state;
    ctes_crew *crew = NULL;
    tally t = { 0 };
    assert_ok(ctes_crew_gather(w->session, add_one, &crew, NULL));
    for (int i = 0; i < 1000; i++)
        ctes_crew_submit(crew, &t);
    ctes_crew_finish(crew);
    assert_int_equal(atomic_load(&t.done), 1000);
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = send_example(w);
    assert_int_equal(outcome.result, CTES_RESULT_SENT);
}

/* The handles of all authorities in every thread would be most of a night's memory. */
static void a_fork_has_the_way_of_one_authority_open(void **state) {
    world *w = *state;
    char key[] = "autorite paris";
    ctes_autorite both[] = { w->autorite, w->autorite };
    both[1].key = key;
    memcpy(both[1].siren, "217500016", sizeof "217500016");
    ctes_settings settings = w->settings;
    settings.autorites = both;
    settings.autorite_count = 2;
    fake_transport *transport = fake_transport_new();
    ctes_session *owner = NULL, *fork = NULL;
    ctes_recorder *recorder = NULL;
    ctes_link *one = NULL, *other = NULL;
    assert_ok(ctes_session_open_over(&w->context, &settings, CTES_FOR_SEND,
                                     fake_transport_vtable(transport), &owner, NULL));
    assert_ok(ctes_recorder_new(owner->store, &recorder, NULL));
    assert_ok(ctes_session_fork(owner, recorder, 1, &fork, NULL));
    for (int i = 0; i < 2; i++) {
        assert_ok(ctes_session_link(fork, both[0].siren, &one, NULL));
        assert_non_null(one->operator_);
        assert_ok(ctes_session_link(fork, both[1].siren, &other, NULL));
        assert_non_null(other->operator_);
        assert_null(one->operator_);
    }
    assert_non_null(owner->links[0].operator_);
    assert_non_null(owner->links[1].operator_);
    ctes_session_free(fork);
    ctes_recorder_free(recorder);
    ctes_session_free(owner);
    fake_transport_free(transport);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_step_has_its_own_result),
        TEST(a_crew_does_every_job_once),
        TEST(a_fork_has_the_way_of_one_authority_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
