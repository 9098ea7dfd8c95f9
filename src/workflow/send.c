/* Sends one act: recorded, settled where a former attempt left it open, deposited, looked at. */
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "norm/regles.h"
#include "workflow/acquittement.h"
#include "workflow/depot.h"
#include "workflow/describe.h"
#include "workflow/link.h"
#include "workflow/outcome.h"
#include "workflow/register.h"
#include "workflow/retry.h"

/* Longer than any deposit: the process that holds it is alive, or the lease is void at once. */
enum { LEASE_MS = 2 * 60 * 60 * 1000 };

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

static ctes_status admit(ctes_session *session, const ctes_acte *acte, const ctes_paquet *paquet,
                         ctes_admission *ret, ctes_error *err) {
    ctes_store_piece *pieces = NULL;
    CTES_TRY(store_pieces(paquet, &pieces, err));
    ret->acte = acte;
    ret->pieces = pieces;
    ret->piece_count = paquet->look_count;
    ret->lease_ms = LEASE_MS;
    ctes_status status = ctes_register_admit(session, ret, err);
    free(pieces);
    return status;
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

/* --- sending ---------------------------------------------------------------------------------- */

/* The deposit failed with `status`, told in `err`. If the reply alone is missing, the operator is
 * asked at once. CTES_OK: it holds the act. */
static ctes_status ask_after(ctes_session *session, ctes_link *link, ctes_status status,
                             ctes_outcome *ret, ctes_error *err) {
    ctes_error again = CTES_ERROR_INIT;
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

static ctes_status deposit_and_look(ctes_session *session, ctes_link *link, const ctes_acte *acte,
                                    ctes_paquet *paquet, ctes_outcome *ret, ctes_error *err) {
    ctes_status status = ctes_depot_send(session, link, acte, &ret->record, paquet, err);
    ret->archive_size = paquet->archive_size;
    if (status != CTES_OK)
        return ask_after(session, link, status, ret, err);
    if (session->looks_later || ctes_link_is_direct(link))
        return CTES_OK;
    /* a status at once shows what a plain OK hides: an act parked, an early refusal (T14) */
    ctes_error unread = CTES_ERROR_INIT;
    if (ctes_acquittement_ask(session, link->operator_, &ret->record, &unread) != CTES_OK)
        ctes_log(session->context, CTES_LOG_WARNING, acte->numero, "status not read: %s",
                 unread.detail);
    return CTES_OK;
}

/* The register has the number: is there something left to do? True in `ret_send` if so. */
static ctes_status meet_again(ctes_session *session, ctes_link *link, const ctes_acte *acte,
                              const ctes_paquet *paquet, ctes_outcome *ret, bool *ret_send,
                              ctes_error *err) {
    ctes_state state = ret->record.state;
    if (state == CTES_STATE_TO_SEND || state == CTES_STATE_UNSETTLED) {
        CTES_TRY(ctes_depot_settle(session, link, &ret->record, err));
        CTES_TRY(ctes_outcome_load(session, ret->record.id, ret, err));
        state = ret->record.state;
    }
    /* first of all: a table that still names the old number must not send the act a second time */
    if (ret->record.replaced_by != NULL)
        return ctes_fail(err, CTES_E_ACTE_STATE, acte->numero, "→ %s", ret->record.replaced_by);
    if (ctes_state_resend(state) == 's') {
        *ret_send = true;
        return describe_anew(session, acte, paquet, &ret->record, err);
    }
    *ret_send = false;
    CTES_TRY(same_act(acte, paquet, &ret->record, err));
    CTES_TRY(ctes_depot_same_operator(session, &ret->record, err));
    if (ctes_state_resend(state) == 'x')
        return ctes_fail(err, CTES_E_ANOMALIE, acte->numero, "%s",
                         ret->record.reason != NULL ? ret->record.reason : "");
    ret->result = CTES_RESULT_ALREADY;
    return CTES_OK;
}

/* --- attempts --------------------------------------------------------------------------------- */

/* An act on its way, through one attempt or several. */
typedef struct sending {
    ctes_link *link;
    const ctes_acte *acte;
    ctes_paquet *paquet;
    ctes_outcome *ret;
    bool known;      /* the register had it before this call */
    bool tried;      /* by this call */
    uint64_t volume; /* of its files: about what its archive will have */
} sending;

/* What began once is asked about before it begins again: the operator may have got more of it than
 * its answer said. True in `ret_held` when it is there. */
static ctes_status ask_before(ctes_session *session, const sending *s, bool *ret_held,
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

/* The wait may have been long: the act's lease is renewed, and another run may have sent it. */
static ctes_status take_again(ctes_session *session, const sending *s, bool *ret_send,
                              ctes_error *err) {
    ctes_outcome *ret = s->ret;
    CTES_TRY(ctes_register_take(session, ret->record.id, LEASE_MS, &ret->record, err));
    return meet_again(session, s->link, s->acte, s->paquet, ret, ret_send, err);
}

static ctes_status attempt_inside(ctes_session *session, sending *s, bool waited, ctes_error *err) {
    bool send = true, there = false;
    if (waited)
        CTES_TRY(take_again(session, s, &send, err));
    if (!send)
        return CTES_OK;
    CTES_TRY(ctes_session_preflight(session, s->link, err));
    CTES_TRY(ask_before(session, s, &there, err));
    if (!there)
        CTES_TRY(deposit_and_look(session, s->link, s->acte, s->paquet, s->ret, err));
    s->ret->result = there && !s->tried ? CTES_RESULT_ALREADY : CTES_RESULT_SENT;
    return CTES_OK;
}

static ctes_status attempt(ctes_session *session, sending *s, ctes_error *err) {
    bool waited = false;
    CTES_TRY(ctes_pace_enter(session, s->volume, &waited, err));
    s->paquet->archive_size = 0;
    session->paced = true;
    ctes_status status = attempt_inside(session, s, waited, err);
    session->paced = false;
    ctes_pace_leave(session, s->volume, s->paquet->archive_size);
    return status;
}

static ctes_status send_taken(ctes_session *session, sending *s, ctes_error *err) {
    ctes_attempts attempts = CTES_ATTEMPTS_INIT;
    bool send = true;
    if (s->known)
        CTES_TRY(meet_again(session, s->link, s->acte, s->paquet, s->ret, &send, err));
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

static uint64_t volume_of(const ctes_paquet *paquet) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < paquet->look_count; i++)
        bytes += paquet->looks[i].size;
    return bytes;
}

static void give_back(ctes_session *session, ctes_record *record) {
    ctes_error unreleased = CTES_ERROR_INIT;
    if (ctes_register_give_back(session, record->id, record, &unreleased) != CTES_OK)
        ctes_log(session->context, CTES_LOG_WARNING, record->numero, "lease kept: %s",
                 unreleased.detail);
}

static ctes_status send_one(ctes_session *session, ctes_acte *acte, int64_t replaces,
                            ctes_outcome *ret, ctes_error *err) {
    ctes_link *link = NULL;
    ctes_admission admission = { .replaces = replaces };
    ctes_paquet paquet CTES_AUTO_PAQUET = CTES_PAQUET_INIT;
    CTES_TRY(ctes_describe(session, acte, &link, ret, err));
    CTES_TRY(ctes_paquet_look(acte, link->autorite, &paquet, err));
    CTES_TRY(admit(session, acte, &paquet, &admission, err));
    ret->record = admission.record;
    sending s = { .link = link,
                  .acte = acte,
                  .paquet = &paquet,
                  .ret = ret,
                  .known = admission.known,
                  .volume = volume_of(&paquet) };
    ctes_status status = send_taken(session, &s, err);
    if (session->leased != 0) /* else it was given back with its deposit */
        give_back(session, &ret->record);
    return status;
}

ctes_status ctes_send_one(ctes_session *session, ctes_acte *acte, int64_t replaces,
                          ctes_outcome *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = send_one(session, acte, replaces, ret, &why);
    if (status == CTES_OK)
        return CTES_OK;
    (void)ctes_fail_at(&why, status, CTES_STAGE_ACTE, acte->numero);
    CTES_TRY(ctes_outcome_describe(ret, acte, err));
    if (ctes_about_the_act(status))
        return ctes_outcome_refuse(session, ret, &why, err);
    if (err != NULL)
        *err = why;
    return status;
}

ctes_status ctes_send(ctes_session *session, ctes_acte *acte, ctes_outcome *ret, ctes_error *err) {
    ctes_outcome_clear(ret);
    ctes_session_be_patient(session);
    return ctes_send_one(session, acte, 0, ret, err);
}
