/*
 * The use cases besides sending an act: what the préfecture sent, answers, cancellation,
 * classification.
 */
#ifndef CTES_EXCHANGE_H
#define CTES_EXCHANGE_H

#include <ctes/courrier.h>
#include <ctes/workflow.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** What a parcel brought, or became of a letter. Strings are owned by the outcome. */
typedef struct ctes_courrier_outcome {
    ctes_courrier courrier; /**< as the register has it; id 0: it brought none */
    bool known;             /**< nothing was sent: the register knew it was done */
    char *source;           /**< where it came from, when it was put aside; or NULL */
    ctes_error error;       /**< why it was put aside, refused, or is unsettled */
} ctes_courrier_outcome;
#define CTES_COURRIER_OUTCOME_INIT                                                                 \
    { .courrier = CTES_COURRIER_INIT, .error = CTES_ERROR_INIT }
void ctes_courrier_outcome_clear(ctes_courrier_outcome *outcome);

/** Return false to stop. */
typedef bool (*ctes_courrier_outcome_fn)(void *user, const ctes_courrier_outcome *outcome);

/** Who is told while letters are fetched; every member may be NULL. */
typedef struct ctes_inbox_watch {
    ctes_courrier_outcome_fn each; /**< what became of a letter, or of something put aside */
    void *user;
    ctes_outcome_fn acte; /**< an act that an acknowledgement, an anomaly or a cancellation came
                               for: on the direct channel it comes as letters do */
    void *acte_user;
} ctes_inbox_watch;

/** Fetches what the préfecture sent to an authority (`siren` NULL: to all), records it with its
 *  documents, sends the acknowledgements that are due (3-2 and 4-2, never another; S2LOW sends them
 *  itself), applies those that answer us (3-5, 4-5, 6-2; on the direct channel 1-2 and 1-3 too),
 *  and settles what was sent and left open. Doing it twice, or after a kill at any instant, changes
 *  nothing more. What cannot be understood is put aside: kept, listed with the letters
 *  (CTES_COURRIER_ASIDE), never dropped.
 *  @return CTES_OK also when something was put aside (`watch` is told), or why not everything
 *          could be fetched or sent. */
ctes_status ctes_inbox_fetch(ctes_session *session, const char *siren,
                             const ctes_inbox_watch *watch, ctes_error *err);

/** A document of an answer. */
typedef struct ctes_reponse_piece {
    const char *path;
    const char *type_pj; /**< or NULL: the type of the nature of its act */
} ctes_reponse_piece;

/** Answers letter `courrier` (2-1, 3-1, 4-1) with documents: 2-2, 3-4, 4-4; or refuses to (3-3,
 *  4-3, one document that says why). Only a request for documents takes several. What lies open
 *  about the letter (our acknowledgement of it, an answer whose reply was lost) is settled first.
 *  @return CTES_OK when `ret` tells what became of it; CTES_E_COURRIER_UNKNOWN; CTES_E_ACTE_STATE
 *          for a letter that takes no answer or has one; what looking at the files gives. */
ctes_status ctes_reply(ctes_session *session, int64_t courrier, bool refuse,
                       const ctes_reponse_piece *given, size_t piece_count,
                       ctes_courrier_outcome *ret, ctes_error *err);

/** A person has read a letter that needs no answer (2-1, 5-1, one put aside): it is closed.
 *  @return CTES_OK (`ret->known`: it was closed already), CTES_E_COURRIER_UNKNOWN,
 * CTES_E_ACTE_STATE for one that has to be answered, or was sent. */
ctes_status ctes_courrier_close(ctes_session *session, int64_t courrier, ctes_courrier_outcome *ret,
                                ctes_error *err);

/** Asks the préfecture to cancel an acknowledged act (6-1). The act becomes CTES_STATE_CANCELLED
 *  when its acknowledgement (6-2) came.
 *  @return CTES_OK when `ret` tells; CTES_E_ACTE_UNKNOWN; CTES_E_ACTE_STATE for an act without
 *          acknowledgement or already cancelled. A request under way is not made twice
 *          (`ret->known`); one whose reply was lost is asked for once more at S2LOW, which refuses
 *          a second one, when this is called again after a while. */
