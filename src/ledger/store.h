/*
 * The register's writing side. Each call is one durable transaction unless between
 * ctes_store_begin and ctes_store_commit. One store belongs to one thread.
 */
#ifndef CTES_LEDGER_STORE_H
#define CTES_LEDGER_STORE_H

#include <ctes/ledger.h>

#include "base/cleanup.h"

typedef struct ctes_ledger ctes_store; /**< an open register, for writing */

/** Opens for writing; makes the register where there is none (a file of mode 0600 and its folder,
 * or the schema `ctes` of a database) and brings an older version up to date. SQLite in WAL mode,
 *  synchronous=FULL, foreign keys on, busy timeout 10 s; PostgreSQL with synchronous_commit, locks
 *  waited for 10 s, a server with fsync off refused.
 *  @return as ctes_ledger_open, and CTES_E_LEDGER_READONLY, CTES_E_DISK_FULL, CTES_E_LEDGER_BUSY.
 *          The same codes may come from every call below, with CTES_E_LEDGER_IO. */
ctes_status ctes_store_open(const ctes_context *context, const char *url, ctes_store **ret,
                            ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_store_begin(ctes_store *store, ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_store_commit(ctes_store *store, ctes_error *err) CTES_MUST_CHECK;
void ctes_store_rollback(ctes_store *store);

/** What is known of a file when its act is recorded. */
typedef struct ctes_store_piece {
    const char *path, *nom, *type_pj, *mime;
    uint64_t size;
    const char *sha256;
} ctes_store_piece;

/** Records an act in state PREPARED. `acte` is checked. `replaces` is the act it is sent in place
 *  of, or 0. The identifier of the new act goes to `ret`.
 *  @return CTES_OK; CTES_E_NUMERO_COLLISION when the authority has another number that normalises
 *          to the same one (detail: that number); CTES_E_NUMERO_TAKEN when it has this one;
 *          CTES_E_ACTE_STATE when `replaces` is already replaced (detail: by which number);
 *          CTES_E_ACTE_UNKNOWN when the authority has no such act. */
ctes_status ctes_store_add(ctes_store *store, const ctes_acte *acte, const ctes_store_piece *pieces,
                           size_t piece_count, int64_t replaces, int64_t *ret,
                           ctes_error *err) CTES_MUST_CHECK;

/** Replaces description and files of an act that the operator does not hold (PREPARED, REFUSED);
 *  the number stays. @return CTES_OK, CTES_E_ACTE_STATE otherwise. */
ctes_status ctes_store_redescribe(ctes_store *store, int64_t acte, const ctes_acte *description,
                                  const ctes_store_piece *pieces, size_t piece_count,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Takes an act for `holder`, so that no other touches it meanwhile; taking it again renews. Those
 *  who share a store have a number each (less than CTES_STORE_HOLDERS), and keep each other off an
 *  act as two stores do. A lease ends when released, when its store is closed or its process gone
 * from this machine; its time decides only where that process cannot be seen (another machine or
 * container), because a clock may be set while an act is on its way. On PostgreSQL not even time
 * ends it while its owner is connected: lease.c tells how. Nobody is waited for: an act in
 * another's hands is refused.
 *  @return CTES_OK, CTES_E_ACTE_LEASED (detail: by whom, until when), CTES_E_ACTE_UNKNOWN. */
#define CTES_STORE_HOLDERS 65536
ctes_status ctes_store_lease(ctes_store *store, int64_t acte, unsigned holder, int64_t duration_ms,
                             ctes_error *err) CTES_MUST_CHECK;
/** Gives back what `holder` has taken; what another has taken stays his. */
ctes_status ctes_store_release(ctes_store *store, int64_t acte, unsigned holder,
                               ctes_error *err) CTES_MUST_CHECK;

/** Takes the next serial of the day for archive names of an authority, at least `floor`; no serial
 *  is ever given twice. @return CTES_OK, CTES_E_LIMIT past 9999. */
ctes_status ctes_store_serial(ctes_store *store, const char *siren, ctes_date day, unsigned floor,
                              unsigned *ret, ctes_error *err) CTES_MUST_CHECK;

/** Acts in one enveloppe at most. */
#define CTES_ENVOI_MAX 50

/** The message of a further act in the same enveloppe. */
typedef struct ctes_store_message {
    int64_t acte;
    const char *message_nom, *message_sha256;
    const char *unique_id;
} ctes_store_message;

/** An attempt to deposit an act, or several: the package that was made for it. */
typedef struct ctes_store_envoi {
    const char *archive;      /**< name, never used before (CTES_E_NUMERO_TAKEN else) */
    const char *archive_path; /**< where the evidence lies, relative to the register's folder */
    const char *archive_sha256;
    uint64_t archive_size;
    const char *message_nom, *message_sha256;
    const char *enveloppe_nom, *enveloppe_sha256;
    const char *unique_id;     /**< by which the operator can be asked */
    const char *operator_name; /**< "s2low" */
    const char *operator_url;
    const char *mode;               /**< "archive" or "champs" */
    const ctes_store_message *more; /**< the acts after the first, in the enveloppe's order */
    size_t more_count;
} ctes_store_envoi;

/** A step on the register. Each store call in it is whole or not at all; a failed step leaves what
 *  its earlier calls did. */
typedef ctes_status (*ctes_step)(ctes_store *store, void *data, ctes_error *err);

/** Runs `step` whole or not at all, within what is under way: if it fails, nothing of it stays. */
ctes_status ctes_store_whole(ctes_store *store, ctes_step step, void *data,
                             ctes_error *err) CTES_MUST_CHECK;

/** Records the attempt and moves the act, and those of `envoi->more`, to TO_SEND, in one
 *  transaction: after this returns, and not before, bytes may leave. @return CTES_OK,
 *  CTES_E_ACTE_STATE when the operator may hold one of them, CTES_E_NUMERO_TAKEN. */
ctes_status ctes_store_intend(ctes_store *store, int64_t acte, const ctes_store_envoi *envoi,
                              int64_t *ret_envoi, ctes_error *err) CTES_MUST_CHECK;

/** The last attempt of an act (CTES_E_NOT_FOUND: there is none); strings are owned by the caller's
 *  struct. */
typedef struct ctes_envoi_row {
    int64_t id;
    int64_t acte; /**< the first that it carries */
    int64_t at_ms;
    char *archive, *archive_path, *unique_id, *operator_url, *mode;
} ctes_envoi_row;
void ctes_envoi_row_clear(ctes_envoi_row *row);
ctes_status ctes_store_last_envoi(ctes_store *store, int64_t acte, ctes_envoi_row *ret,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Did an attempt arrive, as the state of any act that it carried last tells? */
ctes_status ctes_store_envoi_arrived(ctes_store *store, int64_t envoi, bool *ret,
                                     ctes_error *err) CTES_MUST_CHECK;

/** Changes the mode of an attempt that the operator said not to take in the first mode. */
ctes_status ctes_store_envoi_mode(ctes_store *store, int64_t envoi, const char *mode,
                                  ctes_error *err) CTES_MUST_CHECK;

/** One attempt, whoever made it: when, and how many bytes. */
typedef struct ctes_recent_envoi {
    int64_t id;
    int64_t at_ms;
    uint64_t bytes;
} ctes_recent_envoi;

/** Calls `each` for the attempts recorded after the one whose identifier is `after` (0: all),
 * newest first, until one began before `since_ms`. */
typedef void (*ctes_recent_fn)(void *user, const ctes_recent_envoi *envoi);
ctes_status ctes_store_recent_envois(ctes_store *store, int64_t after, int64_t since_ms,
                                     ctes_recent_fn each, void *user,
                                     ctes_error *err) CTES_MUST_CHECK;

/** A change of state with what came with it; zero or NULL members leave the act's as they are. */
typedef struct ctes_store_change {
    ctes_state to;
    int native;         /**< set when `native_known` */
    const char *reason; /**< shown to people; replaces the former reason, "" removes it */
    int64_t transaction;
    const char *anomalie_code;
    const char *id_acte;
    ctes_date reception;
    bool native_known;
    const char *kind;     /**< of the evidence: "ARActe", "AnomalieActe" …; NULL for none */
    const void *evidence; /**< as received, byte for byte */
    size_t evidence_length;
    const char *evidence_sha256;
    const char *evidence_invalid; /**< the schema's complaint, or NULL */
} ctes_store_change;

/** Applies a change in one transaction: the act, its history, the evidence. The act must be in
 *  state `from` (CTES_E_ACTE_STATE else): two processes never both make the same step. A change
 *  to the same state adds no history unless it brings a reason or evidence. */
ctes_status ctes_store_change_state(ctes_store *store, int64_t acte, ctes_state from,
                                    const ctes_store_change *change,
                                    ctes_error *err) CTES_MUST_CHECK;

/** Records one exchange; the reply is kept up to 64 kB, its hash and size whole. */
typedef struct ctes_store_exchange {
    const char *method, *url, *fields;
    long http_status;
    const char *outcome;
    const void *reply;
    size_t reply_length;
    const char *reply_sha256;
} ctes_store_exchange;
ctes_status ctes_store_trace(ctes_store *store, int64_t acte, const ctes_store_exchange *exchange,
                             ctes_error *err) CTES_MUST_CHECK;

/** What was learnt of an operator ("archive-mode" → "removed"), kept by its URL.
 *  `*ret` is NULL when nothing was learnt after `after_ms`; the caller frees it. */
ctes_status ctes_store_note(ctes_store *store, const char *operator_url, const char *key,
                            const char *value, ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_store_noted(ctes_store *store, const char *operator_url, const char *key,
                             int64_t after_ms, char **ret, ctes_error *err) CTES_MUST_CHECK;

/** Folder that holds the register's file (the evidence lies below it, unless the settings name
 *  another); NULL for a register in a database. Borrowed. */
const char *ctes_store_folder(const ctes_store *store);

/** Taken by the operator, or answered: neither on its way nor open. */
static inline bool ctes_state_arrived(ctes_state state) {
    return ctes_state_held(state) && state != CTES_STATE_TO_SEND && state != CTES_STATE_UNSETTLED;
}

/** An act that a status check looks at; its texts are the store's, valid during the call. */
typedef struct ctes_store_waiting {
    int64_t acte;
    int64_t transaction; /**< 0: none */
    ctes_state state;    /**< CTES_STATE_NONE: none that this version knows */
    const char *siren;
    const char *operator_url; /**< that its last submission went to; NULL: none has begun */
} ctes_store_waiting;
typedef ctes_status (*ctes_store_waiting_fn)(void *user, const ctes_store_waiting *act,
                                             ctes_error *err);

/** The acts that a status check looks at, oldest first: what is not final, and final errors of the
 *  last 60 days that a late acknowledgement may still mend. `siren` NULL: all authorities.
 *  @return CTES_OK, what reading can give, or what `each` returned. */
ctes_status ctes_store_to_check(ctes_store *store, const char *siren, ctes_store_waiting_fn each,
                                void *user, ctes_error *err) CTES_MUST_CHECK;

ctes_status ctes_store_load(ctes_store *store, int64_t acte, ctes_record *ret,
                            ctes_error *err) CTES_MUST_CHECK;

/** The newest act of the chain of replacements that starts with `acte` (itself if never
 *  replaced), and how many numbers the chain has used. */
ctes_status ctes_store_chain(ctes_store *store, int64_t acte, int64_t *ret_newest,
                             unsigned *ret_used, ctes_error *err) CTES_MUST_CHECK;

#endif
