/* From a whole request to a reply ready to be sent: dispatch, faults, the record. */
#ifndef CTES_SANDBOX_ANSWER_H
#define CTES_SANDBOX_ANSWER_H

#include "sandbox/exchange.h"

/** What is to be done with the connection now. */
typedef enum answer_end {
    ANSWER_REPLY, /**< send the reply */
    ANSWER_CUT    /**< close without a byte */
} answer_end;

/** Does the work of a request that was read whole and records it. */
answer_end answer(sb_exchange *x);

/** Records a request that never came whole: its client went away. */
void answer_aborted(sb_exchange *x);

/** Waits until the client gives up or the sandbox stops. */
void answer_stall(sb_exchange *x);
/** Waits; cut short when the sandbox stops. */
void answer_pause(const sb_exchange *x, int64_t ms);
/** Cuts the connection at once, in both directions. */
void answer_cut(sb_exchange *x);

#endif
