/* Threads that take jobs from one short queue; handing in waits while the queue is full. */
#ifndef CTES_WORKFLOW_POOL_H
#define CTES_WORKFLOW_POOL_H

#include <ctes/error.h>

#include "base/cleanup.h"

/** Does one job; `worker` is the thread's own. */
typedef void (*ctes_pool_job)(void *worker, void *job);

typedef struct ctes_pool ctes_pool;

/** Starts one thread for each of `workers`, which outlive the pool. */
ctes_status ctes_pool_new(void *const *workers, size_t count, ctes_pool_job work, ctes_pool **ret,
                          ctes_error *err) CTES_MUST_CHECK;

/** Hands a job in; whoever does it releases it. */
void ctes_pool_submit(ctes_pool *pool, void *job);

/** Waits until every job is done and ends the threads. Accepts NULL. */
void ctes_pool_finish(ctes_pool *pool);

#endif
