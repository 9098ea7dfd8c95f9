/* What the operator and the préfecture say of a deposited act, and what it makes of the register.
 */
#ifndef CTES_WORKFLOW_ACQUITTEMENT_H
#define CTES_WORKFLOW_ACQUITTEMENT_H

#include "workflow/session.h"

/** Applies a status of the operator to an act: fetches the ARActe where there is one, reads it,
 *  checks that it answers the act we sent, records what is new with its evidence. `record` is the
 *  act as loaded; load it anew to see the result.
 *  @return CTES_OK also when nothing changed; what reading the operator's answer can give. */
ctes_status ctes_acquittement_apply(ctes_session *session, ctes_operator *op,
                                    const ctes_record *record, const ctes_operator_status *status,
                                    ctes_error *err) CTES_MUST_CHECK;

/** Applies an ARActe that came by itself, as mails do, to an act that this run has taken. One more
 * of an act that has its acknowledgement, or was cancelled since, changes nothing.
 *  @return as above. */
ctes_status ctes_acquittement_ar(ctes_session *session, const ctes_record *record,
                                 const void *bytes, size_t length, ctes_error *err) CTES_MUST_CHECK;

/** The same of an AnomalieActe or AnomalieEnveloppe. An act that no longer waits for an answer is
 *  left as it is (norm sheet § 2): CTES_E_ACTE_STATE, for a person to look. One that the act has
 *  already, byte for byte, changes nothing. */
ctes_status ctes_acquittement_anomalie(ctes_session *session, const ctes_record *record,
                                       const void *bytes, size_t length,
                                       ctes_error *err) CTES_MUST_CHECK;

/** The state of an act on its way, as the register names it; CTES_STATE_NONE for the operator's
 *  other states. */
ctes_state ctes_acquittement_state(ctes_operator_state state);

/** Asks for the status of a deposited act and applies it. */
ctes_status ctes_acquittement_ask(ctes_session *session, ctes_operator *op,
                                  const ctes_record *record, ctes_error *err) CTES_MUST_CHECK;

#endif
