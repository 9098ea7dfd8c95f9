/* The nightly batch: every act of a manifest or of a folder of fiches, many under way at once, one
 * bad act stopping none. */
#include <pthread.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/crew.h"
#include "workflow/describe.h"
#include "workflow/numbers.h"
#include "workflow/outcome.h"
#include "workflow/retry.h"
#include "workflow/batch_source.h"

typedef struct batch {
    ctes_session *session;
    ctes_numbers numbers;
    ctes_crew *crew;
    size_t counted;
    pthread_mutex_t mutex; /* over what follows: the crew's threads tell their outcomes here */
    ctes_batch_watch watch;
    ctes_batch_summary summary;
    int64_t *pending; /* acts of the batch that wait for their answer: the rest tells of them */
    size_t pending_count, pending_room;
    ctes_status status; /* the first failure that no other act could escape */
    ctes_error error;
} batch;

/* An act on its way to a thread of the crew. */
typedef struct job {
    batch *batch;
    ctes_acte acte;
    bool bad; /* its description is none: `error` tells why */
    ctes_error error;
    int line;
} job;

static void free_jobp(job **j) {
    if (*j != NULL)
        ctes_acte_clear(&(*j)->acte);
    free(*j);
    *j = NULL;
}

/* --- what became of an act -------------------------------------------------------------------- */

/* Remembered, or counted as pending whatever comes: memory is short, the act is not lost. */
static void note_pending(batch *b, int64_t acte) {
    ctes_batch_summary *summary = &b->summary;
    summary->pending++;
    int64_t *pending =
        ctes_array_room(b->pending, b->pending_count, &b->pending_room, sizeof *pending);
    if (pending == NULL)
        return;
    b->pending = pending;
    b->pending[b->pending_count++] = acte;
}

static void count(batch *b, const ctes_outcome *outcome) {
    ctes_batch_summary *summary = &b->summary;
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
        note_pending(b, outcome->record.id);
}

/* Call with the mutex held. */
static void stop(batch *b, ctes_status status, const ctes_error *why) {
    if (b->status != CTES_OK)
        return;
    b->status = status;
    b->error = *why;
    ctes_pace_stop(b->session->pace); /* nobody waits for a turn that will not come */
}

static void interrupt(batch *b) {
    ctes_error why = CTES_ERROR_INIT;
    stop(b, ctes_fail(&why, CTES_E_INTERRUPTED, NULL, "%s", ""), &why);
}

static void tell(batch *b, ctes_outcome *outcome, int line) {
    if (outcome->error.code != CTES_OK && outcome->error.line == 0)
        outcome->error.line = line;
    (void)pthread_mutex_lock(&b->mutex);
    count(b, outcome);
    if (b->watch.each != NULL && !b->watch.each(b->watch.user, outcome))
        interrupt(b);
    (void)pthread_mutex_unlock(&b->mutex);
}

static bool stopping(batch *b) {
    (void)pthread_mutex_lock(&b->mutex);
    if (ctes_stop_asked(b->session->context))
        interrupt(b);
    bool stopped = b->status != CTES_OK;
    (void)pthread_mutex_unlock(&b->mutex);
    return stopped;
}

/* --- one act ---------------------------------------------------------------------------------- */

static ctes_status refuse(ctes_outcome *ret, const ctes_acte *acte, const ctes_error *why,
                          ctes_error *err) {
    ret->result = CTES_RESULT_REFUSED;
    ret->error = *why;
    return ctes_outcome_describe(ret, acte, err);
}

static ctes_status send_acte(ctes_session *session, job *j, ctes_outcome *ret, ctes_error *err) {
    if (j->bad)
        return refuse(ret, &j->acte, &j->error, err);
    if (ctes_numbers_collide(&j->batch->numbers, session, &j->acte)) {
        ctes_error why = CTES_ERROR_INIT;
        (void)ctes_fail(&why, CTES_E_NUMERO_COLLISION, j->acte.numero, "%s", j->acte.numero);
        return refuse(ret, &j->acte, &why, err);
    }
    return session->store == NULL ? ctes_check(session, &j->acte, ret, err)
                                  : ctes_send(session, &j->acte, ret, err);
}

/* An act that was stopped before anything of it left has not begun: there is nothing to tell. */
static bool not_begun(const ctes_outcome *outcome) {
    return outcome->error.code == CTES_E_INTERRUPTED && !ctes_state_held(outcome->record.state);
}

/* Tells what became of an act. @return why no other act could fare better, if so: a stop, or an
 * operator that cannot be worked with, all tries at this act having come to nothing. */
static ctes_status conclude(batch *b, ctes_outcome *outcome, int line, ctes_error *err) {
    if (not_begun(outcome))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    tell(b, outcome, line);
    if (!ctes_temporary(outcome->error.code) || ctes_state_held(outcome->record.state))
        return CTES_OK;
    *err = outcome->error;
    return err->code;
}

