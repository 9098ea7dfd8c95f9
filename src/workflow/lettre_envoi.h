/* The moment a recorded message leaves, and what its outcome makes of the register. */
#ifndef CTES_WORKFLOW_LETTRE_ENVOI_H
#define CTES_WORKFLOW_LETTRE_ENVOI_H

#include "workflow/lettre.h"
#include "workflow/pli.h"

/** A letter as it leaves: signed files where the operator writes the message, and on the direct
 *  channel the message in its enveloppe. */
typedef struct ctes_lettre_prete {
    ctes_paquet paquet;
    ctes_pli pli; /**< no archive: the operator makes it */
} ctes_lettre_prete;

#define CTES_LETTRE_PRETE_INIT                                                                     \
    { .paquet = CTES_PAQUET_INIT, .pli = CTES_PLI_INIT }
void ctes_lettre_prete_clear(ctes_lettre_prete *prete);

/** Sends the message of a letter that is TO_SEND and records how it went. */
ctes_status ctes_lettre_hand_over(ctes_session *session, ctes_link *link, const ctes_lettre *lettre,
                                  const ctes_lettre_prete *prete, int64_t courrier,
                                  ctes_error *err) CTES_MUST_CHECK;

#endif
