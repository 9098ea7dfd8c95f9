#include "cli/describe.h"

#include <string.h>

#include "cli/report.h"
#include "cli/text.h"

#define WAIT_DEFAULT 600

static void replace(char **text, const char *value) {
    free(*text);
    *text = cli_strdup(value);
}

static ctes_status copy_type(char *type, size_t size, const char *value, size_t length,
                             ctes_error *err) {
    if (length + 1 != size) {
        CLI_AUTO_FREE char *text = cli_format("%.*s", (int)length, value);
        return cli_fail(err, CTES_E_TYPE_PJ_INVALID, CTES_STAGE_ACTE, NULL, text);
    }
    memcpy(type, value, length);
    type[length] = '\0';
    return CTES_OK;
}

/* "99_SE:plan.pdf" or "plan.pdf"; a colon after anything but five signs belongs to the path. */
ctes_status cli_annexe_add(ctes_acte *acte, const char *value, ctes_error *err) {
    char type[sizeof acte->document.type_pj] = "";
    size_t length = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    bool typed = value[length] == ':' && length == sizeof type - 1;
    if (typed) {
        ctes_status status = copy_type(type, sizeof type, value, length, err);
        if (status != CTES_OK)
            return status;
        value += length + 1;
    }
    return ctes_acte_add_annexe(acte, value, typed ? type : NULL, NULL, err);
}

static ctes_status set_precedent(ctes_acte *acte, const char *value, ctes_error *err) {
    size_t length = strlen(value);
    if (length >= sizeof acte->precedent)
        return cli_fail(err, CTES_E_PRECEDENT_INVALID, CTES_STAGE_ACTE, NULL, value);
    memcpy(acte->precedent, value, length + 1);
    return CTES_OK;
}

ctes_status cli_description_option(cli_description *self, int id, const char *value,
                                   ctes_error *err) {
    ctes_acte *acte = &self->acte;
    self->any = self->any || id != CLI_OPT_AUTORITE;
    switch (id) {
    case CLI_OPT_NUMERO:
        replace(&acte->numero, value);
        return CTES_OK;
    case CLI_OPT_DATE:
        return cli_date_of(value, &acte->date, err);
    case CLI_OPT_NATURE:
        return ctes_nature_parse(value, &acte->nature, err);
    case CLI_OPT_MATIERE:
        return ctes_matiere_parse(value, &acte->matiere, err);
    case CLI_OPT_OBJET:
        replace(&acte->objet, value);
        return CTES_OK;
    case CLI_OPT_DOCUMENT:
        replace(&acte->document.path, value);
        return CTES_OK;
    case CLI_OPT_ANNEXE:
        return cli_annexe_add(acte, value, err);
    case CLI_OPT_TYPE:
        return copy_type(acte->document.type_pj, sizeof acte->document.type_pj, value,
                         strlen(value), err);
    case CLI_OPT_CLASSIFICATION_DATE:
        return cli_date_of(value, &acte->classification_date, err);
    case CLI_OPT_PRECEDENT:
        return set_precedent(acte, value, err);
    case CLI_OPT_PAPIER:
        acte->document_papier = true;
        return CTES_OK;
    case CLI_OPT_SIGNATURE:
        replace(&acte->document.signature_path, value);
        return CTES_OK;
    case CLI_OPT_FICHE:
        self->fiche = value;
        return CTES_OK;
    case CLI_OPT_AUTORITE:
        self->autorite = value;
        return CTES_OK;
    default:
        return CTES_OK;
    }
}

/* Annexes given by options replace those found beside the form, which come behind them. */
static void drop_annexes_from(ctes_acte *acte, size_t first) {
    for (size_t i = first; i < acte->annexe_count; i++) {
        free(acte->annexes[i].path);
        free(acte->annexes[i].signature_path);
        free(acte->annexes[i].signature);
        acte->annexes[i] = (ctes_piece){ .path = NULL };
    }
    acte->annexe_count = first;
}

ctes_status cli_description_finish(const cli *self, cli_description *description, ctes_error *err) {
    ctes_acte *acte = &description->acte;
    ctes_status status = CTES_OK;
    if (description->autorite != NULL)
        status = cli_config_siren(&self->config, description->autorite, true, acte->siren, err);
    if (status == CTES_OK && description->fiche != NULL) {
        size_t given = acte->annexe_count;
        bool with_files = acte->document.path == NULL;
        status = ctes_fiche_load(description->fiche, with_files, acte, err);
        if (given > 0)
            drop_annexes_from(acte, given);
        if (status != CTES_OK && err->stage == CTES_STAGE_NONE)
            err->stage = CTES_STAGE_DOCUMENT;
    }
    return status;
}

ctes_status cli_waiting_option(cli_waiting *waiting, int id, const char *value, bool *ret_taken,
                               ctes_error *err) {
    *ret_taken = id == CLI_OPT_WAIT || id == CLI_OPT_EVERY;
    if (id == CLI_OPT_WAIT && value == NULL)
        waiting->wait = WAIT_DEFAULT;
    else if (id == CLI_OPT_WAIT)
        return cli_seconds(value, 0, &waiting->wait, err);
    else if (id == CLI_OPT_EVERY)
        return cli_seconds(value, 1, &waiting->every, err);
    return CTES_OK;
}

typedef struct answer {
    const cli *self;
    cli_exit exit;
} answer;

static bool report_change(void *user, const ctes_outcome *outcome) {
    answer *seen = user;
    if (outcome->result == CTES_RESULT_CHANGED || outcome->error.code != CTES_OK)
        cli_report_outcome(seen->self, outcome, CLI_REPORT_WHOLE);
    seen->exit = cli_exit_of_outcome(outcome, true); /* the last look counts */
    return true;
}

static cli_exit wait_for(const cli *self, ctes_session *session, const ctes_record *record,
                         const cli_waiting *waiting) {
    answer seen = { .self = self, .exit = CLI_EXIT_DONE };
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_refresh(session, record->siren, record->numero, waiting->wait,
                                      waiting->every, report_change, &seen, &err);
    if (status == CTES_OK)
        return seen.exit;
    return cli_exit_worst(seen.exit, cli_report_failure(self, &err));
}

cli_exit cli_finish_sending(const cli *self, ctes_session *session, const ctes_outcome *outcome,
                            const cli_waiting *waiting) {
    cli_report_outcome(self, outcome, CLI_REPORT_WHOLE);
    cli_exit exit = cli_exit_of_outcome(outcome, true);
    bool is_open = exit == CLI_EXIT_DONE || exit == CLI_EXIT_UNKNOWN;
    if (!is_open || waiting->wait == 0 || ctes_state_final(outcome->record.state))
        return exit;
    return wait_for(self, session, &outcome->record, waiting);
}
