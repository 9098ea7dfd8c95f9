#include <stdlib.h>
#include <string.h>

#include "base/runtime.h"
#include "base/text.h"
#include "ledger/postgres.h"
#include "ledger/schema.h"

#define SERVER_LEAST 120000 /* PostgreSQL 12 */

/* A library does not print; what the server remarks is for its own log. */
static void ignore_notice(void *user, const PGresult *result) {
    (void)user;
    (void)result;
}

/* Settings of the session. A dead machine's connection is noticed within a minute or two, so that
 * its locks are freed. What an administrator set stronger than we need stays. */
static const char SETTINGS[] =
    "SET search_path = ctes, pg_temp;"
    "SET client_min_messages = warning;"
    "SET lock_timeout = '10s';"
    "SET statement_timeout = 0;"
    "SET tcp_keepalives_idle = 30;"
    "SET tcp_keepalives_interval = 10;"
    "SET tcp_keepalives_count = 3;"
    "SET tcp_user_timeout = 60000;"
    "SELECT set_config('synchronous_commit',"
    " CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply'"
    "  ELSE 'on' END, false),"
    " current_setting('fsync'), current_setting('server_encoding')";

static ctes_status set_up(ctes_ledger *ledger, ctes_error *err) {
    const ledger_pg *pg = ledger->db;
    if (PQserverVersion(pg->conn) < SERVER_LEAST)
        return ledger_refuse(err, CTES_E_LEDGER_OPEN, ledger->path, "PostgreSQL %s",
                             PQparameterStatus(pg->conn, "server_version"));
    POSTGRES_AUTO_CLEAR PGresult *result = PQexec(pg->conn, SETTINGS);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        return ledger_postgres_fail(ledger, result, err);
    /* an act that was sent must be in the register after the power fails */
    if (strcmp(PQgetvalue(result, 0, 1), "on") != 0)
        return ledger_refuse(err, CTES_E_LEDGER_OPEN, ledger->path, "%s", "fsync = off");
    if (strcmp(PQgetvalue(result, 0, 2), "UTF8") != 0)
        return ledger_refuse(err, CTES_E_LEDGER_OPEN, ledger->path, "encoding %s",
                             PQgetvalue(result, 0, 2));
    return ledger->writable
               ? CTES_OK
               : ledger->driver->execute(ledger, "SET default_transaction_read_only = on", err);
}

/* A failed connection has no SQLSTATE: its state tells what can be told. */
static ctes_status fail_connect(const ctes_ledger *ledger, const char *const *keywords,
                                const char *const *values, ctes_error *err) {
    const ledger_pg *pg = ledger->db;
    ctes_status status = CTES_E_LEDGER_OPEN;
    if (PQconnectionNeedsPassword(pg->conn) || PQconnectionUsedPassword(pg->conn))
        status = CTES_E_PERMISSION;
    else if (PQpingParams(keywords, values, 1) == PQPING_REJECT) /* it is starting or stopping */
        status = CTES_E_LEDGER_BUSY;
    return ledger_refuse(err, status, ledger->path, "%s", PQerrorMessage(pg->conn));
}

static ctes_ledger *make(const ctes_context *context, bool writable) {
    ctes_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return NULL;
    ledger->driver = &ledger_postgres;
    ledger->writable = writable;
    if (context != NULL)
        ledger->context = *context;
    return ledger;
}

static ctes_status connect_to(ctes_ledger *ledger, const char *url, ctes_error *err) {
    CTES_TRY(ledger_postgres_name(url, &ledger->path, err));
    CTES_TRY(ctes_random(&ledger->context, &ledger->token, sizeof ledger->token, err));
    ledger_pg *pg = calloc(1, sizeof *pg);
    if (pg == NULL)
        return ctes_fail_memory(err);
    ledger->db = pg;
    /* what stands before "dbname" is a default, which the URL may replace */
    const char *const keywords[] = { "connect_timeout", "fallback_application_name", "dbname",
                                     "client_encoding", NULL };
    const char *const values[] = { "10", "ctes", url, "UTF8", NULL };
    pg->conn = PQconnectdbParams(keywords, values, 1);
    if (pg->conn == NULL)
        return ctes_fail_memory(err);
    (void)PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
    if (PQstatus(pg->conn) != CONNECTION_OK)
        return fail_connect(ledger, keywords, values, err);
    return set_up(ledger, err);
}

/* Nothing is made before the schema is known to be ours or nobody's. */
static ctes_status check_mark(ctes_ledger *ledger, int64_t *ret, ctes_error *err) {
    int64_t mark = 0;
    CTES_TRY(ledger_mark(ledger, &mark, err));
    if (mark != LEDGER_MARK && mark != 0)
        return ledger_refuse(err, CTES_E_LEDGER_FOREIGN, ledger->path, "%s", "schema ctes");
    *ret = mark;
    return CTES_OK;
}

ctes_status ledger_postgres_write(const ctes_context *context, const char *url, ctes_ledger **ret,
                                  ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = make(context, true);
    if (ledger == NULL)
        return ctes_fail_memory(err);
    CTES_TRY(connect_to(ledger, url, err));
    int64_t mark = 0;
    CTES_TRY(check_mark(ledger, &mark, err));
    CTES_TRY(ledger_migrate(ledger, err));
    *ret = CTES_TAKE(ledger);
    return CTES_OK;
}

/* A version before ours is brought up to date by whoever opens it, if it can be. */
static ctes_status upgrade(const ctes_context *context, const char *url, ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = NULL;
    return ledger_postgres_write(context, url, &ledger, err);
}

ctes_status ledger_postgres_read(const ctes_context *context, const char *url, ctes_ledger **ret,
                                 ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = make(context, false);
    if (ledger == NULL)
        return ctes_fail_memory(err);
    CTES_TRY(connect_to(ledger, url, err));
    int64_t mark = 0;
    CTES_TRY(check_mark(ledger, &mark, err));
    if (mark == 0)
        return ledger_refuse(err, CTES_E_NOT_FOUND, ledger->path, "%s", "");
    int64_t version = 0;
    CTES_TRY(ledger_version_known(ledger, &version, err));
    if (version < LEDGER_VERSION)
        CTES_TRY(upgrade(context, url, err));
    *ret = CTES_TAKE(ledger);
    return CTES_OK;
}
