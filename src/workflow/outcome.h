/* What became of an act, told to the caller. */
#ifndef CTES_WORKFLOW_OUTCOME_H
#define CTES_WORKFLOW_OUTCOME_H

#include "workflow/session.h"

/** Reads the act's record anew into the outcome. */
ctes_status ctes_outcome_load(ctes_session *session, int64_t acte, ctes_outcome *ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** For an act that the register does not have: what its description says of it. */
ctes_status ctes_outcome_describe(ctes_outcome *ret, const ctes_acte *acte,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Sets result and error for an act that was not sent, and, when the operator keeps its number for
 *  ever, the next number to propose. */
ctes_status ctes_outcome_refuse(ctes_session *session, ctes_outcome *ret, const ctes_error *why,
                                ctes_error *err) CTES_MUST_CHECK;

/** The next free suffixed number for an act that was refused after it was deposited. */
ctes_status ctes_outcome_propose(ctes_session *session, const ctes_record *record, char **ret,
                                 ctes_error *err) CTES_MUST_CHECK;

#endif
