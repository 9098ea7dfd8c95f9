#include "base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/fail.h"

void ctes_buffer_clear(ctes_buffer *buffer) {
    if (buffer == NULL)
        return;
    free(buffer->data);
    buffer->data = NULL;
    buffer->length = 0;
    buffer->capacity = 0;
}

void ctes_buffer_reset(ctes_buffer *buffer) {
    buffer->length = 0;
    if (buffer->data != NULL)
        buffer->data[0] = '\0';
}

/* Makes room for `more` bytes and the NUL behind them. */
static ctes_status reserve(ctes_buffer *buffer, size_t more, ctes_error *err) {
    if (more > buffer->max - buffer->length)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "%zu", buffer->max);
    size_t needed = buffer->length + more + 1;
    if (needed <= buffer->capacity)
        return CTES_OK;
    size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    char *data = realloc(buffer->data, capacity);
    if (data == NULL)
        return ctes_fail_memory(err);
    buffer->data = data;
    buffer->capacity = capacity;
    return CTES_OK;
}

ctes_status ctes_buffer_append(ctes_buffer *buffer, const void *bytes, size_t length,
                               ctes_error *err) {
    assert(buffer->length <= buffer->max);
    CTES_TRY(reserve(buffer, length, err));
    if (length > 0)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return CTES_OK;
}

ctes_status ctes_buffer_puts(ctes_buffer *buffer, const char *text, ctes_error *err) {
    return ctes_buffer_append(buffer, text, strlen(text), err);
}

ctes_status ctes_buffer_printf(ctes_buffer *buffer, ctes_error *err, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    ctes_status status = length < 0 ? ctes_fail(err, CTES_E_INTERNAL, NULL, "%s", format)
                                    : reserve(buffer, (size_t)length, err);
    if (status == CTES_OK) {
        (void)vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
    return status;
}

ctes_status ctes_buffer_take(ctes_buffer *buffer, char **ret, ctes_error *err) {
    CTES_TRY(reserve(buffer, 0, err));
    buffer->data[buffer->length] = '\0';
    *ret = CTES_TAKE(buffer->data);
    ctes_buffer_clear(buffer);
    return CTES_OK;
}
