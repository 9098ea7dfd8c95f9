/* ctes status: asks the operator what became of acts, and fetches letters. */
#include <string.h>
#include <time.h>

#include "cli/courrier_report.h"
#include "cli/describe.h"
#include "cli/hooks.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_status_options[] = {
    CLI_WAIT_OPTIONS,
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

typedef struct status_run {
    cli *self;
    cli_waiting waiting;
    const char *autorite;
    char siren[10];
    bool asked;   /* about acts named one by one: what is known is said again */
    time_t until; /* on the monotonic clock: several acts share one wait */
    size_t looked_at, changed, letters;
    cli_exit exit;
    cli_exit latest; /* of the act looked at last */
} status_run;

static time_t now(void) {
    struct timespec clock;
    (void)clock_gettime(CLOCK_MONOTONIC, &clock);
    return clock.tv_sec;
}

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    status_run *run = user;
    bool taken = false;
    ctes_status status = cli_waiting_option(&run->waiting, id, value, &taken, err);
    if (!taken && id == CLI_OPT_AUTORITE)
        run->autorite = value;
    return status;
}

/* While waiting, an act is looked at many times: only what changes is worth a line. */
static bool report(void *user, const ctes_outcome *outcome) {
    status_run *run = user;
    bool changed = outcome->result == CTES_RESULT_CHANGED;
    bool failed = outcome->error.code != CTES_OK;
    bool wanted = run->asked || run->self->json || run->self->verbosity > 0;
    if (changed || failed || (wanted && run->waiting.wait == 0))
        cli_report_outcome(run->self, outcome, run->asked ? CLI_REPORT_WHOLE : CLI_REPORT_LINE);
    run->looked_at++;
    run->changed += changed;
    run->latest = cli_exit_of_outcome(outcome, run->asked);
    if (!run->asked) /* one act never hides another */
        run->exit = cli_exit_worst(run->exit, run->latest);
    return true;
}

/* Returns false when asking about further acts makes no sense. */
static bool refresh(status_run *run, ctes_session *session, const char *numero) {
    ctes_error err = CTES_ERROR_INIT;
    long left = 0;
    if (run->waiting.wait > 0 && run->until > now())
        left = (long)(run->until - now());
    run->latest = CLI_EXIT_DONE;
    ctes_status status = ctes_refresh(session, run->siren[0] != '\0' ? run->siren : NULL, numero,
                                      left, run->waiting.every, report, run, &err);
    run->exit = cli_exit_worst(run->exit, run->latest);
    if (status == CTES_OK)
        return true;
    if (err.stage == CTES_STAGE_NONE && ctes_status_kind(err.code) == CTES_KIND_UNKNOWN)
        err.stage = CTES_STAGE_ACQUITTEMENT; /* a question was asked, nothing was sent */
    run->exit = cli_exit_worst(run->exit, cli_report_failure(run->self, &err));
    return status == CTES_E_NOT_YET || status == CTES_E_ACTE_UNKNOWN ||
           status == CTES_E_ACTE_AMBIGUOUS || status == CTES_E_ACTE_LEASED;
}

static bool report_letter(void *user, const ctes_courrier_outcome *outcome) {
    status_run *run = user;
    if (!outcome->known || run->self->json || run->self->verbosity > 0)
        run->exit = cli_exit_worst(run->exit, cli_report_courrier(run->self, outcome));
    run->letters += !outcome->known;
    return !cli_stop_asked();
}

/* Letters are fetched with the answers to acts: one command a night is enough. */
static bool fetch_letters(status_run *run, ctes_session *session) {
    ctes_error err = CTES_ERROR_INIT;
    const ctes_inbox_watch watch = {
        .each = report_letter, .user = run, .acte = report, .acte_user = run
    };
    ctes_status status =
        ctes_inbox_fetch(session, run->siren[0] != '\0' ? run->siren : NULL, &watch, &err);
    if (status == CTES_OK || cli_stop_asked())
        return true;
    run->exit = cli_exit_worst(run->exit, cli_report_failure(run->self, &err));
    /* an account that the operator refuses is one authority's: the acts of the others still wait */
    bool of_one = status == CTES_E_OPERATOR_ACCESS || status == CTES_E_OPERATOR_RIGHTS;
    if (of_one && run->self->config.autorite_count > 1)
        return true;
    return ctes_status_kind(status) != CTES_KIND_CONFIG &&
           ctes_status_kind(status) != CTES_KIND_SYSTEM;
}

static void say_nothing_new(const status_run *run) {
    if (run->self->json || run->self->quiet || run->exit != CLI_EXIT_DONE || run->asked ||
        run->letters > 0)
        return;
    if (run->looked_at == 0)
        (void)puts(_("No act is waiting."));
    else if (run->changed == 0)
        (void)puts(_("Nothing new."));
}

cli_exit cli_cmd_status(cli *self, int argc, char **argv) {
    status_run run = { .self = self, .waiting = CLI_WAITING_INIT, .exit = CLI_EXIT_DONE };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    ctes_status status = cli_session_open(self, CTES_FOR_STATUS, &session, &err);
    if (status == CTES_OK && run.autorite != NULL)
        status = cli_config_siren(&self->config, run.autorite, true, run.siren, &err);
    if (status != CTES_OK)
        return cli_report_failure(self, &err);
    run.asked = first < argc;
    run.until = now() + run.waiting.wait;
    if (!run.asked && fetch_letters(&run, session) && !cli_stop_asked())
        (void)refresh(&run, session, NULL);
    for (int i = first; i < argc && !cli_stop_asked(); i++)
        if (!refresh(&run, session, argv[i]))
            break;
    say_nothing_new(&run);
    return cli_stop_asked() ? CLI_EXIT_STOPPED : run.exit;
}
