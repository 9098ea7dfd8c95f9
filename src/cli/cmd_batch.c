/* ctes batch: a table or a folder of acts, as a timer sends them at night. */
#include "cli/batch.h"
#include "cli/opt.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_batch_options[] = {
    { CLI_OPT_REPORT, "report", N_("FILE"), N_("write an HTML page to mail: what needs a person") },
    { 0, NULL, NULL, NULL },
};

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    const char **page = user;
    (void)err;
    if (id == CLI_OPT_REPORT)
        *page = value;
    return CTES_OK;
}

cli_exit cli_cmd_batch(cli *self, int argc, char **argv) {
    const char *page = NULL;
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &page, &first, &exit))
        return exit;
    if (first + 1 == argc)
        return cli_batch_run(self, argv[first], CTES_FOR_SEND, page);
    ctes_error err = CTES_ERROR_INIT;
    (void)cli_usage(&err, NULL, _("give one folder or one table"));
    return cli_report_failure(self, &err);
}
