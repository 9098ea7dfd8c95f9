#include "workflow/sending.h"

#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "norm/regles.h"
#include "workflow/acquittement.h"
#include "workflow/describe.h"
#include "workflow/link.h"
#include "workflow/outcome.h"
#include "workflow/register.h"
#include "workflow/retry.h"

/* --- is it the act that the register has under this number? ----------------------------------- */

static ctes_status differs(ctes_error *err, const ctes_record *record, const char *what) {
    return ctes_fail(err, CTES_E_NUMERO_TAKEN, record->numero, "%s", what);
}

static ctes_status same_act(const ctes_acte *acte, const ctes_paquet *paquet,
                            const ctes_record *record, ctes_error *err) {
    char a[32], b[32];
    ctes_matiere_format(&acte->matiere, a);
    ctes_matiere_format(&record->matiere, b);
    if (ctes_date_compare(acte->date, record->date) != 0)
        return differs(err, record, "date");
    if (acte->nature != record->nature)
        return differs(err, record, "nature");
    if (strcmp(a, b) != 0)
        return differs(err, record, "matière");
    if (strcmp(acte->objet_transmis, record->objet_transmis) != 0)
        return differs(err, record, "objet");
    if (paquet->look_count != record->piece_count)
        return differs(err, record, "annexes");
    for (size_t i = 0; i < paquet->look_count; i++)
        if (strcmp(paquet->looks[i].sha256, record->pieces[i].sha256) != 0)
            return differs(err, record, paquet->looks[i].piece->path);
    return CTES_OK;
}

/* --- recording -------------------------------------------------------------------------------- */

static ctes_status store_pieces(const ctes_paquet *paquet, ctes_store_piece **ret,
                                ctes_error *err) {
    ctes_store_piece *pieces = calloc(paquet->look_count, sizeof *pieces);
    if (pieces == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < paquet->look_count; i++) {
        const ctes_look *look = &paquet->looks[i];
        pieces[i] = (ctes_store_piece){ .path = look->path,
                                        .nom = look->nom.text,
                                        .type_pj = look->piece->type_pj,
                                        .mime = ctes_format_mime(look->format),
                                        .size = look->size,
                                        .sha256 = look->sha256 };
    }
    *ret = pieces;
    return CTES_OK;
}

static ctes_status describe_anew(ctes_session *session, const ctes_acte *acte,
                                 const ctes_paquet *paquet, ctes_record *record, ctes_error *err) {
    ctes_store_piece *pieces = NULL;
    CTES_TRY(store_pieces(paquet, &pieces, err));
    ctes_status status = ctes_register_redescribe(session, record->id, acte, pieces,
                                                  paquet->look_count, record, err);
    free(pieces);
    return status;
}

/* Pieces of all of them in one list, each admission pointing at its own. */
static void fill(ctes_sending **sendings, size_t count, int64_t replaces, ctes_store_piece **pieces,
                 ctes_admission *admissions) {
    for (size_t i = 0; i < count; i++)
        admissions[i] = (ctes_admission){ .acte = sendings[i]->acte,
                                          .pieces = pieces[i],
                                          .piece_count = sendings[i]->paquet.look_count,
                                          .replaces = replaces,
                                          .lease_ms = CTES_LEASE_SEND_MS };
}

static void take_in(ctes_sending **sendings, size_t count, ctes_admission *admissions,
                    ctes_error *whys) {
    for (size_t i = 0; i < count; i++) {
        ctes_record_clear(&sendings[i]->ret->record);
        sendings[i]->ret->record = admissions[i].record;
        sendings[i]->known = admissions[i].known;
        whys[i] = admissions[i].error;
    }
}

ctes_status ctes_sending_admit(ctes_session *session, ctes_sending **sendings, size_t count,
                               int64_t replaces, ctes_error *whys, ctes_error *err) {
    ctes_store_piece *pieces[CTES_ENVOI_MAX] = { NULL };
    ctes_admission admissions[CTES_ENVOI_MAX];
    ctes_status status = CTES_OK;
    if (count > CTES_ENVOI_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "%d", CTES_ENVOI_MAX);
    for (size_t i = 0; status == CTES_OK && i < count; i++)
        status = store_pieces(&sendings[i]->paquet, &pieces[i], err);
    if (status == CTES_OK) {
        fill(sendings, count, replaces, pieces, admissions);
        status = ctes_register_admit(session, admissions, count, err);
    }
    if (status == CTES_OK)
        take_in(sendings, count, admissions, whys);
    for (size_t i = 0; i < count; i++)
        free(pieces[i]);
    return status;
}

/* --- sending ---------------------------------------------------------------------------------- */

/* Its deposit could not be written down because the act has moved on: our lease was over, in the
 * eyes of somebody who cannot see this process, and they had its answer. */
