#include <stdlib.h>
#include <string.h>

#include "ledger/postgres.h"
#include "ledger/sqlite.h"

ctes_status ctes_store_open(const ctes_context *context, const char *url, ctes_store **ret,
                            ctes_error *err) {
    return ledger_is_postgres(url) ? ledger_postgres_write(context, url, ret, err)
                                   : ledger_sqlite_write(context, url, ret, err);
}

ctes_status ctes_ledger_open(const ctes_context *context, const char *url, ctes_ledger **ret,
                             ctes_error *err) {
    return ledger_is_postgres(url) ? ledger_postgres_read(context, url, ret, err)
                                   : ledger_sqlite_read(context, url, ret, err);
}

/* Gives back the leases that this store still holds. A failure leaves them to their time, or to
 * the end of this process. */
static void release_leases(ctes_ledger *ledger) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    if (ledger_query_start(ledger, SQL_BAIL_RELEASE_ALL, &query, NULL) != CTES_OK)
        return;
    ledger_bind_int(&query, ledger->token);
    (void)!ledger_query_run(&query, NULL);
}

void ctes_ledger_close(ctes_ledger *ledger) {
    if (ledger == NULL)
        return;
    if (ledger->db != NULL) {
        ctes_store_rollback(ledger);
        if (ledger->leased)
            release_leases(ledger);
        for (size_t i = 0; i < LEDGER_SQL_COUNT; i++)
            if (ledger->stmts[i] != NULL)
                ledger->driver->finalize(ledger->stmts[i]);
        ledger->driver->close(ledger);
    }
    free(ledger->path);
    free(ledger->folder);
    free(ledger);
}

const char *ctes_store_folder(const ctes_store *store) {
    return store->folder;
}
