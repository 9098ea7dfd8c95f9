/* Filling a ctes_error: by the function that found the fault, then by layers that know more. */
#ifndef CTES_BASE_FAIL_H
#define CTES_BASE_FAIL_H

#include <stddef.h>

#include <ctes/error.h>

/** Room for the name of a code and a whole detail: one that were cut might end within a character,
 *  which PostgreSQL takes for no text. */
enum { CTES_REASON_MAX = CTES_DETAIL_MAX + 128 };

/** Fills `err` (may be NULL) with `code` and a detail, cleaned of control characters, and returns
 *  `code`. `subject` (may be NULL) names the act or file. */
ctes_status ctes_fail(ctes_error *err, ctes_status code, const char *subject, const char *format,
                      ...) __attribute__((format(printf, 4, 5)));

/** Same with the text of an `errno` value for detail, choosing CTES_E_NOT_FOUND,
 *  CTES_E_PERMISSION, CTES_E_DISK_FULL, CTES_E_MEMORY or else CTES_E_IO. */
ctes_status ctes_fail_errno(ctes_error *err, int error_number, const char *subject);

/** Fills `err` with CTES_E_MEMORY and returns it. In the header so that every caller, and whoever
 *  analyses it, knows that it never returns CTES_OK. */
static inline ctes_status ctes_fail_memory(ctes_error *err) {
    (void)ctes_fail(err, CTES_E_MEMORY, NULL, "%s", "");
    return CTES_E_MEMORY;
}

/** Adds stage and subject to `err` where none is set yet; returns the code `err` holds. */
ctes_status ctes_fail_at(ctes_error *err, ctes_status code, ctes_stage stage, const char *subject);

#endif
