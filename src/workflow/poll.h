/* Asking the operator about one act that waits. */
#ifndef CTES_WORKFLOW_POLL_H
#define CTES_WORKFLOW_POLL_H

#include "workflow/survey.h"
#include "workflow/waiting.h"

/** Do the listings show the act as the register had it, or is there nobody to ask? Then there is
 *  nothing to take or to write. */
bool ctes_poll_unchanged(ctes_session *session, ctes_survey *survey, const ctes_waiting *act);

/** Asks about an act and records what is new; settles it if it was left unsettled. With a `survey`
 *  (or NULL) the operator's listings answer where they can.
 *  @return CTES_OK, `ret` telling what became of it (CTES_RESULT_CHANGED or _UNCHANGED, with
 *          `error` when it could not be asked about), or a failure that no other act could
 *          escape. */
ctes_status ctes_poll_one(ctes_session *session, ctes_survey *survey, int64_t acte,
                          ctes_outcome *ret, ctes_error *err) CTES_MUST_CHECK;

/** Would no other act, or letter, fare better? An account that the operator refuses is one
 *  authority's own, where there are several; so is an authority that is configured no more. */
bool ctes_stops_all(const ctes_session *session, ctes_status status);

#endif
