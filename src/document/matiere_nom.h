/*
 * Names of matières beside their codes: the name that the national table takes, and whether a name
 * that people wrote says the same as the code next to it.
 */
#ifndef CTES_DOCUMENT_MATIERE_NOM_H
#define CTES_DOCUMENT_MATIERE_NOM_H

#include <ctes/acte.h>

#include "base/cleanup.h"

#define CTES_MATIERE_NOM_MAX 191
#define CTES_MATIERE_NOMS    96 /**< room for the codes of the national tree's second level */

/** "finances locales/divers": both levels in lower case with accents, without comma, parenthesis or
 *  a bar of their own (SCDL sheet, DELIB_MATIERE_NOM).
 *  @return CTES_OK or CTES_E_MATIERE_UNKNOWN for a code outside the national tree. */
ctes_status ctes_matiere_nom(const ctes_matiere *matiere, char ret[static CTES_MATIERE_NOM_MAX + 1],
                             ctes_error *err) CTES_MUST_CHECK;

/** The national labels in the form that names are compared in, made once for a whole reading. */
typedef struct ctes_matiere_noms {
    size_t count;
    struct {
        uint16_t level[2];
        char niveau1[CTES_MATIERE_NOM_MAX + 1];
        char niveau2[CTES_MATIERE_NOM_MAX + 1];
    } items[CTES_MATIERE_NOMS];
} ctes_matiere_noms;

ctes_status ctes_matiere_noms_load(ctes_matiere_noms *ret, ctes_error *err) CTES_MUST_CHECK;

typedef enum ctes_matiere_accord {
    CTES_ACCORD_SILENT, /**< the name says nothing of the second level: a first level, a local name
                         */
    CTES_ACCORD_AGREES, /**< it is the national label of the code's second level */
    CTES_ACCORD_DISAGREES /**< it is the national label of another code */
} ctes_matiere_accord;

/** Compares a code with a name as people write it: "Divers", "Finances locales - Divers",
 *  "finances locales/divers". `ret_other` (may be NULL) is the code that the name names when they
 *  disagree. A name that is in no national list is silent: authorities may use their own (SCDL). */
ctes_status ctes_matiere_compare(const ctes_matiere_noms *noms, const ctes_matiere *matiere,
                                 const char *nom, ctes_matiere_accord *ret, ctes_matiere *ret_other,
                                 ctes_error *err) CTES_MUST_CHECK;

/** Fails with CTES_E_MATIERE_DISCORDANT: "7.1 (Décisions budgétaires) ≠ Divers (7.10)". `other` may
 *  be empty. */
ctes_status ctes_matiere_discord(const ctes_matiere *matiere, const char *nom,
                                 const ctes_matiere *other, ctes_error *err);

#endif
