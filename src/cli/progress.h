/*
 * How far a batch is, on standard error: a bar on a terminal, below whatever else is written there;
 * elsewhere a line a minute, so that a journal shows that the work goes on.
 */
#ifndef CTES_CLI_PROGRESS_H
#define CTES_CLI_PROGRESS_H

#include "cli/cli.h"

typedef struct cli_progress cli_progress;

/** Starts showing; `self->progress` is set until cli_progress_end, and stays NULL when nothing is
 *  to be shown (--quiet, --json). All functions take a NULL. */
cli_progress *cli_progress_start(cli *self);
void cli_progress_end(cli_progress *progress);

/** How many acts there are. */
void cli_progress_total(cli_progress *progress, size_t total);

/** One act more is done, or one that waited has its answer. */
void cli_progress_advance(cli_progress *progress, const ctes_outcome *outcome);

/** Nothing leaves until then. */
void cli_progress_wait(cli_progress *progress, ctes_wait why, int64_t until_ms);

/** Lines written between the two stand above the bar; nobody else writes meanwhile. */
void cli_progress_pause(cli_progress *progress);
void cli_progress_resume(cli_progress *progress);

#endif
