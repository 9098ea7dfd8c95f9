/* The caller's context, with the system's own clock and random source where it gives none. */
#ifndef CTES_BASE_RUNTIME_H
#define CTES_BASE_RUNTIME_H

#include <ctes/acte.h>
#include <ctes/context.h>
#include <ctes/error.h>

#include "base/cleanup.h"

int64_t ctes_now_ms(const ctes_context *context);

/** Today's date where the program runs (TZ): the norm's dates are civil dates. */
ctes_date ctes_today(const ctes_context *context);

/** The civil date of an instant (milliseconds since the epoch). */
ctes_date ctes_date_of_ms(int64_t ms);

bool ctes_sleep_ms(const ctes_context *context, int64_t ms);
bool ctes_stop_asked(const ctes_context *context);

ctes_status ctes_random(const ctes_context *context, void *bytes, size_t length,
                        ctes_error *err) CTES_MUST_CHECK;

void ctes_log(const ctes_context *context, ctes_log_level level, const char *acte,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
