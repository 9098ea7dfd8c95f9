/* What a batch comes to in the end, in counts. */
#ifndef CTES_CLI_SUMMARY_H
#define CTES_CLI_SUMMARY_H

#include "cli/report.h"
#include "cli/text.h"

typedef struct cli_summary {
    ctes_batch_summary counts;
    size_t later;    /**< of those refused: nothing was wrong with them, they can be tried again */
    size_t answered; /**< acts that had news when they were asked about */
    size_t left;     /**< acts of the folder or table that were not reached */
    bool sending;    /**< not only checked */
    int64_t began_ms, ended_ms; /**< since the epoch */
    int64_t duration_ms;
    cli_exit exit;
} cli_summary;

/** A row of the table: a label, a value, more about it. */
typedef struct cli_summary_row {
    const char *label; /**< translated */
    cli_short value, more;
    bool inner; /**< part of the row above */
} cli_summary_row;

#define CLI_SUMMARY_ROWS 12

/** Fills in the rows that have something to tell and returns their number. */
size_t cli_summary_rows(const cli_summary *summary, cli_summary_row rows[static CLI_SUMMARY_ROWS]);

/** Reports it: as a table, as one line in the journal, as JSON; not at all with --quiet. */
void cli_report_summary(const cli *self, const cli_summary *summary);

#endif
