/*
 * What the operator's listings say of the acts that wait, so that a nightly check of thousands of
 * acts, of which a few have news, asks a few pages and not thousands of questions.
 */
#ifndef CTES_WORKFLOW_SURVEY_H
#define CTES_WORKFLOW_SURVEY_H

#include "workflow/session.h"

typedef struct ctes_survey ctes_survey;

/** A survey of the authorities of `session`, which asks nothing yet. */
ctes_status ctes_survey_new(const ctes_session *session, ctes_survey **ret,
                            ctes_error *err) CTES_MUST_CHECK;
void ctes_survey_free(ctes_survey *survey);
static inline void ctes_survey_freep(ctes_survey **p) {
    ctes_survey_free(*p);
    *p = NULL;
}

/** The state in which the operator lists a transaction of an authority, by its rank in the
 * settings. The listings are read once several acts of the authority have been asked about. Any
 * thread may ask.
 *  @return CTES_OP_UNKNOWN when the transaction alone must be asked for: it is not listed, the
 *          listings could not be read, or its authority has few acts that wait. */
ctes_operator_state ctes_survey_state(ctes_survey *survey, ctes_session *session, size_t autorite,
                                      int64_t transaction, int *ret_native);

#endif
