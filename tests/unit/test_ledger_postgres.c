/* What only a database does: being found, being shared, keeping a password to itself. */
#include "ledger_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "ledger/postgres.h"
#include "ledger/schema.h"

#define MINUTE INT64_C(60000)

/* --- the URL: needs no server --- */

static void a_name_holds_no_secret(void **state) {
    (void)state;
    static const struct {
        const char *url, *name;
    } CASES[] = {
        { "postgresql://u:s3cret@h:5433/b", "postgresql://u@h:5433/b" },
        { "postgres://h/b?password=s3cret", "postgresql://h/b" },
        { "postgresql://u:s3cret%40%2F@h/b", "postgresql://u@h/b" },
        { "postgresql:///b?host=/run/pg&user=u", "postgresql://u@/run/pg/b" },
        { "postgresql://?service=s3cret", "postgresql:///" },
        { "postgresql://u:s3cret@h1:1,h2:2/b", "postgresql://u@h1,h2:1,2/b" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_error err = CTES_ERROR_INIT;
        char *name = NULL;
        assert_true(ledger_is_postgres(CASES[i].url));
        assert_int_equal(ledger_postgres_name(CASES[i].url, &name, &err), CTES_OK);
        assert_string_equal(name, CASES[i].name);
        free(name);
    }
    assert_false(ledger_is_postgres("/srv/postgresql://x"));
    assert_false(ledger_is_postgres("sqlite:x"));
}

/* A password with signs of its own is not told piece by piece either. */
static void a_misread_url_is_not_quoted(void **state) {
    (void)state;
    static const char *const URLS[] = {
        "postgresql://u:s3c@ret@h/b",   "postgresql://u:s3c/ret@h/b",
        "postgresql://u:3/s3cret@h/b",  "postgresql://u:s3c%zzret@h/b",
        "postgresql://u:x@s3c/ret@h/b", "postgresql://u:s@3?cret@h/b",
        "postgresql://s3cret=1?s3cret", "postgresql://[s3cret",
    };
    for (size_t i = 0; i < sizeof URLS / sizeof URLS[0]; i++) {
        ctes_error err = CTES_ERROR_INIT;
        ctes_store *store = NULL;
        ctes_ledger *ledger = NULL;
        assert_int_equal(ctes_store_open(NULL, URLS[i], &store, &err), CTES_E_LEDGER_OPEN);
        assert_int_equal(ctes_ledger_open(NULL, URLS[i], &ledger, &err), CTES_E_LEDGER_OPEN);
        assert_null(strstr(err.detail, "s3c"));
        assert_null(strstr(err.detail, "ret@"));
        assert_null(strstr(err.subject, "s3c"));
        assert_int_equal(err.stage, CTES_STAGE_REGISTER);
    }
}

static void a_failed_connection_tells_no_password(void **state) {
    (void)state;
    ctes_error err = CTES_ERROR_INIT;
    ctes_store *store = NULL;
    static const char URL[] = "postgresql://u:s3cret@/b?host=/nonexistent";
    assert_int_equal(ctes_store_open(NULL, URL, &store, &err), CTES_E_LEDGER_OPEN);
    assert_string_equal(err.subject, "postgresql://u@/nonexistent/b");
    assert_null(strstr(err.detail, "s3cret"));
    assert_non_null(strstr(err.detail, "/nonexistent"));
}

/* --- with a server --- */

static ctes_status open_store(fixture *f) {
    return ctes_store_open(&f->context, f->path, &f->store, &f->err);
}

static char *setting(fixture *f, const char *sql) {
    static char text[256];
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    assert_int_equal(ledger_query_start_text(f->store, sql, &query, &f->err), CTES_OK);
    bool row = false;
    assert_int_equal(ledger_query_row(&query, &row, &f->err), CTES_OK);
    assert_int_equal(ledger_column_copy(&query, 0, text, sizeof text, &f->err), CTES_OK);
    return text;
}

static void every_connection_is_set_to_be_durable(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    assert_string_equal(setting(f, "SELECT current_setting('synchronous_commit')"), "on");
    assert_string_equal(setting(f, "SELECT current_setting('lock_timeout')"), "10s");
    assert_string_equal(setting(f, "SELECT current_setting('search_path')"), "ctes, pg_temp");
    assert_null(ctes_store_folder(f->store));
    ctes_ledger_close(CTES_TAKE(f->store));
    /* what an administrator set weaker for the database is set right, what is stronger stays */
    assert_int_equal(direct_run(f->path, "ALTER ROLE ctes SET synchronous_commit = off"),
                     DIRECT_DONE);
    assert_int_equal(open_store(f), CTES_OK);
    assert_string_equal(setting(f, "SELECT current_setting('synchronous_commit')"), "on");
    ctes_ledger_close(CTES_TAKE(f->store));
    assert_int_equal(direct_run(f->path, "ALTER ROLE ctes SET synchronous_commit = remote_apply"),
                     DIRECT_DONE);
    assert_int_equal(open_store(f), CTES_OK);
    assert_string_equal(setting(f, "SELECT current_setting('synchronous_commit')"), "remote_apply");
    assert_int_equal(direct_run(f->path, "ALTER ROLE ctes RESET synchronous_commit"), DIRECT_DONE);
}

static void reading_never_creates_nor_writes(void **state) {
    fixture *f = *state;
    ctes_ledger *ledger = NULL;
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err), CTES_E_NOT_FOUND);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM pg_namespace WHERE "
                                            "nspname = 'ctes'"),
                     0);
    assert_int_equal(open_store(f), CTES_OK);
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err), CTES_OK);
    assert_int_equal(ledger->driver->execute(ledger, "DELETE FROM note", &f->err),
                     CTES_E_LEDGER_READONLY);
    ctes_ledger_close(ledger);
}

