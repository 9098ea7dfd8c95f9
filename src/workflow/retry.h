/*
 * Trying again where the operator certainly has not got the act: it could not be reached, it turned
 * us away (429, 503 with Retry-After), or a question before the deposit failed. Whatever may have
 * been received is never tried again by this; it is settled by asking (settle.c).
 */
#ifndef CTES_WORKFLOW_RETRY_H
#define CTES_WORKFLOW_RETRY_H

#include "workflow/session.h"

/** The attempts at one act within one call. */
typedef struct ctes_attempts {
    unsigned failed;
    int64_t first_ms; /**< when the first one failed */
} ctes_attempts;

#define CTES_ATTEMPTS_INIT                                                                         \
    { .failed = 0 }

/** Is it a failure of the network or the operator that may pass by itself? */
bool ctes_temporary(ctes_status status);

/** How long to wait after `failed` failures: anything up to base · 2^(failed - 1), five minutes at
 *  most, so that many who failed together do not come back together ("full jitter"). */
int64_t ctes_backoff_ms(const ctes_context *context, unsigned failed);

/** An attempt has failed with `why`, the register having the act in `state`. True when there shall
 * be another one: the pace then holds everything back until its time. */
bool ctes_attempts_another(ctes_attempts *attempts, ctes_session *session, ctes_state state,
                           const ctes_error *why);

#endif
