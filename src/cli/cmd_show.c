/* ctes show: all that the register knows of one act. */
#include <string.h>

#include "cli/courrier_report.h"
#include "cli/courrier_text.h"
#include "cli/describe.h"
#include "cli/message_detail.h"
#include "cli/quantity.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_show_options[] = {
    { CLI_OPT_FICHE, "fiche", NULL, N_("its form, with its two blanks filled in") },
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

typedef struct show_run {
    const cli *self;
    bool fiche;
    const char *autorite;
    json_t *list;   /* being filled, with --json */
    char *exchange; /* being counted */
    int64_t first_ms, last_ms;
    size_t times, letters;
} show_run;

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    (void)err;
    show_run *run = user;
    if (id == CLI_OPT_FICHE)
        run->fiche = true;
    else if (id == CLI_OPT_AUTORITE)
        run->autorite = value;
    return CTES_OK;
}

static void put_event(void *user, const ctes_record_event *event) {
    show_run *run = user;
    if (run->list != NULL) {
        json_t *object = json_object();
        cli_json_text(object, "at", cli_instant_iso(event->at_ms).text);
        cli_json_text(object, "from", ctes_state_name(event->from));
        cli_json_text(object, "to", ctes_state_name(event->to));
        cli_json_text(object, "detail", event->detail);
        cli_json_append(run->list, object);
        return;
    }
    CLI_AUTO_FREE char *detail = cli_reason(event->to, event->detail);
    const cli_fact facts[] = { { "state", cli_state_label(event->to) }, { "detail", detail } };
    (void)printf("  %s  ", cli_instant(event->at_ms).text);
    cli_sentence(stdout, _("{state}[: {detail}]"), facts, 2);
    (void)fputc('\n', stdout);
}

/* "https://host/modules/actes/page.php?transaction=12&api=1" is "page.php?transaction=12" to who
 * looks what happened; --json has it whole. */
static char *page_of(const char *url) {
    const char *query = strchr(url, '?');
    size_t path = query != NULL ? (size_t)(query - url) : strlen(url);
    while (path > 0 && url[path - 1] != '/')
        path--;
    char *page = cli_strdup(url + path);
    static const char sign[] = "api=1";
    char *at = strstr(page, sign);
    if (at != NULL && at > page && at[sizeof sign - 1] == '\0')
        at[-1] = '\0';
    return page;
}

/* What a row of the exchanges says but its instant; equal rows that follow each other are one. */
static char *exchange_text(const ctes_record_exchange *exchange) {
    CLI_AUTO_FREE char *page = page_of(exchange->url);
    CLI_AUTO_FREE char *outcome = strcmp(exchange->outcome, ctes_status_name(CTES_OK)) != 0
                                      ? cli_reason(CTES_STATE_NONE, exchange->outcome)
                                      : NULL;
    CLI_AUTO_FREE char *status = exchange->http_status != 0
                                     ? cli_format("  HTTP %ld", exchange->http_status)
                                     : cli_strdup("");
    CLI_AUTO_FREE char *text =
        cli_format("%s %s%s%s%s", exchange->method, page, status, outcome != NULL ? "  " : "",
                   outcome != NULL ? outcome : "");
    return cli_clean(text);
}

static void put_exchanges(show_run *run) {
    if (run->exchange == NULL)
        return;
    const cli_short first = cli_instant(run->first_ms), last = cli_instant(run->last_ms),
                    times = cli_count(run->times);
    (void)printf("  %s  %s\n", first.text, run->exchange);
    const cli_fact facts[] = { { "times", times.text },
                               { "last", strcmp(first.text, last.text) != 0 ? last.text : "" } };
    if (run->times > 1) {
        (void)printf("  %*s  ", (int)cli_columns(first.text), "");
        cli_sentence(stdout, _("{times} times[, the last on {last}]"), facts, 2);
        (void)fputc('\n', stdout);
    }
    free(run->exchange);
    run->exchange = NULL;
}

