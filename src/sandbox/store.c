#include "sandbox/store.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sandbox/store_sql.h"
#include "sign/sign.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS envelope(id INTEGER PRIMARY KEY, siren TEXT NOT NULL,"
    " owner TEXT NOT NULL, path TEXT NOT NULL, mode TEXT NOT NULL, created_ms INTEGER NOT NULL)"
    " STRICT;"
    "CREATE TABLE IF NOT EXISTS transac(id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " envelope INTEGER NOT NULL REFERENCES envelope(id), related INTEGER NOT NULL,"
    " type INTEGER NOT NULL, status INTEGER NOT NULL, nature INTEGER NOT NULL,"
    " lag INTEGER NOT NULL, late INTEGER NOT NULL, due_ms INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, siren TEXT NOT NULL, owner TEXT NOT NULL, number TEXT NOT NULL,"
    " date TEXT NOT NULL, abrege TEXT NOT NULL, classification TEXT NOT NULL,"
    " unique_id TEXT NOT NULL, path TEXT NOT NULL, subject TEXT NOT NULL) STRICT;"
    /* like the real one: no uniqueness on the number (sheet § 6) */
    "CREATE INDEX IF NOT EXISTS transac_number ON transac(siren, number);"
    "CREATE INDEX IF NOT EXISTS transac_status ON transac(siren, status);"
    "CREATE INDEX IF NOT EXISTS transac_unique_id ON transac(unique_id) WHERE unique_id <> '';"
    "CREATE INDEX IF NOT EXISTS transac_moving ON transac(due_ms) WHERE status IN (1, 2, 3, 7)"
    " OR late = 1;"
    "CREATE INDEX IF NOT EXISTS transac_envelope ON transac(envelope);"
    "CREATE INDEX IF NOT EXISTS transac_related ON transac(related) WHERE related <> 0;"
    "CREATE TABLE IF NOT EXISTS workflow(id INTEGER PRIMARY KEY, transac INTEGER NOT NULL,"
    " status INTEGER NOT NULL, at_ms INTEGER NOT NULL, message TEXT NOT NULL, flow BLOB,"
    " flow_name TEXT) STRICT;"
    "CREATE INDEX IF NOT EXISTS workflow_transac ON workflow(transac, status);"
    "CREATE TABLE IF NOT EXISTS file(id INTEGER PRIMARY KEY, transac INTEGER NOT NULL,"
    " name TEXT NOT NULL, posted TEXT NOT NULL, mime TEXT NOT NULL, size INTEGER NOT NULL,"
    " sign TEXT NOT NULL, code_pj TEXT NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS file_transac ON file(transac);"
    "CREATE INDEX IF NOT EXISTS file_name ON file(name);"
    "CREATE TABLE IF NOT EXISTS member(id INTEGER PRIMARY KEY, path TEXT NOT NULL,"
    " name TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS member_path ON member(path);"
    "CREATE TABLE IF NOT EXISTS courrier(transac INTEGER PRIMARY KEY, letter INTEGER NOT NULL,"
    " unread INTEGER NOT NULL, message TEXT NOT NULL, id_acte TEXT NOT NULL, date TEXT NOT NULL,"
    " texte TEXT NOT NULL, form TEXT NOT NULL) STRICT;"
    "CREATE INDEX IF NOT EXISTS courrier_unread ON courrier(unread) WHERE unread = 1;"
    "CREATE INDEX IF NOT EXISTS courrier_id_acte ON courrier(id_acte, message);"
    "CREATE TABLE IF NOT EXISTS depot(name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " size INTEGER NOT NULL, sha256 TEXT NOT NULL, times INTEGER NOT NULL,"
    " changed INTEGER NOT NULL, envelope INTEGER NOT NULL, verdict TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS mail(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " transac INTEGER NOT NULL, file TEXT NOT NULL, subject TEXT NOT NULL,"
    " attachments TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS serial(siren TEXT NOT NULL, day TEXT NOT NULL,"
    " last INTEGER NOT NULL, PRIMARY KEY(siren, day)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS duplicate(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " siren TEXT NOT NULL, number TEXT NOT NULL, mode TEXT NOT NULL, subject TEXT NOT NULL,"
    " held INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS request(id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
    " method TEXT NOT NULL, path TEXT NOT NULL, query TEXT NOT NULL, account TEXT NOT NULL,"
    " http INTEGER NOT NULL, answer TEXT NOT NULL, fault TEXT NOT NULL, bytes_in INTEGER NOT NULL,"
    " bytes_out INTEGER NOT NULL, micros INTEGER NOT NULL) STRICT;";

