/*
 * What the register's tests share: a folder of their own, a clock in their hands, sample acts, and
 * a direct look into the register past the module. Each runs on SQLite, and on PostgreSQL where
 * CTES_TEST_LEDGER names a database that is its own (tests/fake/postgres).
 */
#ifndef CTES_TESTS_LEDGER_FIXTURE_H
#define CTES_TESTS_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/db.h"

#define SIREN_A "213400172"
#define SIREN_B "218601946"
#define NOON    INT64_C(1720000000000) /* 2024-07-03T09:46:40Z */
#define SHA     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

typedef struct fixture {
    char folder[96];
    char path[256]; /* the register's file or URL */
    int64_t now;    /* the context's clock */
    ctes_context context;
    ctes_store *store; /* open while a test runs, unless it closes it */
    ctes_error err;
} fixture;

static inline int64_t fixture_clock(void *user) {
    return ((fixture *)user)->now;
}

static inline int remove_entry(const char *path, const struct stat *info, int kind,
                               struct FTW *walk) {
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* --- past the module --- */

static inline const char *postgres_url(void) {
    const char *url = getenv("CTES_TEST_LEDGER");
    return url != NULL && url[0] != '\0' ? url : NULL;
}

static inline sqlite3 *direct_open(const char *path) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, 10000);
    return db;
}

static inline PGconn *postgres_open(void) {
    PGconn *conn = PQconnectdb(postgres_url());
    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(conn));
    PQclear(PQexec(conn, "SET search_path = ctes; SET client_min_messages = error"));
    return conn;
}

typedef enum direct_result {
    DIRECT_DONE,
    DIRECT_REFUSED, /* by a trigger or a constraint */
    DIRECT_FAILED
} direct_result;

