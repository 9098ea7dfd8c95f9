/*
 * The register after a fall. A seeded generator drives acts through their states; the process is
 * killed, or the disk fails, at every kind of moment; the register must then hold each step that
 * was told to be done, nothing of any other, and be whole.
 */
#include "ledger_fixture.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger_fault_vfs.h"

enum { STEPS = 18, ACTS_MAX = STEPS };

/* --- the model: what the generator's first steps make of the acts --- */

typedef struct model {
    uint32_t seed;
    size_t acts;
    ctes_state states[ACTS_MAX];
    size_t envois;
    size_t evidence;
} model;

typedef struct action {
    size_t acte; /* == model.acts: a new one */
    ctes_state to;
    bool evidence;
} action;

static uint32_t draw(model *m, uint32_t bound) {
    m->seed = m->seed * 1664525u + 1013904223u;
    return (m->seed >> 8) % bound;
}

static ctes_state next_state(ctes_state from, uint32_t chance) {
    switch (from) {
    case CTES_STATE_PREPARED:
    case CTES_STATE_REFUSED:
        return CTES_STATE_TO_SEND;
    case CTES_STATE_TO_SEND:
        return chance == 0 ? CTES_STATE_UNSETTLED : CTES_STATE_DEPOSITED;
    case CTES_STATE_UNSETTLED:
        return chance == 0 ? CTES_STATE_REFUSED : CTES_STATE_DEPOSITED;
    case CTES_STATE_DEPOSITED:
        return CTES_STATE_TRANSMITTED;
    case CTES_STATE_TRANSMITTED:
        return chance == 0 ? CTES_STATE_ANOMALIE_ACTE : CTES_STATE_ACKNOWLEDGED;
    default:
        return CTES_STATE_NONE;
    }
}

static action plan(model *m) {
    action a = { .acte = m->acts, .to = CTES_STATE_PREPARED };
    if (m->acts == 0 || draw(m, 4) == 0)
        return a;
    size_t acte = draw(m, (uint32_t)m->acts);
    ctes_state to = next_state(m->states[acte], draw(m, 3));
    if (to == CTES_STATE_NONE) /* it has arrived: another begins */
        return a;
    a = (action){ .acte = acte, .to = to };
    a.evidence = to == CTES_STATE_ACKNOWLEDGED || to == CTES_STATE_ANOMALIE_ACTE;
    return a;
}

static void follow(model *m, action a) {
    if (a.acte == m->acts)
        m->acts++;
    m->states[a.acte] = a.to;
    m->envois += a.to == CTES_STATE_TO_SEND;
    m->evidence += a.evidence;
}

static model model_after(uint32_t seed, size_t steps) {
    model m = { .seed = seed };
    for (size_t i = 0; i < steps; i++)
        follow(&m, plan(&m));
    return m;
}

/* --- the same steps in the register; identifiers count from 1 --- */

static ctes_status do_add(ctes_store *store, size_t acte, ctes_error *err) {
    char numero[16];
    (void)snprintf(numero, sizeof numero, "A%zu", acte);
    ctes_acte description = sample_acte(SIREN_A, numero);
    int64_t id = 0;
    return ctes_store_add(store, &description, SAMPLE_PIECES, SAMPLE_PIECE_COUNT, 0, &id, err);
}

static ctes_status do_action(ctes_store *store, const model *m, action a, ctes_error *err) {
    if (a.acte == m->acts)
        return do_add(store, a.acte, err);
    int64_t id = (int64_t)a.acte + 1;
    if (a.to == CTES_STATE_TO_SEND) {
        char archive[32];
        (void)snprintf(archive, sizeof archive, "%zu.tar.gz", m->envois);
        ctes_store_envoi envoi = sample_envoi(archive);
        int64_t ret = 0;
        return ctes_store_intend(store, id, &envoi, &ret, err);
    }
    static const char EVIDENCE[6000] = "<ARActe/>"; /* more than a page */
    ctes_store_change change = { .to = a.to };
    if (a.evidence)
        change = (ctes_store_change){
            .to = a.to, .kind = "ARActe", .evidence = EVIDENCE, .evidence_length = sizeof EVIDENCE
        };
    return ctes_store_change_state(store, id, m->states[a.acte], &change, err);
}

/* --- judging --- */

static void assert_whole(ctes_store *store) {
    if (postgres_url() != NULL) /* its files are its own */
        return;
    sqlite3 *db = store->db;
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "ok");
    (void)sqlite3_finalize(stmt);
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA foreign_key_check", -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
    (void)sqlite3_finalize(stmt);
}

