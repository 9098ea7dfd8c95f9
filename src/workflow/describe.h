/* From a description to an act that may be sent: shared by check, send and resend. */
#ifndef CTES_WORKFLOW_DESCRIBE_H
#define CTES_WORKFLOW_DESCRIBE_H

#include "workflow/paquet.h"

/** Finds the act's authority, checks and completes the description, tells the outcome what was
 *  changed on the way. */
ctes_status ctes_describe(ctes_session *session, ctes_acte *acte, ctes_link **ret_link,
                          ctes_outcome *outcome, ctes_error *err) CTES_MUST_CHECK;

/** True when a code tells of one act; false when no act could have fared better. */
bool ctes_about_the_act(ctes_status status);

/** True when a code tells of one authority's account, and the session serves others too. */
bool ctes_about_the_account(const ctes_session *session, ctes_status status);

/** Checks, records and deposits `acte`, `replaces` being the act it is sent in place of (or 0). */
ctes_status ctes_send_one(ctes_session *session, ctes_acte *acte, int64_t replaces,
                          ctes_outcome *ret, ctes_error *err) CTES_MUST_CHECK;

#endif
