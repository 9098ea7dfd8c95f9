/* Sends one recorded act again, once a person has corrected it; refuses what is held already. */
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/regles.h"
#include "workflow/acquittement.h"
#include "workflow/carry.h"
#include "workflow/depot.h"
#include "workflow/describe.h"
#include "workflow/link.h"
#include "workflow/outcome.h"
#include "workflow/register.h"

static ctes_status replace_text(char **text, const char *with, ctes_error *err) {
    char *copy = NULL;
    CTES_TRY(ctes_text_dup(with, &copy, err));
    free(*text);
    *text = copy;
    return CTES_OK;
}

static ctes_status annexes_of(const ctes_record *record, const ctes_correction *correction,
                              ctes_acte *ret, ctes_error *err) {
    if (correction->annexes_given) {
        for (size_t i = 0; i < correction->annexe_count; i++) {
            const ctes_piece *annexe = &correction->annexes[i];
            CTES_TRY(ctes_acte_add_annexe(ret, annexe->path, annexe->type_pj,
                                          annexe->signature_path, err));
            CTES_TRY(ctes_text_dup(annexe->signature, &ret->annexes[i].signature, err));
        }
        return CTES_OK;
    }
    for (size_t i = 1; i < record->piece_count; i++)
        CTES_TRY(ctes_acte_add_annexe(ret, record->pieces[i].path, record->pieces[i].type_pj, NULL,
                                      err));
    return CTES_OK;
}

/* An act that was refused for the version of its classification goes out again with the newest one
 * received since. */
static ctes_status choose_classification(ctes_session *session, const ctes_record *record,
                                         const ctes_correction *correction, ctes_date *ret,
                                         ctes_error *err) {
    ctes_link *link = NULL;
    const ctes_arbre *arbre = NULL;
    CTES_TRY(ctes_session_link(session, record->siren, &link, err));
    CTES_TRY(ctes_session_arbre(session, link, &arbre, err));
    *ret = record->classification_date;
    if (ctes_date_given(correction->classification_date))
        *ret = correction->classification_date;
    else if (arbre != NULL && ctes_date_compare(ctes_arbre_date(arbre), *ret) > 0)
        *ret = ctes_arbre_date(arbre);
    return CTES_OK;
}

/* Before anything is recorded: a signature that is not of its file needs another one, not another
 * number. */
static ctes_status signatures_fit(const ctes_acte *acte, ctes_error *err) {
    for (size_t i = 0; i <= acte->annexe_count; i++) {
        const ctes_piece *piece = i == 0 ? &acte->document : &acte->annexes[i - 1];
        CTES_AUTO_BUFFER ctes_buffer signature = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
        CTES_TRY(ctes_piece_signature(piece, &signature, err));
    }
    return CTES_OK;
}

/* The act as the register and its package have it, with the person's corrections. */
static ctes_status describe_record(ctes_session *session, const ctes_record *record,
                                   const ctes_correction *correction, ctes_acte *ret,
                                   ctes_error *err) {
    (void)ctes_text_copy(ret->siren, sizeof ret->siren, record->siren);
    (void)ctes_text_copy(ret->precedent, sizeof ret->precedent, record->precedent);
    ret->date = ctes_date_given(correction->date) ? correction->date : record->date;
    ret->nature = correction->nature != CTES_NATURE_NONE ? correction->nature : record->nature;
    ret->matiere = correction->matiere.count > 0 ? correction->matiere : record->matiere;
    ret->document_papier = record->document_papier;
    CTES_TRY(choose_classification(session, record, correction, &ret->classification_date, err));
    CTES_TRY(replace_text(&ret->numero, record->numero, err));
    CTES_TRY(replace_text(&ret->fiche, record->fiche, err));
    CTES_TRY(replace_text(&ret->objet,
                          correction->objet != NULL ? correction->objet : record->objet, err));
    const ctes_record_piece *document = record->piece_count > 0 ? &record->pieces[0] : NULL;
    const char *path = correction->document != NULL ? correction->document
                       : document != NULL           ? document->path
                                                    : NULL;
    CTES_TRY(replace_text(&ret->document.path, path, err));
    CTES_TRY(replace_text(&ret->document.signature_path, correction->signature, err));
    if (document != NULL && correction->nature == CTES_NATURE_NONE)
        (void)ctes_text_copy(ret->document.type_pj, sizeof ret->document.type_pj,
                             document->type_pj);
    CTES_TRY(annexes_of(record, correction, ret, err));
    CTES_TRY(ctes_carry_signatures(session, record, correction->annexes_given, ret, err));
    return signatures_fit(ret, err);
}

/* A file that changed since it was recorded is sent only when the person names it. */
static ctes_status unchanged(const ctes_record *record, const ctes_correction *correction,
                             ctes_error *err) {
    for (size_t i = 0; i < record->piece_count; i++) {
        const ctes_record_piece *piece = &record->pieces[i];
        if (i == 0 ? correction->document != NULL : correction->annexes_given)
            continue;
        ctes_hash hash;
        char hex[65];
        ctes_status status = ctes_hash_file(piece->path, &hash, NULL, err);
        if (status == CTES_E_NOT_FOUND)
            return ctes_fail(err, CTES_E_DOCUMENT_MISSING, piece->path, "%s", "");
        CTES_TRY(status);
        ctes_text_hex(hash.bytes, sizeof hash.bytes, hex);
        if (strcmp(hex, piece->sha256) != 0)
            return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, piece->path, "%s", "");
    }
    return CTES_OK;
}

