#include "ledger_fixture.h"

static void names_and_numbers_agree(void **state) {
    (void)state;
    for (ctes_state s = CTES_STATE_NONE + 1; s < CTES_STATE_COUNT; s++)
        assert_int_equal(ctes_state_of(ctes_state_name(s)), s);
    assert_string_equal(ctes_state_name(CTES_STATE_NONE), "");
    assert_int_equal(ctes_state_of("no such state"), CTES_STATE_NONE);
    assert_int_equal(ctes_state_of(""), CTES_STATE_NONE);
    assert_string_equal(ctes_state_name((ctes_state)4000), "");
    assert_false(ctes_state_held((ctes_state)-1));
    assert_true(ctes_state_held(CTES_STATE_UNSETTLED));
    assert_false(ctes_state_held(CTES_STATE_REFUSED));
    assert_true(ctes_state_final(CTES_STATE_CLOSED));
    assert_false(ctes_state_final(CTES_STATE_PARKED));
    assert_int_equal(ctes_state_resend(CTES_STATE_REFUSED), 's');
    assert_int_equal(ctes_state_resend(CTES_STATE_ANOMALIE_ACTE), 'x');
}

static void intend_is_on_disk_before_it_returns(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    f->now += 5000;
    int64_t envoi = intend(f, id, "SLO-EACT--213400172--20240703-1.tar.gz");
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM envoi e JOIN acte a ON "
                                            "a.envoi = e.id WHERE a.state = 'to-send'"),
                     1);
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_store_load(f->store, id, &r, &f->err), CTES_OK);
    assert_int_equal(r.state, CTES_STATE_TO_SEND);
    assert_int_equal(r.state_ms, NOON + 5000);
    assert_int_equal(r.sent_ms, NOON + 5000);
    assert_string_equal(r.archive, "SLO-EACT--213400172--20240703-1.tar.gz");
    assert_string_equal(r.archive_sha256, SHA);
    ctes_record_clear(&r);

    ctes_envoi_row row = { .id = 0 };
    assert_int_equal(ctes_store_last_envoi(f->store, id, &row, &f->err), CTES_OK);
    assert_int_equal(row.id, envoi);
    assert_int_equal(row.at_ms, NOON + 5000);
    assert_string_equal(row.archive_path, "archives/2024/a.tar.gz");
    assert_string_equal(row.unique_id, "034-213400172-20240627-X-DE-1-1");
    assert_string_equal(row.operator_url, "https://s2low.example.org");
    assert_string_equal(row.mode, "archive");
    ctes_envoi_row_clear(&row);
    assert_int_equal(ctes_store_envoi_mode(f->store, envoi, "champs", &f->err), CTES_OK);
    assert_int_equal(ctes_store_last_envoi(f->store, id, &row, &f->err), CTES_OK);
    assert_string_equal(row.mode, "champs");
    ctes_envoi_row_clear(&row);
    assert_int_equal(ctes_store_envoi_mode(f->store, 999, "champs", &f->err), CTES_E_NOT_FOUND);
    int64_t other = add_acte(f, SIREN_A, "A2", 0);
    assert_int_equal(ctes_store_last_envoi(f->store, other, &row, &f->err), CTES_E_NOT_FOUND);
    assert_int_equal(ctes_store_last_envoi(f->store, 999, &row, &f->err), CTES_E_ACTE_UNKNOWN);
}

/* The rule that matters most: in no state that the operator may hold is an act deposited again. */
static void what_is_held_is_never_deposited_again(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    (void)intend(f, id, "first.tar.gz");
    ctes_state from = CTES_STATE_TO_SEND;
    for (ctes_state s = CTES_STATE_NONE + 1; s < CTES_STATE_COUNT; s++) {
        if (!ctes_state_held(s))
            continue;
        move(f, id, from, s);
        from = s;
        ctes_store_envoi envoi = sample_envoi("second.tar.gz");
        int64_t ret = -7;
        assert_int_equal(ctes_store_intend(f->store, id, &envoi, &ret, &f->err), CTES_E_ACTE_STATE);
        assert_string_equal(f->err.detail, ctes_state_name(s));
        assert_int_equal(ret, -7);
    }
    move(f, id, from, CTES_STATE_REFUSED);
    (void)intend(f, id, "second.tar.gz");
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM envoi"), 2);
}

