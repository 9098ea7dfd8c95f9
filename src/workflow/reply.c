/* A person's part: answers to letters, refusals, letters that are read. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "workflow/courrier_kind.h"
#include "workflow/courrier_outcome.h"
#include "workflow/courrier_register.h"
#include "workflow/courrier_settle.h"
#include "workflow/depot.h"
#include "workflow/lettre.h"
#include "workflow/link.h"
#include "workflow/register.h"

/* --- the documents ---------------------------------------------------------------------------- */

typedef struct pieces {
    ctes_piece *items;
    size_t count;
} pieces;

static void clear_pieces(pieces *p) {
    for (size_t i = 0; i < p->count; i++)
        free(p->items[i].path);
    free(p->items);
}

/* The nature stands in the identifier of the act that the letter is about. */
static ctes_nature nature_of(const ctes_courrier *letter) {
    ctes_nom_parts parts;
    ctes_nature nature = CTES_NATURE_NONE;
    if (ctes_nom_id_acte_parse(letter->id_acte, &parts, NULL) == CTES_OK)
        (void)!ctes_nature_parse(parts.nature, &nature, NULL);
    return nature;
}

/* As for the documents of acts: what the préfecture's own classification takes, where it is known.
 */
static ctes_status type_of(const ctes_courrier *letter, const ctes_arbre *arbre,
                           const ctes_reponse_piece *given, ctes_piece *ret, ctes_error *err) {
    ctes_nature nature = nature_of(letter);
    const char *type = given->type_pj != NULL ? given->type_pj
                       : arbre != NULL        ? ctes_arbre_type(arbre, nature, NULL)
                                              : ctes_type_pj_defaut(nature);
    ctes_status status = arbre != NULL ? ctes_arbre_type_check(arbre, nature, type, err)
                                       : ctes_type_pj_check(nature, type, err);
    if (status != CTES_OK)
        return ctes_fail_at(err, status, CTES_STAGE_ACTE, given->path);
    (void)ctes_text_copy(ret->type_pj, sizeof ret->type_pj, type);
    return CTES_OK;
}

static ctes_status take_pieces(const ctes_courrier *letter, const ctes_arbre *arbre,
                               const ctes_reponse_piece *given, size_t count, pieces *ret,
                               ctes_error *err) {
    ret->items = calloc(count > 0 ? count : 1, sizeof *ret->items);
    if (ret->items == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        ret->count = i + 1;
        CTES_TRY(ctes_text_dup(given[i].path, &ret->items[i].path, err));
        CTES_TRY(type_of(letter, arbre, &given[i], &ret->items[i], err));
    }
    return CTES_OK;
}

/* --- may it be answered? ---------------------------------------------------------------------- */

static ctes_status refuse_state(const ctes_courrier *letter, ctes_error *err) {
    return ctes_fail(err, CTES_E_ACTE_STATE, letter->id_acte, "%s",
                     ctes_courrier_state_name(letter->state));
}

static ctes_status check_count(ctes_message_kind answer, size_t count, ctes_error *err) {
    if (count == 0)
        return ctes_fail(err, CTES_E_DOCUMENT_MISSING, NULL, "%s", "");
    size_t most = answer == CTES_M_PIECE ? CTES_ANNEXES_MAX + 1 : 1;
    return count <= most ? CTES_OK : ctes_fail(err, CTES_E_TOO_MANY_FILES, NULL, "%zu", most);
}

static bool takes_answer(const ctes_courrier *letter) {
    return letter->flux == 1 && letter->transaction >= 2 && letter->transaction <= 4 &&
           (letter->state == CTES_COURRIER_OPEN || letter->state == CTES_COURRIER_RECEIVED ||
            letter->state == CTES_COURRIER_ANSWERED);
}

/* Brings what lies open about the letter to an end first: our acknowledgement of it, and an answer
 * whose own reply was lost. */
static ctes_status prepare(ctes_session *session, ctes_link *link, ctes_courrier *letter,
                           ctes_error *err) {
    bool changed = false;
    int64_t id = letter->id;
    if (!takes_answer(letter))
        return refuse_state(letter, err);
    CTES_TRY(ctes_session_preflight(session, link, err));
    if (letter->state == CTES_COURRIER_RECEIVED && ctes_link_is_direct(link))
        CTES_TRY(ctes_courrier_follow_up(session, link, letter, &changed, err));
    if (letter->state == CTES_COURRIER_ANSWERED && letter->answered_by != 0) {
        CTES_CLEANUP(ctes_courrier_clear) ctes_courrier answer = CTES_COURRIER_INIT;
        CTES_TRY(ctes_courrier_load(session, letter->answered_by, &answer, err));
        CTES_TRY(ctes_courrier_follow_up(session, link, &answer, &changed, err));
    }
    CTES_TRY(ctes_courrier_load(session, id, letter, err));
    return letter->state == CTES_COURRIER_OPEN || letter->state == CTES_COURRIER_RECEIVED
               ? CTES_OK
               : refuse_state(letter, err);
}

