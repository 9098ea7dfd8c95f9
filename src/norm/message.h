/*
 * Messages and enveloppes of the norm as values: what `xml` reads and writes, what the rest of the
 * program reasons about. Text is UTF-8, owned by the struct. Lenient on what comes back: a member
 * that the message lacked is NULL, zero or empty.
 */
#ifndef CTES_NORM_MESSAGE_H
#define CTES_NORM_MESSAGE_H

#include <ctes/acte.h>

#include "base/buffer.h"

/** Document roots of actesv1_1.xsd (sheet § 2 and 5.1), one list. X(id, root, transaction, flux) */
#define CTES_MESSAGE_LIST(X)                                                                       \
    X(CTES_M_ACTE, "Acte", 1, 1)                                                                   \
    X(CTES_M_AR_ACTE, "ARActe", 1, 2)                                                              \
    X(CTES_M_ANOMALIE_ACTE, "AnomalieActe", 1, 3)                                                  \
    X(CTES_M_COURRIER_SIMPLE, "CourrierSimple", 2, 1)                                              \
    X(CTES_M_REPONSE_COURRIER_SIMPLE, "ReponseCourrierSimple", 2, 2)                               \
    X(CTES_M_DEMANDE_PIECE, "DemandePieceComplementaire", 3, 1)                                    \
    X(CTES_M_AR_DEMANDE_PIECE, "ARDemandePieceComplementaire", 3, 2)                               \
    X(CTES_M_REFUS_PIECE, "RefusPieceComplementaire", 3, 3)                                        \
    X(CTES_M_PIECE, "PieceComplementaire", 3, 4)                                                   \
    X(CTES_M_AR_PIECE, "ARPieceComplementaire", 3, 5)                                              \
    X(CTES_M_LETTRE_OBSERVATIONS, "LettreObservations", 4, 1)                                      \
    X(CTES_M_AR_LETTRE_OBSERVATIONS, "ARLettreObservations", 4, 2)                                 \
    X(CTES_M_REJET_LETTRE_OBSERVATIONS, "RejetLettreObservations", 4, 3)                           \
    X(CTES_M_REPONSE_LETTRE_OBSERVATIONS, "ReponseLettreObservations", 4, 4)                       \
    X(CTES_M_AR_REPONSE_LETTRE_OBSERVATIONS, "ARReponseRejetLettreObservations", 4, 5)             \
    X(CTES_M_DEFERE_TA, "DefereTA", 5, 1)                                                          \
    X(CTES_M_ANNULATION, "Annulation", 6, 1)                                                       \
    X(CTES_M_AR_ANNULATION, "ARAnnulation", 6, 2)                                                  \
    X(CTES_M_DEMANDE_CLASSIFICATION, "DemandeClassification", 7, 1)                                \
    X(CTES_M_RETOUR_CLASSIFICATION, "RetourClassification", 7, 2)                                  \
    X(CTES_M_CLASSIFICATION_SANS_CHANGEMENT, "ReponseClassificationSansChangement", 7, 3)          \
    X(CTES_M_ENVELOPPE_CL, "EnveloppeCLMISILL", 0, 0)                                              \
    X(CTES_M_ENVELOPPE_MI, "EnveloppeMISILLCL", 0, 0)                                              \
    X(CTES_M_ANOMALIE_ENVELOPPE, "AnomalieEnveloppe", 0, 0)

typedef enum ctes_message_kind {
    CTES_M_NONE,
#define CTES_MESSAGE_VALUE(id, root, transaction, flux) id,
    CTES_MESSAGE_LIST(CTES_MESSAGE_VALUE)
#undef CTES_MESSAGE_VALUE
} ctes_message_kind;

/** Root element's local name; "" for CTES_M_NONE. */
const char *ctes_message_root(ctes_message_kind kind);
/** CTES_M_NONE for a root that is no document of the norm (IDPref and the other helpers too). */
ctes_message_kind ctes_message_kind_of(const char *root);

/** FichierSigne: a file's name and, where there is one, the text of its detached signature. */
typedef struct ctes_fichier {
    char *nom;
    char *signature; /**< PEM, or NULL */
} ctes_fichier;

typedef struct ctes_fichiers {
    ctes_fichier *items;
    size_t count;
} ctes_fichiers;

void ctes_fichier_clear(ctes_fichier *fichier);
void ctes_fichiers_clear(ctes_fichiers *fichiers);
/** Appends a copy. @return CTES_OK or CTES_E_MEMORY. */
ctes_status ctes_fichiers_add(ctes_fichiers *fichiers, const char *nom, const char *signature,
                              ctes_error *err) CTES_MUST_CHECK;

