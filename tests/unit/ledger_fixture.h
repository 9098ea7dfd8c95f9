/* What the register's tests share: a folder of their own, a clock in their hands, sample acts, and
 * a direct look into the file past the module. */
#ifndef CTES_TESTS_LEDGER_FIXTURE_H
#define CTES_TESTS_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/store.h"

#define SIREN_A "213400172"
#define SIREN_B "218601946"
#define NOON    INT64_C(1720000000000) /* 2024-07-03T09:46:40Z */
#define SHA     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

typedef struct fixture {
    char folder[96];
    char path[128];
    int64_t now; /* the context's clock */
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

/* A folder without a register yet. */
static inline int setup_folder(void **state) {
    fixture *f = calloc(1, sizeof *f);
    const char *base = getenv("TMPDIR");
    (void)snprintf(f->folder, sizeof f->folder, "%s/ctes-ledger.XXXXXX",
                   base != NULL ? base : "/tmp");
    if (mkdtemp(f->folder) == NULL)
        return -1;
    (void)snprintf(f->path, sizeof f->path, "%s/registre.db", f->folder);
    f->now = NOON;
    f->context = (ctes_context){ .user = f, .now_ms = fixture_clock };
    *state = f;
    return 0;
}

static inline int setup_store(void **state) {
    if (setup_folder(state) != 0)
        return -1;
    fixture *f = *state;
    return ctes_store_open(&f->context, f->path, &f->store, &f->err) == CTES_OK ? 0 : -1;
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

/* --- past the module --- */

static inline sqlite3 *direct_open(const char *path) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, 10000);
    return db;
}

/* Runs SQL on a connection of its own; returns SQLite's code. */
static inline int direct_run(const char *path, const char *sql) {
    sqlite3 *db = direct_open(path);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return rc;
}

static inline int64_t number_in(sqlite3 *db, const char *sql) {
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return number;
}

static inline int64_t direct_number(const char *path, const char *sql) {
    sqlite3 *db = direct_open(path);
    int64_t number = number_in(db, sql);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return number;
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
