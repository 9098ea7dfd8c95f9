/* Looking at what waits, as other use cases do it; the use case itself is in <ctes/workflow.h>. */
#ifndef CTES_WORKFLOW_REFRESH_H
#define CTES_WORKFLOW_REFRESH_H

#include "workflow/session.h"

/** One look at everything that waits. `each` is told of what changed, is over, or went wrong; not
 * of what the operator's listings show as it was, which the register is not even asked for.
 *  @return as ctes_refresh. */
ctes_status ctes_refresh_changes(ctes_session *session, ctes_outcome_fn each, void *user,
                                 ctes_error *err) CTES_MUST_CHECK;

#endif
