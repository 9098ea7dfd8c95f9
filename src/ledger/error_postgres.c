#include <string.h>

#include "ledger/postgres.h"

/* SQLSTATE codes, PostgreSQL manual appendix A; the longest prefix that fits comes first. */
static const struct {
    const char *prefix;
    ctes_status status;
} STATES[] = {
    { "53100", CTES_E_DISK_FULL },       /* disk_full */
    { "53200", CTES_E_MEMORY },          /* out_of_memory, on the server */
    { "53", CTES_E_LEDGER_BUSY },        /* too many connections */
    { "55P03", CTES_E_LEDGER_BUSY },     /* lock_not_available: waited for in vain */
    { "40", CTES_E_LEDGER_BUSY },        /* deadlock, serialization failure */
    { "57014", CTES_E_LEDGER_BUSY },     /* query_canceled by an administrator's limit */
    { "57P", CTES_E_LEDGER_BUSY },       /* the server stops or starts */
    { "28", CTES_E_PERMISSION },         /* who we say to be is not believed */
    { "42501", CTES_E_LEDGER_READONLY }, /* insufficient_privilege */
    { "25006", CTES_E_LEDGER_READONLY }, /* read_only_sql_transaction: a standby */
    { "22021", CTES_E_CHARSET },         /* bytes that are no UTF-8 */
    { "22P05", CTES_E_CHARSET },         /* untranslatable_character */
    { "54", CTES_E_LIMIT },              /* program_limit_exceeded */
    { "XX001", CTES_E_LEDGER_CORRUPT },  /* data_corrupted */
    { "XX002", CTES_E_LEDGER_CORRUPT },  /* index_corrupted */
    { "58", CTES_E_LEDGER_IO },          /* system_error: I/O of the server */
    { "08", CTES_E_LEDGER_IO },          /* connection_exception */
};

static ctes_status status_of(const char *sqlstate) {
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++)
        if (strncmp(sqlstate, STATES[i].prefix, strlen(STATES[i].prefix)) == 0)
            return STATES[i].status;
    return CTES_E_INTERNAL;
}

ctes_status ledger_postgres_fail(const ctes_ledger *ledger, const PGresult *result,
                                 ctes_error *err) {
    const ledger_pg *pg = ledger->db;
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (sqlstate != NULL && message != NULL) /* its DETAIL may quote a row: left out */
        return ledger_refuse(err, status_of(sqlstate), ledger->path, "%s (%s)", message, sqlstate);
    /* libpq's own words: the connection broke, or memory ran out */
    return ledger_refuse(err, CTES_E_LEDGER_IO, ledger->path, "%s", PQerrorMessage(pg->conn));
}
