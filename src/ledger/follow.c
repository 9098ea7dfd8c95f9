#include <stdlib.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/runtime.h"
#include "ledger/db.h"

/* How long a late acknowledgement may still mend a final error: S2LOW closes what stays without
 * an answer after 30 days; as long again for what the préfecture sends after that. */
#define MENDABLE_MS (INT64_C(60) * 24 * 60 * 60 * 1000)

typedef struct id_list {
    int64_t *ids;
    size_t count, capacity;
} id_list;

static void free_ids(id_list *list) {
    free(list->ids);
}

static ctes_status add_id(id_list *list, int64_t id, ctes_error *err) {
    int64_t *ids = ctes_array_room(list->ids, list->count, &list->capacity, sizeof *ids);
    if (ids == NULL)
        return ctes_fail_memory(err);
    list->ids = ids;
    list->ids[list->count++] = id;
    return CTES_OK;
}

ctes_status ctes_store_to_check(ctes_store *store, const char *siren, int64_t **ret, size_t *count,
                                ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_TO_CHECK, &query, err));
    ledger_bind_text(&query, siren);
    ledger_bind_int(&query, ctes_now_ms(&store->context) - MENDABLE_MS);
    CTES_CLEANUP(free_ids) id_list list = { .ids = NULL };
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            break;
        CTES_TRY(add_id(&list, ledger_column_int(&query, 0), err));
    }
    *ret = CTES_TAKE(list.ids);
    *count = list.count;
    return CTES_OK;
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
