/*
 * An act and the authority that sends it: plain values, described by people, checked by `norm`.
 *
 * All text is UTF-8. Fixed-size members hold NUL-terminated text; pointers are owned by the
 * struct that holds them and released by its _clear function.
 */
#ifndef CTES_ACTE_H
#define CTES_ACTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/error.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define CTES_NUMERO_MAX     15  /**< NumeroInterne, actesv1_1.xsd DonneesActe */
#define CTES_OBJET_MAX      499 /**< characters; the norm allows 500, S2LOW 499 */
#define CTES_ID_ACTE_MAX    46  /**< "034-213400172-20240105-NNNNNNNNNNNNNNN-DE" is 41 */
#define CTES_MATIERE_LEVELS 5   /**< CodeMatiere1 … CodeMatiere5 */
#define CTES_ARCHIVE_MAX                                                                           \
    157286400                /**< bytes: 150 MiB, archive and sum of files (norm sheet § 4)       \
                              */
#define CTES_ANNEXES_MAX 198 /**< 200 files a request at S2LOW, less document and signature */

/** A calendar date; all zero means "not given". */
typedef struct ctes_date {
    int16_t year;
    uint8_t month; /**< 1 … 12 */
    uint8_t day;   /**< 1 … 31 */
} ctes_date;

/** Nature of an act, code of the norm (sheet § 7.2). */
typedef enum ctes_nature {
    CTES_NATURE_NONE = 0,
    CTES_NATURE_DELIBERATION = 1, /**< DE */
    CTES_NATURE_REGLEMENTAIRE,    /**< AR */
    CTES_NATURE_INDIVIDUEL,       /**< AI */
    CTES_NATURE_CONTRAT,          /**< CC */
    CTES_NATURE_BUDGET,           /**< BF */
    CTES_NATURE_AUTRE             /**< AU */
} ctes_nature;

/** A code of the classification, such as 7.10: `level[0 … count-1]`. */
typedef struct ctes_matiere {
    uint8_t count; /**< 0 when not given, else 2 … 5 */
    uint16_t level[CTES_MATIERE_LEVELS];
} ctes_matiere;

/** A file of an act: its document or one of its annexes. */
typedef struct ctes_piece {
    char *path;           /**< where the file is on this machine */
    char *signature_path; /**< a detached signature made elsewhere, or NULL */
    char *signature;      /**< or its text (PEM), which counts then; or NULL */
    char type_pj[6];      /**< "99_DE"; empty: the default of the act's nature */
} ctes_piece;

typedef struct ctes_acte {
    char siren[10]; /**< authority; empty: the only one configured */
    char *numero;   /**< as the authority writes it: "2022-0160" */
    char numero_interne[CTES_NUMERO_MAX +
                        1]; /**< as the norm takes it: "2022_0160"; made by check */
    ctes_date date;         /**< of the decision */
    ctes_nature nature;
    ctes_matiere matiere;
    char *objet;                      /**< subject, as given */
    char *objet_transmis;             /**< subject, Latin-1 characters only; made by check */
    ctes_date classification_date;    /**< version of the classification the codes come from */
    char precedent[CTES_ID_ACTE_MAX]; /**< PrecedentIdentifiantActe, or empty */
    bool document_papier;             /**< a paper copy follows ("multi canal") */
    ctes_piece document;
    ctes_piece *annexes; /**< in the order they are numbered */
    size_t annexe_count;
    char *fiche; /**< text of the form the act was read from, or NULL; given back filled in */
} ctes_acte;

#define CTES_ACTE_INIT                                                                             \
    { .nature = CTES_NATURE_NONE }

/** Releases what an act holds and makes it empty again. Accepts NULL and half-built acts. */
void ctes_acte_clear(ctes_acte *acte);

/** Adds an annexe; copies its strings. `type_pj` and `signature_path` may be NULL.
 *  @return CTES_OK, CTES_E_TYPE_PJ_INVALID, CTES_E_TOO_MANY_FILES, CTES_E_MEMORY. */
ctes_status ctes_acte_add_annexe(ctes_acte *acte, const char *path, const char *type_pj,
                                 const char *signature_path, ctes_error *err);

/** Where a stamp stands: parts of the room that the page leaves, in percent. */
typedef struct ctes_tampon_place {
    bool given;
    uint8_t x; /**< 0 left … 100 right */
    uint8_t y; /**< 0 top … 100 bottom */
} ctes_tampon_place;

