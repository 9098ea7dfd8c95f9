#include "base/runtime.h"
#include "ledger_fixture.h"

#include "ledger/sql.h"

#define DAY_MS INT64_C(86400000)

/* --- plans: what an answer costs must not grow with the register --- */

static bool walks_a_table(const char *step) {
    return strncmp(step, "SCAN", 4) == 0 && strcmp(step, "SCAN CONSTANT ROW") != 0;
}

static bool is_list(ledger_sql sql) {
    return sql == SQL_LIST_DATE || sql == SQL_LIST_SIREN || sql == SQL_LIST_STATE ||
           sql == SQL_COURRIERS_SIREN || sql == SQL_COURRIERS_PENDING;
}

static void no_statement_walks_a_whole_table(void **state) {
    fixture *f = *state;
    if (postgres_url() != NULL)
        skip();
    sqlite3 *db = direct_open(f->path);
    for (ledger_sql sql = 0; sql < LEDGER_SQL_COUNT; sql++) {
        assert_true(ledger_sql_text(sql, LEDGER_POSTGRES) != NULL || sql == SQL_JOURNAL_WAL);
        if (ledger_sql_text(sql, LEDGER_SQLITE) == NULL)
            continue;
        if (sql == SQL_BAIL_RELEASE_ALL) /* as many rows as acts on their way now */
            continue;
        if (sql == SQL_COURRIERS) /* all letters are asked for, in the order of an index */
            continue;
        char text[4096];
        (void)snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s",
                       ledger_sql_text(sql, LEDGER_SQLITE));
        sqlite3_stmt *stmt = NULL;
        if (sqlite3_prepare_v2(db, text, -1, &stmt, NULL) != SQLITE_OK)
            fail_msg("%s: %s", text, sqlite3_errmsg(db));
        while (sqlite3_step(stmt) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(stmt, 3);
            if (walks_a_table(step))
                fail_msg("%s\n  %s", ledger_sql_text(sql, LEDGER_SQLITE), step);
            /* a list of a million acts streams from its index: nothing is sorted */
            if (is_list(sql) && strstr(step, "TEMP B-TREE") != NULL)
                fail_msg("%s\n  %s", ledger_sql_text(sql, LEDGER_SQLITE), step);
        }
        (void)sqlite3_finalize(stmt);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void assert_uses(sqlite3 *db, ledger_sql sql, const char *index) {
    char text[4096];
    (void)snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", ledger_sql_text(sql, LEDGER_SQLITE));
    sqlite3_stmt *stmt = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &stmt, NULL), SQLITE_OK);
    bool used = false;
    while (sqlite3_step(stmt) == SQLITE_ROW)
        used = used || strstr((const char *)sqlite3_column_text(stmt, 3), index) != NULL;
    (void)sqlite3_finalize(stmt);
    if (!used)
        fail_msg("%s does not use %s", ledger_sql_text(sql, LEDGER_SQLITE), index);
}

