#include "norm/arbre.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "norm/regles.h"

typedef ctes_matiere_libelle_item item;

int ctes_matiere_compare_codes(const ctes_matiere *a, const ctes_matiere *b) {
    for (unsigned i = 0; i < CTES_MATIERE_LEVELS; i++) {
        unsigned left = i < a->count ? a->level[i] + 1u : 0;
        unsigned right = i < b->count ? b->level[i] + 1u : 0;
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

bool ctes_matiere_within(const ctes_matiere *code, const ctes_matiere *parent) {
    return code->count >= parent->count &&
           memcmp(code->level, parent->level, parent->count * sizeof parent->level[0]) == 0;
}

static int compare_items(const void *a, const void *b) {
    return ctes_matiere_compare_codes(&((const item *)a)->code, &((const item *)b)->code);
}

/* Numerical order (sheet § 7.1: files have none); of a code that comes twice, one stays. */
static void order(ctes_classification *c) {
    if (c->matiere_count == 0)
        return;
    qsort(c->matieres, c->matiere_count, sizeof *c->matieres, compare_items);
    size_t kept = 1;
    for (size_t i = 1; i < c->matiere_count; i++) {
        if (compare_items(&c->matieres[kept - 1], &c->matieres[i]) == 0)
            free(c->matieres[i].libelle);
        else
            c->matieres[kept++] = c->matieres[i];
    }
    c->matiere_count = kept;
}

ctes_status ctes_arbre_new(ctes_classification *classification, int64_t checked_ms,
                           ctes_arbre **ret, ctes_error *err) {
    ctes_arbre *arbre = calloc(1, sizeof *arbre);
    if (arbre == NULL)
        return ctes_fail_memory(err);
    arbre->classification = *classification;
    arbre->checked_ms = checked_ms;
    *classification = (ctes_classification){ 0 };
    order(&arbre->classification);
    *ret = arbre;
    return CTES_OK;
}

void ctes_arbre_free(ctes_arbre *arbre) {
    if (arbre == NULL)
        return;
    ctes_classification_clear(&arbre->classification);
    free(arbre);
}

ctes_date ctes_arbre_date(const ctes_arbre *arbre) {
    return arbre->classification.date;
}

int64_t ctes_arbre_checked_ms(const ctes_arbre *arbre) {
    return arbre->checked_ms;
}

static bool leaf(const ctes_classification *c, size_t at) {
    return at + 1 == c->matiere_count ||
           !ctes_matiere_within(&c->matieres[at + 1].code, &c->matieres[at].code);
}

void ctes_arbre_walk(const ctes_arbre *arbre, ctes_branche_fn each, void *user) {
    const ctes_classification *c = &arbre->classification;
    for (size_t i = 0; i < c->matiere_count; i++) {
        const char *libelle = c->matieres[i].libelle;
        const ctes_branche branche = { c->matieres[i].code, libelle != NULL ? libelle : "",
                                       leaf(c, i) };
        if (!each(user, &branche))
            return;
    }
}

static const item *lookup(const ctes_classification *c, const ctes_matiere *code) {
    const item wanted = { .code = *code };
    return c->matiere_count == 0 ? NULL
                                 : bsearch(&wanted, c->matieres, c->matiere_count,
                                           sizeof *c->matieres, compare_items);
}

/* First and last code right below `parent`; NULL when there is none. */
static void children(const ctes_classification *c, const ctes_matiere *parent, const item **first,
                     const item **last) {
    *first = *last = NULL;
    for (size_t i = 0; i < c->matiere_count; i++) {
        const ctes_matiere *code = &c->matieres[i].code;
        if (code->count != parent->count + 1 || !ctes_matiere_within(code, parent))
            continue;
        if (*first == NULL)
            *first = &c->matieres[i];
        *last = &c->matieres[i];
    }
}

ctes_status ctes_arbre_check(const ctes_arbre *arbre, const ctes_matiere *matiere,
                             ctes_error *err) {
    const ctes_classification *c = &arbre->classification;
    if (lookup(c, matiere) != NULL)
        return CTES_OK;
    char code[32], low[32] = "", high[32] = "";
    ctes_matiere_format(matiere, code);
    ctes_matiere above = *matiere;
    const item *parent = NULL, *first = NULL, *last = NULL;
    while (above.count > 0 && first == NULL) { /* the nearest level that has something below it */
        above.count--;
        parent = above.count > 0 ? lookup(c, &above) : NULL;
        children(c, &above, &first, &last);
    }
    if (first == NULL)
        return ctes_fail(err, CTES_E_MATIERE_UNKNOWN, NULL, "%s", code);
    ctes_matiere_format(&first->code, low);
    ctes_matiere_format(&last->code, high);
    if (parent == NULL || parent->libelle == NULL)
        return ctes_fail(err, CTES_E_MATIERE_UNKNOWN, NULL, "%s (%s … %s)", code, low, high);
    return ctes_fail(err, CTES_E_MATIERE_UNKNOWN, NULL, "%s (%s : %s … %s)", code, parent->libelle,
                     low, high);
}
