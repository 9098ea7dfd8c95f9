/*
 * Bytes that left within the hour that ends now, gathered in slots of ten seconds: as much memory
 * for a million acts as for one.
 */
#ifndef CTES_WORKFLOW_VOLUME_H
#define CTES_WORKFLOW_VOLUME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

#define CTES_VOLUME_SLOT_MS INT64_C(10000)
#define CTES_VOLUME_HOUR_MS INT64_C(3600000)
#define CTES_VOLUME_SLOTS   361 /* of an hour, and the one that begins */

/** All zero: nothing left. */
typedef struct ctes_volume {
    struct ctes_volume_slot {
        int64_t start_ms;
        uint64_t bytes;
    } slots[CTES_VOLUME_SLOTS];
} ctes_volume;

/** Notes bytes that left at an instant, in any order. What lies over an hour back, or later than
 *  the slot of now (the clock was set back since), counts for nothing. */
void ctes_volume_add(ctes_volume *volume, int64_t now_ms, int64_t at_ms, uint64_t bytes);

/** Bytes of the hour before `now_ms`. */
uint64_t ctes_volume_hour(const ctes_volume *volume, int64_t now_ms);

/** When `bytes` of the hour will have become old, if nothing more leaves. */
int64_t ctes_volume_free_ms(const ctes_volume *volume, int64_t now_ms, uint64_t bytes);

#endif