static void each_question_has_its_index(void **state) {
    fixture *f = *state;
    if (postgres_url() != NULL)
        skip();
    sqlite3 *db = direct_open(f->path);
    assert_uses(db, SQL_TO_CHECK, "acte_suivi (suivi=? AND state_ms>?)");
    assert_uses(db, SQL_LIST_PENDING, "acte_suivi (suivi=?)");
    assert_uses(db, SQL_LIST_DATE, "acte_date (date_decision>? AND date_decision<?)");
    assert_uses(db, SQL_LIST_SIREN, "acte_siren (siren=? AND date_decision>? AND date_decision<?)");
    assert_uses(db, SQL_LIST_STATE, "acte_state (state=? AND date_decision>? AND date_decision<?)");
    assert_uses(db, SQL_CHAIN, "acte_racine (racine=? AND id>?)");
    assert_uses(db, SQL_FIND_NUMERO, "acte_numero (numero=?)");
    assert_uses(db, SQL_ACTE_BY_ID_ACTE, "acte_id_acte (id_acte=?)");
    assert_uses(db, SQL_COURRIERS, "SCAN c USING INDEX courrier_deadline");
    assert_uses(db, SQL_COURRIERS_PENDING, "courrier_suivi (suivi=?)");
    assert_uses(db, SQL_COURRIERS_SIREN, "courrier_siren (siren=?)");
    assert_uses(db, SQL_COURRIERS_ACTE, "courrier_acte (acte=?)");
    assert_uses(db, SQL_COURRIER_LIVE_ANSWERS, "courrier_answers (answers=?)");
    assert_uses(db, SQL_COURRIER_FIND,
                "courrier_id_acte (siren=? AND id_acte=? AND transac=? AND flux=?)");
    assert_uses(db, SQL_CLASSIFICATION_GET, "classification_siren (siren=?)");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* --- one act --- */

static void get_takes_a_number_in_either_form(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "2022-0160", 0);
    ctes_ledger *ledger = NULL;
    assert_int_equal(ctes_ledger_open(&f->context, f->path, &ledger, &f->err), CTES_OK);
    static const char *const FORMS[] = { "2022-0160", "2022_0160", "2022/0160", " 2022 0160 " };
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
        ctes_record r = CTES_RECORD_INIT;
        assert_int_equal(ctes_ledger_get(ledger, SIREN_A, FORMS[i], &r, &f->err), CTES_OK);
        assert_int_equal(r.id, id);
        assert_int_equal(r.piece_count, 2);
        ctes_record_clear(&r);
        assert_int_equal(ctes_ledger_get(ledger, NULL, FORMS[i], &r, &f->err), CTES_OK);
        ctes_record_clear(&r);
    }
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_ledger_get(ledger, SIREN_B, "2022-0160", &r, &f->err),
                     CTES_E_ACTE_UNKNOWN);
    assert_string_equal(f->err.subject, "2022-0160");
    assert_int_equal(ctes_ledger_get(ledger, SIREN_A, "2022-0161", &r, &f->err),
                     CTES_E_ACTE_UNKNOWN);
    assert_int_equal(ctes_ledger_get(ledger, SIREN_A, "", &r, &f->err), CTES_E_ACTE_UNKNOWN);
    assert_int_equal(ctes_ledger_get(ledger, NULL, "n° trop long et étrange", &r, &f->err),
                     CTES_E_ACTE_UNKNOWN);
    assert_int_equal(r.id, 0);
    ctes_ledger_close(ledger);
}

static void a_number_of_two_authorities_is_ambiguous(void **state) {
    fixture *f = *state;
    (void)add_acte(f, SIREN_A, "2022-0160", 0);
    int64_t b = add_acte(f, SIREN_B, "2022/0160", 0);
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_ledger_get(f->store, NULL, "2022_0160", &r, &f->err),
                     CTES_E_ACTE_AMBIGUOUS);
    assert_int_equal(r.id, 0);
    assert_int_equal(ctes_ledger_get(f->store, SIREN_B, "2022-0160", &r, &f->err), CTES_OK);
    assert_int_equal(r.id, b);
    ctes_record_clear(&r);
}

/* A number of which no NumeroInterne can be made is found as it is written; where several acts
 * were sent under it, the newest counts. */
static void a_number_is_also_found_as_written(void **state) {
    fixture *f = *state;
    int64_t id = 0;
    for (int i = 1; i <= 2; i++) {
        ctes_acte acte = sample_acte(SIREN_A, i == 1 ? "D12-1" : "D12-2");
        acte.numero = (char *)"Délibération n° 12";
        assert_int_equal(ctes_store_add(f->store, &acte, NULL, 0, 0, &id, &f->err), CTES_OK);
    }
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_ledger_get(f->store, SIREN_A, "Délibération n° 12", &r, &f->err),
                     CTES_OK);
    assert_int_equal(r.id, id);
    ctes_record_clear(&r);
}

/* --- lists --- */

typedef struct listing {
    fixture *f;
    size_t count;
    char numeros[16][16];
    size_t stop_after;
} listing;

static bool keep_record(void *user, const ctes_record *record) {
    listing *l = user;
    assert_true(l->count < 16);
    assert_int_equal(record->piece_count, 0);
    (void)snprintf(l->numeros[l->count++], sizeof l->numeros[0], "%s", record->numero);
    return l->stop_after == 0 || l->count < l->stop_after;
}

static void assert_lists(fixture *f, const ctes_filter *filter, const char *expected) {
    listing l = { .f = f };
    assert_int_equal(ctes_ledger_list(f->store, filter, keep_record, &l, &f->err), CTES_OK);
    char text[256] = "";
    for (size_t i = 0; i < l.count; i++) {
        size_t at = strlen(text);
        (void)snprintf(text + at, sizeof text - at, "%s%s", i > 0 ? " " : "", l.numeros[i]);
    }
    assert_string_equal(text, expected);
}

