/* Where a batch's acts come from: a manifest, or a folder of fiches. */
#ifndef CTES_WORKFLOW_BATCH_SOURCE_H
#define CTES_WORKFLOW_BATCH_SOURCE_H

#include <ctes/acte.h>

#include "base/cleanup.h"

/** Called for each act in order. `bad` is NULL, or why the line or file describes no act. `line` is
 *  the manifest's, 0 for a fiche. The act may be taken by leaving an empty one in its place. */
typedef ctes_status (*ctes_batch_acte_fn)(void *user, ctes_acte *acte, const ctes_error *bad,
                                          int line, ctes_error *err);

/** Reads a manifest (a file, or manifest.csv of a folder) or every fiche *.txt of a folder.
 *  @return CTES_OK, what reading them can give, or what `each` returned. */
ctes_status ctes_batch_read(const char *path, ctes_batch_acte_fn each, void *user,
                            ctes_error *err) CTES_MUST_CHECK;

#endif