static inline direct_result run_in_postgres(const char *sql) {
    PGconn *conn = postgres_open();
    PGresult *result = PQexec(conn, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    direct_result answer = state == NULL                  ? DIRECT_DONE
                           : strncmp(state, "23", 2) == 0 ? DIRECT_REFUSED
                                                          : DIRECT_FAILED;
    if (answer == DIRECT_FAILED)
        (void)fprintf(stderr, "%s", PQresultErrorMessage(result));
    PQclear(result);
    PQfinish(conn);
    return answer;
}

/* Runs SQL on a connection of its own. */
static inline direct_result direct_run(const char *path, const char *sql) {
    if (postgres_url() != NULL)
        return run_in_postgres(sql);
    sqlite3 *db = direct_open(path);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return rc == SQLITE_OK ? DIRECT_DONE : rc == SQLITE_CONSTRAINT ? DIRECT_REFUSED : DIRECT_FAILED;
}

/* A number that a store's own connection sees. */
static inline int64_t number_in(ctes_store *store, const char *sql) {
    ctes_error err = CTES_ERROR_INIT;
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    assert_int_equal(ledger_query_start_text(store, sql, &query, &err), CTES_OK);
    int64_t number = 0;
    bool found = false;
    assert_int_equal(ledger_query_number(&query, &number, &found, &err), CTES_OK);
    assert_true(found);
    return number;
}

static inline int64_t direct_number(const char *path, const char *sql) {
    if (postgres_url() != NULL) {
        PGconn *conn = postgres_open();
        PGresult *result = PQexec(conn, sql);
        if (PQresultStatus(result) != PGRES_TUPLES_OK)
            fail_msg("%s: %s", sql, PQresultErrorMessage(result));
        int64_t number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
        PQclear(result);
        PQfinish(conn);
        return number;
    }
    sqlite3 *db = direct_open(path);
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return number;
}

/* Takes the register away. */
static inline void forget(fixture *f) {
    static const char *const ENDINGS[] = { "", "-wal", "-shm" };
    if (postgres_url() != NULL)
        assert_int_equal(run_in_postgres("DROP SCHEMA IF EXISTS ctes CASCADE"), DIRECT_DONE);
    for (size_t i = 0; postgres_url() == NULL && i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        char path[sizeof f->path + 8];
        (void)snprintf(path, sizeof path, "%s%s", f->path, ENDINGS[i]);
        (void)unlink(path);
    }
}

/* --- before and after --- */

/* A folder without a register yet. */
static inline int setup_folder(void **state) {
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    (void)snprintf(f->folder, sizeof f->folder, "%s/ctes-ledger.XXXXXX",
                   base != NULL ? base : "/tmp");
    if (mkdtemp(f->folder) == NULL)
        return -1;
    if (postgres_url() != NULL)
        (void)snprintf(f->path, sizeof f->path, "%s", postgres_url());
    else
        (void)snprintf(f->path, sizeof f->path, "%s/registre.db", f->folder);
    f->now = NOON;
    f->context = (ctes_context){ .user = f, .now_ms = fixture_clock };
    forget(f);
    *state = f;
    return 0;
}

static inline int setup_store(void **state) {
    if (setup_folder(state) != 0)
        return -1;
    fixture *f = *state;
    if (ctes_store_open(&f->context, f->path, &f->store, &f->err) == CTES_OK)
        return 0;
    print_error("%s %s\n", ctes_status_name(f->err.code), f->err.detail);
    return -1;
}

static inline int teardown(void **state) {
    fixture *f = *state;
    ctes_ledger_close(f->store);
    (void)nftw(f->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static inline void reopen(fixture *f) {
    ctes_ledger_close(f->store);
    f->store = NULL;
    assert_int_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
}

/* --- samples --- */

static const ctes_store_piece SAMPLE_PIECES[] = {
    { "/srv/actes/délib.pdf", "99_DE-034-213400172-1.pdf", "99_DE", "application/pdf", 1234, SHA },
    { "/srv/actes/plan.png", "99_AU-034-213400172-2.png", "99_AU", "image/png", 77, SHA },
};
#define SAMPLE_PIECE_COUNT 2

/* The strings are the caller's: the act must not be cleared. */
static inline ctes_acte sample_acte(const char *siren, const char *numero) {
    ctes_acte acte = { .numero = (char *)numero,
                       .date = { 2024, 6, 27 },
                       .nature = CTES_NATURE_DELIBERATION,
                       .matiere = { 2, { 7, 10 } },
                       .objet = (char *)"Budget de l’école",
                       .objet_transmis = (char *)"Budget de l'école",
                       .classification_date = { 2019, 8, 29 },
                       .document_papier = true,
                       .fiche = (char *)"Numéro : 1\n" };
    (void)snprintf(acte.siren, sizeof acte.siren, "%s", siren);
    if (ctes_numero_normalise(numero, acte.numero_interne, NULL, NULL) != CTES_OK)
        fail_msg("%s", numero);
    return acte;
}

static inline int64_t add_acte(fixture *f, const char *siren, const char *numero,
                               int64_t replaces) {
    ctes_acte acte = sample_acte(siren, numero);
    int64_t id = 0;
    assert_int_equal(
        ctes_store_add(f->store, &acte, SAMPLE_PIECES, SAMPLE_PIECE_COUNT, replaces, &id, &f->err),
        CTES_OK);
    assert_true(id > 0);
    return id;
}

static inline ctes_store_envoi sample_envoi(const char *archive) {
    return (ctes_store_envoi){ .archive = archive,
                               .archive_path = "archives/2024/a.tar.gz",
                               .archive_sha256 = SHA,
                               .archive_size = 4321,
                               .message_nom = "034-213400172-20240627-X-DE-1-1_0.xml",
                               .message_sha256 = SHA,
                               .enveloppe_nom = "EACT--213400172--20240703-1.xml",
                               .enveloppe_sha256 = SHA,
                               .unique_id = "034-213400172-20240627-X-DE-1-1",
                               .operator_name = "s2low",
                               .operator_url = "https://s2low.example.org",
                               .mode = "archive" };
}

static inline int64_t intend(fixture *f, int64_t acte, const char *archive) {
    ctes_store_envoi envoi = sample_envoi(archive);
    int64_t id = 0;
    assert_int_equal(ctes_store_intend(f->store, acte, &envoi, &id, &f->err), CTES_OK);
    return id;
}

static inline void move(fixture *f, int64_t acte, ctes_state from, ctes_state to) {
    ctes_store_change change = { .to = to };
    assert_int_equal(ctes_store_change_state(f->store, acte, from, &change, &f->err), CTES_OK);
}

static inline ctes_state state_of(fixture *f, int64_t acte) {
    ctes_record record = CTES_RECORD_INIT;
    assert_int_equal(ctes_store_load(f->store, acte, &record, &f->err), CTES_OK);
    ctes_state state = record.state;
    ctes_record_clear(&record);
    return state;
}

#endif
