#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/postgres.h"

/* Types of columns as the catalogue numbers them, pg_type.dat */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT4 = 23 };

/*
 * A statement's client side: what is bound, what came back. Its server side is prepared once a
 * connection under the name of its slot and may be run by several of these.
 *
 * A connection carries one answer at a time. Lists, which may be long, come row by row; when
 * another statement wants the connection meanwhile, the rest of the list is fetched and kept.
 */
struct postgres_statement {
    ledger_pg *pg;
    ledger_sql slot;
    char name[16];
    bool streams, started, ended, lost;
    int count; /* parameters */
    const char *values[LEDGER_PARAMETERS_MAX];
    int lengths[LEDGER_PARAMETERS_MAX];
    int formats[LEDGER_PARAMETERS_MAX];
    int64_t numbers[LEDGER_PARAMETERS_MAX]; /* big-endian */
    PGresult *rows;                         /* with the current one */
    int row;
    PGresult **kept; /* what came before its time, in order */
    size_t kept_count, kept_at;
};

/* Parameters are written ?1, ?2 …, which PostgreSQL writes $1, $2 … */
static ctes_status translate(const char *sql, ctes_buffer *out, ctes_error *err) {
    CTES_TRY(ctes_buffer_puts(out, sql, err));
    for (char *at = out->data; *at != '\0'; at++)
        if (*at == '?')
            *at = '$';
    return CTES_OK;
}

static bool is_list(ledger_sql slot) {
    return slot == SQL_LIST_DATE || slot == SQL_LIST_SIREN || slot == SQL_LIST_STATE ||
           slot == SQL_LIST_PENDING;
}

/* --- rows on their way --- */

/* The next answer of the statement that streams; NULL at its end. */
static PGresult *receive(ledger_pg *pg) {
    PGresult *result = PQgetResult(pg->conn);
    if (result == NULL)
        pg->streaming = NULL;
    return result;
}

static bool keep(postgres_statement *stmt, PGresult *result) {
    if ((stmt->kept_count & (stmt->kept_count - 1)) == 0) { /* grows at powers of two */
        size_t capacity = stmt->kept_count > 0 ? stmt->kept_count * 2 : 1;
        PGresult **grown = reallocarray(stmt->kept, capacity, sizeof(PGresult *));
        if (grown == NULL)
            return false;
        stmt->kept = grown;
    }
    stmt->kept[stmt->kept_count++] = result;
    return true;
}

/* Frees the connection for another statement; `wanted`: what comes is kept. */
static void fetch_rest(ledger_pg *pg, bool wanted) {
    postgres_statement *stmt = pg->streaming;
    if (stmt == NULL)
        return;
    PGresult *result = NULL;
    while ((result = receive(pg)) != NULL) {
        if (wanted && !stmt->lost && keep(stmt, result))
            continue;
        stmt->lost = true;
        PQclear(result);
    }
}

/* --- the statement --- */

static ctes_status prepare(ctes_ledger *ledger, ledger_sql slot, const char *sql, void **ret,
                           ctes_error *err) {
    ledger_pg *pg = ledger->db;
    postgres_statement *stmt = calloc(1, sizeof *stmt);
    if (stmt == NULL)
        return ctes_fail_memory(err);
    stmt->pg = pg;
    stmt->slot = slot;
    bool unnamed = slot == LEDGER_SQL_COUNT;
    stmt->streams = unnamed || is_list(slot);
    (void)snprintf(stmt->name, sizeof stmt->name, "%c%u", unnamed ? 'u' : 's',
                   unnamed ? pg->unnamed++ : (unsigned)slot);
    ctes_status status = CTES_OK;
    if (unnamed || !pg->prepared[slot]) {
        CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT(65536);
        status = translate(sql, &text, err);
        if (status == CTES_OK) {
            fetch_rest(pg, true);
            POSTGRES_AUTO_CLEAR PGresult *result =
                PQprepare(pg->conn, stmt->name, text.data, 0, NULL);
            if (PQresultStatus(result) != PGRES_COMMAND_OK)
                status = ledger_postgres_fail(ledger, result, err);
        }
    }
    if (status != CTES_OK) {
        free(stmt);
        return status;
    }
    if (!unnamed)
        pg->prepared[slot] = true;
    *ret = stmt;
    return CTES_OK;
}

