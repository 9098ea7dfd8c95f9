#include "cli/html_report.h"

#include "cli/html.h"
#include "cli/html_acte.h"
#include "cli/quantity.h"
#include "cli/spool.h"

/* An act taken down again: what was taken down before it is void. */
typedef struct renewal {
    int64_t acte;
    uint64_t order;
} renewal;

struct cli_html_report {
    const cli *self;
    const char *path;
    cli_spool places[CLI_HTML_PLACES];
    size_t counts[CLI_HTML_PLACES]; /* of what is not void */
    uint64_t order;
    renewal *renewals;
    size_t renewal_count, renewal_room;
};

ctes_status cli_html_report_new(const cli *self, const char *path, cli_html_report **ret,
                                ctes_error *err) {
    CLI_AUTO_HTML_REPORT cli_html_report *report = cli_realloc(NULL, 1, sizeof *report);
    *report = (cli_html_report){ .self = self, .path = path };
    for (int i = 0; i < CLI_HTML_PLACES; i++) {
        ctes_status status = cli_spool_open(&report->places[i], path, err);
        if (status != CTES_OK)
            return status;
    }
    *ret = report;
    report = NULL;
    return CTES_OK;
}

void cli_html_report_free(cli_html_report *report) {
    if (report == NULL)
        return;
    for (int i = 0; i < CLI_HTML_PLACES; i++)
        cli_spool_close(&report->places[i]);
    free(report->renewals);
    free(report);
}

/* --- taking down ------------------------------------------------------------------------------ */

static void renew(cli_html_report *report, int64_t acte) {
    if (report->renewal_count == report->renewal_room) {
        report->renewal_room = report->renewal_room > 0 ? 2 * report->renewal_room : 64;
        report->renewals =
            cli_realloc(report->renewals, report->renewal_room, sizeof *report->renewals);
    }
    report->renewals[report->renewal_count++] = (renewal){ acte, report->order };
}

void cli_html_report_acte(cli_html_report *report, const ctes_outcome *outcome, bool again) {
    char *text = NULL;
    size_t size = 0;
    if (report == NULL)
        return;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        cli_out_of_memory();
    cli_html_acte(out, report->self, outcome);
    if (fclose(out) != 0)
        cli_out_of_memory();
    report->order++;
    if (again && outcome->record.id != 0)
        renew(report, outcome->record.id);
    cli_spool_add(&report->places[cli_html_place_of(outcome)], outcome->record.id, report->order,
                  text, size);
    free(text);
}

/* --- what is void ----------------------------------------------------------------------------- */

