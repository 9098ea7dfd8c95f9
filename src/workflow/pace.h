/*
 * The operator's limits, shared by all the threads of a session: before an attempt is recorded it
 * waits here until the hours are open, the operator no longer asks to wait, and the hour's volume
 * has room.
 *
 * The volume is counted from the attempts that the register has, whoever made them, so that a
 * restarted run and other runs on the same register keep within it too. Attempts of two runs that
 * begin in the same second do not know of each other: together they may pass the limit by what each
 * has under way. An act larger than the whole volume leaves alone, after an hour without any.
 */
#ifndef CTES_WORKFLOW_PACE_H
#define CTES_WORKFLOW_PACE_H

#include <ctes/workflow.h>

#include "base/cleanup.h"

struct ctes_session;

typedef struct ctes_pace ctes_pace;

/** Told of each wait that takes more than a moment, once, by the thread that meets it first. */
typedef void (*ctes_wait_fn)(void *user, ctes_wait why, int64_t until_ms);

/** @return CTES_OK, CTES_E_CONFIG_INVALID (closed hours), CTES_E_MEMORY. */
ctes_status ctes_pace_new(const ctes_settings *settings, ctes_pace **ret,
                          ctes_error *err) CTES_MUST_CHECK;
void ctes_pace_free(ctes_pace *pace);

/** Whom to tell of waits (NULL: nobody), from the beginning of a run on. */
void ctes_pace_watch(ctes_pace *pace, ctes_wait_fn tell, void *user);

/** Waits until an attempt of about `bytes` may begin, and keeps room for it until
 *  ctes_pace_leave(). `ret_waited` is set when any time passed.
 *  @return CTES_OK, CTES_E_INTERRUPTED, CTES_E_NOT_NOW (the session does not wait that long;
 * detail: why and until when), or why the register could not be read. */
ctes_status ctes_pace_enter(struct ctes_session *session, uint64_t bytes, bool *ret_waited,
                            ctes_error *err) CTES_MUST_CHECK;

/** Nothing begins any more in this run: whoever waits goes home with CTES_E_INTERRUPTED. */
void ctes_pace_stop(ctes_pace *pace);

/** The attempt that entered with `bytes` is over, `left` bytes having been sent or nearly: the
 *  register tells of them from its next reading on. */
void ctes_pace_leave(struct ctes_session *session, uint64_t bytes, uint64_t left);

/** Nothing begins for the next `ms` (an hour at most: no answer of the operator's stops a run for
 *  longer without its being asked again). */
void ctes_pace_hold(struct ctes_session *session, int64_t ms);

/** How long the operator's last wish to wait still lasts, 0 when it does not. */
int64_t ctes_pace_held_ms(const struct ctes_session *session);

#endif
