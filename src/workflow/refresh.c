/* Looks for what the operator and the préfecture have to say of the acts that wait. */
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/acquittement.h"
#include "workflow/depot.h"
#include "workflow/describe.h"
#include "workflow/outcome.h"
#include "workflow/register.h"

enum { LEASE_MS = 10 * 60 * 1000, FIRST_PAUSE_S = 2, LAST_PAUSE_S = 30 };

static bool asks_operator(const ctes_record *record) {
    return record->transaction != 0 || ctes_state_held(record->state);
}

/* One look at one act, under its lease. */
static ctes_status look(ctes_session *session, const ctes_record *record, ctes_error *err) {
    ctes_link *link = NULL;
    CTES_TRY(ctes_session_link(session, record->siren, &link, err));
    if (!asks_operator(record))
        return CTES_OK;
    CTES_TRY(ctes_depot_same_operator(session, record, err));
    CTES_TRY(ctes_session_preflight(session, link, err));
    if (record->state == CTES_STATE_TO_SEND || record->state == CTES_STATE_UNSETTLED)
        return ctes_depot_settle(session, link, record, err);
    if (record->transaction == 0)
        return ctes_depot_probe(session, link, record, err);
    return ctes_acquittement_ask(session, link->operator_, record, err);
}

static bool changed(const ctes_record *before, const ctes_record *now) {
    return before->state != now->state || before->transaction != now->transaction ||
           strcmp(before->id_acte, now->id_acte) != 0;
}

static ctes_status look_leased(ctes_session *session, int64_t id, ctes_outcome *ret,
                               ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record before = CTES_RECORD_INIT;
    CTES_TRY(ctes_register_take(session, id, LEASE_MS, &before, err));
    ctes_status status = look(session, &before, err);
    ctes_error unreleased = CTES_ERROR_INIT;
    ctes_status released =
        ctes_register_give_back(session, id, &ret->record, status == CTES_OK ? err : &unreleased);
    if (status != CTES_OK || released != CTES_OK)
        return status != CTES_OK ? status : released;
    ret->result = changed(&before, &ret->record) ? CTES_RESULT_CHANGED : CTES_RESULT_UNCHANGED;
    return CTES_OK;
}

/* What stops the whole check: no other act could fare better. */
static bool stops_all(ctes_status status) {
    return !ctes_about_the_act(status) || status == CTES_E_NET_RESOLVE ||
           status == CTES_E_NET_CONNECT || status == CTES_E_LEDGER_BUSY;
}

static ctes_status refresh_one(ctes_session *session, int64_t id, ctes_outcome *ret,
                               ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = look_leased(session, id, ret, &why);
    if (status == CTES_OK) {
        bool refused =
            ctes_state_resend(ret->record.state) == 'x' && ret->record.replaced_by == NULL;
        return refused ? ctes_outcome_propose(session, &ret->record, &ret->proposed, err) : CTES_OK;
    }
    (void)ctes_fail_at(&why, status, CTES_STAGE_ACQUITTEMENT, ret->record.numero);
    if (stops_all(status)) {
        if (err != NULL)
            *err = why;
        return status;
    }
    ret->error = why;
    if (ctes_status_maybe_received(status))
        ret->result = CTES_RESULT_UNSETTLED;
    return CTES_OK;
}

static bool waits(const ctes_record *record) {
    return !ctes_state_final(record->state) && record->state != CTES_STATE_PREPARED;
}

typedef struct round_result {
    size_t waiting;
    bool stopped;
} round_result;

/* One round over the acts; an act that needs no more looking becomes 0 in `ids`. */
static ctes_status one_round(ctes_session *session, int64_t *ids, size_t count, bool last,
                             ctes_outcome_fn each, void *user, round_result *ret, ctes_error *err) {
    *ret = (round_result){ 0 };
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == 0)
            continue;
        if (ctes_stop_asked(session->context))
            return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
        CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
        CTES_TRY(refresh_one(session, ids[i], &outcome, err));
        bool more = waits(&outcome.record);
        ret->waiting += more;
        bool tell = outcome.result == CTES_RESULT_CHANGED || !more || last;
        if (!more)
            ids[i] = 0;
        if (tell && each != NULL && !each(user, &outcome)) {
            ret->stopped = true;
            return CTES_OK;
        }
    }
    return CTES_OK;
}

static ctes_status select_acts(ctes_session *session, const char *siren, const char *numero,
                               int64_t **ret, size_t *count, ctes_error *err) {
    if (numero == NULL)
        return ctes_register_to_check(session, siren, ret, count, err);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    CTES_TRY(ctes_register_get(session, siren, numero, &record, err));
    int64_t *ids = malloc(sizeof *ids);
    if (ids == NULL)
        return ctes_fail_memory(err);
    ids[0] = record.id;
    *ret = ids;
    *count = 1;
    return CTES_OK;
}

static ctes_status rounds(ctes_session *session, int64_t *ids, size_t count, long wait_s,
                          long every_s, ctes_outcome_fn each, void *user, ctes_error *err) {
    int64_t end = ctes_now_ms(session->context) + (int64_t)wait_s * 1000;
    int64_t every = (every_s > 0 ? every_s : FIRST_PAUSE_S) * (int64_t)1000;
    for (;;) {
        int64_t left = end - ctes_now_ms(session->context);
        bool last = left <= 0;
        round_result result;
        CTES_TRY(one_round(session, ids, count, last, each, user, &result, err));
        if (result.waiting == 0 || result.stopped)
            return CTES_OK;
        if (last)
            return wait_s > 0 ? ctes_fail(err, CTES_E_NOT_YET, NULL, "%zu", result.waiting)
                              : CTES_OK;
        left = end - ctes_now_ms(session->context);
        if (left > 0 && !ctes_sleep_ms(session->context, left < every ? left : every))
            return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
        if (every_s <= 0 && every < LAST_PAUSE_S * INT64_C(1000)) /* soon at first, then calmly */
            every *= 2;
    }
}

ctes_status ctes_refresh(ctes_session *session, const char *siren, const char *numero, long wait_s,
                         long every_s, ctes_outcome_fn each, void *user, ctes_error *err) {
    int64_t *ids = NULL;
    size_t count = 0;
    CTES_TRY(select_acts(session, siren, numero, &ids, &count, err));
    ctes_status status = rounds(session, ids, count, wait_s, every_s, each, user, err);
    free(ids);
    return status;
}