/* What the register tells of the last attempt of an act. */
static void assert_sent_in(fixture *f, int64_t acte, const char *archive, const char *unique_id) {
    ctes_envoi_row row = { .id = 0 };
    assert_int_equal(ctes_store_last_envoi(f->store, acte, &row, &f->err), CTES_OK);
    assert_string_equal(row.archive, archive);
    assert_string_equal(row.unique_id, unique_id);
    ctes_envoi_row_clear(&row);
    assert_int_equal(state_of(f, acte), CTES_STATE_TO_SEND);
}

static void several_acts_leave_in_one_enveloppe(void **state) {
    fixture *f = *state;
    int64_t a1 = add_acte(f, SIREN_A, "A1", 0);
    const ctes_store_message more[] = {
        { add_acte(f, SIREN_A, "A2", 0), "m2_0.xml", SHA, "m2" },
        { add_acte(f, SIREN_A, "A3", 0), "m3_0.xml", SHA, "m3" },
    };
    ctes_store_envoi envoi = sample_envoi("all.tar.gz");
    envoi.more = more;
    envoi.more_count = 2;
    int64_t id = 0;
    assert_int_equal(ctes_store_intend(f->store, a1, &envoi, &id, &f->err), CTES_OK);
    assert_sent_in(f, a1, "all.tar.gz", envoi.unique_id);
    assert_sent_in(f, more[0].acte, "all.tar.gz", "m2");
    assert_sent_in(f, more[1].acte, "all.tar.gz", "m3");
    ctes_store_sent sent = { .courrier = -1 };
    assert_int_equal(ctes_store_sent_in(f->store, SIREN_A, "all.tar.gz", &sent, &f->err), CTES_OK);
    assert_int_equal(sent.courrier, 0);
    assert_int_equal(sent.acte_count, 3);
    assert_int_equal(sent.actes[0], a1);
    assert_int_equal(sent.actes[2], more[1].acte);
    assert_int_equal(ctes_store_sent_in(f->store, SIREN_A, "no.tar.gz", &sent, &f->err),
                     CTES_E_ACTE_UNKNOWN);
    /* one of them alone again: the others stay where they were */
    move(f, more[0].acte, CTES_STATE_TO_SEND, CTES_STATE_REFUSED);
    (void)intend(f, more[0].acte, "alone.tar.gz");
    assert_sent_in(f, more[0].acte, "alone.tar.gz", envoi.unique_id);
    assert_sent_in(f, more[1].acte, "all.tar.gz", "m3");
    assert_int_equal(ctes_store_sent_in(f->store, SIREN_A, "all.tar.gz", &sent, &f->err), CTES_OK);
    assert_int_equal(sent.acte_count, 2); /* that one is not in it any more */
    assert_int_equal(sent.actes[1], more[1].acte);
    assert_int_equal(direct_run(f->path, "DELETE FROM envoi_message"), DIRECT_REFUSED);
    assert_int_equal(direct_run(f->path, "UPDATE envoi_message SET acte = 1"), DIRECT_REFUSED);
}

static void assert_arrived(fixture *f, int64_t envoi, bool expected) {
    bool arrived = !expected;
    assert_int_equal(ctes_store_envoi_arrived(f->store, envoi, &arrived, &f->err), CTES_OK);
    assert_int_equal(arrived, expected);
}

