/* Types of documents, by nature and matière (fact sheet § 7.4). */
#include <string.h>

#include "base/fail.h"
#include "norm/arbre.h"
#include "norm/regles.h"

/* NULL when the tree has no types for the nature: files from before 2017 have none (§ 5.6). */
static const ctes_nature_acte *nature_of(const ctes_arbre *arbre, ctes_nature nature) {
    const ctes_classification *c = &arbre->classification;
    for (size_t i = 0; i < c->nature_count; i++)
        if (c->natures[i].code == (int)nature && c->natures[i].type_count > 0)
            return &c->natures[i];
    return NULL;
}

static bool generic(const char *code) {
    return strncmp(code, "99_", 3) == 0;
}

/* "22_DP" is of 2.2, "70_DE" of all of 7. */
static bool of_matiere(const char *code, const ctes_matiere *matiere) {
    return matiere != NULL && matiere->count >= 2 &&
           (unsigned)(code[0] - '0') == matiere->level[0] &&
           (code[1] == '0' || (unsigned)(code[1] - '0') == matiere->level[1]);
}

/* A row of a received tree may lack its code, or carry one that is none. */
static const char *code_of(const ctes_type_pj *type) {
    return type->code != NULL && ctes_type_pj_form(type->code) ? type->code : NULL;
}

void ctes_arbre_types(const ctes_arbre *arbre, ctes_nature nature, const ctes_matiere *matiere,
                      ctes_type_piece_fn each, void *user) {
    const ctes_nature_acte *found = nature_of(arbre, nature);
    for (int pass = 0; found != NULL && pass < 2; pass++) { /* those of the matière come first */
        for (size_t i = 0; i < found->type_count; i++) {
            const char *code = code_of(&found->types[i]);
            if (code == NULL || (pass == 0 ? generic(code) : !generic(code)) ||
                (pass == 0 && matiere != NULL && !of_matiere(code, matiere)))
                continue;
            const char *libelle = found->types[i].libelle;
            const ctes_type_piece type = { code, libelle != NULL ? libelle : "" };
            if (!each(user, &type))
                return;
        }
    }
}

static const char *listed(const ctes_nature_acte *nature, const char *type_pj) {
    for (size_t i = 0; i < nature->type_count; i++) {
        const char *code = code_of(&nature->types[i]);
        if (code != NULL && strcmp(code, type_pj) == 0)
            return code;
    }
    return NULL;
}

static bool take_first(void *user, const ctes_type_piece *type) {
    *(const char **)user = type->code;
    return false;
}

const char *ctes_arbre_type(const ctes_arbre *arbre, ctes_nature nature,
                            const ctes_matiere *matiere) {
    const char *usual = ctes_type_pj_defaut(nature);
    const ctes_nature_acte *found = nature_of(arbre, nature);
    if (found == NULL || listed(found, usual) != NULL)
        return usual;
    const char *fits = usual;
    ctes_arbre_types(arbre, nature, matiere, take_first, &fits);
    return fits;
}

ctes_status ctes_arbre_type_check(const ctes_arbre *arbre, ctes_nature nature, const char *type_pj,
                                  ctes_error *err) {
    const ctes_nature_acte *found = nature_of(arbre, nature);
    if (found == NULL || !ctes_type_pj_form(type_pj))
        return ctes_type_pj_check(nature, type_pj, err);
    if (listed(found, type_pj) != NULL)
        return CTES_OK;
    char all[160] = "";
    size_t at = 0;
    for (size_t i = 0; i < found->type_count && at + 7 < sizeof all; i++) {
        const char *code = code_of(&found->types[i]);
        if (code == NULL)
            continue;
        all[at] = ' ';
        memcpy(all + at + 1, code, 6);
        at += 6;
    }
    return ctes_fail(err, CTES_E_TYPE_PJ_FORBIDDEN, NULL, "%s:%s", type_pj, all);
}
