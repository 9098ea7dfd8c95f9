#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "ledger/db.h"

/*
 * Statements are prepared once a connection. One in use is out of the cache, so that a function
 * called for each row may use the same statement again: it gets one of its own.
 */
ctes_status ledger_query_start(ctes_ledger *ledger, ledger_sql sql, ledger_query *ret,
                               ctes_error *err) {
    sqlite3_stmt *stmt = CTES_TAKE(ledger->stmts[sql]);
    if (stmt == NULL) {
        int rc = sqlite3_prepare_v3(ledger->db, ledger_sql_text(sql), -1, SQLITE_PREPARE_PERSISTENT,
                                    &stmt, NULL);
        if (rc != SQLITE_OK)
            return ledger_fail(ledger, rc, err);
    }
    *ret = (ledger_query){ .ledger = ledger, .sql = sql, .stmt = stmt };
    return CTES_OK;
}

void ledger_query_end(ledger_query *query) {
    sqlite3_stmt *stmt = CTES_TAKE(query->stmt);
    if (stmt == NULL)
        return;
    (void)sqlite3_reset(stmt); /* repeats the failure that the step already told */
    (void)sqlite3_clear_bindings(stmt);
    if (query->ledger->stmts[query->sql] == NULL)
        query->ledger->stmts[query->sql] = stmt;
    else
        (void)sqlite3_finalize(stmt);
}

static void keep_first(ledger_query *query, int rc) {
    if (query->rc == SQLITE_OK)
        query->rc = rc;
}

void ledger_bind_int(ledger_query *query, int64_t value) {
    keep_first(query, sqlite3_bind_int64(query->stmt, ++query->bound, value));
}

void ledger_bind_null(ledger_query *query) {
    keep_first(query, sqlite3_bind_null(query->stmt, ++query->bound));
}

/* The caller's text outlives the step, so nothing is copied. */
void ledger_bind_text(ledger_query *query, const char *text) {
    keep_first(query,
               sqlite3_bind_text64(query->stmt, ++query->bound, text,
                                   text != NULL ? strlen(text) : 0, SQLITE_STATIC, SQLITE_UTF8));
}

void ledger_bind_given(ledger_query *query, const char *text) {
    ledger_bind_text(query, text != NULL && text[0] != '\0' ? text : NULL);
}

void ledger_bind_blob(ledger_query *query, const void *bytes, size_t length) {
    keep_first(query, sqlite3_bind_blob64(query->stmt, ++query->bound, length > 0 ? bytes : "",
                                          length, SQLITE_STATIC));
}

void ledger_bind_date(ledger_query *query, ctes_date date) {
    char text[11];
    ctes_date_format(date, text);
    if (text[0] == '\0')
        ledger_bind_null(query);
    else
        keep_first(query, sqlite3_bind_text64(query->stmt, ++query->bound, text, strlen(text),
                                              SQLITE_TRANSIENT, SQLITE_UTF8));
}

ctes_status ledger_query_row(ledger_query *query, bool *ret_row, ctes_error *err) {
    int rc = query->rc != SQLITE_OK ? query->rc : sqlite3_step(query->stmt);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return ledger_fail(query->ledger, rc, err);
    *ret_row = rc == SQLITE_ROW;
    return CTES_OK;
}

ctes_status ledger_query_run(ledger_query *query, ctes_error *err) {
    bool row = false;
    do {
        CTES_TRY(ledger_query_row(query, &row, err));
    } while (row);
    return CTES_OK;
}

ctes_status ledger_query_number(ledger_query *query, int64_t *ret, bool *ret_found,
                                ctes_error *err) {
    CTES_TRY(ledger_query_row(query, ret_found, err));
    if (*ret_found)
        *ret = ledger_column_int(query, 0);
    return CTES_OK;
}

ctes_status ledger_execute(ctes_ledger *ledger, ledger_sql sql, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, sql, &query, err));
    return ledger_query_run(&query, err);
}

int64_t ledger_column_int(const ledger_query *query, int column) {
    return sqlite3_column_int64(query->stmt, column);
}

ctes_status ledger_column_text(const ledger_query *query, int column, const char **ret,
                               ctes_error *err) {
    if (sqlite3_column_type(query->stmt, column) == SQLITE_NULL) {
        *ret = NULL;
        return CTES_OK;
    }
    const char *text = (const char *)sqlite3_column_text(query->stmt, column);
    if (text == NULL)
        return ledger_refuse(err, CTES_E_MEMORY, query->ledger->path, "%s", "");
    *ret = text;
    return CTES_OK;
}

ctes_status ledger_column_copy(const ledger_query *query, int column, char *out, size_t size,
                               ctes_error *err) {
    const char *text = NULL;
    CTES_TRY(ledger_column_text(query, column, &text, err));
    if (!ctes_text_copy(out, size, text != NULL ? text : ""))
        return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, query->ledger->path, "%s",
                             sqlite3_column_name(query->stmt, column));
    return CTES_OK;
}

ctes_status ledger_column_dup(const ledger_query *query, int column, char **ret, ctes_error *err) {
    const char *text = NULL;
    CTES_TRY(ledger_column_text(query, column, &text, err));
    return ctes_text_dup(text, ret, err);
}

/* Only what ctes_date_format writes is read back; anything else was not written by us. */
ctes_status ledger_column_date(const ledger_query *query, int column, ctes_date *ret,
                               ctes_error *err) {
    const char *text = NULL;
    CTES_TRY(ledger_column_text(query, column, &text, err));
    if (text == NULL || text[0] == '\0') {
        *ret = (ctes_date){ .year = 0 };
        return CTES_OK;
    }
    unsigned digits[8];
    size_t count = 0;
    for (size_t i = 0; i < 10; i++) {
        bool dash = i == 4 || i == 7;
        if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, query->ledger->path, "%s", text);
        if (!dash)
            digits[count++] = (unsigned)(text[i] - '0');
    }
    *ret = (ctes_date){ .year = (int16_t)(digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 +
                                          digits[3]),
                        .month = (uint8_t)(digits[4] * 10 + digits[5]),
                        .day = (uint8_t)(digits[6] * 10 + digits[7]) };
    return CTES_OK;
}
