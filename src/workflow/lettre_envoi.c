#include "workflow/lettre_envoi.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/file.h"
#include "workflow/courrier_kind.h"
#include "workflow/courrier_register.h"
#include "workflow/link.h"

void ctes_lettre_prete_clear(ctes_lettre_prete *prete) {
    ctes_paquet_clear(&prete->paquet);
    ctes_pli_clear(&prete->pli);
}

/* --- how it went ------------------------------------------------------------------------------ */

/* On the direct channel what did not arrive leaves again by itself, since the same archive under
 * the same name does no harm; at S2LOW a person has to ask anew. */
ctes_courrier_state ctes_lettre_state_after(const ctes_link *link, ctes_message_kind kind,
                                            ctes_status status) {
    bool direct = ctes_link_is_direct(link);
    if (status ==
        CTES_OK) /* S2LOW tells that an answer is at the préfecture, which it acknowledges */
        return ctes_kind_is_acknowledged(kind) || !direct ? CTES_COURRIER_SENT : CTES_COURRIER_DONE;
    if (ctes_status_maybe_received(status))
        return CTES_COURRIER_UNSETTLED;
    return direct && ctes_status_kind(status) != CTES_KIND_REFUSED ? CTES_COURRIER_TO_SEND
                                                                   : CTES_COURRIER_REFUSED;
}

static const char *reason_of(ctes_status status, const ctes_error *why, char *out, size_t size) {
    if (status == CTES_OK)
        return "";
    (void)snprintf(out, size, "%s%s%s", ctes_status_name(status),
                   why->detail[0] != '\0' ? ": " : "", why->detail);
    return out;
}

/* Another run may have settled it meanwhile: what it found is as true. */
static ctes_status settled_by_another(ctes_session *session, int64_t courrier,
                                      ctes_courrier_state to, ctes_error *why, ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier now = CTES_COURRIER_INIT;
    CTES_TRY(ctes_courrier_load(session, courrier, &now, err));
    bool as_good = now.state == CTES_COURRIER_SENT || now.state == CTES_COURRIER_DONE;
    if (as_good && (to == CTES_COURRIER_SENT || to == CTES_COURRIER_DONE))
        return CTES_OK;
    if (err != NULL)
        *err = *why;
    return CTES_E_ACTE_STATE;
}

static ctes_status conclude(ctes_session *session, const ctes_link *link, ctes_message_kind kind,
                            int64_t courrier, int64_t acknowledges, ctes_courrier_state from,
                            ctes_status status, int64_t transaction, const ctes_error *why,
                            ctes_error *err) {
    char reason[CTES_REASON_MAX];
    ctes_error moved = CTES_ERROR_INIT;
    const ctes_store_courrier_change change = {
        .to = ctes_lettre_state_after(link, kind, status),
        .reason = reason_of(status, why, reason, sizeof reason),
        .transaction_id = transaction,
    };
    ctes_status recorded =
        acknowledges != 0 && change.to == CTES_COURRIER_DONE
            ? ctes_courrier_change_both(session, courrier, from, &change, acknowledges,
                                        CTES_COURRIER_RECEIVED, CTES_COURRIER_OPEN, &moved)
            : ctes_courrier_change(session, courrier, from, &change, NULL, &moved);
    if (recorded == CTES_E_ACTE_STATE)
        recorded = settled_by_another(session, courrier, change.to, &moved, err);
    else if (recorded != CTES_OK && err != NULL)
        *err = moved;
    CTES_TRY(recorded);
    if (status != CTES_OK && err != NULL)
        *err = *why;
    return status;
}

static bool is_ar(ctes_message_kind kind) {
    return kind == CTES_M_AR_DEMANDE_PIECE || kind == CTES_M_AR_LETTRE_OBSERVATIONS;
}

/* --- leaving ---------------------------------------------------------------------------------- */

static ctes_status answer(ctes_link *link, const ctes_lettre *lettre, const ctes_paquet *paquet,
                          int64_t *ret, ctes_error *err) {
    ctes_depot_piece *pieces = calloc(paquet->look_count, sizeof *pieces);
    if (pieces == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < paquet->look_count; i++)
        pieces[i] = ctes_look_depot(&paquet->looks[i]);
    const ctes_reponse reponse = {
        .letter = lettre->transaction,
        .transaction = ctes_kind_transaction(lettre->kind),
        .refuses =
            lettre->kind == CTES_M_REFUS_PIECE || lettre->kind == CTES_M_REJET_LETTRE_OBSERVATIONS,
        .pieces = pieces,
        .piece_count = paquet->look_count,
    };
    ctes_status status = link->operator_->answer(link->operator_, &reponse, ret, err);
    free(pieces);
    return status;
}

