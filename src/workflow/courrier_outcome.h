/* What became of a letter, told to the caller. */
#ifndef CTES_WORKFLOW_COURRIER_OUTCOME_H
#define CTES_WORKFLOW_COURRIER_OUTCOME_H

#include <ctes/exchange.h>

#include "base/cleanup.h"

/** Ends a call that sent letter `courrier` (0: nothing was recorded) with `status`, why in `why`: a
 *  letter that the register has tells its own fate.
 *  @return CTES_OK when `ret` tells, else `status`. */
ctes_status ctes_courrier_outcome_conclude(ctes_session *session, int64_t courrier,
                                           ctes_status status, const ctes_error *why,
                                           ctes_courrier_outcome *ret,
                                           ctes_error *err) CTES_MUST_CHECK;

#endif