/** DonneesActe: the body of Acte, and what ARActe and AnomalieActe echo as ActeRecu. */
typedef struct ctes_donnees_acte {
    ctes_date date;
    char *numero_interne;
    int nature; /**< CodeNatureActe as written; 0 when absent */
    ctes_matiere matiere;
    bool matiere_gaps; /**< levels skipped (1,2,3,5): seen in returns; they are closed up here */
    char *objet;
    char *precedent;
    ctes_date classification_date;
    ctes_fichier document;
    ctes_fichiers annexes;
    long annexes_nombre;   /**< attribute Nombre; -1 when absent */
    char *document_papier; /**< "O", "N", or what came; NULL when absent or nil */
} ctes_donnees_acte;

typedef struct ctes_referent {
    char *nom, *telephone, *email; /**< NULL when absent */
} ctes_referent;

/** EnveloppeCLMISILL. */
typedef struct ctes_enveloppe_cl {
    char *siren, *departement, *arrondissement, *nature;
    ctes_referent referent;
    char **adresses;
    size_t adresse_count;
    ctes_fichiers formulaires;
} ctes_enveloppe_cl;

/** Appends a copy to AdressesRetour, unless it is there (sheet § 5.3). @return CTES_OK or
 *  CTES_E_MEMORY. */
ctes_status ctes_adresse_add(ctes_enveloppe_cl *enveloppe, const char *adresse,
                             ctes_error *err) CTES_MUST_CHECK;

/** EnveloppeMISILLCL. */
typedef struct ctes_enveloppe_mi {
    char *emetteur; /**< "PREF044", "SPREF0441", "SGAR044", made from its attributes */
    ctes_referent referent;
    ctes_fichiers formulaires;
    char *destinataire; /**< SIREN */
} ctes_enveloppe_mi;

typedef struct ctes_type_pj {
    char *code, *libelle;
} ctes_type_pj;

typedef struct ctes_nature_acte {
    int code; /**< 0 when the file gives none */
    char *libelle, *abrege;
    ctes_type_pj *types;
    size_t type_count;
} ctes_nature_acte;

typedef struct ctes_matiere_libelle_item {
    ctes_matiere code; /**< full path: 1, 1.1, 1.1.1; `count` 1 for the first level */
    char *libelle;
} ctes_matiere_libelle_item;

/** RetourClassification, and the lone date of ReponseClassificationSansChangement. */
typedef struct ctes_classification {
    ctes_date date;
    ctes_nature_acte *natures;
    size_t nature_count;
    ctes_matiere_libelle_item *matieres; /**< in document order, parents before children */
    size_t matiere_count;
} ctes_classification;

/** Any message or enveloppe; `kind` says which members are filled. */
typedef struct ctes_message {
    ctes_message_kind kind;
    char *id_acte;       /**< attribute IDActe: all but 1-1, 1-3 and 7-x */
    ctes_date reception; /**< DateReception: 1-2, 3-5, 4-5, 6-2 */
    ctes_date date;      /**< Date (anomalies), DateCourrierPref, DateDepot, DateClassification */
    char *code;          /**< Nature of an anomaly, as written: "002" */
    char *texte;         /**< Detail, DescriptionPieces, Motif or NatureIllegalite */
    ctes_date classification_en_cours; /**< ClassificationDateVersionEnCours: 1-2, 1-3 */
    ctes_donnees_acte acte;            /**< 1-1; ActeRecu of 1-2, 1-3 */
    ctes_fichiers fichiers;            /**< Document(s) of 2-x, 3-x, 4-x; PiecesJointes of 5-1 */
    ctes_enveloppe_cl enveloppe_cl;    /**< also EnveloppeRecue of AnomalieEnveloppe */
    ctes_enveloppe_mi enveloppe_mi;
    ctes_classification classification;
} ctes_message;

#define CTES_MESSAGE_INIT                                                                          \
    { .kind = CTES_M_NONE }

void ctes_donnees_acte_clear(ctes_donnees_acte *acte);
void ctes_enveloppe_cl_clear(ctes_enveloppe_cl *enveloppe);
void ctes_classification_clear(ctes_classification *classification);
/** Releases all that a message holds. Accepts NULL, zero and half-built. */
void ctes_message_clear(ctes_message *message);

#define CTES_AUTO_MESSAGE CTES_CLEANUP(ctes_message_clear)

/** Does an echo (ActeRecu) answer the act we sent? Compares number, date, nature, matières (gaps
 *  closed), and the names of document and annexes (folders dropped).
 *  @return CTES_OK, or CTES_E_AR_DISCORDANT with detail "what: sent X, answered Y". */
ctes_status ctes_donnees_acte_compare(const ctes_donnees_acte *sent, const ctes_donnees_acte *echo,
                                      ctes_error *err) CTES_MUST_CHECK;

#endif
