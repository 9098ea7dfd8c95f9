/* Closed hours: when nothing is deposited, by the week, in the time zone of the program (TZ). */
#ifndef CTES_WORKFLOW_HOURS_H
#define CTES_WORKFLOW_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/cleanup.h"

#define CTES_WEEK_MINUTES (7 * 24 * 60)

/** The minutes of the local week, from Monday 00:00, one bit each: set while closed. */
typedef struct ctes_hours {
    unsigned char closed[CTES_WEEK_MINUTES / 8];
} ctes_hours;

/**
 * Reads "12:00-13:30, sam-dim, ven 18:00-08:00": parts after commas, each a day or a span of days
 * (lun mar mer jeu ven sam dim, or mon tue wed thu fri sat sun; every day when left out), hours, or
 * both. Hours that end before they begin go on into the next day; 24:00 is an end. NULL and "" are
 * never closed.
 * @return CTES_OK or CTES_E_CONFIG_INVALID (detail: the part that is not understood, or the whole
 *         when no minute of the week would be left).
 */
ctes_status ctes_hours_read(const char *text, ctes_hours *ret, ctes_error *err) CTES_MUST_CHECK;

/** Is it closed at an instant (milliseconds since the epoch)? `ret_until` then takes the first
 *  instant at which it is open. The local clock alone decides, so that a day of 23 or 25 hours
 *  closes and opens when the clock on the wall says so. */
bool ctes_hours_closed(const ctes_hours *hours, int64_t now_ms, int64_t *ret_until);

#endif
