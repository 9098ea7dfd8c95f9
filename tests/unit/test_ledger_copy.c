/* A register is copied whole or not at all, between files and, where there is one, a database. */
#include "courrier_fixture.h"

typedef struct counts {
    uint64_t rows;
    size_t tables;
} counts;

static void count_table(void *user, const char *table, uint64_t rows) {
    counts *c = user;
    assert_true(table[0] != '\0');
    c->rows += rows;
    c->tables++;
}

/* A letter, its answer, what they came in, the classification. */
static void fill_letters(fixture *f, int64_t acte) {
    ctes_store_courrier letter = sample_letter("k1", acte);
    int64_t id = add_letter(f, &letter);
    ctes_store_courrier answer = sample_answer("b.tar.gz", acte, id);
    (void)add_letter(f, &answer);
    ctes_store_retour retour = { .key = SHA, .source = "s2low 12", .outcome = "aside" };
    bool known = true;
    assert_int_equal(ctes_store_retour_add(f->store, &retour, &known, &f->err), CTES_OK);
    assert_int_equal(ctes_store_classification_set(f->store, SIREN_A, (ctes_date){ 2024, 1, 1 },
                                                   "<c>\0\xff", 5, SHA, &f->err),
                     CTES_OK);
}

/* Acts in every kind of state, with evidence, exchanges, serials, notes and chains. */
static void fill(fixture *f) {
    static const char BYTES[] = "\0\xff<ARActe/>";
    int64_t a1 = add_acte(f, SIREN_A, "A1", 0);
    int64_t a2 = add_acte(f, SIREN_A, "A1-2", a1);
    int64_t b1 = add_acte(f, SIREN_B, "2022-0160", 0);
    (void)intend(f, a1, "a1.tar.gz");
    const ctes_store_message more = { b1, "m2_0.xml", SHA, "m2" };
    ctes_store_envoi together = sample_envoi("a2.tar.gz");
    together.more = &more;
    together.more_count = 1;
    int64_t envoi = 0;
    assert_int_equal(ctes_store_intend(f->store, a2, &together, &envoi, &f->err), CTES_OK);
    ctes_store_change change = { .to = CTES_STATE_ACKNOWLEDGED,
                                 .reason = "reçu « tel quel »",
                                 .transaction = INT64_C(4242424242424242),
                                 .native = -1,
                                 .native_known = true,
                                 .kind = "ARActe",
                                 .evidence = BYTES,
                                 .evidence_length = sizeof BYTES,
                                 .evidence_sha256 = SHA };
    assert_int_equal(ctes_store_change_state(f->store, a1, CTES_STATE_TO_SEND, &change, &f->err),
                     CTES_OK);
    static char reply[70000];
    for (size_t i = 0; i < sizeof reply; i++)
        reply[i] = (char)i;
    ctes_store_exchange exchange = { .method = "POST",
                                     .url = "https://x/1",
                                     .outcome = "ok",
                                     .reply = reply,
                                     .reply_length = sizeof reply };
    assert_int_equal(ctes_store_trace(f->store, a1, &exchange, &f->err), CTES_OK);
    exchange.reply_length = 0;
    assert_int_equal(ctes_store_trace(f->store, 0, &exchange, &f->err), CTES_OK);
    unsigned serial = 0;
    ctes_date day = { 2024, 7, 3 };
    assert_int_equal(ctes_store_serial(f->store, SIREN_A, day, 0, &serial, &f->err), CTES_OK);
    assert_int_equal(ctes_store_note(f->store, "https://x", "archive-mode", "removed", &f->err),
                     CTES_OK);
    fill_letters(f, a1);
    assert_int_equal(ctes_store_lease(f->store, a2, 0, 60000, &f->err), CTES_OK);
}

static ctes_status copy(fixture *f, const char *from, const char *to, counts *c) {
    *c = (counts){ 0 };
    return ctes_ledger_copy(&f->context, from, to, count_table, c, &f->err);
}

/* Opens a copy and checks that it tells the same and goes on counting. */
static void assert_goes_on(fixture *f, const char *url) {
    ctes_store *store = NULL;
    assert_int_equal(ctes_store_open(&f->context, url, &store, &f->err), CTES_OK);
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_ledger_get(store, SIREN_A, "A1", &r, &f->err), CTES_OK);
    assert_int_equal(r.state, CTES_STATE_ACKNOWLEDGED);
    assert_string_equal(r.reason, "reçu « tel quel »");
    assert_string_equal(r.replaced_by, "A1-2");
    assert_int_equal(r.transaction, INT64_C(4242424242424242));
    assert_int_equal(r.native, -1);
    assert_int_equal(r.piece_count, SAMPLE_PIECE_COUNT);
    ctes_record_clear(&r);
    assert_int_equal(number_in(store, "SELECT length(reply) FROM echange WHERE id = 1"), 65536);
    ctes_acte acte = sample_acte(SIREN_A, "A9");
    int64_t id = 0;
    assert_int_equal(ctes_store_add(store, &acte, SAMPLE_PIECES, 1, 0, &id, &f->err), CTES_OK);
    assert_int_equal(id, 4);
    ctes_courrier c = CTES_COURRIER_INIT;
    assert_int_equal(ctes_ledger_courrier(store, 1, &c, &f->err), CTES_OK);
    assert_int_equal(c.state, CTES_COURRIER_ANSWERED);
    assert_int_equal(c.answered_by, 2);
    assert_int_equal(c.piece_count, 2);
    ctes_courrier_clear(&c);
    ctes_store_courrier letter = sample_letter("k9", id);
    bool known = true;
    assert_int_equal(ctes_store_courrier_add(store, &letter, &id, &known, &f->err), CTES_OK);
    assert_int_equal(id, 3);
    unsigned serial = 0;
    ctes_date day = { 2024, 7, 3 };
    assert_int_equal(ctes_store_serial(store, SIREN_A, day, 0, &serial, &f->err), CTES_OK);
    assert_int_equal(serial, 2);
    ctes_ledger_close(store);
}