static int bind(void *self, int at, const ledger_value *value) {
    postgres_statement *stmt = self;
    (void)at; /* the next one, always */
    assert(at == stmt->count + 1 && at <= LEDGER_PARAMETERS_MAX);
    int i = stmt->count++;
    stmt->formats[i] = 1;
    stmt->values[i] = value->type == LEDGER_NULL ? NULL : value->bytes;
    stmt->lengths[i] = (int)value->length;
    if (value->type == LEDGER_INT) {
        stmt->numbers[i] = (int64_t)htobe64((uint64_t)value->number);
        stmt->values[i] = (const char *)&stmt->numbers[i];
        stmt->lengths[i] = sizeof stmt->numbers[i];
    }
    return value->length > INT32_MAX ? CTES_E_LIMIT : 0;
}

static ctes_status fail(const ctes_ledger *ledger, int code, ctes_error *err) {
    return ledger_refuse(err, (ctes_status)code, ledger->path, "%s", "");
}

/* Sends the statement; a short answer is taken whole. */
static ctes_status start(ctes_ledger *ledger, postgres_statement *stmt, ctes_error *err) {
    ledger_pg *pg = stmt->pg;
    fetch_rest(pg, true);
    stmt->started = true;
    if (!stmt->streams) {
        stmt->rows = PQexecPrepared(pg->conn, stmt->name, stmt->count, stmt->values, stmt->lengths,
                                    stmt->formats, 1);
        stmt->row = -1;
        stmt->ended = true;
        return CTES_OK;
    }
    if (PQsendQueryPrepared(pg->conn, stmt->name, stmt->count, stmt->values, stmt->lengths,
                            stmt->formats, 1) != 1)
        return ledger_postgres_fail(ledger, NULL, err);
    pg->streaming = stmt;
    (void)PQsetSingleRowMode(pg->conn);
    return CTES_OK;
}

/* The next answer, kept or received; NULL at the end. */
static PGresult *next_result(postgres_statement *stmt) {
    if (stmt->kept_at < stmt->kept_count)
        return stmt->kept[stmt->kept_at++];
    return stmt->pg->streaming == stmt ? receive(stmt->pg) : NULL;
}

/* PostgreSQL ends a transaction that cannot be committed by undoing it, and calls that a success.
 */
static bool is_undone_commit(const postgres_statement *stmt) {
    return stmt->slot == SQL_COMMIT && strcmp(PQcmdStatus(stmt->rows), "COMMIT") != 0;
}

static ctes_status judge(ctes_ledger *ledger, const postgres_statement *stmt, ctes_error *err) {
    switch (PQresultStatus(stmt->rows)) {
    case PGRES_COMMAND_OK:
        if (is_undone_commit(stmt))
            return ledger_refuse(err, CTES_E_LEDGER_IO, ledger->path, "%s", "rolled back");
        return CTES_OK;
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
        return CTES_OK;
    default:
        return ledger_postgres_fail(ledger, stmt->rows, err);
    }
}

static ctes_status step(ctes_ledger *ledger, void *self, bool *ret_row, ctes_error *err) {
    postgres_statement *stmt = self;
    if (!stmt->started) {
        CTES_TRY(start(ledger, stmt, err));
        if (!stmt->streams)
            CTES_TRY(judge(ledger, stmt, err));
    }
    if (stmt->rows != NULL && ++stmt->row < PQntuples(stmt->rows)) {
        *ret_row = true;
        return CTES_OK;
    }
    while (!stmt->ended) {
        PQclear(stmt->rows);
        stmt->row = 0;
        stmt->rows = next_result(stmt);
        stmt->ended = stmt->rows == NULL;
        if (stmt->ended)
            break;
        CTES_TRY(judge(ledger, stmt, err));
        if (PQntuples(stmt->rows) > 0) {
            *ret_row = true;
            return CTES_OK;
        }
    }
    if (stmt->lost)
        return ctes_fail_memory(err);
    *ret_row = false;
    return CTES_OK;
}

