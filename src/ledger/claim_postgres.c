#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "ledger/postgres.h"
#include "ledger/schema.h"

/*
 * A session advisory lock on an act ends with its connection, so the server knows without any clock
 * that a worker is gone. One session may take the same lock many times and must then give it back
 * as often: what is held is kept here, and taken once.
 */

static size_t find(const ledger_pg *pg, int64_t acte) {
    size_t i = 0;
    while (i < pg->claim_count && pg->claims[i] != acte)
        i++;
    return i;
}

static ctes_status make_room(ledger_pg *pg, ctes_error *err) {
    int64_t *claims =
        ctes_array_room(pg->claims, pg->claim_count, &pg->claim_capacity, sizeof *claims);
    if (claims == NULL)
        return ctes_fail_memory(err);
    pg->claims = claims;
    return CTES_OK;
}

static ctes_status ask(ctes_ledger *ledger, ledger_sql sql, int64_t acte, bool *ret,
                       ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, sql, &query, err));
    ledger_bind_int(&query, LEDGER_LOCK_BASE + acte);
    int64_t answer = 0;
    bool found = false;
    CTES_TRY(ledger_query_number(&query, &answer, &found, err));
    *ret = answer != 0;
    return CTES_OK;
}

ctes_status ledger_postgres_claim(ctes_ledger *ledger, int64_t acte, bool patient, bool *ret,
                                  ctes_error *err) {
    ledger_pg *pg = ledger->db;
    bool taken = find(pg, acte) < pg->claim_count;
    if (!taken) {
        CTES_TRY(make_room(pg, err));
        CTES_TRY(ask(ledger, SQL_CLAIM, acte, &taken, err));
        if (!taken && patient) /* the server is about to notice that the connection ended */
            CTES_TRY(ask(ledger, SQL_CLAIM_WAIT, acte, &taken, err));
        if (taken)
            pg->claims[pg->claim_count++] = acte;
        if (!ledger->grouped)
            pg->claims_sure = pg->claim_count;
    }
    *ret = taken;
    return CTES_OK;
}

void ledger_postgres_unclaim(ctes_ledger *ledger, int64_t acte) {
    ledger_pg *pg = ledger->db;
    size_t at = find(pg, acte);
    bool freed = false;
    /* a connection that is gone has freed it already; one that cannot be asked now keeps it */
    if (at == pg->claim_count || ask(ledger, SQL_UNCLAIM, acte, &freed, NULL) != CTES_OK)
        return;
    pg->claim_count--;
    memmove(&pg->claims[at], &pg->claims[at + 1], (pg->claim_count - at) * sizeof *pg->claims);
    if (at < pg->claims_sure)
        pg->claims_sure--;
}

void ledger_postgres_group_ended(ctes_ledger *ledger, bool committed) {
    ledger_pg *pg = ledger->db;
    bool freed = false;
    while (!committed && pg->claim_count > pg->claims_sure)
        (void)!ask(ledger, SQL_UNCLAIM, pg->claims[--pg->claim_count], &freed, NULL);
    pg->claims_sure = pg->claim_count;
}
