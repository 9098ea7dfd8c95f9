/* Opening: from the caller's URL to a connection whose settings are all in force. */
#ifndef CTES_LEDGER_OPEN_H
#define CTES_LEDGER_OPEN_H

#include "ledger/db.h"

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
 *  another process that makes it at the same time is no failure. (create.c) */
ctes_status ledger_create(const ctes_context *context, const ledger_place *place,
                          ctes_error *err) CTES_MUST_CHECK;

#endif
