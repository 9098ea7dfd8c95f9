#include "cli/courrier_report.h"

#include <string.h>

#include "cli/courrier_text.h"
#include "cli/message.h"
#include "cli/quantity.h"
#include "cli/report.h"
#include "cli/text.h"

void cli_courrier_kind(const ctes_courrier *courrier, char out[static 24]) {
    (void)snprintf(out, 24, "%u-%u", courrier->transaction, courrier->flux);
}

/* Files of letters are named from the folder of the archives on, which the register's
 * own folder holds where nobody says otherwise. */
char *cli_courrier_path(const cli_config *config, const char *path) {
    static const char prefix[] = "sqlite:";
    if (path == NULL || path[0] == '/')
        return cli_strdup(path != NULL ? path : "");
    const char *ledger = config->ledger;
    if (strncmp(ledger, prefix, sizeof prefix - 1) == 0)
        ledger += sizeof prefix - 1;
    CLI_AUTO_FREE char *folder =
        config->archives != NULL ? cli_strdup(config->archives) : cli_path_folder(ledger);
    return cli_format("%s/%s", folder, path);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *documents_json(const cli *self, const ctes_courrier *courrier) {
    json_t *list = json_array();
    for (size_t i = 0; i < courrier->piece_count; i++) {
        const ctes_courrier_piece *piece = &courrier->pieces[i];
        CLI_AUTO_FREE char *path = cli_courrier_path(&self->config, piece->path);
        json_t *object = json_object();
        cli_json_text(object, "nom", piece->nom);
        cli_json_text(object, "path", path);
        cli_json_text(object, "type_pj", piece->type_pj);
        cli_json_count(object, "size", piece->size);
        cli_json_text(object, "sha256", piece->sha256);
        cli_json_append(list, object);
    }
    return list;
}

static void time_json(json_t *object, const ctes_courrier *courrier) {
    cli_json_date(object, "date", courrier->date);
    cli_json_text(object, "at", cli_instant_iso(courrier->at_ms).text);
    cli_json_date(object, "deadline", courrier->deadline);
    cli_json_set(object, "days_left",
                 courrier->deadline.year != 0
                     ? json_integer(cli_courrier_days_left(courrier, cli_now_ms()))
                     : json_null());
    cli_json_date(object, "reception", courrier->reception);
    cli_json_text(object, "since", cli_instant_iso(courrier->state_ms).text);
}

json_t *cli_json_courrier(const cli *self, const ctes_courrier *courrier) {
    char kind[24];
    json_t *object = json_object();
    cli_courrier_kind(courrier, kind);
    cli_json_number(object, "letter", courrier->id);
    cli_json_text(object, "siren", courrier->siren);
    cli_json_text(object, "kind", kind);
    cli_json_text(object, "what", cli_courrier_label(courrier));
    cli_json_text(object, "numero", courrier->numero);
    cli_json_text(object, "id_acte", courrier->id_acte);
    time_json(object, courrier);
    cli_json_text(object, "state", ctes_courrier_state_name(courrier->state));
    cli_json_text(object, "reason", courrier->reason);
    cli_json_text(object, "text", courrier->texte);
    cli_json_number(object, "answers", courrier->answers);
    cli_json_number(object, "answered_by", courrier->answered_by);
    cli_json_number(object, "transaction", courrier->transaction_id);
    cli_json_text(object, "message_nom", courrier->nom);
    cli_json_set(object, "documents", documents_json(self, courrier));
    CLI_AUTO_FREE char *package =
        courrier->archive != NULL ? cli_courrier_path(&self->config, courrier->archive) : NULL;
    cli_json_text(object, "package", package);
    cli_json_text(object, "package_sha256",
                  courrier->archive != NULL ? courrier->archive_sha256 : NULL);
    return object;
}

/* --- one letter ------------------------------------------------------------------------------- */

static void put_number(const char *label, int64_t number) {
    if (number != 0)
        cli_put_field(label, cli_count((uint64_t)number).text);
}

static void put_documents(const cli *self, const ctes_courrier *courrier) {
    if (courrier->piece_count > 0)
        (void)printf("\n%s\n", _("Documents:"));
    for (size_t i = 0; i < courrier->piece_count; i++) {
        CLI_AUTO_FREE char *path = cli_courrier_path(&self->config, courrier->pieces[i].path);
        (void)fputs("  ", stdout);
        cli_put(stdout, path);
        (void)printf("  (%s)\n", cli_size(courrier->pieces[i].size).text);
    }
}

void cli_put_courrier(const cli *self, const ctes_courrier *courrier) {
    bool sent = cli_courrier_is_sent(courrier);
    CLI_AUTO_FREE char *last_day = cli_courrier_last_day(courrier, cli_now_ms());
    CLI_AUTO_FREE char *reason = cli_courrier_reason(courrier);
    CLI_AUTO_FREE char *advice = cli_courrier_advice(courrier);
    CLI_AUTO_FREE char *authority = cli_config_authority(&self->config, courrier->siren);
    put_number(_("Letter"), courrier->id);
    cli_put_field(_("What it is"), cli_courrier_label(courrier));
    cli_put_field(_("Act"), courrier->numero);
    cli_put_field(_("Identifier"), courrier->id_acte);
    cli_put_field(_("Authority"), authority);
    cli_put_field(sent ? _("Date of the letter answered") : _("Date of the letter"),
                  cli_date(courrier->date).text);
    cli_put_field(sent ? _("Sent") : _("Received"), cli_instant(courrier->at_ms).text);
    cli_put_field(_("Last day to answer"), last_day);
    cli_put_field(_("Says"), courrier->texte);
    cli_put_field(_("State"), cli_courrier_state(courrier));
    cli_put_field(_("Since"), cli_instant(courrier->state_ms).text);
    cli_put_field(_("Reason"), reason);
    put_number(_("Answers letter"), courrier->answers);
    put_number(_("Answered by letter"), courrier->answered_by);
    cli_put_field(_("Acknowledged on"), cli_date(courrier->reception).text);
    put_number(_("Number at the operator"), courrier->transaction_id);
    cli_put_field(_("Message"), courrier->nom);
    cli_put_field(_("To do"), advice);
    put_documents(self, courrier);
}

/* --- what became of one ----------------------------------------------------------------------- */

static cli_exit exit_of(const ctes_courrier_outcome *outcome) {
    ctes_courrier_state state = outcome->courrier.state;
    ctes_error error = outcome->error;
    if (state == CTES_COURRIER_ASIDE)
        return outcome->known ? CLI_EXIT_DONE : CLI_EXIT_REFUSED;
    if (ctes_courrier_is_open_ended(state) && ctes_status_kind(error.code) != CTES_KIND_LATER)
        return CLI_EXIT_UNKNOWN;
    if (error.code != CTES_OK)
        return cli_exit_of_error(&error);
    return state == CTES_COURRIER_REFUSED || state == CTES_COURRIER_FAILED ? CLI_EXIT_REFUSED
                                                                           : CLI_EXIT_DONE;
}

static void report_json(const cli *self, const ctes_courrier_outcome *outcome) {
    json_t *object = cli_json_courrier(self, &outcome->courrier);
    CLI_AUTO_FREE char *advice = cli_courrier_advice(&outcome->courrier);
    cli_json_set(object, "known", json_boolean(outcome->known));
    cli_json_text(object, "source", outcome->source);
    cli_json_set(object, "error",
                 outcome->error.code != CTES_OK
                     ? cli_json_error(&outcome->error, advice != NULL ? advice : "")
                     : json_null());
    cli_json_print(object);
}

static void put_sentence(FILE *out, const ctes_courrier *courrier, const char *reason) {
    CLI_AUTO_FREE char *last_day = cli_courrier_last_day(courrier, cli_now_ms());
    const cli_short id = cli_count((uint64_t)courrier->id);
    const cli_fact facts[] = {
        { "id", id.text },
        { "what", cli_courrier_label(courrier) },
        { "acte", cli_courrier_acte(courrier) },
        { "state", cli_courrier_state(courrier) },
        { "day", last_day },
        { "reason", reason },
    };
    /* TRANSLATORS: 12: request for further documents (act 2022-0160): to be answered; … */
    cli_sentence(out, _("{id}: {what}[ (act {acte})]: {state}[; last day {day}][; {reason}]"),
                 facts, sizeof facts / sizeof facts[0]);
    (void)fputc('\n', out);
}

cli_exit cli_report_courrier(const cli *self, const ctes_courrier_outcome *outcome) {
    const ctes_courrier *courrier = &outcome->courrier;
    cli_exit exit = exit_of(outcome);
    if (self->json) {
        report_json(self, outcome);
        return exit;
    }
    bool is_due = !outcome->known && (courrier->state == CTES_COURRIER_RECEIVED ||
                                      courrier->state == CTES_COURRIER_OPEN);
    if (exit == CLI_EXIT_DONE && self->quiet && !is_due)
        return exit;
    FILE *out = exit == CLI_EXIT_DONE && !is_due ? stdout : stderr;
    CLI_AUTO_FREE char *reason = outcome->error.code != CTES_OK
                                     ? cli_error_text(&outcome->error, NULL)
                                     : cli_courrier_reason(courrier);
    CLI_AUTO_FREE char *advice = cli_courrier_advice(courrier);
    if (out == stderr)
        (void)fflush(stdout); /* so that both keep their order in one log */
    cli_put_priority(out, exit == CLI_EXIT_DONE && is_due ? 3
                          : exit == CLI_EXIT_DONE         ? 6
                          : exit == CLI_EXIT_LATER        ? 4
                                                          : 3);
    put_sentence(out, courrier, reason);
    if (advice != NULL)
        (void)fprintf(out, "  %s\n", advice);
    return exit;
}

/* The letter that refused something, or what the error says of it. */
static void load_letter(cli *self, int64_t letter, ctes_courrier_state state, ctes_courrier *ret) {
    CLI_AUTO_LEDGER ctes_ledger *ledger = NULL;
    if (cli_ledger_open(self, &ledger, NULL) != CTES_OK ||
        ctes_ledger_courrier(ledger, letter, ret, NULL) != CTES_OK)
        *ret = (ctes_courrier){ .id = letter, .state = state };
}

/* The register's word for a letter's state is none for a person. */
cli_exit cli_report_letter_failure(cli *self, int64_t letter, ctes_error *error) {
    CLI_AUTO_COURRIER ctes_courrier courrier = CTES_COURRIER_INIT;
    ctes_courrier_state state = ctes_courrier_state_of(error->detail);
    if (error->code != CTES_E_ACTE_STATE || state == CTES_COURRIER_NONE)
        return cli_report_failure(self, error);
    load_letter(self, letter, state, &courrier);
    const cli_short id = cli_count((uint64_t)letter);
    const char *what = courrier.transaction != 0 ? cli_courrier_label(&courrier) : "";
    const cli_fact facts[] = { { "id", id.text },
                               { "what", what },
                               { "state", cli_courrier_state(&courrier) } };
    /* TRANSLATORS: letter 12 (letter of observations) does not allow this: to be answered */
    CLI_AUTO_FREE char *text =
        cli_sentence_text(_("letter {id}[ ({what})] does not allow this: {state}"), facts, 3);
    CLI_AUTO_FREE char *advice = cli_courrier_advice(&courrier);
    if (advice == NULL)
        advice = cli_sentence_text(_("See it with \"ctes inbox {id}\"."), facts, 3);
    if (!self->json) {
        (void)fflush(stdout);
        cli_put_priority(stderr, 3);
        (void)fprintf(stderr, "%s. %s\n", text, advice);
        return CLI_EXIT_REFUSED;
    }
    ctes_error told = *error;
    (void)cli_fail(&told, error->code, error->stage, id.text, cli_courrier_state(&courrier));
    json_t *object = json_object();
    cli_json_set(object, "error", cli_json_error(&told, advice));
    cli_json_print(object);
    return CLI_EXIT_REFUSED;
}
