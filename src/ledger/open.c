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

void ctes_ledger_close(ctes_ledger *ledger) {
    if (ledger == NULL)
        return;
    if (ledger->db != NULL) {
        ctes_store_rollback(ledger);
        if (ledger->leased)
            ledger_release_all(ledger);
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
