/* What became of the acts of a batch, counted and told as it becomes known, from any thread. */
#ifndef CTES_WORKFLOW_BATCH_TALLY_H
#define CTES_WORKFLOW_BATCH_TALLY_H

#include <pthread.h>

#include "workflow/session.h"

typedef struct ctes_tally {
    ctes_session *session;
    ctes_batch_watch watch;
    pthread_mutex_t mutex; /* over what follows */
    ctes_batch_summary summary;
    int64_t *pending; /* acts of the batch that wait for their answer: the rest tells of them */
    size_t pending_count, pending_room;
    ctes_status status; /* the first failure that no other act could escape */
    ctes_error error;
} ctes_tally;

/** `watch` may be NULL. */
void ctes_tally_begin(ctes_tally *tally, ctes_session *session, const ctes_batch_watch *watch);
void ctes_tally_clear(ctes_tally *tally);

/** Nothing more begins: for `why`. The first reason stays. */
void ctes_tally_stop(ctes_tally *tally, ctes_status status, const ctes_error *why);

/** Shall nothing more begin? Also asks whether the caller's stop was asked for. */
bool ctes_tally_stopping(ctes_tally *tally);

/** One act of the batch has its outcome: counted and told, and everything stopped if no other act
 *  could fare better (`status`, `why`: as ctes_send returned; an operator that cannot be worked
 *  with). An act that was stopped before anything of it left is not told of. `line`: of the
 *  manifest, 0 for none. */
void ctes_tally_arrived(ctes_tally *tally, ctes_status status, const ctes_error *why,
                        ctes_outcome *outcome, int line);

/** What waited from before is looked at too, and what the batch itself left waiting. */
ctes_status ctes_tally_look_at_the_rest(ctes_tally *tally, ctes_error *err) CTES_MUST_CHECK;

#endif
