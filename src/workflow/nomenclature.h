/* The classification as it comes in (7-2, 7-3). */
#ifndef CTES_WORKFLOW_NOMENCLATURE_H
#define CTES_WORKFLOW_NOMENCLATURE_H

#include "workflow/delivery.h"

/** Keeps a classification that came, or notes that it has not changed; the request that it answers
 *  is over. */
ctes_status ctes_nomenclature_received(ctes_delivery *delivery, const ctes_delivered *delivered,
                                       ctes_error *err) CTES_MUST_CHECK;

#endif
