/*
 * The page that a batch leaves behind, to be mailed or printed: who has to do something comes
 * first, then what waits, then what was acknowledged. However many acts there are, they lie on disk
 * until it is written.
 */
#ifndef CTES_CLI_HTML_REPORT_H
#define CTES_CLI_HTML_REPORT_H

#include "cli/summary.h"

typedef struct cli_html_report cli_html_report;

/** Prepares the page at `path` (borrowed): fails when it could not be written in the end.
 *  @return CTES_OK, CTES_E_NOT_FOUND, CTES_E_PERMISSION, CTES_E_DISK_FULL, CTES_E_IO. */
ctes_status cli_html_report_new(const cli *self, const char *path, cli_html_report **ret,
                                ctes_error *err);
void cli_html_report_free(cli_html_report *report);

/** Takes down what became of an act. `again` tells that the act may have been taken down before:
 *  then this is what counts. */
void cli_html_report_acte(cli_html_report *report, const ctes_outcome *outcome, bool again);

/** Writes the page. `source` is the table or folder; `stopped` is NULL or what ended the batch
 *  before its end. */
ctes_status cli_html_report_write(cli_html_report *report, const char *source,
                                  const cli_summary *summary, const ctes_error *stopped,
                                  ctes_error *err);

static inline void cli_html_reportp(cli_html_report **p) {
    cli_html_report_free(*p);
    *p = NULL;
}
#define CLI_AUTO_HTML_REPORT __attribute__((cleanup(cli_html_reportp)))

#endif
