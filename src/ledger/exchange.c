#include "base/runtime.h"
#include "ledger/db.h"

/* Enough for any message of the operator; what is evidence is kept whole elsewhere. */
#define REPLY_KEPT 65536

ctes_status ctes_store_trace(ctes_store *store, int64_t acte, const ctes_store_exchange *exchange,
                             ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_ECHANGE_INSERT, &query, err));
        if (acte != 0)
            ledger_bind_int(&query, acte);
        else
            ledger_bind_null(&query);
        ledger_bind_int(&query, ctes_now_ms(&store->context));
        ledger_bind_text(&query, exchange->method);
        ledger_bind_text(&query, exchange->url);
        ledger_bind_text(&query, exchange->fields);
        ledger_bind_int(&query, exchange->http_status);
        ledger_bind_text(&query, exchange->outcome);
        size_t kept = exchange->reply_length < REPLY_KEPT ? exchange->reply_length : REPLY_KEPT;
        ledger_bind_blob(&query, exchange->reply, kept);
        ledger_bind_int(&query, (int64_t)exchange->reply_length);
        ledger_bind_given(&query, exchange->reply_sha256);
        CTES_TRY(ledger_query_run(&query, err));
    }
    return ledger_step_commit(&step, err);
}

ctes_status ctes_store_note(ctes_store *store, const char *operator_url, const char *key,
                            const char *value, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_NOTE_PUT, &query, err));
        ledger_bind_text(&query, operator_url);
        ledger_bind_text(&query, key);
        ledger_bind_text(&query, value);
        ledger_bind_int(&query, ctes_now_ms(&store->context));
        CTES_TRY(ledger_query_run(&query, err));
    }
    return ledger_step_commit(&step, err);
}

ctes_status ctes_store_noted(ctes_store *store, const char *operator_url, const char *key,
                             int64_t after_ms, char **ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_NOTE_GET, &query, err));
    ledger_bind_text(&query, operator_url);
    ledger_bind_text(&query, key);
    ledger_bind_int(&query, after_ms);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (row)
        return ledger_column_dup(&query, 0, ret, err);
    *ret = NULL;
    return CTES_OK;
}