/* History tells the same as the acts; what is to be sent has its attempt. */
static void assert_consistent(ctes_store *db) {
    assert_int_equal(number_in(db, "SELECT count(*) FROM acte a WHERE state <> (SELECT to_state "
                                   "FROM evenement e WHERE e.acte = a.id ORDER BY e.id DESC "
                                   "LIMIT 1)"),
                     0);
    assert_int_equal(
        number_in(db, "SELECT count(*) FROM acte WHERE state = 'to-send' AND envoi IS NULL"), 0);
    assert_int_equal(number_in(db, "SELECT (SELECT count(*) FROM envoi) - (SELECT count(*) FROM "
                                   "evenement WHERE to_state = 'to-send')"),
                     0);
}

/* Whether the register is what the model says, in every table. */
static bool equals(fixture *f, const model *m) {
    ctes_store *db = f->store;
    bool same =
        number_in(db, "SELECT count(*) FROM acte") == (int64_t)m->acts &&
        number_in(db, "SELECT count(*) FROM envoi") == (int64_t)m->envois &&
        number_in(db, "SELECT count(*) FROM accuse") == (int64_t)m->evidence &&
        number_in(db, "SELECT count(*) FROM piece") == (int64_t)(m->acts * SAMPLE_PIECE_COUNT);
    for (size_t i = 0; same && i < m->acts; i++)
        same = state_of(f, (int64_t)i + 1) == m->states[i];
    return same;
}

/* `told` steps were told to be done; the next may be there too, if only its telling was cut. */
static void judge(fixture *f, uint32_t seed, size_t told) {
    assert_int_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
    assert_whole(f->store);
    assert_consistent(f->store);
    model done = model_after(seed, told);
    model next = model_after(seed, told + 1);
    if (!equals(f, &done) && (told >= STEPS || !equals(f, &next)))
        fail_msg("%zu steps were told, the register has others", told);
    ctes_ledger_close(CTES_TAKE(f->store));
}

/* --- killed --- */

/* The step of a statement that kills: before it, or when it is done. */
static ctes_status (*real_step)(ctes_ledger *ledger, void *stmt, bool *ret_row, ctes_error *err);
static long steps_left;
static bool kills_after;

static ctes_status kill_at_step(ctes_ledger *ledger, void *stmt, bool *ret_row, ctes_error *err) {
    bool now = --steps_left == 0;
    if (now && !kills_after)
        (void)raise(SIGKILL);
    ctes_status status = real_step(ledger, stmt, ret_row, err);
    if (now)
        (void)raise(SIGKILL);
    return status;
}

/* Child: opens, does the steps, and tells each by one byte. */
static void run_steps(fixture *f, uint32_t seed, long rows, int tell) {
    ctes_store *store = NULL;
    ctes_error err = CTES_ERROR_INIT;
    if (ctes_store_open(&f->context, f->path, &store, &err) != CTES_OK)
        _exit(2);
    /* the log goes back into the file often, so that this is cut short too */
    if (postgres_url() == NULL &&
        store->driver->execute(store, "PRAGMA wal_autocheckpoint = 12", &err) != CTES_OK)
        _exit(3);
    ledger_driver fatal = *store->driver;
    real_step = fatal.step;
    steps_left = rows;
    kills_after = rows % 2 == 0;
    fatal.step = kill_at_step;
    if (rows > 0)
        store->driver = &fatal;
    model m = { .seed = seed };
    for (size_t i = 0; i < STEPS; i++) {
        action a = plan(&m);
        if (do_action(store, &m, a, &err) != CTES_OK)
            _exit(4);
        follow(&m, a);
        if (write(tell, "", 1) != 1)
            _exit(5);
    }
    ctes_ledger_close(store);
    _exit(0);
}

/* Runs the steps in a child that dies as planned; returns how many it told. */
static size_t run_child(fixture *f, uint32_t seed, fault_plan planned, long rows,
                        bool *ret_killed) {
    int tell[2];
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(tell[0]);
        fault = planned;
        run_steps(f, seed, rows, tell[1]);
    }
    (void)close(tell[1]);
    size_t told = 0;
    char byte;
    while (read(tell[0], &byte, 1) == 1)
        told++;
    (void)close(tell[0]);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    *ret_killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!*ret_killed)
        assert_int_equal(status, 0);
    return told;
}

