/* ctes list: the register as a table for people, spreadsheets, programs, or as open data. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/describe.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cli/text.h"

const cli_option cli_list_options[] = {
    { CLI_OPT_FORMAT, "format", N_("FORMAT"), N_("table, csv, json or scdl (open data)") },
    { CLI_OPT_WITH_ID, "with-id", NULL, N_("with the identifier of each transmission") },
    { CLI_OPT_SIREN, "siren", N_("KEY|SIREN"), N_("only this authority") },
    { CLI_OPT_AUTORITE, "autorite", N_("KEY|SIREN"), N_("same as --siren") },
    { CLI_OPT_STATE, "state", N_("STATE"), N_("only this state; see \"ctes help states\"") },
    { CLI_OPT_FROM, "from", N_("DATE"), N_("decided on this day or later") },
    { CLI_OPT_TO, "to", N_("DATE"), N_("decided on this day or before") },
    { CLI_OPT_PENDING, "pending", NULL, N_("only what waits for an answer or a person") },
    CLI_OPTION_END,
};

typedef enum list_format { LIST_TABLE, LIST_CSV, LIST_JSON, LIST_SCDL } list_format;

enum { COLUMN_NUMERO, COLUMN_DATE, COLUMN_CODE, COLUMN_STATE, COLUMN_RECEPTION, TABLE_COLUMNS };

typedef struct list_run {
    const cli *self;
    list_format format;
    bool with_id;
    const char *autorite;
    char siren[10];
    ctes_filter filter;
    size_t width; /* columns of the terminal; 0: not a terminal, nothing is cut */
    size_t widths[TABLE_COLUMNS];
    size_t count;
} list_run;

static ctes_status take_format(list_run *run, const char *value, ctes_error *err) {
    static const char *const names[] = { "table", "csv", "json", "scdl" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], value) == 0) {
            run->format = (list_format)i;
            return CTES_OK;
        }
    }
    return cli_usage(err, NULL, _("--format is table, csv, json or scdl"));
}

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    list_run *run = user;
    switch (id) {
    case CLI_OPT_FORMAT:
        return take_format(run, value, err);
    case CLI_OPT_WITH_ID:
        run->with_id = true;
        return CTES_OK;
    case CLI_OPT_SIREN:
    case CLI_OPT_AUTORITE:
        run->autorite = value;
        return CTES_OK;
    case CLI_OPT_STATE:
        run->filter.state = ctes_state_of(value);
        if (run->filter.state == CTES_STATE_NONE)
            return cli_usage(err, value, _("no such state; see \"ctes help states\""));
        return CTES_OK;
    case CLI_OPT_FROM:
        return cli_date_of(value, &run->filter.from, err);
    case CLI_OPT_TO:
        return cli_date_of(value, &run->filter.to, err);
    case CLI_OPT_PENDING:
        run->filter.pending = true;
        return CTES_OK;
    default:
        return CTES_OK;
    }
}

/* --- the table for people --------------------------------------------------------------------- */

/* The code of the matière is for wide terminals. */
static bool is_shown(const list_run *run, int column) {
    return column != COLUMN_CODE || run->width == 0 || run->width >= 100;
}

/* A cell behind the blanks that the one before it left; returns those it leaves. */
static size_t put_cell(size_t blanks, const char *text, size_t width) {
    CLI_AUTO_FREE char *clean = cli_clean(text);
    size_t columns = cli_columns(clean);
    if (columns > 0)
        (void)printf("%*s%s", (int)blanks, "", clean);
    else
        width += blanks; /* kept for the next one: no blanks end a line */
    return width + 2 > columns ? width + 2 - columns : 2;
}

/* As much of the subject as the terminal's line still takes. */
static void put_rest(size_t blanks, const char *text, size_t room) {
    CLI_AUTO_FREE char *clean = cli_clean(text);
    bool is_cut = cli_columns(clean) > room;
    char *at = clean;
    for (size_t left = room; is_cut && *at != '\0' && left > 1; at++)
        left -= ((unsigned char)at[1] & 0xC0) != 0x80; /* the next byte starts a character */
    if (is_cut)
        *at = '\0';
    (void)printf("%*s%s%s", (int)blanks, "", clean, is_cut ? "\xE2\x80\xA6" : "");
}

static void put_row(const list_run *run, const char *const cells[TABLE_COLUMNS], const char *id,
                    const char *objet) {
    enum { LEAST = 8 }; /* columns without which a subject says nothing */
    size_t used = 0, blanks = 0;
    for (int i = 0; i < TABLE_COLUMNS; i++) {
        if (!is_shown(run, i))
            continue;
        blanks = put_cell(blanks, cells[i], run->widths[i]);
        used += run->widths[i] + 2;
    }
    if (run->width == 0 || run->width >= used + LEAST)
        put_rest(blanks, objet, run->width == 0 ? SIZE_MAX : run->width - used);
    (void)fputc('\n', stdout);
    if (run->with_id && id != NULL && *id != '\0') {
        (void)fputs("    ", stdout);
        cli_put(stdout, id);
        (void)fputc('\n', stdout);
    }
}

typedef void (*row_fn)(list_run *run, const char *const cells[TABLE_COLUMNS],
                       const ctes_record *record);

