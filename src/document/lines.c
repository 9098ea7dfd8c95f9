#include "document/lines.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "base/text.h"

static const char MARK[] = "\xef\xbb\xbf"; /* of UTF-8 */

void ctes_lines_clear(ctes_lines *lines) {
    ctes_free_charp(&lines->raw);
    ctes_free_charp(&lines->decoded);
}

static bool starts_with(const char *line, size_t length, const char *mark) {
    return length >= strlen(mark) && memcmp(line, mark, strlen(mark)) == 0;
}

/* What is in the file up to the next LF; length 0 at its end. */
static ctes_status read_raw(ctes_lines *lines, size_t *ret_length, ctes_error *err) {
    errno = 0;
    ssize_t length = getline(&lines->raw, &lines->raw_size, lines->file);
    if (length < 0 && errno == ENOMEM)
        return ctes_fail_memory(err);
    if (length < 0 && ferror(lines->file) != 0)
        return ctes_fail_errno(err, errno, NULL);
    *ret_length = length > 0 ? (size_t)length : 0;
    return CTES_OK;
}

ctes_status ctes_lines_rewind(ctes_lines *lines, ctes_error *err) {
    lines->rest_length = 0;
    long start = lines->marked ? (long)strlen(MARK) : 0;
    return fseek(lines->file, start, SEEK_SET) == 0 ? CTES_OK : ctes_fail_errno(err, errno, NULL);
}

/* Before a line is read: the whole may be one. */
static ctes_status check_size(const ctes_lines *lines, ctes_error *err) {
    off_t size = fseeko(lines->file, 0, SEEK_END) == 0 ? ftello(lines->file) : -1;
    if (size < 0 || fseeko(lines->file, 0, SEEK_SET) != 0)
        return ctes_fail_errno(err, errno, NULL);
    return (uintmax_t)size <= lines->size_max
               ? CTES_OK
               : ctes_fail(err, CTES_E_LIMIT, NULL, "> %zu", lines->size_max);
}

static ctes_status judge(ctes_lines *lines, ctes_error *err) {
    size_t total = 0, length = 0;
    CTES_TRY(check_size(lines, err));
    for (;; total += length) {
        CTES_TRY(read_raw(lines, &length, err));
        if (length == 0)
            break;
        /* what a spreadsheet calls "Unicode text" is UTF-16: worth its own word to the person */
        if (total == 0 && (starts_with(lines->raw, length, "\xff\xfe") ||
                           starts_with(lines->raw, length, "\xfe\xff")))
            return ctes_fail(err, CTES_E_CHARSET, NULL, "UTF-16");
        if (memchr(lines->raw, '\0', length) != NULL)
            return ctes_fail(err, CTES_E_CHARSET, NULL, "NUL");
        if (total == 0)
            lines->marked = starts_with(lines->raw, length, MARK);
        lines->utf8 = lines->utf8 && ctes_text_is_utf8(lines->raw, length);
    }
    if (lines->marked && !lines->utf8) /* reading it as anything else would be a guess */
        return ctes_fail(err, CTES_E_CHARSET, NULL, "UTF-8");
    return ctes_lines_rewind(lines, err);
}

ctes_status ctes_lines_open(FILE *file, size_t size_max, ctes_lines *ret, ctes_error *err) {
    ctes_lines lines = { .file = file, .size_max = size_max, .utf8 = true };
    ctes_status status = judge(&lines, err);
    if (status == CTES_OK)
        *ret = lines;
    else
        ctes_lines_clear(&lines);
    return status;
}

/* Fills `rest`; nothing at the end of the file. */
static ctes_status read_on(ctes_lines *lines, ctes_error *err) {
    size_t length = 0;
    CTES_TRY(read_raw(lines, &length, err));
    if (length == 0)
        return CTES_OK;
    if (memchr(lines->raw, '\0', length) != NULL) /* since the first look */
        return ctes_fail(err, CTES_E_CHARSET, NULL, "NUL");
    if (lines->utf8 && !ctes_text_is_utf8(lines->raw, length))
        return ctes_fail(err, CTES_E_CHARSET, NULL, "UTF-8");
    ctes_free_charp(&lines->decoded);
    if (!lines->utf8)
        CTES_TRY(ctes_text_from_cp1252(lines->raw, length, &lines->decoded, err));
    lines->rest = lines->utf8 ? lines->raw : lines->decoded;
    lines->rest_length = lines->utf8 ? length : strlen(lines->decoded);
    return CTES_OK;
}

static size_t line_length(const char *text, size_t length) {
    size_t at = 0;
    while (at < length && text[at] != '\r' && text[at] != '\n')
        at++;
    if (at < length && text[at] == '\r')
        at++;
    if (at < length && text[at] == '\n')
        at++;
    return at;
}

ctes_status ctes_lines_next(ctes_lines *lines, const char **ret, size_t *ret_length,
                            ctes_error *err) {
    if (lines->rest_length == 0)
        CTES_TRY(read_on(lines, err));
    size_t length = line_length(lines->rest, lines->rest_length);
    *ret = lines->rest;
    *ret_length = length;
    if (length > 0)
        lines->rest += length;
    lines->rest_length -= length;
    return CTES_OK;
}