/* How many operations on files the steps take when nothing fails. */
static long count_operations(fixture *f, uint32_t seed) {
    fault = (fault_plan){ .kind = FAULT_NONE };
    assert_int_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
    assert_int_equal(sqlite3_exec(f->store->db, "PRAGMA wal_autocheckpoint = 12", NULL, NULL, NULL),
                     SQLITE_OK);
    model m = { .seed = seed };
    for (size_t i = 0; i < STEPS; i++) {
        action a = plan(&m);
        assert_int_equal(do_action(f->store, &m, a, &f->err), CTES_OK);
        follow(&m, a);
    }
    ctes_ledger_close(CTES_TAKE(f->store));
    long count = fault.count;
    forget(f);
    return count;
}

static void killed_at_any_file_operation(void **state) {
    fixture *f = *state;
    enum { ROUNDS = 40 };
    static const uint32_t SEEDS[] = { 7, 8, 9 };
    long totals[3];
    for (size_t i = 0; i < 3; i++)
        totals[i] = count_operations(f, SEEDS[i]);
    size_t killed = 0;
    for (long round = 0; round < ROUNDS; round++) {
        uint32_t seed = SEEDS[round % 3];
        fault_plan planned = { .kind = round % 2 == 0 ? FAULT_KILL : FAULT_KILL_HALF,
                               .at = 1 + totals[round % 3] * round / ROUNDS };
        bool was_killed = false;
        size_t told = run_child(f, seed, planned, 0, &was_killed);
        killed += was_killed;
        judge(f, seed, told);
        forget(f);
    }
    assert_true(killed > ROUNDS * 9 / 10);
}

static void killed_in_the_midst_of_a_transaction(void **state) {
    fixture *f = *state;
    for (long row = 1; row <= 91; row += 5) {
        bool was_killed = false;
        size_t told = run_child(f, 11, (fault_plan){ .kind = FAULT_NONE }, row, &was_killed);
        assert_true(was_killed);
        judge(f, 11, told);
        forget(f);
    }
}

/* From outside, at a moment of its own choosing: after a number of told steps. */
static void killed_by_another_process(void **state) {
    fixture *f = *state;
    for (size_t after = 0; after < STEPS; after += 3) {
        int tell[2];
        assert_int_equal(pipe(tell), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            (void)close(tell[0]);
            run_steps(f, 13, 0, tell[1]);
        }
        (void)close(tell[1]);
        size_t told = 0;
        char byte;
        while (told < after && read(tell[0], &byte, 1) == 1)
            told++;
        assert_int_equal(kill(child, SIGKILL), 0);
        while (read(tell[0], &byte, 1) == 1)
            told++;
        (void)close(tell[0]);
        assert_int_equal(waitpid(child, NULL, 0), child);
        if (postgres_url() != NULL || access(f->path, F_OK) == 0)
            judge(f, 13, told);
        else
            assert_int_equal(told, 0); /* killed before the register was made */
        forget(f);
    }
}

/* --- a disk that fails --- */

/* Does the steps; one that fails is tried again, as the next batch would. */
static size_t run_with_failure(fixture *f, uint32_t seed, model *m) {
    size_t failures = 0;
    while (f->store == NULL) {
        ctes_status status = ctes_store_open(&f->context, f->path, &f->store, &f->err);
        if (status != CTES_OK && ++failures > 1)
            fail_msg("%s %s", ctes_status_name(status), f->err.detail);
    }
    assert_int_equal(sqlite3_exec(f->store->db, "PRAGMA wal_autocheckpoint = 12", NULL, NULL, NULL),
                     SQLITE_OK);
    *m = (model){ .seed = seed };
    for (size_t i = 0; i < STEPS; i++) {
        action a = plan(m);
        ctes_status status = do_action(f->store, m, a, &f->err);
        if (status != CTES_OK) {
            assert_int_equal(status,
                             fault.kind == FAULT_FULL ? CTES_E_DISK_FULL : CTES_E_LEDGER_IO);
            assert_int_equal(f->err.stage, CTES_STAGE_REGISTER);
            assert_true(equals(f, m)); /* told as failed: not done */
            failures++;
            assert_int_equal(do_action(f->store, m, a, &f->err), CTES_OK);
        }
        follow(m, a);
    }
    ctes_ledger_close(CTES_TAKE(f->store));
    return failures;
}

