/* Letters by their numbers: which message is which transaction and flux (norm sheet § 2). */
#ifndef CTES_WORKFLOW_COURRIER_KIND_H
#define CTES_WORKFLOW_COURRIER_KIND_H

#include "norm/message.h"

/** "3-1" is transaction 3, flux 1; both 0 for an enveloppe. */
unsigned ctes_kind_transaction(ctes_message_kind kind);
unsigned ctes_kind_flux(ctes_message_kind kind);

/** CTES_M_NONE for a pair that is no message. */
ctes_message_kind ctes_kind_of(unsigned transaction, unsigned flux);

/** Does the préfecture expect our acknowledgement (3-2, 4-2) of this letter? Never of 2-1 or 5-1.
 */
bool ctes_kind_wants_ar(ctes_message_kind kind);

/** The answer to a letter: 2-2, 3-4, 4-4, or the refusal to give one: 3-3, 4-3. CTES_M_NONE when
 *  there is none. */
ctes_message_kind ctes_kind_answer(unsigned transaction, bool refuses);

/** Does the préfecture acknowledge what we send (3-5, 4-5, 6-2, 7-2)? */
bool ctes_kind_is_acknowledged(ctes_message_kind kind);

#endif
