#include "workflow/crew.h"

#include "base/fail.h"
#include "workflow/pool.h"

struct ctes_crew {
    ctes_crew_job work;
    ctes_recorder *recorder;
    ctes_seats *seats;
    size_t size;
    ctes_pool *pool;
    struct member {
        ctes_crew *crew;
        ctes_session *session;
    } * members;
};

static void work_on(void *worker, void *job) {
    const struct member *m = worker;
    m->crew->work(m->session, job);
}

static ctes_status fork_sessions(ctes_crew *crew, const ctes_session *owner, void **workers,
                                 ctes_error *err) {
    for (size_t i = 0; i < crew->size; i++) {
        crew->members[i].crew = crew;
        CTES_TRY(ctes_session_fork(owner, crew->recorder, (unsigned)i + 1,
                                   &crew->members[i].session, err));
        crew->members[i].session->seats = crew->seats;
        workers[i] = &crew->members[i];
    }
    return CTES_OK;
}

static ctes_status gather(ctes_crew *crew, ctes_session *owner, ctes_error *err) {
    if (owner->store != NULL)
        CTES_TRY(ctes_recorder_new(owner->store, &crew->recorder, err));
    CTES_TRY(ctes_seats_new(&crew->seats, err));
    crew->members = calloc(crew->size, sizeof *crew->members);
    void **workers = calloc(crew->size, sizeof *workers);
    ctes_status status = crew->members == NULL || workers == NULL
                             ? ctes_fail_memory(err)
                             : fork_sessions(crew, owner, workers, err);
    if (status == CTES_OK)
        status = ctes_pool_new(workers, crew->size, work_on, &crew->pool, err);
    free(workers);
    return status;
}

ctes_status ctes_crew_gather(ctes_session *session, ctes_crew_job work, ctes_crew **ret,
                             ctes_error *err) {
    CTES_CLEANUP(ctes_crew_finishp) ctes_crew *crew = calloc(1, sizeof *crew);
    if (crew == NULL)
        return ctes_fail_memory(err);
    crew->work = work;
    crew->size = ctes_session_crew(session);
    CTES_TRY(gather(crew, session, err));
    *ret = CTES_TAKE(crew);
    return CTES_OK;
}

void ctes_crew_submit(ctes_crew *crew, void *job) {
    ctes_pool_submit(crew->pool, job);
}

void ctes_crew_finish(ctes_crew *crew) {
    if (crew == NULL)
        return;
    ctes_pool_finish(crew->pool);
    for (size_t i = 0; crew->members != NULL && i < crew->size; i++)
        ctes_session_free(crew->members[i].session);
    free(crew->members);
    ctes_recorder_free(crew->recorder);
    ctes_seats_free(crew->seats);
    free(crew);
}
