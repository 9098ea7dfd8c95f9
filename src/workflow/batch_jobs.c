#include "workflow/batch_jobs.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/fail.h"

enum { HELD_MAX = 1024 }; /* acts that wait for company: a memory that does not grow */

void ctes_batch_job_freep(ctes_batch_job **job) {
    for (size_t i = 0; *job != NULL && i < (*job)->count; i++) {
        ctes_acte_clear(&(*job)->entries[i].acte);
        free((*job)->entries[i].bad);
    }
    free(*job);
    *job = NULL;
}

static void submit(ctes_batch_jobs *jobs, size_t at) {
    ctes_batch_job *job = jobs->open[at];
    jobs->open[at] = jobs->open[--jobs->open_count];
    jobs->held -= job->count;
    jobs->submit(jobs->user, job);
}

static void submit_fullest(ctes_batch_jobs *jobs) {
    size_t fullest = 0;
    for (size_t i = 1; i < jobs->open_count; i++)
        if (jobs->open[i]->count > jobs->open[fullest]->count)
            fullest = i;
    submit(jobs, fullest);
}

/* An enveloppe is one authority's. */
static size_t find(const ctes_batch_jobs *jobs, const ctes_acte *acte) {
    size_t at = 0;
    while (at < jobs->open_count && strcmp(jobs->open[at]->entries[0].acte.siren, acte->siren) != 0)
        at++;
    return at;
}

static ctes_status open_one(ctes_batch_jobs *jobs, ctes_error *err) {
    ctes_batch_job **open =
        ctes_array_room(jobs->open, jobs->open_count, &jobs->open_room, sizeof(ctes_batch_job *));
    if (open == NULL)
        return ctes_fail_memory(err);
    jobs->open = open;
    ctes_batch_job *job = calloc(1, sizeof *job + jobs->together * sizeof job->entries[0]);
    if (job == NULL)
        return ctes_fail_memory(err);
    job->user = jobs->user;
    jobs->open[jobs->open_count++] = job;
    return CTES_OK;
}

static ctes_status copy_error(const ctes_error *bad, ctes_error **ret, ctes_error *err) {
    if (bad == NULL)
        return CTES_OK;
    *ret = malloc(sizeof **ret);
    if (*ret == NULL)
        return ctes_fail_memory(err);
    **ret = *bad;
    return CTES_OK;
}

ctes_status ctes_batch_jobs_add(ctes_batch_jobs *jobs, ctes_acte *acte, const ctes_error *bad,
                                int line, ctes_error *err) {
    ctes_error *why = NULL;
    CTES_TRY(copy_error(bad, &why, err));
    if (jobs->held >= HELD_MAX)
        submit_fullest(jobs);
    size_t at = find(jobs, acte);
    ctes_status status = at == jobs->open_count ? open_one(jobs, err) : CTES_OK;
    if (status != CTES_OK) {
        free(why);
        return status;
    }
    ctes_batch_job *job = jobs->open[at];
    job->entries[job->count++] = (ctes_batch_entry){ .acte = *acte, .bad = why, .line = line };
    *acte = (ctes_acte)CTES_ACTE_INIT;
    jobs->held++;
    if (job->count == jobs->together)
        submit(jobs, at);
    return CTES_OK;
}

void ctes_batch_jobs_flush(ctes_batch_jobs *jobs) {
    while (jobs->open_count > 0)
        submit(jobs, 0);
}

void ctes_batch_jobs_clear(ctes_batch_jobs *jobs) {
    for (size_t i = 0; i < jobs->open_count; i++)
        ctes_batch_job_freep(&jobs->open[i]);
    free(jobs->open);
    jobs->open = NULL;
    jobs->open_count = jobs->open_room = jobs->held = 0;
}
