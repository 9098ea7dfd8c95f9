#include "sandbox/json.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* One character of valid UTF-8; returns its length. */
static size_t decode(const unsigned char *in, uint32_t *ret) {
    if (in[0] < 0x80) {
        *ret = in[0];
        return 1;
    }
    size_t length = in[0] >= 0xf0 ? 4 : in[0] >= 0xe0 ? 3 : 2;
    uint32_t code = in[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (in[i] & 0x3fu);
    *ret = code;
    return length;
}

static ctes_status put_escape(ctes_buffer *out, uint32_t code, ctes_error *err) {
    if (code < 0x10000)
        return ctes_buffer_printf(out, err, "\\u%04x", code);
    code -= 0x10000;
    return ctes_buffer_printf(out, err, "\\u%04x\\u%04x", 0xd800 + (code >> 10),
                              0xdc00 + (code & 0x3ff));
}

static ctes_status put_character(ctes_buffer *out, uint32_t code, ctes_error *err) {
    static const char plain[] = "\"\\/\b\f\n\r\t";
    static const char letters[] = "\"\\/bfnrt";
    const char *found = code < 0x80 && code != 0 ? strchr(plain, (int)code) : NULL;
    if (found != NULL) {
        char escape[2] = { '\\', letters[found - plain] };
        return ctes_buffer_append(out, escape, sizeof escape, err);
    }
    if (code < 0x20 || code >= 0x7f)
        return code == 0x7f ? ctes_buffer_puts(out, "\x7f", err) : put_escape(out, code, err);
    char byte = (char)code;
    return ctes_buffer_append(out, &byte, 1, err);
}

ctes_status json_string(ctes_buffer *out, const char *text, ctes_error *err) {
    if (text == NULL)
        return ctes_buffer_puts(out, "null", err);
    size_t length = strlen(text);
    CTES_AUTO_FREE char *converted = NULL;
    if (!ctes_text_is_utf8(text, length)) {
        CTES_TRY(ctes_text_from_latin1(text, length, &converted, err));
        text = converted;
    }
    CTES_TRY(ctes_buffer_append(out, "\"", 1, err));
    for (const unsigned char *in = (const unsigned char *)text; *in != '\0';) {
        uint32_t code = 0;
        in += decode(in, &code);
        CTES_TRY(put_character(out, code, err));
    }
    return ctes_buffer_append(out, "\"", 1, err);
}
