/* ctes reply, ctes refuse: answers to the letters of the préfecture. */
#include <string.h>

#include "cli/courrier_report.h"
#include "cli/describe.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_reply_options[] = {
    { CLI_OPT_WAIT, "wait", N_("[=SECONDS]"), N_("wait for the operator's hours (600 seconds)") },
    CLI_OPTION_END,
};

typedef struct reply_run {
    cli_waiting waiting;
    bool refuses;
} reply_run;

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    reply_run *run = user;
    bool taken = false;
    return cli_waiting_option(&run->waiting, id, value, &taken, err);
}

/* "99_SE:plan.pdf" or "plan.pdf", as an act's annexes are given. */
static ctes_status take_files(char **argv, size_t count, ctes_acte *ret, ctes_error *err) {
    for (size_t i = 0; i < count; i++) {
        ctes_status status = cli_annexe_add(ret, argv[i], err);
        if (status != CTES_OK)
            return status;
    }
    return CTES_OK;
}

static ctes_status send(ctes_session *session, const reply_run *run, int64_t id,
                        const ctes_acte *files, ctes_courrier_outcome *ret, ctes_error *err) {
    size_t count = files->annexe_count;
    ctes_reponse_piece *pieces = cli_realloc(NULL, count + 1, sizeof *pieces);
    for (size_t i = 0; i < count; i++) {
        const ctes_piece *file = &files->annexes[i];
        pieces[i] =
            (ctes_reponse_piece){ .path = file->path,
                                  .type_pj = file->type_pj[0] != '\0' ? file->type_pj : NULL };
    }
    ctes_status status = ctes_reply(session, id, run->refuses, pieces, count, ret, err);
    free(pieces);
    return status;
}

static cli_exit answer(cli *self, int argc, char **argv, bool refuses) {
    reply_run run = { .waiting = CLI_WAITING_INIT, .refuses = refuses };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    CLI_AUTO_ACTE ctes_acte files = CTES_ACTE_INIT;
    CLI_AUTO_LETTER ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    int64_t id = 0;
    ctes_status status = CTES_OK;
    if (argc - first < 2)
        status = cli_usage(&err, NULL, _("give the number of a letter and the file to send"));
    else if (refuses && argc - first > 2)
        status = cli_usage(&err, argv[first + 2], _("a refusal takes one file"));
    if (status == CTES_OK)
        status = cli_letter_id(argv[first], &id, &err);
    if (status == CTES_OK)
        status = take_files(&argv[first + 1], (size_t)(argc - first - 1), &files, &err);
    self->wait = run.waiting.wait;
    if (status == CTES_OK)
        status = cli_session_open(self, CTES_FOR_SEND, &session, &err);
    if (status == CTES_OK)
        status = send(session, &run, id, &files, &outcome, &err);
    return status == CTES_OK ? cli_report_courrier(self, &outcome)
                             : cli_report_letter_failure(self, id, &err);
}

cli_exit cli_cmd_reply(cli *self, int argc, char **argv) {
    return answer(self, argc, argv, false);
}

cli_exit cli_cmd_refuse(cli *self, int argc, char **argv) {
    return answer(self, argc, argv, true);
}
