#include "workflow/carry.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "workflow/kept.h"
#include "workflow/register.h"

/* The act's message as it was sent, and which of its signatures our own key made. */
typedef struct sent_act {
    const char *numero; /* of the act that goes again */
    ctes_envoi_row envoi;
    const ctes_signer *signer; /* or NULL */
    ctes_message message;
    bool *ours; /* of each file: [0] the document, then the annexes */
} sent_act;

#define SENT_INIT                                                                                  \
    { .message = CTES_MESSAGE_INIT }

static void clear_sent(sent_act *sent) {
    ctes_envoi_row_clear(&sent->envoi);
    ctes_message_clear(&sent->message);
    free(sent->ours);
}

static size_t file_count(const sent_act *sent) {
    return 1 + sent->message.acte.annexes.count;
}

static const ctes_fichier *file_at(const sent_act *sent, size_t i) {
    return i == 0 ? &sent->message.acte.document : &sent->message.acte.annexes.items[i - 1];
}

static ctes_status lost(ctes_error *err, const sent_act *sent, const char *why, const char *what) {
    return ctes_fail(err, CTES_E_SIGNATURE_LOST, sent->numero, "%s%s", why, what);
}

/* --- what was sent ---------------------------------------------------------------------------- */

static ctes_status read_message(sent_act *sent, const void *bytes, size_t length, ctes_error *err) {
    CTES_TRY(ctes_xml_read(NULL, bytes, length, &sent->message, NULL, err));
    sent->ours = calloc(file_count(sent), sizeof *sent->ours);
    return sent->ours != NULL ? CTES_OK : ctes_fail_memory(err);
}

/* Whose signature it is, its container tells only with the bytes that were signed. */
static ctes_status look_at_signer(sent_act *sent, size_t i, const void *bytes, size_t length,
                                  ctes_error *err) {
    const char *signature = file_at(sent, i)->signature;
    ctes_certificate_info theirs, own;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_signature_verify_bytes(signature, strlen(signature), bytes, length,
                                                     NULL, &theirs, &why);
    ctes_signer_info(sent->signer, &own);
    sent->ours[i] = status == CTES_OK && memcmp(theirs.sha1, own.sha1, sizeof own.sha1) == 0;
    if (status == CTES_OK || status == CTES_E_SIGNATURE_INVALID)
        return CTES_OK;
    if (err != NULL)
        *err = why;
    return status;
}

static ctes_status visit(void *user, const char *name, const void *bytes, size_t length,
                         ctes_error *err) {
    sent_act *sent = user;
    if (ctes_kept_is_message(&sent->envoi, name))
        return read_message(sent, bytes, length, err);
    if (sent->ours == NULL || sent->signer == NULL)
        return CTES_OK; /* a file of an act before it; or nothing is ours */
    for (size_t i = 0; i < file_count(sent); i++) {
        const ctes_fichier *file = file_at(sent, i);
        if (file->signature != NULL && file->nom != NULL && strcmp(file->nom, name) == 0)
            return look_at_signer(sent, i, bytes, length, err);
    }
    return CTES_OK;
}

static ctes_status read_package(ctes_session *session, const ctes_record *record, sent_act *ret,
                                ctes_error *err) {
    CTES_TRY(ctes_register_last_envoi(session, record->id, &ret->envoi, err));
    ret->signer = session->signer;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status =
        ctes_kept_read(session->archives, &ret->envoi, record->archive_sha256, visit, ret, &why);
    if (status == CTES_E_NOT_FOUND)
        return lost(err, ret, "gone: ", ret->envoi.archive);
    if (status == CTES_E_DOCUMENT_CHANGED || (status == CTES_OK && ret->ours == NULL))
        return lost(err, ret, "altered: ", ret->envoi.archive);
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

/* An act that takes another's place and has not left yet has what that one was sent with. */
static ctes_status read_sent(ctes_session *session, const ctes_record *record, sent_act *ret,
                             ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record earlier = CTES_RECORD_INIT;
    const ctes_record *at = record;
    while (at->archive == NULL && at->replaces != NULL) {
        ctes_record before = CTES_RECORD_INIT;
        CTES_TRY(ctes_register_get(session, at->siren, at->replaces, &before, err));
        ctes_record_clear(&earlier);
        earlier = before;
        at = &earlier;
    }
    if (at->archive == NULL)
        return lost(err, ret, "never sent", "");
    return read_package(session, at, ret, err);
}

/* --- what goes -------------------------------------------------------------------------------- */

static bool is_bare(const ctes_piece *piece) {
    return piece->path != NULL && piece->signature_path == NULL && piece->signature == NULL;
}

/* Gives a file the signature, if it has none and this is one of it. */
static ctes_status try_on(const char *signature, ctes_piece *piece, bool *ret_fits,
                          ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    *ret_fits = false;
    if (!is_bare(piece))
        return CTES_OK;
    ctes_status status =
        ctes_signature_verify_file(signature, strlen(signature), piece->path, NULL, NULL, &why);
    if (status == CTES_E_SIGNATURE_INVALID)
        return CTES_OK;
    if (status == CTES_E_NOT_FOUND)
        return ctes_fail(err, CTES_E_DOCUMENT_MISSING, piece->path, "%s", "");
    if (status != CTES_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    *ret_fits = true;
    return ctes_text_dup(signature, &piece->signature, err);
}

/* The file that stands where the signed one stood, then the others. */
static ctes_status carry_to_annexe(const char *signature, size_t rank, ctes_acte *acte,
                                   bool *ret_fits, ctes_error *err) {
    *ret_fits = false;
    if (rank < acte->annexe_count)
        CTES_TRY(try_on(signature, &acte->annexes[rank], ret_fits, err));
    for (size_t i = 0; !*ret_fits && i < acte->annexe_count; i++)
        if (i != rank)
            CTES_TRY(try_on(signature, &acte->annexes[i], ret_fits, err));
    return CTES_OK;
}

static ctes_status carry(const sent_act *sent, bool annexes_anew, ctes_acte *acte,
                         ctes_error *err) {
    for (size_t i = 0; i < file_count(sent); i++) {
        const char *signature = file_at(sent, i)->signature;
        bool fits = false;
        if (signature == NULL || (i == 0 && !is_bare(&acte->document)))
            continue;
        if (i == 0)
            CTES_TRY(try_on(signature, &acte->document, &fits, err));
        else
            CTES_TRY(carry_to_annexe(signature, i - 1, acte, &fits, err));
        if (!fits && !sent->ours[i] && !(i > 0 && annexes_anew))
            return lost(err, sent,
                        "misfit: ", i == 0 ? acte->document.path : file_at(sent, i)->nom);
    }
    return CTES_OK;
}

ctes_status ctes_carry_signatures(ctes_session *session, const ctes_record *record,
                                  bool annexes_anew, ctes_acte *acte, ctes_error *err) {
    CTES_CLEANUP(clear_sent) sent_act sent = SENT_INIT;
    bool bare = is_bare(&acte->document);
    sent.numero = record->numero;
    for (size_t i = 0; i < acte->annexe_count; i++)
        bare = bare || is_bare(&acte->annexes[i]);
    if (!bare)
        return CTES_OK;
    CTES_TRY(read_sent(session, record, &sent, err));
    return carry(&sent, annexes_anew, acte, err);
}