/* One that is under way already is what was asked for. */
static ctes_status cancel(ctes_operator *op, int64_t transaction, int64_t *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = op->cancel(op, transaction, ret, &why);
    if (status == CTES_OK || status == CTES_E_OPERATOR_HOLDS)
        return CTES_OK;
    if (err != NULL)
        *err = why;
    return status;
}

static ctes_status leave(ctes_link *link, const ctes_lettre *lettre, const ctes_lettre_prete *prete,
                         int64_t *ret, ctes_error *err) {
    ctes_operator *op = link->operator_;
    if (op->submit != NULL)
        return op->submit(op, prete->pli.archive_path, prete->pli.archive_nom.text, err);
    CTES_TRY(ctes_paquet_unchanged(&prete->paquet, err)); /* the files themselves leave */
    return lettre->kind == CTES_M_ANNULATION ? cancel(op, lettre->transaction, ret, err)
                                             : answer(link, lettre, &prete->paquet, ret, err);
}

ctes_status ctes_lettre_hand_over(ctes_session *session, ctes_link *link, const ctes_lettre *lettre,
                                  const ctes_lettre_prete *prete, int64_t courrier,
                                  ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    int64_t transaction = 0;
    session->acte = lettre->acte;
    ctes_status status = leave(link, lettre, prete, &transaction, &why);
    session->acte = 0;
    return conclude(session, link, lettre->kind, courrier,
                    is_ar(lettre->kind) ? lettre->answers : 0, CTES_COURRIER_TO_SEND, status,
                    transaction, &why, err);
}

/* --- leaving again ---------------------------------------------------------------------------- */

/* Before it leaves again it says so, as it did the first time. */
static ctes_status intend_again(ctes_session *session, const ctes_courrier *courrier,
                                ctes_courrier_state *ret, ctes_error *err) {
    const ctes_store_courrier_change again = { .to = CTES_COURRIER_TO_SEND };
    *ret = courrier->state;
    if (courrier->state != CTES_COURRIER_REFUSED)
        return CTES_OK;
    *ret = CTES_COURRIER_TO_SEND;
    return ctes_courrier_change(session, courrier->id, courrier->state, &again, NULL, err);
}

static ctes_status leave_again(ctes_session *session, ctes_link *link,
                               const ctes_courrier *courrier, ctes_error *err) {
    char *path CTES_AUTO_FREE = NULL;
    if (courrier->archive == NULL)
        return ctes_fail(err, CTES_E_OPERATOR_OTHER, NULL, "%s", "");
    CTES_TRY(ctes_path_join(session->archives, courrier->archive, &path, err));
    ctes_operator *op = link->operator_;
    return op->submit(op, path, ctes_path_base(courrier->archive), err);
}

ctes_status ctes_lettre_send_again(ctes_session *session, ctes_link *link,
                                   const ctes_courrier *courrier, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_courrier_state from = CTES_COURRIER_NONE;
    bool waited = false;
    ctes_message_kind kind = ctes_kind_of(courrier->transaction, courrier->flux);
    CTES_TRY(ctes_pace_enter(session, 0, &waited, err));
    ctes_status status = intend_again(session, courrier, &from, err);
    if (status == CTES_OK) {
        session->acte = courrier->acte;
        status = leave_again(session, link, courrier, &why);
        session->acte = 0;
        status = conclude(session, link, kind, courrier->id, is_ar(kind) ? courrier->answers : 0,
                          from, status, 0, &why, err);
    }
    ctes_pace_leave(session, 0, 0);
    return status;
}

ctes_status ctes_lettre_ask_again(ctes_session *session, ctes_link *link, const ctes_record *acte,
                                  const ctes_courrier *courrier, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    int64_t transaction = 0;
    CTES_TRY(ctes_session_preflight(session, link, err));
    session->acte = acte->id;
    ctes_status status = cancel(link->operator_, acte->transaction, &transaction, &why);
    session->acte = 0;
    return conclude(session, link, CTES_M_ANNULATION, courrier->id, 0, courrier->state, status,
                    transaction, &why, err);
}
