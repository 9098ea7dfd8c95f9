#include "ledger/sqlite.h"

static ctes_status prepare(ctes_ledger *ledger, ledger_sql slot, const char *sql, void **ret,
                           ctes_error *err) {
    unsigned flags = slot != LEDGER_SQL_COUNT ? SQLITE_PREPARE_PERSISTENT : 0;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v3(ledger->db, sql, -1, flags, &stmt, NULL);
    if (rc != SQLITE_OK)
        return ledger_fail(ledger, rc, err);
    *ret = stmt;
    return CTES_OK;
}

/* The caller's bytes outlive the step, so nothing is copied. */
static int bind(void *stmt, int at, const ledger_value *value) {
    switch (value->type) {
    case LEDGER_INT:
        return sqlite3_bind_int64(stmt, at, value->number);
    case LEDGER_TEXT:
        return sqlite3_bind_text64(stmt, at, value->bytes, value->length, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case LEDGER_BLOB:
        return sqlite3_bind_blob64(stmt, at, value->bytes, value->length, SQLITE_STATIC);
    case LEDGER_NULL:
        break;
    }
    return sqlite3_bind_null(stmt, at);
}

static ctes_status step(ctes_ledger *ledger, void *stmt, bool *ret_row, ctes_error *err) {
    int rc = sqlite3_step(stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return ledger_fail(ledger, rc, err);
    *ret_row = rc == SQLITE_ROW;
    return CTES_OK;
}

static ledger_value column(void *stmt, int column) {
    ledger_value value = { .type = LEDGER_NULL };
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        value.type = LEDGER_INT;
        value.number = sqlite3_column_int64(stmt, column);
        break;
    case SQLITE_BLOB:
        value.type = LEDGER_BLOB;
        value.bytes = sqlite3_column_blob(stmt, column);
        value.length = (size_t)sqlite3_column_bytes(stmt, column);
        if (value.length == 0) /* which is NULL to SQLite, and out of memory to us */
            value.bytes = "";
        break;
    case SQLITE_NULL:
        break;
    default: /* a damaged file may hold a float where we wrote text */
        value.type = LEDGER_TEXT;
        value.bytes = sqlite3_column_text(stmt, column);
        value.length = (size_t)sqlite3_column_bytes(stmt, column);
    }
    return value;
}

static int64_t number(void *stmt, int column) {
    return sqlite3_column_int64(stmt, column);
}

static bool text(void *stmt, int column, const char **ret) {
    *ret = (const char *)sqlite3_column_text(stmt, column);
    return *ret != NULL || sqlite3_column_type(stmt, column) == SQLITE_NULL;
}

static const char *column_name(void *stmt, int column) {
    return sqlite3_column_name(stmt, column);
}

static void reset(void *stmt) {
    (void)sqlite3_reset(stmt); /* repeats the failure that the step already told */
    (void)sqlite3_clear_bindings(stmt);
}

static void finalize(void *stmt) {
    (void)sqlite3_finalize(stmt);
}

static ctes_status execute(ctes_ledger *ledger, const char *sql, ctes_error *err) {
    int rc = sqlite3_exec(ledger->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? CTES_OK : ledger_fail(ledger, rc, err);
}

static ledger_transaction transaction(const ctes_ledger *ledger) {
    return sqlite3_get_autocommit(ledger->db) ? LEDGER_IDLE : LEDGER_INSIDE;
}

static void close_connection(ctes_ledger *ledger) {
    (void)sqlite3_close(ledger->db);
}

const ledger_driver ledger_sqlite = { .dialect = LEDGER_SQLITE,
                                      .versions = ledger_sqlite_schema,
                                      .prepare = prepare,
                                      .bind = bind,
                                      .step = step,
                                      .column = column,
                                      .number = number,
                                      .text = text,
                                      .column_name = column_name,
                                      .reset = reset,
                                      .finalize = finalize,
                                      .fail = ledger_fail,
                                      .execute = execute,
                                      .transaction = transaction,
                                      .close = close_connection };