ctes_status ctes_cancel(ctes_session *session, const char *siren, const char *numero,
                        ctes_courrier_outcome *ret, ctes_error *err);

/* --- the classification of an authority --- */

typedef struct ctes_arbre
    ctes_arbre; /**< natures, their types of documents, the tree of matières */

/** The newest classification in the register; the national tree to its second level (date not
 *  given) where none was received. `ledger` may be NULL: the national one. */
ctes_status ctes_arbre_load(ctes_ledger *ledger, const char *siren, ctes_arbre **ret,
                            ctes_error *err);
void ctes_arbre_free(ctes_arbre *arbre);
ctes_date ctes_arbre_date(const ctes_arbre *arbre);
int64_t ctes_arbre_checked_ms(const ctes_arbre *arbre); /**< last confirmed; 0: never received */

/** A matière: all the levels of its code, its label, whether nothing is below it. Borrowed. */
typedef struct ctes_branche {
    ctes_matiere matiere;
    const char *libelle;
    bool leaf;
} ctes_branche;
/** In numerical order, parents before children; return false to stop. */
typedef bool (*ctes_branche_fn)(void *user, const ctes_branche *branche);
void ctes_arbre_walk(const ctes_arbre *arbre, ctes_branche_fn each, void *user);

/** Matières whose label, or that of a parent, holds every word (case and accents do not count), or
 *  whose code begins so; the best first. @return how many were told. */
size_t ctes_arbre_find(const ctes_arbre *arbre, const char *words, ctes_branche_fn each,
                       void *user);

/** Is the code in the tree? @return CTES_OK, CTES_E_MATIERE_UNKNOWN (detail: the nearest). */
ctes_status ctes_arbre_check(const ctes_arbre *arbre, const ctes_matiere *matiere, ctes_error *err);

/** A type of document. Borrowed. */
typedef struct ctes_type_piece {
    const char *code;    /**< "22_DP" */
    const char *libelle; /**< "" where only the code is known */
} ctes_type_piece;
typedef bool (*ctes_type_piece_fn)(void *user, const ctes_type_piece *type);

/** Types that a nature takes, those of this matière (`matiere` may be NULL) before the generic ones
 *  (99_…), and no others (norm sheet § 7.4: the digits are the matière's). */
void ctes_arbre_types(const ctes_arbre *arbre, ctes_nature nature, const ctes_matiere *matiere,
                      ctes_type_piece_fn each, void *user);

/** The type to take when a person gave none: the generic one of the nature where the tree has it,
 *  else the only one, or the first, that fits the matière. Never NULL; borrowed. */
const char *ctes_arbre_type(const ctes_arbre *arbre, ctes_nature nature,
                            const ctes_matiere *matiere);

/** @return CTES_OK, CTES_E_TYPE_PJ_INVALID (form), CTES_E_TYPE_PJ_FORBIDDEN (detail: what the
 * nature takes). */
ctes_status ctes_arbre_type_check(const ctes_arbre *arbre, ctes_nature nature, const char *type_pj,
                                  ctes_error *err);

typedef enum ctes_classification_result {
    CTES_CLASSIFICATION_NEW,       /**< a newer one was recorded */
    CTES_CLASSIFICATION_UNCHANGED, /**< the operator's is the one we have */
    CTES_CLASSIFICATION_ASKED      /**< asked for; it comes later */
} ctes_classification_result;

/** Brings the classification of an authority up to date: the operator's copy is fetched (on the
 * direct channel: the mails that lie there); with `ask`, when that brings nothing new, the
 * préfecture is asked for it (7-1), once a day at most, and answers later.
 *  @return CTES_OK, CTES_E_NOT_YET when the operator never received one and `ask` is not set, what
 *          reading it or asking can give. */
ctes_status ctes_classification_refresh(ctes_session *session, const char *siren, bool ask,
                                        ctes_classification_result *ret, ctes_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
