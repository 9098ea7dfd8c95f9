/* Natures of acts and the types of their documents (fact sheet § 7.2 and 7.4). */
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"

typedef struct nature_row {
    const char *abrege, *libelle;
    const char *singulier; /* as a form says it */
    const char *defaut;    /* type of the main document */
    const char *types;     /* every type the nature takes, separated by spaces */
} nature_row;

static const nature_row NATURES[] = {
    { "", "", "", "", "" },
    { "DE", "Délibérations", "délibération", "99_DE",
      "99_DE 99_AR 99_SE 21_DA 21_DB 21_DE 21_DO 21_EP 21_PA 21_RP 23_DE 23_IA 31_DE 31_DP 41_RA "
      "42_AC 42_DE 43_AC 70_DE" },
    { "AR", "Actes réglementaires", "arrêté", "99_AR",
      "99_AR 99_SE 21_DA 21_DB 21_DE 21_DO 21_EP 21_PA 21_RP" },
    { "AI", "Actes individuels", "acte individuel", "99_AI",
      "99_AI 99_SE 22_AC 22_AG 22_AR 22_AT 22_AV 22_CO 22_DD 22_DN 22_DP 22_LE 22_NE 22_PE 22_PN "
      "22_RE 22_TA 23_PR 33_AO 41_AT 41_AV 41_CA 41_CM 41_DA 41_DE 41_IC 41_IN 41_NC 43_AC 43_AT "
      "43_AV 43_CA 43_CM 43_DA 43_IN 43_LI 43_NC" },
    { "CC", "Contrats, conventions et avenants", "contrat", "99_DC",
      "99_DC 99_SE 10_AV 10_DE 11_AC 11_AE 11_AP 11_AT 11_AV 11_IN 11_JU 11_PV 11_RA 11_RC 11_RP "
      "11_TP 12_AD 12_CC 12_CD 12_CR 12_DA 12_DC 12_IP 12_NR 12_RS 12_ST 16_AA 16_AE 16_CA 16_CT "
      "17_RC 31_AA 31_CO 31_DE 31_DP 32_AA 32_CV 32_DC 32_DE 32_DP 33_AC 33_AO 33_CC 42_AC 42_AT "
      "42_AV 42_DE 43_AC" },
    { "BF", "Documents budgétaires et financiers", "document budgétaire", "99_BU",
      "99_BU 99_SE 70_DE" },
    { "AU", "Autres", "autre", "99_AU", "99_AU 99_SE" },
};

enum { NATURE_COUNT = sizeof NATURES / sizeof NATURES[0] };

static const nature_row *row(ctes_nature nature) {
    size_t index = (size_t)nature;
    return &NATURES[index < NATURE_COUNT ? index : 0];
}

const char *ctes_nature_abrege(ctes_nature nature) {
    return row(nature)->abrege;
}

const char *ctes_nature_libelle(ctes_nature nature) {
    return row(nature)->libelle;
}

const char *ctes_nature_nom(ctes_nature nature) {
    return row(nature)->singulier;
}

const char *ctes_type_pj_defaut(ctes_nature nature) {
    return row(nature)->defaut;
}

const char *ctes_type_pj_liste(ctes_nature nature) {
    return row(nature)->types;
}

ctes_status ctes_nature_parse(const char *text, ctes_nature *ret, ctes_error *err) {
    for (size_t i = 1; i < NATURE_COUNT; i++) {
        const char digit[2] = { (char)('0' + i), '\0' };
        if (ctes_text_same(text, digit) || ctes_text_same(text, NATURES[i].abrege) ||
            ctes_text_same(text, NATURES[i].libelle) ||
            ctes_text_same(text, NATURES[i].singulier)) {
            *ret = (ctes_nature)i;
            return CTES_OK;
        }
    }
    return ctes_fail(err, CTES_E_NATURE_INVALID, NULL, "%s", text);
}

bool ctes_type_pj_form(const char *type_pj) {
    return strlen(type_pj) == 5 && strspn(type_pj, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == 5;
}

/* The préfecture's list is dynamic (sheet § 7.4): this one refuses what the nature never takes, and
 * lets codes pass that it does not know at all. */
static bool known_elsewhere(const char *type_pj) {
    for (size_t i = 1; i < NATURE_COUNT; i++)
        if (strstr(NATURES[i].types, type_pj) != NULL)
            return true;
    return false;
}

ctes_status ctes_type_pj_check(ctes_nature nature, const char *type_pj, ctes_error *err) {
    if (!ctes_type_pj_form(type_pj))
        return ctes_fail(err, CTES_E_TYPE_PJ_INVALID, NULL, "%s", type_pj);
    if (strstr(row(nature)->types, type_pj) != NULL || !known_elsewhere(type_pj))
        return CTES_OK;
    return ctes_fail(err, CTES_E_TYPE_PJ_FORBIDDEN, NULL, "%s: %s", type_pj, row(nature)->types);
}
