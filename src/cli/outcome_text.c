#include "cli/outcome_text.h"

#include <string.h>

#include "cli/message_detail.h"
#include "cli/text.h"

const char *cli_record_number(const ctes_record *record) {
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

bool cli_outcome_is_state(const ctes_outcome *outcome) {
    return outcome->error.code == CTES_OK ||
           (outcome->error.code == CTES_E_ANOMALIE && outcome->record.state != CTES_STATE_NONE);
}

bool cli_outcome_is_held_up(const ctes_outcome *outcome) {
    ctes_state state = outcome->record.state;
    return state == CTES_STATE_PARKED || state == CTES_STATE_TO_SIGN;
}

char *cli_outcome_headline(const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    const char *sentence = "";
    bool has_ended = outcome->error.code != CTES_OK && cli_outcome_is_state(outcome);
    switch (has_ended ? CTES_RESULT_ALREADY : outcome->result) {
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
    const cli_fact facts[] = { { "numero", cli_record_number(record) },
                               { "state", cli_state_label(record->state) },
                               { "sent", sent.text },
                               { "size", outcome->archive_size > 0 ? size.text : "" } };
    return cli_sentence_text(sentence, facts, sizeof facts / sizeof facts[0]);
}

void cli_notes_clear(cli_notes *notes) {
    for (size_t i = 0; i < notes->count; i++)
        free(notes->text[i]);
    notes->count = 0;
}

static void note(cli_notes *notes, const char *sentence, const char *name, const char *value) {
    const cli_fact fact = { name, value };
    if (notes->count < CLI_NOTES_MAX && value != NULL && *value != '\0')
        notes->text[notes->count++] = cli_sentence_text(sentence, &fact, 1);
}

static void note_description(cli_notes *notes, const ctes_outcome *outcome) {
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

static void note_answer(cli_notes *notes, const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    note(notes, _("date of reception: {date}"), "date", cli_date(record->reception).text);
    note(notes, _("identifier: {id}"), "id", record->id_acte);
    CLI_AUTO_FREE char *reason =
        cli_outcome_is_state(outcome) ? cli_reason(record->state, record->reason) : NULL;
    note(notes, _("reason: {reason}"), "reason", reason);
    note(notes, _("replaced by {numero}"), "numero", record->replaced_by);
    bool is_held = outcome->error.code == CTES_E_OPERATOR_HOLDS; /* by an act of no register */
    if (record->replaced_by == NULL && (ctes_state_resend(record->state) == 'x' ||
                                        (ctes_state_resend(record->state) == 's' && is_held)))
        note(notes, _("next number, with --suffix: {numero}"), "numero", outcome->proposed);
}

void cli_notes_of(const ctes_outcome *outcome, cli_notes *ret) {
    *ret = (cli_notes){ .count = 0 };
    note_description(ret, outcome);
    note_answer(ret, outcome);
}

const char *cli_outcome_advice(const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    if (record->replaced_by != NULL)
        return outcome->error.code != CTES_OK ? _("Nothing was sent: the other act counts.")
                                              : cli_record_advice(record);
    if (cli_outcome_is_state(outcome))
        return cli_state_advice(record->state);
    if (outcome->error.code != CTES_E_OPERATOR_HOLDS || !ctes_state_held(record->state))
        return cli_error_advice(&outcome->error);
    if (record->state == CTES_STATE_ACKNOWLEDGED)
        return _("Nothing has to be sent again.");
    const char *advice = cli_state_advice(record->state);
    return *advice != '\0' ? advice : _("Wait for the answer: \"ctes status\" asks for it.");
}
