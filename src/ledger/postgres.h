/* A register in a PostgreSQL database, in the schema `ctes`: for several machines at once. */
#ifndef CTES_LEDGER_POSTGRES_H
#define CTES_LEDGER_POSTGRES_H

#include <libpq-fe.h>

#include "base/buffer.h"
#include "ledger/db.h"

extern const ledger_driver ledger_postgres;               /* db_postgres.c */
extern const char *const *const ledger_postgres_schema[]; /* schema_postgres.c */

typedef struct postgres_statement postgres_statement;

/** The driver's connection. */
typedef struct ledger_pg {
    PGconn *conn;
    bool prepared[LEDGER_SQL_COUNT]; /* statements that the server knows, by the number of their
                                        slot */
    unsigned unnamed;                /* how many others it knows */
    postgres_statement *streaming;   /* whose rows are still on their way; only one can be */
    int64_t *claims;                 /* acts whose locks this session holds, in the order taken */
    size_t claim_count, claim_capacity;
    size_t claims_sure; /* how many of them were not taken by the group that is open */
} ledger_pg;

static inline void postgres_clearp(PGresult **result) {
    PQclear(*result);
    *result = NULL;
}
#define POSTGRES_AUTO_CLEAR CTES_CLEANUP(postgres_clearp)

/** True for "postgresql://…" and "postgres://…". */
bool ledger_is_postgres(const char *url);

/** What a URL names, in words that hold no secret: "postgresql://user@host:port/base". A URL whose
 *  parts are not where they seem to be (an unescaped "@" or "/" in the password) is refused without
 *  being quoted: CTES_E_LEDGER_OPEN. (url_postgres.c) */
ctes_status ledger_postgres_name(const char *url, char **ret, ctes_error *err) CTES_MUST_CHECK;

/** Opens for writing or reading, as ctes_store_open and ctes_ledger_open. (connect_postgres.c) */
ctes_status ledger_postgres_write(const ctes_context *context, const char *url, ctes_ledger **ret,
                                  ctes_error *err) CTES_MUST_CHECK;
ctes_status ledger_postgres_read(const ctes_context *context, const char *url, ctes_ledger **ret,
                                 ctes_error *err) CTES_MUST_CHECK;

/** Fills `err` from a result that tells of a failure, or, when it is NULL, from the connection.
 *  (error_postgres.c) */
ctes_status ledger_postgres_fail(const ctes_ledger *ledger, const PGresult *result,
                                 ctes_error *err);

/** The act's lock, for this session. (claim_postgres.c) */
ctes_status ledger_postgres_claim(ctes_ledger *ledger, int64_t acte, bool patient, bool *ret,
                                  ctes_error *err) CTES_MUST_CHECK;
void ledger_postgres_unclaim(ctes_ledger *ledger, int64_t acte);
void ledger_postgres_group_ended(ctes_ledger *ledger, bool committed);

#endif