/* What the operator says now, written into the register: it is asked, not guessed. Of what another
 * operator refused, this one has nothing to tell. */
static ctes_status ask_operator(ctes_session *session, ctes_link *link, ctes_outcome *ret,
                                ctes_error *err) {
    const ctes_record *record = &ret->record;
    ctes_status here = ctes_depot_same_operator(session, record, err);
    if (here == CTES_E_OPERATOR_OTHER && ctes_state_resend(record->state) != 'n')
        return CTES_OK;
    CTES_TRY(here);
    CTES_TRY(ctes_session_preflight(session, link, err));
    if (record->state == CTES_STATE_TO_SEND || record->state == CTES_STATE_UNSETTLED)
        CTES_TRY(ctes_depot_settle(session, link, record, err));
    else if (ctes_link_is_direct(link))
        return CTES_OK; /* there is nobody to ask: what came by mail is in the register */
    else if (record->transaction != 0)
        CTES_TRY(ctes_acquittement_ask(session, link->operator_, record, err));
    else if (record->sent_ms != 0)
        CTES_TRY(ctes_depot_probe(session, link, record, err));
    return ctes_outcome_load(session, record->id, ret, err);
}

static ctes_status refuse_held(const ctes_record *record, ctes_error *err) {
    return ctes_fail(err, CTES_E_OPERATOR_HOLDS, record->numero, "%s",
                     ctes_state_name(record->state));
}

static ctes_status send_replacement(ctes_session *session, const ctes_correction *correction,
                                    ctes_outcome *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = CTES_ACTE_INIT;
    CTES_TRY(describe_record(session, &ret->record, correction, &acte, err));
    if (correction->numero != NULL) {
        CTES_TRY(replace_text(&acte.numero, correction->numero, err));
    } else {
        free(acte.numero);
        acte.numero = NULL;
        CTES_TRY(ctes_outcome_propose(session, &ret->record, &acte.numero, err));
    }
    int64_t replaces = ret->record.id;
    ctes_outcome_clear(ret);
    return ctes_send_one(session, &acte, replaces, ret, err);
}

static ctes_status send_same(ctes_session *session, const ctes_correction *correction,
                             ctes_outcome *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = CTES_ACTE_INIT;
    CTES_TRY(describe_record(session, &ret->record, correction, &acte, err));
    ctes_outcome_clear(ret);
    return ctes_send_one(session, &acte, 0, ret, err);
}

static ctes_status resend_leased(ctes_session *session, ctes_link *link,
                                 const ctes_correction *correction, ctes_outcome *ret,
                                 ctes_error *err) {
    if (ret->record.replaced_by != NULL)
        return ctes_fail(err, CTES_E_ACTE_STATE, ret->record.numero, "→ %s",
                         ret->record.replaced_by);
    CTES_TRY(ask_operator(session, link, ret, err));
    CTES_TRY(unchanged(&ret->record, correction, err));
    bool renumber = correction->suffix || correction->numero != NULL;
    switch (ctes_state_resend(ret->record.state)) {
    case 's':
        return renumber ? send_replacement(session, correction, ret, err)
                        : send_same(session, correction, ret, err);
    case 'x':
        return renumber ? send_replacement(session, correction, ret, err)
                        : refuse_held(&ret->record, err);
    default:
        return refuse_held(&ret->record, err);
    }
}

/* The act's lease is kept until what replaces it is recorded and sent, so that no other process
 * sends the act itself meanwhile. */
static ctes_status resend(ctes_session *session, const char *siren, const char *numero,
                          const ctes_correction *correction, ctes_outcome *ret, ctes_error *err) {
    ctes_link *link = NULL;
    CTES_TRY(ctes_register_get(session, siren, numero, &ret->record, err));
    CTES_TRY(ctes_session_link(session, ret->record.siren, &link, err));
    int64_t id = ret->record.id;
    CTES_TRY(ctes_register_take(session, id, CTES_LEASE_SEND_MS, &ret->record, err));
    ctes_status status = resend_leased(session, link, correction, ret, err);
    ctes_error unreleased = CTES_ERROR_INIT;
    if (ctes_register_release(session, id, &unreleased) != CTES_OK)
        ctes_log(session->context, CTES_LOG_WARNING, numero, "lease kept: %s", unreleased.detail);
    return status;
}

ctes_status ctes_resend(ctes_session *session, const char *siren, const char *numero,
                        const ctes_correction *correction, ctes_outcome *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_outcome_clear(ret);
    ctes_session_be_patient(session);
    ctes_status status = resend(session, siren, numero, correction, ret, &why);
    if (status == CTES_OK)
        return CTES_OK;
    (void)ctes_fail_at(&why, status, CTES_STAGE_SUBMISSION, numero);
    if (ret->record.id != 0 && ctes_about_the_act(status))
        return ctes_outcome_refuse(session, ret, &why, err);
    if (err != NULL)
        *err = why;
    return status;
}
