#include "ledger_fixture.h"

static void add_then_load_gives_everything_back(void **state) {
    fixture *f = *state;
    ctes_acte acte = sample_acte(SIREN_A, "2022-0160");
    (void)snprintf(acte.precedent, sizeof acte.precedent, "034-213400172-20240105-D1-DE");
    int64_t id = 0;
    assert_int_equal(ctes_store_add(f->store, &acte, SAMPLE_PIECES, 2, 0, &id, &f->err), CTES_OK);
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_store_load(f->store, id, &r, &f->err), CTES_OK);
    assert_int_equal(r.id, id);
    assert_string_equal(r.siren, SIREN_A);
    assert_string_equal(r.numero, "2022-0160");
    assert_string_equal(r.numero_interne, "2022_0160");
    assert_int_equal(r.date.year * 10000 + r.date.month * 100 + r.date.day, 20240627);
    assert_int_equal(r.nature, CTES_NATURE_DELIBERATION);
    assert_int_equal(r.matiere.count, 2);
    assert_int_equal(r.matiere.level[1], 10);
    assert_string_equal(r.objet, "Budget de l’école");
    assert_string_equal(r.objet_transmis, "Budget de l'école");
    assert_int_equal(r.classification_date.year, 2019);
    assert_string_equal(r.precedent, "034-213400172-20240105-D1-DE");
    assert_true(r.document_papier);
    assert_string_equal(r.fiche, "Numéro : 1\n");
    assert_int_equal(r.state, CTES_STATE_PREPARED);
    assert_int_equal(r.state_ms, NOON);
    assert_int_equal(r.created_ms, NOON);
    assert_null(r.reason);
    assert_null(r.archive);
    assert_int_equal(r.sent_ms, 0);
    assert_int_equal(r.transaction, 0);
    assert_string_equal(r.id_acte, "");
    assert_int_equal(r.reception.year, 0);
    assert_null(r.replaces);
    assert_null(r.replaced_by);
    assert_int_equal(r.piece_count, 2);
    assert_string_equal(r.pieces[0].path, "/srv/actes/délib.pdf");
    assert_string_equal(r.pieces[1].type_pj, "99_AU");
    assert_string_equal(r.pieces[1].mime, "image/png");
    assert_int_equal(r.pieces[0].size, 1234);
    assert_string_equal(r.pieces[0].sha256, SHA);
    ctes_record_clear(&r);
}

static void a_number_is_taken_for_ever(void **state) {
    fixture *f = *state;
    int64_t first = add_acte(f, SIREN_A, "2022-0160", 0);
    int64_t id = -7;
    ctes_acte same = sample_acte(SIREN_A, "2022-0160");
    assert_int_equal(ctes_store_add(f->store, &same, NULL, 0, 0, &id, &f->err),
                     CTES_E_NUMERO_TAKEN);
    ctes_acte close = sample_acte(SIREN_A, "2022/0160");
    assert_int_equal(ctes_store_add(f->store, &close, NULL, 0, 0, &id, &f->err),
                     CTES_E_NUMERO_COLLISION);
    assert_string_equal(f->err.detail, "2022-0160");
    assert_string_equal(f->err.subject, "2022/0160");
    assert_int_equal(f->err.stage, CTES_STAGE_REGISTER);
    assert_int_equal(id, -7);
    (void)add_acte(f, SIREN_B, "2022-0160", 0); /* another authority numbers by itself */
    /* not even a statement past the program frees the number */
    assert_int_equal(direct_run(f->path, "DELETE FROM acte"), DIRECT_REFUSED);
    assert_int_equal(direct_run(f->path, "UPDATE acte SET numero = 'x'"), DIRECT_REFUSED);
    assert_int_equal(direct_run(f->path, "UPDATE acte SET replaces = NULL"), DIRECT_REFUSED);
    assert_int_equal(state_of(f, first), CTES_STATE_PREPARED);
}

static void a_failed_add_leaves_nothing(void **state) {
    fixture *f = *state;
    ctes_acte acte = sample_acte(SIREN_A, "A1");
    /* the second file fails after the act and the first were inserted */
    ctes_store_piece pieces[] = { SAMPLE_PIECES[0], SAMPLE_PIECES[1] };
    bool file = postgres_url() == NULL;
    assert_int_equal(direct_run(f->path, file ? "CREATE TRIGGER refuse BEFORE INSERT ON piece WHEN "
                                                "NEW.rang = 1 BEGIN SELECT RAISE(ABORT, 'no'); END"
                                              : "ALTER TABLE piece ADD CONSTRAINT refuse CHECK "
                                                "(rang <> 1)"),
                     DIRECT_DONE);
    int64_t id = -7;
    assert_int_equal(ctes_store_add(f->store, &acte, pieces, 2, 0, &id, &f->err), CTES_E_INTERNAL);
    assert_int_equal(id, -7);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 0);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 0);
    assert_int_equal(direct_run(f->path, file ? "DROP TRIGGER refuse"
                                              : "ALTER TABLE piece DROP CONSTRAINT refuse"),
                     DIRECT_DONE);
    assert_int_equal(ctes_store_add(f->store, &acte, pieces, 2, 0, &id, &f->err), CTES_OK);
}

