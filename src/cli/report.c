#include "cli/report.h"

#include <string.h>
#include <unistd.h>

#include "cli/text.h"

#define NOTES_MAX 10

/* What is added to the first line about an act. */
typedef struct note_list {
    char *text[NOTES_MAX];
    size_t count;
} note_list;

static void clear_notes(note_list *notes) {
    for (size_t i = 0; i < notes->count; i++)
        free(notes->text[i]);
}

/* Makes a text of a sentence and its facts; the caller frees it. */
static char *make(const char *sentence, const cli_fact *facts, size_t count) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        cli_out_of_memory();
    cli_sentence(out, sentence, facts, count);
    if (fclose(out) != 0)
        cli_out_of_memory();
    return text;
}

static void note(note_list *notes, const char *sentence, const char *name, const char *value) {
    const cli_fact fact = { name, value };
    if (notes->count < NOTES_MAX && value != NULL && *value != '\0')
        notes->text[notes->count++] = make(sentence, &fact, 1);
}

static const char *number_of(const ctes_record *record) {
    return record->numero != NULL && *record->numero != '\0' ? record->numero
                                                             : record->numero_interne;
}

void cli_outcome_name(ctes_outcome *outcome, const ctes_acte *acte) {
    ctes_record *record = &outcome->record;
    if (record->numero == NULL && acte->numero != NULL)
        record->numero = cli_strdup(acte->numero);
    if (record->numero_interne[0] == '\0')
        memcpy(record->numero_interne, acte->numero_interne, sizeof record->numero_interne);
}

cli_exit cli_report_failure(const cli *self, const ctes_error *error) {
    if (self->json) {
        json_t *object = json_object();
        cli_json_set(object, "error", cli_json_error(error));
        cli_json_print(object);
    } else {
        (void)fflush(stdout);
        cli_error_write(stderr, error, NULL);
    }
    return cli_exit_of_error(error);
}

/* "2022-0160: sent; transmitted, waiting for the acknowledgement" */
static char *headline(const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    const char *sentence = "";
    switch (outcome->result) {
    case CTES_RESULT_CHECKED:
        sentence = _("{numero}: ready to be sent[; package of {size}]");
        break;
    case CTES_RESULT_SENT:
        sentence = _("{numero}: sent[; {state}]");
        break;
    case CTES_RESULT_ALREADY:
        sentence = _("{numero}: already sent[ on {sent}], nothing was sent again[; {state}]");
        break;
    case CTES_RESULT_NONE:
    case CTES_RESULT_CHANGED:
    case CTES_RESULT_UNCHANGED:
    case CTES_RESULT_UNSETTLED:
    case CTES_RESULT_REFUSED:
        sentence = _("{numero}: {state}");
        break;
    }
    const cli_short sent = cli_instant(record->sent_ms), size = cli_size(outcome->archive_size);
    const cli_fact facts[] = { { "numero", number_of(record) },
                               { "state", cli_state_label(record->state) },
                               { "sent", sent.text },
                               { "size", outcome->archive_size > 0 ? size.text : "" } };
    return make(sentence, facts, sizeof facts / sizeof facts[0]);
}

static void note_description(note_list *notes, const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    bool described = outcome->result == CTES_RESULT_SENT || outcome->result == CTES_RESULT_CHECKED;
    if (outcome->numero_changed && described)
        note(notes, _("sent as {interne}"), "interne", record->numero_interne);
    note(notes, _("signs replaced in the subject: {changes}"), "changes", outcome->objet_changes);
    if (outcome->late_days > 0 && described)
        note(notes, _("decided {days} days ago: some acts must be sent within 15 days"), "days",
             cli_count(outcome->late_days).text);
}

static void note_answer(note_list *notes, const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    note(notes, _("received on {date}"), "date", cli_date(record->reception).text);
    note(notes, _("identifier: {id}"), "id", record->id_acte);
    note(notes, _("reason: {reason}"), "reason",
         outcome->error.code == CTES_OK ? record->reason : NULL);
    note(notes, _("replaced by {numero}"), "numero", record->replaced_by);
    if (outcome->error.code == CTES_OK && record->replaced_by == NULL)
        note(notes, "{advice}", "advice", cli_state_advice(record->state));
    note(notes, _("it can be sent again as {numero}"), "numero", outcome->proposed);
}

