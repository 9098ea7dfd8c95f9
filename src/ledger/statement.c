#include <assert.h>
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
    const ledger_driver *driver = ledger->driver;
    void *stmt = CTES_TAKE(ledger->stmts[sql]);
    if (stmt == NULL)
        CTES_TRY(driver->prepare(ledger, sql, ledger_sql_text(sql, driver->dialect), &stmt, err));
    *ret = (ledger_query){ .ledger = ledger, .sql = sql, .stmt = stmt };
    return CTES_OK;
}

ctes_status ledger_query_start_text(ctes_ledger *ledger, const char *sql, ledger_query *ret,
                                    ctes_error *err) {
    void *stmt = NULL;
    CTES_TRY(ledger->driver->prepare(ledger, LEDGER_SQL_COUNT, sql, &stmt, err));
    *ret = (ledger_query){ .ledger = ledger, .sql = LEDGER_SQL_COUNT, .stmt = stmt };
    return CTES_OK;
}

void ledger_query_end(ledger_query *query) {
    void *stmt = CTES_TAKE(query->stmt);
    if (stmt == NULL)
        return;
    ctes_ledger *ledger = query->ledger;
    if (query->sql == LEDGER_SQL_COUNT || ledger->stmts[query->sql] != NULL) {
        ledger->driver->finalize(stmt);
        return;
    }
    ledger->driver->reset(stmt);
    ledger->stmts[query->sql] = stmt;
}

void ledger_query_again(ledger_query *query) {
    query->ledger->driver->reset(query->stmt);
    query->bound = 0;
    query->code = 0;
}

void ledger_bind_value(ledger_query *query, const ledger_value *value) {
    int code = query->ledger->driver->bind(query->stmt, ++query->bound, value);
    if (query->code == 0)
        query->code = code;
}

void ledger_bind_int(ledger_query *query, int64_t value) {
    ledger_bind_value(query, &(ledger_value){ .type = LEDGER_INT, .number = value });
}

void ledger_bind_null(ledger_query *query) {
    ledger_bind_value(query, &(ledger_value){ .type = LEDGER_NULL });
}

void ledger_bind_text(ledger_query *query, const char *text) {
    if (text == NULL) {
        ledger_bind_null(query);
        return;
    }
    ledger_bind_value(
        query, &(ledger_value){ .type = LEDGER_TEXT, .bytes = text, .length = strlen(text) });
}

void ledger_bind_given(ledger_query *query, const char *text) {
    ledger_bind_text(query, text != NULL && text[0] != '\0' ? text : NULL);
}

void ledger_bind_blob(ledger_query *query, const void *bytes, size_t length) {
    ledger_bind_value(
        query,
        &(ledger_value){ .type = LEDGER_BLOB, .bytes = length > 0 ? bytes : "", .length = length });
}

void ledger_bind_date(ledger_query *query, ctes_date date) {
    assert(query->date[0] == '\0');
    ctes_date_format(date, query->date);
    ledger_bind_given(query, query->date);
}

ctes_status ledger_query_row(ledger_query *query, bool *ret_row, ctes_error *err) {
    const ledger_driver *driver = query->ledger->driver;
    if (query->code != 0)
        return driver->fail(query->ledger, query->code, err);
    return driver->step(query->ledger, query->stmt, ret_row, err);
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

ledger_value ledger_column(const ledger_query *query, int column) {
    return query->ledger->driver->column(query->stmt, column);
}

int64_t ledger_column_int(const ledger_query *query, int column) {
    return query->ledger->driver->number(query->stmt, column);
}

ctes_status ledger_column_text(const ledger_query *query, int column, const char **ret,
                               ctes_error *err) {
    if (!query->ledger->driver->text(query->stmt, column, ret))
        return ledger_refuse(err, CTES_E_MEMORY, query->ledger->path, "%s", "");
    return CTES_OK;
}

ctes_status ledger_column_copy(const ledger_query *query, int column, char *out, size_t size,
                               ctes_error *err) {
    const char *text = NULL;
    CTES_TRY(ledger_column_text(query, column, &text, err));
    if (!ctes_text_copy(out, size, text != NULL ? text : ""))
        return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, query->ledger->path, "%s",
                             query->ledger->driver->column_name(query->stmt, column));
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
