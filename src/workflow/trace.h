/* Every exchange with the operator, written into the register as it happens. */
#ifndef CTES_WORKFLOW_TRACE_H
#define CTES_WORKFLOW_TRACE_H

#include "operator/operator.h"

/** A ctes_trace_fn; `user` is the ctes_session, whose `acte` says what the exchange is about. */
void ctes_trace_record(void *user, const ctes_exchange *exchange);

#endif
