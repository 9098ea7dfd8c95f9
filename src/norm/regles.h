/* Rules of the norm that an act must meet before anything is written (fact sheet § 5 and 10). */
#ifndef CTES_NORM_REGLES_H
#define CTES_NORM_REGLES_H

#include <ctes/acte.h>

#include "base/buffer.h"
#include "norm/arbre.h"

/** Nine digits with a valid Luhn key. @return CTES_OK or CTES_E_SIREN_INVALID. */
ctes_status ctes_siren_check(const char *siren, ctes_error *err) CTES_MUST_CHECK;

/** SIREN, département, arrondissement, nature and addresses of an authority.
 *  @return CTES_OK, CTES_E_SIREN_INVALID or CTES_E_CONFIG_INVALID. */
ctes_status ctes_autorite_check(const ctes_autorite *autorite, ctes_error *err) CTES_MUST_CHECK;

/** Subject to Latin-1 characters: composed (NFC), then œ → oe, € → EUR, ’ → ', – → - …; what has no
 *  agreed form is refused. `ret_changes` (may be NULL) lists the replacements for the person:
 *  "’ → ', € → EUR". White space runs, newlines included, become one space.
 *  @return CTES_OK, CTES_E_OBJET_MISSING, CTES_E_OBJET_CHARACTER (detail: the character and its
 *          code point), CTES_E_OBJET_TOO_LONG (over CTES_OBJET_MAX), CTES_E_CHARSET. */
ctes_status ctes_objet_transliterer(const char *objet, char **ret, char **ret_changes,
                                    ctes_error *err) CTES_MUST_CHECK;

/** One act of a nature, as a form says it: "délibération", "arrêté" …; "" for none. */
const char *ctes_nature_nom(ctes_nature nature);

/** Default type of the main document of a nature: "99_DE" …; "" for none. */
const char *ctes_type_pj_defaut(ctes_nature nature);

/** Every type that a nature takes by the national list, separated by spaces. */
const char *ctes_type_pj_liste(ctes_nature nature);

/** Five capitals, digits or '_'. */
bool ctes_type_pj_form(const char *type_pj);

/** Type of a document when nothing is known but the nature (sheet § 7.4): is it allowed?
 *  @return CTES_OK, CTES_E_TYPE_PJ_INVALID (form), CTES_E_TYPE_PJ_FORBIDDEN. */
ctes_status ctes_type_pj_check(ctes_nature nature, const char *type_pj,
                               ctes_error *err) CTES_MUST_CHECK;

/** Whether a national code exists at its first two levels.
 *  @return CTES_OK or CTES_E_MATIERE_UNKNOWN (detail: the nearest codes). */
ctes_status ctes_matiere_check(const ctes_matiere *matiere, ctes_error *err) CTES_MUST_CHECK;

/** Whole check of a description, files excepted: fills numero_interne, objet_transmis, the version
 *  of the classification and the default types of its pieces. `arbre` is what the préfecture sent
 *  this authority; NULL: the national list, to its second level. `today` bounds the decision date.
 *  @return CTES_OK, or the code of the first rule not met; `err->subject` is the act's number. */
ctes_status ctes_acte_check(ctes_acte *acte, const ctes_autorite *autorite, const ctes_arbre *arbre,
                            ctes_date today, ctes_error *err) CTES_MUST_CHECK;

/** What a file is by its first bytes (sheet § 10: content decides, never the name). */
typedef enum ctes_format {
    CTES_FORMAT_UNKNOWN,
    CTES_FORMAT_PDF,
    CTES_FORMAT_PNG,
    CTES_FORMAT_JPEG,
    CTES_FORMAT_XML
} ctes_format;

/** `head` holds the file's first bytes (16 are enough). */
ctes_format ctes_format_sniff(const void *head, size_t length);
const char *ctes_format_extension(ctes_format format); /**< "pdf"; "" when unknown */
const char *ctes_format_mime(ctes_format format);      /**< "application/pdf" … */

/** Which formats the norm takes: main document PDF, or XML for nature 5 with 7.1; annexes PDF, PNG,
 *  JPEG, XML, and only PDF beside an XML document.
 *  @return CTES_OK or CTES_E_DOCUMENT_TYPE. */
ctes_status ctes_format_check(const ctes_acte *acte, ctes_format document, ctes_format piece,
                              bool is_annexe, ctes_error *err) CTES_MUST_CHECK;

/** Finds the encryption mark of a PDF in its tail and around its last cross-reference: a document
 *  that a password locks is refused by the préfecture. The bytes are slices of the file. */
bool ctes_pdf_locked(const char *tail, size_t tail_length, const char *xref, size_t xref_length);

int ctes_date_compare(ctes_date a, ctes_date b);
bool ctes_date_given(ctes_date date);
/** Whole days from `from` to `to`; negative if `to` is earlier. */
long ctes_date_days(ctes_date from, ctes_date to);
/** "20240105"; `out` holds at least 9 bytes. */
void ctes_date_compact(ctes_date date, char out[static 9]);
/** "27 juin 2022"; `out` holds at least 24 bytes. */
void ctes_date_francais(ctes_date date, char out[static 24]);

#endif
