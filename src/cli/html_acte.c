#include "cli/html_acte.h"

#include <string.h>

#include "cli/html.h"
#include "cli/outcome_text.h"

cli_html_place cli_html_place_of(const ctes_outcome *outcome) {
    ctes_state state = outcome->record.state;
    switch (cli_exit_of_outcome(outcome, false)) {
    case CLI_EXIT_UNKNOWN:
        return CLI_HTML_UNCERTAIN;
    case CLI_EXIT_LATER: /* of an act that the operator has, only a question failed */
        return ctes_state_held(state) ? CLI_HTML_PENDING : CLI_HTML_LATER;
    case CLI_EXIT_DONE:
        break;
    default:
        return CLI_HTML_PERSON;
    }
    if (outcome->record.replaced_by != NULL)
        return CLI_HTML_REPLACED;
    if (ctes_state_acknowledged(state))
        return CLI_HTML_ACKNOWLEDGED;
    return cli_outcome_is_held_up(outcome) || ctes_state_final(state) ? CLI_HTML_PERSON
                                                                      : CLI_HTML_PENDING;
}

void cli_html_columns(cli_html_place place, const char *ret[static 5]) {
    ret[0] = _("Number");
    ret[1] = _("Act");
    ret[2] = ret[3] = ret[4] = NULL;
    switch (place) {
    case CLI_HTML_PENDING:
        ret[2] = _("State");
        ret[3] = _("Sent on");
        break;
    case CLI_HTML_ACKNOWLEDGED:
        ret[2] = _("Identifier");
        ret[3] = _("Received on");
        break;
    case CLI_HTML_REPLACED:
        ret[2] = _("Replaced by");
        break;
    default:
        ret[2] = _("What happened");
        ret[3] = _("What to do");
    }
}

/* --- the cells -------------------------------------------------------------------------------- */

static const char *autorite_of(const cli *self, const ctes_record *record) {
    for (size_t i = 0; i < self->config.autorite_count; i++) {
        const ctes_autorite *autorite = &self->config.autorites[i];
        bool is_it = strcmp(autorite->siren, record->siren) == 0 ||
                     (record->siren[0] == '\0' && self->config.autorite_count == 1);
        if (is_it && autorite->nom != NULL && *autorite->nom != '\0')
            return autorite->nom;
    }
    return record->siren;
}

static void put_number(FILE *out, const ctes_outcome *outcome) {
    const char *number = cli_record_number(&outcome->record);
    (void)fputs(CLI_HTML_CELL "<b style=\"white-space:nowrap\">", out);
    cli_html_put(out, *number != '\0' ? number : "-");
    (void)fputs("</b>", out);
    if (outcome->error.line > 0) {
        CLI_AUTO_FREE char *line = cli_format(_("line %d"), outcome->error.line);
        (void)fputs(CLI_HTML_SMALL, out);
        cli_html_put(out, line);
        (void)fputs(CLI_HTML_SMALL_END, out);
    }
    (void)fputs(CLI_HTML_CELL_END, out);
}

static void put_description(FILE *out, const cli *self, const ctes_record *record) {
    const cli_short date = cli_date(record->date);
    const cli_fact facts[] = { { "autorite", autorite_of(self, record) }, { "date", date.text } };
    CLI_AUTO_FREE char *whose = cli_sentence_text(_("{autorite}[, decided on {date}]"), facts, 2);
    (void)fputs(CLI_HTML_CELL, out);
    const char *objet = record->objet != NULL && *record->objet != '\0' ? record->objet : "-";
    cli_html_put(out, objet);
    (void)fputs(CLI_HTML_SMALL, out);
    cli_html_put(out, whose);
    (void)fputs(CLI_HTML_SMALL_END CLI_HTML_CELL_END, out);
}

static void put_notes(FILE *out, const ctes_outcome *outcome) {
    CLI_AUTO_NOTES cli_notes notes;
    cli_notes_of(outcome, &notes);
    for (size_t i = 0; i < notes.count; i++)
        cli_html_wrap(out, CLI_HTML_SMALL, notes.text[i], CLI_HTML_SMALL_END);
}

static void put_events(FILE *out, const ctes_outcome *outcome) {
    const ctes_error error = cli_error_of_outcome(outcome);
    (void)fputs(CLI_HTML_CELL, out);
    if (!cli_outcome_is_state(outcome)) {
        CLI_AUTO_FREE char *text = cli_error_text(&error, cli_record_number(&outcome->record));
        cli_html_wrap(out, "", text, "");
        if (strchr(error.subject, '/') != NULL && strstr(text, error.subject) == NULL)
            cli_html_wrap(out, CLI_HTML_SMALL, error.subject, CLI_HTML_SMALL_END);
    } else {
        cli_html_wrap(out, "", cli_state_label(outcome->record.state), "");
    }
    put_notes(out, outcome);
    (void)fputs(CLI_HTML_CELL_END CLI_HTML_CELL, out);
    cli_html_put(out, cli_outcome_advice(outcome));
    (void)fputs(CLI_HTML_CELL_END, out);
}

static void put_cell(FILE *out, const char *text, const char *more) {
    (void)fputs(CLI_HTML_CELL, out);
    cli_html_wrap(out, "", text, "");
    cli_html_wrap(out, CLI_HTML_SMALL, more, CLI_HTML_SMALL_END);
    (void)fputs(CLI_HTML_CELL_END, out);
}

void cli_html_acte(FILE *out, const cli *self, const ctes_outcome *outcome) {
    const ctes_record *record = &outcome->record;
    (void)fputs("<tr>", out);
    put_number(out, outcome);
    put_description(out, self, record);
    switch (cli_html_place_of(outcome)) {
    case CLI_HTML_PENDING:
        put_cell(out, cli_state_label(record->state), "");
        put_cell(out, cli_instant(record->sent_ms).text, "");
        break;
    case CLI_HTML_ACKNOWLEDGED:
        put_cell(out, record->id_acte, cli_state_advice(record->state));
        put_cell(out, cli_date(record->reception).text, "");
        break;
    case CLI_HTML_REPLACED:
        put_cell(out, record->replaced_by, "");
        break;
    default:
        put_events(out, outcome);
    }
    (void)fputs("</tr>\n", out);
}
