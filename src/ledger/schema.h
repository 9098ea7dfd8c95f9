/* The register's tables, as a list of versions; schema.c documents tables and columns. */
#ifndef CTES_LEDGER_SCHEMA_H
#define CTES_LEDGER_SCHEMA_H

#include "ledger/db.h"

#define LEDGER_MARK    0x43544553 /* "CTES": PRAGMA application_id of a file (bytes 68 … 71) */
#define LEDGER_VERSION 3          /* of the tables that this program writes */

/** PostgreSQL's advisory locks have one number space a database: ours begin here. The first is that
 *  of the tables, then comes one for each act. */
#define LEDGER_LOCK_BASE ((int64_t)LEDGER_MARK << 32)

/** Brings an open register from any older version to LEDGER_VERSION, each version in one
 *  transaction: a crash leaves the former version whole. Two processes may do it at once. */
ctes_status ledger_migrate(ctes_ledger *ledger, ctes_error *err) CTES_MUST_CHECK;

/** Whose register it says to be: LEDGER_MARK, 0 nobody's yet, else another's. */
ctes_status ledger_mark(ctes_ledger *ledger, int64_t *ret, ctes_error *err) CTES_MUST_CHECK;

/** Reads the version that the register carries; CTES_E_LEDGER_NEWER for one that is not known. */
ctes_status ledger_version_known(ctes_ledger *ledger, int64_t *ret,
                                 ctes_error *err) CTES_MUST_CHECK;

#endif