static void redescribe_is_for_acts_that_are_not_held(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    ctes_acte better = sample_acte(SIREN_A, "A1");
    better.objet = better.objet_transmis = (char *)"Corrigé";
    better.matiere.level[0] = 8;
    better.fiche = NULL;
    assert_int_equal(ctes_store_redescribe(f->store, id, &better, SAMPLE_PIECES, 1, &f->err),
                     CTES_OK);
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_store_load(f->store, id, &r, &f->err), CTES_OK);
    assert_string_equal(r.objet, "Corrigé");
    assert_int_equal(r.matiere.level[0], 8);
    assert_null(r.fiche);
    assert_int_equal(r.piece_count, 1);
    assert_string_equal(r.numero, "A1");
    ctes_record_clear(&r);

    (void)intend(f, id, "a1.tar.gz");
    assert_int_equal(ctes_store_redescribe(f->store, id, &better, SAMPLE_PIECES, 1, &f->err),
                     CTES_E_ACTE_STATE);
    assert_string_equal(f->err.detail, "to-send");
    move(f, id, CTES_STATE_TO_SEND, CTES_STATE_REFUSED);
    assert_int_equal(ctes_store_redescribe(f->store, id, &better, SAMPLE_PIECES, 2, &f->err),
                     CTES_OK);
    assert_int_equal(state_of(f, id), CTES_STATE_REFUSED);
    assert_int_equal(ctes_store_redescribe(f->store, 999, &better, NULL, 0, &f->err),
                     CTES_E_ACTE_UNKNOWN);
}

static void replacements_make_one_chain(void **state) {
    fixture *f = *state;
    int64_t a1 = add_acte(f, SIREN_A, "A1", 0);
    int64_t other = add_acte(f, SIREN_A, "Z9", 0);
    int64_t newest = 0;
    unsigned used = 0;
    assert_int_equal(ctes_store_chain(f->store, a1, &newest, &used, &f->err), CTES_OK);
    assert_int_equal(newest, a1);
    assert_int_equal(used, 1);

    int64_t a2 = add_acte(f, SIREN_A, "A1-2", a1);
    int64_t a3 = add_acte(f, SIREN_A, "A1-3", a2);
    assert_int_equal(ctes_store_chain(f->store, a1, &newest, &used, &f->err), CTES_OK);
    assert_int_equal(newest, a3);
    assert_int_equal(used, 3);
    assert_int_equal(ctes_store_chain(f->store, a2, &newest, &used, &f->err), CTES_OK);
    assert_int_equal(newest, a3);
    assert_int_equal(used, 2);
    assert_int_equal(ctes_store_chain(f->store, other, &newest, &used, &f->err), CTES_OK);
    assert_int_equal(newest, other);
    assert_int_equal(ctes_store_chain(f->store, 999, &newest, &used, &f->err), CTES_E_ACTE_UNKNOWN);

    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_store_load(f->store, a1, &r, &f->err), CTES_OK);
    assert_null(r.replaces);
    assert_string_equal(r.replaced_by, "A1-3"); /* the one that counts, not the next */
    ctes_record_clear(&r);
    assert_int_equal(ctes_store_load(f->store, a2, &r, &f->err), CTES_OK);
    assert_string_equal(r.replaces, "A1");
    assert_string_equal(r.replaced_by, "A1-3");
    ctes_record_clear(&r);
    assert_int_equal(ctes_store_load(f->store, a3, &r, &f->err), CTES_OK);
    assert_string_equal(r.replaces, "A1-2");
    assert_null(r.replaced_by);
    ctes_record_clear(&r);
}

static void an_act_is_replaced_once_by_its_own_authority(void **state) {
    fixture *f = *state;
    int64_t a1 = add_acte(f, SIREN_A, "A1", 0);
    (void)add_acte(f, SIREN_A, "A1-2", a1);
    int64_t id = 0;
    ctes_acte again = sample_acte(SIREN_A, "A1-3");
    assert_int_equal(ctes_store_add(f->store, &again, NULL, 0, a1, &id, &f->err),
                     CTES_E_ACTE_STATE);
    assert_string_equal(f->err.detail, "A1_2");
    ctes_acte stranger = sample_acte(SIREN_B, "B1");
    assert_int_equal(ctes_store_add(f->store, &stranger, NULL, 0, a1, &id, &f->err),
                     CTES_E_ACTE_UNKNOWN);
    assert_int_equal(ctes_store_add(f->store, &stranger, NULL, 0, 999, &id, &f->err),
                     CTES_E_ACTE_UNKNOWN);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 2);
}

