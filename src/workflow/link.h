/* What an authority's way to the préfecture is like. */
#ifndef CTES_WORKFLOW_LINK_H
#define CTES_WORKFLOW_LINK_H

#include "workflow/session.h"

/** Without an operator between: letters travel as archives, answers come by mail, and sending the
 *  same archive again is how an answer that was lost is settled. */
static inline bool ctes_link_is_direct(const ctes_link *link) {
    return link->operator_ != NULL && link->operator_->submit != NULL;
}

#endif