static int compare(const void *left, const void *right) {
    const renewal *a = left, *b = right;
    if (a->acte != b->acte)
        return a->acte < b->acte ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* The last renewal of each act stays, in the order of the acts. */
static void settle_renewals(cli_html_report *report) {
    renewal *all = report->renewals;
    size_t kept = 0;
    if (report->renewal_count > 0)
        qsort(all, report->renewal_count, sizeof *all, compare);
    for (size_t i = 0; i < report->renewal_count; i++) {
        if (kept > 0 && all[kept - 1].acte == all[i].acte)
            kept--;
        all[kept++] = all[i];
    }
    report->renewal_count = kept;
}

static int compare_acte(const void *key, const void *member) {
    const renewal *a = key, *b = member;
    return (a->acte > b->acte) - (a->acte < b->acte);
}

static bool is_void(const cli_html_report *report, int64_t acte, uint64_t order) {
    const renewal key = { acte, order };
    if (acte == 0 || report->renewal_count == 0)
        return false;
    const renewal *found = bsearch(&key, report->renewals, report->renewal_count,
                                   sizeof *report->renewals, compare_acte);
    return found != NULL && order < found->order;
}

typedef struct reading {
    const cli_html_report *report;
    FILE *out; /* NULL: only counted */
    size_t count;
} reading;

static void read_entry(void *user, int64_t acte, uint64_t order, const char *text, size_t length) {
    reading *r = user;
    if (is_void(r->report, acte, order))
        return;
    r->count++;
    if (r->out != NULL)
        (void)fwrite(text, 1, length, r->out);
}

static ctes_status count_all(cli_html_report *report, ctes_error *err) {
    settle_renewals(report);
    for (int i = 0; i < CLI_HTML_PLACES; i++) {
        reading r = { .report = report };
        ctes_status status = cli_spool_read(&report->places[i], read_entry, &r, report->path, err);
        if (status != CTES_OK)
            return status;
        report->counts[i] = r.count;
    }
    return CTES_OK;
}

/* --- the page --------------------------------------------------------------------------------- */

/* What a place is called, what is to be known about it, the colour of its mark. */
typedef struct place_text {
    const char *title, *about, *colour;
} place_text;

static place_text text_of(cli_html_place place) {
    static const place_text texts[CLI_HTML_PLACES] = {
        [CLI_HTML_PERSON] = { N_("Needs somebody"), "", "#c0392b" },
        [CLI_HTML_UNCERTAIN] = { N_("Reception uncertain"),
                                 N_("Nobody knows yet whether these were received. The next batch "
                                    "asks the operator; do not send them by other means."),
                                 "#c77700" },
        [CLI_HTML_LATER] = { N_("Not sent for now"),
                             N_("Nothing was wrong with these: the next batch sends them."),
                             "#c77700" },
        [CLI_HTML_PENDING] = { N_("Waiting for an answer"),
                               N_("These were sent. The next batch fetches their answer."),
                               "#767676" },
        [CLI_HTML_ACKNOWLEDGED] = { N_("Acknowledged"), "", "#2e8540" },
        [CLI_HTML_REPLACED] = { N_("Replaced by another act"), N_("Nothing has to be done."),
                                "#767676" },
    };
    return texts[place];
}

static ctes_status put_place(const cli_html_report *report, cli_spool *spool, cli_html_place place,
                             FILE *out, ctes_error *err) {
    const place_text text = text_of(place);
    const char *columns[5];
    if (report->counts[place] == 0)
        return CTES_OK;
    const cli_short count = cli_grouped(report->counts[place]);
    const cli_fact facts[] = { { "place", _(text.title) }, { "count", count.text } };
    CLI_AUTO_FREE char *title = cli_sentence_text(_("{place}: {count}"), facts, 2);
    cli_html_section(out, text.colour, title, *text.about != '\0' ? _(text.about) : "");
    cli_html_columns(place, columns);
    cli_html_table_begin(out, columns);
    reading r = { .report = report, .out = out };
    ctes_status status = cli_spool_read(spool, read_entry, &r, report->path, err);
    cli_html_table_end(out);
    return status;
}

/* The one sentence for whoever reads no further. */
static void put_verdict(const cli_html_report *report, const ctes_error *stopped, FILE *out) {
    size_t persons = report->counts[CLI_HTML_PERSON];
    const cli_short count = cli_grouped(persons);
    const cli_fact fact = { "count", count.text };
    CLI_AUTO_FREE char *verdict =
        persons > 0 ? cli_sentence_text(ngettext("{count} act needs somebody.",
                                                 "{count} acts need somebody.", persons),
                                        &fact, 1)
                    : cli_strdup(_("No act needs anybody."));
    cli_html_wrap(out, "<p style=\"font-size:17px;margin:0 0 8px\"><b>", verdict, "</b></p>\n");
    if (stopped == NULL)
        return;
    CLI_AUTO_FREE char *text = cli_error_line(stopped, NULL, NULL);
    const cli_fact why = { "why", text };
    CLI_AUTO_FREE char *sentence =
        cli_sentence_text(_("The batch ended before all was done. {why}"), &why, 1);
    cli_html_wrap(out, "<p style=\"margin:0 0 8px;padding:8px 10px;border:1px solid #c0392b\">",
                  sentence, "</p>\n");
}

static void put_totals(const cli_summary *summary, FILE *out) {
    cli_summary_row rows[CLI_SUMMARY_ROWS];
    size_t count = cli_summary_rows(summary, rows);
    cli_html_section(out, "#767676", _("Totals"), "");
    (void)fputs("<table cellpadding=\"0\" cellspacing=\"0\" "
                "style=\"border-collapse:collapse;font-size:14px\">\n",
                out);
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out, "<tr><td style=\"padding:2px 10px 2px %dpx\">", rows[i].inner ? 24 : 6);
        cli_html_put(out, rows[i].label);
        (void)fputs("</td><td style=\"padding:2px 10px;text-align:right\">", out);
        cli_html_put(out, rows[i].value.text);
        (void)fputs("</td><td>", out);
        cli_html_put(out, rows[i].more.text);
        (void)fputs("</td></tr>\n", out);
    }
    (void)fputs("</table>\n", out);
}

static void put_foot(const char *source, const cli_summary *summary, FILE *out) {
    const cli_short began = cli_instant(summary->began_ms), ended = cli_instant(summary->ended_ms);
    const cli_fact facts[] = { { "source", source },
                               { "began", began.text },
                               { "ended", ended.text },
                               { "version", CTES_VERSION } };
    CLI_AUTO_FREE char *text = cli_sentence_text(
        _("{source}, from {began} to {ended}. Made by ctes {version}."), facts, 4);
    (void)fputs("<p style=\"color:#767676;font-size:13px;margin:20px 0 0\">", out);
    cli_html_put(out, text);
    (void)fputs("</p>\n", out);
}

static ctes_status put_page(cli_html_report *report, const char *source, const cli_summary *summary,
                            const ctes_error *stopped, FILE *out, ctes_error *err) {
    const cli_short day = cli_instant(summary->began_ms);
    const cli_fact fact = { "day", day.text };
    CLI_AUTO_FREE char *title =
        cli_sentence_text(_("Acts sent to the prefecture, {day}"), &fact, 1);
    cli_html_begin(out, title);
    put_verdict(report, stopped, out);
    for (int i = 0; i < CLI_HTML_PLACES; i++) {
        ctes_status status = put_place(report, &report->places[i], (cli_html_place)i, out, err);
        if (status != CTES_OK)
            return status;
    }
    put_totals(summary, out);
    put_foot(source, summary, out);
    cli_html_end(out);
    return CTES_OK;
}

ctes_status cli_html_report_write(cli_html_report *report, const char *source,
                                  const cli_summary *summary, const ctes_error *stopped,
                                  ctes_error *err) {
    __attribute__((cleanup(cli_new_file_close))) cli_new_file file = { .file = NULL };
    ctes_status status = count_all(report, err);
    if (status == CTES_OK)
        status = cli_new_file_open(&file, report->path, err);
    if (status == CTES_OK)
        status = put_page(report, source, summary, stopped, file.file, err);
    return status == CTES_OK ? cli_new_file_commit(&file, err) : status;
}
