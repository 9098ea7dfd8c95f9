/* A text file that people made, of any length, read a line at a time: only one is in memory. */
#ifndef CTES_DOCUMENT_LINES_H
#define CTES_DOCUMENT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <ctes/error.h>

#include "base/cleanup.h"

typedef struct ctes_lines {
    FILE *file;      /**< borrowed */
    size_t size_max; /**< bytes of the whole */
    bool marked;     /**< begins with the mark of UTF-8 */
    bool utf8;       /**< else it is Windows-1252 */
    char *raw;       /**< up to the next LF, as it came */
    size_t raw_size;
    char *decoded;    /**< the same in UTF-8, when it came in another charset */
    const char *rest; /**< of the line: those of old Macintoshes end with CR */
    size_t rest_length;
} ctes_lines;

/** Looks at the whole file once, to know its charset, and goes back to its start.
 *  @return CTES_OK, CTES_E_LIMIT, CTES_E_CHARSET (UTF-16, a NUL byte), CTES_E_IO, CTES_E_MEMORY. */
ctes_status ctes_lines_open(FILE *file, size_t size_max, ctes_lines *ret,
                            ctes_error *err) CTES_MUST_CHECK;
void ctes_lines_clear(ctes_lines *lines);

/** Goes back to the first line. */
ctes_status ctes_lines_rewind(ctes_lines *lines, ctes_error *err) CTES_MUST_CHECK;

/** Gives the next line in UTF-8, without NUL, with its end (LF, CR or both); valid until the next
 *  call. `ret_length` is 0 behind the last line.
 *  @return CTES_OK, CTES_E_CHARSET, CTES_E_LIMIT, CTES_E_IO, CTES_E_MEMORY. */
ctes_status ctes_lines_next(ctes_lines *lines, const char **ret, size_t *ret_length,
                            ctes_error *err) CTES_MUST_CHECK;

#endif