static void each_table_row(list_run *run, const ctes_record *record, row_fn use) {
    const cli_short date = cli_date(record->date), reception = cli_date(record->reception);
    char matiere[32];
    ctes_matiere_format(&record->matiere, matiere);
    const char *const cells[TABLE_COLUMNS] = { record->numero, date.text, matiere,
                                               cli_state_label(record->state), reception.text };
    use(run, cells, record);
}

static void widen(list_run *run, const char *const cells[TABLE_COLUMNS],
                  const ctes_record *record) {
    (void)record;
    for (int i = 0; i < TABLE_COLUMNS; i++) {
        CLI_AUTO_FREE char *clean = cli_clean(cells[i]);
        size_t columns = cli_columns(clean);
        if (columns > run->widths[i])
            run->widths[i] = columns;
    }
}

static void use_heads(list_run *run, row_fn use) {
    const char *const heads[TABLE_COLUMNS] = { _("Number"), _("Decided"), _("Code"), _("State"),
                                               _("Received") };
    use(run, heads, NULL);
}

static void put_acte(list_run *run, const char *const cells[TABLE_COLUMNS],
                     const ctes_record *record) {
    put_row(run, cells, record != NULL ? record->id_acte : NULL,
            record != NULL ? record->objet : _("Subject"));
}

/* The table is as wide as what stands in it: the register is read once for that. */
static bool measure(void *user, const ctes_record *record) {
    list_run *run = user;
    each_table_row(run, record, widen);
    return true;
}

static void put_table(list_run *run, const ctes_record *record) {
    if (run->count == 0)
        use_heads(run, put_acte);
    each_table_row(run, record, put_acte);
}

/* RFC 4180. A cell that a spreadsheet would run as a formula is made text by an apostrophe: its
 * words may be the operator's. */
static void put_csv_cell(const char *text, bool is_last) {
    CLI_AUTO_FREE char *clean = cli_clean(text);
    (void)fputc('"', stdout);
    if (*clean != '\0' && strchr("=+-@", *clean) != NULL)
        (void)fputc('\'', stdout);
    for (const char *at = clean; *at != '\0'; at++) {
        if (*at == '"')
            (void)fputc('"', stdout);
        (void)fputc(*at, stdout);
    }
    (void)fputs(is_last ? "\"\r\n" : "\",", stdout);
}

static void put_csv(list_run *run, const ctes_record *record) {
    if (run->count == 0) /* fixed names: programs read them */
        (void)fputs("siren,numero,numero_interne,date,nature,matiere,objet,state,reception,"
                    "id_acte,transaction,reason,replaces,replaced_by\r\n",
                    stdout);
    char date[11], reception[11], matiere[32];
    ctes_date_format(record->date, date);
    ctes_date_format(record->reception, reception);
    ctes_matiere_format(&record->matiere, matiere);
    const cli_short transaction =
        record->transaction > 0 ? cli_count((uint64_t)record->transaction) : (cli_short){ "" };
    const char *const cells[] = { record->siren,
                                  record->numero,
                                  record->numero_interne,
                                  date,
                                  ctes_nature_abrege(record->nature),
                                  matiere,
                                  record->objet,
                                  ctes_state_name(record->state),
                                  reception,
                                  record->id_acte,
                                  transaction.text,
                                  record->reason,
                                  record->replaces,
                                  record->replaced_by };
    size_t count = sizeof cells / sizeof cells[0];
    for (size_t i = 0; i < count; i++)
        put_csv_cell(cells[i], i + 1 == count);
}

static bool put_record(void *user, const ctes_record *record) {
    list_run *run = user;
    if (run->format == LIST_JSON)
        cli_json_print(cli_json_record(record));
    else if (run->format == LIST_CSV)
        put_csv(run, record);
    else
        put_table(run, record);
    run->count++;
    return ferror(stdout) == 0;
}

static bool put_text(void *user, const char *text, size_t length) {
    (void)user;
    return fwrite(text, 1, length, stdout) == length;
}

static ctes_status list(cli *self, list_run *run, ctes_error *err) {
    CLI_AUTO_LEDGER ctes_ledger *ledger = NULL;
    ctes_status status = cli_ledger_open(self, &ledger, err);
    if (status == CTES_OK && run->autorite != NULL) {
        status = cli_config_siren(&self->config, run->autorite, false, run->siren, err);
        run->filter.siren = run->siren;
    }
    if (status != CTES_OK)
        return status;
    if (run->format == LIST_SCDL)
        return ctes_scdl_write(ledger, &run->filter, self->config.autorites,
                               self->config.autorite_count, run->with_id, put_text, NULL, err);
    if (run->format == LIST_TABLE) {
        use_heads(run, widen);
        status = ctes_ledger_list(ledger, &run->filter, measure, run, err);
    }
    return status == CTES_OK ? ctes_ledger_list(ledger, &run->filter, put_record, run, err)
                             : status;
}

cli_exit cli_cmd_list(cli *self, int argc, char **argv) {
    list_run run = { .self = self };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    if (self->json && run.format == LIST_TABLE)
        run.format = LIST_JSON;
    run.width = cli_terminal_columns(STDOUT_FILENO);
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status =
        first < argc ? cli_usage(&err, argv[first], _("unexpected word")) : list(self, &run, &err);
    if (status != CTES_OK)
        return cli_report_failure(self, &err);
    if (run.count == 0 && run.format == LIST_TABLE && !self->quiet)
        (void)fprintf(stderr, "%s\n", _("No act matches."));
    return CLI_EXIT_DONE;
}