ctes_status sql_fail(sb_store *store, ctes_error *err) {
    int code = sqlite3_extended_errcode(store->db);
    return ctes_fail(err, (code & 0xff) == SQLITE_NOMEM ? CTES_E_MEMORY : CTES_E_LEDGER_IO, NULL,
                     "%s", sqlite3_errmsg(store->db));
}

/* sha256(bytes) in a statement: NULL for NULL. */
static void hash_value(sqlite3_context *context, int count, sqlite3_value **values) {
    ctes_hash hash;
    char hex[2 * CTES_SHA256_SIZE + 1];
    if (count != 1 || sqlite3_value_type(values[0]) == SQLITE_NULL)
        return;
    const void *bytes = sqlite3_value_blob(values[0]);
    size_t length = (size_t)sqlite3_value_bytes(values[0]);
    if (ctes_hash_bytes(bytes != NULL ? bytes : "", length, &hash, NULL) != CTES_OK) {
        sqlite3_result_error_nomem(context);
        return;
    }
    ctes_text_hex(hash.bytes, sizeof hash.bytes, hex);
    sqlite3_result_text(context, hex, -1, SQLITE_TRANSIENT);
}

/* A temporary database keeps changed pages in its cache and looks at each of them at every commit:
 * the cache is small so that this stays cheap.
 * The ledger need not outlive the machine, only this process: WAL without waiting for the disk
 * survives a kill -9 of the sandbox and leaves the file readable for others meanwhile. A temporary
 * one has no WAL, and nobody to roll it back after a crash: its journal stays in memory. */