/* Another operator's identifiers mean other letters here. */
static ctes_status check_operator(ctes_session *session, const ctes_link *link,
                                  const ctes_courrier *letter, ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    if (ctes_link_is_direct(link))
        return CTES_OK;
    if (letter->transaction_id == 0)
        return ctes_fail(err, CTES_E_OPERATOR_OTHER, letter->id_acte, "%s", "");
    if (letter->acte == 0)
        return CTES_OK;
    CTES_TRY(ctes_register_load(session, letter->acte, &record, err));
    return ctes_depot_same_operator(session, &record, err);
}

static ctes_status answer(ctes_session *session, ctes_link *link, ctes_courrier *letter,
                          bool refuses, const ctes_reponse_piece *given, size_t count,
                          ctes_courrier_outcome *ret, ctes_error *err) {
    char key[64];
    int64_t id = 0;
    ctes_error why = CTES_ERROR_INIT;
    CTES_CLEANUP(clear_pieces) pieces p = { .items = NULL };
    const ctes_arbre *arbre = NULL;
    ctes_message_kind kind = ctes_kind_answer(letter->transaction, refuses);
    if (kind == CTES_M_NONE)
        return refuse_state(letter, err);
    CTES_TRY(check_count(kind, count, err));
    CTES_TRY(ctes_session_arbre(session, link, &arbre, err));
    CTES_TRY(take_pieces(letter, arbre, given, count, &p, err));
    CTES_TRY(check_operator(session, link, letter, err));
    CTES_TRY(prepare(session, link, letter, err));
    (void)snprintf(key, sizeof key, "answer %lld %lld", (long long)letter->id,
                   (long long)ctes_now_ms(session->context));
    const ctes_lettre lettre = {
        .kind = kind,
        .acte = letter->acte,
        .transaction = letter->transaction_id,
        .id_acte = letter->id_acte,
        .date = letter->date,
        .answers = letter->id,
        .key = ctes_link_is_direct(link) ? NULL : key,
        .pieces = p.items,
        .piece_count = p.count,
    };
    ctes_status status = ctes_lettre_send(session, link, &lettre, &id, &ret->known, &why);
    return ctes_courrier_outcome_conclude(session, id, status, &why, ret, err);
}

/* Nobody else is at the act meanwhile. */
static ctes_status with_lease(ctes_session *session, int64_t acte, ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    return acte != 0 ? ctes_register_take(session, acte, CTES_LEASE_SEND_MS, &record, err)
                     : CTES_OK;
}

ctes_status ctes_reply(ctes_session *session, int64_t courrier, bool refuse,
                       const ctes_reponse_piece *given, size_t piece_count,
                       ctes_courrier_outcome *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier letter = CTES_COURRIER_INIT;
    ctes_link *link = NULL;
    ctes_courrier_outcome_clear(ret);
    ctes_session_be_patient(session);
    CTES_TRY(ctes_courrier_load(session, courrier, &letter, err));
    CTES_TRY(ctes_session_link(session, letter.siren, &link, err));
    if (!takes_answer(&letter))
        return refuse_state(&letter, err);
    CTES_TRY(with_lease(session, letter.acte, err));
    int64_t acte = letter.acte;
    ctes_status status = answer(session, link, &letter, refuse, given, piece_count, ret, err);
    if (acte == 0)
        return status;
    ctes_status released = ctes_register_release(session, acte, status == CTES_OK ? err : NULL);
    return status != CTES_OK ? status : released;
}

/* --- a letter that is read -------------------------------------------------------------------- */

/* A request that has to be answered is not closed by reading it. */
static bool may_be_closed(const ctes_courrier *letter) {
    if (letter->state == CTES_COURRIER_ASIDE)
        return true;
    bool needs_none = letter->transaction == 2 || letter->transaction == 5;
    return letter->flux == 1 && needs_none && letter->state == CTES_COURRIER_OPEN;
}

ctes_status ctes_courrier_close(ctes_session *session, int64_t courrier, ctes_courrier_outcome *ret,
                                ctes_error *err) {
    const ctes_store_courrier_change closed = { .to = CTES_COURRIER_CLOSED };
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier letter = CTES_COURRIER_INIT;
    ctes_courrier_outcome_clear(ret);
    CTES_TRY(ctes_courrier_load(session, courrier, &letter, err));
    if (letter.state == CTES_COURRIER_CLOSED) {
        ret->known = true;
        return ctes_courrier_load(session, courrier, &ret->courrier, err);
    }
    if (!may_be_closed(&letter))
        return refuse_state(&letter, err);
    return ctes_courrier_change(session, courrier, letter.state, &closed, &ret->courrier, err);
}