static void do_job(ctes_session *session, void *data) {
    CTES_CLEANUP(free_jobp) job *j = data;
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    batch *b = j->batch;
    if (stopping(b))
        return;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = send_acte(session, j, &outcome, &why);
    if (status != CTES_OK && why.line == 0)
        why.line = j->line;
    if (status == CTES_OK)
        status = conclude(b, &outcome, j->line, &why);
    if (status == CTES_OK)
        return;
    (void)pthread_mutex_lock(&b->mutex);
    stop(b, status, &why);
    (void)pthread_mutex_unlock(&b->mutex);
}

/* --- the two readings ------------------------------------------------------------------------- */

static ctes_status note(void *user, ctes_acte *acte, const ctes_error *bad, int line,
                        ctes_error *err) {
    batch *b = user;
    (void)line;
    b->counted++;
    return bad == NULL ? ctes_numbers_note(&b->numbers, b->session, acte, err) : CTES_OK;
}

static ctes_status hand_in(void *user, ctes_acte *acte, const ctes_error *bad, int line,
                           ctes_error *err) {
    batch *b = user;
    if (stopping(b))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return ctes_fail_memory(err);
    j->batch = b;
    j->line = line;
    if (bad != NULL) {
        j->bad = true;
        j->error = *bad;
        b->summary.invalid++; /* this thread's alone */
    }
    j->acte = *acte;
    *acte = (ctes_acte)CTES_ACTE_INIT;
    ctes_crew_submit(b->crew, j);
    return CTES_OK;
}

static void tell_wait(void *user, ctes_wait why, int64_t until_ms) {
    batch *b = user;
    (void)pthread_mutex_lock(&b->mutex);
    b->watch.waits(b->watch.user, why, until_ms);
    (void)pthread_mutex_unlock(&b->mutex);
}

/* A night is long: the crew waits for the operator as long as it takes. */
static ctes_status gather(batch *b, ctes_error *err) {
    ctes_pace_watch(b->session->pace, b->watch.waits != NULL ? tell_wait : NULL, b);
    b->session->patient = true;
    ctes_status status = ctes_crew_gather(b->session, do_job, &b->crew, err);
    b->session->patient = false;
    return status;
}

static ctes_status send_all(batch *b, const char *path, ctes_error *err) {
    CTES_TRY(ctes_batch_read(path, note, b, err));
    ctes_numbers_sort(&b->numbers);
    if (b->watch.counted != NULL)
        b->watch.counted(b->watch.user, b->counted);
    b->session->looks_later = b->session->store != NULL; /* at all of them, with the rest */
    CTES_TRY(gather(b, err));
    ctes_status status = ctes_batch_read(path, hand_in, b, err);
    ctes_crew_finish(b->crew);
    ctes_pace_watch(b->session->pace, NULL, NULL);
    if (b->status == CTES_OK)
        return status;
    if (err != NULL)
        *err = b->error;
    return b->status;
}

/* --- the rest --------------------------------------------------------------------------------- */

static int by_value(const void *left, const void *right) {
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* An act of this batch that waited when it was told: what is it now? */
static void count_answer(batch *b, const ctes_record *record) {
    ctes_batch_summary *summary = &b->summary;
    const int64_t *known =
        b->pending_count == 0
            ? NULL
            : bsearch(&record->id, b->pending, b->pending_count, sizeof *b->pending, by_value);
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
    batch *b = user;
    ctes_state state = outcome->record.state;
    bool is_answer =
        outcome->result == CTES_RESULT_CHANGED &&
        (ctes_state_final(state) || state == CTES_STATE_PARKED || state == CTES_STATE_TO_SIGN);
    if (outcome->result == CTES_RESULT_CHANGED)
        count_answer(b, &outcome->record);
    bool news = outcome->error.code != CTES_OK || is_answer;
    return !news || b->watch.each == NULL || b->watch.each(b->watch.user, outcome);
}

/* What still waited from before is looked at too: one command a night is enough. */
static ctes_status look_at_the_rest(batch *b, ctes_error *err) {
    if (b->session->store == NULL)
        return CTES_OK;
    if (b->pending_count > 0)
        qsort(b->pending, b->pending_count, sizeof *b->pending, by_value);
    return ctes_refresh(b->session, NULL, NULL, 0, 0, tell_the_rest, b, err);
}

ctes_status ctes_batch(ctes_session *session, const char *path, const ctes_batch_watch *watch,
                       ctes_batch_summary *ret, ctes_error *err) {
    batch b = { .session = session };
    if (watch != NULL)
        b.watch = *watch;
    (void)pthread_mutex_init(&b.mutex, NULL); /* cannot fail with default attributes */
    ctes_status status = send_all(&b, path, err);
    if (status == CTES_OK)
        status = look_at_the_rest(&b, err);
    session->looks_later = false;
    free(b.pending);
    ctes_numbers_clear(&b.numbers);
    (void)pthread_mutex_destroy(&b.mutex);
    *ret = b.summary;
    return status;
}