static int64_t add_dated(fixture *f, const char *siren, const char *numero, ctes_date date,
                         ctes_state to) {
    ctes_acte acte = sample_acte(siren, numero);
    acte.date = date;
    int64_t id = 0;
    assert_int_equal(ctes_store_add(f->store, &acte, SAMPLE_PIECES, 2, 0, &id, &f->err), CTES_OK);
    if (to == CTES_STATE_PREPARED)
        return id;
    char archive[64];
    (void)snprintf(archive, sizeof archive, "%s-%s.tar.gz", siren, numero);
    (void)intend(f, id, archive);
    if (to != CTES_STATE_TO_SEND)
        move(f, id, CTES_STATE_TO_SEND, to);
    return id;
}

static void lists_filter_and_order(void **state) {
    fixture *f = *state;
    (void)add_dated(f, SIREN_A, "A3", (ctes_date){ 2024, 3, 1 }, CTES_STATE_ACKNOWLEDGED);
    (void)add_dated(f, SIREN_A, "A1", (ctes_date){ 2024, 1, 1 }, CTES_STATE_WAITING);
    (void)add_dated(f, SIREN_B, "B2", (ctes_date){ 2024, 2, 1 }, CTES_STATE_ACKNOWLEDGED);
    (void)add_dated(f, SIREN_A, "A2", (ctes_date){ 2024, 2, 1 }, CTES_STATE_ANOMALIE_ACTE);
    (void)add_dated(f, SIREN_B, "B4", (ctes_date){ 2024, 4, 1 }, CTES_STATE_WAITING);
    ctes_filter all = { .siren = NULL };
    assert_lists(f, &all, "A1 B2 A2 A3 B4"); /* same day: as recorded */
    ctes_filter siren = { .siren = SIREN_A };
    assert_lists(f, &siren, "A1 A2 A3");
    ctes_filter of_state = { .state = CTES_STATE_WAITING };
    assert_lists(f, &of_state, "A1 B4");
    ctes_filter both = { .siren = SIREN_B, .state = CTES_STATE_WAITING };
    assert_lists(f, &both, "B4");
    ctes_filter from = { .from = { 2024, 2, 1 } };
    assert_lists(f, &from, "B2 A2 A3 B4");
    ctes_filter to = { .to = { 2024, 2, 1 }, .siren = SIREN_A };
    assert_lists(f, &to, "A1 A2");
    ctes_filter span = { .from = { 2024, 2, 2 }, .to = { 2024, 3, 31 } };
    assert_lists(f, &span, "A3");
    ctes_filter pending = { .pending = true };
    assert_lists(f, &pending, "A1 A2 B4");
    ctes_filter narrow = {
        .pending = true, .siren = SIREN_A, .state = CTES_STATE_WAITING, .to = { 2024, 1, 31 }
    };
    assert_lists(f, &narrow, "A1");
    ctes_filter nothing = { .siren = "000000000" };
    assert_lists(f, &nothing, "");
}

static void a_replaced_act_is_no_longer_pending(void **state) {
    fixture *f = *state;
    int64_t a1 = add_dated(f, SIREN_A, "A1", (ctes_date){ 2024, 1, 1 }, CTES_STATE_ANOMALIE_ACTE);
    (void)add_dated(f, SIREN_A, "A2", (ctes_date){ 2024, 1, 2 }, CTES_STATE_REFUSED);
    (void)add_dated(f, SIREN_A, "A3", (ctes_date){ 2024, 1, 3 }, CTES_STATE_CANCELLED);
    (void)add_dated(f, SIREN_A, "A4", (ctes_date){ 2024, 1, 4 }, CTES_STATE_DISCORDANT);
    ctes_filter pending = { .pending = true };
    assert_lists(f, &pending, "A1 A2 A4");
    int64_t a5 = add_acte(f, SIREN_A, "A5", a1);
    assert_lists(f, &pending, "A2 A4 A5");
    (void)intend(f, a5, "a5.tar.gz");
    move(f, a5, CTES_STATE_TO_SEND, CTES_STATE_ACKNOWLEDGED);
    assert_lists(f, &pending, "A2 A4");
}

static void a_list_stops_when_told(void **state) {
    fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        char numero[8];
        (void)snprintf(numero, sizeof numero, "A%d", i);
        (void)add_acte(f, SIREN_A, numero, 0);
    }
    listing l = { .f = f, .stop_after = 2 };
    ctes_filter all = { .siren = NULL };
    assert_int_equal(ctes_ledger_list(f->store, &all, keep_record, &l, &f->err), CTES_OK);
    assert_int_equal(l.count, 2);
    (void)add_acte(f, SIREN_A, "A9", 0); /* the walk left no lock behind */
}

