#include "workflow/pool.h"

#include <pthread.h>

#include "base/fail.h"

typedef struct member {
    ctes_pool *pool;
    void *worker;
    pthread_t thread;
} member;

struct ctes_pool {
    ctes_pool_job work;
    member *members;
    size_t count; /* of threads that run */
    pthread_mutex_t mutex;
    pthread_cond_t filled, emptied;
    void **jobs; /* a ring as long as there are threads: enough to keep each busy */
    size_t room, first, waiting;
    bool ending;
};

static void *take(ctes_pool *pool) {
    (void)pthread_mutex_lock(&pool->mutex);
    while (pool->waiting == 0 && !pool->ending)
        (void)pthread_cond_wait(&pool->filled, &pool->mutex);
    void *job = NULL;
    if (pool->waiting > 0) {
        job = pool->jobs[pool->first];
        pool->first = (pool->first + 1) % pool->room;
        pool->waiting--;
    }
    (void)pthread_mutex_unlock(&pool->mutex);
    (void)pthread_cond_signal(&pool->emptied);
    return job;
}

static void *run(void *user) {
    const member *m = user;
    for (void *job; (job = take(m->pool)) != NULL;)
        m->pool->work(m->worker, job);
    return NULL;
}

void ctes_pool_submit(ctes_pool *pool, void *job) {
    (void)pthread_mutex_lock(&pool->mutex);
    while (pool->waiting == pool->room)
        (void)pthread_cond_wait(&pool->emptied, &pool->mutex);
    pool->jobs[(pool->first + pool->waiting) % pool->room] = job;
    pool->waiting++;
    (void)pthread_mutex_unlock(&pool->mutex);
    (void)pthread_cond_signal(&pool->filled);
}

void ctes_pool_finish(ctes_pool *pool) {
    if (pool == NULL)
        return;
    (void)pthread_mutex_lock(&pool->mutex);
    pool->ending = true;
    (void)pthread_cond_broadcast(&pool->filled);
    (void)pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->count; i++)
        (void)pthread_join(pool->members[i].thread, NULL);
    (void)pthread_cond_destroy(&pool->emptied);
    (void)pthread_cond_destroy(&pool->filled);
    (void)pthread_mutex_destroy(&pool->mutex);
    free(pool->jobs);
    free(pool->members);
    free(pool);
}

ctes_status ctes_pool_new(void *const *workers, size_t count, ctes_pool_job work, ctes_pool **ret,
                          ctes_error *err) {
    ctes_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return ctes_fail_memory(err);
    pool->work = work;
    pool->room = count;
    pool->members = calloc(count, sizeof *pool->members);
    pool->jobs = calloc(count, sizeof *pool->jobs);
    (void)pthread_mutex_init(&pool->mutex, NULL); /* cannot fail with default attributes */
    (void)pthread_cond_init(&pool->filled, NULL);
    (void)pthread_cond_init(&pool->emptied, NULL);
    ctes_status status =
        pool->members == NULL || pool->jobs == NULL ? ctes_fail_memory(err) : CTES_OK;
    for (size_t i = 0; status == CTES_OK && i < count; i++) {
        pool->members[i] = (member){ .pool = pool, .worker = workers[i] };
        int failed = pthread_create(&pool->members[i].thread, NULL, run, &pool->members[i]);
        if (failed != 0)
            status = ctes_fail_errno(err, failed, "pthread_create");
        else
            pool->count++;
    }
    if (status != CTES_OK) {
        ctes_pool_finish(pool);
        return status;
    }
    *ret = pool;
    return CTES_OK;
}
