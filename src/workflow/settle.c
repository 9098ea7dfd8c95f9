/*
 * A reply was lost: the operator is asked whether it holds the act, and never sent it blindly. The
 * direct channel cannot be asked; there the same archive goes again.
 */
#include "base/fail.h"
#include "base/runtime.h"
#include "net/transport_curl.h"
#include "workflow/acquittement.h"
#include "workflow/depot.h"
#include "workflow/link.h"
#include "workflow/register.h"

int64_t ctes_patience_ms(const ctes_session *session) {
    long seconds = session->settings.settle_after_s;
    return (seconds > 0 ? seconds : 120) * (int64_t)1000;
}

int64_t ctes_exchange_ms(const ctes_session *session) {
    const ctes_net_limits limits = CTES_NET_LIMITS_INIT;
    long seconds = session->settings.timeout_s;
    return (seconds > 0 ? seconds : limits.total_s) * (int64_t)1000;
}

/* --- what the history tells of the attempts --------------------------------------------------- */

typedef struct attempts {
    int64_t now_ms;
    int64_t open_ms; /* when the last attempt was first found open; 0: not, or in the future */
    int64_t last_ms; /* when it was found so the last time */
    bool ever_open;  /* some attempt ended without an answer */
} attempts;

static void see_event(void *user, const ctes_record_event *event) {
    attempts *seen = user;
    bool was_open = event->from == CTES_STATE_TO_SEND || event->from == CTES_STATE_UNSETTLED;
    if (event->to == CTES_STATE_TO_SEND)
        seen->open_ms = 0;
    /* an instant that has not come yet was noted before the clock was set back: it counts for
     * nothing, or the act would wait until that day */
    if (event->to == CTES_STATE_UNSETTLED && seen->open_ms == 0 && event->at_ms <= seen->now_ms)
        seen->open_ms = event->at_ms;
    if (seen->open_ms != 0 && event->to == CTES_STATE_UNSETTLED && event->at_ms <= seen->now_ms)
        seen->last_ms = event->at_ms;
    seen->ever_open = seen->ever_open || event->to == CTES_STATE_UNSETTLED ||
                      (was_open && event->to == CTES_STATE_PREPARED);
}

static ctes_status look_back(ctes_session *session, const ctes_record *record, attempts *ret,
                             ctes_error *err) {
    *ret = (attempts){ .now_ms = ctes_now_ms(session->context) };
    return ctes_register_history(session, record->id, see_event, ret, err);
}

ctes_status ctes_depot_was_open(ctes_session *session, const ctes_record *record, bool *ret,
                                ctes_error *err) {
    attempts seen;
    CTES_TRY(look_back(session, record, &seen, err));
    *ret = seen.ever_open;
    return CTES_OK;
}

/* --- settling --------------------------------------------------------------------------------- */

/* The status tells that the act is held, but not under which identifier: the listing does. It also
 * tells the subject: an act that somebody else deposited under our number is not ours. */
static ctes_status adopt(ctes_session *session, ctes_operator *op, const ctes_record *record,
                         ctes_error *err) {
    CTES_CLEANUP(ctes_operator_listing_clear) ctes_operator_listing listing = { .transaction = 0 };
    CTES_TRY(ctes_depot_recognise(op, record, true, &listing, err));
    const ctes_store_change change = { .to = CTES_STATE_DEPOSITED,
                                       .reason = "",
                                       .transaction = listing.transaction,
                                       .native = listing.native,
                                       .native_known = true };
    return ctes_register_change(session, record->id, record->state, &change, NULL, err);
}

/* How long after it was recorded an act's exchange may still last: of its crew it may have been the
 * last in line. */
static int64_t longest_ms(const ctes_session *session) {
    unsigned turns = ctes_session_crew(session) / ctes_session_in_flight(session) + 1;
    return turns * ctes_exchange_ms(session);
}

/* Until when a "no" is not believed: the patience starts when the exchange was known to be over. An
 * act whose process died is known so from the first look at it, or by its age. `last`: from the
 * last exchange on, where each look is another one. */
static ctes_status until_ms(ctes_session *session, const ctes_record *record, bool last,
                            int64_t *ret, ctes_error *err) {
    attempts seen;
    CTES_TRY(look_back(session, record, &seen, err));
    int64_t oldest = record->sent_ms + longest_ms(session) + ctes_patience_ms(session);
    if (seen.open_ms == 0 && (record->sent_ms > seen.now_ms || oldest > seen.now_ms)) {
        const ctes_store_change noted = { .to = CTES_STATE_UNSETTLED,
                                          .reason = record->state == CTES_STATE_UNSETTLED ? "clock"
                                                                                          : NULL };
        CTES_TRY(ctes_register_change(session, record->id, record->state, &noted, NULL, err));
        seen.open_ms = seen.last_ms = seen.now_ms;
    }
    int64_t since = last ? seen.last_ms : seen.open_ms;
    *ret = seen.open_ms != 0 ? since + ctes_patience_ms(session) : oldest;
    return CTES_OK;
}

static ctes_status wait_for_it(ctes_session *session, const ctes_record *record, bool last,
                               ctes_error *err) {
    int64_t until = 0, now_ms = ctes_now_ms(session->context);
    CTES_TRY(until_ms(session, record, last, &until, err));
    if (now_ms < until)
        return ctes_fail(err, CTES_E_UNSETTLED, record->numero, "%lld s",
                         (long long)((until - now_ms + 999) / 1000));
    return CTES_OK;
}

