/* The charsets that this field still meets: ISO-8859-1, Windows-1252, UTF-8. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uniconv.h>
#include <unistr.h>

#include "base/fail.h"
#include "base/text.h"

static ctes_status decode(const char *charset, const char *bytes, size_t length, char **ret,
                          ctes_error *err) {
    size_t out_length = 0;
    uint8_t *out =
        u8_conv_from_encoding(charset, iconveh_error, bytes, length, NULL, NULL, &out_length);
    if (out == NULL)
        return errno == ENOMEM ? ctes_fail_memory(err)
                               : ctes_fail(err, CTES_E_CHARSET, NULL, "%s", charset);
    uint8_t *grown = realloc(out, out_length + 1);
    if (grown == NULL) {
        free(out);
        return ctes_fail_memory(err);
    }
    grown[out_length] = '\0';
    *ret = (char *)grown;
    return CTES_OK;
}

/* Two bytes at most for each: no table is needed. */
ctes_status ctes_text_from_latin1(const char *bytes, size_t length, char **ret, ctes_error *err) {
    char *out = malloc(2 * length + 1);
    if (out == NULL)
        return ctes_fail_memory(err);
    size_t at = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0x80u) {
            out[at++] = (char)byte;
        } else {
            out[at++] = (char)(0xc0u | (byte >> 6));
            out[at++] = (char)(0x80u | (byte & 0x3fu));
        }
    }
    out[at] = '\0';
    *ret = out;
    return CTES_OK;
}

ctes_status ctes_text_from_cp1252(const char *bytes, size_t length, char **ret, ctes_error *err) {
    return decode("WINDOWS-1252", bytes, length, ret, err);
}

static size_t ascii_run(const char *text) {
    size_t length = 0;
    while (text[length] != '\0' && (unsigned char)text[length] < 0x80u)
        length++;
    return length;
}

/* The ASCII at the start of `utf8`, which is most of it as a rule, or one character beyond. */
static ctes_status add_latin1(const char **utf8, ctes_buffer *out, ctes_error *err) {
    size_t run = ascii_run(*utf8);
    if (run > 0) {
        const char *start = *utf8;
        *utf8 += run;
        return ctes_buffer_append(out, start, run, err);
    }
    ucs4_t character = 0;
    const uint8_t *next = u8_next(&character, (const uint8_t *)*utf8);
    if (next == NULL)
        return ctes_fail(err, CTES_E_CHARSET, NULL, "%s", "UTF-8");
    *utf8 = (const char *)next;
    if (character > 0xffu)
        return ctes_fail(err, CTES_E_CHARSET, NULL, "U+%04X", (unsigned)character);
    char byte = (char)(unsigned char)character;
    return ctes_buffer_append(out, &byte, 1, err);
}

ctes_status ctes_text_to_latin1(const char *utf8, ctes_buffer *out, ctes_error *err) {
    size_t before = out->length;
    while (*utf8 != '\0') {
        ctes_status status = add_latin1(&utf8, out, err);
        if (status == CTES_OK)
            continue;
        if (out->data != NULL)
            out->data[out->length = before] = '\0';
        return status;
    }
    return CTES_OK;
}

ctes_status ctes_text_display(const char *bytes, size_t length, char **ret, ctes_error *err) {
    const char *end = memchr(bytes, '\0', length); /* text ends at a NUL, were there one */
    if (end != NULL)
        length = (size_t)(end - bytes);
    char *text CTES_AUTO_FREE = NULL;
    if (ctes_text_is_utf8(bytes, length)) {
        text = strndup(bytes, length);
        if (text == NULL)
            return ctes_fail_memory(err);
    } else {
        CTES_TRY(ctes_text_from_latin1(bytes, length, &text, err));
    }
    for (char *at = text; at != NULL && *at != '\0';) { /* lines stay lines */
        char *newline = strchr(at, '\n');
        if (newline != NULL)
            *newline = '\0';
        ctes_text_clean(at);
        if (newline != NULL)
            *newline = '\n';
        at = newline != NULL ? newline + 1 : NULL;
    }
    *ret = CTES_TAKE(text);
    return CTES_OK;
}
