/* ctes check: everything short of sending, for one act or for a whole batch. */
#include "cli/batch.h"
#include "cli/describe.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_check_options[] = {
    CLI_DESCRIPTION_OPTIONS,
    CLI_NEW_ACTE_OPTIONS,
    CLI_OPTION_END,
};

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    return cli_description_option(user, id, value, err);
}

static cli_exit check_one(cli *self, cli_description *description) {
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    CLI_AUTO_OUTCOME ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_status status = cli_session_open(self, CTES_FOR_CHECK, &session, &err);
    if (status == CTES_OK)
        status = cli_description_finish(self, description, &err);
    if (status == CTES_OK)
        status = ctes_check(session, &description->acte, &outcome, &err);
    if (status != CTES_OK)
        return cli_report_failure(self, &err);
    cli_outcome_name(&outcome, &description->acte);
    cli_report_outcome(self, &outcome, CLI_REPORT_WHOLE);
    return cli_exit_of_outcome(&outcome, true);
}

cli_exit cli_cmd_check(cli *self, int argc, char **argv) {
    __attribute__((cleanup(cli_description_clear))) cli_description description = { .any = false };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &description, &first, &exit))
        return exit;
    if (first == argc && description.any)
        return check_one(self, &description);
    if (first + 1 == argc && !description.any)
        return cli_batch_run(self, argv[first], CTES_FOR_CHECK, NULL);
    ctes_error err = CTES_ERROR_INIT;
    (void)cli_usage(&err, NULL, _("give either one table or folder, or the options of one act"));
    return cli_report_failure(self, &err);
}
