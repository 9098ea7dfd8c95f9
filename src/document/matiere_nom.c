#include "document/matiere_nom.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

enum { LEVEL_1_MAX = 9, LEVEL_2_MAX = 20 };

/* Lower case of what the national labels hold: ASCII and À … Þ (U+00C0 … U+00DE, × aside). */
static char lower(const char *text, size_t at) {
    unsigned char byte = (unsigned char)text[at];
    if (byte >= 'A' && byte <= 'Z')
        return (char)(byte + ('a' - 'A'));
    if (at > 0 && (unsigned char)text[at - 1] == 0xc3u && byte >= 0x80u && byte <= 0x9eu &&
        byte != 0x97u)
        return (char)(byte + 0x20u);
    return text[at];
}

/* A label as the SCDL table writes it; returns false when it does not fit. */
static bool table_name(const char *label, char *out, size_t size) {
    size_t end = 0;
    for (size_t i = 0; label[i] != '\0'; i++) {
        char c = strchr(",()/.", label[i]) != NULL ? ' ' : lower(label, i);
        if (c == ' ' && (end == 0 || out[end - 1] == ' '))
            continue;
        if (end + 1 >= size)
            return false;
        out[end++] = c;
    }
    while (end > 0 && out[end - 1] == ' ')
        end--;
    out[end] = '\0';
    return true;
}

ctes_status ctes_matiere_nom(const ctes_matiere *matiere, char ret[static CTES_MATIERE_NOM_MAX + 1],
                             ctes_error *err) {
    char code[32], one[CTES_MATIERE_NOM_MAX / 2], two[CTES_MATIERE_NOM_MAX / 2];
    ctes_matiere_format(matiere, code);
    const char *niveau1 = ctes_matiere_libelle(matiere, 1);
    const char *niveau2 = ctes_matiere_libelle(matiere, 2);
    if (niveau1 == NULL || niveau2 == NULL)
        return ctes_fail(err, CTES_E_MATIERE_UNKNOWN, NULL, "%s", code);
    if (!table_name(niveau1, one, sizeof one) || !table_name(niveau2, two, sizeof two))
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "%s", code);
    (void)snprintf(ret, CTES_MATIERE_NOM_MAX + 1, "%s/%s", one, two);
    return CTES_OK;
}

/* The form in which names are compared: folded, with every sign between words one space. */
static ctes_status comparable(const char *text, char *out, size_t size, ctes_error *err) {
    char *folded CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_fold(text, &folded, err));
    size_t end = 0;
    for (const unsigned char *at = (const unsigned char *)folded; *at != '\0'; at++) {
        bool word = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at >= 0x80u;
        if (!word && (end == 0 || out[end - 1] == ' '))
            continue;
        if (end + 1 >= size)
            break; /* longer than any national label: what follows cannot make them equal */
        out[end++] = word ? (char)*at : ' ';
    }
    while (end > 0 && out[end - 1] == ' ')
        end--;
    out[end] = '\0';
    return CTES_OK;
}

ctes_status ctes_matiere_noms_load(ctes_matiere_noms *ret, ctes_error *err) {
    ret->count = 0;
    for (unsigned one = 1; one <= LEVEL_1_MAX; one++) {
        for (unsigned two = 1; two <= LEVEL_2_MAX; two++) {
            ctes_matiere code = { .count = 2, .level = { (uint16_t)one, (uint16_t)two } };
            const char *niveau2 = ctes_matiere_libelle(&code, 2);
            if (niveau2 == NULL || ret->count == CTES_MATIERE_NOMS)
                continue;
            size_t at = ret->count;
            memcpy(ret->items[at].level, code.level, sizeof ret->items[at].level);
            CTES_TRY(comparable(ctes_matiere_libelle(&code, 1), ret->items[at].niveau1,
                                sizeof ret->items[at].niveau1, err));
            CTES_TRY(
                comparable(niveau2, ret->items[at].niveau2, sizeof ret->items[at].niveau2, err));
            ret->count++;
        }
    }
    return CTES_OK;
}

typedef enum match { MATCH_NONE, MATCH_LEVEL_1, MATCH_LEVEL_2 } match;

/* "divers", "finances locales divers" and what a person adds behind ("… divers et imprevus"). */
static match match_label(const char *name, const char *niveau1, const char *niveau2) {
    if (strcmp(name, niveau2) == 0)
        return MATCH_LEVEL_2;
    size_t one = strlen(niveau1), two = strlen(niveau2);
    if (strncmp(name, niveau1, one) != 0)
        return MATCH_NONE;
    if (name[one] == '\0')
        return MATCH_LEVEL_1;
    const char *rest = name + one + 1;
    if (name[one] != ' ' || strncmp(rest, niveau2, two) != 0)
        return MATCH_NONE;
    return rest[two] == '\0' || rest[two] == ' ' ? MATCH_LEVEL_2 : MATCH_NONE;
}

ctes_status ctes_matiere_compare(const ctes_matiere_noms *noms, const ctes_matiere *matiere,
                                 const char *nom, ctes_matiere_accord *ret, ctes_matiere *ret_other,
                                 ctes_error *err) {
    char name[2 * CTES_MATIERE_NOM_MAX + 2];
    CTES_TRY(comparable(nom, name, sizeof name, err));
    match own = MATCH_NONE, other = MATCH_NONE;
    ctes_matiere other_code = { .count = 0 };
    for (size_t i = 0; i < noms->count; i++) {
        const uint16_t *level = noms->items[i].level;
        match found = match_label(name, noms->items[i].niveau1, noms->items[i].niveau2);
        bool same = matiere->level[0] == level[0] &&
                    (found == MATCH_LEVEL_1 || matiere->level[1] == level[1]);
        if (same && found > own)
            own = found;
        if (!same && found > other) {
            other = found;
            other_code.count = found == MATCH_LEVEL_2 ? 2 : 1;
            memcpy(other_code.level, level, 2 * sizeof level[0]);
        }
    }
    if (own < MATCH_LEVEL_2 && other > own && ret_other != NULL)
        *ret_other = other_code;
    *ret = own == MATCH_LEVEL_2 ? CTES_ACCORD_AGREES
           : other > own        ? CTES_ACCORD_DISAGREES
                                : CTES_ACCORD_SILENT;
    return CTES_OK;
}

ctes_status ctes_matiere_discord(const ctes_matiere *matiere, const char *nom,
                                 const ctes_matiere *other, ctes_error *err) {
    char code[32], other_code[32];
    ctes_matiere_format(matiere, code);
    ctes_matiere_format(other, other_code);
    const char *libelle = ctes_matiere_libelle(matiere, 2);
    return ctes_fail(err, CTES_E_MATIERE_DISCORDANT, NULL, "%s (%s) ≠ %s (%s)", code,
                     libelle != NULL ? libelle : "?", nom, other_code);
}