static bool use_the_store(void *user, const ctes_record *record) {
    listing *l = user;
    ctes_filter all = { .siren = NULL };
    listing inner = { .f = l->f };
    assert_int_equal(ctes_ledger_list(l->f->store, &all, keep_record, &inner, &l->f->err), CTES_OK);
    assert_int_equal(inner.count, 3);
    ctes_record r = CTES_RECORD_INIT;
    assert_int_equal(ctes_ledger_get(l->f->store, record->siren, record->numero, &r, &l->f->err),
                     CTES_OK);
    assert_int_equal(r.id, record->id);
    ctes_record_clear(&r);
    ctes_store_change change = { .reason = "vu" };
    assert_int_equal(
        ctes_store_change_state(l->f->store, record->id, record->state, &change, &l->f->err),
        CTES_OK);
    l->count++;
    return true;
}

static void a_row_may_lead_to_other_questions(void **state) {
    fixture *f = *state;
    (void)add_acte(f, SIREN_A, "A1", 0);
    (void)add_acte(f, SIREN_A, "A2", 0);
    (void)add_acte(f, SIREN_A, "A3", 0);
    listing l = { .f = f };
    ctes_filter all = { .siren = NULL };
    assert_int_equal(ctes_ledger_list(f->store, &all, use_the_store, &l, &f->err), CTES_OK);
    assert_int_equal(l.count, 3);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM acte WHERE reason = 'vu'"), 3);
}

/* --- what a status check looks at --- */

typedef struct checks {
    char text[1024];
    size_t count;
} checks;

static ctes_status note_check(void *user, const ctes_store_waiting *act, ctes_error *err) {
    (void)err;
    checks *c = user;
    size_t at = strlen(c->text);
    (void)snprintf(c->text + at, sizeof c->text - at, "%s%lld", at > 0 ? " " : "",
                   (long long)act->acte);
    c->count++;
    return CTES_OK;
}

static void assert_checks(fixture *f, const char *siren, const char *expected) {
    checks c = { .count = 0 };
    assert_int_equal(ctes_store_to_check(f->store, siren, note_check, &c, &f->err), CTES_OK);
    assert_string_equal(c.text, expected);
}

static void a_status_check_looks_at_what_may_still_change(void **state) {
    fixture *f = *state;
    ctes_date date = { 2024, 1, 1 };
    assert_checks(f, NULL, "");
    f->now = NOON - 61 * DAY_MS;
    (void)add_dated(f, SIREN_A, "A1", date, CTES_STATE_ANOMALIE_ACTE); /* past mending */
    (void)add_dated(f, SIREN_A, "A2", date, CTES_STATE_WAITING);       /* however old */
    f->now = NOON - 59 * DAY_MS;
    (void)add_dated(f, SIREN_A, "A3", date, CTES_STATE_CLOSED);
    (void)add_dated(f, SIREN_B, "B4", date, CTES_STATE_OPERATOR_ERROR);
    f->now = NOON;
    (void)add_dated(f, SIREN_A, "A5", date, CTES_STATE_ACKNOWLEDGED);
    (void)add_dated(f, SIREN_A, "A6", date, CTES_STATE_REFUSED);
    (void)add_dated(f, SIREN_A, "A7", date, CTES_STATE_CANCELLED);
    (void)add_dated(f, SIREN_B, "B8", date, CTES_STATE_TO_SEND);
    (void)add_dated(f, SIREN_A, "A9", date, CTES_STATE_UNSETTLED);
    assert_checks(f, NULL, "2 3 4 8 9");
    assert_checks(f, SIREN_A, "2 3 9");
    assert_checks(f, SIREN_B, "4 8");
}

/* one act is all that this caller wants */
static ctes_status copy_check(void *user, const ctes_store_waiting *act, ctes_error *err) {
    (void)err;
    char *line = user;
    (void)snprintf(line, 128, "%lld %s %s %s", (long long)act->transaction,
                   ctes_state_name(act->state), act->siren,
                   act->operator_url != NULL ? act->operator_url : "-");
    return CTES_E_INTERRUPTED;
}

