/* ctes archive: acknowledged acts as a directory for an archiving service (SEDA 2.1). */
#include "cli/describe.h"
#include "cli/report.h"
#include "cli/selection.h"
#include "cli/text.h"

const cli_option cli_archive_options[] = {
    { CLI_OPT_OUTPUT, "output", N_("FOLDER"), N_("the new folder to make") },
    { CLI_OPT_FROM, "from", N_("DATE"), N_("acknowledged acts decided on this day or later") },
    { CLI_OPT_TO, "to", N_("DATE"), N_("and on this day or before") },
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

typedef struct archive_run {
    cli *self;
    const char *output, *autorite;
    char siren[10];
    ctes_date from, to;
} archive_run;

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    archive_run *run = user;
    switch (id) {
    case CLI_OPT_OUTPUT:
        run->output = value;
        return CTES_OK;
    case CLI_OPT_FROM:
        return cli_date_of(value, &run->from, err);
    case CLI_OPT_TO:
        return cli_date_of(value, &run->to, err);
    case CLI_OPT_AUTORITE:
        run->autorite = value;
        return CTES_OK;
    default:
        return CTES_OK;
    }
}

/* An act that another replaces is evidence of the register, not a decision to keep. */
static bool is_wanted(const ctes_record *record) {
    return ctes_state_acknowledged(record->state) && record->replaced_by == NULL;
}

static ctes_status select_acts(archive_run *run, ctes_ledger *ledger, int count, char **numeros,
                               cli_selection *ret, ctes_error *err) {
    const char *siren = run->siren[0] != '\0' ? run->siren : NULL;
    const ctes_filter filter = { .siren = siren, .from = run->from, .to = run->to };
    ctes_status status = CTES_OK;
    if (run->from.year != 0 || run->to.year != 0)
        status = cli_selection_list(ret, ledger, &filter, is_wanted, err);
    for (int i = 0; status == CTES_OK && i < count; i++)
        status = cli_selection_add(ret, ledger, siren, numeros[i], err);
    if (status == CTES_OK && ret->count == 0)
        return cli_usage(err, NULL, _("no acknowledged act was decided then"));
    return status;
}

static ctes_status open_run(archive_run *run, bool is_empty, ctes_ledger **ret, ctes_error *err) {
    if (is_empty)
        return cli_usage(err, NULL, _("give the number of an act, or --from and --to"));
    if (run->output == NULL)
        return cli_usage(err, NULL, _("give the folder to make: --output"));
    ctes_status status = cli_ledger_open(run->self, ret, err);
    if (status == CTES_OK && run->autorite != NULL)
        status = cli_config_siren(&run->self->config, run->autorite, false, run->siren, err);
    return status;
}

static void say(const archive_run *run, size_t count) {
    if (run->self->json) {
        json_t *object = json_object();
        cli_json_set(object, "acts", json_integer((json_int_t)count));
        cli_json_text(object, "output", run->output);
        cli_json_print(object);
    } else if (!run->self->quiet) {
        const cli_short number = cli_count(count);
        const cli_fact facts[] = { { "count", number.text }, { "folder", run->output } };
        cli_sentence(stdout,
                     ngettext("{count} act is ready for the archives: {folder}",
                              "{count} acts are ready for the archives: {folder}", count),
                     facts, 2);
        (void)fputc('\n', stdout);
    }
}

cli_exit cli_cmd_archive(cli *self, int argc, char **argv) {
    archive_run run = { .self = self };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    CLI_AUTO_LEDGER ctes_ledger *ledger = NULL;
    CLI_AUTO_SELECTION cli_selection acts = { .records = NULL };
    ctes_error err = CTES_ERROR_INIT;
    bool is_empty = first == argc && run.from.year == 0 && run.to.year == 0;
    ctes_status status = open_run(&run, is_empty, &ledger, &err);
    if (status == CTES_OK)
        status = select_acts(&run, ledger, argc - first, argv + first, &acts, &err);
    const cli_config *config = &self->config;
    const ctes_versement_options options = {
        .service_archives = config->service_archives,
        .service_versant = config->service_versant,
        .producteur = config->producteur,
        .accord = config->accord,
        .profil = config->profil,
        .niveau_service = config->niveau_service,
        .mode_entree = config->mode_entree,
        .regle_utilite = config->regle_utilite,
        .detruire = config->detruire,
        .regle_acces = config->regle_acces,
        .archives = config->archives,
        .schemas = config->schemas,
    };
    if (status == CTES_OK)
        status = ctes_versement_write(&self->context, ledger, acts.records, acts.count, &options,
                                      run.output, &err);
    if (status != CTES_OK)
        return cli_report_failure(self, &err);
    say(&run, acts.count);
    return CLI_EXIT_DONE;
}
