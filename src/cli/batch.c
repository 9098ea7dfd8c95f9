#include "cli/batch.h"

#include "cli/html_report.h"
#include "cli/outcome_text.h"
#include "cli/progress.h"
#include "cli/quantity.h"

/* A batch under way. */
typedef struct run {
    cli *self;
    cli_html_report *page; /* or NULL */
    size_t total, done;
    ctes_wait why; /* the wait that was told last, */
    int64_t until_ms;
    cli_summary summary;
} run;

static void count(void *user, size_t total) {
    run *r = user;
    r->total = total;
    cli_progress_total(r->self->progress, total);
}

static bool is_told(const run *r, const ctes_outcome *outcome) {
    return r->self->json || r->self->verbosity > 0 || cli_outcome_is_held_up(outcome) ||
           cli_exit_of_outcome(outcome, false) != CLI_EXIT_DONE;
}

static bool report(void *user, const ctes_outcome *outcome) {
    run *r = user;
    if (outcome->result == CTES_RESULT_UNCHANGED && outcome->error.code == CTES_OK)
        return true; /* an act from before, about which there is nothing new */
    cli_exit exit = cli_exit_of_outcome(outcome, false);
    bool again = r->done == r->total; /* the batch is through: these are answers */
    r->done += !again;
    r->summary.exit = cli_exit_worst(r->summary.exit, exit);
    r->summary.answered += outcome->result == CTES_RESULT_CHANGED;
    r->summary.later += outcome->result == CTES_RESULT_REFUSED && exit == CLI_EXIT_LATER;
    cli_html_report_acte(r->page, outcome, again);
    if (is_told(r, outcome))
        cli_report_outcome(r->self, outcome, CLI_REPORT_LINE);
    cli_progress_advance(r->self->progress, outcome);
    return true;
}

/* The bar shows a short wait; a long one is told as well, once. */
static void hold(void *user, ctes_wait why, int64_t until_ms) {
    enum { LONG_MS = 60 * 1000 };
    run *r = user;
    int64_t now_ms = cli_now_ms();
    bool is_new = why != r->why || until_ms != r->until_ms;
    bool is_long = why != CTES_WAIT_RETRY || until_ms - now_ms >= LONG_MS;
    cli_progress_wait(r->self->progress, why, until_ms);
    if (!is_new)
        return;
    r->why = why;
    r->until_ms = until_ms;
    if (r->self->json || (!r->self->quiet && (is_long || r->self->verbosity > 0)))
        cli_report_wait(r->self, why, until_ms, now_ms);
}

static ctes_status work(run *r, const char *path, ctes_purpose purpose, const char *page,
                        ctes_error *err) {
    CLI_AUTO_SESSION ctes_session *session = NULL;
    const ctes_batch_watch watch = { .each = report, .counted = count, .waits = hold, .user = r };
    ctes_status status = CTES_OK;
    if (page != NULL)
        status = cli_html_report_new(r->self, page, &r->page, err);
    if (status == CTES_OK)
        status = cli_session_open(r->self, purpose, &session, err);
    if (status != CTES_OK)
        return status;
    cli_progress *progress = cli_progress_start(r->self);
    status = ctes_batch(session, path, &watch, &r->summary.counts, err);
    cli_progress_end(progress);
    if (status != CTES_OK && err->stage == CTES_STAGE_NONE)
        err->stage = CTES_STAGE_DOCUMENT; /* the folder or the table itself */
    return status;
}

/* The page is written whatever happened: who gets it by mail has nothing else. */
static void write_page(run *r, const char *source, const ctes_error *stopped) {
    ctes_error err = CTES_ERROR_INIT;
    if (r->page != NULL &&
        cli_html_report_write(r->page, source, &r->summary, stopped, &err) != CTES_OK)
        r->summary.exit = cli_exit_worst(r->summary.exit, cli_report_failure(r->self, &err));
    cli_html_report_free(r->page);
}

cli_exit cli_batch_run(cli *self, const char *path, ctes_purpose purpose, const char *page) {
    ctes_error err = CTES_ERROR_INIT;
    run r = { .self = self,
              .summary = { .exit = CLI_EXIT_DONE,
                           .sending = purpose == CTES_FOR_SEND,
                           .began_ms = cli_now_ms() } };
    int64_t start_ms = cli_monotonic_ms();
    ctes_status status = work(&r, path, purpose, page, &err);
    r.summary.left = r.total > r.done ? r.total - r.done : 0;
    r.summary.ended_ms = cli_now_ms();
    r.summary.duration_ms = cli_monotonic_ms() - start_ms;
    cli_exit failure = status == CTES_OK ? CLI_EXIT_DONE : cli_exit_of_error(&err);
    r.summary.exit = cli_exit_worst(r.summary.exit, failure);
    if (r.summary.counts.total > 0 || status == CTES_OK)
        cli_report_summary(self, &r.summary);
    if (status != CTES_OK)
        (void)cli_report_failure(self, &err);
    write_page(&r, path, status == CTES_OK ? NULL : &err);
    return r.summary.exit;
}
