#include <assert.h>

#include "ledger/db.h"

static ledger_transaction transaction(const ctes_ledger *ledger) {
    return ledger->driver->transaction(ledger);
}

/* After some failures (disk full, I/O) SQLite undoes the whole transaction by itself, and
 * PostgreSQL lets nothing more into it. What follows in the caller's group must then fail too,
 * rather than be committed alone. */
static ctes_status check_group(const ctes_ledger *ledger, ctes_error *err) {
    if (ledger->grouped && transaction(ledger) != LEDGER_INSIDE)
        return ledger_refuse(err, CTES_E_LEDGER_IO, ledger->path, "%s", "rolled back");
    return CTES_OK;
}

ctes_status ledger_step_read(ctes_ledger *ledger, ledger_step *ret, ctes_error *err) {
    CTES_TRY(check_group(ledger, err));
    bool inside = transaction(ledger) != LEDGER_IDLE;
    CTES_TRY(ledger_execute(ledger, inside ? SQL_SAVEPOINT : SQL_BEGIN_READ, err));
    *ret = (ledger_step){ .ledger = ledger, .savepoint = inside };
    return CTES_OK;
}

ctes_status ledger_step_write(ctes_ledger *ledger, ledger_step *ret, ctes_error *err) {
    assert(ledger->writable);
    CTES_TRY(check_group(ledger, err));
    bool inside = transaction(ledger) != LEDGER_IDLE;
    CTES_TRY(ledger_execute(ledger, inside ? SQL_SAVEPOINT : SQL_BEGIN, err));
    *ret = (ledger_step){ .ledger = ledger, .savepoint = inside };
    return CTES_OK;
}

ctes_status ledger_step_commit(ledger_step *step, ctes_error *err) {
    CTES_TRY(ledger_execute(step->ledger, step->savepoint ? SQL_RELEASE : SQL_COMMIT, err));
    step->ledger = NULL;
    return CTES_OK;
}

void ledger_step_abandon(ledger_step *step) {
    ctes_ledger *ledger = step->ledger;
    step->ledger = NULL;
    /* undoing fails only if it has already been undone, or the connection is gone and the database
     * undoes it: nothing is left to tell */
    if (ledger == NULL || transaction(ledger) == LEDGER_IDLE)
        return;
    if (!step->savepoint) {
        (void)!ledger_execute(ledger, SQL_ROLLBACK, NULL);
        return;
    }
    (void)!ledger_execute(ledger, SQL_ROLLBACK_TO, NULL);
    (void)!ledger_execute(ledger, SQL_RELEASE, NULL);
}

ctes_status ctes_store_whole(ctes_store *store, ctes_step step, void *data, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step whole = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &whole, err));
    CTES_TRY(step(store, data, err));
    return ledger_step_commit(&whole, err);
}

static void end_group(ctes_store *store, bool committed) {
    store->grouped = false;
    if (store->driver->group_ended != NULL)
        store->driver->group_ended(store, committed);
}

ctes_status ctes_store_begin(ctes_store *store, ctes_error *err) {
    assert(store->writable && !store->grouped);
    CTES_TRY(ledger_execute(store, SQL_BEGIN, err));
    store->grouped = true;
    return CTES_OK;
}

ctes_status ctes_store_commit(ctes_store *store, ctes_error *err) {
    assert(store->grouped);
    CTES_TRY(check_group(store, err));
    CTES_TRY(ledger_execute(store, SQL_COMMIT, err));
    end_group(store, true);
    return CTES_OK;
}

void ctes_store_rollback(ctes_store *store) {
    if (!store->grouped)
        return;
    if (transaction(store) != LEDGER_IDLE)
        (void)!ledger_execute(store, SQL_ROLLBACK, NULL);
    end_group(store, false);
}