static void serials_rise_and_are_never_given_twice(void **state) {
    fixture *f = *state;
    ctes_date day = { 2024, 7, 3 };
    ctes_date next = { 2024, 7, 4 };
    unsigned serial = 0;
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(ctes_store_serial(f->store, SIREN_A, day, 0, &serial, &f->err), CTES_OK);
        assert_int_equal(serial, i);
    }
    reopen(f);
    assert_int_equal(ctes_store_serial(f->store, SIREN_A, day, 2, &serial, &f->err), CTES_OK);
    assert_int_equal(serial, 4);
    assert_int_equal(ctes_store_serial(f->store, SIREN_A, day, 100, &serial, &f->err), CTES_OK);
    assert_int_equal(serial, 100);
    assert_int_equal(ctes_store_serial(f->store, SIREN_A, day, 1, &serial, &f->err), CTES_OK);
    assert_int_equal(serial, 101);
    assert_int_equal(ctes_store_serial(f->store, SIREN_B, day, 1, &serial, &f->err), CTES_OK);
    assert_int_equal(serial, 1);
    assert_int_equal(ctes_store_serial(f->store, SIREN_A, next, 1, &serial, &f->err), CTES_OK);
    assert_int_equal(serial, 1);
    assert_int_equal(ctes_store_serial(f->store, SIREN_A, day, 9999, &serial, &f->err), CTES_OK);
    assert_int_equal(serial, 9999);
    assert_int_equal(ctes_store_serial(f->store, SIREN_A, day, 1, &serial, &f->err), CTES_E_LIMIT);
    assert_int_equal(ctes_store_serial(f->store, SIREN_B, day, 10000, &serial, &f->err),
                     CTES_E_LIMIT);
    assert_int_equal(ctes_store_serial(f->store, SIREN_B, day, 1, &serial, &f->err), CTES_OK);
    assert_int_equal(serial, 2);
    assert_int_equal(direct_run(f->path, "DELETE FROM serie"), DIRECT_REFUSED);
    assert_int_equal(direct_run(f->path, "UPDATE serie SET dernier = 1"), DIRECT_REFUSED);
}

static void a_group_is_whole_or_not_at_all(void **state) {
    fixture *f = *state;
    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    (void)add_acte(f, SIREN_A, "A1", 0);
    int64_t id = 0;
    ctes_acte collision = sample_acte(SIREN_A, "A/1");
    (void)snprintf(collision.numero_interne, sizeof collision.numero_interne, "A1");
    assert_int_equal(ctes_store_add(f->store, &collision, NULL, 0, 0, &id, &f->err),
                     CTES_E_NUMERO_COLLISION); /* undoes itself, not the group */
    (void)add_acte(f, SIREN_A, "A2", 0);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 0);
    assert_int_equal(ctes_store_commit(f->store, &f->err), CTES_OK);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 2);

    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    int64_t a3 = add_acte(f, SIREN_A, "A3", 0);
    (void)intend(f, a3, "a3.tar.gz");
    ctes_store_rollback(f->store);
    ctes_store_rollback(f->store); /* nothing open: nothing done */
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 2);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM envoi"), 0);

    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    (void)add_acte(f, SIREN_A, "A4", 0);
    reopen(f); /* closing undoes */
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte"), 2);
}

typedef struct walk {
    size_t count;
    int64_t newest, oldest;
    uint64_t bytes;
} walk;

static void see_envoi(void *user, const ctes_recent_envoi *envoi) {
    walk *seen = user;
    if (seen->count++ == 0)
        seen->newest = envoi->id;
    seen->oldest = envoi->id;
    seen->bytes += envoi->bytes;
}

/* More attempts than are read at once, newest first. */
static void recent_attempts_are_walked_back_through(void **state) {
    fixture *f = *state;
    enum { ALL = 1003 };
    int64_t ids[ALL];
    char name[32];
    assert_int_equal(ctes_store_begin(f->store, &f->err), CTES_OK);
    for (int i = 0; i < ALL; i++) {
        (void)snprintf(name, sizeof name, "R%d", i);
        int64_t acte = add_acte(f, SIREN_A, name, 0);
        ids[i] = intend(f, acte, name);
    }
    assert_int_equal(ctes_store_commit(f->store, &f->err), CTES_OK);
    walk seen = { 0 };
    assert_int_equal(ctes_store_recent_envois(f->store, 0, 0, see_envoi, &seen, &f->err), CTES_OK);
    assert_int_equal(seen.count, ALL);
    assert_int_equal(seen.newest, ids[ALL - 1]);
    assert_int_equal(seen.oldest, ids[0]);
    assert_int_equal(seen.bytes, ALL * sample_envoi("").archive_size);
    walk later = { 0 };
    assert_int_equal(
        ctes_store_recent_envois(f->store, ids[ALL - 3], 0, see_envoi, &later, &f->err), CTES_OK);
    assert_int_equal(later.count, 2);
    walk none = { 0 };
    assert_int_equal(ctes_store_recent_envois(f->store, 0, INT64_MAX, see_envoi, &none, &f->err),
                     CTES_OK);
    assert_int_equal(none.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(add_then_load_gives_everything_back, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_number_is_taken_for_ever, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_failed_add_leaves_nothing, setup_store, teardown),
        cmocka_unit_test_setup_teardown(redescribe_is_for_acts_that_are_not_held, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(replacements_make_one_chain, setup_store, teardown),
        cmocka_unit_test_setup_teardown(an_act_is_replaced_once_by_its_own_authority, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(serials_rise_and_are_never_given_twice, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(recent_attempts_are_walked_back_through, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_group_is_whole_or_not_at_all, setup_store, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