static void anothers_schema_is_left_alone(void **state) {
    fixture *f = *state;
    assert_int_equal(direct_run(f->path, "CREATE SCHEMA ctes"), DIRECT_DONE);
    assert_int_equal(open_store(f), CTES_OK); /* an empty one was made for us */
    ctes_ledger_close(CTES_TAKE(f->store));
    forget(f);
    assert_int_equal(direct_run(f->path, "CREATE SCHEMA ctes; CREATE TABLE ctes.acte (x int)"),
                     DIRECT_DONE);
    ctes_ledger *ledger = NULL;
    assert_int_equal(open_store(f), CTES_E_LEDGER_FOREIGN);
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err),
                     CTES_E_LEDGER_FOREIGN);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM pg_class WHERE relnamespace = "
                                            "'ctes'::regnamespace"),
                     1);
}

static void a_newer_register_is_refused_and_an_older_brought_up(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    ctes_ledger_close(CTES_TAKE(f->store));
    assert_int_equal(direct_run(f->path, "UPDATE registre SET version = 4"), DIRECT_DONE);
    ctes_ledger *ledger = NULL;
    assert_int_equal(open_store(f), CTES_E_LEDGER_NEWER);
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err), CTES_E_LEDGER_NEWER);
    assert_string_equal(f->err.detail, "version 4");
    /* a version that fails leaves nothing: its last table is in the way */
    forget(f);
    assert_int_equal(direct_run(f->path, "CREATE SCHEMA ctes; CREATE FUNCTION ctes.refuse() RETURNS"
                                         " int LANGUAGE sql AS 'SELECT 1'"),
                     DIRECT_DONE);
    assert_int_equal(open_store(f), CTES_E_INTERNAL);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM pg_class WHERE relnamespace = "
                                            "'ctes'::regnamespace"),
                     0);
}

/* Runs `work` in processes that start together; all must end well. */
static void together(fixture *f, int count, int (*work)(fixture *f, int rank)) {
    int gate[2];
    pid_t children[8];
    assert_true(count <= 8 && pipe(gate) == 0);
    for (int i = 0; i < count; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] != 0)
            continue;
        char go;
        (void)close(gate[1]);
        (void)!read(gate[0], &go, 1);
        _exit(work(f, i));
    }
    (void)close(gate[0]);
    (void)close(gate[1]);
    for (int i = 0; i < count; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
}

