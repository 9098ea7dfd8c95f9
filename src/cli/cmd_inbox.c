/* ctes inbox: the letters of the préfecture, the most urgent first. */
#include <errno.h>
#include <string.h>

#include "cli/courrier_report.h"
#include "cli/courrier_text.h"
#include "cli/describe.h"
#include "cli/quantity.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_inbox_options[] = {
    { CLI_OPT_ALL, "all", NULL, N_("what is dealt with and what was sent too") },
    { CLI_OPT_CLOSE, "close", N_("ID"), N_("this letter was read and needs no answer") },
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

enum { COLUMN_ID, COLUMN_DAY, COLUMN_ACTE, COLUMN_WHAT, COLUMNS };

typedef struct inbox_run {
    cli *self;
    const char *autorite, *close;
    bool all;
    int64_t id; /* of the one letter asked for; 0: list */
    size_t widths[COLUMNS];
    bool measures; /* the first of two readings */
    size_t count;
    int64_t *ids; /* of those to be printed as JSON: a listing gives letters without documents */
} inbox_run;

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    inbox_run *run = user;
    (void)err;
    if (id == CLI_OPT_ALL)
        run->all = true;
    else if (id == CLI_OPT_CLOSE)
        run->close = value;
    else if (id == CLI_OPT_AUTORITE)
        run->autorite = value;
    return CTES_OK;
}

ctes_status cli_letter_id(const char *text, int64_t *ret, ctes_error *err) {
    char *end = NULL;
    errno = 0;
    long long id = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || id < 1)
        return cli_usage(err, text, _("this is no number of a letter; see \"ctes inbox\""));
    *ret = id;
    return CTES_OK;
}

/* --- the list --------------------------------------------------------------------------------- */

static void put_row(inbox_run *run, const char *const cells[static COLUMNS]) {
    for (int i = 0; i < COLUMNS; i++) {
        size_t columns = cli_columns(cells[i]);
        if (run->measures && columns > run->widths[i])
            run->widths[i] = columns;
        if (run->measures)
            continue;
        cli_put(stdout, cells[i]);
        if (i + 1 < COLUMNS)
            (void)printf("%*s", (int)(run->widths[i] - columns) + 2, "");
    }
    if (!run->measures)
        (void)fputc('\n', stdout);
}

static void put_head(inbox_run *run) {
    const char *const cells[] = { _("No."), _("Last day"), _("Act"), _("Letter") };
    put_row(run, cells);
}

static bool put_letter(void *user, const ctes_courrier *courrier) {
    inbox_run *run = user;
    const cli_short id = cli_count((uint64_t)courrier->id), date = cli_date(courrier->date);
    CLI_AUTO_FREE char *last_day = cli_courrier_last_day(courrier, cli_now_ms());
    const cli_fact facts[] = { { "what", cli_courrier_label(courrier) },
                               { "date", date.text },
                               { "state", cli_courrier_state(courrier) } };
    /* TRANSLATORS: request for further documents of 28/06/2022: to be answered */
    CLI_AUTO_FREE char *what = cli_sentence_text(_("{what}[ of {date}]: {state}"), facts, 3);
    const char *const cells[] = { id.text, last_day, cli_courrier_acte(courrier), what };
    if (!run->measures && run->count == 0)
        put_head(run);
    put_row(run, cells);
    run->count += !run->measures;
    return ferror(stdout) == 0;
}

static bool take_id(void *user, const ctes_courrier *courrier) {
    inbox_run *run = user;
    run->ids = cli_realloc(run->ids, run->count + 1, sizeof *run->ids);
    run->ids[run->count++] = courrier->id;
    return true;
}

static ctes_status list_json(inbox_run *run, ctes_ledger *ledger,
                             const ctes_courrier_filter *filter, ctes_error *err) {
    ctes_status status = ctes_ledger_courriers(ledger, filter, take_id, run, err);
    for (size_t i = 0; i < run->count && status == CTES_OK && ferror(stdout) == 0; i++) {
        CLI_AUTO_COURRIER ctes_courrier courrier = CTES_COURRIER_INIT;
        status = ctes_ledger_courrier(ledger, run->ids[i], &courrier, err);
        if (status == CTES_OK)
            cli_json_print(cli_json_courrier(run->self, &courrier));
    }
    free(run->ids);
    return status;
}

static ctes_status list(inbox_run *run, ctes_ledger *ledger, const char *siren, ctes_error *err) {
    const ctes_courrier_filter filter = { .siren = siren,
                                          .pending = !run->all,
                                          .received = !run->all };
    if (run->self->json)
        return list_json(run, ledger, &filter, err);
    run->measures = true;
    put_head(run);
    ctes_status status = ctes_ledger_courriers(ledger, &filter, put_letter, run, err);
    run->measures = false;
    if (status == CTES_OK)
        status = ctes_ledger_courriers(ledger, &filter, put_letter, run, err);
    if (status == CTES_OK && run->count == 0 && !run->self->quiet)
        (void)fprintf(stderr, "%s\n",
                      _("No letter waits. \"ctes status\" fetches what has come since."));
    return status;
}

static ctes_status show(inbox_run *run, ctes_ledger *ledger, ctes_error *err) {
    CLI_AUTO_COURRIER ctes_courrier courrier = CTES_COURRIER_INIT;
    ctes_status status = ctes_ledger_courrier(ledger, run->id, &courrier, err);
    if (status != CTES_OK)
        return status;
    json_t *object = run->self->json ? cli_json_courrier(run->self, &courrier) : NULL;
    if (object == NULL)
        cli_put_courrier(run->self, &courrier);
    status = cli_put_courrier_life(run->self, ledger, &courrier, object, err);
    if (status == CTES_OK && object != NULL)
        cli_json_print(object);
    else
        json_decref(object);
    return status;
}

static ctes_status read_register(inbox_run *run, ctes_error *err) {
    CLI_AUTO_LEDGER ctes_ledger *ledger = NULL;
    char siren[10] = "";
    ctes_status status = cli_ledger_open(run->self, &ledger, err);
    if (status == CTES_OK && run->autorite != NULL)
        status = cli_config_siren(&run->self->config, run->autorite, false, siren, err);
    if (status != CTES_OK)
        return status;
    return run->id != 0 ? show(run, ledger, err)
                        : list(run, ledger, siren[0] != '\0' ? siren : NULL, err);
}

/* --- closing ---------------------------------------------------------------------------------- */

static cli_exit close_letter(inbox_run *run) {
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    CLI_AUTO_LETTER ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    int64_t id = 0;
    ctes_status status = cli_letter_id(run->close, &id, &err);
    if (status == CTES_OK)
        status = cli_session_open(run->self, CTES_FOR_STATUS, &session, &err);
    if (status == CTES_OK)
        status = ctes_courrier_close(session, id, &outcome, &err);
    return status == CTES_OK ? cli_report_courrier(run->self, &outcome)
                             : cli_report_letter_failure(run->self, id, &err);
}

cli_exit cli_cmd_inbox(cli *self, int argc, char **argv) {
    inbox_run run = { .self = self };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = CTES_OK;
    if (argc - first > 1 || (run.close != NULL && first < argc))
        status = cli_usage(&err, argv[argc - 1], _("unexpected word"));
    else if (run.close != NULL)
        return close_letter(&run);
    else if (first < argc)
        status = cli_letter_id(argv[first], &run.id, &err);
    if (status == CTES_OK)
        status = read_register(&run, &err);
    return status == CTES_OK ? CLI_EXIT_DONE : cli_report_failure(self, &err);
}