static int64_t read_int(const char *bytes, size_t length) {
    uint64_t wide = 0;
    uint32_t narrow = 0;
    if (length == sizeof wide) {
        memcpy(&wide, bytes, sizeof wide);
        return (int64_t)be64toh(wide);
    }
    if (length == sizeof narrow) {
        memcpy(&narrow, bytes, sizeof narrow);
        return (int32_t)be32toh(narrow);
    }
    return length > 0 ? bytes[0] : 0;
}

static ledger_value column(void *self, int column) {
    const postgres_statement *stmt = self;
    ledger_value value = { .type = LEDGER_NULL };
    if (PQgetisnull(stmt->rows, stmt->row, column))
        return value;
    value.bytes = PQgetvalue(stmt->rows, stmt->row, column);
    value.length = (size_t)PQgetlength(stmt->rows, stmt->row, column);
    switch (PQftype(stmt->rows, column)) {
    case OID_BOOL:
    case OID_INT4:
    case OID_INT8:
        return (ledger_value){ .type = LEDGER_INT, .number = read_int(value.bytes, value.length) };
    case OID_BYTEA:
        value.type = LEDGER_BLOB;
        return value;
    default:
        value.type = LEDGER_TEXT;
        return value;
    }
}

static int64_t number(void *self, int at) {
    return column(self, at).number;
}

static bool text(void *self, int at, const char **ret) {
    *ret = column(self, at).bytes;
    return true;
}

static const char *column_name(void *self, int column) {
    const postgres_statement *stmt = self;
    return PQfname(stmt->rows, column);
}

static void reset(void *self) {
    postgres_statement *stmt = self;
    if (stmt->pg->streaming == stmt)
        fetch_rest(stmt->pg, false);
    while (stmt->kept_at < stmt->kept_count)
        PQclear(stmt->kept[stmt->kept_at++]);
    free(stmt->kept);
    stmt->kept = NULL;
    stmt->kept_at = stmt->kept_count = 0;
    PQclear(stmt->rows);
    stmt->rows = NULL;
    stmt->row = 0;
    stmt->count = 0;
    stmt->started = stmt->ended = stmt->lost = false;
}

static void finalize(void *self) {
    reset(self);
    free(self);
}

/* --- the connection --- */

static ctes_status execute(ctes_ledger *ledger, const char *sql, ctes_error *err) {
    ledger_pg *pg = ledger->db;
    fetch_rest(pg, true);
    POSTGRES_AUTO_CLEAR PGresult *result = PQexec(pg->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
               ? CTES_OK
               : ledger_postgres_fail(ledger, result, err);
}

static ledger_transaction transaction(const ctes_ledger *ledger) {
    ledger_pg *pg = ledger->db;
    fetch_rest(pg, true); /* it is known when nothing is on its way */
    switch (PQtransactionStatus(pg->conn)) {
    case PQTRANS_INTRANS:
    case PQTRANS_ACTIVE:
        return LEDGER_INSIDE;
    case PQTRANS_INERROR:
        return LEDGER_FAILED;
    default: /* also for a connection that broke: the server undoes what was open */
        return LEDGER_IDLE;
    }
}

static void close_connection(ctes_ledger *ledger) {
    ledger_pg *pg = ledger->db;
    if (pg->claim_count > 0) /* now, and not when the server notices that we are gone */
        PQclear(PQexec(pg->conn, "SELECT pg_advisory_unlock_all()"));
    PQfinish(pg->conn);
    free(pg->claims);
    free(pg);
}

const ledger_driver ledger_postgres = { .dialect = LEDGER_POSTGRES,
                                        .versions = ledger_postgres_schema,
                                        .prepare = prepare,
                                        .bind = bind,
                                        .step = step,
                                        .column = column,
                                        .number = number,
                                        .text = text,
                                        .column_name = column_name,
                                        .reset = reset,
                                        .finalize = finalize,
                                        .fail = fail,
                                        .execute = execute,
                                        .transaction = transaction,
                                        .claim = ledger_postgres_claim,
                                        .unclaim = ledger_postgres_unclaim,
                                        .group_ended = ledger_postgres_group_ended,
                                        .close = close_connection };
