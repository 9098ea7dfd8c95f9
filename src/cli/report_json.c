#include "cli/report.h"

#include "cli/outcome_text.h"
#include "cli/text.h"

void cli_json_set(json_t *object, const char *key, json_t *value) {
    if (value == NULL || json_object_set_new(object, key, value) != 0)
        cli_out_of_memory();
}

void cli_json_append(json_t *list, json_t *value) {
    if (json_array_append_new(list, value) != 0)
        cli_out_of_memory();
}

void cli_json_text(json_t *object, const char *key, const char *value) {
    if (value == NULL || *value == '\0') {
        cli_json_set(object, key, json_null());
        return;
    }
    CLI_AUTO_FREE char *clean = cli_clean(value);
    cli_json_set(object, key, json_string(clean));
}

void cli_json_number(json_t *object, const char *key, int64_t value) {
    cli_json_set(object, key, value != 0 ? json_integer(value) : json_null());
}

void cli_json_count(json_t *object, const char *key, uint64_t value) {
    cli_json_set(object, key, json_integer((json_int_t)value));
}

void cli_json_date(json_t *object, const char *key, ctes_date value) {
    char date[11];
    ctes_date_format(value, date);
    cli_json_text(object, key, date);
}

static const char *kind_name(ctes_kind kind) {
    static const char *const names[] = {
        [CTES_KIND_OK] = "ok",           [CTES_KIND_USAGE] = "usage",
        [CTES_KIND_CONFIG] = "config",   [CTES_KIND_INPUT] = "input",
        [CTES_KIND_REFUSED] = "refused", [CTES_KIND_LATER] = "later",
        [CTES_KIND_UNKNOWN] = "unknown", [CTES_KIND_HOSTILE] = "hostile",
        [CTES_KIND_SYSTEM] = "system",
    };
    return names[kind];
}

static const char *result_name(ctes_result result) {
    static const char *const names[] = {
        [CTES_RESULT_NONE] = "none",           [CTES_RESULT_CHECKED] = "checked",
        [CTES_RESULT_SENT] = "sent",           [CTES_RESULT_ALREADY] = "already",
        [CTES_RESULT_CHANGED] = "changed",     [CTES_RESULT_UNCHANGED] = "unchanged",
        [CTES_RESULT_UNSETTLED] = "unsettled", [CTES_RESULT_REFUSED] = "refused",
    };
    return names[result];
}

json_t *cli_json_error(const ctes_error *error, const char *advice) {
    json_t *object = json_object();
    CLI_AUTO_FREE char *message = cli_error_text(error, NULL);
    cli_json_text(object, "code", ctes_status_name(error->code));
    cli_json_text(object, "kind", kind_name(ctes_status_kind(error->code)));
    cli_json_text(object, "stage", ctes_stage_name(error->stage));
    cli_json_text(object, "subject", error->subject);
    cli_json_text(object, "detail", error->detail);
    cli_json_number(object, "line", error->line);
    cli_json_text(object, "message", message);
    cli_json_text(object, "advice", advice != NULL ? advice : cli_error_advice(error));
    cli_json_set(object, "repeatable", json_boolean(ctes_status_repeatable(error->code)));
    cli_json_set(object, "maybe_received",
                 json_boolean(cli_exit_of_error(error) == CLI_EXIT_UNKNOWN));
    cli_json_set(object, "exit_status", json_integer(cli_exit_of_error(error)));
    return object;
}

json_t *cli_json_record(const ctes_record *record) {
    json_t *object = json_object();
    char matiere[32];
    ctes_matiere_format(&record->matiere, matiere);
    cli_json_text(object, "numero", record->numero);
    cli_json_text(object, "numero_interne", record->numero_interne);
    cli_json_text(object, "siren", record->siren);
    cli_json_date(object, "date", record->date);
    cli_json_text(object, "nature", ctes_nature_abrege(record->nature));
    cli_json_text(object, "matiere", record->matiere.count > 0 ? matiere : NULL);
    cli_json_text(object, "objet", record->objet);
    cli_json_text(object, "objet_transmis", record->objet_transmis);
    cli_json_text(object, "state", ctes_state_name(record->state));
    cli_json_text(object, "state_at", cli_instant_iso(record->state_ms).text);
    cli_json_set(object, "final", json_boolean(ctes_state_final(record->state)));
    cli_json_text(object, "reason", record->reason);
    cli_json_text(object, "anomalie_code", record->anomalie_code);
    cli_json_text(object, "id_acte", record->id_acte);
    cli_json_date(object, "reception", record->reception);
    cli_json_number(object, "transaction", record->transaction);
    cli_json_text(object, "sent_at", cli_instant_iso(record->sent_ms).text);
    cli_json_text(object, "archive", record->archive);
    cli_json_text(object, "replaces", record->replaces);
    cli_json_text(object, "replaced_by", record->replaced_by);
    return object;
}

static json_t *error_of(const ctes_outcome *outcome, const ctes_error *error) {
    if (error->code == CTES_OK)
        return json_null();
    json_t *object = cli_json_error(error, cli_outcome_advice(outcome));
    if (cli_outcome_is_state(outcome))
        cli_json_text(object, "message", cli_state_label(outcome->record.state));
    return object;
}

json_t *cli_json_outcome(const ctes_outcome *outcome) {
    json_t *object = cli_json_record(&outcome->record);
    const ctes_error error = cli_error_of_outcome(outcome);
    cli_json_text(object, "result", result_name(outcome->result));
    cli_json_text(object, "objet_changes", outcome->objet_changes);
    cli_json_number(object, "late_days", outcome->late_days);
    cli_json_number(object, "archive_size", (int64_t)outcome->archive_size);
    cli_json_text(object, "proposed", outcome->proposed);
    cli_json_number(object, "line", error.line);
    cli_json_set(object, "error", error_of(outcome, &error));
    return object;
}

void cli_json_print(json_t *object) {
    /* a failed write is told at the end, by the state of the stream */
    (void)json_dumpf(object, stdout, JSON_COMPACT);
    (void)fputc('\n', stdout);
    (void)fflush(stdout);
    json_decref(object);
}
