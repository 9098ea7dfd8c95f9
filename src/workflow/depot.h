/* Depositing recorded acts, and settling a deposit whose reply was lost. */
#ifndef CTES_WORKFLOW_DEPOT_H
#define CTES_WORKFLOW_DEPOT_H

#include "workflow/pli.h"

/** An act to be deposited. */
typedef struct ctes_depot_acte {
    const ctes_acte *acte;
    ctes_paquet *paquet;
    ctes_record *record; /**< brought up to date */
    uint64_t size;       /**< set: its share of the archive, in bytes; 0: none was made */
    bool given_back;     /**< set: its lease ended with the deposit */
} ctes_depot_acte;

/** May several acts go to this operator in one enveloppe? Field by field they go one by one; an
 *  operator may be found to have removed archives at any time. */
ctes_status ctes_depot_takes_several(ctes_session *session, bool *ret,
                                     ctes_error *err) CTES_MUST_CHECK;

/** Packages and deposits PREPARED or REFUSED acts of one authority, in one enveloppe; this process
 *  has leased them. The attempt is on disk before the first byte leaves, its result behind it. In a
 *  session that looks later, and of several acts always, what the operator took is given back at
 *  the same time.
 *  @return CTES_OK when the operator holds them all; CTES_E_OPERATOR_UNSUPPORTED, nothing having
 *          begun, for several that would go field by field; else why not, the register telling the
 *          same.
 */
ctes_status ctes_depot_send(ctes_session *session, ctes_link *link, ctes_depot_acte *actes,
                            size_t count, ctes_error *err) CTES_MUST_CHECK;

/** Settles an act in state TO_SEND or UNSETTLED by asking the operator whether it holds it. Held:
 *  its state is recorded. Held, but with another subject or date: REFUSED, ours never got in. Not
 *  held, and the operator has had the time to finish what it may have received: PREPARED again. On
 *  the direct channel, where nobody can be asked, the same archive goes again after that time.
 *  @return CTES_OK when settled by a plain yes or no, CTES_E_OPERATOR_HOLDS when by another act's
 *          being there, CTES_E_UNSETTLED while it is not settled (detail: how long still),
 *          CTES_E_OPERATOR_OTHER, or why the operator could not be asked. */
ctes_status ctes_depot_settle(ctes_session *session, ctes_link *link, const ctes_record *record,
                              ctes_error *err) CTES_MUST_CHECK;

/** Sends the archive of an act's last attempt again, under its name (norm sheet § 9.2): the direct
 *  channel's way to settle a lost answer. The act stays UNSETTLED until an archive is taken: no
 *  later refusal says that the first one had not arrived.
 *  @return CTES_OK when it was taken; CTES_E_UNSETTLED when it was refused, or may not leave now;
 *          CTES_E_DOCUMENT_CHANGED when it is no longer what was sent; what a deposit gives. */
ctes_status ctes_depot_again(ctes_session *session, ctes_link *link, const ctes_record *record,
                             ctes_error *err) CTES_MUST_CHECK;

/** Asks whether the operator holds an act that the register believes it refused; adopts it if so.
 *  @return CTES_OK either way, CTES_E_OPERATOR_HOLDS when the number there is another act's. */
ctes_status ctes_depot_probe(ctes_session *session, ctes_link *link, const ctes_record *record,
                             ctes_error *err) CTES_MUST_CHECK;

/** Does the session speak to the operator whose address this was? NULL, where nothing was sent, is
 *  any. */
bool ctes_depot_here(const ctes_session *session, const char *url);

/** Was the act's last attempt made at the operator that this session speaks to? Another one's
 *  identifiers, and its "no", mean nothing here. The port does not count.
 *  @return CTES_OK (also for an act never sent), CTES_E_OPERATOR_OTHER (detail: where). */
ctes_status ctes_depot_same_operator(ctes_session *session, const ctes_record *record,
                                     ctes_error *err) CTES_MUST_CHECK;

/** Finds the act that has our number in the operator's listings, and compares date and subject.
 * With `unseen` a listing without subject is believed: the act was found by its own name before.
 *  @return CTES_OK and the listing, which the caller clears; CTES_E_OPERATOR_HOLDS when it is
 *          another act (detail: identifier, date, subject), or what a lookup gives. */
ctes_status ctes_depot_recognise(ctes_operator *op, const ctes_record *record, bool unseen,
                                 ctes_operator_listing *ret, ctes_error *err) CTES_MUST_CHECK;

/** How long an operator may still work on what it received before its "no" is believed. */
int64_t ctes_patience_ms(const ctes_session *session);
/** No exchange lasts longer. */
int64_t ctes_exchange_ms(const ctes_session *session);

/** Has any attempt of the act ended without an answer? Then what the operator holds may be it. */
ctes_status ctes_depot_was_open(ctes_session *session, const ctes_record *record, bool *ret,
                                ctes_error *err) CTES_MUST_CHECK;

#endif
