/* Text files that people made, form or table: their bytes to UTF-8, and where an error lies. */
#ifndef CTES_DOCUMENT_SOURCE_H
#define CTES_DOCUMENT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include <ctes/error.h>

#include "base/cleanup.h"

/** UTF-8 (its BOM dropped) when the bytes are that, else Windows-1252, else, if `latin1`,
 *  ISO-8859-1. Line endings stay as they are.
 *  @return CTES_OK, CTES_E_CHARSET (detail: why: UTF-16, a NUL byte, bytes of no charset),
 *          CTES_E_MEMORY. */
ctes_status ctes_source_decode(const char *bytes, size_t length, bool latin1, char **ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** Adds the line (0: none) and this module's stage to a failure that lacks them; returns the code
 *  that `err` holds. Never called with CTES_OK. */
ctes_status ctes_source_fail(ctes_status status, size_t line, ctes_error *err);

#endif
