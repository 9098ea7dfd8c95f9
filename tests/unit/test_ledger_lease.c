#include "ledger_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "ledger/process.h"

#define MINUTE INT64_C(60000)
#define DAY    (INT64_C(1440) * MINUTE)

static ctes_status lease(fixture *f, int64_t acte) {
    return ctes_store_lease(f->store, acte, 0, MINUTE, &f->err);
}

static void another_store_waits_until_release(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    int64_t free_one = add_acte(f, SIREN_A, "A2", 0);
    ctes_store *second = NULL;
    assert_int_equal(ctes_store_open(&f->context, f->path, &second, &f->err), CTES_OK);
    assert_int_equal(lease(f, id), CTES_OK);
    assert_int_equal(lease(f, id), CTES_OK); /* renewed */
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    char expected[32];
    (void)snprintf(expected, sizeof expected, "%d@", (int)getpid());
    assert_memory_equal(f->err.detail, expected, strlen(expected));
    assert_non_null(strstr(f->err.detail, "2024-07-03T09:47:40Z"));
    assert_int_equal(ctes_store_lease(second, free_one, 0, MINUTE, &f->err), CTES_OK);
    /* what another holds is not released by asking */
    assert_int_equal(ctes_store_release(second, id, 0, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    assert_int_equal(ctes_store_release(f->store, id, 0, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_OK);
    ctes_ledger_close(second); /* gives back what it still held */
    assert_int_equal(lease(f, id), CTES_OK);
    assert_int_equal(lease(f, free_one), CTES_OK);
    assert_int_equal(lease(f, 999), CTES_E_ACTE_UNKNOWN);
}

static void those_who_share_a_store_keep_each_other_off(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    int64_t other = add_acte(f, SIREN_A, "A2", 0);
    ctes_store *second = NULL;
    assert_int_equal(ctes_store_open(&f->context, f->path, &second, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(f->store, id, 1, MINUTE, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(f->store, id, 1, MINUTE, &f->err), CTES_OK); /* renewed */
    assert_int_equal(ctes_store_lease(f->store, id, 2, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    assert_int_equal(ctes_store_release(f->store, id, 2, &f->err), CTES_OK); /* not his */
    assert_int_equal(ctes_store_lease(f->store, id, 2, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    assert_int_equal(ctes_store_lease(second, id, 1, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    assert_int_equal(ctes_store_release(f->store, id, 1, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(f->store, id, CTES_STORE_HOLDERS - 1, MINUTE, &f->err),
                     CTES_OK);
    assert_int_equal(ctes_store_lease(f->store, other, 0, MINUTE, &f->err), CTES_OK);
    ctes_ledger_close(f->store); /* gives back what anybody held */
    f->store = NULL;
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(second, other, 0, MINUTE, &f->err), CTES_OK);
    ctes_ledger_close(second);
}

static void setting_the_clock_takes_no_lease_from_a_living_owner(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    ctes_store *second = NULL;
    assert_int_equal(ctes_store_open(&f->context, f->path, &second, &f->err), CTES_OK);
    assert_int_equal(lease(f, id), CTES_OK);
    f->now = NOON + DAY;
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    f->now = NOON - DAY;
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    ctes_ledger_close(second);
}

/* A process that holds an act until it is killed. */
static pid_t start_owner(fixture *f, int64_t acte) {
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t owner = fork();
    assert_true(owner >= 0);
    if (owner == 0) {
        ctes_store *store = NULL;
        ctes_error err = CTES_ERROR_INIT;
        bool ok = ctes_store_open(&f->context, f->path, &store, &err) == CTES_OK &&
                  ctes_store_lease(store, acte, 0, MINUTE, &err) == CTES_OK;
        (void)!write(ready[1], ok ? "y" : "n", 1);
        for (;;)
            (void)pause();
    }
    char answer = '?';
    assert_int_equal(read(ready[0], &answer, 1), 1);
    (void)close(ready[0]);
    (void)close(ready[1]);
    assert_int_equal(answer, 'y');
    return owner;
}

static void a_killed_owners_lease_is_taken_at_once(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    int64_t other = add_acte(f, SIREN_A, "A2", 0);
    pid_t owner = start_owner(f, id);
    assert_int_equal(lease(f, id), CTES_E_ACTE_LEASED);
    assert_int_equal(lease(f, other), CTES_OK);
    assert_int_equal(kill(owner, SIGKILL), 0);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)owner, &info, WEXITED | WNOWAIT), 0);
    assert_int_equal(lease(f, id), CTES_OK); /* dead, though nobody has asked after it yet */
    assert_int_equal(waitpid(owner, NULL, 0), owner);

    owner = start_owner(f, add_acte(f, SIREN_A, "A3", 0));
    assert_int_equal(kill(owner, SIGKILL), 0);
    assert_int_equal(waitpid(owner, NULL, 0), owner);
    assert_int_equal(lease(f, 3), CTES_OK);
}

/* Rewrites the one lease as another owner would have left it. */
static void pretend(fixture *f, const char *sql) {
    assert_int_equal(direct_run(f->path, sql), DIRECT_DONE);
}

static void a_reused_process_number_is_not_the_owner(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    assert_int_equal(lease(f, id), CTES_OK);
    pretend(f, "UPDATE bail SET token = 1");
    assert_int_equal(lease(f, id), CTES_E_ACTE_LEASED);
    pretend(f, "UPDATE bail SET start = start + 1");
    assert_int_equal(lease(f, id), CTES_OK);
}

static void a_restarted_machine_holds_nothing(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    assert_int_equal(lease(f, id), CTES_OK);
    pretend(f, "UPDATE bail SET token = 1, boot = 'before'");
    assert_int_equal(lease(f, id), CTES_OK);
}

static void time_decides_for_an_owner_out_of_sight(void **state) {
    static const char *const UNSEEN[] = {
        "UPDATE bail SET token = 1, host = 'elsewhere', boot = 'other'", /* another machine */
        "UPDATE bail SET token = 1, namespace = 'pid:[1]'",              /* another container */
        "UPDATE bail SET token = 1, boot = ''", /* a system that does not tell */
    };
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    for (size_t i = 0; i < sizeof UNSEEN / sizeof UNSEEN[0]; i++) {
        f->now = NOON;
        assert_int_equal(lease(f, id), CTES_OK);
        pretend(f, UNSEEN[i]);
        f->now = NOON + MINUTE - 1;
        assert_int_equal(lease(f, id), CTES_E_ACTE_LEASED);
        f->now = NOON - MINUTE; /* set back a little, or clocks that differ */
        assert_int_equal(lease(f, id), CTES_E_ACTE_LEASED);
        f->now = NOON + MINUTE;
        assert_int_equal(lease(f, id), CTES_OK);
        f->now = NOON;
        assert_int_equal(lease(f, id), CTES_OK);
        pretend(f, UNSEEN[i]);
        f->now = NOON - DAY; /* set back so far that the end would never come */
        assert_int_equal(lease(f, id), CTES_OK);
    }
}

static void this_process_sees_itself_and_its_parent(void **state) {
    (void)state;
    ledger_process self = { .pid = 0 };
    ledger_process_self(&self);
    assert_true(self.start > 0);
    assert_true(strlen(self.boot) > 30);
    assert_int_equal(ledger_process_look(&self, &self), LEDGER_PROCESS_ALIVE);
    ledger_process parent = self;
    parent.pid = getppid();
    parent.start = 0; /* not known: its being there decides */
    assert_int_equal(ledger_process_look(&parent, &self), LEDGER_PROCESS_ALIVE);
    ledger_process nobody = self;
    nobody.pid = 0; /* would be ourselves to kill(2) */
    assert_int_equal(ledger_process_look(&nobody, &self), LEDGER_PROCESS_GONE);
}

/* Two processes race for the same acts: each is sent by exactly one of them. */
static void a_race_has_one_winner_an_act(void **state) {
    enum { ACTS = 12, RUNNERS = 3 };
    fixture *f = *state;
    for (int i = 0; i < ACTS; i++) {
        char numero[8];
        (void)snprintf(numero, sizeof numero, "A%d", i);
        (void)add_acte(f, SIREN_A, numero, 0);
    }
    ctes_ledger_close(CTES_TAKE(f->store));
    pid_t runners[RUNNERS];
    for (int r = 0; r < RUNNERS; r++) {
        runners[r] = fork();
        assert_true(runners[r] >= 0);
        if (runners[r] != 0)
            continue;
        ctes_store *store = NULL;
        ctes_error err = CTES_ERROR_INIT;
        if (ctes_store_open(NULL, f->path, &store, &err) != CTES_OK)
            _exit(1);
        for (int64_t id = 1; id <= ACTS; id++) {
            if (ctes_store_lease(store, id, 0, MINUTE, &err) != CTES_OK) {
                if (err.code != CTES_E_ACTE_LEASED)
                    _exit(2);
                continue;
            }
            char archive[32];
            (void)snprintf(archive, sizeof archive, "%d-%d.tar.gz", (int)id, r);
            ctes_store_envoi envoi = sample_envoi(archive);
            int64_t ret = 0;
            ctes_status status = ctes_store_intend(store, id, &envoi, &ret, &err);
            if (status != CTES_OK && status != CTES_E_ACTE_STATE)
                _exit(3);
            if (ctes_store_release(store, id, 0, &err) != CTES_OK)
                _exit(4);
        }
        ctes_ledger_close(store);
        _exit(0);
    }
    for (int r = 0; r < RUNNERS; r++) {
        int status = -1;
        assert_int_equal(waitpid(runners[r], &status, 0), runners[r]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM envoi"), ACTS);
    assert_int_equal(direct_number(f->path, "SELECT count(DISTINCT acte) FROM envoi"), ACTS);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM bail"), 0);
}

static ctes_status take_serial(fixture *f, ctes_store *store) {
    unsigned serial = 0;
    return ctes_store_serial(store, SIREN_A, (ctes_date){ 2024, 7, 3 }, 0, &serial, &f->err);
}

static void a_lock_held_too_long_is_told_as_busy(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    ctes_store *other = NULL;
    assert_int_equal(ctes_store_open(&f->context, f->path, &other, &f->err), CTES_OK);
    assert_int_equal(ctes_store_begin(other, &f->err), CTES_OK);
    assert_int_equal(take_serial(f, other), CTES_OK);
    if (postgres_url() == NULL) /* the test does not wait ten seconds */
        (void)sqlite3_busy_timeout(f->store->db, 1);
    else
        assert_int_equal(f->store->driver->execute(f->store, "SET lock_timeout = 1", &f->err), 0);
    assert_int_equal(take_serial(f, f->store), CTES_E_LEDGER_BUSY);
    assert_int_equal(state_of(f, id), CTES_STATE_PREPARED); /* reading goes on */
    ctes_ledger_close(other);
    if (postgres_url() != NULL)
        assert_int_equal(f->store->driver->execute(f->store, "SET lock_timeout = 0", &f->err), 0);
    assert_int_equal(take_serial(f, f->store), CTES_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_store_waits_until_release, setup_store, teardown),
        cmocka_unit_test_setup_teardown(those_who_share_a_store_keep_each_other_off, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(setting_the_clock_takes_no_lease_from_a_living_owner,
                                        setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_killed_owners_lease_is_taken_at_once, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_reused_process_number_is_not_the_owner, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_restarted_machine_holds_nothing, setup_store, teardown),
        cmocka_unit_test_setup_teardown(time_decides_for_an_owner_out_of_sight, setup_store,
                                        teardown),
        cmocka_unit_test(this_process_sees_itself_and_its_parent),
        cmocka_unit_test_setup_teardown(a_race_has_one_winner_an_act, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_lock_held_too_long_is_told_as_busy, setup_store,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
