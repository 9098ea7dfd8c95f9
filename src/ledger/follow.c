#include "base/fail.h"
#include "base/runtime.h"
#include "ledger/db.h"

/* How long a late acknowledgement may still mend a final error: S2LOW closes what stays without
 * an answer after 30 days; as long again for what the préfecture sends after that. */
#define MENDABLE_MS (INT64_C(60) * 24 * 60 * 60 * 1000)

static ctes_status view_waiting(const ledger_query *query, ctes_store_waiting *act,
                                ctes_error *err) {
    const char *state = NULL;
    act->acte = ledger_column_int(query, 0);
    act->transaction = ledger_column_int(query, 1);
    CTES_TRY(ledger_column_text(query, 2, &state, err));
    CTES_TRY(ledger_column_text(query, 3, &act->siren, err));
    CTES_TRY(ledger_column_text(query, 4, &act->operator_url, err));
    act->state = state != NULL ? ctes_state_of(state) : CTES_STATE_NONE;
    return CTES_OK;
}

ctes_status ctes_store_to_check(ctes_store *store, const char *siren, ctes_store_waiting_fn each,
                                void *user, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_TO_CHECK, &query, err));
    ledger_bind_text(&query, siren);
    ledger_bind_int(&query, ctes_now_ms(&store->context) - MENDABLE_MS);
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        ctes_store_waiting act = { .siren = NULL };
        CTES_TRY(view_waiting(&query, &act, err));
        CTES_TRY(each(user, &act, err));
    }
}

ctes_status ctes_store_chain(ctes_store *store, int64_t acte, int64_t *ret_newest,
                             unsigned *ret_used, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_CHAIN, &query, err));
    ledger_bind_int(&query, acte);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, NULL, "%lld", (long long)acte);
    *ret_newest = ledger_column_int(&query, 0);
    *ret_used = (unsigned)ledger_column_int(&query, 1);
    return CTES_OK;
}
