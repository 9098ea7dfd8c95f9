/* ctes cancel: asks the préfecture to cancel an act that it has received. */
#include "cli/courrier_report.h"
#include "cli/describe.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_cancel_options[] = {
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    const char **autorite = user;
    (void)err;
    if (id == CLI_OPT_AUTORITE)
        *autorite = value;
    return CTES_OK;
}

static void say_known(const cli *self) {
    if (!self->json && !self->quiet)
        (void)puts(_("It was asked for before; nothing was sent again."));
}

cli_exit cli_cmd_cancel(cli *self, int argc, char **argv) {
    const char *autorite = NULL;
    char siren[10] = "";
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, (void *)&autorite, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    CLI_AUTO_LETTER ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    ctes_status status =
        first + 1 != argc ? cli_usage(&err, NULL, _("give the number of one act")) : CTES_OK;
    if (status == CTES_OK)
        status = cli_session_open(self, CTES_FOR_SEND, &session, &err);
    if (status == CTES_OK && autorite != NULL)
        status = cli_config_siren(&self->config, autorite, true, siren, &err);
    if (status == CTES_OK)
        status = ctes_cancel(session, siren[0] != '\0' ? siren : NULL, argv[first], &outcome, &err);
    if (status == CTES_E_ACTE_STATE) {
        CLI_AUTO_FREE char *state = cli_strdup(cli_state_label(ctes_state_of(err.detail)));
        if (state[0] != '\0')
            (void)cli_fail(&err, CTES_E_ACTE_STATE, err.stage, argv[first], state);
    }
    if (status != CTES_OK)
        return cli_report_failure(self, &err);
    if (outcome.known)
        say_known(self);
    return cli_report_courrier(self, &outcome);
}
