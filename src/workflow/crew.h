/*
 * Several acts under way at once: a session for each thread, one recorder for the register, jobs
 * handed in by one caller.
 */
#ifndef CTES_WORKFLOW_CREW_H
#define CTES_WORKFLOW_CREW_H

#include "workflow/session.h"

/** Does one job in a session of its own thread and releases it. */
typedef void (*ctes_crew_job)(ctes_session *session, void *job);

typedef struct ctes_crew ctes_crew;

/** Gathers a crew of `session`'s size (ctes_session_crew). Until it has finished, `session` itself
 * is not used. */
ctes_status ctes_crew_gather(ctes_session *session, ctes_crew_job work, ctes_crew **ret,
                             ctes_error *err) CTES_MUST_CHECK;

/** Hands a job in; waits while every thread is busy and has the next one waiting. */
void ctes_crew_submit(ctes_crew *crew, void *job);

/** Waits for every job; `session` may be used again. Accepts NULL. */
void ctes_crew_finish(ctes_crew *crew);

static inline void ctes_crew_finishp(ctes_crew **p) {
    ctes_crew_finish(*p);
    *p = NULL;
}

#endif