static void file_of(fixture *f, const char *name, char path[static 128]) {
    (void)snprintf(path, 128, "%s/%s", f->folder, name);
}

/* There and back: what comes home equals what left. */
static void every_row_arrives(void **state) {
    fixture *f = *state;
    char second[128];
    char third[128];
    file_of(f, "second.db", second);
    file_of(f, "third.db", third);
    fill(f);
    ctes_ledger_close(CTES_TAKE(f->store));
    counts there;
    counts back;
    assert_int_equal(copy(f, f->path, second, &there), CTES_OK);
    assert_int_equal(there.tables, 16);
    assert_int_equal(there.rows, 3 + 6 + 2 + 7 + 1 + 2 + 1 + 0 + 1 + 2 + 2 + 3 + 1 + 1 + 1 + 1);
    assert_int_equal(copy(f, second, third, &back), CTES_OK);
    assert_int_equal(back.rows, there.rows);
    if (postgres_url() != NULL) { /* and into the database again */
        forget(f);
        assert_int_equal(copy(f, third, f->path, &back), CTES_OK);
        assert_int_equal(back.rows, there.rows);
    }
    assert_goes_on(f, f->path);
    assert_goes_on(f, second);
    assert_goes_on(f, third);
}

static void a_register_that_holds_something_is_not_written_to(void **state) {
    fixture *f = *state;
    char second[128];
    file_of(f, "second.db", second);
    fill(f);
    ctes_ledger_close(CTES_TAKE(f->store));
    counts c;
    assert_int_equal(copy(f, f->path, second, &c), CTES_OK);
    assert_int_equal(copy(f, f->path, second, &c), CTES_E_LEDGER_NOT_EMPTY);
    assert_string_equal(f->err.detail, "acte");
    assert_int_equal(copy(f, second, f->path, &c), CTES_E_LEDGER_NOT_EMPTY);
    assert_int_equal(copy(f, f->path, f->path, &c), CTES_E_LEDGER_NOT_EMPTY);
    assert_int_equal(c.tables, 0);
    assert_goes_on(f, second);
}

static void there_must_be_one_to_copy(void **state) {
    fixture *f = *state;
    char second[128];
    char none[128];
    file_of(f, "second.db", second);
    file_of(f, "none.db", none);
    counts c;
    assert_int_equal(copy(f, none, second, &c), CTES_E_NOT_FOUND);
    assert_int_equal(access(none, F_OK), -1);
    assert_int_equal(access(second, F_OK), -1);
    assert_int_equal(copy(f, f->path, second, &c), CTES_OK); /* an empty one is one */
    assert_int_equal(c.rows, 0);
}

static void what_is_under_way_is_not_left_behind(void **state) {
    fixture *f = *state;
    char second[128];
    file_of(f, "second.db", second);
    fill(f); /* holds a lease */
    counts c;
    assert_int_equal(copy(f, f->path, second, &c), CTES_E_ACTE_LEASED);
    assert_int_equal(ctes_store_release(f->store, 2, 0, &f->err), CTES_OK);
    assert_int_equal(copy(f, f->path, second, &c), CTES_OK);
    assert_int_equal(ctes_store_lease(f->store, 2, 0, 60000, &f->err), CTES_OK); /* it let go */
}

static bool at_once(void *user) {
    (void)user;
    return true;
}

static void a_stopped_copy_leaves_an_empty_register(void **state) {
    fixture *f = *state;
    char second[128];
    file_of(f, "second.db", second);
    fill(f);
    ctes_ledger_close(CTES_TAKE(f->store));
    counts c;
    f->context.stop = at_once;
    assert_int_equal(copy(f, f->path, second, &c), CTES_E_INTERRUPTED);
    f->context.stop = NULL;
    assert_int_equal(copy(f, f->path, second, &c), CTES_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_row_arrives, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_register_that_holds_something_is_not_written_to,
                                        setup_store, teardown),
        cmocka_unit_test_setup_teardown(there_must_be_one_to_copy, setup_store, teardown),
        cmocka_unit_test_setup_teardown(what_is_under_way_is_not_left_behind, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_stopped_copy_leaves_an_empty_register, setup_store,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
