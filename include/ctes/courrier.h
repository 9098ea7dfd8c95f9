/*
 * Letters: every exchange about an act besides its transmission. What the préfecture sends (simple
 * letters, requests for documents, letters of observations, referrals to the court) and what the
 * authority sends (answers, refusals, cancellations). This is the register's reading side of them;
 * writing belongs to the workflow.
 */
#ifndef CTES_COURRIER_H
#define CTES_COURRIER_H

#include <ctes/acte.h>
#include <ctes/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/*
 * X(identifier, name, sent, pending)
 * sent:    a state of what the authority sends; else of what it received
 * pending: somebody or something is still expected to act
 */
#define CTES_COURRIER_STATE_LIST(X)                                                                \
    X(CTES_COURRIER_RECEIVED, "received", false, true) /* its acknowledgement (3-2, 4-2) is due */ \
    X(CTES_COURRIER_OPEN, "open", false, true)         /* a person reads it, and may answer */     \
    X(CTES_COURRIER_ANSWERED, "answered", false, true) /* the answer is on its way */              \
    X(CTES_COURRIER_CLOSED, "closed", false, false)    /* read, or its answer acknowledged */      \
    X(CTES_COURRIER_ASIDE, "aside", false, true)       /* not understood: a person looks at it */  \
    X(CTES_COURRIER_TO_SEND, "to-send", true, true)    /* on disk before the first byte leaves */  \
    X(CTES_COURRIER_UNSETTLED, "unsettled", true, true) /* perhaps received */                     \
    X(CTES_COURRIER_REFUSED, "refused", true, true)     /* not received, reason known */           \
    X(CTES_COURRIER_SENT, "sent", true, true)           /* the operator has it */                  \
    X(CTES_COURRIER_DONE, "done", true, false)    /* acknowledged, or nothing more is expected */  \
    X(CTES_COURRIER_FAILED, "failed", true, true) /* the operator or the préfecture refused it */

typedef enum ctes_courrier_state {
    CTES_COURRIER_NONE,
#define CTES_COURRIER_STATE_VALUE(id, name, sent, pending) id,
    CTES_COURRIER_STATE_LIST(CTES_COURRIER_STATE_VALUE)
#undef CTES_COURRIER_STATE_VALUE
} ctes_courrier_state;

const char *ctes_courrier_state_name(ctes_courrier_state state); /**< "" for NONE */
ctes_courrier_state ctes_courrier_state_of(const char *name);    /**< NONE for an unknown name */
bool ctes_courrier_pending(ctes_courrier_state state);

/** Recorded to be sent, and nobody knows yet whether it arrived? */
static inline bool ctes_courrier_is_open_ended(ctes_courrier_state state) {
    return state == CTES_COURRIER_TO_SEND || state == CTES_COURRIER_UNSETTLED;
}

/** A document of a letter, kept below the register's archives. */
typedef struct ctes_courrier_piece {
    char *nom;     /**< name of the norm, as the message gives it */
    char *path;    /**< where it lies, relative to the archives; absolute for what was sent */
    char *type_pj; /**< or NULL */
    uint64_t size; /**< bytes */
    char sha256[65];
} ctes_courrier_piece;

/** A letter. Text is owned by the struct. */
typedef struct ctes_courrier {
    int64_t id; /**< by which people name it */
    char siren[10];
    unsigned transaction, flux; /**< 2-1 … 6-2 (norm sheet § 2); 7-1 */
    int64_t acte;               /**< the act it is about; 0: not in this register, or about none */
    char *numero;               /**< of that act, as its authority writes it; or NULL */
    char id_acte[CTES_ID_ACTE_MAX];
    ctes_date date;     /**< DateCourrierPref; DateDepot of 5-1 */
    int64_t at_ms;      /**< when it came, or was made */
    ctes_date deadline; /**< last day to answer; not given: there is none */
    char *texte;        /**< DescriptionPieces, Motif or NatureIllegalite; or NULL */
    int64_t answers;    /**< the letter this one answers; 0: none */
    int64_t answered_by;
    ctes_courrier_state state;
    int64_t state_ms;
    char *reason;           /**< or NULL */
    int64_t transaction_id; /**< identifier at the operator; 0: none known */
    ctes_date
        reception; /**< DateReception of the acknowledgement that answers it (3-5, 4-5, 6-2) */
    char *nom;     /**< of its message: "034-…-DE-3-1_17.xml" */
    char *archive; /**< the package it came or went in, byte for byte: relative to the archives;
                      NULL: the operator takes and gives it in parts */
    char archive_sha256[65];
    ctes_courrier_piece *pieces;
    size_t piece_count; /**< filled by ctes_ledger_courrier */
} ctes_courrier;

#define CTES_COURRIER_INIT                                                                         \
    { .id = 0 }
void ctes_courrier_clear(ctes_courrier *courrier);

/** What to list; zero members do not filter. */
typedef struct ctes_courrier_filter {
    const char *siren;
    int64_t acte;
    bool pending;  /**< only what somebody still has to act on */
    bool received; /**< only what the préfecture sent */
    bool sent;     /**< only what the authority sent */
} ctes_courrier_filter;

/** Return false to stop. The letter lives until the function returns. */
typedef bool (*ctes_courrier_fn)(void *user, const ctes_courrier *courrier);

/** Lists letters, those with a deadline first, the nearest first, then by arrival; pieces are not
 *  filled. */
ctes_status ctes_ledger_courriers(ctes_ledger *ledger, const ctes_courrier_filter *filter,
                                  ctes_courrier_fn each, void *user, ctes_error *err);

/** One letter with its pieces. @return CTES_OK or CTES_E_COURRIER_UNKNOWN. */
ctes_status ctes_ledger_courrier(ctes_ledger *ledger, int64_t id, ctes_courrier *ret,
                                 ctes_error *err);

/** One step of a letter's way. */
typedef struct ctes_courrier_event {
    int64_t at_ms;
    ctes_courrier_state from, to;
    const char *detail; /**< UTF-8, or NULL */
} ctes_courrier_event;

/** What happened to a letter, oldest first. */
ctes_status ctes_ledger_courrier_history(ctes_ledger *ledger, int64_t id,
                                         void (*each)(void *user, const ctes_courrier_event *event),
                                         void *user, ctes_error *err);

/** What came, oldest first: the message of a letter that was received, what answers one that was
 *  sent (3-5, 4-5, 6-2, 7-2, 7-3; an anomaly). The bytes live until the function returns. */
ctes_status ctes_ledger_courrier_evidence(ctes_ledger *ledger, int64_t id,
                                          void (*each)(void *user,
                                                       const ctes_record_evidence *evidence),
                                          void *user, ctes_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
