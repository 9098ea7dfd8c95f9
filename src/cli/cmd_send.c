/* ctes send: one act, described by options or by its form. */
#include "cli/describe.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_send_options[] = {
    CLI_DESCRIPTION_OPTIONS,
    CLI_NEW_ACTE_OPTIONS,
    CLI_WAIT_OPTIONS,
    CLI_OPTION_END,
};

typedef struct send_options {
    cli_description description;
    cli_waiting waiting;
} send_options;

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    send_options *options = user;
    bool taken = false;
    ctes_status status = cli_waiting_option(&options->waiting, id, value, &taken, err);
    return taken ? status : cli_description_option(&options->description, id, value, err);
}

static void clear(send_options *options) {
    cli_description_clear(&options->description);
}

cli_exit cli_cmd_send(cli *self, int argc, char **argv) {
    __attribute__((cleanup(clear))) send_options options = { .waiting = CLI_WAITING_INIT };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &options, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    CLI_AUTO_OUTCOME ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_status status = CTES_OK;
    if (first < argc)
        status = cli_usage(&err, argv[first], _("unexpected word; did you mean \"ctes batch\"?"));
    else if (!options.description.any)
        status = cli_usage(&err, NULL, _("describe the act: --numero and the rest, or --fiche"));
    self->wait = options.waiting.wait;
    if (status == CTES_OK)
        status = cli_session_open(self, CTES_FOR_SEND, &session, &err);
    if (status == CTES_OK)
        status = cli_description_finish(self, &options.description, &err);
    if (status == CTES_OK)
        status = ctes_send(session, &options.description.acte, &outcome, &err);
    if (status != CTES_OK)
        return cli_report_failure(self, &err);
    cli_outcome_name(&outcome, &options.description.acte);
    return cli_finish_sending(self, session, &outcome, &options.waiting);
}
