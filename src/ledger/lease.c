#include <time.h>

#include "base/runtime.h"
#include "ledger/db.h"
#include "ledger/process.h"

/*
 * Two things tell that an act is taken. The row of `bail` says by whom: a process that can be
 * looked at on the same machine, or else a time. On PostgreSQL, where workers are on many machines,
 * the session also holds an advisory lock on the act, which ends with its connection and with
 * nothing else. So a lease is taken from another only when its lock is free and, beyond that, its
 * process is seen to be gone or its time is over: a server that restarts frees the locks of workers
 * that are alive and sending.
 */

/* A lease's token is its store's, whose last digits are the holder. */
static int64_t token_of(const ctes_store *store, unsigned holder) {
    return (store->token & ~(int64_t)(CTES_STORE_HOLDERS - 1)) | (int64_t)holder;
}

typedef struct lease_row {
    ledger_process owner;
    int64_t token;
    int64_t taken_ms, until_ms;
} lease_row;

static ctes_status read_lease(ctes_store *store, int64_t acte, lease_row *ret, bool *ret_found,
                              ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_BAIL_GET, &query, err));
    ledger_bind_int(&query, acte);
    CTES_TRY(ledger_query_row(&query, ret_found, err));
    if (!*ret_found)
        return CTES_OK;
    ledger_process *owner = &ret->owner;
    CTES_TRY(ledger_column_copy(&query, 0, owner->host, sizeof owner->host, err));
    CTES_TRY(ledger_column_copy(&query, 1, owner->boot, sizeof owner->boot, err));
    CTES_TRY(ledger_column_copy(&query, 2, owner->namespace, sizeof owner->namespace, err));
    owner->pid = ledger_column_int(&query, 3);
    owner->start = ledger_column_int(&query, 4);
    ret->token = ledger_column_int(&query, 5);
    ret->taken_ms = ledger_column_int(&query, 6);
    ret->until_ms = ledger_column_int(&query, 7);
    return CTES_OK;
}

/*
 * Whether the owner is seen to live decides, because a clock may be set while an act is on its way
 * and two deposits are worse than a wait. Time decides only for an owner that cannot be seen; a
 * clock set back by more than the lease's length ends it too, or it would last until that day
 * comes again.
 */
static bool is_over(const lease_row *lease, ledger_liveness owner, int64_t now_ms) {
    switch (owner) {
    case LEDGER_PROCESS_ALIVE:
        return false;
    case LEDGER_PROCESS_GONE:
        return true;
    case LEDGER_PROCESS_UNSEEN:
        break;
    }
    int64_t length = lease->until_ms - lease->taken_ms;
    return now_ms >= lease->until_ms || now_ms < lease->taken_ms - length;
}

static ctes_status refuse_leased(const lease_row *lease, ctes_error *err) {
    if (lease->owner.pid == 0) /* its row is not committed */
        return ledger_refuse(err, CTES_E_ACTE_LEASED, NULL, "%s", "");
    char until[32] = "";
    time_t seconds = (time_t)(lease->until_ms / 1000);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) != NULL)
        (void)strftime(until, sizeof until, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return ledger_refuse(err, CTES_E_ACTE_LEASED, NULL, "%lld@%s %s", (long long)lease->owner.pid,
                         lease->owner.host, until);
}

static ctes_status put_lease(ctes_store *store, int64_t acte, const ledger_process *self,
                             int64_t token, int64_t now_ms, int64_t duration_ms, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_BAIL_PUT, &query, err));
    ledger_bind_int(&query, acte);
    ledger_bind_text(&query, self->host);
    ledger_bind_text(&query, self->boot);
    ledger_bind_text(&query, self->namespace);
    ledger_bind_int(&query, self->pid);
    ledger_bind_int(&query, self->start);
    ledger_bind_int(&query, token);
    ledger_bind_int(&query, now_ms);
    ledger_bind_int(&query, now_ms + duration_ms);
    return ledger_query_run(&query, err);
}

