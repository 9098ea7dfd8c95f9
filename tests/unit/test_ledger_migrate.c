/* A register of a former version keeps all it holds, and learns what is new. */
#include "courrier_fixture.h"

#include "ledger/postgres.h"
#include "ledger/schema.h"
#include "ledger/sqlite.h"

/* A register as version 1 made it, with acts in it. */
static void make_version_1(fixture *f) {
    static const char *const ACTS[] = {
        "INSERT INTO acte (siren, numero, numero_interne, date_decision, nature, matiere,"
        "  document_papier, state, state_ms, created_ms, id_acte)"
        " VALUES ('213400172', '2024-01', '2024_01', '2024-06-27', 1, '7.10', 0, 'acknowledged',"
        "  5, 4, '034-213400172-20240627-2024_01-DE')",
        "INSERT INTO acte (siren, numero, numero_interne, date_decision, nature, matiere,"
        "  document_papier, state, state_ms, suivi, created_ms)"
        " VALUES ('213400172', '2024-02', '2024_02', '2024-06-28', 1, '7.10', 0, 'transmitted',"
        "  6, 'attente', 4)",
        "INSERT INTO piece (acte, rang, path, size) VALUES (1, 0, '/srv/a.pdf', 12)",
        "INSERT INTO evenement (acte, at_ms, to_state) VALUES (1, 4, 'prepared')",
    };
    bool postgres = postgres_url() != NULL;
    if (!postgres) {
        sqlite3 *db = NULL;
        assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
        (void)sqlite3_close(db);
    }
    const char *const *sql = postgres ? ledger_postgres_schema[0] : ledger_sqlite_schema[0];
    for (; *sql != NULL; sql++)
        assert_int_equal(direct_run(f->path, *sql), DIRECT_DONE);
    for (size_t i = 0; i < sizeof ACTS / sizeof ACTS[0]; i++)
        assert_int_equal(direct_run(f->path, ACTS[i]), DIRECT_DONE);
}

static int64_t version_of(fixture *f) {
    return direct_number(f->path, postgres_url() != NULL ? "SELECT version FROM registre"
                                                         : "PRAGMA user_version");
}

static void assert_acts(fixture *f, ctes_ledger *ledger) {
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_ledger_get(ledger, SIREN_A, "2024-01", &r, &f->err), CTES_OK);
    assert_int_equal(r.state, CTES_STATE_ACKNOWLEDGED);
    assert_string_equal(r.id_acte, "034-213400172-20240627-2024_01-DE");
    assert_int_equal(r.piece_count, 1);
    ctes_record_clear(&r);
    assert_int_equal(ctes_ledger_get(ledger, SIREN_A, "2024-02", &r, &f->err), CTES_OK);
    assert_int_equal(r.state_ms, 6);
    ctes_record_clear(&r);
}

static void version_1_with_acts_is_brought_up_to_date(void **state) {
    fixture *f = *state;
    make_version_1(f);
    assert_int_equal(version_of(f), 1);
    assert_int_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
    assert_int_equal(version_of(f), LEDGER_VERSION);
    assert_acts(f, f->store);
    int64_t acte = 0;
    assert_int_equal(
        ctes_store_acte_of(f->store, SIREN_A, "034-213400172-20240627-2024_01-DE", &acte, &f->err),
        CTES_OK);
    assert_int_equal(acte, 1);
    ctes_store_courrier letter = sample_letter("k1", acte);
    (void)add_letter(f, &letter);
    assert_int_equal(direct_run(f->path, "DELETE FROM evenement"), DIRECT_REFUSED);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 1);
    reopen(f);
    assert_acts(f, f->store);
}

static void reading_version_1_brings_it_up_to_date_too(void **state) {
    fixture *f = *state;
    make_version_1(f);
    ctes_ledger *ledger = NULL;
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err), CTES_OK);
    assert_false(ledger->writable);
    assert_acts(f, ledger);
    assert_int_equal(version_of(f), LEDGER_VERSION);
    ctes_ledger_close(ledger);
}

/* What stands in the way of a new table leaves the former version whole. */
static void a_step_up_that_fails_keeps_version_1(void **state) {
    fixture *f = *state;
    make_version_1(f);
    assert_int_equal(direct_run(f->path, postgres_url() != NULL
                                             ? "CREATE TABLE classification (x BIGINT)"
                                             : "CREATE TABLE classification (x INTEGER)"),
                     DIRECT_DONE);
    assert_int_not_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
    assert_int_equal(version_of(f), 1);
    assert_int_equal(direct_run(f->path, "SELECT * FROM courrier"), DIRECT_FAILED);
    assert_int_equal(direct_run(f->path, "DROP TABLE classification"), DIRECT_DONE);
    assert_int_equal(ctes_store_open(&f->context, f->path, &f->store, &f->err), CTES_OK);
    assert_acts(f, f->store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(version_1_with_acts_is_brought_up_to_date, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(reading_version_1_brings_it_up_to_date_too, setup_folder,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_step_up_that_fails_keeps_version_1, setup_folder,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
