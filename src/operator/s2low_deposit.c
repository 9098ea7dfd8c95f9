/* Depositing one act: as a finished archive (sheet § 2.2) or field by field (§ 2.1). */
#include "operator/s2low.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"

/* `api=1` is said twice: PHP forgets a body that is too large, and the URL is what then makes the
 * script answer KO instead of a redirect (T3). */
static const char API[] = "?api=1";

static ctes_status post(ctes_s2low *self, ctes_s2low_call call, const ctes_s2low_form *form,
                        ctes_response *response, ctes_s2low_reply *ret, ctes_error *err) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s%s",
                   call == CTES_S2LOW_DEPOSIT_ARCHIVE ? CTES_S2LOW_SUBMIT : CTES_S2LOW_CREATE, API);
    CTES_TRY(ctes_s2low_post(self, path, form, response, err));
    return ctes_s2low_judge(self, call, response, ret, err);
}

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

static ctes_status deposit_archive(ctes_s2low *self, const ctes_depot *depot, int64_t *ret,
                                   ctes_error *err) {
    CTES_AUTO_S2LOW_FORM ctes_s2low_form form = CTES_S2LOW_FORM_INIT;
    CTES_TRY(check_archive_name(depot->archive_nom, err));
    CTES_TRY(ctes_s2low_form_value(&form, "api", "1", err));
    CTES_TRY(ctes_s2low_form_file(&form, "enveloppe", depot->archive_nom, "application/gzip",
                                  depot->archive_path, err));
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    ctes_s2low_reply reply;
    CTES_TRY(post(self, CTES_S2LOW_DEPOSIT_ARCHIVE, &form, &response, &reply, err));
    /* "OK\n<count>\n<id>\n": one act, one transaction; any other count is not our archive's */
    int64_t count = 0;
    int64_t transaction = 0;
    if (!ctes_s2low_reply_number(&reply, &count) || count != 1 ||
        !ctes_s2low_reply_number(&reply, &transaction) || transaction < 1)
        return ctes_s2low_judge_foreign(&response, "no single identifier", err);
    *ret = transaction;
    return CTES_OK;
}

/* --- field by field -------------------------------------------------------------------------- */

/* Always said: the server's default for a missing type is dead code, it refuses (T1). */
static ctes_status add_type(ctes_s2low_form *form, const char *name, const ctes_depot_piece *piece,
                            ctes_error *err) {
    if (piece->type_pj == NULL || strlen(piece->type_pj) != 5)
        return ctes_fail(err, CTES_E_TYPE_PJ_INVALID, piece->nom, "%s",
                         piece->type_pj != NULL ? piece->type_pj : "");
    return ctes_s2low_form_value(form, name, piece->type_pj, err);
}

static ctes_status add_piece(ctes_s2low_form *form, const char *name, const ctes_depot_piece *piece,
                             ctes_error *err) {
    char *posted CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_s2low_posted_name(piece->nom, piece->mime, &posted, err));
    return ctes_s2low_form_file(form, name, posted, piece->mime, piece->path, err);
}

/* The content goes into the message as it stands, but for each '"', which the server turns into
 * '\"' (§ 2.3): what is not PEM would arrive as another signature. */
static ctes_status add_signature(ctes_s2low_form *form, const char *name,
                                 const ctes_depot_piece *piece, ctes_error *err) {
    static const char PEM[] = "-----BEGIN ";
    if (piece->signature == NULL || piece->signature_length == 0)
        return CTES_OK; /* an empty part would be an error (T15) */
    if (piece->signature_length < strlen(PEM) || memcmp(piece->signature, PEM, strlen(PEM)) != 0 ||
        memchr(piece->signature, '"', piece->signature_length) != NULL ||
        memchr(piece->signature, '\0', piece->signature_length) != NULL)
        return ctes_fail(err, CTES_E_SIGNATURE_INVALID, piece->nom, "PEM");
    char *stem CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_s2low_posted_name(piece->nom, piece->mime, &stem, err));
    CTES_AUTO_BUFFER ctes_buffer posted = CTES_BUFFER_INIT(512);
    CTES_TRY(ctes_buffer_printf(&posted, err, "%s.p7s", stem));
    return ctes_s2low_form_bytes(form, name, posted.data, "application/x-pkcs7-signature",
                                 piece->signature, piece->signature_length, err);
}

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

static ctes_status add_annexes(ctes_s2low_form *form, const ctes_depot *depot, ctes_error *err) {
    for (size_t i = 0; i < depot->annexe_count; i++) {
        const ctes_depot_piece *annexe = &depot->annexes[i];
        char name[48];
        CTES_TRY(add_type(form, "type_pj[]", annexe, err));
        CTES_TRY(add_piece(form, "acte_attachments[]", annexe, err));
        /* explicit, because not every annexe has one (§ 2.1) */
        (void)snprintf(name, sizeof name, "acte_attachments_sign[%zu]", i);
        CTES_TRY(add_signature(form, name, annexe, err));
    }
    return CTES_OK;
}

static ctes_status deposit_champs(ctes_s2low *self, const ctes_depot *depot, int64_t *ret,
                                  ctes_error *err) {
    CTES_AUTO_S2LOW_FORM ctes_s2low_form form = CTES_S2LOW_FORM_INIT;
    if (depot->acte->precedent[0] != '\0')
        ctes_log(self->context, CTES_LOG_WARNING, depot->acte->numero_interne,
                 "PrecedentIdentifiantActe %s cannot be sent field by field",
                 depot->acte->precedent);
    CTES_TRY(ctes_s2low_form_value(&form, "api", "1", err));
    CTES_TRY(add_acte(&form, depot->acte, err));
    CTES_TRY(add_type(&form, "type_acte", &depot->document, err));
    CTES_TRY(add_piece(&form, "acte_pdf_file", &depot->document, err));
    CTES_TRY(add_signature(&form, "acte_pdf_file_sign", &depot->document, err));
    CTES_TRY(add_annexes(&form, depot, err));
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    ctes_s2low_reply reply;
    CTES_TRY(post(self, CTES_S2LOW_DEPOSIT_CHAMPS, &form, &response, &reply, err));
    int64_t transaction = 0; /* "OK\n<id>\n\n" */
    if (!ctes_s2low_reply_number(&reply, &transaction) || transaction < 1)
        return ctes_s2low_judge_foreign(&response, "no identifier", err);
    *ret = transaction;
    return CTES_OK;
}

ctes_status ctes_s2low_deposit(ctes_operator *table, const ctes_depot *depot,
                               int64_t *ret_transaction, ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    return depot->mode == CTES_DEPOT_ARCHIVE ? deposit_archive(self, depot, ret_transaction, err)
                                             : deposit_champs(self, depot, ret_transaction, err);
}
