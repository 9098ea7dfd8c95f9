/* A form's fields to an act. */
#include "document/fiche.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "document/source.h"
#include "document/form.h"
#include "document/matiere_nom.h"
#include "norm/regles.h"

/* What the reading gathers; members are those of the act that was not told before. */
typedef struct fields {
    bool any; /* a label of a form was met */
    bool numero_given, date_given, objet_given, matiere_given, nature_given, siren_given;
    char *numero, *objet, *matiere_nom;
    char siren[10];
    ctes_date date;
    ctes_nature nature;
    bool deliberation; /* the form calls itself one, or an assembly sat */
    ctes_matiere matiere;
    size_t matiere_line;
} fields;

static void fields_clear(fields *found) {
    free(found->numero);
    free(found->objet);
    free(found->matiere_nom);
}

/* A label without colon or cell may be a sentence of the text: its value must then look the part,
 * where a label that stands apart has a wrong value reported. */

/* a … z and ß … ÿ, œ: values without colon start otherwise, sentences going on do not. */
static bool starts_lower(const char *text) {
    unsigned char first = (unsigned char)text[0], second = first != 0 ? (unsigned char)text[1] : 0;
    return (first >= 'a' && first <= 'z') || (first == 0xc3u && second >= 0x9fu) ||
           (first == 0xc5u && second == 0x93u);
}

static ctes_status read_numero(const ctes_form_hit *hit, const char *value, fields *found,
                               ctes_error *err) {
    bool one_word = strchr(value, ' ') == NULL && strpbrk(value, "0123456789") != NULL;
    if (!hit->separated && !one_word)
        return CTES_OK;
    return ctes_text_dup(value, &found->numero, err);
}

/* "à 18h00", ", à 18 heures": what a sitting's date may be followed by outside a sentence. */
static bool ends_a_sitting(const char *rest) {
    rest += strspn(rest, " ,;.-");
    if (*rest == '\0')
        return true;
    size_t a = strncmp(rest, "à ", strlen("à ")) == 0 ? strlen("à ")
               : strncasecmp(rest, "a ", 2) == 0      ? 2
                                                      : 0;
    return a > 0 && rest[a] >= '0' && rest[a] <= '9';
}

static ctes_status read_date(const ctes_form_hit *hit, const char *value, fields *found,
                             ctes_error *err) {
    ctes_date date;
    const char *rest = NULL;
    if (ctes_form_date(value, &date, &rest)) {
        if (hit->separated || ends_a_sitting(rest))
            found->date = date;
        return CTES_OK;
    }
    if (hit->separated && hit->field == CTES_FORM_DATE)
        return ctes_fail(err, CTES_E_DATE_INVALID, NULL, "%s", value);
    return CTES_OK;
}

static ctes_status read_objet(const ctes_form_hit *hit, const char *value, fields *found,
                              ctes_error *err) {
    if (!hit->separated && starts_lower(value))
        return CTES_OK;
    return ctes_text_dup(value, &found->objet, err);
}

/* "7.10", "Divers" or both: "7.10 - Finances locales / Divers". */
static ctes_status read_matiere(const ctes_form_hit *hit, char *value, fields *found,
                                ctes_error *err) {
    if (value[0] >= '0' && value[0] <= '9') {
        if (found->matiere.count > 0)
            return CTES_OK;
        char *nom = value + strcspn(value, " -:/(");
        char after = *nom;
        *nom = '\0';
        ctes_error refused = CTES_ERROR_INIT;
        ctes_status status = ctes_matiere_parse(value, &found->matiere, &refused);
        *nom = after;
        if (status != CTES_OK)
            return hit->separated ? ctes_fail(err, status, NULL, "%s", value) : CTES_OK;
        found->matiere_line = hit->line;
        value = nom + strspn(nom, " -:/(");
    } else if (!hit->separated && starts_lower(value)) {
        return CTES_OK;
    }
    if (value[0] == '\0' || found->matiere_nom != NULL)
        return CTES_OK;
    return ctes_text_dup(value, &found->matiere_nom, err);
}

static ctes_status read_nature(const ctes_form_hit *hit, const char *value, fields *found,
                               ctes_error *err) {
    ctes_error refused = CTES_ERROR_INIT;
    if (ctes_nature_parse(value, &found->nature, &refused) == CTES_OK || !hit->separated)
        return CTES_OK;
    return ctes_fail(err, refused.code, NULL, "%s", refused.detail);
}

static ctes_status read_siren(const ctes_form_hit *hit, const char *value, fields *found,
                              ctes_error *err) {
    enum { SIREN_DIGITS = 9, SIRET_DIGITS = 14 };
    char digits[SIRET_DIGITS + 1] = "";
    size_t count = 0;
    bool other = false;
    for (; *value != '\0'; value++) {
        if (*value == ' ' || *value == '.')
            continue;
        other = other || *value < '0' || *value > '9' || count == SIRET_DIGITS;
        if (!other)
            digits[count++] = *value;
    }
    if (other || (count != SIREN_DIGITS && count != SIRET_DIGITS)) {
        if (!hit->separated)
            return CTES_OK;
        return ctes_fail(err, CTES_E_SIREN_INVALID, NULL, "%s", digits);
    }
    digits[SIREN_DIGITS] = '\0';
    CTES_TRY(ctes_siren_check(digits, err));
    (void)ctes_text_copy(found->siren, sizeof found->siren, digits);
    return CTES_OK;
}

