/*
 * The register's letters as the workflow uses them: each function is one durable step (register.h).
 */
#ifndef CTES_WORKFLOW_COURRIER_REGISTER_H
#define CTES_WORKFLOW_COURRIER_REGISTER_H

#include "ledger/courrier.h"
#include "workflow/session.h"

/** ctes_store_courrier_add. */
ctes_status ctes_courrier_add(ctes_session *session, const ctes_store_courrier *courrier,
                              int64_t *ret, bool *ret_known, ctes_error *err) CTES_MUST_CHECK;

/** ctes_store_courrier_change_state; `ret` (may be NULL) takes the letter as it is then. */
ctes_status ctes_courrier_change(ctes_session *session, int64_t courrier, ctes_courrier_state from,
                                 const ctes_store_courrier_change *to, ctes_courrier *ret,
                                 ctes_error *err) CTES_MUST_CHECK;

/** Two letters that move together: our acknowledgement is sent and its letter is open. The second
 *  may have moved already. */
ctes_status ctes_courrier_change_both(ctes_session *session, int64_t courrier,
                                      ctes_courrier_state from,
                                      const ctes_store_courrier_change *to, int64_t other,
                                      ctes_courrier_state other_from, ctes_courrier_state other_to,
                                      ctes_error *err) CTES_MUST_CHECK;

/** An act's change and then a letter's (0: none): a cancellation that was acknowledged. */
ctes_status ctes_courrier_change_acte(ctes_session *session, int64_t acte, ctes_state from,
                                      const ctes_store_change *change, int64_t courrier,
                                      ctes_courrier_state courrier_from,
                                      const ctes_store_courrier_change *courrier_change,
                                      ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_courrier_load(ctes_session *session, int64_t id, ctes_courrier *ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** ctes_store_courrier_find. */
ctes_status ctes_courrier_find(ctes_session *session, const char *siren, const char *id_acte,
                               unsigned transaction, unsigned flux, ctes_date date,
                               ctes_courrier *ret, ctes_error *err) CTES_MUST_CHECK;

/** ctes_store_courrier_answer. */
ctes_status ctes_courrier_find_answer(ctes_session *session, const char *siren, const char *id_acte,
                                      unsigned transaction, ctes_date date, ctes_courrier *ret,
                                      ctes_error *err) CTES_MUST_CHECK;

/** ctes_store_sent_in. */
ctes_status ctes_courrier_sent_in(ctes_session *session, const char *siren, const char *archive,
                                  ctes_store_sent *ret, ctes_error *err) CTES_MUST_CHECK;

/** Letters that something is still expected of, by identifier; `siren` NULL: of all authorities.
 *  The caller frees `*ret`. */
ctes_status ctes_courrier_pending_ids(ctes_session *session, const char *siren, int64_t **ret,
                                      size_t *count, ctes_error *err) CTES_MUST_CHECK;

/** Does a letter of the authority bear this identifier at the operator? */
ctes_status ctes_courrier_has_transaction(ctes_session *session, const char *siren,
                                          int64_t transaction, bool *ret,
                                          ctes_error *err) CTES_MUST_CHECK;

/** The act that an IDActe names. @return CTES_OK or CTES_E_ACTE_UNKNOWN. */
ctes_status ctes_courrier_acte_of(ctes_session *session, const char *siren, const char *id_acte,
                                  int64_t *ret, ctes_error *err) CTES_MUST_CHECK;

/** ctes_store_retour_add. */
ctes_status ctes_retour_record(ctes_session *session, const ctes_store_retour *retour,
                               ctes_error *err) CTES_MUST_CHECK;

/** ctes_store_retour_done. */
ctes_status ctes_retour_done(ctes_session *session, const char *key, bool *ret,
                             ctes_error *err) CTES_MUST_CHECK;

#endif
