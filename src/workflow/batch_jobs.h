/*
 * The acts of a batch as they are handed to its crew: those of one authority together, as many as
 * an enveloppe takes, whatever order they were read in. Few wait for others to join them.
 */
#ifndef CTES_WORKFLOW_BATCH_JOBS_H
#define CTES_WORKFLOW_BATCH_JOBS_H

#include <ctes/acte.h>

#include "base/cleanup.h"

/** One act, or what should have been one. */
typedef struct ctes_batch_entry {
    ctes_acte acte;
    ctes_error *bad; /**< its description is none: why; else NULL */
    int line;        /**< of the manifest, 0 for none */
} ctes_batch_entry;

typedef struct ctes_batch_job {
    void *user; /**< of the jobs it came from */
    size_t count;
    ctes_batch_entry entries[];
} ctes_batch_job;
void ctes_batch_job_freep(ctes_batch_job **job);

typedef struct ctes_batch_jobs {
    size_t together;                                 /**< acts in a job at most, at least 1 */
    void (*submit)(void *user, ctes_batch_job *job); /**< takes the job over */
    void *user;
    ctes_batch_job **open; /* one an authority, not full yet */
    size_t open_count, open_room;
    size_t held; /* acts in them */
} ctes_batch_jobs;

/** Takes the act, leaving an empty one in its place; `bad` is copied. */
ctes_status ctes_batch_jobs_add(ctes_batch_jobs *jobs, ctes_acte *acte, const ctes_error *bad,
                                int line, ctes_error *err) CTES_MUST_CHECK;

/** Submits what still waits for company. */
void ctes_batch_jobs_flush(ctes_batch_jobs *jobs);
void ctes_batch_jobs_clear(ctes_batch_jobs *jobs);

#endif