static ctes_status prepare_database(sb_store *store, bool temporary, ctes_error *err) {
    const char *journal = temporary ? "PRAGMA page_size=16384; PRAGMA journal_mode=MEMORY"
                                    : "PRAGMA page_size=16384; PRAGMA journal_mode=WAL";
    if (sqlite3_exec(store->db, journal, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(store->db,
                     "PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
                     "PRAGMA busy_timeout=5000; PRAGMA cache_size=-8192;",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_exec(store->db, schema, NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function(store->db, "sha256", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                hash_value, NULL, NULL) != SQLITE_OK)
        return sql_fail(store, err);
    return CTES_OK;
}

ctes_status store_open(const char *path, sb_store **ret, ctes_error *err) {
    sb_store *made = calloc(1, sizeof *made);
    if (made == NULL || pthread_mutex_init(&made->mutex, NULL) != 0) {
        free(made);
        return ctes_fail_memory(err);
    }
    /* "" is a temporary database: in memory while it is small, on disk beyond, gone at the end */
    ctes_status status = CTES_OK;
    if (sqlite3_open_v2(path != NULL ? path : "", &made->db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK)
        status = ctes_fail(err, CTES_E_LEDGER_OPEN, path, "%s",
                           made->db != NULL ? sqlite3_errmsg(made->db) : "");
    else
        status = prepare_database(made, path == NULL, err);
    if (status != CTES_OK) {
        store_close(made);
        return status;
    }
    *ret = made;
    return CTES_OK;
}

void store_close(sb_store *store) {
    if (store == NULL)
        return;
    for (size_t i = 0; i < store->cached; i++)
        (void)sqlite3_finalize(store->cache[i].statement);
    (void)sqlite3_close(store->db);
    (void)pthread_mutex_destroy(&store->mutex);
    free(store);
}

void store_lock(sb_store *store) {
    (void)pthread_mutex_lock(&store->mutex);
}

void store_unlock(sb_store *store) {
    (void)pthread_mutex_unlock(&store->mutex);
}

static sqlite3_stmt *find_statement(sb_store *store, const char *sql) {
    for (size_t i = 0; i < store->cached; i++) {
        if (store->cache[i].sql == sql)
            return store->cache[i].statement;
    }
    sqlite3_stmt *made = NULL;
    if (store->cached == STATEMENTS_MAX ||
        sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL) != SQLITE_OK)
        return NULL;
    store->cache[store->cached].sql = sql;
    store->cache[store->cached++].statement = made;
    return made;
}

sqlite3_stmt *sql_bind(sb_store *store, ctes_error *err, const char *sql, const char *format, ...) {
    sqlite3_stmt *statement = find_statement(store, sql);
    if (statement == NULL) {
        (void)sql_fail(store, err);
        return NULL;
    }
    (void)sqlite3_reset(statement);
    if (sqlite3_bind_parameter_count(statement) != (int)strlen(format)) {
        (void)ctes_fail(err, CTES_E_INTERNAL, NULL, "%s", sql);
        return NULL;
    }
    va_list args;
    va_start(args, format);
    int bound = SQLITE_OK;
    for (int i = 1; format[i - 1] != '\0' && bound == SQLITE_OK; i++) {
        if (format[i - 1] == 'i') {
            bound = sqlite3_bind_int64(statement, i, va_arg(args, int64_t));
        } else if (format[i - 1] == 's') {
            bound = sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, SQLITE_STATIC);
        } else {
            const void *bytes = va_arg(args, const void *);
            size_t length = va_arg(args, size_t);
            bound = sqlite3_bind_blob64(statement, i, bytes, length, SQLITE_STATIC);
        }
    }
    va_end(args);
    if (bound != SQLITE_OK) {
        (void)sql_fail(store, err);
        return NULL;
    }
    return statement;
}

ctes_status sql_step(sb_store *store, sqlite3_stmt *statement, bool *ret_row, ctes_error *err) {
    if (statement == NULL)
        return err != NULL && err->code != CTES_OK ? err->code : CTES_E_LEDGER_IO;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *ret_row = true;
        return CTES_OK;
    }
    ctes_status status = code == SQLITE_DONE ? CTES_OK : sql_fail(store, err);
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    *ret_row = false;
    return status;
}

ctes_status sql_run(sb_store *store, sqlite3_stmt *statement, ctes_error *err) {
    bool row = true;
    while (row)
        CTES_TRY(sql_step(store, statement, &row, err));
    return CTES_OK;
}

ctes_status sql_int(sb_store *store, sqlite3_stmt *statement, int64_t fallback, int64_t *ret,
                    ctes_error *err) {
    bool row = false;
    CTES_TRY(sql_step(store, statement, &row, err));
    if (!row) {
        *ret = fallback;
        return CTES_OK;
    }
    *ret = sqlite3_column_int64(statement, 0);
    (void)sqlite3_reset(statement);
    return CTES_OK;
}

const char *sql_text(sqlite3_stmt *statement, int column) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text != NULL ? (const char *)text : "";
}

void sql_copy(sqlite3_stmt *statement, int column, char *out, size_t size) {
    (void)ctes_text_copy(out, size, sql_text(statement, column));
}

ctes_status store_begin(sb_store *store, ctes_error *err) {
    return SQL_RUN(store, err, "BEGIN IMMEDIATE", "");
}

ctes_status store_commit(sb_store *store, ctes_error *err) {
    return SQL_RUN(store, err, "COMMIT", "");
}

void store_rollback(sb_store *store) {
    if (sqlite3_get_autocommit(store->db) == 0)
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}
