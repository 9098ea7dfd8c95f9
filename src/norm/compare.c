/* Does what the préfecture acknowledged answer what was sent? */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/file.h"
#include "norm/message.h"
#include "norm/regles.h"

static ctes_status differ(ctes_error *err, const char *what, const char *sent, const char *echo) {
    return ctes_fail(err, CTES_E_AR_DISCORDANT, NULL, "%s: %s ≠ %s", what, sent, echo);
}

static const char *text(const char *value) {
    return value != NULL ? value : "";
}

static ctes_status compare_nom(const char *what, const char *sent, const char *echo,
                               ctes_error *err) {
    const char *a = ctes_path_base(text(sent)), *b = ctes_path_base(text(echo));
    return strcmp(a, b) == 0 ? CTES_OK : differ(err, what, a, b);
}

static ctes_status compare_fichiers(const ctes_donnees_acte *sent, const ctes_donnees_acte *echo,
                                    ctes_error *err) {
    CTES_TRY(compare_nom("Document", sent->document.nom, echo->document.nom, err));
    if (sent->annexes.count != echo->annexes.count) {
        char a[24], b[24];
        (void)snprintf(a, sizeof a, "%zu", sent->annexes.count);
        (void)snprintf(b, sizeof b, "%zu", echo->annexes.count);
        return differ(err, "Annexes", a, b);
    }
    for (size_t i = 0; i < sent->annexes.count; i++)
        CTES_TRY(
            compare_nom("Annexe", sent->annexes.items[i].nom, echo->annexes.items[i].nom, err));
    return CTES_OK;
}

ctes_status ctes_donnees_acte_compare(const ctes_donnees_acte *sent, const ctes_donnees_acte *echo,
                                      ctes_error *err) {
    /* ours is in capitals, and no other differs by its case alone */
    if (strcasecmp(text(sent->numero_interne), text(echo->numero_interne)) != 0)
        return differ(err, "NumeroInterne", text(sent->numero_interne), text(echo->numero_interne));
    char a[32], b[32];
    if (ctes_date_compare(sent->date, echo->date) != 0) {
        ctes_date_format(sent->date, a);
        ctes_date_format(echo->date, b);
        return differ(err, "Date", a, b);
    }
    if (sent->nature != echo->nature) {
        (void)snprintf(a, sizeof a, "%d", sent->nature);
        (void)snprintf(b, sizeof b, "%d", echo->nature);
        return differ(err, "CodeNatureActe", a, b);
    }
    ctes_matiere_format(&sent->matiere, a);
    ctes_matiere_format(&echo->matiere, b);
    if (strcmp(a, b) != 0)
        return differ(err, "CodeMatiere", a, b);
    return compare_fichiers(sent, echo, err);
}
