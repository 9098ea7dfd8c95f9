/* The acknowledgement slip (« bordereau d'acquittement », norm sheet § 11): one act or many. */
#ifndef CTES_PAPER_BORDEREAU_H
#define CTES_PAPER_BORDEREAU_H

#include <ctes/document.h>

#include "base/buffer.h"

/** A step of an act's way that the slip tells. */
typedef struct ctes_bordereau_step {
    int64_t at_ms;
    ctes_state state;
} ctes_bordereau_step;

/** One act of a slip; borrowed. */
typedef struct ctes_bordereau_acte {
    const ctes_record *record; /**< with its pieces */
    const ctes_bordereau_step *steps;
    size_t step_count;
} ctes_bordereau_acte;

typedef struct ctes_bordereau {
    const char *autorite; /**< name, or NULL */
    const char *siren;
    bool simulated;
    int64_t made_ms;
    const ctes_bordereau_acte *actes;
    size_t acte_count; /**< at least one */
} ctes_bordereau;

/** @return CTES_OK, CTES_E_LIMIT, CTES_E_MEMORY, CTES_E_INTERNAL. */
ctes_status ctes_bordereau_draw(const ctes_bordereau *bordereau, ctes_buffer *out,
                                ctes_error *err) CTES_MUST_CHECK;

#endif
