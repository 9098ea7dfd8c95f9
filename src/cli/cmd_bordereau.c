/* ctes bordereau: the acknowledgement slip of one act or of a whole session of the council. */
#include <stdlib.h>
#include <string.h>

#include "cli/paper.h"
#include "cli/report.h"
#include "cli/selection.h"
#include "cli/text.h"

const cli_option cli_bordereau_options[] = {
    CLI_PAPER_OPTIONS,
    { CLI_OPT_DATE, "date", N_("DATE"), N_("every act decided on this day, on one slip") },
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

typedef struct bordereau_run {
    cli *self;
    cli_paper paper;
    ctes_date date;
    cli_selection acts; /* in the order they were named; those of a day by their numbers */
} bordereau_run;

static void clear_run(bordereau_run *run) {
    cli_selection_clear(&run->acts);
}

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    bordereau_run *run = user;
    if (id == CLI_OPT_DATE)
        return cli_date_of(value, &run->date, err);
    cli_paper_take(&run->paper, id, value);
    return CTES_OK;
}

static const char *siren_of(const bordereau_run *run) {
    return run->paper.siren[0] != '\0' ? run->paper.siren : NULL;
}

/* An act that another replaces is not one of the session any more. */
static bool is_wanted(const ctes_record *record) {
    return record->replaced_by == NULL && record->state != CTES_STATE_CANCELLED;
}

/* 2022-9 before 2022-10: the order in which a council numbers them. */
static int by_numero(const void *a, const void *b) {
    return strverscmp(((const ctes_record *)a)->numero, ((const ctes_record *)b)->numero);
}

static ctes_status add_day(bordereau_run *run, ctes_ledger *ledger, ctes_error *err) {
    const ctes_filter filter = { .siren = siren_of(run), .from = run->date, .to = run->date };
    ctes_status status = cli_selection_list(&run->acts, ledger, &filter, is_wanted, err);
    if (status == CTES_OK && run->acts.count == 0)
        return cli_usage(err, NULL, _("no act of the register was decided on this day"));
    if (status == CTES_OK)
        qsort(run->acts.records, run->acts.count, sizeof *run->acts.records, by_numero);
    return status;
}

static char *output_of(const bordereau_run *run) {
    if (run->paper.output != NULL)
        return cli_strdup(run->paper.output);
    char day[11];
    ctes_date_format(run->acts.records[0].date, day);
    return cli_format("%s%sbordereau-%s.pdf", run->paper.folder != NULL ? run->paper.folder : "",
                      run->paper.folder != NULL ? "/" : "",
                      run->acts.count > 1 ? day : run->acts.records[0].numero_interne);
}

static void say(const bordereau_run *run, const char *output) {
    if (run->self->json) {
        json_t *object = json_object(), *numeros = json_array();
        for (size_t i = 0; i < run->acts.count; i++) {
            CLI_AUTO_FREE char *numero = cli_clean(run->acts.records[i].numero);
            cli_json_append(numeros, json_string(numero));
        }
        cli_json_set(object, "numeros", numeros);
        cli_json_text(object, "output", output);
        cli_json_print(object);
    } else if (!run->self->quiet) {
        const cli_short count = cli_count(run->acts.count);
        const cli_fact facts[] = { { "count", count.text }, { "file", output } };
        cli_sentence(stdout,
                     ngettext("slip of {count} act: {file}", "slip of {count} acts: {file}",
                              run->acts.count),
                     facts, 2);
        (void)fputc('\n', stdout);
    }
}

static ctes_status write_slip(bordereau_run *run, ctes_ledger *ledger, ctes_error *err) {
    for (size_t i = 1; i < run->acts.count; i++)
        if (strcmp(run->acts.records[i].siren, run->acts.records[0].siren) != 0)
            return cli_usage(err, run->acts.records[i].numero,
                             _("a slip is of one authority; name it with --autorite"));
    const ctes_record *one = &run->acts.records[0];
    const ctes_autorite *autorite = cli_paper_autorite(run->self, one->siren);
    const ctes_bordereau_options options = { autorite != NULL ? autorite->nom : NULL,
                                             cli_paper_is_simulated(run->self, one) };
    CLI_AUTO_FREE char *output = output_of(run);
    ctes_status status = ctes_bordereau_write(&run->self->context, ledger, run->acts.records,
                                              run->acts.count, &options, output, err);
    if (status == CTES_E_USAGE)
        return cli_usage(err, output, _("this is a file of the act: it is never written over"));
    if (status == CTES_OK)
        say(run, output);
    return status;
}

cli_exit cli_cmd_bordereau(cli *self, int argc, char **argv) {
    __attribute__((cleanup(clear_run))) bordereau_run run = { .self = self };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    CLI_AUTO_LEDGER ctes_ledger *ledger = NULL;
    ctes_error err = CTES_ERROR_INIT;
    bool is_empty = first == argc && run.date.year == 0;
    ctes_status status = cli_paper_open(self, &run.paper, is_empty, false, &ledger, &err);
    for (int i = first; status == CTES_OK && i < argc; i++)
        status = cli_selection_add(&run.acts, ledger, siren_of(&run), argv[i], &err);
    if (status == CTES_OK && run.date.year != 0)
        status = add_day(&run, ledger, &err);
    if (status == CTES_OK)
        status = write_slip(&run, ledger, &err);
    return status == CTES_OK ? CLI_EXIT_DONE : cli_report_failure(self, &err);
}
