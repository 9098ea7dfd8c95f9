/*
 * The register's writing side for letters, for what came back whole (mails), and for the
 * classification. As in store.h, each call is one durable transaction unless in a group.
 */
#ifndef CTES_LEDGER_COURRIER_H
#define CTES_LEDGER_COURRIER_H

#include <ctes/courrier.h>

#include "base/buffer.h"
#include "ledger/store.h"

typedef struct ctes_store_courrier_piece {
    const char *nom, *path, *type_pj;
    uint64_t size;
    const char *sha256;
} ctes_store_courrier_piece;

/** A letter to record. `key` makes a second recording harmless: unique for ever. */
typedef struct ctes_store_courrier {
    /** Of a received one: "SIREN sha256-of-the-message", and its identifier at the operator where
     * it has one; of a sent one: its archive's name, or "ar ID", "answer ID …", "cancel ID …". */
    const char *key;
    const char *siren;
    unsigned transaction, flux;
    int64_t acte; /**< 0: unknown */
    const char *id_acte;
    ctes_date date;
    ctes_date deadline;
    const char *texte;
    int64_t answers;
    ctes_courrier_state state;
    const char *reason;
    int64_t transaction_id;
    const char *nom;
    const char *archive_path; /**< what was received or is sent, whole; relative; or NULL */
    const char *archive_sha256;
    const void *message; /**< bytes of the XML, as received or sent; or NULL */
    size_t message_length;
    const char *message_sha256;
    const char *invalid; /**< the schema's complaint, or NULL */
    const ctes_store_courrier_piece *pieces;
    size_t piece_count;
} ctes_store_courrier;

/** Records a letter with its first line of history and its message as evidence. `ret_known`: it was
 *  there already, `ret` is its identifier and nothing was written. A letter that answers another
 * one moves that one to CTES_COURRIER_ANSWERED in the same transaction (CTES_E_ACTE_STATE when it
 * is already answered). An acknowledgement (3-2, 4-2) may name the letter it acknowledges, but is
 * no answer: that letter stays as it is. */
ctes_status ctes_store_courrier_add(ctes_store *store, const ctes_store_courrier *courrier,
                                    int64_t *ret, bool *ret_known, ctes_error *err) CTES_MUST_CHECK;

/** A change of state; zero and NULL members leave what is there. */
typedef struct ctes_store_courrier_change {
    ctes_courrier_state to;
    const char *reason; /**< "" removes it */
    int64_t transaction_id;
    ctes_date reception;
    const char *kind; /**< of the evidence: "ARPieceComplementaire" …; NULL for none */
    const void *evidence;
    size_t evidence_length;
    const char *evidence_sha256;
    const char *evidence_invalid;
} ctes_store_courrier_change;

/** Applies a change in one transaction. The letter must be in state `from` (CTES_E_ACTE_STATE). A
 *  sent letter that becomes DONE closes the one it answers; one that becomes REFUSED or FAILED
 *  opens it again, unless another answer is under way; one that is about to leave once more finds
 *  it unanswered (CTES_E_ACTE_STATE else). */
ctes_status ctes_store_courrier_change_state(ctes_store *store, int64_t courrier,
                                             ctes_courrier_state from,
                                             const ctes_store_courrier_change *change,
                                             ctes_error *err) CTES_MUST_CHECK;

/** The newest letter of this kind about an act of an authority; `date` not given: any date.
 *  @return CTES_OK or CTES_E_COURRIER_UNKNOWN. */
ctes_status ctes_store_courrier_find(ctes_store *store, const char *siren, const char *id_acte,
                                     unsigned transaction, unsigned flux, ctes_date date,
                                     ctes_courrier *ret, ctes_error *err) CTES_MUST_CHECK;

/** The answer (flux 3 or 4) that an acknowledgement of this transaction is for. It names its letter
 *  by act and day alone: of several answers the oldest that waits for one; when none does, the
 *  newest that has one, or else that did not arrive.
 *  @return CTES_OK or CTES_E_COURRIER_UNKNOWN. */
ctes_status ctes_store_courrier_answer(ctes_store *store, const char *siren, const char *id_acte,
                                       unsigned transaction, ctes_date date, ctes_courrier *ret,
                                       ctes_error *err) CTES_MUST_CHECK;

/** What lay in an archive: acts in the enveloppe's order, or a letter (0: acts). */
typedef struct ctes_store_sent {
    int64_t actes[CTES_ENVOI_MAX];
    size_t acte_count;
    int64_t courrier;
} ctes_store_sent;

/** What an authority sent in an archive of that name, but for acts that left in another one since.
 *  @return CTES_OK or CTES_E_ACTE_UNKNOWN. */
ctes_status ctes_store_sent_in(ctes_store *store, const char *siren, const char *archive,
                               ctes_store_sent *ret, ctes_error *err) CTES_MUST_CHECK;

/** The act of an authority that has this IDActe (acknowledged), or whose number, date and nature
 *  make it. @return CTES_OK or CTES_E_ACTE_UNKNOWN. */
ctes_status ctes_store_acte_of(ctes_store *store, const char *siren, const char *id_acte,
                               int64_t *ret, ctes_error *err) CTES_MUST_CHECK;

/** Something that came whole: a mail, or a parcel that could not be read. */
typedef struct ctes_store_retour {
    const char *key;    /**< unique: the sha256 of its bytes */
    const char *source; /**< "imaps://host/INBOX 17" or "s2low 12" */
    const char *path;   /**< where its bytes lie, relative to the archives */
    uint64_t size;
    const char *outcome; /**< "recorded", "reminder", "aside" */
    const char *reason;  /**< why it was put aside; or NULL */
} ctes_store_retour;
/** `ret_known`: it was there, with outcome other than "aside", and nothing was written. What was
 *  aside takes the new outcome and reason; where it came from and lies stays as first recorded. */
ctes_status ctes_store_retour_add(ctes_store *store, const ctes_store_retour *retour,
                                  bool *ret_known, ctes_error *err) CTES_MUST_CHECK;

/** Is the parcel of this key recorded with an outcome other than "aside"? */
ctes_status ctes_store_retour_done(ctes_store *store, const char *key, bool *ret,
                                   ctes_error *err) CTES_MUST_CHECK;

/** Keeps the classification that an authority received: its bytes, and its date. An older date than
 *  the one kept, or the same bytes, change nothing but `checked`. Nothing is ever lost: every
 *  version received stays. */
ctes_status ctes_store_classification_set(ctes_store *store, const char *siren, ctes_date date,
                                          const void *bytes, size_t length, const char *sha256,
                                          ctes_error *err) CTES_MUST_CHECK;

/** The newest classification of an authority and when it was received and last confirmed (7-3).
 *  @return CTES_OK or CTES_E_NOT_FOUND. The caller clears `ret_bytes`. */
typedef struct ctes_store_classification {
    ctes_date date;
    int64_t received_ms, checked_ms;
    ctes_buffer bytes;
} ctes_store_classification;
#define CTES_STORE_CLASSIFICATION_INIT                                                             \
    { .bytes = CTES_BUFFER_INIT(4u << 20) }
void ctes_store_classification_clear(ctes_store_classification *classification);
ctes_status ctes_store_classification_get(ctes_store *store, const char *siren,
                                          ctes_store_classification *ret,
                                          ctes_error *err) CTES_MUST_CHECK;
/** The préfecture says that nothing changed. */
ctes_status ctes_store_classification_checked(ctes_store *store, const char *siren,
                                              ctes_error *err) CTES_MUST_CHECK;

#endif
