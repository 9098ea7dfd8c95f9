#include "workflow/lettre.h"

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "workflow/courrier_kind.h"
#include "workflow/courrier_register.h"
#include "workflow/lettre_envoi.h"
#include "workflow/link.h"

/* --- looking at its documents ----------------------------------------------------------------- */

static ctes_status name_files(const ctes_lettre *lettre, ctes_paquet *paquet, ctes_error *err) {
    unsigned transaction = ctes_kind_transaction(lettre->kind), flux = ctes_kind_flux(lettre->kind);
    for (size_t i = 0; i < paquet->look_count; i++) {
        ctes_look *look = &paquet->looks[i];
        CTES_TRY(ctes_nom_document(look->piece->type_pj, lettre->id_acte, transaction, flux,
                                   (unsigned)i + 1, ctes_format_extension(look->format), &look->nom,
                                   err));
    }
    return CTES_OK;
}

static ctes_status look_at_files(const ctes_lettre *lettre, ctes_paquet *paquet, ctes_error *err) {
    size_t count = lettre->piece_count;
    paquet->looks = calloc(count > 0 ? count : 1, sizeof *paquet->looks);
    if (paquet->looks == NULL)
        return ctes_fail_memory(err);
    for (; paquet->look_count < count; paquet->look_count++) {
        ctes_look *look = &paquet->looks[paquet->look_count];
        const ctes_piece *piece = &lettre->pieces[paquet->look_count];
        *look = (ctes_look)CTES_LOOK_INIT;
        CTES_TRY(ctes_look_at(piece, look, err));
        if (look->format == CTES_FORMAT_UNKNOWN)
            return ctes_fail(err, CTES_E_DOCUMENT_TYPE, piece->path, "%s", "");
        paquet->volume += look->size;
    }
    if (paquet->volume > CTES_ARCHIVE_MAX)
        return ctes_fail(err, CTES_E_TOO_LARGE, NULL, "%llu > %d",
                         (unsigned long long)paquet->volume, CTES_ARCHIVE_MAX);
    return name_files(lettre, paquet, err);
}

static ctes_status sign_files(ctes_session *session, ctes_paquet *paquet, ctes_error *err) {
    int64_t now_ms = ctes_now_ms(session->context);
    for (size_t i = 0; i < paquet->look_count; i++)
        CTES_TRY(ctes_look_sign(session, &paquet->looks[i], now_ms, err));
    return CTES_OK;
}

/* --- its message ------------------------------------------------------------------------------ */

static ctes_status name_message(const ctes_link *link, const ctes_lettre *lettre,
                                ctes_paquet *paquet, ctes_error *err) {
    if (lettre->kind == CTES_M_DEMANDE_CLASSIFICATION)
        return ctes_nom_classification(link->autorite, ctes_kind_flux(lettre->kind), 0,
                                       &paquet->message_nom, err);
    return ctes_nom_message(lettre->id_acte, ctes_kind_transaction(lettre->kind),
                            ctes_kind_flux(lettre->kind), 0, &paquet->message_nom, err);
}

static ctes_status write_message(ctes_session *session, const ctes_link *link,
                                 const ctes_lettre *lettre, ctes_paquet *paquet, ctes_error *err) {
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    message.kind = lettre->kind;
    message.date = lettre->date;
    CTES_TRY(ctes_text_dup(lettre->id_acte, &message.id_acte, err));
    for (size_t i = 0; i < paquet->look_count; i++)
        CTES_TRY(ctes_fichiers_add(&message.fichiers, paquet->looks[i].nom.text,
                                   paquet->looks[i].signature.data, err));
    CTES_TRY(name_message(link, lettre, paquet, err));
    CTES_TRY(ctes_xml_write_courrier(&message, &paquet->message, err));
    return ctes_paquet_seal(session, ctes_now_ms(session->context), paquet, err);
}

/* --- recording -------------------------------------------------------------------------------- */

