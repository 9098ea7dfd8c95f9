#include "workflow/poll.h"

#include <string.h>

#include "base/fail.h"
#include "workflow/acquittement.h"
#include "workflow/depot.h"
#include "workflow/describe.h"
#include "workflow/link.h"
#include "workflow/outcome.h"
#include "workflow/register.h"

static bool asks_operator(const ctes_record *record) {
    return record->transaction != 0 || ctes_state_held(record->state);
}

/* How far an act on its way is; 0: not on its way, or a person has to do something. */
static int way(ctes_state state) {
    switch (state) {
    case CTES_STATE_DEPOSITED:
        return 1;
    case CTES_STATE_WAITING:
        return 2;
    case CTES_STATE_TRANSMITTED:
        return 3;
    default:
        return 0;
    }
}

/* What the listings say, if it is all there is to know: the act is where the register has it, or
 * further on its way. */
static ctes_operator_state listed(ctes_session *session, ctes_survey *survey, ctes_link *link,
                                  const ctes_record *record, int *ret_native) {
    if (survey == NULL || record->transaction == 0)
        return CTES_OP_UNKNOWN;
    ctes_operator_state state = ctes_survey_state(survey, session, (size_t)(link - session->links),
                                                  record->transaction, ret_native);
    ctes_state plain = ctes_acquittement_state(state);
    bool forward = way(record->state) > 0 && way(plain) >= way(record->state);
    return forward || plain == record->state ? state : CTES_OP_UNKNOWN;
}

/* Held by the register's account, but under no identifier: it is found by its name, or something
 * went wrong that nobody may pass over. */
static ctes_status find_it(ctes_session *session, ctes_link *link, const ctes_record *record,
                           ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record now = CTES_RECORD_INIT;
    CTES_TRY(ctes_depot_probe(session, link, record, err));
    CTES_TRY(ctes_register_load(session, record->id, &now, err));
    return now.transaction != 0 ? CTES_OK
                                : ctes_fail(err, CTES_E_OPERATOR_NOT_FOUND, record->numero, "%s",
                                            record->archive != NULL ? record->archive : "");
}

/* One look at one act, under its lease. */
static ctes_status look(ctes_session *session, ctes_survey *survey, const ctes_record *record,
                        ctes_error *err) {
    ctes_link *link = NULL;
    CTES_TRY(ctes_session_link(session, record->siren, &link, err));
    if (!asks_operator(record))
        return CTES_OK;
    CTES_TRY(ctes_depot_same_operator(session, record, err));
    CTES_TRY(ctes_session_preflight(session, link, err));
    if (record->state == CTES_STATE_TO_SEND || record->state == CTES_STATE_UNSETTLED)
        return ctes_depot_settle(session, link, record, err);
    if (ctes_link_is_direct(link))
        return CTES_OK; /* what becomes of it comes by mail */
    if (record->transaction == 0)
        return find_it(session, link, record, err);
    ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    status.state = listed(session, survey, link, record, &status.native);
    if (status.state != CTES_OP_UNKNOWN)
        return ctes_acquittement_apply(session, link->operator_, record, &status, err);
    return ctes_acquittement_ask(session, link->operator_, record, err);
}

bool ctes_poll_unchanged(ctes_session *session, ctes_survey *survey, const ctes_waiting *act) {
    int native = 0;
    if (way(act->state) == 0 || act->autorite < 0 || !act->here)
        return false;
    if (session->settings.canal == CTES_CANAL_DIRECT)
        return true; /* what becomes of it comes by mail */
    if (survey == NULL || act->transaction == 0)
        return false;
    ctes_operator_state state =
        ctes_survey_state(survey, session, (size_t)act->autorite, act->transaction, &native);
    return ctes_acquittement_state(state) == act->state;
}

/* Then nothing is taken or written. */
static ctes_status no_news(ctes_session *session, ctes_survey *survey, int64_t id, bool *ret,
                           ctes_outcome *outcome, ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    CTES_TRY(ctes_register_load(session, id, &record, err));
    const ctes_waiting act = ctes_waiting_of(session, &record);
    *ret = ctes_poll_unchanged(session, survey, &act);
    if (!*ret)
        return CTES_OK;
    outcome->record = record;
    record = (ctes_record)CTES_RECORD_INIT;
    outcome->result = CTES_RESULT_UNCHANGED;
    return CTES_OK;
}

static bool changed(const ctes_record *before, const ctes_record *now) {
    return before->state != now->state || before->transaction != now->transaction ||
           strcmp(before->id_acte, now->id_acte) != 0;
}

static ctes_status look_leased(ctes_session *session, ctes_survey *survey, int64_t id,
                               ctes_outcome *ret, ctes_error *err) {
    bool known = false;
    CTES_TRY(no_news(session, survey, id, &known, ret, err));
    if (known)
        return CTES_OK;
    CTES_CLEANUP(ctes_record_clear) ctes_record before = CTES_RECORD_INIT;
    CTES_TRY(ctes_register_take(session, id, CTES_LEASE_LOOK_MS, &before, err));
    ctes_status status = look(session, survey, &before, err);
    ctes_error unreleased = CTES_ERROR_INIT;
    ctes_status released =
        ctes_register_give_back(session, id, &ret->record, status == CTES_OK ? err : &unreleased);
    if (status != CTES_OK || released != CTES_OK)
        return status != CTES_OK ? status : released;
    ret->result = changed(&before, &ret->record) ? CTES_RESULT_CHANGED : CTES_RESULT_UNCHANGED;
    return CTES_OK;
}

bool ctes_stops_all(const ctes_session *session, ctes_status status) {
    if (ctes_about_the_account(session, status) || status == CTES_E_AUTORITE_UNKNOWN)
        return false;
    return !ctes_about_the_act(status) || status == CTES_E_NET_RESOLVE ||
           status == CTES_E_NET_CONNECT || status == CTES_E_OPERATOR_BUSY ||
           status == CTES_E_LEDGER_BUSY;
}

ctes_status ctes_poll_one(ctes_session *session, ctes_survey *survey, int64_t acte,
                          ctes_outcome *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = look_leased(session, survey, acte, ret, &why);
    if (status == CTES_OK) {
        bool refused =
            ctes_state_resend(ret->record.state) == 'x' && ret->record.replaced_by == NULL;
        return refused ? ctes_outcome_propose(session, &ret->record, &ret->proposed, err) : CTES_OK;
    }
    (void)ctes_fail_at(&why, status, CTES_STAGE_ACQUITTEMENT, ret->record.numero);
    if (ctes_stops_all(session, status)) {
        if (err != NULL)
            *err = why;
        return status;
    }
    ret->error = why;
    if (ctes_status_maybe_received(status))
        ret->result = CTES_RESULT_UNSETTLED;
    return CTES_OK;
}
