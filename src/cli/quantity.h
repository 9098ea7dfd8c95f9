/* Counts, durations and rates as people read them. */
#ifndef CTES_CLI_QUANTITY_H
#define CTES_CLI_QUANTITY_H

#include "cli/text.h"

/** "10,000", or "10 000" in French. */
cli_short cli_grouped(uint64_t number);

/** "0.4 s", "43 s", "2 min 43 s", "1 h 05 min". */
cli_short cli_duration(int64_t ms);

/** The same for a guess: no more precise than it can be. */
cli_short cli_duration_about(int64_t ms);

/** Acts a second, or a minute when they are few: "61/s", "4.2/s", "20/min"; "" for none. */
cli_short cli_rate(double per_second);

/** Milliseconds of a clock that nobody sets. */
int64_t cli_monotonic_ms(void);

/** Milliseconds since the epoch. */
int64_t cli_now_ms(void);

#endif
