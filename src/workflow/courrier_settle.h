/* What we sent and is not over: asked about, sent again where that is harmless, or acknowledged. */
#ifndef CTES_WORKFLOW_COURRIER_SETTLE_H
#define CTES_WORKFLOW_COURRIER_SETTLE_H

#include "workflow/delivery.h"

/** The préfecture acknowledges an answer of ours (3-5, 4-5). One more of the same changes nothing.
 *  @return CTES_OK, CTES_E_COURRIER_UNKNOWN when there is no such answer. */
ctes_status ctes_courrier_acknowledged(ctes_delivery *delivery, const ctes_delivered *delivered,
                                       ctes_error *err) CTES_MUST_CHECK;

/** The enveloppe of a letter of ours was refused. One that is over already is left as it is:
 *  CTES_E_ACTE_STATE. */
ctes_status ctes_courrier_failed(ctes_delivery *delivery, int64_t courrier,
                                 const ctes_delivered *delivered, ctes_error *err) CTES_MUST_CHECK;

/** Looks after one letter: its acknowledgement is sent, or what we sent is settled, or asked about.
 *  A person's part is left to the person. `ret_changed` tells whether anything became of it. */
ctes_status ctes_courrier_follow_up(ctes_session *session, ctes_link *link,
                                    const ctes_courrier *courrier, bool *ret_changed,
                                    ctes_error *err) CTES_MUST_CHECK;

#endif