static void a_status_check_knows_where_each_act_is(void **state) {
    fixture *f = *state;
    char line[128] = "";
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    (void)intend(f, id, "a1.tar.gz");
    (void)add_dated(f, SIREN_B, "B2", (ctes_date){ 2024, 1, 1 }, CTES_STATE_WAITING);
    assert_int_equal(ctes_store_to_check(f->store, SIREN_A, copy_check, line, &f->err),
                     CTES_E_INTERRUPTED);
    assert_string_equal(line, "0 to-send " SIREN_A " https://s2low.example.org");
}

/* --- exchanges and notes --- */

typedef struct exchanges {
    size_t count;
    long status[4];
    uint64_t size[4];
    char outcome[4][32];
} exchanges;

static void keep_exchange(void *user, const ctes_record_exchange *exchange) {
    exchanges *e = user;
    assert_true(e->count < 4);
    assert_string_equal(exchange->method, "POST");
    e->status[e->count] = exchange->http_status;
    e->size[e->count] = exchange->reply_size;
    (void)snprintf(e->outcome[e->count++], sizeof e->outcome[0], "%s", exchange->outcome);
}

static void exchanges_are_kept_in_order_and_bounded(void **state) {
    fixture *f = *state;
    int64_t id = add_acte(f, SIREN_A, "A1", 0);
    static char reply[100000];
    memset(reply, 'r', sizeof reply);
    ctes_store_exchange cut = { .method = "POST", .url = "https://x/1", .outcome = "net-timeout" };
    ctes_store_exchange large = { .method = "POST",
                                  .url = "https://x/2",
                                  .fields = "api=1",
                                  .http_status = 200,
                                  .outcome = "ok",
                                  .reply = reply,
                                  .reply_length = sizeof reply,
                                  .reply_sha256 = SHA };
    assert_int_equal(ctes_store_trace(f->store, id, &cut, &f->err), CTES_OK);
    f->now -= DAY_MS;
    assert_int_equal(ctes_store_trace(f->store, id, &large, &f->err), CTES_OK);
    assert_int_equal(ctes_store_trace(f->store, 0, &large, &f->err), CTES_OK); /* of no act */
    exchanges e = { .count = 0 };
    assert_int_equal(ctes_ledger_exchanges(f->store, id, keep_exchange, &e, &f->err), CTES_OK);
    assert_int_equal(e.count, 2);
    assert_int_equal(e.status[0], 0);
    assert_string_equal(e.outcome[0], "net-timeout");
    assert_int_equal(e.status[1], 200);
    assert_int_equal(e.size[1], sizeof reply);
    assert_int_equal(direct_number(f->path, "SELECT max(length(reply)) FROM echange"), 65536);
}

static void notes_are_kept_by_operator(void **state) {
    fixture *f = *state;
    char *value = NULL;
    assert_int_equal(ctes_store_noted(f->store, "https://a", "archive-mode", 0, &value, &f->err),
                     CTES_OK);
    assert_null(value);
    assert_int_equal(ctes_store_note(f->store, "https://a", "archive-mode", "asked", &f->err),
                     CTES_OK);
    assert_int_equal(ctes_store_note(f->store, "https://a", "archive-mode", "removed", &f->err),
                     CTES_OK);
    reopen(f);
    assert_int_equal(ctes_store_noted(f->store, "https://a", "archive-mode", 0, &value, &f->err),
                     CTES_OK);
    assert_string_equal(value, "removed");
    free(value);
    value = NULL;
    assert_int_equal(ctes_store_noted(f->store, "https://a", "archive-mode",
                                      ctes_now_ms(&f->context), &value, &f->err),
                     CTES_OK);
    assert_null(value);
    assert_int_equal(ctes_store_noted(f->store, "https://b", "archive-mode", 0, &value, &f->err),
                     CTES_OK);
    assert_null(value);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_statement_walks_a_whole_table, setup_store, teardown),
        cmocka_unit_test_setup_teardown(each_question_has_its_index, setup_store, teardown),
        cmocka_unit_test_setup_teardown(get_takes_a_number_in_either_form, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_number_of_two_authorities_is_ambiguous, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_number_is_also_found_as_written, setup_store, teardown),
        cmocka_unit_test_setup_teardown(lists_filter_and_order, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_replaced_act_is_no_longer_pending, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_list_stops_when_told, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_row_may_lead_to_other_questions, setup_store, teardown),
        cmocka_unit_test_setup_teardown(a_status_check_knows_where_each_act_is, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_status_check_looks_at_what_may_still_change, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(exchanges_are_kept_in_order_and_bounded, setup_store,
                                        teardown),
        cmocka_unit_test_setup_teardown(notes_are_kept_by_operator, setup_store, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
