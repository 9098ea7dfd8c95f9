/* Statements of the ledger: prepared once, bound by a format. For the store_*.c files only. */
#ifndef CTES_SANDBOX_STORE_SQL_H
#define CTES_SANDBOX_STORE_SQL_H

#include <pthread.h>
#include <sqlite3.h>

#include "base/fail.h"
#include "sandbox/store.h"

#define STATEMENTS_MAX 128

struct sb_store {
    sqlite3 *db;
    pthread_mutex_t mutex;
    struct {
        const char *sql; /* address of the literal: the key */
        sqlite3_stmt *statement;
    } cache[STATEMENTS_MAX];
    size_t cached;
};

/** A statement for this literal, reset and bound: one letter of `format` for each parameter, i
 *  int64_t, s const char * (may be NULL; bound without a copy: it must live until the statement
 *  ends), b const void * and size_t likewise. NULL on failure, `err` filled. */
sqlite3_stmt *sql_bind(sb_store *store, ctes_error *err, const char *sql, const char *format, ...);

/** Steps to a row. @return CTES_OK with `*ret_row`, or CTES_E_LEDGER_IO. At the end of the rows,
 * and on failure, the statement is reset. */
ctes_status sql_step(sb_store *store, sqlite3_stmt *statement, bool *ret_row,
                     ctes_error *err) CTES_MUST_CHECK;

/** Binds, runs, expects no row. */
#define SQL_RUN(store, err, ...) sql_run(store, sql_bind(store, err, __VA_ARGS__), err)
ctes_status sql_run(sb_store *store, sqlite3_stmt *statement, ctes_error *err) CTES_MUST_CHECK;

/** First column of the first row as integer, `fallback` when there is none. */
#define SQL_INT(store, err, fallback, ret, ...)                                                    \
    sql_int(store, sql_bind(store, err, __VA_ARGS__), fallback, ret, err)
ctes_status sql_int(sb_store *store, sqlite3_stmt *statement, int64_t fallback, int64_t *ret,
                    ctes_error *err) CTES_MUST_CHECK;

/** A text column, "" for NULL. */
const char *sql_text(sqlite3_stmt *statement, int column);
void sql_copy(sqlite3_stmt *statement, int column, char *out, size_t size);

ctes_status sql_fail(sb_store *store, ctes_error *err);

/** What sql_transac reads, in a SELECT from `transac`. */
#define TRANSAC_COLUMNS                                                                            \
    "transac.id, envelope, related, type, status, nature, lag, late, due_ms, created_ms, siren, "  \
    "owner, number, transac.date, abrege, classification, unique_id, path"
#define TRANSAC_COLUMN_COUNT 18
void sql_transac(sqlite3_stmt *row, sb_transac *ret);

#endif