static void any_act_tells_that_its_enveloppe_arrived(void **state) {
    fixture *f = *state;
    int64_t a1 = add_acte(f, SIREN_A, "A1", 0), a2 = add_acte(f, SIREN_A, "A2", 0);
    const ctes_store_message more = { a2, "m2_0.xml", SHA, "m2" };
    ctes_store_envoi envoi = sample_envoi("both.tar.gz");
    envoi.more = &more;
    envoi.more_count = 1;
    int64_t id = 0;
    assert_int_equal(ctes_store_intend(f->store, a1, &envoi, &id, &f->err), CTES_OK);
    assert_arrived(f, id, false);
    ctes_envoi_row row = { .id = 0 };
    assert_int_equal(ctes_store_last_envoi(f->store, a2, &row, &f->err), CTES_OK);
    assert_int_equal(row.acte, a1);
    ctes_envoi_row_clear(&row);
    move(f, a1, CTES_STATE_TO_SEND, CTES_STATE_UNSETTLED);
    move(f, a2, CTES_STATE_TO_SEND, CTES_STATE_REFUSED);
    assert_arrived(f, id, false);
    (void)intend(f, a2, "alone.tar.gz"); /* what becomes of that one tells nothing */
    move(f, a2, CTES_STATE_TO_SEND, CTES_STATE_DEPOSITED);
    assert_arrived(f, id, false);
    move(f, a1, CTES_STATE_UNSETTLED, CTES_STATE_TRANSMITTED);
    assert_arrived(f, id, true);
}

static void one_that_may_be_held_keeps_its_enveloppe_here(void **state) {
    fixture *f = *state;
    int64_t a1 = add_acte(f, SIREN_A, "A1", 0), a2 = add_acte(f, SIREN_A, "A2", 0);
    (void)intend(f, a2, "first.tar.gz");
    const ctes_store_message more = { a2, "m2_0.xml", SHA, "m2" };
    ctes_store_envoi envoi = sample_envoi("all.tar.gz");
    envoi.more = &more;
    envoi.more_count = 1;
    int64_t id = -7;
    assert_int_equal(ctes_store_intend(f->store, a1, &envoi, &id, &f->err), CTES_E_ACTE_STATE);
    assert_int_equal(id, -7);
    assert_int_equal(state_of(f, a1), CTES_STATE_PREPARED);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM envoi"), 1);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM envoi_message"), 0);
}

static void an_archive_name_is_used_once(void **state) {
    fixture *f = *state;
    int64_t a1 = add_acte(f, SIREN_A, "A1", 0);
    int64_t a2 = add_acte(f, SIREN_A, "A2", 0);
    (void)intend(f, a1, "same.tar.gz");
    ctes_store_envoi envoi = sample_envoi("same.tar.gz");
    int64_t ret = 0;
    assert_int_equal(ctes_store_intend(f->store, a2, &envoi, &ret, &f->err), CTES_E_NUMERO_TAKEN);
    assert_int_equal(state_of(f, a2), CTES_STATE_PREPARED);
    move(f, a1, CTES_STATE_TO_SEND, CTES_STATE_REFUSED);
    assert_int_equal(ctes_store_intend(f->store, a1, &envoi, &ret, &f->err), CTES_E_NUMERO_TAKEN);
    assert_int_equal(state_of(f, a1), CTES_STATE_REFUSED);
    assert_int_equal(direct_run(f->path, "DELETE FROM envoi"), DIRECT_REFUSED);
    assert_int_equal(direct_run(f->path, "UPDATE envoi SET archive = 'x'"), DIRECT_REFUSED);
}

static void a_change_starts_from_the_state_it_saw(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    (void)intend(f, id, "a1.tar.gz");
    ctes_store_change change = { .to = CTES_STATE_DEPOSITED, .transaction = 42 };
    ctes_store *second = NULL;
    assert_int_equal(ctes_store_open(&f->context, f->path, &second, &f->err), CTES_OK);
    assert_int_equal(ctes_store_change_state(second, id, CTES_STATE_TO_SEND, &change, &f->err),
                     CTES_OK);
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_TO_SEND, &change, &f->err),
                     CTES_E_ACTE_STATE);
    assert_string_equal(f->err.detail, "deposited");
    assert_int_equal(ctes_store_change_state(f->store, 999, CTES_STATE_TO_SEND, &change, &f->err),
                     CTES_E_ACTE_UNKNOWN);
    ctes_ledger_close(second);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 3);
}