static bool answered_before(ctes_session *session, ctes_outcome *ret) {
    return ctes_outcome_load(session, ret->record.id, ret, NULL) == CTES_OK &&
           ctes_state_arrived(ret->record.state);
}

/* The deposit failed with `status`, told in `err`. If the reply alone is missing, the operator is
 * asked at once. CTES_OK: it holds the act. */
static ctes_status ask_after(ctes_session *session, ctes_link *link, ctes_status status,
                             ctes_outcome *ret, ctes_error *err) {
    ctes_error again = CTES_ERROR_INIT;
    if (status == CTES_E_ACTE_STATE && ret->record.state == CTES_STATE_TO_SEND)
        return answered_before(session, ret) ? CTES_OK : status;
    if (ret->record.state != CTES_STATE_UNSETTLED)
        return status;
    ctes_status settled = ctes_depot_settle(session, link, &ret->record, &again);
    if (settled != CTES_OK && settled != CTES_E_OPERATOR_HOLDS)
        return status;
    if (settled == CTES_E_OPERATOR_HOLDS) { /* another act has the number: ours was not taken */
        status = settled;
        if (err != NULL)
            *err = again;
    }
    CTES_TRY(ctes_outcome_load(session, ret->record.id, ret, &again));
    return ctes_state_held(ret->record.state) ? CTES_OK : status;
}

static ctes_status deposit_and_look(ctes_session *session, ctes_sending *s, ctes_error *err) {
    ctes_outcome *ret = s->ret;
    ctes_depot_acte alone = { .acte = s->acte, .paquet = &s->paquet, .record = &ret->record };
    ctes_status status = ctes_depot_send(session, s->link, &alone, 1, err);
    ret->archive_size = alone.size;
    s->given_back = alone.given_back;
    if (status != CTES_OK)
        return ask_after(session, s->link, status, ret, err);
    if (session->looks_later || ctes_link_is_direct(s->link))
        return CTES_OK;
    /* a status at once shows what a plain OK hides: an act parked, an early refusal (T14) */
    ctes_error unread = CTES_ERROR_INIT;
    if (ctes_acquittement_ask(session, s->link->operator_, &ret->record, &unread) != CTES_OK)
        ctes_log(session->context, CTES_LOG_WARNING, s->acte->numero, "status not read: %s",
                 unread.detail);
    return CTES_OK;
}

/* The register has the number: is there something left to do? True in `ret_send` if so. */
static ctes_status meet_again(ctes_session *session, const ctes_sending *s, bool *ret_send,
                              ctes_error *err) {
    ctes_outcome *ret = s->ret;
    ctes_state state = ret->record.state;
    if (state == CTES_STATE_TO_SEND || state == CTES_STATE_UNSETTLED) {
        CTES_TRY(ctes_depot_settle(session, s->link, &ret->record, err));
        CTES_TRY(ctes_outcome_load(session, ret->record.id, ret, err));
        state = ret->record.state;
    }
    /* first of all: a table that still names the old number must not send the act a second time */
    if (ret->record.replaced_by != NULL)
        return ctes_fail(err, CTES_E_ACTE_STATE, s->acte->numero, "→ %s", ret->record.replaced_by);
    if (ctes_state_resend(state) == 's') {
        *ret_send = true;
        return describe_anew(session, s->acte, &s->paquet, &ret->record, err);
    }
    *ret_send = false;
    CTES_TRY(same_act(s->acte, &s->paquet, &ret->record, err));
    CTES_TRY(ctes_depot_same_operator(session, &ret->record, err));
    if (ctes_state_resend(state) == 'x')
        return ctes_fail(err, CTES_E_ANOMALIE, s->acte->numero, "%s",
                         ret->record.reason != NULL ? ret->record.reason : "");
    ret->result = s->tried ? CTES_RESULT_SENT : CTES_RESULT_ALREADY;
    return CTES_OK;
}

/* --- attempts --------------------------------------------------------------------------------- */

/* What began once is asked about before it begins again: the operator may have got more of it than
 * its answer said. True in `ret_held` when it is there. */
static ctes_status ask_before(ctes_session *session, const ctes_sending *s, bool *ret_held,
                              ctes_error *err) {
    ctes_outcome *ret = s->ret;
    ctes_error why = CTES_ERROR_INIT;
    bool open = false;
    *ret_held = false;
    if (ret->record.sent_ms == 0 || ctes_link_is_direct(s->link) ||
        ctes_depot_same_operator(session, &ret->record, NULL) != CTES_OK)
        return CTES_OK;
    CTES_TRY(ctes_depot_was_open(session, &ret->record, &open, err));
    if (!open)
        return CTES_OK;
    ctes_status status = ctes_depot_probe(session, s->link, &ret->record, &why);
    if (status == CTES_E_OPERATOR_HOLDS) /* another act has the number: the deposit will be told */
        return CTES_OK;
    if (status != CTES_OK && err != NULL)
        *err = why;
    CTES_TRY(status);
    CTES_TRY(ctes_outcome_load(session, ret->record.id, ret, err));
    *ret_held = ctes_state_held(ret->record.state);
    return CTES_OK;
}

