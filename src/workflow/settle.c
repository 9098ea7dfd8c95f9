/* A reply was lost: the operator is asked whether it holds the act, and never sent it blindly. */
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "norm/regles.h"
#include "workflow/acquittement.h"
#include "workflow/depot.h"

/* How long an operator may still work on what it received before its "no" is believed. */
static int64_t patience_ms(const ctes_session *session) {
    long seconds = session->settings.settle_after_s;
    return (seconds > 0 ? seconds : 120) * (int64_t)1000;
}

static void clear_listing(ctes_operator_listing *listing) {
    ctes_operator_listing_clear(listing);
}

ctes_status ctes_depot_recognise(ctes_operator *op, const ctes_record *record,
                                 int64_t *ret_transaction, ctes_error *err) {
    CTES_CLEANUP(clear_listing) ctes_operator_listing listing = { .transaction = 0 };
    CTES_TRY(op->lookup(op, record->numero_interne, record->date, &listing, err));
    if (ctes_date_compare(listing.date, record->date) != 0 || listing.objet == NULL ||
        strcmp(listing.objet, record->objet_transmis) != 0)
        return ctes_fail(err, CTES_E_OPERATOR_HOLDS, record->numero, "%s",
                         listing.objet != NULL ? listing.objet : "");
    *ret_transaction = listing.transaction;
    return CTES_OK;
}

/* The status tells that the act is held, but not under which identifier: the listing does. */
static ctes_status adopt(ctes_session *session, ctes_operator *op, const ctes_record *record,
                         ctes_error *err) {
    CTES_CLEANUP(clear_listing) ctes_operator_listing listing = { .transaction = 0 };
    CTES_TRY(op->lookup(op, record->numero_interne, record->date, &listing, err));
    const ctes_store_change change = { .to = CTES_STATE_DEPOSITED,
                                       .reason = "",
                                       .transaction = listing.transaction,
                                       .native = listing.native,
                                       .native_known = true };
    return ctes_store_change_state(session->store, record->id, record->state, &change, err);
}

static ctes_status not_held(ctes_session *session, const ctes_record *record, ctes_error *err) {
    int64_t until = record->sent_ms + patience_ms(session);
    if (ctes_now_ms(session->context) < until) {
        const ctes_store_change still = { .to = CTES_STATE_UNSETTLED };
        if (record->state == CTES_STATE_TO_SEND)
            CTES_TRY(
                ctes_store_change_state(session->store, record->id, record->state, &still, err));
        int64_t left = (until - ctes_now_ms(session->context) + 999) / 1000;
        return ctes_fail(err, CTES_E_UNSETTLED, record->numero, "%lld s", (long long)left);
    }
    const ctes_store_change free_again = { .to = CTES_STATE_PREPARED };
    return ctes_store_change_state(session->store, record->id, record->state, &free_again, err);
}

/* Held: adopted with its state, true. A clear no: false. */
static ctes_status find(ctes_session *session, ctes_operator *op, const ctes_record *record,
                        bool *ret_held, ctes_error *err) {
    CTES_CLEANUP(ctes_envoi_row_clear) ctes_envoi_row envoi = { 0 };
    ctes_operator_status found CTES_AUTO_OPERATOR_STATUS = CTES_OPERATOR_STATUS_INIT;
    CTES_TRY(ctes_store_last_envoi(session->store, record->id, &envoi, err));
    ctes_status status = op->find(op, envoi.unique_id, &found, err);
    *ret_held = status == CTES_OK;
    if (status == CTES_E_OPERATOR_NOT_FOUND)
        return CTES_OK;
    CTES_TRY(status);
    CTES_TRY(adopt(session, op, record, err));
    CTES_CLEANUP(ctes_record_clear) ctes_record now = CTES_RECORD_INIT;
    CTES_TRY(ctes_store_load(session->store, record->id, &now, err));
    return ctes_acquittement_apply(session, op, &now, &found, err);
}

static ctes_status settle(ctes_session *session, ctes_operator *op, const ctes_record *record,
                          ctes_error *err) {
    bool held = false;
    CTES_TRY(find(session, op, record, &held, err));
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
    ctes_status status = settle(session, link->operator_, record, err);
    session->acte = 0;
    return status == CTES_OK ? CTES_OK
                             : ctes_fail_at(err, status, CTES_STAGE_SUBMISSION, record->numero);
}
