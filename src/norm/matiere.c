/* The national classification to its second level (fact sheet § 7.3). */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"

typedef struct matiere_row {
    const char *libelle;
    const char *const *second; /* labels of x.1, x.2 …; NULL ends */
} matiere_row;

static const char *const M1[] = { "Marchés publics",
                                  "Délégation de service public",
                                  "Conventions de mandat",
                                  "Autres types de contrats",
                                  "Transactions / protocole d'accord transactionnel",
                                  "Actes relatifs à la maîtrise d'oeuvre",
                                  "Actes spéciaux et divers",
                                  NULL };
static const char *const M2[] = { "Documents d'urbanisme",
                                  "Droit d'occupation ou d'utilisation des sols",
                                  "Droit de préemption urbain", NULL };
static const char *const M3[] = { "Acquisitions",
                                  "Aliénations",
                                  "Locations",
                                  "Limites territoriales",
                                  "Autres actes de gestion du domaine public",
                                  "Autres actes de gestion du domaine privé",
                                  NULL };
static const char *const M4[] = { "Personnel titulaires et stagiaires de la FPT",
                                  "Personnel contractuel",
                                  "Fonction publique hospitalière",
                                  "Autres catégories de personnels",
                                  "Régime indemnitaire",
                                  NULL };
static const char *const M5[] = {
    "Élection exécutif",       "Fonctionnement des assemblées", "Désignation de représentants",
    "Délégation de fonctions", "Délégation de signature",       "Exercice des mandats locaux",
    "Intercommunalité",        "Décision d'ester en justice",   NULL
};
static const char *const M6[] = { "Police municipale",
                                  "Pouvoirs du président du conseil général",
                                  "Pouvoirs du président du conseil régional",
                                  "Autres actes réglementaires",
                                  "Actes pris au nom de l'État et soumis au contrôle hiérarchique",
                                  NULL };
static const char *const M7[] = { "Décisions budgétaires",
                                  "Fiscalité",
                                  "Emprunts",
                                  "Interventions économiques",
                                  "Subventions",
                                  "Contributions budgétaires",
                                  "Avances",
                                  "Fonds de concours",
                                  "Prise de participation (SEM, etc.)",
                                  "Divers",
                                  NULL };
static const char *const M8[] = { "Enseignement",
                                  "Aide sociale",
                                  "Voirie",
                                  "Aménagement du territoire",
                                  "Politique de la ville, habitat, logement",
                                  "Emploi, formation professionnelle",
                                  "Transports",
                                  "Environnement",
                                  "Culture",
                                  NULL };
static const char *const M9[] = { "Autres domaines de compétences des communes",
                                  "Autres domaines de compétences des départements",
                                  "Autres domaines de compétences des régions", "Voeux et motions",
                                  NULL };

static const matiere_row MATIERES[] = {
    { "Commande publique", M1 },
    { "Urbanisme", M2 },
    { "Domaine et patrimoine", M3 },
    { "Fonction publique", M4 },
    { "Institutions et vie politique", M5 },
    { "Libertés publiques et pouvoirs de police", M6 },
    { "Finances locales", M7 },
    { "Domaines de compétences par thèmes", M8 },
    { "Autres domaines de compétences", M9 },
};

enum { FIRST_LEVELS = sizeof MATIERES / sizeof MATIERES[0] };

static size_t second_count(size_t first) {
    size_t count = 0;
    while (MATIERES[first].second[count] != NULL)
        count++;
    return count;
}

/* One level: digits only, no leading zero, small enough for any tree. */
static bool parse_level(const char **at, uint16_t *ret) {
    unsigned value = 0;
    const char *start = *at;
    while (**at >= '0' && **at <= '9' && *at - start < 4)
        value = value * 10 + (unsigned)(*(*at)++ - '0');
    *ret = (uint16_t)value;
    return *at > start && *start != '0' && value <= 999;
}

ctes_status ctes_matiere_parse(const char *text, ctes_matiere *ret, ctes_error *err) {
    char *trimmed CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_dup(text, &trimmed, err));
    const char *at = ctes_text_trim(trimmed);
    ctes_matiere matiere = { 0 };
    while (matiere.count < CTES_MATIERE_LEVELS && parse_level(&at, &matiere.level[matiere.count])) {
        matiere.count++;
        if (*at != '.')
            break;
        at++;
        if (*at == '\0') /* "7.10." is how some lists number their entries */
            break;
    }
    if (*at != '\0' || matiere.count < 2)
        return ctes_fail(err, CTES_E_MATIERE_INVALID, NULL, "%s", text);
    *ret = matiere;
    return CTES_OK;
}

void ctes_matiere_format(const ctes_matiere *matiere, char out[32]) {
    size_t at = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < matiere->count && i < CTES_MATIERE_LEVELS; i++)
        at += (size_t)snprintf(out + at, 32 - at, "%s%u", i > 0 ? "." : "", matiere->level[i]);
}

const char *ctes_matiere_libelle(const ctes_matiere *matiere, unsigned level) {
    if (matiere->count < level || level < 1 || level > 2)
        return NULL;
    size_t first = (size_t)matiere->level[0] - 1;
    if (first >= FIRST_LEVELS)
        return NULL;
    if (level == 1)
        return MATIERES[first].libelle;
    size_t second = (size_t)matiere->level[1] - 1;
    return second < second_count(first) ? MATIERES[first].second[second] : NULL;
}

ctes_status ctes_matiere_check(const ctes_matiere *matiere, ctes_error *err) {
    char code[32];
    ctes_matiere_format(matiere, code);
    if (matiere->count < 2)
        return ctes_fail(err, CTES_E_MATIERE_INVALID, NULL, "%s", code);
    size_t first = (size_t)matiere->level[0] - 1;
    if (first >= FIRST_LEVELS)
        return ctes_fail(err, CTES_E_MATIERE_UNKNOWN, NULL, "%s (1 … %d)", code, FIRST_LEVELS);
    if (ctes_matiere_libelle(matiere, 2) == NULL)
        return ctes_fail(err, CTES_E_MATIERE_UNKNOWN, NULL, "%s (%s : %zu.1 … %zu.%zu)", code,
                         MATIERES[first].libelle, first + 1, first + 1, second_count(first));
    return CTES_OK;
}