ctes_status ctes_sending_renew(ctes_session *session, ctes_sending *sending, ctes_error *err) {
    ctes_record *record = &sending->ret->record;
    return ctes_register_take(session, record->id, CTES_LEASE_SEND_MS, record, err);
}

static ctes_status take_again(ctes_session *session, ctes_sending *s, bool *ret_send,
                              ctes_error *err) {
    CTES_TRY(ctes_sending_renew(session, s, err));
    return meet_again(session, s, ret_send, err);
}

static ctes_status attempt_inside(ctes_session *session, ctes_sending *s, bool waited,
                                  ctes_error *err) {
    bool send = true, there = false;
    if (waited || s->tried) /* by others meanwhile, or by this call before: what is it now? */
        CTES_TRY(take_again(session, s, &send, err));
    if (!send)
        return CTES_OK;
    CTES_TRY(ctes_session_preflight(session, s->link, err));
    CTES_TRY(ask_before(session, s, &there, err));
    if (!there)
        CTES_TRY(deposit_and_look(session, s, err));
    s->ret->result = there && !s->tried ? CTES_RESULT_ALREADY : CTES_RESULT_SENT;
    return CTES_OK;
}

static ctes_status attempt(ctes_session *session, ctes_sending *s, ctes_error *err) {
    bool waited = false;
    CTES_TRY(ctes_pace_enter(session, s->paquet.volume, &waited, err));
    s->ret->archive_size = 0;
    session->paced = true;
    ctes_status status = attempt_inside(session, s, waited, err);
    session->paced = false;
    ctes_pace_leave(session, s->paquet.volume, s->ret->archive_size);
    return status;
}

static ctes_status send_taken(ctes_session *session, ctes_sending *s, ctes_error *err) {
    ctes_attempts attempts = CTES_ATTEMPTS_INIT;
    bool send = true;
    if (s->known)
        CTES_TRY(meet_again(session, s, &send, err));
    if (!send)
        return CTES_OK;
    for (;;) {
        ctes_error why = CTES_ERROR_INIT;
        ctes_status status = attempt(session, s, &why);
        s->tried = true;
        if (status == CTES_OK)
            return CTES_OK;
        if (!ctes_attempts_another(&attempts, session, s->ret->record.state, &why)) {
            if (err != NULL)
                *err = why;
            return status;
        }
    }
}

static void give_back(ctes_session *session, ctes_record *record) {
    ctes_error unreleased = CTES_ERROR_INIT;
    if (ctes_register_give_back(session, record->id, record, &unreleased) != CTES_OK)
        /* nothing for a person to do: it ends with this process */
        ctes_log(session->context, CTES_LOG_INFO, record->numero, "lease kept: %s",
                 unreleased.detail);
}

ctes_status ctes_sending_run(ctes_session *session, ctes_sending *sending, ctes_error *err) {
    sending->given_back = false;
    if (sending->stale)
        CTES_TRY(ctes_sending_renew(session, sending, err));
    ctes_status status = send_taken(session, sending, err);
    if (!sending->given_back) /* with its deposit */
        give_back(session, &sending->ret->record);
    return status;
}

/* --- beginning and end ------------------------------------------------------------------------ */

void ctes_sending_clear(ctes_sending *sending) {
    ctes_paquet_clear(&sending->paquet);
}

ctes_status ctes_sending_begin(ctes_session *session, ctes_acte *acte, ctes_outcome *outcome,
                               ctes_sending *ret, ctes_error *err) {
    ret->acte = acte;
    ret->ret = outcome;
    CTES_TRY(ctes_describe(session, acte, &ret->link, outcome, err));
    return ctes_paquet_look(acte, ret->link->autorite, &ret->paquet, err);
}

ctes_status ctes_sending_conclude(ctes_session *session, const ctes_acte *acte, ctes_status status,
                                  ctes_error *why, ctes_outcome *ret, ctes_error *err) {
    if (status == CTES_OK)
        return CTES_OK;
    (void)ctes_fail_at(why, status, CTES_STAGE_ACTE, acte->numero);
    CTES_TRY(ctes_outcome_describe(ret, acte, err));
    if (ctes_about_the_act(status) || ctes_about_the_account(session, status))
        return ctes_outcome_refuse(session, ret, why, err);
    if (err != NULL)
        *err = *why;
    return status;
}
