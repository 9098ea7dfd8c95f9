#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fail.h"
#include "base/text.h"
#include "ledger/sqlite.h"

#define BUSY_MS    10000
#define LENGTH_MAX (64 * 1024 * 1024) /* bytes of one value: more is a mistake, not evidence */

/* Switches of the connection against a file that was tampered with: the schema may call no
 * function with effects, nor the program write to SQLite's own tables. */
static int harden(sqlite3 *db) {
    static const struct {
        int option, value;
    } SWITCHES[] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 },   { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
        { SQLITE_DBCONFIG_ENABLE_FKEY, 1 }, { SQLITE_DBCONFIG_ENABLE_TRIGGER, 1 },
        { SQLITE_DBCONFIG_DQS_DML, 0 },
    };
    for (size_t i = 0; i < sizeof SWITCHES / sizeof SWITCHES[0]; i++) {
        int set = -1;
        int rc = sqlite3_db_config(db, SWITCHES[i].option, SWITCHES[i].value, &set);
        if (rc != SQLITE_OK)
            return rc;
        if (set != SWITCHES[i].value)
            return SQLITE_ERROR;
    }
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
    (void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    /* cells are checked as pages are read: a damaged file is an error, never an overrun */
    return sqlite3_exec(db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
}

/* The name by which SQLite opens a file without looking for a write-ahead log. */
static ctes_status frozen_uri(const char *path, ctes_buffer *uri, ctes_error *err) {
    CTES_TRY(ctes_buffer_puts(uri, "file:", err));
    for (const char *at = path; *at != '\0'; at++) {
        bool special = strchr("%?#", *at) != NULL;
        CTES_TRY(special ? ctes_buffer_printf(uri, err, "%%%02X", (unsigned)*at)
                         : ctes_buffer_append(uri, at, 1, err));
    }
    return ctes_buffer_puts(uri, "?immutable=1", err);
}

static int open_file(ctes_ledger *ledger, const char *name, ledger_mode mode) {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE; /* one store, one thread */
    flags |= mode == LEDGER_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    if (mode == LEDGER_FROZEN)
        flags |= SQLITE_OPEN_URI;
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(name, &db, flags, NULL);
    ledger->db = db;
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(db, BUSY_MS);
    return rc == SQLITE_OK ? harden(db) : rc;
}

ctes_status ledger_connect(const ctes_context *context, const ledger_place *place, ledger_mode mode,
                           ctes_ledger **ret, ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return ctes_fail_memory(err);
    ledger->driver = &ledger_sqlite;
    if (context != NULL)
        ledger->context = *context;
    CTES_TRY(ctes_text_dup(place->path, &ledger->path, err));
    CTES_TRY(ctes_text_dup(place->folder, &ledger->folder, err));
    CTES_AUTO_BUFFER ctes_buffer uri = CTES_BUFFER_INIT(3 * 4096 + 32);
    if (mode == LEDGER_FROZEN)
        CTES_TRY(frozen_uri(place->path, &uri, err));
    int rc = open_file(ledger, mode == LEDGER_FROZEN ? uri.data : place->path, mode);
    if (ledger->db == NULL)
        return ctes_fail_memory(err);
    if (rc != SQLITE_OK)
        return ledger_fail(ledger, rc, err);
    ledger->writable = mode == LEDGER_WRITER;
    /* SQLite gives up the wish to write silently when the file forbids it */
    if (ledger->writable && sqlite3_db_readonly(ledger->db, "main") == 1)
        return ledger_refuse(err, CTES_E_LEDGER_READONLY, place->path, "%s", "");
    sqlite3_randomness(sizeof ledger->token, &ledger->token);
    *ret = CTES_TAKE(ledger);
    return CTES_OK;
}

ctes_status ledger_set_durable(ctes_ledger *ledger, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_JOURNAL_WAL, &query, err));
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    const char *mode = NULL;
    if (row)
        CTES_TRY(ledger_column_text(&query, 0, &mode, err));
    if (mode == NULL || strcmp(mode, "wal") != 0)
        return ledger_refuse(err, CTES_E_LEDGER_OPEN, ledger->path, "journal_mode %s",
                             mode != NULL ? mode : "");
    return ledger->driver->execute(ledger, "PRAGMA synchronous = FULL", err);
}
