/* Running a table or a folder of acts, for "batch" and "check". */
#ifndef CTES_CLI_BATCH_H
#define CTES_CLI_BATCH_H

#include "cli/cli.h"

/** Sends (CTES_FOR_SEND) or checks (CTES_FOR_CHECK) every act of `path` and reports each. The exit
 *  status is that of the act that needs a person most. `page` is NULL or where an HTML report goes.
 */
cli_exit cli_batch_run(cli *self, const char *path, ctes_purpose purpose, const char *page);

#endif
