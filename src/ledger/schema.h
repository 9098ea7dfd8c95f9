/* The register's tables, as a list of versions; schema.c documents tables and columns. */
#ifndef CTES_LEDGER_SCHEMA_H
#define CTES_LEDGER_SCHEMA_H

#include "ledger/db.h"

#define LEDGER_APPLICATION_ID 0x43544553 /* "CTES", bytes 68 … 71 of the file */
#define LEDGER_VERSION        1          /* PRAGMA user_version that this program writes */

/** Brings an open register from any older version to LEDGER_VERSION, each version in one
 *  transaction: a crash leaves the former version whole. Two processes may do it at once. */
ctes_status ledger_migrate(ctes_ledger *ledger, ctes_error *err) CTES_MUST_CHECK;

/** Reads the version that the file carries. */
ctes_status ledger_version(ctes_ledger *ledger, int64_t *ret, ctes_error *err) CTES_MUST_CHECK;

#endif
