/*
 * The classification as people use it: a tree of matières in numerical order, and the types of
 * documents of each nature. <ctes/exchange.h> has what is asked of it.
 */
#ifndef CTES_NORM_ARBRE_H
#define CTES_NORM_ARBRE_H

#include <ctes/exchange.h>

#include "norm/message.h"

struct ctes_arbre {
    ctes_classification classification; /**< matières sorted, each code once */
    int64_t checked_ms;                 /**< last confirmed; 0: the national tree */
};

/** Makes a tree of a classification, which is emptied into it.
 *  @return CTES_OK or CTES_E_MEMORY. */
ctes_status ctes_arbre_new(ctes_classification *classification, int64_t checked_ms,
                           ctes_arbre **ret, ctes_error *err) CTES_MUST_CHECK;

/** The national tree to its second level (sheet § 7.3), with the national types (§ 7.4). */
ctes_status ctes_arbre_national(ctes_arbre **ret, ctes_error *err) CTES_MUST_CHECK;

static inline void ctes_arbre_freep(ctes_arbre **p) {
    ctes_arbre_free(*p);
    *p = NULL;
}
#define CTES_AUTO_ARBRE CTES_CLEANUP(ctes_arbre_freep)

/** Order of codes: 7.2 before 7.10, 7 before 7.1. */
int ctes_matiere_compare_codes(const ctes_matiere *a, const ctes_matiere *b);

/** Does `code` lie below `parent`, or is it that one? */
bool ctes_matiere_within(const ctes_matiere *code, const ctes_matiere *parent);

#endif
