/*
 * Depositing: a finished archive of one act or several (sheet § 2.2), or one act field by field
 * (§ 2.1).
 *
 * `api=1` is said twice: PHP forgets a body that is too large, and the URL is what then makes the
 * script answer KO instead of a redirect (T3).
 */
#include "operator/s2low.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"

/* --- archive --------------------------------------------------------------------------------- */

/* The server splits the archive's name at '-' and finds the enveloppe by it (§ 2.2): it must go out
 * as it is, so it must be one that needs no change. */
static ctes_status check_archive_name(const char *name, ctes_error *err) {
    for (const char *at = name; *at != '\0'; at++)
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *at) ==
            NULL)
            return ctes_fail(err, CTES_E_NOM_FICHIER, NULL, "%s", name);
    return name[0] != '\0' ? CTES_OK : ctes_fail(err, CTES_E_NOM_FICHIER, NULL, "%s", name);
}

/* "OK\n<count>\n<id>\n…": as many transactions as acts, in the order of the enveloppe; any other
 * count is not our archive's. */
static ctes_status read_transactions(const ctes_response *response, ctes_s2low_reply *reply,
                                     size_t acts, int64_t *ret, ctes_error *err) {
    int64_t count = 0;
    bool read = ctes_s2low_reply_number(reply, &count) && count == (int64_t)acts;
    for (size_t i = 0; read && i < acts; i++)
        read = ctes_s2low_reply_number(reply, &ret[i]) && ret[i] > 0;
    return read ? CTES_OK
                : ctes_s2low_judge_foreign(response, "not one identifier for each act", err);
}

static ctes_status deposit_archive(ctes_s2low *self, const ctes_depot *depot, int64_t *ret,
                                   ctes_error *err) {
    CTES_AUTO_S2LOW_FORM ctes_s2low_form form = CTES_S2LOW_FORM_INIT;
    CTES_TRY(check_archive_name(depot->archive_nom, err));
    CTES_TRY(ctes_s2low_form_value(&form, "api", "1", err));
    CTES_TRY(ctes_s2low_form_file(&form, "enveloppe", depot->archive_nom, "application/gzip",
                                  depot->archive_path, err));
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    ctes_s2low_reply reply;
    CTES_TRY(ctes_s2low_post(self, CTES_S2LOW_SUBMIT "?api=1", &form, &response, err));
    CTES_TRY(ctes_s2low_judge(self, CTES_S2LOW_DEPOSIT_ARCHIVE, &response, &reply, err));
    return read_transactions(&response, &reply, depot->more + 1, ret, err);
}

/* --- field by field -------------------------------------------------------------------------- */

static ctes_status add_acte(ctes_s2low_form *form, const ctes_acte *acte, ctes_error *err) {
    char text[16];
    char name[16];
    (void)snprintf(text, sizeof text, "%d", (int)acte->nature);
    CTES_TRY(ctes_s2low_form_value(form, "nature_code", text, err));
    for (unsigned i = 0; i < acte->matiere.count && i < CTES_MATIERE_LEVELS; i++) {
        (void)snprintf(name, sizeof name, "classif%u", i + 1);
        (void)snprintf(text, sizeof text, "%u", (unsigned)acte->matiere.level[i]);
        CTES_TRY(ctes_s2low_form_value(form, name, text, err));
    }
    CTES_TRY(ctes_s2low_form_value(form, "number", acte->numero_interne, err));
    ctes_date_format(acte->date, text);
    CTES_TRY(ctes_s2low_form_value(form, "decision_date", text, err));
    CTES_TRY(ctes_s2low_form_value(form, "subject", acte->objet_transmis, err));
    if (acte->document_papier)
        CTES_TRY(ctes_s2low_form_value(form, "document_papier", "1", err));
    /* never `en_attente`: it would park the act unsent behind an OK (T14) */
    return CTES_OK;
}

static ctes_status deposit_champs(ctes_s2low *self, const ctes_depot *depot, int64_t *ret,
                                  ctes_error *err) {
    CTES_AUTO_S2LOW_FORM ctes_s2low_form form = CTES_S2LOW_FORM_INIT;
    if (depot->acte->precedent[0] != '\0')
        ctes_log(self->wire.context, CTES_LOG_WARNING, depot->acte->numero_interne,
                 "PrecedentIdentifiantActe %s cannot be sent field by field",
                 depot->acte->precedent);
    CTES_TRY(ctes_s2low_form_value(&form, "api", "1", err));
    CTES_TRY(add_acte(&form, depot->acte, err));
    CTES_TRY(
        ctes_s2low_form_pieces(&form, &depot->document, depot->annexes, depot->annexe_count, err));
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_TRY(ctes_s2low_post(self, CTES_S2LOW_CREATE "?api=1", &form, &response, err));
    return ctes_s2low_judge_made(self, CTES_S2LOW_DEPOSIT_CHAMPS, &response, ret, err);
}

ctes_status ctes_s2low_deposit(ctes_operator *table, const ctes_depot *depot,
                               int64_t *ret_transaction, ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    return depot->mode == CTES_DEPOT_ARCHIVE ? deposit_archive(self, depot, ret_transaction, err)
                                             : deposit_champs(self, depot, ret_transaction, err);
}