static void each_failing_operation_is_told_and_leaves_the_truth(void **state) {
    fixture *f = *state;
    long total = count_operations(f, 5);
    size_t failures = 0;
    for (long at = 1; at <= total; at += 1 + total / 50) {
        fault = (fault_plan){ .kind = at % 2 == 0 ? FAULT_IO : FAULT_FULL, .at = at };
        model m;
        failures += run_with_failure(f, 5, &m);
        fault = (fault_plan){ .kind = FAULT_NONE };
        assert_int_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
        assert_whole(f->store);
        assert_consistent(f->store);
        assert_true(equals(f, &m));
        ctes_ledger_close(CTES_TAKE(f->store));
        forget(f);
    }
    assert_true(failures > 12);
}

/* A failure that undoes the caller's whole group must not let its later calls through alone. */
static void a_group_undone_by_a_failure_stays_undone(void **state) {
    fixture *f = *state;
    assert_int_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    assert_int_equal(do_add(f->store, 0, &f->err), CTES_OK);
    /* the same as SQLite does by itself after some failures */
    assert_int_equal(f->store->driver->execute(f->store, "ROLLBACK", &f->err), CTES_OK);
    assert_int_equal(do_add(f->store, 1, &f->err), CTES_E_LEDGER_IO);
    assert_int_equal(ctes_store_commit(f->store, &f->err), CTES_E_LEDGER_IO);
    ctes_store_rollback(f->store);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 0);
    assert_int_equal(do_add(f->store, 0, &f->err), CTES_OK);
}

static void set_file_limit(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_is_told_and_leaves_the_truth(void **state) {
    fixture *f = *state;
    assert_int_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    set_file_limit(600 * 1024);
    size_t acts = 0;
    ctes_status status = CTES_OK;
    while (acts < 2000 && (status = do_add(f->store, acts, &f->err)) == CTES_OK)
        acts++;
    assert_int_equal(status, CTES_E_DISK_FULL);
    assert_int_equal(f->err.stage, CTES_STAGE_REGISTER);
    assert_int_equal(do_add(f->store, acts, &f->err), CTES_E_DISK_FULL);
    assert_int_equal(state_of(f, (int64_t)acts), CTES_STATE_PREPARED); /* reading goes on */
    int64_t id = (int64_t)acts + 1;
    ctes_record record = CTES_RECORD_INIT;
    assert_int_equal(ctes_store_load(f->store, id, &record, &f->err), CTES_E_ACTE_UNKNOWN);
    set_file_limit(RLIM_INFINITY);
    (void)signal(SIGXFSZ, before);
    assert_int_equal(do_add(f->store, acts, &f->err), CTES_OK); /* room was made: on it goes */
    reopen(f);
    assert_whole(f->store);
    assert_int_equal(number_in(f->store, "SELECT count(*) FROM acte"), acts + 1);
}

/* --- judged by a program that is not ours --- */

static void another_program_finds_the_file_whole(void **state) {
    fixture *f = *state;
    bool was_killed = false;
    (void)run_child(f, 17, (fault_plan){ .kind = FAULT_NONE }, 90, &was_killed);
    assert_true(was_killed);
    int out[2];
    assert_int_equal(pipe(out), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        (void)execlp("sqlite3", "sqlite3", "-batch", f->path, "pragma integrity_check",
                     (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    char text[256] = "";
    ssize_t length = read(out[0], text, sizeof text - 1);
    (void)close(out[0]);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        print_message("skipped: the program sqlite3 is not installed\n");
        skip();
    }
    assert_int_equal(status, 0);
    assert_int_equal(length, 3);
    assert_string_equal(text, "ok\n");
}

int main(void) {
    const struct CMUnitTest on_postgres[] = {
        cmocka_unit_test_setup_teardown(killed_in_the_midst_of_a_transaction, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(killed_by_another_process, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(a_group_undone_by_a_failure_stays_undone, setup_folder,
                                        teardown),
    };
    if (postgres_url() != NULL)
        return cmocka_run_group_tests(on_postgres, NULL, NULL);
    fault_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_at_any_file_operation, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(killed_in_the_midst_of_a_transaction, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(killed_by_another_process, setup_folder, teardown),
        cmocka_unit_test_setup_teardown(each_failing_operation_is_told_and_leaves_the_truth,
                                        setup_folder, teardown),
        cmocka_unit_test_setup_teardown(a_group_undone_by_a_failure_stays_undone, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_is_told_and_leaves_the_truth, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(another_program_finds_the_file_whole, setup_folder,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
