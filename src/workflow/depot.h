/* Depositing one recorded act, and settling a deposit whose reply was lost. */
#ifndef CTES_WORKFLOW_DEPOT_H
#define CTES_WORKFLOW_DEPOT_H

#include "workflow/paquet.h"

/** Packages and deposits a PREPARED or REFUSED act that this process has leased: the attempt is on
 *  disk before the first byte leaves, its result behind it.
 *  @return CTES_OK when the operator holds the act; else why not, the register telling the same. */
ctes_status ctes_depot_send(ctes_session *session, ctes_link *link, const ctes_acte *acte,
                            const ctes_record *record, ctes_paquet *paquet,
                            ctes_error *err) CTES_MUST_CHECK;

/** Settles an act in state TO_SEND or UNSETTLED by asking the operator whether it holds it. Held:
 * its state is recorded. Not held, and the operator has had the time to finish what it may have
 *  received: PREPARED again.
 *  @return CTES_OK when settled either way, CTES_E_UNSETTLED while it is not (detail: until when),
 *          or why the operator could not be asked. */
ctes_status ctes_depot_settle(ctes_session *session, ctes_link *link, const ctes_record *record,
                              ctes_error *err) CTES_MUST_CHECK;

/** Asks whether the operator holds an act that the register believes it refused; adopts it if so.
 */
ctes_status ctes_depot_probe(ctes_session *session, ctes_link *link, const ctes_record *record,
                             ctes_error *err) CTES_MUST_CHECK;

/** The operator says that the number is in use, and we have tried before: is the act it holds ours?
 *  Its listing must show our subject and our date. @return CTES_OK and its identifier, or
 *  CTES_E_OPERATOR_HOLDS. */
ctes_status ctes_depot_recognise(ctes_operator *op, const ctes_record *record,
                                 int64_t *ret_transaction, ctes_error *err) CTES_MUST_CHECK;

#endif