typedef enum ctes_tampon_pages {
    CTES_TAMPON_UNSET,
    CTES_TAMPON_FIRST,
    CTES_TAMPON_ALL
} ctes_tampon_pages;

/** How an authority stamps its acts (<ctes/document.h>). */
typedef struct ctes_tampon {
    ctes_tampon_place place;
    ctes_tampon_pages pages;
} ctes_tampon;

/** An authority as the préfecture knows it (IDCL, norm sheet § 5.3 and 5.5). */
typedef struct ctes_autorite {
    char *key; /**< name of its section in the configuration */
    char *nom; /**< official name, for the SCDL table */
    char siren[10];
    char nic[6];            /**< makes SIREN into SIRET for the SCDL table; may be empty */
    char departement[4];    /**< three characters: "086", "02A" */
    char arrondissement[2]; /**< one digit */
    char nature[3];         /**< kind of authority: "31" commune */
    char **adresses_retour; /**< e-mail addresses for the préfecture's returns, at least one */
    size_t adresse_count;
    char *referent_nom, *referent_telephone, *referent_email; /**< or NULL */
    ctes_date classification_date; /**< version of the classification in use */
    char *login;         /**< HTTP Basic, when one certificate serves several accounts; or NULL */
    char *password_file; /**< file holding the password; or NULL */
    ctes_tampon tampon;  /**< what is unset is as for every authority */
} ctes_autorite;

#define CTES_AUTORITE_INIT                                                                         \
    { .key = NULL }

void ctes_autorite_clear(ctes_autorite *autorite);

/* --- what people write, and how it is said back --- */

/** "2022-06-27", "27/06/2022", "27 juin 2022", "1er juillet 2022".
 *  @return CTES_OK or CTES_E_DATE_INVALID. */
ctes_status ctes_date_parse(const char *text, ctes_date *ret, ctes_error *err);

/** Writes "2022-06-27" (nothing for a date not given); `out` holds at least 11 bytes. */
void ctes_date_format(ctes_date date, char out[11]);

/** "7.10", "7-10", " 7 . 10 " are refused or read as written: digits and dots only, 2 to 5 levels.
 *  @return CTES_OK or CTES_E_MATIERE_INVALID. */
ctes_status ctes_matiere_parse(const char *text, ctes_matiere *ret, ctes_error *err);

/** Writes "7.10"; `out` holds at least 32 bytes. */
void ctes_matiere_format(const ctes_matiere *matiere, char out[32]);

/** National label of the first two levels: level 1 or 2 ("Finances locales", "Divers").
 *  @return NULL when the code is not in the national tree (norm sheet § 7.3). */
const char *ctes_matiere_libelle(const ctes_matiere *matiere, unsigned level);

/** "1", "DE", "délibération" and the like, in any case.
 *  @return CTES_OK or CTES_E_NATURE_INVALID. */
ctes_status ctes_nature_parse(const char *text, ctes_nature *ret, ctes_error *err);

/** "DE"; "" for CTES_NATURE_NONE. */
const char *ctes_nature_abrege(ctes_nature nature);

/** "Délibérations"; "" for CTES_NATURE_NONE. */
const char *ctes_nature_libelle(ctes_nature nature);

/** Makes the NumeroInterne that the norm takes from a number as people write it: upper case,
 *  each run of other characters one `_`, `_` trimmed at both ends. `ret_changed` (may be NULL)
 *  tells whether the result differs from what was written.
 *  @return CTES_OK, CTES_E_NUMERO_MISSING, CTES_E_NUMERO_INVALID (nothing usable is left, or a
 *          letter is not ASCII), CTES_E_NUMERO_TOO_LONG. */
ctes_status ctes_numero_normalise(const char *numero, char ret[CTES_NUMERO_MAX + 1],
                                  bool *ret_changed, ctes_error *err);

/** The next number to propose when the operator keeps the old one for ever: 2022_0160 →
 *  2022_0160_2 → 2022_0160_3; the stem is shortened when it would pass 15 characters.
 *  @return CTES_OK or CTES_E_NUMERO_TOO_LONG. */
ctes_status ctes_numero_suffix(const char *numero_interne, unsigned rank,
                               char ret[CTES_NUMERO_MAX + 1], ctes_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
