/*
 * A message of ours besides acts: looked at, named, recorded, sent. On the direct channel it
 * travels as acts do, in an archive of its own; at S2LOW the operator makes it from a form.
 */
#ifndef CTES_WORKFLOW_LETTRE_H
#define CTES_WORKFLOW_LETTRE_H

#include <ctes/exchange.h>

#include "norm/message.h"
#include "workflow/paquet.h"

/** What is to be sent. Everything is borrowed. */
typedef struct ctes_lettre {
    ctes_message_kind kind;
    int64_t acte;             /**< 0: about none, or none of this register */
    int64_t transaction;      /**< at the operator: of the letter answered, of the act cancelled */
    const char *id_acte;      /**< "" for 7-1 */
    ctes_date date;           /**< DateCourrierPref, copied from the letter */
    int64_t answers;          /**< the letter it answers or acknowledges; 0: none */
    const char *key;          /**< NULL: its archive's name */
    const ctes_piece *pieces; /**< types given */
    size_t piece_count;
} ctes_lettre;

/** Sends a message once it is recorded TO_SEND. `ret_courrier` is its letter in the register, also
 *  when sending failed after it was recorded (0: it was not); `ret_known` tells that the register
 *  had it: nothing was sent.
 *  @return CTES_OK when it is sent; else why not, the register telling the same. */
ctes_status ctes_lettre_send(ctes_session *session, ctes_link *link, const ctes_lettre *lettre,
                             int64_t *ret_courrier, bool *ret_known,
                             ctes_error *err) CTES_MUST_CHECK;

/** Sends the archive of a recorded letter once more, under the same name (direct channel).
 *  @return as above. */
ctes_status ctes_lettre_send_again(ctes_session *session, ctes_link *link,
                                   const ctes_courrier *courrier, ctes_error *err) CTES_MUST_CHECK;

/** Asks the operator once more for the cancellation of an act, in the name of a request whose reply
 *  was lost (S2LOW, which refuses a second one: then it has the first). @return as above. */
ctes_status ctes_lettre_ask_again(ctes_session *session, ctes_link *link, const ctes_record *acte,
                                  const ctes_courrier *courrier, ctes_error *err) CTES_MUST_CHECK;

/** How a failure of sending leaves the register. */
ctes_courrier_state ctes_lettre_state_after(const ctes_link *link, ctes_message_kind kind,
                                            ctes_status status);

#endif
