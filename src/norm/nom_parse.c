/* File names of the norm, taken apart (fact sheet § 3.1 and 3.2); from the right, since names made
 * by hand may hold hyphens. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"

#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool only(const char *text, const char *set) {
    return text[strspn(text, set)] == '\0';
}

static bool sized(const char *text, size_t length, const char *set) {
    return strlen(text) == length && only(text, set);
}

/* A rank of any length that still is a number here. */
static bool parse_numero(const char *text, unsigned *ret) {
    unsigned value = 0;
    if (*text == '\0' || !only(text, DIGITS))
        return false;
    for (; *text != '\0'; text++)
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (unsigned)(*text - '0'), &value))
            return false;
    *ret = value;
    return true;
}

static bool parse_day(const char *text, ctes_date *ret) {
    if (!sized(text, 8, DIGITS))
        return false;
    char iso[11];
    (void)snprintf(iso, sizeof iso, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
    return ctes_date_parse(iso, ret, NULL) == CTES_OK;
}

/* Cuts the text behind the last hyphen off and returns it; NULL when there is no hyphen. */
static char *cut_last(char *text) {
    char *hyphen = strrchr(text, '-');
    if (hyphen == NULL)
        return NULL;
    *hyphen = '\0';
    return hyphen + 1;
}

static bool departement_form(const char *text) {
    return sized(text, 3, DIGITS) || strcmp(text, "02A") == 0 || strcmp(text, "02B") == 0;
}

static bool service_form(const char *text) {
    static const char *const WORDS[] = { "PREF", "SPREF", "SGAR" };
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        size_t length = strlen(WORDS[i]);
        char departement[4] = "";
        if (strncmp(text, WORDS[i], length) != 0 || strlen(text) != length + 3 + (i == 1 ? 1u : 0u))
            continue;
        (void)ctes_text_copy(departement, sizeof departement, text + length);
        if (departement_form(departement) && only(text + length + 3, DIGITS))
            return true;
    }
    return false;
}

/* APPLI--EMETTEUR-DESTINATAIRE-DATE-NUMERO, with one of the two sides a SIREN. */
static bool parse_stem(char *stem, ctes_nom_parts *ret) {
    const char *numero = cut_last(stem);
    const char *day = numero != NULL ? cut_last(stem) : NULL;
    const char *destinataire = day != NULL ? cut_last(stem) : NULL;
    const char *emetteur = destinataire != NULL ? cut_last(stem) : NULL;
    if (emetteur == NULL || strlen(stem) != 5 || stem[4] != '-' || strspn(stem, UPPER) != 4 ||
        strchr("FQETD", stem[0]) == NULL)
        return false;
    bool from_cl = sized(emetteur, 9, DIGITS) && *destinataire == '\0';
    bool to_cl = service_form(emetteur) && sized(destinataire, 9, DIGITS);
    if (!from_cl && !to_cl)
        return false;
    (void)ctes_text_copy(ret->quadrigramme, sizeof ret->quadrigramme, stem);
    (void)ctes_text_copy(ret->emetteur, sizeof ret->emetteur, emetteur);
    (void)ctes_text_copy(ret->destinataire, sizeof ret->destinataire, destinataire);
    (void)ctes_text_copy(ret->siren, sizeof ret->siren, from_cl ? emetteur : destinataire);
    return parse_day(day, &ret->date) && parse_numero(numero, &ret->numero);
}

static bool numero_form(const char *text) {
    return *text == '\0' || (strlen(text) <= CTES_NUMERO_MAX &&
                             only(text, UPPER "abcdefghijklmnopqrstuvwxyz" DIGITS "_"));
}

/* [TYPEPJ-]DPT-SIREN-DATEACTE-NUMACTE-NATURE-T-F; date, number and nature may be empty in returns
 */
