/*
 * Work on foreign bytes apart: in a child process whose memory and time are bounded, for libraries
 * that decompress whatever they are given, or keep for themselves what they once asked for.
 */
#ifndef CTES_BASE_APART_H
#define CTES_BASE_APART_H

#include "base/buffer.h"

typedef struct ctes_apart_bounds {
    size_t memory;    /**< bytes that the work may ask for, beside what the process has already */
    unsigned seconds; /**< of processor time; ten times as many of the clock's */
} ctes_apart_bounds;

/** What is done in the child: appends to `out`, changes nothing else that outlives it. */
typedef ctes_status (*ctes_apart_work)(void *user, ctes_buffer *out, ctes_error *err);

/** Runs `work` in a child and appends to `out` what it made there; `out->max` holds there too.
 *  @return what `work` returned, with its error; CTES_E_LIMIT when it returned CTES_E_MEMORY (what
 *          the bounds allow was used up) or the child ended without an answer (memory, time, a
 *          crash); CTES_E_MEMORY or CTES_E_IO when there is no child. */
ctes_status ctes_apart(const ctes_apart_bounds *bounds, ctes_apart_work work, void *user,
                       ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

#endif