/* Takes the act's lock, where there are any. */
static ctes_status claim(ctes_store *store, int64_t acte, const lease_row *former, bool owner_gone,
                         ctes_error *err) {
    if (store->driver->claim == NULL)
        return CTES_OK;
    bool taken = false;
    CTES_TRY(store->driver->claim(store, acte, owner_gone, &taken, err));
    return taken ? CTES_OK : refuse_leased(former, err);
}

static void unclaim(ctes_ledger *ledger, int64_t acte) {
    if (ledger->driver->unclaim != NULL)
        ledger->driver->unclaim(ledger, acte);
}

/* Takes the lease from whoever had it, under the lock of the act. */
static ctes_status take(ctes_store *store, int64_t acte, int64_t token, int64_t duration_ms,
                        bool *ret_claimed, ctes_error *err) {
    ledger_process *self = &store->self;
    ledger_process_self(self); /* asked now, not at opening: the caller may have forked since */
    int64_t now_ms = ctes_now_ms(&store->context);
    lease_row lease = { .token = 0 };
    bool found = false;
    CTES_TRY(read_lease(store, acte, &lease, &found, err));
    bool mine = found && lease.token == token;
    ledger_liveness owner =
        found && !mine ? ledger_process_look(&lease.owner, self) : LEDGER_PROCESS_UNSEEN;
    if (found && !mine && !is_over(&lease, owner, now_ms))
        return refuse_leased(&lease, err);
    CTES_TRY(claim(store, acte, &lease, owner == LEDGER_PROCESS_GONE, err));
    *ret_claimed = !mine;
    return put_lease(store, acte, self, token, now_ms, duration_ms, err);
}

static ctes_status acte_exists(ctes_store *store, int64_t acte, bool *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_LINK, &query, err));
    ledger_bind_int(&query, acte);
    return ledger_query_row(&query, ret, err);
}

/* Locks the act without waiting: whoever has it locked is at work on it. */
static ctes_status lock_acte(ctes_store *store, int64_t acte, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_TAKE, &query, err));
    ledger_bind_int(&query, acte);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (row)
        return CTES_OK;
    lease_row lease = { .token = 0 };
    bool exists = false;
    bool found = false;
    CTES_TRY(acte_exists(store, acte, &exists, err));
    if (!exists)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, NULL, "%lld", (long long)acte);
    CTES_TRY(read_lease(store, acte, &lease, &found, err));
    return refuse_leased(&lease, err);
}

ctes_status ctes_store_lease(ctes_store *store, int64_t acte, unsigned holder, int64_t duration_ms,
                             ctes_error *err) {
    bool claimed = false;
    ctes_status status = CTES_OK;
    {
        LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
        CTES_TRY(ledger_step_write(store, &step, err));
        CTES_TRY(lock_acte(store, acte, err));
        status = take(store, acte, token_of(store, holder), duration_ms, &claimed, err);
        if (status == CTES_OK)
            status = ledger_step_commit(&step, err);
    }
    if (status == CTES_OK)
        store->leased = true;
    else if (claimed)
        unclaim(store, acte);
    return status;
}

ctes_status ctes_store_release(ctes_store *store, int64_t acte, unsigned holder, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    bool held = false;
    CTES_TRY(ledger_step_write(store, &step, err));
    {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        int64_t released = 0;
        CTES_TRY(ledger_query_start(store, SQL_BAIL_RELEASE, &query, err));
        ledger_bind_int(&query, acte);
        ledger_bind_int(&query, token_of(store, holder));
        CTES_TRY(ledger_query_number(&query, &released, &held, err));
    }
    /* before others see the row gone: who finds the lock free still reads by whom the act is held
     */
    if (held)
        unclaim(store, acte);
    return ledger_step_commit(&step, err);
}

void ledger_release_all(ctes_ledger *ledger) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    if (ledger_query_start(ledger, SQL_BAIL_RELEASE_ALL, &query, NULL) != CTES_OK)
        return;
    ledger_bind_int(&query, token_of(ledger, 0));
    ledger_bind_int(&query, token_of(ledger, CTES_STORE_HOLDERS - 1));
    (void)!ledger_query_run(&query, NULL);
}
