/* A wait that ends after a time, or earlier when somebody says so. */
#ifndef CTES_SANDBOX_LATCH_H
#define CTES_SANDBOX_LATCH_H

#include <stdint.h>

typedef struct sb_latch sb_latch;

sb_latch *latch_new(void); /**< NULL when memory is short */
void latch_free(sb_latch *latch);

/** Waits `ms` at most. */
void latch_wait(sb_latch *latch, int64_t ms);
/** Ends every wait under way. */
void latch_release(sb_latch *latch);

#endif
