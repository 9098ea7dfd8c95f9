/* A growing byte buffer that never passes the maximum it was made with. */
#ifndef CTES_BASE_BUFFER_H
#define CTES_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/cleanup.h"

/** `data` is NULL or `length` bytes followed by a NUL byte that does not count. */
typedef struct ctes_buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t max; /**< largest `length`, fixed at creation */
} ctes_buffer;

#define CTES_BUFFER_INIT(maximum)                                                                  \
    { .data = NULL, .max = (maximum) }

/** Releases the bytes; the buffer is empty and usable again. */
void ctes_buffer_clear(ctes_buffer *buffer);

/** Empties without releasing. */
void ctes_buffer_reset(ctes_buffer *buffer);

/** @return CTES_OK, CTES_E_LIMIT when `max` would be passed, CTES_E_MEMORY; the buffer is
 *          unchanged on failure. */
ctes_status ctes_buffer_append(ctes_buffer *buffer, const void *bytes, size_t length,
                               ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_buffer_puts(ctes_buffer *buffer, const char *text,
                             ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_buffer_printf(ctes_buffer *buffer, ctes_error *err, const char *format,
                               ...) CTES_MUST_CHECK __attribute__((format(printf, 3, 4)));

/** Gives the text away (never NULL; "" for an empty buffer) and empties the buffer.
 *  @return CTES_OK or CTES_E_MEMORY. */
ctes_status ctes_buffer_take(ctes_buffer *buffer, char **ret, ctes_error *err) CTES_MUST_CHECK;

#define CTES_AUTO_BUFFER CTES_CLEANUP(ctes_buffer_clear)

#endif
