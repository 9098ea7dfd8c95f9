#include <string.h>

#include "base/fail.h"
#include "ledger/db.h"

/* --- one act by its number --- */

/* The act that a number names among the rows of a statement (id, siren). Rows of one authority
 * stand newest first; a second authority makes the number ambiguous. */
static ctes_status pick_acte(ledger_query *query, const char *numero, int64_t *ret,
                             ctes_error *err) {
    int64_t id = 0;
    char siren[10] = "";
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(query, &row, err));
        if (!row)
            break;
        char other[10];
        CTES_TRY(ledger_column_copy(query, 1, other, sizeof other, err));
        if (id != 0 && strcmp(other, siren) != 0)
            return ledger_refuse(err, CTES_E_ACTE_AMBIGUOUS, numero, "%s %s", siren, other);
        if (id == 0) {
            id = ledger_column_int(query, 0);
            memcpy(siren, other, sizeof siren);
        }
    }
    *ret = id;
    return CTES_OK;
}

static ctes_status find_by_interne(ctes_ledger *ledger, const char *siren, const char *numero,
                                   int64_t *ret, ctes_error *err) {
    char interne[CTES_NUMERO_MAX + 1];
    bool usable = ctes_numero_normalise(numero, interne, NULL, NULL) == CTES_OK;
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_FIND_INTERNE, &query, err));
    ledger_bind_text(&query, numero);
    ledger_bind_text(&query, usable ? interne : numero);
    ledger_bind_text(&query, siren);
    return pick_acte(&query, numero, ret, err);
}

static ctes_status find_by_numero(ctes_ledger *ledger, const char *siren, const char *numero,
                                  int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_FIND_NUMERO, &query, err));
    ledger_bind_text(&query, numero);
    ledger_bind_text(&query, siren);
    return pick_acte(&query, numero, ret, err);
}

ctes_status ctes_ledger_get(ctes_ledger *ledger, const char *siren, const char *numero,
                            ctes_record *ret, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_read(ledger, &step, err));
    int64_t id = 0;
    CTES_TRY(find_by_interne(ledger, siren, numero, &id, err));
    if (id == 0)
        CTES_TRY(find_by_numero(ledger, siren, numero, &id, err));
    if (id == 0)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, numero, "%s", siren != NULL ? siren : "");
    ctes_record record = CTES_RECORD_INIT;
    CTES_TRY(ledger_record_load(ledger, id, &record, err));
    ctes_status status = ledger_step_commit(&step, err);
    if (status != CTES_OK) {
        ctes_record_clear(&record);
        return status;
    }
    *ret = record;
    return CTES_OK;
}

/* --- many acts --- */

static ledger_sql list_by(const ctes_filter *filter) {
    if (filter->pending)
        return SQL_LIST_PENDING;
    if (filter->state != CTES_STATE_NONE)
        return SQL_LIST_STATE;
    return filter->siren != NULL ? SQL_LIST_SIREN : SQL_LIST_DATE;
}

ctes_status ctes_ledger_list(ctes_ledger *ledger, const ctes_filter *filter, ctes_record_fn each,
                             void *user, ctes_error *err) {
    char from[11];
    char to[11];
    ctes_date_format(filter->from, from);
    ctes_date_format(filter->to, to);
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, list_by(filter), &query, err));
    ledger_bind_text(&query, from); /* "" comes before every date */
    ledger_bind_text(&query, to[0] != '\0' ? to : "9999-12-31");
    ledger_bind_text(&query, filter->siren);
    ledger_bind_given(&query, ctes_state_name(filter->state));
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        ctes_record record = CTES_RECORD_INIT;
        if (!row)
            return CTES_OK;
        CTES_TRY(ledger_record_view(&query, &record, err));
        if (!each(user, &record))
            return CTES_OK;
    }
}

/* --- what happened to an act --- */

static ctes_status column_state(const ledger_query *query, int column, ctes_state *ret,
                                ctes_error *err) {
    const char *name = NULL;
    CTES_TRY(ledger_column_text(query, column, &name, err));
    *ret = name != NULL ? ctes_state_of(name) : CTES_STATE_NONE;
    return CTES_OK;
}

ctes_status ctes_ledger_history(ctes_ledger *ledger, int64_t acte,
                                void (*each)(void *user, const ctes_record_event *event),
                                void *user, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_HISTORY, &query, err));
    ledger_bind_int(&query, acte);
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        ctes_record_event event = { .at_ms = ledger_column_int(&query, 0) };
        CTES_TRY(column_state(&query, 1, &event.from, err));
        CTES_TRY(column_state(&query, 2, &event.to, err));
        CTES_TRY(ledger_column_text(&query, 3, &event.detail, err));
        each(user, &event);
    }
}

ctes_status ctes_ledger_exchanges(ctes_ledger *ledger, int64_t acte,
                                  void (*each)(void *user, const ctes_record_exchange *exchange),
                                  void *user, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_EXCHANGES, &query, err));
    ledger_bind_int(&query, acte);
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        ctes_record_exchange exchange = { .at_ms = ledger_column_int(&query, 0),
                                          .http_status = (long)ledger_column_int(&query, 4),
                                          .reply_size = (uint64_t)ledger_column_int(&query, 5) };
        CTES_TRY(ledger_column_text(&query, 1, &exchange.method, err));
        CTES_TRY(ledger_column_text(&query, 2, &exchange.url, err));
        CTES_TRY(ledger_column_text(&query, 3, &exchange.outcome, err));
        CTES_TRY(ledger_column_text(&query, 6, &exchange.reply_sha256, err));
        each(user, &exchange);
    }
}

static ctes_status evidence_of(ctes_ledger *ledger, ledger_sql sql, int64_t of,
                               void (*each)(void *user, const ctes_record_evidence *evidence),
                               void *user, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, sql, &query, err));
    ledger_bind_int(&query, of);
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        ledger_value bytes = ledger_column(&query, 2);
        if (bytes.bytes == NULL && bytes.length > 0)
            return ctes_fail_memory(err);
        ctes_record_evidence evidence = { .at_ms = ledger_column_int(&query, 0),
                                          .bytes = bytes.bytes,
                                          .length = bytes.length };
        CTES_TRY(ledger_column_text(&query, 1, &evidence.kind, err));
        CTES_TRY(ledger_column_text(&query, 3, &evidence.sha256, err));
        CTES_TRY(ledger_column_text(&query, 4, &evidence.invalid, err));
        each(user, &evidence);
    }
}

ctes_status ctes_ledger_evidence(ctes_ledger *ledger, int64_t acte,
                                 void (*each)(void *user, const ctes_record_evidence *evidence),
                                 void *user, ctes_error *err) {
    return evidence_of(ledger, SQL_EVIDENCE, acte, each, user, err);
}

ctes_status ctes_ledger_courrier_evidence(ctes_ledger *ledger, int64_t id,
                                          void (*each)(void *user,
                                                       const ctes_record_evidence *evidence),
                                          void *user, ctes_error *err) {
    return evidence_of(ledger, SQL_COURRIER_EVIDENCE, id, each, user, err);
}