static ctes_status record_pieces(const ctes_paquet *paquet, ctes_store_courrier_piece **ret,
                                 ctes_error *err) {
    size_t count = paquet->look_count;
    ctes_store_courrier_piece *pieces = calloc(count > 0 ? count : 1, sizeof *pieces);
    if (pieces == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const ctes_look *look = &paquet->looks[i];
        pieces[i] = (ctes_store_courrier_piece){ .nom = look->nom.text,
                                                 .path = look->path,
                                                 .type_pj = look->piece->type_pj,
                                                 .size = look->size,
                                                 .sha256 = look->sha256 };
    }
    *ret = pieces;
    return CTES_OK;
}

static ctes_status record(ctes_session *session, const ctes_link *link, const ctes_lettre *lettre,
                          const ctes_lettre_prete *prete, int64_t *ret, bool *ret_known,
                          ctes_error *err) {
    ctes_store_courrier_piece *pieces = NULL;
    const ctes_paquet *paquet = &prete->paquet;
    const ctes_pli *pli = &prete->pli;
    bool archived = pli->archive_path != NULL;
    CTES_TRY(record_pieces(paquet, &pieces, err));
    const ctes_store_courrier row = {
        .key = lettre->key != NULL ? lettre->key : pli->archive_nom.text,
        .siren = link->autorite->siren,
        .transaction = ctes_kind_transaction(lettre->kind),
        .flux = ctes_kind_flux(lettre->kind),
        .acte = lettre->acte,
        .id_acte = lettre->id_acte,
        .date = lettre->date,
        .answers = lettre->answers,
        .state = CTES_COURRIER_TO_SEND,
        .nom = archived ? paquet->message_nom.text : NULL,
        .archive_path = pli->archive_relative,
        .archive_sha256 = archived ? pli->archive_sha256 : NULL,
        .message = archived ? paquet->message.data : NULL,
        .message_length = paquet->message.length,
        .message_sha256 = archived ? paquet->message_sha256 : NULL,
        .pieces = pieces,
        .piece_count = paquet->look_count,
    };
    ctes_status status = ctes_courrier_add(session, &row, ret, ret_known, err);
    free(pieces);
    return status;
}

/* --- sending ---------------------------------------------------------------------------------- */

static ctes_status send_inside(ctes_session *session, ctes_link *link, const ctes_lettre *lettre,
                               ctes_lettre_prete *prete, int64_t *ret_courrier, bool *ret_known,
                               ctes_error *err) {
    const ctes_paquet *const alone = &prete->paquet;
    CTES_TRY(ctes_session_preflight(session, link, err));
    if (ctes_link_is_direct(link))
        CTES_TRY(ctes_pli_make(session, link, true, &alone, 1, &prete->pli, err));
    ctes_status status = record(session, link, lettre, prete, ret_courrier, ret_known, err);
    if ((status != CTES_OK || *ret_known) && prete->pli.archive_path != NULL)
        (void)unlink(prete->pli.archive_path); /* of nothing that was recorded */
    if (status != CTES_OK || *ret_known)
        return status;
    return ctes_lettre_hand_over(session, link, lettre, prete, *ret_courrier, err);
}

static ctes_status make(ctes_session *session, ctes_link *link, const ctes_lettre *lettre,
                        ctes_paquet *paquet, ctes_error *err) {
    ctes_status status = look_at_files(lettre, paquet, err);
    if (status == CTES_OK)
        status = sign_files(session, paquet, err);
    if (status == CTES_OK && ctes_link_is_direct(link))
        status = write_message(session, link, lettre, paquet, err);
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_MESSAGE, NULL);
}

ctes_status ctes_lettre_send(ctes_session *session, ctes_link *link, const ctes_lettre *lettre,
                             int64_t *ret_courrier, bool *ret_known, ctes_error *err) {
    CTES_CLEANUP(ctes_lettre_prete_clear) ctes_lettre_prete prete = CTES_LETTRE_PRETE_INIT;
    bool waited = false;
    *ret_courrier = 0;
    *ret_known = false;
    CTES_TRY(make(session, link, lettre, &prete.paquet, err));
    uint64_t volume = prete.paquet.message.length + prete.paquet.volume;
    CTES_TRY(ctes_pace_enter(session, volume, &waited, err));
    ctes_status status = send_inside(session, link, lettre, &prete, ret_courrier, ret_known, err);
    ctes_pace_leave(session, volume, 0);
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_SUBMISSION, NULL);
}