/* Adds the same numbers as all the others. */
static int add_same(fixture *f, int rank) {
    ctes_store *store = NULL;
    ctes_error err = CTES_ERROR_INIT;
    (void)rank;
    if (ctes_store_open(&f->context, f->path, &store, &err) != CTES_OK)
        return 1;
    for (int i = 0; i < 20; i++) {
        char numero[8];
        (void)snprintf(numero, sizeof numero, "N%d", i);
        ctes_acte acte = sample_acte(SIREN_A, numero);
        int64_t id = 0;
        ctes_status status = ctes_store_add(store, &acte, SAMPLE_PIECES, 2, 0, &id, &err);
        if (status != CTES_OK && status != CTES_E_NUMERO_TAKEN)
            return 2;
        unsigned serial = 0;
        if (ctes_store_serial(store, SIREN_A, (ctes_date){ 2024, 7, 3 }, 0, &serial, &err) != 0)
            return 3;
        ctes_store_envoi envoi = sample_envoi("same.tar.gz");
        int64_t ret = 0;
        if (status == CTES_OK) {
            status = ctes_store_intend(store, id, &envoi, &ret, &err);
            if (status != CTES_OK && status != CTES_E_NUMERO_TAKEN)
                return 4;
        }
    }
    ctes_ledger_close(store);
    return 0;
}

static void workers_that_write_the_same_agree(void **state) {
    fixture *f = *state;
    together(f, 4, add_same); /* they make the register, too */
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 20);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM piece"), 40);
    assert_int_equal(direct_number(f->path, "SELECT dernier FROM serie"), 80);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM envoi"), 1);
}

/* One act of a check: who has it steps it, once. */
static int take_one(ctes_store *store, int64_t id, const char *reason) {
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_store_lease(store, id, 0, MINUTE, &err);
    if (status == CTES_E_ACTE_LEASED)
        return 0;
    ctes_record record = CTES_RECORD_INIT;
    ctes_store_change change = { .to = CTES_STATE_WAITING, .reason = reason };
    if (status != CTES_OK || ctes_store_load(store, id, &record, &err) != CTES_OK)
        return 3;
    ctes_state was = record.state;
    ctes_record_clear(&record);
    if (was == CTES_STATE_PREPARED &&
        ctes_store_change_state(store, id, was, &change, &err) != CTES_OK)
        return 4;
    return ctes_store_release(store, id, 0, &err) == CTES_OK ? 0 : 5;
}

typedef struct share {
    int64_t ids[64];
    size_t count;
} share;

static ctes_status note_share(void *user, const ctes_store_waiting *act, ctes_error *err) {
    (void)err;
    share *s = user;
    if (s->count < sizeof s->ids / sizeof s->ids[0])
        s->ids[s->count++] = act->acte;
    return CTES_OK;
}

/* What is left of a check, past the acts at which others work. */
static int take_share(fixture *f, int rank) {
    ctes_store *store = NULL;
    ctes_error err = CTES_ERROR_INIT;
    share all = { .count = 0 };
    if (ctes_store_open(&f->context, f->path, &store, &err) != CTES_OK)
        return 1;
    char reason[16];
    (void)snprintf(reason, sizeof reason, "worker %d", rank);
    int result = ctes_store_to_check(store, NULL, note_share, &all, &err) == CTES_OK ? 0 : 2;
    for (size_t i = 0; i < all.count && result == 0; i++)
        result = take_one(store, all.ids[i], reason);
    ctes_ledger_close(store);
    return result;
}

static void workers_share_one_queue(void **state) {
    enum { ACTS = 40 };
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    for (int i = 0; i < ACTS; i++) {
        char numero[8];
        (void)snprintf(numero, sizeof numero, "A%d", i);
        (void)add_acte(f, SIREN_A, numero, 0);
    }
    ctes_ledger_close(CTES_TAKE(f->store));
    together(f, 4, take_share);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte WHERE state = 'waiting'"),
                     ACTS);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 2 * ACTS);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM bail"), 0);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM pg_locks WHERE "
                                            "locktype = 'advisory'"),
                     0);
}