/* The first value of a field is kept: a form names itself at its head, its text names others. */
static bool is_wanted(ctes_form_field field, const fields *found) {
    switch (field) {
    case CTES_FORM_NUMERO:
        return !found->numero_given && found->numero == NULL;
    case CTES_FORM_DATE:
    case CTES_FORM_SEANCE:
        return !found->date_given && !ctes_date_given(found->date);
    case CTES_FORM_OBJET:
        return !found->objet_given && found->objet == NULL;
    case CTES_FORM_MATIERE: /* code and name come one by one under the same label */
        return !found->matiere_given;
    case CTES_FORM_NATURE:
        return !found->nature_given && found->nature == CTES_NATURE_NONE;
    case CTES_FORM_SIREN:
        return !found->siren_given && found->siren[0] == '\0';
    default:
        return false;
    }
}

static ctes_status read_hit(const ctes_form_hit *hit, fields *found, ctes_error *err) {
    if (hit->field == CTES_FORM_DELIBERATION || hit->field == CTES_FORM_SEANCE)
        found->deliberation = true;
    if (hit->field != CTES_FORM_OTHER && hit->field != CTES_FORM_DELIBERATION)
        found->any = true;
    if (hit->value.length == 0 || !is_wanted(hit->field, found))
        return CTES_OK;
    char *value CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_form_value(hit->value, &value, err));
    switch (hit->field) {
    case CTES_FORM_NUMERO:
        return read_numero(hit, value, found, err);
    case CTES_FORM_DATE:
    case CTES_FORM_SEANCE:
        return read_date(hit, value, found, err);
    case CTES_FORM_OBJET:
        return read_objet(hit, value, found, err);
    case CTES_FORM_MATIERE:
        return read_matiere(hit, value, found, err);
    case CTES_FORM_NATURE:
        return read_nature(hit, value, found, err);
    default:
        return read_siren(hit, value, found, err);
    }
}

/* Code and name of the form must say the same: one of them is wrong otherwise, and which one is
 * not ours to guess. */
static ctes_status check_matiere(const fields *found, ctes_error *err) {
    if (found->matiere.count == 0 || found->matiere_nom == NULL)
        return CTES_OK;
    ctes_matiere_noms noms;
    CTES_TRY(ctes_matiere_noms_load(&noms, err));
    ctes_matiere_accord accord = CTES_ACCORD_SILENT;
    ctes_matiere other = { .count = 0 };
    CTES_TRY(
        ctes_matiere_compare(&noms, &found->matiere, found->matiere_nom, &accord, &other, err));
    if (accord != CTES_ACCORD_DISAGREES)
        return CTES_OK;
    return ctes_matiere_discord(&found->matiere, found->matiere_nom, &other, err);
}

/* An act becomes a deliberation by what its form says of itself, else by the word anywhere in it.
 * « Arrêté » tells no nature: it is réglementaire (AR) or individuel (AI), and a person must say.
 */
static ctes_status settle_nature(const char *text, fields *found, ctes_error *err) {
    if (found->nature_given || found->nature != CTES_NATURE_NONE)
        return CTES_OK;
    if (!found->deliberation) {
        char *folded CTES_AUTO_FREE = NULL;
        CTES_TRY(ctes_text_fold(text, &folded, err));
        found->deliberation =
            strstr(folded, "deliberation") != NULL && strstr(folded, "arrete") == NULL;
    }
    if (found->deliberation)
        found->nature = CTES_NATURE_DELIBERATION;
    return CTES_OK;
}

static ctes_status read_fields(const char *text, fields *found, ctes_error *err) {
    ctes_form form;
    ctes_form_begin(&form, text);
    for (;;) {
        ctes_form_hit hit;
        bool more = false;
        CTES_TRY(ctes_form_next(&form, &hit, &more, err));
        if (!more)
            break;
        ctes_status status = read_hit(&hit, found, err);
        if (status != CTES_OK)
            return ctes_source_fail(status, hit.line, err);
    }
    if (!found->any)
        return ctes_fail(err, CTES_E_FICHE_INVALID, NULL, "%s", "");
    ctes_status status = check_matiere(found, err);
    if (status != CTES_OK)
        return ctes_source_fail(status, found->matiere_line, err);
    return settle_nature(text, found, err);
}

static void give(fields *found, ctes_acte *acte) {
    if (!found->numero_given)
        acte->numero = CTES_TAKE(found->numero);
    if (!found->objet_given)
        acte->objet = CTES_TAKE(found->objet);
    if (!found->date_given)
        acte->date = found->date;
    if (!found->matiere_given)
        acte->matiere = found->matiere;
    if (!found->nature_given)
        acte->nature = found->nature;
    if (!found->siren_given)
        (void)ctes_text_copy(acte->siren, sizeof acte->siren, found->siren);
}

ctes_status ctes_fiche_read(const char *bytes, size_t length, ctes_acte *acte, ctes_error *err) {
    if (length > CTES_FICHE_MAX)
        return ctes_source_fail(ctes_fail(err, CTES_E_LIMIT, NULL, "> %u", CTES_FICHE_MAX), 0, err);
    char *text CTES_AUTO_FREE = NULL;
    ctes_status status = ctes_source_decode(bytes, length, true, &text, err);
    if (status != CTES_OK)
        return ctes_source_fail(status, 0, err);
    fields found CTES_CLEANUP(fields_clear) = {
        .numero_given = acte->numero != NULL,
        .date_given = ctes_date_given(acte->date),
        .objet_given = acte->objet != NULL,
        .matiere_given = acte->matiere.count > 0,
        .nature_given = acte->nature != CTES_NATURE_NONE,
        .siren_given = acte->siren[0] != '\0',
    };
    status = read_fields(text, &found, err);
    if (status != CTES_OK)
        return ctes_source_fail(status, 0, err);
    give(&found, acte);
    free(acte->fiche);
    acte->fiche = CTES_TAKE(text);
    return CTES_OK;
}
