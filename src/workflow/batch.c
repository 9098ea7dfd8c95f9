/* The nightly batch: every act of a manifest or of a folder of fiches, many under way at once, one
 * bad act stopping none. */
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/batch_jobs.h"
#include "workflow/batch_source.h"
#include "workflow/batch_tally.h"
#include "workflow/crew.h"
#include "workflow/depot.h"
#include "workflow/numbers.h"
#include "workflow/outcome.h"
#include "workflow/together.h"

typedef struct batch {
    ctes_session *session;
    ctes_numbers numbers;
    ctes_crew *crew;
    size_t counted;
    ctes_batch_jobs jobs;
    ctes_tally tally;
} batch;

/* --- a job ------------------------------------------------------------------------------------ */

static void refuse(batch *b, ctes_batch_entry *e, const ctes_error *why) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error fatal = CTES_ERROR_INIT;
    outcome.result = CTES_RESULT_REFUSED;
    outcome.error = *why;
    ctes_status status = ctes_outcome_describe(&outcome, &e->acte, &fatal);
    ctes_tally_arrived(&b->tally, status, &fatal, &outcome, e->line);
}

/* Tells of an act that cannot be sent; false: it may be. */
static bool turn_away(batch *b, ctes_session *session, ctes_batch_entry *e) {
    ctes_error why = CTES_ERROR_INIT;
    if (e->bad == NULL && !ctes_numbers_collide(&b->numbers, session, &e->acte))
        return false;
    if (e->bad == NULL)
        (void)ctes_fail(&why, CTES_E_NUMERO_COLLISION, e->acte.numero, "%s", e->acte.numero);
    refuse(b, e, e->bad != NULL ? e->bad : &why);
    return true;
}

static void send_alone(ctes_session *session, batch *b, ctes_batch_entry *e) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = session->store == NULL ? ctes_check(session, &e->acte, &outcome, &why)
                                                : ctes_send(session, &e->acte, &outcome, &why);
    ctes_tally_arrived(&b->tally, status, &why, &outcome, e->line);
}

/* What ctes_send_together is told to tell. */
typedef struct listener {
    batch *batch;
    ctes_batch_entry *entries[CTES_ENVOI_MAX];
} listener;

static void arrived(void *user, size_t index, ctes_status status, const ctes_error *why,
                    ctes_outcome *outcome) {
    const listener *l = user;
    ctes_tally_arrived(&l->batch->tally, status, why, outcome, l->entries[index]->line);
}

static void send_together(ctes_session *session, batch *b, ctes_batch_job *j) {
    listener l = { .batch = b };
    ctes_acte *actes[CTES_ENVOI_MAX];
    size_t count = 0;
    for (size_t i = 0; i < j->count; i++) {
        if (turn_away(b, session, &j->entries[i]))
            continue;
        l.entries[count] = &j->entries[i];
        actes[count++] = &j->entries[i].acte;
    }
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status =
        count > 0 ? ctes_send_together(session, actes, count, arrived, &l, &why) : CTES_OK;
    if (status != CTES_OK)
        ctes_tally_stop(&b->tally, status, &why);
}

static void do_job(ctes_session *session, void *data) {
    CTES_CLEANUP(ctes_batch_job_freep) ctes_batch_job *j = data;
    batch *b = j->user;
    if (ctes_tally_stopping(&b->tally))
        return;
    if (j->count > 1)
        send_together(session, b, j);
    else if (!turn_away(b, session, &j->entries[0]))
        send_alone(session, b, &j->entries[0]);
}

/* --- the two readings ------------------------------------------------------------------------- */

static ctes_status note(void *user, ctes_acte *acte, const ctes_error *bad, int line,
                        ctes_error *err) {
    batch *b = user;
    (void)line;
    b->counted++;
    return bad == NULL ? ctes_numbers_note(&b->numbers, b->session, acte, err) : CTES_OK;
}

static void submit(void *user, ctes_batch_job *job) {
    const batch *b = user;
    ctes_crew_submit(b->crew, job);
}

static ctes_status hand_in(void *user, ctes_acte *acte, const ctes_error *bad, int line,
                           ctes_error *err) {
    batch *b = user;
    if (ctes_tally_stopping(&b->tally))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    if (bad != NULL)
        b->tally.summary.invalid++; /* this thread's alone */
    return ctes_batch_jobs_add(&b->jobs, acte, bad, line, err);
}

static void tell_wait(void *user, ctes_wait why, int64_t until_ms) {
    ctes_tally *tally = user;
    (void)pthread_mutex_lock(&tally->mutex);
    tally->watch.waits(tally->watch.user, why, until_ms);
    (void)pthread_mutex_unlock(&tally->mutex);
}

/* A night is long: the crew waits for the operator as long as it takes. */
static ctes_status gather(batch *b, ctes_error *err) {
    ctes_pace_watch(b->session->pace, b->tally.watch.waits != NULL ? tell_wait : NULL, &b->tally);
    b->session->patient = true;
    ctes_status status = ctes_crew_gather(b->session, do_job, &b->crew, err);
    b->session->patient = false;
    if (status != CTES_OK)
        ctes_pace_watch(b->session->pace, NULL, NULL); /* the tally does not outlive the batch */
    return status;
}

static ctes_status count_together(batch *b, ctes_error *err) {
    long wanted = b->session->settings.acts_per_enveloppe;
    bool several = false;
    if (b->session->store == NULL || wanted < 2)
        return CTES_OK;
    CTES_TRY(ctes_depot_takes_several(b->session, &several, err));
    if (several)
        b->jobs.together = wanted < CTES_ENVOI_MAX ? (size_t)wanted : CTES_ENVOI_MAX;
    return CTES_OK;
}

static ctes_status send_all(batch *b, const char *path, ctes_error *err) {
    CTES_TRY(ctes_batch_read(path, note, b, err));
    ctes_numbers_sort(&b->numbers);
    if (b->tally.watch.counted != NULL)
        b->tally.watch.counted(b->tally.watch.user, b->counted);
    CTES_TRY(count_together(b, err));
    b->session->looks_later = b->session->store != NULL; /* at all of them, with the rest */
    CTES_TRY(gather(b, err));
    ctes_status status = ctes_batch_read(path, hand_in, b, err);
    ctes_batch_jobs_flush(&b->jobs);
    ctes_crew_finish(b->crew);
    ctes_pace_watch(b->session->pace, NULL, NULL);
    if (b->tally.status == CTES_OK)
        return status;
    if (err != NULL)
        *err = b->tally.error;
    return b->tally.status;
}

ctes_status ctes_batch(ctes_session *session, const char *path, const ctes_batch_watch *watch,
                       ctes_batch_summary *ret, ctes_error *err) {
    batch b = { .session = session, .jobs = { .together = 1, .submit = submit } };
    b.jobs.user = &b;
    ctes_tally_begin(&b.tally, session, watch);
    ctes_status status = send_all(&b, path, err);
    if (status == CTES_OK)
        status = ctes_tally_look_at_the_rest(&b.tally, err);
    session->looks_later = false;
    *ret = b.tally.summary;
    ctes_tally_clear(&b.tally);
    ctes_batch_jobs_clear(&b.jobs);
    ctes_numbers_clear(&b.numbers);
    return status;
}
