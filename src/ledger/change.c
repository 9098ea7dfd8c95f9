#include <assert.h>

#include "base/runtime.h"
#include "ledger/db.h"

ctes_status ledger_acte_state(ctes_ledger *ledger, int64_t acte, ctes_state *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_ACTE_STATE, &query, err));
    ledger_bind_int(&query, acte);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, NULL, "%lld", (long long)acte);
    const char *name = NULL;
    CTES_TRY(ledger_column_text(&query, 0, &name, err));
    ctes_state state = name != NULL ? ctes_state_of(name) : CTES_STATE_NONE;
    if (state == CTES_STATE_NONE)
        return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, ledger->path, "state of act %lld",
                             (long long)acte);
    *ret = state;
    return CTES_OK;
}

ctes_status ledger_add_event(ctes_ledger *ledger, int64_t acte, ctes_state from, ctes_state to,
                             const char *detail, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_EVENEMENT_INSERT, &query, err));
    ledger_bind_int(&query, acte);
    ledger_bind_int(&query, ctes_now_ms(&ledger->context));
    ledger_bind_given(&query, ctes_state_name(from));
    ledger_bind_text(&query, ctes_state_name(to));
    ledger_bind_given(&query, detail);
    return ledger_query_run(&query, err);
}

static ctes_status update_acte(ctes_store *store, int64_t acte, ctes_state to,
                               const ctes_store_change *change, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_CHANGE, &query, err));
    ledger_bind_int(&query, acte);
    ledger_bind_text(&query, ctes_state_name(to));
    ledger_bind_text(&query, ledger_suivi(to));
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    ledger_bind_text(&query, change->reason);
    if (change->transaction != 0)
        ledger_bind_int(&query, change->transaction);
    else
        ledger_bind_null(&query);
    if (change->native_known)
        ledger_bind_int(&query, change->native);
    else
        ledger_bind_null(&query);
    ledger_bind_given(&query, change->anomalie_code);
    ledger_bind_given(&query, change->id_acte);
    ledger_bind_date(&query, change->reception);
    return ledger_query_run(&query, err);
}

static ctes_status add_evidence(ctes_store *store, int64_t acte, const ctes_store_change *change,
                                ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACCUSE_INSERT, &query, err));
    ledger_bind_int(&query, acte);
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    ledger_bind_text(&query, change->kind);
    ledger_bind_blob(&query, change->evidence, change->evidence_length);
    ledger_bind_given(&query, change->evidence_sha256);
    ledger_bind_given(&query, change->evidence_invalid);
    return ledger_query_run(&query, err);
}

ctes_status ctes_store_change_state(ctes_store *store, int64_t acte, ctes_state from,
                                    const ctes_store_change *change, ctes_error *err) {
    ctes_state to = change->to != CTES_STATE_NONE ? change->to : from;
    assert(from > CTES_STATE_NONE && from < CTES_STATE_COUNT && to < CTES_STATE_COUNT);
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    ctes_state current = CTES_STATE_NONE;
    CTES_TRY(ledger_acte_state(store, acte, &current, err));
    if (current != from)
        return ledger_refuse(err, CTES_E_ACTE_STATE, NULL, "%s", ctes_state_name(current));
    bool reasoned = change->reason != NULL && change->reason[0] != '\0';
    if (to != from || reasoned || change->kind != NULL)
        CTES_TRY(ledger_add_event(store, acte, from, to, change->reason, err));
    if (change->kind != NULL)
        CTES_TRY(add_evidence(store, acte, change, err));
    CTES_TRY(update_acte(store, acte, to, change, err));
    return ledger_step_commit(&step, err);
}