static void write_whole(FILE *out, const note_list *notes) {
    for (size_t i = 0; i < notes->count; i++)
        (void)fprintf(out, "  %s\n", notes->text[i]);
}

static void write_line(FILE *out, const char *head, const note_list *notes) {
    (void)fputs(head, out);
    for (size_t i = 0; i < notes->count; i++)
        (void)fprintf(out, "%s%s", i == 0 ? " (" : "; ", notes->text[i]);
    (void)fputs(notes->count > 0 ? ")\n" : "\n", out);
}

void cli_report_outcome(const cli *self, const ctes_outcome *outcome, cli_report_style style) {
    if (self->json) {
        cli_json_print(cli_json_outcome(outcome));
        return;
    }
    bool failed = cli_exit_of_outcome(outcome, true) != CLI_EXIT_DONE;
    if (!failed && self->quiet)
        return;
    FILE *out = failed ? stderr : stdout;
    if (failed)
        (void)fflush(stdout); /* so that both keep their order in one log */
    __attribute__((cleanup(clear_notes))) note_list notes = { .count = 0 };
    note_description(&notes, outcome);
    note_answer(&notes, outcome);
    if (outcome->error.code != CTES_OK && failed) {
        const ctes_error error = cli_error_of_outcome(outcome);
        cli_error_write(out, &error, number_of(&outcome->record));
        write_whole(out, &notes);
        return;
    }
    CLI_AUTO_FREE char *head = headline(outcome);
    if (style == CLI_REPORT_LINE) {
        write_line(out, head, &notes);
    } else {
        (void)fprintf(out, "%s\n", head);
        write_whole(out, &notes);
    }
    (void)fflush(out);
}

static void summary_json(const ctes_batch_summary *summary) {
    const struct {
        const char *key;
        size_t value;
    } counts[] = {
        { "total", summary->total },         { "sent", summary->sent },
        { "already", summary->already },     { "acknowledged", summary->acknowledged },
        { "pending", summary->pending },     { "refused", summary->refused },
        { "unsettled", summary->unsettled }, { "invalid", summary->invalid },
    };
    json_t *object = json_object(), *inner = json_object();
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        cli_json_set(inner, counts[i].key, json_integer((json_int_t)counts[i].value));
    cli_json_set(object, "summary", inner);
    cli_json_print(object);
}

void cli_report_summary(const cli *self, const ctes_batch_summary *summary, bool sending) {
    if (self->json) {
        summary_json(summary);
        return;
    }
    if (self->quiet)
        return;
    const cli_short total = cli_count(summary->total), sent = cli_count(summary->sent),
                    already = cli_count(summary->already), refused = cli_count(summary->refused),
                    unsettled = cli_count(summary->unsettled),
                    acknowledged = cli_count(summary->acknowledged),
                    pending = cli_count(summary->pending);
    const cli_fact facts[] = { { "total", total.text },
                               { "sent", sent.text },
                               { "already", already.text },
                               { "refused", refused.text },
                               { "unsettled", summary->unsettled > 0 ? unsettled.text : "" },
                               { "acknowledged", acknowledged.text },
                               { "pending", pending.text } };
    /* TRANSLATORS: keep the counts apart: the number of each may be 0, 1 or more */
    const char *sentence =
        sending ? _("Acts: {total}. Sent: {sent}. Already sent: {already}. Refused: {refused}."
                    "[ Perhaps received: {unsettled}.] Acknowledged: {acknowledged}. Waiting: "
                    "{pending}.")
                : _("Acts: {total}. Refused: {refused}.");
    cli_sentence(stdout, sentence, facts, sizeof facts / sizeof facts[0]);
    (void)fputc('\n', stdout);
}
