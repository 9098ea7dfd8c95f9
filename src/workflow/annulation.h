/* Cancellations (6-1, 6-2). */
#ifndef CTES_WORKFLOW_ANNULATION_H
#define CTES_WORKFLOW_ANNULATION_H

#include "workflow/delivery.h"

/** A cancellation is acknowledged (6-2): the act is cancelled, whoever asked for it. One more of
 * the same changes nothing. @return CTES_OK, CTES_E_ACTE_UNKNOWN. */
ctes_status ctes_annulation_acknowledged(ctes_delivery *delivery, const ctes_delivered *delivered,
                                         ctes_error *err) CTES_MUST_CHECK;

/** The evidence of a change. */
typedef struct ctes_preuve {
    const char *kind;
    const void *bytes;
    size_t length;
    const char *sha256, *invalid;
    ctes_date reception;
} ctes_preuve;

/** Makes act and request (NULL: none of ours) cancelled and done. The act is this run's. */
ctes_status ctes_annulation_done(ctes_session *session, const ctes_record *record,
                                 const ctes_courrier *request, const ctes_preuve *preuve,
                                 ctes_error *err) CTES_MUST_CHECK;

#endif
