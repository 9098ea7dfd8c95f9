/* The package of an attempt, kept under archives/: read back as it was sent. */
#ifndef CTES_WORKFLOW_KEPT_H
#define CTES_WORKFLOW_KEPT_H

#include "ledger/store.h"
#include "pack/pack.h"

/** Calls `visit` for each file of the package below the folder `archives`, in the order they were
 *  packed: an act's message, then its files. `sha256` is what the register says of the package.
 *  @return CTES_OK, CTES_E_NOT_FOUND when it is gone, CTES_E_DOCUMENT_CHANGED when it is no longer
 *          what was sent, why it cannot be read, or what `visit` returned. */
ctes_status ctes_kept_read(const char *archives, const ctes_envoi_row *envoi, const char *sha256,
                           ctes_pack_visit visit, void *user, ctes_error *err) CTES_MUST_CHECK;

/** Is this file the message of the act that `envoi` was asked for? Other acts may have left in the
 *  same package. */
bool ctes_kept_is_message(const ctes_envoi_row *envoi, const char *name) CTES_MUST_CHECK;

#endif
