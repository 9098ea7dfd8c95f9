#include "workflow/recorder.h"

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "base/fail.h"

#define TRIES 4 /* of a step that another session was in the way of */

/* Where several are at work, a group waits a little for more of them: one write to the disk then
 * serves them all, and pages that each of them changes are written once. */
enum { GROUP = 16, LINGER_NS = 10000000 };

/* A step handed in, in its caller's frame until it is done. */
typedef struct entry {
    ctes_step step;
    void *data;
    ctes_error *err;
    ctes_status status;
    unsigned tries;
    sem_t done; /* each caller's own: who is woken needs no lock that others have */
    struct entry *next;
} entry;

struct ctes_recorder {
    ctes_store *store;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t work; /* something was handed in, a group is full, or the end was asked for */
    entry *first, **last;
    unsigned count; /* of entries from `first` on */
    bool ending;
};

/* Sessions that share a database and take the same things in another order may have to let go: one
 * of them is told so, and does it again when the other is through. */
static bool lets_go(const entry *e) {
    return e->status == CTES_E_LEDGER_BUSY && e->tries < TRIES;
}

static void run_group(ctes_recorder *r, entry *group) {
    ctes_error failure = CTES_ERROR_INIT;
    ctes_status begun = ctes_store_begin(r->store, &failure);
    for (entry *e = group; e != NULL && begun == CTES_OK; e = e->next) {
        ctes_error why = CTES_ERROR_INIT;
        e->status = e->step(r->store, e->data, &why);
        e->tries++;
        if (e->status != CTES_OK && e->err != NULL && !lets_go(e))
            *e->err = why;
    }
    ctes_status committed = begun == CTES_OK ? ctes_store_commit(r->store, &failure) : begun;
    if (committed == CTES_OK)
        return;
    if (begun == CTES_OK)
        ctes_store_rollback(r->store);
    for (entry *e = group; e != NULL; e = e->next) { /* nothing of the group is on disk */
        e->tries = TRIES;
        e->status = committed;
        if (e->err != NULL)
            *e->err = failure;
    }
}

/* Lets the callers go whose steps are done; returns those that are to be tried again. */
static entry *conclude(entry *group) {
    entry *again = NULL, **last = &again;
    for (entry *e = group, *next; e != NULL; e = next) {
        next = e->next; /* the entry is its caller's once it is done */
        if (lets_go(e)) {
            e->next = NULL;
            *last = e;
            last = &e->next;
        } else {
            (void)sem_post(&e->done);
        }
    }
    return again;
}

static void hand_in(ctes_recorder *r, entry *e) {
    e->next = NULL;
    *r->last = e;
    r->last = &e->next;
    r->count++;
}

/* Call with the mutex held, which others get meanwhile. */
static void linger(ctes_recorder *r) {
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LINGER_NS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (r->count < GROUP && !r->ending)
        if (pthread_cond_timedwait(&r->work, &r->mutex, &until) != 0)
            return;
}

static void *record(void *user) {
    ctes_recorder *r = user;
    unsigned together = 1; /* steps of the group before: whether others are at work too */
    (void)pthread_mutex_lock(&r->mutex);
    for (;;) {
        while (r->first == NULL && !r->ending)
            (void)pthread_cond_wait(&r->work, &r->mutex);
        if (r->first == NULL)
            break;
        if (together > 1)
            linger(r);
        entry *group = r->first;
        together = r->count;
        r->first = NULL;
        r->last = &r->first;
        r->count = 0;
        (void)pthread_mutex_unlock(&r->mutex);
        run_group(r, group);
        entry *again = conclude(group);
        (void)pthread_mutex_lock(&r->mutex);
        for (entry *next; again != NULL; again = next) {
            next = again->next;
            hand_in(r, again);
        }
    }
    (void)pthread_mutex_unlock(&r->mutex);
    return NULL;
}

ctes_status ctes_recorder_new(ctes_store *store, ctes_recorder **ret, ctes_error *err) {
    ctes_recorder *r = calloc(1, sizeof *r);
    if (r == NULL)
        return ctes_fail_memory(err);
    r->store = store;
    r->last = &r->first;
    (void)pthread_mutex_init(&r->mutex, NULL); /* cannot fail with default attributes */
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&r->work, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    int failed = pthread_create(&r->thread, NULL, record, r);
    if (failed != 0) {
        free(r);
        return ctes_fail_errno(err, failed, "pthread_create");
    }
    *ret = r;
    return CTES_OK;
}

void ctes_recorder_free(ctes_recorder *recorder) {
    if (recorder == NULL)
        return;
    (void)pthread_mutex_lock(&recorder->mutex);
    recorder->ending = true;
    (void)pthread_cond_signal(&recorder->work);
    (void)pthread_mutex_unlock(&recorder->mutex);
    (void)pthread_join(recorder->thread, NULL);
    (void)pthread_cond_destroy(&recorder->work);
    (void)pthread_mutex_destroy(&recorder->mutex);
    free(recorder);
}

ctes_status ctes_recorder_run(ctes_recorder *recorder, ctes_step step, void *data,
                              ctes_error *err) {
    entry e = { .step = step, .data = data, .err = err };
    (void)sem_init(&e.done, 0, 0); /* cannot fail for this value */
    (void)pthread_mutex_lock(&recorder->mutex);
    hand_in(recorder, &e);
    bool awaited = recorder->count == 1 || recorder->count == GROUP;
    (void)pthread_mutex_unlock(&recorder->mutex);
    if (awaited)
        (void)pthread_cond_signal(&recorder->work);
    while (sem_wait(&e.done) != 0) /* a signal came between */
        ;
    (void)sem_destroy(&e.done);
    return e.status;
}