static void put_exchange(void *user, const ctes_record_exchange *exchange) {
    show_run *run = user;
    if (run->list != NULL) {
        json_t *object = json_object();
        cli_json_text(object, "at", cli_instant_iso(exchange->at_ms).text);
        cli_json_text(object, "method", exchange->method);
        cli_json_text(object, "url", exchange->url);
        cli_json_text(object, "outcome", exchange->outcome);
        cli_json_number(object, "http_status", exchange->http_status);
        cli_json_set(object, "reply_size", json_integer((json_int_t)exchange->reply_size));
        cli_json_text(object, "reply_sha256", exchange->reply_sha256);
        cli_json_append(run->list, object);
        return;
    }
    CLI_AUTO_FREE char *text = exchange_text(exchange);
    if (run->exchange == NULL || strcmp(run->exchange, text) != 0) {
        put_exchanges(run);
        run->exchange = cli_strdup(text);
        run->first_ms = exchange->at_ms;
        run->times = 0;
    }
    run->last_ms = exchange->at_ms;
    run->times++;
}

static json_t *pieces_json(const ctes_record *record) {
    json_t *list = json_array();
    for (size_t i = 0; i < record->piece_count; i++) {
        const ctes_record_piece *piece = &record->pieces[i];
        json_t *object = json_object();
        cli_json_text(object, "path", piece->path);
        cli_json_text(object, "nom", piece->nom);
        cli_json_text(object, "type_pj", piece->type_pj);
        cli_json_text(object, "mime", piece->mime);
        cli_json_set(object, "size", json_integer((json_int_t)piece->size));
        cli_json_text(object, "sha256", piece->sha256);
        cli_json_append(list, object);
    }
    return list;
}

static bool put_letter(void *user, const ctes_courrier *courrier) {
    show_run *run = user;
    if (run->list != NULL) {
        cli_json_append(run->list, cli_json_courrier(run->self, courrier));
        return true;
    }
    if (run->letters++ == 0)
        (void)printf("\n%s\n", _("Letters:"));
    const cli_short id = cli_count((uint64_t)courrier->id), at = cli_instant(courrier->at_ms);
    CLI_AUTO_FREE char *last_day = cli_courrier_last_day(courrier, cli_now_ms());
    const cli_fact facts[] = { { "at", at.text },
                               { "id", id.text },
                               { "what", cli_courrier_label(courrier) },
                               { "state", cli_courrier_state(courrier) },
                               { "day", last_day } };
    (void)fputs("  ", stdout);
    /* TRANSLATORS: instant, number of the letter, what it is, where it stands */
    cli_sentence(stdout, _("{at}  {id}: {what}: {state}[; last day {day}]"), facts, 5);
    (void)fputc('\n', stdout);
    return true;
}

static ctes_status put_letters(show_run *run, ctes_ledger *ledger, int64_t acte, ctes_error *err) {
    const ctes_courrier_filter filter = { .acte = acte };
    return ctes_ledger_courriers(ledger, &filter, put_letter, run, err);
}

static ctes_status show_json(show_run *run, ctes_ledger *ledger, const ctes_record *record,
                             ctes_error *err) {
    json_t *object = cli_json_record(record);
    cli_json_date(object, "classification_date", record->classification_date);
    cli_json_text(object, "precedent", record->precedent);
    cli_json_set(object, "document_papier", json_boolean(record->document_papier));
    cli_json_text(object, "archive_sha256", record->archive_sha256);
    cli_json_text(object, "created_at", cli_instant_iso(record->created_ms).text);
    cli_json_set(object, "files", pieces_json(record));
    run->list = json_array();
    cli_json_set(object, "history", run->list);
    ctes_status status = ctes_ledger_history(ledger, record->id, put_event, run, err);
    if (status == CTES_OK) {
        run->list = json_array();
        cli_json_set(object, "exchanges", run->list);
        status = ctes_ledger_exchanges(ledger, record->id, put_exchange, run, err);
    }
    if (status == CTES_OK) {
        run->list = json_array();
        cli_json_set(object, "letters", run->list);
        status = put_letters(run, ledger, record->id, err);
    }
    run->list = NULL;
    if (status == CTES_OK)
        cli_json_print(object);
    else
        json_decref(object);
    return status;
}

