#include "document/form_labels.h"

#include <string.h>

#include "base/text.h"

enum { LABEL_BYTES = 160 }; /* of a cell's text looked at: no label is as long, even decomposed */

/* Written as ctes_text_fold makes them; blanks in them need not be in the form. */
static const struct {
    const char *text;
    ctes_form_field field;
} LABELS[] = {
    { "n° identifiant", CTES_FORM_NUMERO },
    { "no identifiant", CTES_FORM_NUMERO },
    { "numero identifiant", CTES_FORM_NUMERO },
    { "identifiant de l'acte", CTES_FORM_NUMERO },
    { "identifiant de la deliberation", CTES_FORM_NUMERO },
    { "n° de l'acte", CTES_FORM_NUMERO },
    { "n° d'acte", CTES_FORM_NUMERO },
    { "n° acte", CTES_FORM_NUMERO },
    { "numero de l'acte", CTES_FORM_NUMERO },
    { "numero d'acte", CTES_FORM_NUMERO },
    { "numero interne", CTES_FORM_NUMERO },
    { "n° de la deliberation", CTES_FORM_NUMERO },
    { "n° de deliberation", CTES_FORM_NUMERO },
    { "n° deliberation", CTES_FORM_NUMERO },
    { "numero de la deliberation", CTES_FORM_NUMERO },
    { "numero de deliberation", CTES_FORM_NUMERO },
    { "deliberation n°", CTES_FORM_NUMERO },
    { "deliberation numero", CTES_FORM_NUMERO },

    { "date de la decision", CTES_FORM_DATE },
    { "date de decision", CTES_FORM_DATE },
    { "date de la deliberation", CTES_FORM_DATE },
    { "date de l'acte", CTES_FORM_DATE },
    { "date de la seance", CTES_FORM_DATE },
    { "date de seance", CTES_FORM_DATE },

    { "seance du", CTES_FORM_SEANCE },
    { "seance publique du", CTES_FORM_SEANCE },
    { "seance du conseil municipal du", CTES_FORM_SEANCE },
    { "reunion du", CTES_FORM_SEANCE },
    { "reunion du conseil municipal du", CTES_FORM_SEANCE },
    { "conseil municipal du", CTES_FORM_SEANCE },
    { "conseil communautaire du", CTES_FORM_SEANCE },
    { "conseil metropolitain du", CTES_FORM_SEANCE },
    { "conseil departemental du", CTES_FORM_SEANCE },
    { "conseil regional du", CTES_FORM_SEANCE },
    { "conseil d'administration du", CTES_FORM_SEANCE },
    { "conseil syndical du", CTES_FORM_SEANCE },
    { "comite syndical du", CTES_FORM_SEANCE },
    { "commission permanente du", CTES_FORM_SEANCE },
    { "bureau communautaire du", CTES_FORM_SEANCE },

    { "titre", CTES_FORM_OBJET },
    { "titre de la deliberation", CTES_FORM_OBJET },
    { "titre de l'acte", CTES_FORM_OBJET },
    { "objet", CTES_FORM_OBJET },
    { "objet de la deliberation", CTES_FORM_OBJET },
    { "objet de l'acte", CTES_FORM_OBJET },
    { "intitule", CTES_FORM_OBJET },
    { "intitule de la deliberation", CTES_FORM_OBJET },

    { "nomenclature", CTES_FORM_MATIERE },
    { "nomenclature prefecture", CTES_FORM_MATIERE },
    { "nomenclature actes", CTES_FORM_MATIERE },
    { "nomenclature @ctes", CTES_FORM_MATIERE },
    { "code nomenclature", CTES_FORM_MATIERE },
    { "matiere", CTES_FORM_MATIERE },
    { "code matiere", CTES_FORM_MATIERE },
    { "matiere de l'acte", CTES_FORM_MATIERE },
    { "classification", CTES_FORM_MATIERE },

    { "nature", CTES_FORM_NATURE },
    { "nature de l'acte", CTES_FORM_NATURE },
    { "type d'acte", CTES_FORM_NATURE },
    { "type de l'acte", CTES_FORM_NATURE },

    { "siren", CTES_FORM_SIREN },
    { "n° siren", CTES_FORM_SIREN },
    { "numero siren", CTES_FORM_SIREN },
    { "siret", CTES_FORM_SIREN },
    { "n° siret", CTES_FORM_SIREN },
    { "numero siret", CTES_FORM_SIREN },

    { "date de reception en prefecture", CTES_FORM_RECEPTION },
    { "date de reception a la prefecture", CTES_FORM_RECEPTION },
    { "date de reception en sous-prefecture", CTES_FORM_RECEPTION },
    { "date de reception prefecture", CTES_FORM_RECEPTION },
    { "recu en prefecture le", CTES_FORM_RECEPTION },
    { "recue en prefecture le", CTES_FORM_RECEPTION },

    { "identifiant de teletransmission", CTES_FORM_IDENTIFIANT },
    { "identifiant teletransmission", CTES_FORM_IDENTIFIANT },
    { "n° de teletransmission", CTES_FORM_IDENTIFIANT },

    { "deliberation", CTES_FORM_DELIBERATION },
    { "projet de deliberation", CTES_FORM_DELIBERATION },
    { "extrait du registre des deliberations", CTES_FORM_DELIBERATION },
    { "registre des deliberations", CTES_FORM_DELIBERATION },

    { "n° ordre", CTES_FORM_OTHER },
    { "n° d'ordre", CTES_FORM_OTHER },
    { "rapporteur", CTES_FORM_OTHER },
    { "rapporteurs", CTES_FORM_OTHER },
    { "rapporteuse", CTES_FORM_OTHER },
    { "date de la convocation", CTES_FORM_OTHER },
    { "date de convocation", CTES_FORM_OTHER },
    { "president de seance", CTES_FORM_OTHER },
    { "presidente de seance", CTES_FORM_OTHER },
    { "secretaire de seance", CTES_FORM_OTHER },
    { "secretaire", CTES_FORM_OTHER },
    { "pj", CTES_FORM_OTHER },
    { "pieces jointes", CTES_FORM_OTHER },
    { "annexes", CTES_FORM_OTHER },
    { "membres en exercice", CTES_FORM_OTHER },
    { "quorum", CTES_FORM_OTHER },
    { "presents", CTES_FORM_OTHER },
    { "absents", CTES_FORM_OTHER },
    { "mandats", CTES_FORM_OTHER },
    { "observations", CTES_FORM_OTHER },
    { "service referent", CTES_FORM_OTHER },
    { "pour", CTES_FORM_OTHER },
    { "contre", CTES_FORM_OTHER },
    { "abstention", CTES_FORM_OTHER },
    { "resultat du vote", CTES_FORM_OTHER },
    { "affichee le", CTES_FORM_OTHER },
    { "affiche le", CTES_FORM_OTHER },
    { "date d'affichage", CTES_FORM_OTHER },
    { "publiee le", CTES_FORM_OTHER },
    { "publie le", CTES_FORM_OTHER },
    { "date de publication", CTES_FORM_OTHER },
};

