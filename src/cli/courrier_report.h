/* Telling what became of letters: as sentences, or with --json one object a line. */
#ifndef CTES_CLI_COURRIER_REPORT_H
#define CTES_CLI_COURRIER_REPORT_H

#include <jansson.h>

#include "cli/cli.h"

/** Reports one outcome and returns its exit status. */
cli_exit cli_report_courrier(const cli *self, const ctes_courrier_outcome *outcome);

/** An object; the caller hands it on. Documents are told when the letter has them filled in. */
json_t *cli_json_courrier(const cli *self, const ctes_courrier *courrier);

/** Reports why nothing was done about a letter (0: it is not known which), in words that fit it. */
cli_exit cli_report_letter_failure(cli *self, int64_t letter, ctes_error *error);

/** The number of a letter as a person gives it. @return CTES_OK or CTES_E_USAGE. */
ctes_status cli_letter_id(const char *text, int64_t *ret, ctes_error *err);

/** The whole letter, with the paths of its documents. */
void cli_put_courrier(const cli *self, const ctes_courrier *courrier);

/** Where a file of a letter lies, from its path in the register (or NULL); the caller frees it. */
char *cli_courrier_path(const cli_config *config, const char *path);

/** What happened to a letter and what proves it, read from the register: printed, or added to the
 *  `object` of cli_json_courrier unless that is NULL. @return CTES_OK or the register's. */
ctes_status cli_put_courrier_life(const cli *self, ctes_ledger *ledger,
                                  const ctes_courrier *courrier, json_t *object, ctes_error *err);

/** "2-1". */
void cli_courrier_kind(const ctes_courrier *courrier, char out[static 24]);

#endif
