/* ctes register: what is done to the register itself. */
#include <string.h>

#include "cli/describe.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_register_options[] = {
    CLI_OPTION_END,
};

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    (void)user;
    (void)id;
    (void)value;
    (void)err;
    return CTES_OK;
}

static void put_table(void *user, const char *table, uint64_t rows) {
    const cli *self = user;
    if (self->json) {
        json_t *object = json_object();
        cli_json_text(object, "table", table);
        cli_json_set(object, "rows", json_integer((json_int_t)rows));
        cli_json_print(object);
        return;
    }
    if (!self->quiet)
        (void)printf("%-18s %llu\n", table, (unsigned long long)rows);
}

/* Neither address is shown: it may hold a password. */
static ctes_status copy(cli *self, const char *from, const char *to, ctes_error *err) {
    ctes_status status = ctes_ledger_copy(&self->context, from, to, put_table, self, err);
    if (status == CTES_E_NOT_FOUND)
        return cli_no_ledger(err);
    if (status == CTES_OK && !self->json && !self->quiet)
        (void)printf("%s\n",
                     _("Every row was copied, read again and compared. Name the new register "
                       "in the configuration; packages stay in their folder."));
    return status;
}

cli_exit cli_cmd_register(cli *self, int argc, char **argv) {
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, NULL, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = CTES_OK;
    if (first < argc && strcmp(argv[first], "copy") != 0)
        status = cli_usage(&err, argv[first], _("unknown command"));
    else if (argc - first != 3)
        status = cli_usage(&err, NULL, _("\"copy\" and two registers are expected"));
    else if (cli_tells_password(argv[first + 1]) || cli_tells_password(argv[first + 2]))
        status = cli_usage(&err, NULL,
                           _("every user of this machine sees a password in an argument; keep it "
                             "in ~/.pgpass or in a service file"));
    else
        status = copy(self, argv[first + 1], argv[first + 2], &err);
    return status == CTES_OK ? CLI_EXIT_DONE : cli_report_failure(self, &err);
}
