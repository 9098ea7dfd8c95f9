#include "workflow/batch_tally.h"

#include "base/array.h"
#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/outcome.h"
#include "workflow/refresh.h"
#include "workflow/retry.h"

void ctes_tally_begin(ctes_tally *tally, ctes_session *session, const ctes_batch_watch *watch) {
    *tally = (ctes_tally){ .session = session };
    if (watch != NULL)
        tally->watch = *watch;
    (void)pthread_mutex_init(&tally->mutex, NULL); /* cannot fail with default attributes */
}

void ctes_tally_clear(ctes_tally *tally) {
    free(tally->pending);
    (void)pthread_mutex_destroy(&tally->mutex);
}

/* --- counting --------------------------------------------------------------------------------- */

/* Remembered, or counted as pending whatever comes: memory is short, the act is not lost. */
static void note_pending(ctes_tally *tally, int64_t acte) {
    ctes_batch_summary *summary = &tally->summary;
    summary->pending++;
    int64_t *pending = ctes_array_room(tally->pending, tally->pending_count, &tally->pending_room,
                                       sizeof *pending);
    if (pending == NULL)
        return;
    tally->pending = pending;
    tally->pending[tally->pending_count++] = acte;
}

static void count(ctes_tally *tally, const ctes_outcome *outcome) {
    ctes_batch_summary *summary = &tally->summary;
    summary->total++;
    switch (outcome->result) {
    case CTES_RESULT_SENT:
        summary->sent++;
        summary->bytes += outcome->archive_size;
        break;
    case CTES_RESULT_ALREADY:
        summary->already++;
        break;
    case CTES_RESULT_UNSETTLED:
        summary->unsettled++;
        return;
    case CTES_RESULT_REFUSED:
        summary->refused++;
        return;
    default:
        return;
    }
    if (ctes_state_acknowledged(outcome->record.state))
        summary->acknowledged++;
    else if (ctes_state_final(outcome->record.state))
        summary->refused++;
    else
        note_pending(tally, outcome->record.id);
}

/* --- stopping --------------------------------------------------------------------------------- */

/* Call with the mutex held. */
static void stop(ctes_tally *tally, ctes_status status, const ctes_error *why) {
    if (tally->status != CTES_OK)
        return;
    tally->status = status;
    tally->error = *why;
    ctes_pace_stop(tally->session->pace); /* nobody waits for a turn that will not come */
}

static void interrupt(ctes_tally *tally) {
    ctes_error why = CTES_ERROR_INIT;
    stop(tally, ctes_fail(&why, CTES_E_INTERRUPTED, NULL, "%s", ""), &why);
}

static void tell(ctes_tally *tally, ctes_outcome *outcome, int line) {
    if (outcome->error.code != CTES_OK && outcome->error.line == 0)
        outcome->error.line = line;
    (void)pthread_mutex_lock(&tally->mutex);
    count(tally, outcome);
    if (tally->watch.each != NULL && !tally->watch.each(tally->watch.user, outcome))
        interrupt(tally);
    (void)pthread_mutex_unlock(&tally->mutex);
}

void ctes_tally_stop(ctes_tally *tally, ctes_status status, const ctes_error *why) {
    (void)pthread_mutex_lock(&tally->mutex);
    stop(tally, status, why);
    (void)pthread_mutex_unlock(&tally->mutex);
}

bool ctes_tally_stopping(ctes_tally *tally) {
    (void)pthread_mutex_lock(&tally->mutex);
    if (ctes_stop_asked(tally->session->context))
        interrupt(tally);
    bool stopped = tally->status != CTES_OK;
    (void)pthread_mutex_unlock(&tally->mutex);
    return stopped;
}

/* --- telling ---------------------------------------------------------------------------------- */

/* An act that was stopped before anything of it left has not begun: there is nothing to tell. */
static bool not_begun(const ctes_outcome *outcome) {
    return outcome->error.code == CTES_E_INTERRUPTED && !ctes_state_held(outcome->record.state);
}

/* Why no other act could fare better, if so: a stop, or an operator that cannot be worked with, all
 * tries at this act having come to nothing. */
static ctes_status conclude(ctes_tally *tally, ctes_outcome *outcome, int line, ctes_error *err) {
    if (not_begun(outcome))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    tell(tally, outcome, line);
    if (!ctes_temporary(outcome->error.code) || ctes_state_held(outcome->record.state))
        return CTES_OK;
    *err = outcome->error;
    return err->code;
}

void ctes_tally_arrived(ctes_tally *tally, ctes_status status, const ctes_error *why,
                        ctes_outcome *outcome, int line) {
    ctes_error fatal = *why;
    if (status == CTES_OK)
        status = conclude(tally, outcome, line, &fatal);
    else if (fatal.line == 0)
        fatal.line = line;
    if (status != CTES_OK)
        ctes_tally_stop(tally, status, &fatal);
}

/* --- the rest --------------------------------------------------------------------------------- */

static int by_value(const void *left, const void *right) {
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* An act of this batch that waited when it was told: what is it now? */
static void count_answer(ctes_tally *tally, const ctes_record *record) {
    ctes_batch_summary *summary = &tally->summary;
    const int64_t *known = tally->pending_count == 0
                               ? NULL
                               : bsearch(&record->id, tally->pending, tally->pending_count,
                                         sizeof *tally->pending, by_value);
    if (known == NULL || !ctes_state_final(record->state))
        return;
    summary->pending--;
    if (ctes_state_acknowledged(record->state))
        summary->acknowledged++;
    else
        summary->refused++;
}

/* Of the acts that waited, those are told that an answer came for, that a person has to do
 * something about, or that went wrong. */
static bool tell_the_rest(void *user, const ctes_outcome *outcome) {
    ctes_tally *tally = user;
    ctes_state state = outcome->record.state;
    bool is_answer =
        outcome->result == CTES_RESULT_CHANGED &&
        (ctes_state_final(state) || state == CTES_STATE_PARKED || state == CTES_STATE_TO_SIGN);
    if (outcome->result == CTES_RESULT_CHANGED)
        count_answer(tally, &outcome->record);
    bool news = outcome->error.code != CTES_OK || is_answer;
    return !news || tally->watch.each == NULL || tally->watch.each(tally->watch.user, outcome);
}

/* What still waited from before is looked at too: one command a night is enough. */
ctes_status ctes_tally_look_at_the_rest(ctes_tally *tally, ctes_error *err) {
    if (tally->session->store == NULL)
        return CTES_OK;
    if (tally->pending_count > 0)
        qsort(tally->pending, tally->pending_count, sizeof *tally->pending, by_value);
    return ctes_refresh_changes(tally->session, tell_the_rest, tally, err);
}
