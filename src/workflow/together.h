/*
 * Several acts in one enveloppe: a faster way for acts that the register does not know yet. What
 * does not go smoothly (an act that is known, a refusal, an answer that was lost) goes on alone,
 * act by act, as ctes_send does: the enveloppe never decides what becomes of an act.
 */
#ifndef CTES_WORKFLOW_TOGETHER_H
#define CTES_WORKFLOW_TOGETHER_H

#include "workflow/session.h"

/** Told once of each act, as soon as it is known what became of it: as ctes_send would return. */
typedef void (*ctes_together_fn)(void *user, size_t index, ctes_status status,
                                 const ctes_error *why, ctes_outcome *outcome);

/** Sends acts of one authority, CTES_ENVOI_MAX at most. They are completed in place.
 *  @return CTES_OK when each was told of, or CTES_E_MEMORY. */
ctes_status ctes_send_together(ctes_session *session, ctes_acte *const *actes, size_t count,
                               ctes_together_fn tell, void *user, ctes_error *err) CTES_MUST_CHECK;

#endif
