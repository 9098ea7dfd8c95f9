#include "cli/summary.h"

#include <unistd.h>

#include "cli/quantity.h"
#include "cli/terminal.h"

typedef struct row_list {
    cli_summary_row *rows;
    size_t count;
} row_list;

static cli_summary_row *add(row_list *list, const char *label, bool inner, cli_short value) {
    cli_summary_row *row = &list->rows[list->count++];
    *row = (cli_summary_row){ .label = label, .inner = inner, .value = value };
    return row;
}

static double rate_of(const cli_summary *summary) {
    return summary->duration_ms > 0
               ? (double)summary->counts.total * 1000 / (double)summary->duration_ms
               : 0;
}

static void add_ends(row_list *list, const cli_summary *summary) {
    const ctes_batch_summary *counts = &summary->counts;
    if (summary->sending) {
        (void)add(list, _("acknowledged"), true, cli_grouped(counts->acknowledged));
        (void)add(list, _("waiting for an answer"), true, cli_grouped(counts->pending));
    } else {
        (void)add(list, _("ready to be sent"), true, cli_grouped(counts->total - counts->refused));
    }
    cli_summary_row *refused = add(list, _("refused"), true, cli_grouped(counts->refused));
    const cli_short later = cli_grouped(summary->later);
    const cli_fact fact = { "count", later.text };
    if (summary->later > 0)
        refused->more = cli_sentence_short(_("{count} only for now"), &fact, 1);
    if (summary->sending)
        (void)add(list, _("reception uncertain"), true, cli_grouped(counts->unsettled));
}

static void add_work(row_list *list, const cli_summary *summary) {
    const ctes_batch_summary *counts = &summary->counts;
    if (counts->sent > 0)
        add(list, _("Sent this time"), false, cli_grouped(counts->sent))->more =
            cli_size(counts->bytes);
    if (counts->already > 0)
        (void)add(list, _("Already sent before"), false, cli_grouped(counts->already));
    if (summary->answered > 0)
        (void)add(list, _("Answers received"), false, cli_grouped(summary->answered));
    if (summary->left > 0)
        (void)add(list, _("Left for the next time"), false, cli_grouped(summary->left));
}

size_t cli_summary_rows(const cli_summary *summary, cli_summary_row rows[static CLI_SUMMARY_ROWS]) {
    row_list list = { .rows = rows };
    (void)add(&list, _("Acts"), false, cli_grouped(summary->counts.total));
    add_ends(&list, summary);
    add_work(&list, summary);
    add(&list, _("Duration"), false, cli_duration(summary->duration_ms))->more =
        cli_rate(rate_of(summary));
    return list.count;
}

/* --- as a table ------------------------------------------------------------------------------- */

static void put_padded(const char *text, size_t width, bool at_right) {
    size_t columns = cli_columns(text);
    int padding = columns < width ? (int)(width - columns) : 0;
    (void)printf("%*s%s%*s", at_right ? padding : 0, "", text, at_right ? 0 : padding, "");
}

static void put_table(const cli_summary *summary) {
    cli_summary_row rows[CLI_SUMMARY_ROWS];
    size_t count = cli_summary_rows(summary, rows), label = 0, value = 0;
    for (size_t i = 0; i < count; i++) {
        size_t columns = cli_columns(rows[i].label) + (rows[i].inner ? 2 : 0);
        label = columns > label ? columns : label;
        columns = cli_columns(rows[i].value.text);
        value = columns > value ? columns : value;
    }
    for (size_t i = 0; i < count; i++) {
        bool has_more = rows[i].more.text[0] != '\0';
        (void)fputs(rows[i].inner ? "  " : "", stdout);
        put_padded(rows[i].label, label - (rows[i].inner ? 2 : 0), false);
        (void)fputs("  ", stdout);
        put_padded(rows[i].value.text, value, true);
        (void)printf("%s%s\n", has_more ? "   " : "", rows[i].more.text);
    }
}

/* --- as one line ------------------------------------------------------------------------------ */

static void put_line(const cli_summary *summary) {
    const ctes_batch_summary *counts = &summary->counts;
    const cli_short total = cli_grouped(counts->total), sent = cli_grouped(counts->sent),
                    already = cli_grouped(counts->already), refused = cli_grouped(counts->refused),
                    acknowledged = cli_grouped(counts->acknowledged),
                    pending = cli_grouped(counts->pending),
                    unsettled = cli_grouped(counts->unsettled),
                    answers = cli_grouped(summary->answered), left = cli_grouped(summary->left),
                    ready = cli_grouped(counts->total - counts->refused),
                    duration = cli_duration(summary->duration_ms);
    const cli_fact facts[] = { { "total", total.text },
                               { "sent", sent.text },
                               { "already", already.text },
                               { "acknowledged", acknowledged.text },
                               { "pending", pending.text },
                               { "refused", refused.text },
                               { "unsettled", unsettled.text },
                               { "answers", summary->answered > 0 ? answers.text : "" },
                               { "ready", ready.text },
                               { "duration", duration.text },
                               { "left", summary->left > 0 ? left.text : "" } };
    /* TRANSLATORS: keep the counts apart: the number of each may be 0, 1 or more */
    const char *sentence =
        summary->sending
            ? _("Acts: {total}. Acknowledged: {acknowledged}. Waiting for an answer: {pending}. "
                "Refused: {refused}. Reception uncertain: {unsettled}. Sent this time: {sent}. "
                "Already sent before: {already}.[ Answers received: {answers}.][ Left for "
                "the next time: {left}.] Duration: {duration}.")
            : _("Acts: {total}. Ready to be sent: {ready}. Refused: {refused}.[ Left for the next "
                "time: {left}.] Duration: {duration}.");
    cli_sentence(stdout, sentence, facts, sizeof facts / sizeof facts[0]);
    (void)fputc('\n', stdout);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static void put_json(const cli_summary *summary) {
    const ctes_batch_summary *counts = &summary->counts;
    json_t *object = json_object(), *inner = json_object();
    cli_json_count(inner, "total", counts->total);
    cli_json_count(inner, "acknowledged", counts->acknowledged);
    cli_json_count(inner, "pending", counts->pending);
    cli_json_count(inner, "refused", counts->refused);
    cli_json_count(inner, "unsettled", counts->unsettled);
    cli_json_count(inner, "sent", counts->sent);
    cli_json_count(inner, "already", counts->already);
    cli_json_count(inner, "invalid", counts->invalid);
    cli_json_count(inner, "later", summary->later);
    cli_json_count(inner, "answered", summary->answered);
    cli_json_count(inner, "left", summary->left);
    cli_json_count(inner, "bytes", counts->bytes);
    cli_json_text(inner, "began_at", cli_instant_iso(summary->began_ms).text);
    cli_json_text(inner, "ended_at", cli_instant_iso(summary->ended_ms).text);
    cli_json_count(inner, "duration_ms", (uint64_t)summary->duration_ms);
    cli_json_count(inner, "exit_status", (uint64_t)summary->exit);
    cli_json_set(object, "summary", inner);
    cli_json_print(object);
}

void cli_report_summary(const cli *self, const cli_summary *summary) {
    if (self->json)
        put_json(summary);
    else if (self->quiet)
        return;
    else if (cli_is_journal(STDOUT_FILENO))
        put_line(summary);
    else
        put_table(summary);
}
