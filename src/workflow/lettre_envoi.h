/* The moment a recorded message leaves, and what its outcome makes of the register. */
#ifndef CTES_WORKFLOW_LETTRE_ENVOI_H
#define CTES_WORKFLOW_LETTRE_ENVOI_H

#include "workflow/lettre.h"

/** Sends the message of a letter that is TO_SEND and records how it went. */
ctes_status ctes_lettre_hand_over(ctes_session *session, ctes_link *link, const ctes_lettre *lettre,
                                  const ctes_paquet *paquet, int64_t courrier,
                                  ctes_error *err) CTES_MUST_CHECK;

#endif
