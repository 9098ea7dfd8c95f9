/* ctes batch: a table or a folder of acts, as a timer sends them at night. */
#include <unistd.h>

#include "cli/batch.h"
#include "cli/opt.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_batch_options[] = {
    { 0, NULL, NULL, NULL },
};

typedef struct progress {
    const cli *self;
    bool shows_all; /* a line an act, else only what needs a person and a counter */
    size_t count;
    size_t answered; /* acts of before that have news */
    cli_exit exit;
} progress;

/* On a terminal: how far it is, on a line that the next one overwrites. */
static void show_count(const progress *at, const ctes_outcome *outcome) {
    const char *number = outcome->record.numero;
    (void)fprintf(stderr, "\r\033[K%zu ", at->count);
    cli_put(stderr, number);
}

static void erase_count(void) {
    (void)fputs("\r\033[K", stderr);
}

static bool report(void *user, const ctes_outcome *outcome) {
    progress *at = user;
    if (outcome->result == CTES_RESULT_UNCHANGED && outcome->error.code == CTES_OK)
        return true; /* an act from before, about which there is nothing new */
    cli_exit exit = cli_exit_of_outcome(outcome, false);
    at->exit = cli_exit_worst(at->exit, exit);
    at->count++;
    at->answered += outcome->result == CTES_RESULT_CHANGED;
    if (at->shows_all) {
        cli_report_outcome(at->self, outcome, CLI_REPORT_LINE);
        return true;
    }
    if (exit != CLI_EXIT_DONE) {
        erase_count();
        cli_report_outcome(at->self, outcome, CLI_REPORT_LINE);
    }
    if (!at->self->quiet)
        show_count(at, outcome);
    return true;
}

cli_exit cli_batch_run(cli *self, const char *path, ctes_purpose purpose) {
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    progress at = { .self = self,
                    .shows_all = self->json || self->verbosity > 0 || !isatty(STDERR_FILENO),
                    .exit = CLI_EXIT_DONE };
    const ctes_batch_watch watch = { .each = report, .user = &at };
    ctes_batch_summary summary = { .total = 0 };
    ctes_status status = cli_session_open(self, purpose, &session, &err);
    if (status == CTES_OK)
        status = ctes_batch(session, path, &watch, &summary, &err);
    if (!at.shows_all)
        erase_count();
    if (summary.total > 0 || status == CTES_OK)
        cli_report_summary(self, &summary, at.answered, purpose == CTES_FOR_SEND);
    if (status != CTES_OK && err.stage == CTES_STAGE_NONE)
        err.stage = CTES_STAGE_DOCUMENT; /* the folder or the table itself */
    if (status != CTES_OK)
        return cli_exit_worst(at.exit, cli_report_failure(self, &err));
    return at.exit;
}

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    (void)user;
    (void)id;
    (void)value;
    (void)err;
    return CTES_OK;
}

cli_exit cli_cmd_batch(cli *self, int argc, char **argv) {
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, NULL, &first, &exit))
        return exit;
    if (first + 1 == argc)
        return cli_batch_run(self, argv[first], CTES_FOR_SEND);
    ctes_error err = CTES_ERROR_INIT;
    (void)cli_usage(&err, NULL, _("give one folder or one table"));
    return cli_report_failure(self, &err);
}