static ctes_status not_held(ctes_session *session, const ctes_record *record, ctes_error *err) {
    CTES_TRY(wait_for_it(session, record, false, err));
    const ctes_store_change free_again = { .to = CTES_STATE_PREPARED };
    return ctes_register_change(session, record->id, record->state, &free_again, NULL, err);
}

/* Held: adopted with its state, true. A clear no: false. */
static ctes_status find(ctes_session *session, ctes_operator *op, const ctes_record *record,
                        bool *ret_held, ctes_error *err) {
    CTES_CLEANUP(ctes_envoi_row_clear) ctes_envoi_row envoi = { 0 };
    ctes_operator_status found CTES_AUTO_OPERATOR_STATUS = CTES_OPERATOR_STATUS_INIT;
    CTES_TRY(ctes_register_last_envoi(session, record->id, &envoi, err));
    ctes_status status = op->find(op, envoi.unique_id, &found, err);
    *ret_held = status == CTES_OK;
    if (status == CTES_E_OPERATOR_NOT_FOUND)
        return CTES_OK;
    CTES_TRY(status);
    CTES_TRY(adopt(session, op, record, err));
    CTES_CLEANUP(ctes_record_clear) ctes_record now = CTES_RECORD_INIT;
    CTES_TRY(ctes_register_load(session, record->id, &now, err));
    return ctes_acquittement_apply(session, op, &now, &found, err);
}

/* The number is another act's at the operator, for ever: ours was not received under it. */
static ctes_status lost_to_another(ctes_session *session, const ctes_record *record,
                                   const ctes_error *why, ctes_error *err) {
    const ctes_store_change refused = { .to = CTES_STATE_REFUSED, .reason = why->detail };
    CTES_TRY(ctes_register_change(session, record->id, record->state, &refused, NULL, err));
    if (err != NULL)
        *err = *why;
    return why->code;
}

/* --- the direct channel ----------------------------------------------------------------------- */

/* The state is read anew just before: waiting may have moved it. */
static ctes_status send_again(ctes_session *session, ctes_link *link, const ctes_record *record,
                              ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record now = CTES_RECORD_INIT;
    CTES_TRY(wait_for_it(session, record, true, err));
    CTES_TRY(ctes_register_load(session, record->id, &now, err));
    return ctes_depot_again(session, link, &now, err);
}

static ctes_status send_first_leased(ctes_session *session, ctes_link *link,
                                     const ctes_record *first, ctes_error *err) {
    if (first->state != CTES_STATE_TO_SEND && first->state != CTES_STATE_UNSETTLED)
        return CTES_OK;
    int64_t before = session->acte;
    session->acte = first->id;
    ctes_status status = send_again(session, link, first, err);
    session->acte = before;
    return status;
}

/* An enveloppe goes again with the first act that it carries, once for all of them. */
static ctes_status send_first(ctes_session *session, ctes_link *link, int64_t acte,
                              ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record first = CTES_RECORD_INIT;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_register_take(session, acte, CTES_LEASE_SEND_MS, &first, &why);
    if (status == CTES_E_ACTE_LEASED) /* somebody is at it: the next look will tell */
        return ctes_fail(err, CTES_E_UNSETTLED, NULL, "%lld s",
                         (long long)(ctes_patience_ms(session) / 1000));
    if (status == CTES_OK) {
        status = send_first_leased(session, link, &first, &why);
        ctes_status released =
            ctes_register_release(session, acte, status == CTES_OK ? &why : NULL);
        status = status != CTES_OK ? status : released;
    }
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

static ctes_status settle_directly(ctes_session *session, ctes_link *link,
                                   const ctes_record *record, ctes_error *err) {
    const ctes_store_change arrived_too = { .to = CTES_STATE_TRANSMITTED, .reason = "" };
    CTES_CLEANUP(ctes_envoi_row_clear) ctes_envoi_row envoi = { 0 };
    bool arrived = false;
    CTES_TRY(ctes_register_last_envoi(session, record->id, &envoi, err));
    CTES_TRY(ctes_register_arrived(session, envoi.id, &arrived, err));
    if (!arrived && envoi.acte != record->id) {
        CTES_TRY(send_first(session, link, envoi.acte, err));
        CTES_TRY(ctes_register_arrived(session, envoi.id, &arrived, err));
    }
    if (arrived)
        return ctes_register_change(session, record->id, record->state, &arrived_too, NULL, err);
    return send_again(session, link, record, err);
}

static ctes_status settle(ctes_session *session, ctes_link *link, const ctes_record *record,
                          ctes_error *err) {
    bool held = false;
    ctes_error why = CTES_ERROR_INIT;
    CTES_TRY(ctes_depot_same_operator(session, record, err));
    if (ctes_link_is_direct(link))
        return settle_directly(session, link, record, err);
    ctes_status status = find(session, link->operator_, record, &held, &why);
    if (status == CTES_E_OPERATOR_HOLDS)
        return lost_to_another(session, record, &why, err);
    if (status != CTES_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    return held ? CTES_OK : not_held(session, record, err);
}

ctes_status ctes_depot_probe(ctes_session *session, ctes_link *link, const ctes_record *record,
                             ctes_error *err) {
    bool held = false;
    session->acte = record->id;
    ctes_status status = find(session, link->operator_, record, &held, err);
    session->acte = 0;
    return status;
}

ctes_status ctes_depot_settle(ctes_session *session, ctes_link *link, const ctes_record *record,
                              ctes_error *err) {
    session->acte = record->id;
    ctes_status status = settle(session, link, record, err);
    session->acte = 0;
    return status == CTES_OK ? CTES_OK
                             : ctes_fail_at(err, status, CTES_STAGE_SUBMISSION, record->numero);
}
