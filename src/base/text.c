#include "base/text.h"

#include <assert.h>
#include <string.h>

#include <uniconv.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <unicase.h>

#include "base/fail.h"

bool ctes_text_copy(char *out, size_t size, const char *text) {
    size_t length = strnlen(text, size);
    bool fits = length < size;
    if (!fits)
        length = size - 1;
    memcpy(out, text, length);
    out[length] = '\0';
    return fits;
}

ctes_status ctes_text_dup(const char *text, char **ret, ctes_error *err) {
    char *copy = text != NULL ? strdup(text) : NULL;
    if (text != NULL && copy == NULL)
        return ctes_fail_memory(err);
    *ret = copy;
    return CTES_OK;
}

/* Length of the white space that starts at `text`: ASCII, NBSP, narrow NBSP, BOM. */
static size_t space_at(const char *text) {
    if (text[0] != '\0' && strchr(" \t\r\n\v\f", text[0]) != NULL)
        return 1;
    static const char *const WIDE[] = { "\xc2\xa0", "\xe2\x80\xaf", "\xef\xbb\xbf" };
    for (size_t i = 0; i < sizeof WIDE / sizeof WIDE[0]; i++)
        if (strncmp(text, WIDE[i], strlen(WIDE[i])) == 0)
            return strlen(WIDE[i]);
    return 0;
}

char *ctes_text_trim(char *text) {
    const char *start = text;
    for (size_t step; (step = space_at(start)) > 0;)
        start += step;
    const char *end = start;
    for (const char *at = start; *at != '\0';) {
        size_t step = space_at(at);
        at += step > 0 ? step : 1;
        if (step == 0)
            end = at;
    }
    size_t length = (size_t)(end - start);
    memmove(text, start, length);
    text[length] = '\0';
    return text;
}

size_t ctes_text_count(const char *utf8) {
    size_t count = 0;
    for (; *utf8 != '\0'; utf8++)
        count += ((unsigned char)*utf8 & 0xc0u) != 0x80u;
    return count;
}

bool ctes_text_is_utf8(const char *bytes, size_t length) {
    return memchr(bytes, '\0', length) == NULL && u8_check((const uint8_t *)bytes, length) == NULL;
}

bool ctes_text_is_ascii(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)bytes[i] >= 0x80u)
            return false;
    return true;
}

/* Applies a normal form; the result is a NUL-terminated string of its own. */
static ctes_status normalise(uninorm_t form, const char *utf8, char **ret, ctes_error *err) {
    size_t length = strlen(utf8);
    if (u8_check((const uint8_t *)utf8, length) != NULL)
        return ctes_fail(err, CTES_E_CHARSET, NULL, "UTF-8");
    size_t out_length = 0;
    uint8_t *out = u8_normalize(form, (const uint8_t *)utf8, length + 1, NULL, &out_length);
    if (out == NULL)
        return ctes_fail_memory(err);
    *ret = (char *)out;
    return CTES_OK;
}

ctes_status ctes_text_compose(const char *utf8, char **ret, ctes_error *err) {
    return normalise(UNINORM_NFC, utf8, ret, err);
}

/* Folds one character of a decomposed, lower-case string; 0 drops it. */
static ucs4_t fold_character(ucs4_t character) {
    switch (character) {
    case 0x2018: /* ‘ */
    case 0x2019: /* ’ */
    case 0x02bc: /* modifier apostrophe */
    case 0x00b4: /* ´ */
        return '\'';
    case 0x2010: /* hyphens and dashes */
    case 0x2011:
    case 0x2013:
    case 0x2014:
        return '-';
    case 0x00ba: /* º, written for ° */
        return 0x00b0;
    case 0xfeff:
        return 0;
    default:
        break;
    }
    if (uc_is_general_category(character, UC_CATEGORY_Mn))
        return 0;
    return uc_is_property_white_space(character) ? ' ' : character;
}

ctes_status ctes_text_fold(const char *text, char **ret, ctes_error *err) {
    char *decomposed CTES_AUTO_FREE = NULL;
    CTES_TRY(normalise(UNINORM_NFD, text, &decomposed, err));
    assert(decomposed != NULL);
    size_t length = 0;
    uint8_t *lower =
        u8_tolower((const uint8_t *)decomposed, strlen(decomposed) + 1, NULL, NULL, NULL, &length);
    if (lower == NULL)
        return ctes_fail_memory(err);
    uint8_t *in = lower, *out = lower;
    bool space = true; /* drops leading white space */
    ucs4_t character;
    for (const uint8_t *at = in; (at = u8_next(&character, at)) != NULL;) {
        character = fold_character(character);
        if (character == 0 || (character == ' ' && space))
            continue;
        space = character == ' ';
        int size = u8_uctomb(out, character, 4);
        if (size > 0)
            out += size;
    }
    if (out > lower && out[-1] == ' ')
        out--;
    *out = '\0';
    *ret = (char *)lower;
    return CTES_OK;
}

bool ctes_text_same(const char *a, const char *b) {
    char *folded_a CTES_AUTO_FREE = NULL;
    char *folded_b CTES_AUTO_FREE = NULL;
    return ctes_text_fold(a, &folded_a, NULL) == CTES_OK &&
           ctes_text_fold(b, &folded_b, NULL) == CTES_OK && strcmp(folded_a, folded_b) == 0;
}

void ctes_text_clean(char *utf8) {
    for (unsigned char *at = (unsigned char *)utf8; *at != '\0'; at++) {
        if (*at < 0x20u || *at == 0x7fu) {
            *at = ' ';
        } else if (at[0] == 0xc2u && at[1] >= 0x80u && at[1] < 0xa0u) { /* C1 controls */
            at[0] = ' ';
            at[1] = ' ';
        }
    }
}

void ctes_text_hex(const uint8_t *bytes, size_t length, char *out) {
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        out[2 * i] = DIGITS[bytes[i] >> 4];
        out[2 * i + 1] = DIGITS[bytes[i] & 15u];
    }
    out[2 * length] = '\0';
}