/* An act that another session is changing is in its hands: nobody waits until it commits. */
static void an_act_in_anothers_hands_is_passed_over(void **state) {
    fixture *f = *state;
    ctes_store *second = NULL;
    assert_int_equal(open_store(f), CTES_OK);
    assert_int_equal(ctes_store_open(&f->context, f->path, &second, &f->err), CTES_OK);
    int64_t one = add_acte(f, SIREN_A, "A1", 0);
    int64_t two = add_acte(f, SIREN_A, "A2", 0);
    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    move(f, one, CTES_STATE_PREPARED, CTES_STATE_WAITING);
    assert_int_equal(ctes_store_lease(second, one, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    assert_int_equal(ctes_store_lease(second, two, 0, MINUTE, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(second, 4711, 0, MINUTE, &f->err), CTES_E_ACTE_UNKNOWN);
    assert_int_equal(ctes_store_commit(f->store, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(second, one, 0, MINUTE, &f->err), CTES_OK);
    ctes_ledger_close(second);
}

/* The database keeps a session's locks when a transaction is undone; a lease is undone whole. */
static void an_undone_group_holds_nothing(void **state) {
    fixture *f = *state;
    ctes_store *second = NULL;
    assert_int_equal(open_store(f), CTES_OK);
    assert_int_equal(ctes_store_open(&f->context, f->path, &second, &f->err), CTES_OK);
    int64_t kept = add_acte(f, SIREN_A, "A1", 0);
    int64_t undone = add_acte(f, SIREN_A, "A2", 0);
    assert_int_equal(ctes_store_lease(f->store, kept, 0, MINUTE, &f->err), CTES_OK);
    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(f->store, kept, 0, MINUTE, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(f->store, undone, 0, MINUTE, &f->err), CTES_OK);
    ctes_store_rollback(f->store);
    assert_int_equal(ctes_store_lease(second, kept, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    assert_int_equal(ctes_store_lease(second, undone, 0, MINUTE, &f->err), CTES_OK);
    ctes_ledger_close(second);
}

/* The lock lasts as long as its connection, whatever the row and the clock say. */
static void a_connected_owner_keeps_its_lease(void **state) {
    fixture *f = *state;
    ctes_store *second = NULL;
    assert_int_equal(open_store(f), CTES_OK);
    assert_int_equal(ctes_store_open(&f->context, f->path, &second, &f->err), CTES_OK);
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    assert_int_equal(ctes_store_lease(f->store, id, 0, MINUTE, &f->err), CTES_OK);
    assert_int_equal(direct_run(f->path, "UPDATE bail SET host = 'elsewhere', boot = 'other'"),
                     DIRECT_DONE);
    f->now += 2 * MINUTE; /* its time is over */
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    assert_non_null(strstr(f->err.detail, "@elsewhere"));
    assert_int_equal(direct_run(f->path, "DELETE FROM bail"), DIRECT_DONE);
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    ctes_ledger_close(CTES_TAKE(f->store));
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_OK);
    ctes_ledger_close(second);
}

static void end_other_sessions(fixture *f) {
    assert_int_equal(direct_run(f->path, "SELECT pg_terminate_backend(pid, 10000) FROM "
                                         "pg_stat_activity WHERE application_name = 'ctes'"),
                     DIRECT_DONE);
}

/* A server that restarts frees the locks of workers that live and send. */
static void a_lost_connection_frees_no_lease_of_the_living(void **state) {
    fixture *f = *state;
    ctes_store *second = NULL;
    assert_int_equal(open_store(f), CTES_OK);
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    assert_int_equal(ctes_store_lease(f->store, id, 0, MINUTE, &f->err), CTES_OK);
    end_other_sessions(f);
    assert_int_equal(ctes_store_open(&f->context, f->path, &second, &f->err), CTES_OK);
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    assert_int_equal(direct_run(f->path, "UPDATE bail SET host = 'elsewhere', boot = 'other'"),
                     DIRECT_DONE);
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_E_ACTE_LEASED);
    f->now += MINUTE;
    assert_int_equal(ctes_store_lease(second, id, 0, MINUTE, &f->err), CTES_OK);
    ctes_ledger_close(second);
    /* the one that lost its connection says so, and what it began is undone */
    ctes_store_change change = { .to = CTES_STATE_WAITING };
    ctes_status status =
        ctes_store_change_state(f->store, id, CTES_STATE_PREPARED, &change, &f->err);
    assert_true(status == CTES_E_LEDGER_IO || status == CTES_E_LEDGER_BUSY);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 1);
}

static void a_group_ends_with_its_connection(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    (void)add_acte(f, SIREN_A, "A1", 0);
    end_other_sessions(f);
    ctes_acte acte = sample_acte(SIREN_A, "A2");
    int64_t id = 0;
    assert_int_not_equal(ctes_store_add(f->store, &acte, NULL, 0, 0, &id, &f->err), CTES_OK);
    assert_int_not_equal(ctes_store_commit(f->store, &f->err), CTES_OK);
    ctes_store_rollback(f->store);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 0);
}

/* A statement that fails inside a group must not let the rest be committed. */
static void a_failed_group_is_not_committed(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    (void)add_acte(f, SIREN_A, "A1", 0);
    assert_int_equal(f->store->driver->execute(f->store, "SELECT 1/0", &f->err), CTES_E_INTERNAL);
    assert_int_equal(ctes_store_commit(f->store, &f->err), CTES_E_LEDGER_IO);
    ctes_store_rollback(f->store);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 0);
    (void)add_acte(f, SIREN_A, "A1", 0);

    /* nor a step of its own, which PostgreSQL undoes when told to commit it */
    ledger_step step = { .ledger = NULL };
    assert_int_equal(ledger_step_write(f->store, &step, &f->err), CTES_OK);
    assert_int_equal(f->store->driver->execute(f->store, "SELECT 1/0", &f->err), CTES_E_INTERNAL);
    assert_int_equal(ledger_step_commit(&step, &f->err), CTES_E_LEDGER_IO);
    ledger_step_abandon(&step);
    (void)add_acte(f, SIREN_A, "A2", 0);
}

static void text_that_is_no_utf8_is_refused(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    ctes_acte acte = sample_acte(SIREN_A, "A1");
    acte.objet = (char *)"caf\xe9";
    int64_t id = 0;
    assert_int_equal(ctes_store_add(f->store, &acte, NULL, 0, 0, &id, &f->err), CTES_E_CHARSET);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 0);
}

