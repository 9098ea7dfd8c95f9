/* CSV within the bounds of scdl.h; sole user of libcsv, which this header does not show. */
#ifndef CTES_DOCUMENT_CSV_H
#define CTES_DOCUMENT_CSV_H

#include <stddef.h>

#include <ctes/error.h>

#include "base/buffer.h"
#include "document/lines.h"

/** A row; the cells are NUL-terminated and live until the function returns. */
typedef struct ctes_csv_row {
    size_t line;      /**< at which the row starts, from 1 */
    size_t last_line; /**< at which it ends: a quoted cell may hold lines */
    char **cells;
    size_t count;
} ctes_csv_row;

/** Return a failure to stop the reading. */
typedef ctes_status (*ctes_csv_fn)(void *user, const ctes_csv_row *row, ctes_error *err);

/** Reads what is left of a text. Lines without any character are skipped. White space around a cell
 *  that is not quoted is dropped. `first_line` is the number of the next line.
 *  @return CTES_OK, CTES_E_LIMIT (rows, columns, bytes of a cell), CTES_E_MANIFEST_INVALID (a quote
 *          that is never closed), CTES_E_MEMORY, what ctes_lines_next() or `each` returned;
 *          `err->line` is the line. */
ctes_status ctes_csv_read(ctes_lines *lines, char delimiter, size_t first_line, ctes_csv_fn each,
                          void *user, ctes_error *err) CTES_MUST_CHECK;

/** Appends a cell, quoted where RFC 4180 asks for it. NULL is an empty cell. */
ctes_status ctes_csv_cell(ctes_buffer *out, const char *text, ctes_error *err) CTES_MUST_CHECK;

#endif