static bool parse_business(char *stem, ctes_nom_parts *ret) {
    const char *flux = cut_last(stem);
    const char *transaction = flux != NULL ? cut_last(stem) : NULL;
    const char *nature = transaction != NULL ? cut_last(stem) : NULL;
    const char *numero = nature != NULL ? cut_last(stem) : NULL;
    const char *day = numero != NULL ? cut_last(stem) : NULL;
    const char *siren = day != NULL ? cut_last(stem) : NULL;
    if (siren == NULL)
        return false;
    const char *departement = stem;
    char *second = cut_last(stem);
    if (second != NULL) {
        departement = second;
        if (!sized(stem, 5, UPPER DIGITS "_"))
            return false;
        (void)ctes_text_copy(ret->type_pj, sizeof ret->type_pj, stem);
    }
    if (!departement_form(departement) || !sized(siren, 9, DIGITS) || !numero_form(numero) ||
        !(*nature == '\0' || sized(nature, 2, UPPER)) || !sized(transaction, 1, "1234567") ||
        !sized(flux, 1, "12345") || !(*day == '\0' || parse_day(day, &ret->date)))
        return false;
    (void)ctes_text_copy(ret->departement, sizeof ret->departement, departement);
    (void)ctes_text_copy(ret->siren, sizeof ret->siren, siren);
    (void)ctes_text_copy(ret->numero_interne, sizeof ret->numero_interne, numero);
    (void)ctes_text_copy(ret->nature, sizeof ret->nature, nature);
    ret->transaction = (unsigned)(*transaction - '0');
    ret->flux = (unsigned)(*flux - '0');
    return true;
}

static bool ends_with(char *text, const char *ending, bool cut) {
    size_t length = strlen(text), size = strlen(ending);
    if (length <= size || strcmp(text + length - size, ending) != 0)
        return false;
    if (cut)
        text[length - size] = '\0';
    return true;
}

static bool parse_archive(char *name, ctes_nom_parts *ret) {
    char *hyphen = strchr(name, '-');
    if (hyphen == NULL || hyphen - name != 3)
        return false;
    *hyphen = '\0';
    ret->genre = CTES_NOM_ARCHIVE;
    (void)ctes_text_copy(ret->trigramme, sizeof ret->trigramme, name);
    return parse_stem(hyphen + 1, ret);
}

static bool parse_underscored(char *name, ctes_nom_parts *ret) {
    static const char *const EXTENSIONS[] = { "pdf", "jpg", "png", "xml" };
    char *dot = strrchr(name, '.');
    char *underscore = strrchr(name, '_');
    if (dot == NULL || underscore == NULL || underscore > dot)
        return false;
    *dot = '\0';
    *underscore = '\0';
    bool known = false;
    for (size_t i = 0; i < sizeof EXTENSIONS / sizeof EXTENSIONS[0]; i++)
        known = known || strcmp(dot + 1, EXTENSIONS[i]) == 0;
    if (!known || !parse_numero(underscore + 1, &ret->numero) || !parse_business(name, ret))
        return false;
    (void)ctes_text_copy(ret->extension, sizeof ret->extension, dot + 1);
    bool message = ret->type_pj[0] == '\0' && strcmp(ret->extension, "xml") == 0;
    ret->genre = message ? CTES_NOM_MESSAGE : CTES_NOM_DOCUMENT;
    return true;
}

static bool parse_any(char *name, ctes_nom_parts *ret) {
    if (ends_with(name, ".tar.gz", true))
        return parse_archive(name, ret);
    if (strncmp(name, "ANO_", 4) == 0) {
        ret->genre = CTES_NOM_ANOMALIE_ENVELOPPE;
        return ends_with(name, ".xml", true) && parse_stem(name + 4, ret);
    }
    if (strspn(name, UPPER) == 4 && name[4] == '-' && name[5] == '-') {
        ret->genre = CTES_NOM_ENVELOPPE;
        return ends_with(name, ".xml", true) && parse_stem(name, ret);
    }
    return parse_underscored(name, ret);
}

ctes_status ctes_nom_parse(const char *name, ctes_nom_parts *ret, ctes_error *err) {
    const char *base = ctes_path_base(name);
    char copy[CTES_NOM_MAX + 1];
    ctes_nom_parts parts = { .genre = CTES_NOM_DOCUMENT };
    if (!ctes_text_copy(copy, sizeof copy, base) || !parse_any(copy, &parts))
        return ctes_fail(err, CTES_E_NOM_FICHIER, NULL, "%s", base);
    *ret = parts;
    return CTES_OK;
}

ctes_status ctes_nom_id_acte_parse(const char *id_acte, ctes_nom_parts *ret, ctes_error *err) {
    char copy[CTES_NOM_MAX + 1];
    ctes_nom_parts parts = { .genre = CTES_NOM_MESSAGE };
    bool fits = snprintf(copy, sizeof copy, "%s-1-1", id_acte) <= CTES_NOM_MAX;
    if (!fits || !parse_business(copy, &parts) || parts.type_pj[0] != '\0' ||
        !ctes_date_given(parts.date) || parts.numero_interne[0] == '\0' || parts.nature[0] == '\0')
        return ctes_fail(err, CTES_E_PRECEDENT_INVALID, NULL, "%s", id_acte);
    parts.transaction = parts.flux = 0;
    *ret = parts;
    return CTES_OK;
}