/* A year of acts, few of which wait; plans as they are whatever is asked for. */
static void make_a_year(fixture *f) {
    assert_int_equal(
        direct_run(f->path,
                   "INSERT INTO acte (siren, numero, numero_interne, date_decision, nature,"
                   "  document_papier, state, state_ms, suivi, created_ms)"
                   " SELECT 213400172 + g % 50, 'N' || g, 'N' || g,"
                   "  to_char(date '2024-01-01' + g % 360, 'YYYY-MM-DD'), 1, 0,"
                   "  CASE g % 100 WHEN 0 THEN 'waiting' ELSE 'acknowledged' END, g,"
                   "  CASE g % 100 WHEN 0 THEN 'attente' END, g FROM generate_series(1, 20000) g;"
                   "INSERT INTO courrier (cle, siren, transac, flux, recu, acte, id_acte, at_ms,"
                   "  deadline, state, state_ms, suivi, answers)"
                   " SELECT g, 213400172 + g % 50, 3, 1 + g % 2 * 3, 1 - g % 2, g, 'I' || g, g,"
                   "  CASE g % 5 WHEN 0 THEN to_char(date '2024-01-01' + g % 360, 'YYYY-MM-DD')"
                   "   END, 'open', g, CASE g % 100 WHEN 0 THEN 'attente' END,"
                   "  CASE WHEN g % 2 = 1 AND g > 1 THEN g - 1 END"
                   " FROM generate_series(1, 5000) g;"
                   "INSERT INTO classification (siren, date, received_ms, checked_ms, bytes,"
                   "  sha256) SELECT 213400172 + g % 200, '2024-01-01', g, g, 'x', g"
                   " FROM generate_series(1, 2000) g;"
                   "ANALYZE"),
        DIRECT_DONE);
}

