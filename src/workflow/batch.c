/* The nightly batch: every act of a manifest or of a folder of fiches, many under way at once, one
 * bad act stopping none. */
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/batch_source.h"
#include "workflow/batch_tally.h"
#include "workflow/crew.h"
#include "workflow/depot.h"
#include "workflow/numbers.h"
#include "workflow/outcome.h"
#include "workflow/together.h"

typedef struct job job;

typedef struct batch {
    ctes_session *session;
    ctes_numbers numbers;
    ctes_crew *crew;
    size_t counted;
    size_t together; /* acts in one enveloppe at most */
    job *next;       /* acts read and not handed in yet, or NULL */
    ctes_tally tally;
} batch;

/* One act, or what should have been one. */
typedef struct entry {
    ctes_acte acte;
    bool bad; /* its description is none: `error` tells why */
    ctes_error error;
    int line;
} entry;

/* Acts of one authority on their way to a thread of the crew. */
struct job {
    batch *batch;
    size_t count;
    entry entries[];
};

static void free_jobp(job **j) {
    for (size_t i = 0; *j != NULL && i < (*j)->count; i++)
        ctes_acte_clear(&(*j)->entries[i].acte);
    free(*j);
    *j = NULL;
}

/* --- a job ------------------------------------------------------------------------------------ */

static void refuse(batch *b, entry *e, const ctes_error *why) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error fatal = CTES_ERROR_INIT;
    outcome.result = CTES_RESULT_REFUSED;
    outcome.error = *why;
    ctes_status status = ctes_outcome_describe(&outcome, &e->acte, &fatal);
    ctes_tally_arrived(&b->tally, status, &fatal, &outcome, e->line);
}

static bool is_refused(batch *b, ctes_session *session, entry *e) {
    ctes_error why = e->error;
    if (!e->bad && ctes_numbers_collide(&b->numbers, session, &e->acte))
        (void)ctes_fail(&why, CTES_E_NUMERO_COLLISION, e->acte.numero, "%s", e->acte.numero);
    else if (!e->bad)
        return false;
    refuse(b, e, &why);
    return true;
}

static void send_alone(ctes_session *session, batch *b, entry *e) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = session->store == NULL ? ctes_check(session, &e->acte, &outcome, &why)
                                                : ctes_send(session, &e->acte, &outcome, &why);
    ctes_tally_arrived(&b->tally, status, &why, &outcome, e->line);
}

/* What ctes_send_together is told to tell. */
typedef struct listener {
    batch *batch;
    entry *entries[CTES_ENVOI_MAX];
} listener;

static void arrived(void *user, size_t index, ctes_status status, const ctes_error *why,
                    ctes_outcome *outcome) {
    const listener *l = user;
    ctes_tally_arrived(&l->batch->tally, status, why, outcome, l->entries[index]->line);
}

static void send_together(ctes_session *session, batch *b, job *j) {
    listener l = { .batch = b };
    ctes_acte *actes[CTES_ENVOI_MAX];
    size_t count = 0;
    for (size_t i = 0; i < j->count; i++) {
        if (is_refused(b, session, &j->entries[i]))
            continue;
        l.entries[count] = &j->entries[i];
        actes[count++] = &j->entries[i].acte;
    }
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_send_together(session, actes, count, arrived, &l, &why);
    if (status != CTES_OK)
        ctes_tally_stop(&b->tally, status, &why);
}

static void do_job(ctes_session *session, void *data) {
    CTES_CLEANUP(free_jobp) job *j = data;
    batch *b = j->batch;
    if (ctes_tally_stopping(&b->tally))
        return;
    if (j->count > 1)
        send_together(session, b, j);
    else if (!is_refused(b, session, &j->entries[0]))
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

static void submit(batch *b) {
    if (b->next != NULL)
        ctes_crew_submit(b->crew, CTES_TAKE(b->next));
}

/* An enveloppe is one authority's. */
static bool fits(const job *j, const ctes_acte *acte) {
    return strcmp(j->entries[0].acte.siren, acte->siren) == 0;
}

static ctes_status hand_in(void *user, ctes_acte *acte, const ctes_error *bad, int line,
                           ctes_error *err) {
    batch *b = user;
    if (ctes_tally_stopping(&b->tally))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    if (b->next != NULL && !fits(b->next, acte))
        submit(b);
    if (b->next == NULL)
        b->next = calloc(1, sizeof *b->next + b->together * sizeof b->next->entries[0]);
    if (b->next == NULL)
        return ctes_fail_memory(err);
    entry *e = &b->next->entries[b->next->count++];
    b->next->batch = b;
    e->line = line;
    e->bad = bad != NULL;
    if (bad != NULL) {
        e->error = *bad;
        b->tally.summary.invalid++; /* this thread's alone */
    }
    e->acte = *acte;
    *acte = (ctes_acte)CTES_ACTE_INIT;
    if (b->next->count == b->together)
        submit(b);
    return CTES_OK;
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
    return status;
}

static ctes_status count_together(batch *b, ctes_error *err) {
    long wanted = b->session->settings.acts_per_enveloppe;
    bool several = false;
    b->together = 1;
    if (b->session->store == NULL || wanted < 2)
        return CTES_OK;
    CTES_TRY(ctes_depot_takes_several(b->session, &several, err));
    if (several)
        b->together = wanted < CTES_ENVOI_MAX ? (size_t)wanted : CTES_ENVOI_MAX;
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
    submit(b);
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
    batch b = { .session = session };
    ctes_tally_begin(&b.tally, session, watch);
    ctes_status status = send_all(&b, path, err);
    if (status == CTES_OK)
        status = ctes_tally_look_at_the_rest(&b.tally, err);
    session->looks_later = false;
    *ret = b.tally.summary;
    ctes_tally_clear(&b.tally);
    ctes_numbers_clear(&b.numbers);
    return status;
}
