/* A register in a file: from the caller's path to a connection whose settings are all in force. */
#ifndef CTES_LEDGER_SQLITE_H
#define CTES_LEDGER_SQLITE_H

#include <sqlite3.h>

#include "ledger/db.h"

extern const ledger_driver ledger_sqlite;               /* db_sqlite.c */
extern const char *const *const ledger_sqlite_schema[]; /* schema_sqlite.c */

/** The status that a failed SQLite call stands for. (error_sqlite.c) */
ctes_status ledger_status_of(sqlite3 *db, int rc);

/** Fills `err` from the last failed call on the connection; returns the status. */
ctes_status ledger_fail(const ctes_ledger *ledger, int rc, ctes_error *err);

/** Opens for writing or reading, as ctes_store_open and ctes_ledger_open. (open_sqlite.c) */
ctes_status ledger_sqlite_write(const ctes_context *context, const char *url, ctes_ledger **ret,
                                ctes_error *err) CTES_MUST_CHECK;
ctes_status ledger_sqlite_read(const ctes_context *context, const char *url, ctes_ledger **ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** Where a register is. */
typedef struct ledger_place {
    char *folder, *path; /* absolute; `path` lies in `folder` */
} ledger_place;

void ledger_place_clear(ledger_place *place);
#define LEDGER_AUTO_PLACE CTES_CLEANUP(ledger_place_clear)

/** Finds the folder and file that a URL names; `create` makes the folder (mode 0700).
 *  @return CTES_OK, CTES_E_LEDGER_OPEN for a URL that names no file, CTES_E_NOT_FOUND,
 *          CTES_E_PERMISSION, CTES_E_LEDGER_READONLY, CTES_E_DISK_FULL. */
ctes_status ledger_place_find(const char *url, bool create, ledger_place *ret,
                              ctes_error *err) CTES_MUST_CHECK;

typedef enum ledger_mode {
    LEDGER_READER,
    LEDGER_FROZEN, /* reading a file that nobody changes: needs no write-ahead log beside it */
    LEDGER_WRITER
} ledger_mode;

/** Opens the file of a place, which must exist, and sets the connection up. The file is not looked
 *  at yet. */
ctes_status ledger_connect(const ctes_context *context, const ledger_place *place, ledger_mode mode,
                           ctes_ledger **ret, ctes_error *err) CTES_MUST_CHECK;

/** Settings that need a file known to be ours: durability of what is written. */
ctes_status ledger_set_durable(ctes_ledger *ledger, ctes_error *err) CTES_MUST_CHECK;

/** Makes an empty register at a place that has none. Whatever happens, the file is whole or absent;
 *  another process that makes it at the same time is no failure. (create_sqlite.c) */
ctes_status ledger_create(const ctes_context *context, const ledger_place *place,
                          ctes_error *err) CTES_MUST_CHECK;

#endif