/* With sequential scans made dear, one that remains shows an index that is missing. */
static void each_question_has_its_index(void **state) {
    fixture *f = *state;
    assert_int_equal(open_store(f), CTES_OK);
    make_a_year(f);
    assert_int_equal(f->store->driver->execute(f->store,
                                               "SET enable_seqscan = off; "
                                               "SET plan_cache_mode = force_generic_plan",
                                               &f->err),
                     CTES_OK);
    static const struct {
        ledger_sql sql;
        const char *index;
    } QUESTIONS[] = {
        { SQL_FIND_INTERNE, "acte_numero_interne_siren_key" },
        { SQL_FIND_NUMERO, "acte_numero" },
        { SQL_RECORD, "acte_pkey" },
        { SQL_LIST_DATE, "acte_date" },
        { SQL_LIST_SIREN, "acte_siren" },
        { SQL_LIST_STATE, "acte_state" },
        { SQL_LIST_PENDING, "acte_suivi" },
        { SQL_TO_CHECK, "acte_suivi" },
        { SQL_ACTE_TAKE, "acte_pkey" },
        { SQL_ACTE_LINK, "acte_replaces" },
        { SQL_BAIL_GET, "bail_pkey" },
        { SQL_ENVOI_LAST, "envoi_pkey" },
        { SQL_CHAIN, "acte_racine" },
        { SQL_HISTORY, "evenement_acte" },
        { SQL_EXCHANGES, "echange_acte" },
        { SQL_ACTE_BY_ID_ACTE, "acte_id_acte" },
        { SQL_COURRIERS, "courrier_deadline" },
        { SQL_COURRIERS_PENDING, "courrier_suivi" },
        { SQL_COURRIERS_SIREN, "courrier_siren" },
        { SQL_COURRIERS_ACTE, "courrier_acte" },
        { SQL_COURRIER_LIVE_ANSWERS, "courrier_answers" },
        { SQL_COURRIER_FIND, "courrier_id_acte" },
        { SQL_CLASSIFICATION_GET, "classification_siren" },
    };
    ledger_pg *pg = f->store->db;
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++) {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        assert_int_equal(ledger_query_start(f->store, QUESTIONS[i].sql, &query, &f->err), CTES_OK);
        char name[16];
        char text[256];
        (void)snprintf(name, sizeof name, "s%d", (int)QUESTIONS[i].sql);
        PGresult *described = PQdescribePrepared(pg->conn, name);
        int count = PQnparams(described);
        PQclear(described);
        (void)snprintf(text, sizeof text, "EXPLAIN EXECUTE %s(%.*s)", name, 6 * count - 2,
                       "NULL, NULL, NULL, NULL, NULL");
        PGresult *plan = PQexec(pg->conn, text);
        if (PQresultStatus(plan) != PGRES_TUPLES_OK)
            fail_msg("%s: %s", text, PQresultErrorMessage(plan));
        bool used = false;
        for (int row = 0; row < PQntuples(plan); row++) {
            used = used || strstr(PQgetvalue(plan, row, 0), QUESTIONS[i].index) != NULL;
            if (strstr(PQgetvalue(plan, row, 0), "Seq Scan") != NULL)
                fail_msg("%s: %s", QUESTIONS[i].index, PQgetvalue(plan, row, 0));
        }
        if (!used)
            fail_msg("%s is not used", QUESTIONS[i].index);
        PQclear(plan);
    }
}

int main(void) {
    const struct CMUnitTest without_server[] = {
        cmocka_unit_test(a_name_holds_no_secret),
        cmocka_unit_test(a_misread_url_is_not_quoted),
        cmocka_unit_test(a_failed_connection_tells_no_password),
    };
#define ON_SERVER(test) cmocka_unit_test_setup_teardown(test, setup_folder, teardown)
    const struct CMUnitTest on_server[] = {
        ON_SERVER(every_connection_is_set_to_be_durable),
        ON_SERVER(reading_never_creates_nor_writes),
        ON_SERVER(anothers_schema_is_left_alone),
        ON_SERVER(a_newer_register_is_refused_and_an_older_brought_up),
        ON_SERVER(workers_that_write_the_same_agree),
        ON_SERVER(workers_share_one_queue),
        ON_SERVER(an_act_in_anothers_hands_is_passed_over),
        ON_SERVER(an_undone_group_holds_nothing),
        ON_SERVER(a_connected_owner_keeps_its_lease),
        ON_SERVER(a_lost_connection_frees_no_lease_of_the_living),
        ON_SERVER(a_group_ends_with_its_connection),
        ON_SERVER(a_failed_group_is_not_committed),
        ON_SERVER(text_that_is_no_utf8_is_refused),
        ON_SERVER(each_question_has_its_index),
    };
    int failed = cmocka_run_group_tests(without_server, NULL, NULL);
    if (postgres_url() != NULL)
        failed += cmocka_run_group_tests(on_server, NULL, NULL);
    return failed;
}