static void put_description(const cli_config *config, const ctes_record *record) {
    char matiere[32];
    ctes_matiere_format(&record->matiere, matiere);
    CLI_AUTO_FREE char *authority = cli_config_authority(config, record->siren);
    cli_put_field(_("Number"), record->numero);
    cli_put_field(_("Number sent"), record->numero_interne);
    cli_put_field(_("Authority"), authority);
    cli_put_field(_("Date of the decision"), cli_date(record->date).text);
    cli_put_field(_("Nature"), ctes_nature_libelle(record->nature));
    const char *label = ctes_matiere_libelle(&record->matiere, 2);
    CLI_AUTO_FREE char *code =
        label != NULL ? cli_format("%s (%s)", matiere, label) : cli_strdup(matiere);
    cli_put_field(_("Code"), code);
    cli_put_field(_("Subject"), record->objet);
    bool same = record->objet != NULL && record->objet_transmis != NULL &&
                strcmp(record->objet, record->objet_transmis) == 0;
    cli_put_field(_("Subject as sent"), same ? NULL : record->objet_transmis);
    cli_put_field(_("Classification of"), cli_date(record->classification_date).text);
    cli_put_field(_("Corrects"), record->precedent);
    cli_put_field(_("Paper copy"), record->document_papier ? _("follows") : NULL);
}

static void put_fate(const ctes_record *record) {
    cli_put_field(_("State"), cli_state_label(record->state));
    cli_put_field(_("Since"), cli_instant(record->state_ms).text);
    CLI_AUTO_FREE char *reason = cli_reason(record->state, record->reason);
    cli_put_field(_("Reason"), reason);
    cli_put_field(_("Code of the anomaly"), record->anomalie_code);
    cli_put_field(_("Sent"), cli_instant(record->sent_ms).text);
    cli_put_field(_("Date of reception"), cli_date(record->reception).text);
    cli_put_field(_("Identifier"), record->id_acte);
    if (record->transaction != 0)
        cli_put_field(_("Number at the operator"), cli_count((uint64_t)record->transaction).text);
    cli_put_field(_("Package"), record->archive);
    cli_put_field(_("Sent in place of"), record->replaces);
    cli_put_field(_("Replaced by"), record->replaced_by);
    cli_put_field(_("To do"), cli_record_advice(record));
}

static void put_pieces(const ctes_record *record) {
    if (record->piece_count > 0)
        (void)printf("\n%s\n", _("Files:"));
    for (size_t i = 0; i < record->piece_count; i++) {
        const ctes_record_piece *piece = &record->pieces[i];
        (void)printf("  %s  %s  ", piece->type_pj, cli_size(piece->size).text);
        cli_put(stdout, piece->path);
        (void)printf("\n         %s\n         sha256 %s\n", piece->nom != NULL ? piece->nom : "",
                     piece->sha256);
    }
}

static ctes_status show_text(show_run *run, ctes_ledger *ledger, const ctes_record *record,
                             ctes_error *err) {
    put_description(&run->self->config, record);
    put_fate(record);
    put_pieces(record);
    ctes_status status = put_letters(run, ledger, record->id, err);
    if (status != CTES_OK)
        return status;
    (void)printf("\n%s\n", _("History:"));
    status = ctes_ledger_history(ledger, record->id, put_event, run, err);
    if (status != CTES_OK)
        return status;
    (void)printf("\n%s\n", _("Exchanges with the operator:"));
    status = ctes_ledger_exchanges(ledger, record->id, put_exchange, run, err);
    put_exchanges(run);
    return status;
}

static bool put_text(void *user, const char *text, size_t length) {
    (void)user;
    return fwrite(text, 1, length, stdout) == length;
}

static ctes_status show(cli *self, show_run *run, const char *numero, ctes_error *err) {
    CLI_AUTO_LEDGER ctes_ledger *ledger = NULL;
    CLI_AUTO_RECORD ctes_record record = CTES_RECORD_INIT;
    char siren[10] = "";
    ctes_status status = cli_ledger_open(self, &ledger, err);
    if (status == CTES_OK && run->autorite != NULL)
        status = cli_config_siren(&self->config, run->autorite, false, siren, err);
    if (status == CTES_OK)
        status = ctes_ledger_get(ledger, siren[0] != '\0' ? siren : NULL, numero, &record, err);
    if (status != CTES_OK)
        return status;
    if (run->fiche)
        return ctes_fiche_write(&record, put_text, NULL, err);
    return self->json ? show_json(run, ledger, &record, err) : show_text(run, ledger, &record, err);
}

cli_exit cli_cmd_show(cli *self, int argc, char **argv) {
    show_run run = { .self = self };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = first + 1 != argc ? cli_usage(&err, NULL, _("give the number of one act"))
                                           : show(self, &run, argv[first], &err);
    return status == CTES_OK ? CLI_EXIT_DONE : cli_report_failure(self, &err);
}
