#include "cli/report.h"

#include <string.h>
#include <unistd.h>

#include "cli/message_detail.h"
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

static void note(note_list *notes, const char *sentence, const char *name, const char *value) {
    const cli_fact fact = { name, value };
    if (notes->count < NOTES_MAX && value != NULL && *value != '\0')
        notes->text[notes->count++] = cli_sentence_text(sentence, &fact, 1);
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
    CLI_AUTO_FREE char *help = NULL;
    if (error->code == CTES_E_USAGE && self->command != NULL && self->command->options != NULL)
        help = cli_format(_("See \"ctes help %s\"."), self->command->name);
    if (self->json) {
        json_t *object = json_object();
        cli_json_set(object, "error", cli_json_error(error, help));
        cli_json_print(object);
    } else {
        (void)fflush(stdout);
        cli_error_write(stderr, error, NULL, help);
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
    return cli_sentence_text(sentence, facts, sizeof facts / sizeof facts[0]);
}

static void note_description(note_list *notes, const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    bool checked = outcome->result == CTES_RESULT_CHECKED;
    bool described = outcome->result == CTES_RESULT_SENT || checked;
    if (outcome->numero_changed && described)
        note(notes, checked ? _("will be sent as {interne}") : _("sent as {interne}"), "interne",
             record->numero_interne);
    note(notes, _("signs replaced in the subject: {changes}"), "changes", outcome->objet_changes);
    if (outcome->late_days > 0 && described)
        note(notes, _("decided {days} days ago: some acts must be sent within 15 days"), "days",
             cli_count(outcome->late_days).text);
}

static void note_answer(note_list *notes, const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    note(notes, _("date of reception: {date}"), "date", cli_date(record->reception).text);
    note(notes, _("identifier: {id}"), "id", record->id_acte);
    CLI_AUTO_FREE char *reason =
        outcome->error.code == CTES_OK ? cli_reason(record->state, record->reason) : NULL;
    note(notes, _("reason: {reason}"), "reason", reason);
    note(notes, _("replaced by {numero}"), "numero", record->replaced_by);
    bool is_held = outcome->error.code == CTES_E_OPERATOR_HOLDS; /* by an act of no register */
    if (record->replaced_by == NULL && (ctes_state_resend(record->state) == 'x' ||
                                        (ctes_state_resend(record->state) == 's' && is_held)))
        note(notes, _("next number, with --suffix: {numero}"), "numero", outcome->proposed);
}

const char *cli_outcome_advice(const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    if (record->replaced_by != NULL)
        return outcome->error.code != CTES_OK ? _("Nothing was sent: the other act counts.")
                                              : cli_record_advice(record);
    if (outcome->error.code == CTES_OK)
        return cli_state_advice(record->state);
    if (outcome->error.code != CTES_E_OPERATOR_HOLDS || !ctes_state_held(record->state))
        return cli_error_advice(&outcome->error);
    if (record->state == CTES_STATE_ACKNOWLEDGED)
        return _("Nothing has to be sent again.");
    const char *advice = cli_state_advice(record->state);
    return *advice != '\0' ? advice : _("Wait for the answer: \"ctes status\" asks for it.");
}

static void write_whole(FILE *out, const note_list *notes, const char *advice) {
    for (size_t i = 0; i < notes->count; i++) {
        cli_put_priority(out, 3);
        (void)fprintf(out, "  %s\n", notes->text[i]);
    }
    if (*advice != '\0') {
        cli_put_priority(out, 3);
        (void)fprintf(out, "  %s\n", advice);
    }
}

static void write_line(FILE *out, const char *head, const note_list *notes, const char *advice) {
    (void)fputs(head, out);
    for (size_t i = 0; i < notes->count; i++)
        /* TRANSLATORS: between facts about an act, in brackets */
        (void)fprintf(out, "%s%s", i == 0 ? " (" : _("; "), notes->text[i]);
    (void)fputs(notes->count > 0 ? ")" : "", out);
    (void)fprintf(out, "%s%s\n", *advice != '\0' ? ". " : "", advice);
}

void cli_report_outcome(const cli *self, const ctes_outcome *outcome, cli_report_style style) {
    if (self->json) {
        cli_json_print(cli_json_outcome(outcome));
        return;
    }
    /* among many acts, one that another replaces is no fault */
    bool asked = style == CLI_REPORT_WHOLE || outcome->record.replaced_by == NULL;
    bool failed = cli_exit_of_outcome(outcome, asked) != CLI_EXIT_DONE;
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
        cli_error_write(out, &error, number_of(&outcome->record), cli_outcome_advice(outcome));
        write_whole(out, &notes, "");
        return;
    }
    CLI_AUTO_FREE char *head = headline(outcome);
    const char *advice = outcome->error.code == CTES_OK ? cli_outcome_advice(outcome) : "";
    cli_put_priority(out, 3);
    if (style == CLI_REPORT_LINE) {
        write_line(out, head, &notes, advice);
    } else {
        (void)fprintf(out, "%s\n", head);
        write_whole(out, &notes, advice);
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

void cli_report_summary(const cli *self, const ctes_batch_summary *summary, size_t answered,
                        bool sending) {
    if (self->json) {
        summary_json(summary);
        return;
    }
    if (self->quiet)
        return;
    const cli_short total = cli_count(summary->total), sent = cli_count(summary->sent),
                    already = cli_count(summary->already), refused = cli_count(summary->refused),
                    unsettled = cli_count(summary->unsettled), answers = cli_count(answered),
                    ready = cli_count(summary->total - summary->refused);
    const cli_fact facts[] = { { "total", total.text },
                               { "sent", sent.text },
                               { "already", already.text },
                               { "refused", refused.text },
                               { "unsettled", summary->unsettled > 0 ? unsettled.text : "" },
                               { "answers", answered > 0 ? answers.text : "" },
                               { "ready", ready.text } };
    /* TRANSLATORS: keep the counts apart: the number of each may be 0, 1 or more */
    const char *sentence =
        sending ? _("Acts: {total}. Sent: {sent}. Already sent: {already}. Refused: {refused}."
                    "[ Reception uncertain: {unsettled}.][ Answers come since: {answers}.]")
                : _("Acts: {total}. Ready to be sent: {ready}. Refused: {refused}.");
    cli_sentence(stdout, sentence, facts, sizeof facts / sizeof facts[0]);
    (void)fputc('\n', stdout);
}