/* Number of bytes of folded text that are not spaces. */
static size_t solid_length(const char *folded) {
    size_t count = 0;
    for (; *folded != '\0'; folded++)
        count += *folded != ' ';
    return count;
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* True if folded text starts with a label, spaces aside, and no word goes on behind it. */
static bool starts_with_label(const char *folded, const char *label) {
    const char *at = folded, *wanted = label;
    for (;;) {
        wanted += strspn(wanted, " ");
        if (*wanted == '\0')
            break;
        at += strspn(at, " ");
        if (*at++ != *wanted++)
            return false;
    }
    return !is_word(at[0]) || !is_word(wanted[-1]);
}

/* Cuts at a character's end, so that a prefix of UTF-8 stays UTF-8. */
static size_t whole_characters(const char *text, size_t length, size_t available) {
    while (length > 0 && length < available && ((unsigned char)text[length] & 0xc0u) == 0x80u)
        length--;
    return length;
}

/* Folding does not say where its output came from: the label ends where the shortest prefix that
 * folds to as much as the label ends. */
static ctes_status label_length(ctes_form_span text, const char *label, size_t *ret,
                                ctes_error *err) {
    size_t wanted = solid_length(label);
    for (size_t length = wanted; length < text.length;
         length++) { /* folding makes nothing longer */
        if (whole_characters(text.start, length, text.length) != length)
            continue;
        char head[LABEL_BYTES + 1];
        memcpy(head, text.start, length);
        head[length] = '\0';
        char *folded CTES_AUTO_FREE = NULL;
        CTES_TRY(ctes_text_fold(head, &folded, err));
        if (solid_length(folded) >= wanted) {
            *ret = length;
            return CTES_OK;
        }
    }
    *ret = text.length;
    return CTES_OK;
}

ctes_status ctes_form_label(ctes_form_span text, ctes_form_field *ret, size_t *ret_length,
                            ctes_error *err) {
    size_t length = text.length < LABEL_BYTES ? text.length : LABEL_BYTES;
    ctes_form_span cut = { text.start, whole_characters(text.start, length, text.length) };
    char head[LABEL_BYTES + 1];
    memcpy(head, cut.start, cut.length);
    head[cut.length] = '\0';
    char *folded CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_fold(head, &folded, err));
    const char *best = NULL;
    ctes_form_field field = CTES_FORM_NONE;
    for (size_t i = 0; i < sizeof LABELS / sizeof LABELS[0]; i++) {
        if ((best == NULL || solid_length(LABELS[i].text) > solid_length(best)) &&
            starts_with_label(folded, LABELS[i].text)) {
            best = LABELS[i].text;
            field = LABELS[i].field;
        }
    }
    size_t taken = 0;
    if (best != NULL)
        CTES_TRY(label_length(cut, best, &taken, err));
    *ret = field;
    *ret_length = taken;
    return CTES_OK;
}
