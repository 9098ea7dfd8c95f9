/* The tree that is known before the préfecture sent one (fact sheet § 7.3 and 7.4). */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/arbre.h"
#include "norm/regles.h"

enum { LEVEL_1_MAX = 9, LEVEL_2_MAX = 20, NATURES = 6, TYPE_LENGTH = 5 };

static ctes_status add_matiere(ctes_classification *c, ctes_matiere code, unsigned level,
                               ctes_error *err) {
    const char *libelle = ctes_matiere_libelle(&code, level);
    if (libelle == NULL)
        return CTES_OK;
    code.count = (uint8_t)level;
    ctes_matiere_libelle_item *item = &c->matieres[c->matiere_count++];
    item->code = code;
    return ctes_text_dup(libelle, &item->libelle, err);
}

static ctes_status fill_matieres(ctes_classification *c, ctes_error *err) {
    c->matieres = calloc((size_t)LEVEL_1_MAX * (LEVEL_2_MAX + 1), sizeof *c->matieres);
    if (c->matieres == NULL)
        return ctes_fail_memory(err);
    for (unsigned one = 1; one <= LEVEL_1_MAX; one++) {
        CTES_TRY(add_matiere(c, (ctes_matiere){ 2, { (uint16_t)one, 1 } }, 1, err));
        for (unsigned two = 1; two <= LEVEL_2_MAX; two++)
            CTES_TRY(add_matiere(c, (ctes_matiere){ 2, { (uint16_t)one, (uint16_t)two } }, 2, err));
    }
    return CTES_OK;
}

static ctes_status fill_nature(ctes_nature_acte *nature, ctes_nature code, ctes_error *err) {
    const char *words = ctes_type_pj_liste(code);
    nature->code = (int)code;
    CTES_TRY(ctes_text_dup(ctes_nature_libelle(code), &nature->libelle, err));
    CTES_TRY(ctes_text_dup(ctes_nature_abrege(code), &nature->abrege, err));
    size_t count = (strlen(words) + 1) / (TYPE_LENGTH + 1);
    nature->types = calloc(count, sizeof *nature->types);
    if (nature->types == NULL)
        return ctes_fail_memory(err);
    for (; nature->type_count < count; words += TYPE_LENGTH + 1) {
        char type[TYPE_LENGTH + 1] = "";
        memcpy(type, words, TYPE_LENGTH);
        CTES_TRY(ctes_text_dup(type, &nature->types[nature->type_count++].code, err));
    }
    return CTES_OK;
}

static ctes_status fill(ctes_classification *c, ctes_error *err) {
    CTES_TRY(fill_matieres(c, err));
    c->natures = calloc(NATURES, sizeof *c->natures);
    if (c->natures == NULL)
        return ctes_fail_memory(err);
    while (c->nature_count < NATURES) {
        ctes_nature_acte *nature = &c->natures[c->nature_count++];
        CTES_TRY(fill_nature(nature, (ctes_nature)c->nature_count, err));
    }
    return CTES_OK;
}

ctes_status ctes_arbre_national(ctes_arbre **ret, ctes_error *err) {
    CTES_CLEANUP(ctes_classification_clear) ctes_classification c = { 0 };
    CTES_TRY(fill(&c, err));
    return ctes_arbre_new(&c, 0, ret, err);
}