static void members_left_out_keep_what_was(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    (void)intend(f, id, "a1.tar.gz");
    ctes_store_change full = { .to = CTES_STATE_WAITING,
                               .reason = "parce que",
                               .transaction = 4242424242,
                               .native = 2,
                               .native_known = true,
                               .anomalie_code = "002",
                               .id_acte = "034-213400172-20240627-A1-DE",
                               .reception = { 2024, 7, 4 } };
    f->now += 1;
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_TO_SEND, &full, &f->err),
                     CTES_OK);
    f->now += 1;
    ctes_store_change nothing = { .to = CTES_STATE_WAITING };
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_WAITING, &nothing, &f->err),
                     CTES_OK);
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_store_load(f->store, id, &r, &f->err), CTES_OK);
    assert_string_equal(r.reason, "parce que");
    assert_int_equal(r.transaction, 4242424242);
    assert_int_equal(r.native, 2);
    assert_string_equal(r.anomalie_code, "002");
    assert_string_equal(r.id_acte, "034-213400172-20240627-A1-DE");
    assert_int_equal(r.reception.day, 4);
    assert_int_equal(r.state_ms, NOON + 1); /* since when, not since the last look */
    ctes_record_clear(&r);
    /* a look that learns nothing leaves no line */
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 3);

    ctes_store_change cleared = { .reason = "", .native = -1, .native_known = true };
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_WAITING, &cleared, &f->err),
                     CTES_OK);
    assert_int_equal(ctes_store_load(f->store, id, &r, &f->err), CTES_OK);
    assert_null(r.reason);
    assert_int_equal(r.native, -1);
    assert_int_equal(r.state, CTES_STATE_WAITING);
    ctes_record_clear(&r);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 3);
    ctes_store_change reasoned = { .reason = "toujours" };
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_WAITING, &reasoned, &f->err),
                     CTES_OK);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 4);
}

static void a_new_attempt_forgets_the_former_answer(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    (void)intend(f, id, "a1.tar.gz");
    ctes_store_change refused = { .to = CTES_STATE_REFUSED, .reason = "non", .transaction = 9 };
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_TO_SEND, &refused, &f->err),
                     CTES_OK);
    (void)intend(f, id, "a2.tar.gz");
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_store_load(f->store, id, &r, &f->err), CTES_OK);
    assert_null(r.reason);
    assert_int_equal(r.transaction, 0);
    assert_string_equal(r.archive, "a2.tar.gz");
    ctes_record_clear(&r);
}

static void evidence_is_kept_byte_for_byte(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    (void)intend(f, id, "a1.tar.gz");
    static const char BYTES[] = "<?xml version='1.0' encoding='ISO-8859-1'?>\r\n<a>\xe9\0\xff</a>";
    ctes_store_change change = { .to = CTES_STATE_ACKNOWLEDGED,
                                 .kind = "ARActe",
                                 .evidence = BYTES,
                                 .evidence_length = sizeof BYTES,
                                 .evidence_sha256 = SHA,
                                 .evidence_invalid = "element a: not expected" };
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_TO_SEND, &change, &f->err),
                     CTES_OK);
    /* the same state with evidence is history too */
    ctes_store_change empty = { .kind = "ARActe" };
    assert_int_equal(
        ctes_store_change_state(f->store, id, CTES_STATE_ACKNOWLEDGED, &empty, &f->err), CTES_OK);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM evenement"), 4);

    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    assert_int_equal(ledger_query_start_text(
                         f->store, "SELECT bytes, kind, sha256, invalid FROM accuse ORDER BY id",
                         &query, &f->err),
                     CTES_OK);
    bool row = false;
    assert_int_equal(ledger_query_row(&query, &row, &f->err), CTES_OK);
    assert_true(row);
    assert_int_equal(ledger_column(&query, 0).type, LEDGER_BLOB);
    assert_int_equal(ledger_column(&query, 0).length, sizeof BYTES);
    assert_memory_equal(ledger_column(&query, 0).bytes, BYTES, sizeof BYTES);
    assert_string_equal(ledger_column(&query, 1).bytes, "ARActe");
    assert_string_equal(ledger_column(&query, 2).bytes, SHA);
    assert_string_equal(ledger_column(&query, 3).bytes, "element a: not expected");
    assert_int_equal(ledger_query_row(&query, &row, &f->err), CTES_OK);
    assert_true(row);
    assert_int_equal(ledger_column(&query, 0).type, LEDGER_BLOB);
    assert_int_equal(ledger_column(&query, 0).length, 0);
}

