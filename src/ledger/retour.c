#include "base/runtime.h"
#include "ledger/db.h"

ctes_status ctes_store_retour_add(ctes_store *store, const ctes_store_retour *retour,
                                  bool *ret_known, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    bool written = false;
    {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_RETOUR_PUT, &query, err));
        ledger_bind_text(&query, retour->key);
        ledger_bind_int(&query, ctes_now_ms(&store->context));
        ledger_bind_given(&query, retour->source);
        ledger_bind_given(&query, retour->path);
        ledger_bind_int(&query, (int64_t)retour->size);
        ledger_bind_text(&query, retour->outcome);
        ledger_bind_given(&query, retour->reason);
        int64_t id = 0;
        CTES_TRY(ledger_query_number(&query, &id, &written, err));
    }
    CTES_TRY(ledger_step_commit(&step, err));
    *ret_known = !written;
    return CTES_OK;
}

ctes_status ctes_store_retour_done(ctes_store *store, const char *key, bool *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_RETOUR_DONE, &query, err));
    ledger_bind_text(&query, key);
    return ledger_query_row(&query, ret, err);
}
