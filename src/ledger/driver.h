/*
 * What this module asks of a database. The rules of the register are written once, above this
 * line; SQLite and PostgreSQL stand below it, one file each for what they do and how they speak.
 */
#ifndef CTES_LEDGER_DRIVER_H
#define CTES_LEDGER_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/ledger.h>

#include "base/cleanup.h"
#include "ledger/sql.h"

#define LEDGER_PARAMETERS_MAX 32 /* of one statement */

typedef enum ledger_type { LEDGER_NULL, LEDGER_INT, LEDGER_TEXT, LEDGER_BLOB } ledger_type;

/** A parameter or a column. Bytes are borrowed; text has a NUL behind them. */
typedef struct ledger_value {
    ledger_type type;
    int64_t number;
    const void *bytes; /* a column's is NULL when memory ran out */
    size_t length;
} ledger_value;

typedef enum ledger_transaction {
    LEDGER_IDLE,
    LEDGER_INSIDE,
    LEDGER_FAILED /* inside one that can only be undone */
} ledger_transaction;

typedef struct ledger_driver {
    ledger_dialect dialect;
    /** LEDGER_VERSION lists of statements, each ending with NULL: one list a version. */
    const char *const *const *versions;

    /** Prepares `sql`, which is the text of statement `slot`, or of none (LEDGER_SQL_COUNT). */
    ctes_status (*prepare)(ctes_ledger *ledger, ledger_sql slot, const char *sql, void **ret,
                           ctes_error *err);
    /** Sets parameter `at`, counted from 1; the bytes are the caller's until the statement is
     * reset. Returns 0, or a code for `fail`. */
    int (*bind)(void *stmt, int at, const ledger_value *value);
    ctes_status (*step)(ctes_ledger *ledger, void *stmt, bool *ret_row, ctes_error *err);
    /** A column of the current row, borrowed until the next step: as what it is, as a number (0 for
     *  SQL NULL), as text (NULL for SQL NULL; returns false when memory ran out). */
    ledger_value (*column)(void *stmt, int column);
    int64_t (*number)(void *stmt, int column);
    bool (*text)(void *stmt, int column, const char **ret);
    const char *(*column_name)(void *stmt, int column);
    /** Makes a statement ready to be bound and stepped again. */
    void (*reset)(void *stmt);
    void (*finalize)(void *stmt);
    ctes_status (*fail)(const ctes_ledger *ledger, int code, ctes_error *err);

    /** Runs statements without parameters and rows. */
    ctes_status (*execute)(ctes_ledger *ledger, const char *sql, ctes_error *err);
    ledger_transaction (*transaction)(const ctes_ledger *ledger);

    /** Takes what tells other sessions that this one lives and holds an act; NULL where processes
     *  are seen without. `patient`: whoever holds it is gone, and will be noticed soon. */
    ctes_status (*claim)(ctes_ledger *ledger, int64_t acte, bool patient, bool *ret,
                         ctes_error *err);
    void (*unclaim)(ctes_ledger *ledger, int64_t acte);
    /** The caller's group ended: what was claimed in one that is undone is not held. NULL as above.
     */
    void (*group_ended)(ctes_ledger *ledger, bool committed);

    /** Releases the connection, which may be half made. */
    void (*close)(ctes_ledger *ledger);
} ledger_driver;

#endif