static void history_and_evidence_are_only_added_to(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    ctes_store_exchange exchange = { .method = "GET", .url = "https://x", .outcome = "ok" };
    assert_int_equal(ctes_store_trace(f->store, id, &exchange, &f->err), CTES_OK);
    ctes_store_change change = { .kind = "ARActe", .evidence = "x", .evidence_length = 1 };
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_PREPARED, &change, &f->err),
                     CTES_OK);
    static const char *const TAMPERING[] = {
        "UPDATE evenement SET detail = 'x'", "DELETE FROM evenement",
        "UPDATE echange SET url = ''",       "DELETE FROM echange",
        "UPDATE accuse SET kind = ''",       "DELETE FROM accuse",
    };
    for (size_t i = 0; i < sizeof TAMPERING / sizeof TAMPERING[0]; i++)
        assert_int_equal(direct_run(f->path, TAMPERING[i]), DIRECT_REFUSED);
}

typedef struct steps {
    size_t count;
    int64_t at_ms[8];
    ctes_state from[8], to[8];
    char detail[8][32];
} steps;

static void keep_step(void *user, const ctes_record_event *event) {
    steps *s = user;
    assert_true(s->count < 8);
    s->at_ms[s->count] = event->at_ms;
    s->from[s->count] = event->from;
    s->to[s->count] = event->to;
    (void)snprintf(s->detail[s->count], sizeof s->detail[0], "%s",
                   event->detail != NULL ? event->detail : "(none)");
    s->count++;
}

static void history_keeps_its_order_when_the_clock_is_set_back(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    f->now = NOON - 86400000;
    (void)intend(f, id, "a1.tar.gz");
    f->now = NOON - 2 * 86400000;
    ctes_store_change change = { .to = CTES_STATE_REFUSED, .reason = "non" };
    assert_int_equal(ctes_store_change_state(f->store, id, CTES_STATE_TO_SEND, &change, &f->err),
                     CTES_OK);
    steps seen = { .count = 0 };
    assert_int_equal(ctes_ledger_history(f->store, id, keep_step, &seen, &f->err), CTES_OK);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.from[0], CTES_STATE_NONE);
    assert_int_equal(seen.to[0], CTES_STATE_PREPARED);
    assert_int_equal(seen.from[1], CTES_STATE_PREPARED);
    assert_int_equal(seen.to[1], CTES_STATE_TO_SEND);
    assert_int_equal(seen.to[2], CTES_STATE_REFUSED);
    assert_string_equal(seen.detail[1], "(none)");
    assert_string_equal(seen.detail[2], "non");
    assert_int_equal(seen.at_ms[2], NOON - 2 * 86400000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_numbers_agree),
        cmocka_unit_test_setup_teardown(intend_is_on_disk_before_it_returns, setup_store, teardown),
        cmocka_unit_test_setup_teardown(several_acts_leave_in_one_enveloppe, setup_store, teardown),
        cmocka_unit_test_setup_teardown(any_act_tells_that_its_enveloppe_arrived, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_that_may_be_held_keeps_its_enveloppe_here, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_held_is_never_deposited_again, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_archive_name_is_used_once, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_change_starts_from_the_state_it_saw, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(members_left_out_keep_what_was, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_new_attempt_forgets_the_former_answer, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(evidence_is_kept_byte_for_byte, setup_store, teardown),
        cmocka_unit_test_setup_teardown(history_and_evidence_are_only_added_to, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(history_keeps_its_order_when_the_clock_is_set_back,
                                        setup_store, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
