#include "workflow/recorder.h"

#include <pthread.h>

#include "base/fail.h"

#define TRIES 4 /* of a step that another session was in the way of */

/* A step handed in, in its caller's frame until it is done. */
typedef struct entry {
    ctes_step step;
    void *data;
    ctes_error *err;
    ctes_status status;
    unsigned tries;
    bool done;
    pthread_cond_t changed; /* `done`: each caller waits for its own, a group wakes no other */
    struct entry *next;
} entry;

struct ctes_recorder {
    ctes_store *store;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t work; /* something was handed in, or the end was asked for */
    entry *first, **last;
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

static void hand_in(ctes_recorder *r, entry *e) {
    e->next = NULL;
    *r->last = e;
    r->last = &e->next;
}

static void *record(void *user) {
    ctes_recorder *r = user;
    (void)pthread_mutex_lock(&r->mutex);
    for (;;) {
        while (r->first == NULL && !r->ending)
            (void)pthread_cond_wait(&r->work, &r->mutex);
        entry *group = r->first;
        if (group == NULL)
            break;
        r->first = NULL;
        r->last = &r->first;
        (void)pthread_mutex_unlock(&r->mutex);
        run_group(r, group);
        (void)pthread_mutex_lock(&r->mutex);
        for (entry *e = group, *next; e != NULL; e = next) {
            next = e->next; /* the entry is its caller's again once it is done */
            if (lets_go(e)) {
                hand_in(r, e);
                continue;
            }
            e->done = true;
            (void)pthread_cond_signal(&e->changed); /* under the mutex: then its frame goes */
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
    (void)pthread_cond_init(&r->work, NULL);
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
    (void)pthread_cond_init(&e.changed, NULL);
    (void)pthread_mutex_lock(&recorder->mutex);
    hand_in(recorder, &e); /* taken off the queue by the recorder before `done` is set */
    (void)pthread_cond_signal(&recorder->work);
    while (!e.done)
        (void)pthread_cond_wait(&e.changed, &recorder->mutex);
    (void)pthread_mutex_unlock(&recorder->mutex);
    (void)pthread_cond_destroy(&e.changed);
    return e.status;
}
