/* The subject of an act: Latin-1 is all that the norm carries (fact sheet § 5.1). */
#include <stdio.h>
#include <string.h>

#include <unistr.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"

/* Characters that have an agreed form in Latin-1; everything else outside it is refused. */
static const struct {
    const char *from, *to;
} FORMS[] = {
    { "’", "'" },   { "‘", "'" },   { "‚", "," },    { "‛", "'" },           { "“", "\"" },
    { "”", "\"" },  { "„", "\"" },  { "‟", "\"" },   { "–", "-" },           { "—", "-" },
    { "‐", "-" },   { "‑", "-" },   { "‒", "-" },    { "―", "-" },           { "−", "-" },
    { "…", "..." }, { "•", "-" },   { "‣", "-" },    { "†", "+" },           { "œ", "oe" },
    { "Œ", "OE" },  { "€", "EUR" }, { "ᵉ", "e" },    { "ᵗ", "t" },           { "ᵈ", "d" },
    { "ʳ", "r" },   { "ˢ", "s" },   { "Š", "S" },    { "š", "s" },           { "Ž", "Z" },
    { "ž", "z" },   { "Ÿ", "Y" },   { "™", "(TM)" }, { "‰", " pour mille" }, { "‹", "<" },
    { "›", ">" },   { "′", "'" },   { "″", "\"" },   { "ʼ", "'" },           { "⁄", "/" },
    { "№", "N°" },  { "ﬁ", "fi" },  { "ﬂ", "fl" },   { "ﬀ", "ff" },          { "ﬃ", "ffi" },
    { "ﬄ", "ffl" },
};

/* Kinds of white space; soft and zero-width marks say nothing and go. */
static bool is_space(ucs4_t c) {
    return c == ' ' || c == 0xa0 || (c >= 0x09 && c <= 0x0d) || (c >= 0x2000 && c <= 0x200a) ||
           c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}
static bool is_nothing(ucs4_t c) {
    return c == 0xad || c == 0xfeff || (c >= 0x200b && c <= 0x200f) || c == 0x2060;
}

static const char *form_of(const uint8_t *character, size_t size) {
    for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++)
        if (strlen(FORMS[i].from) == size && memcmp(FORMS[i].from, character, size) == 0)
            return FORMS[i].to;
    return NULL;
}

static ctes_status note_change(ctes_buffer *changes, const uint8_t *character, size_t size,
                               const char *form, ctes_error *err) {
    char change[64];
    (void)snprintf(change, sizeof change, "%.*s → %s", (int)size, (const char *)character, form);
    if (changes->data != NULL && strstr(changes->data, change) != NULL)
        return CTES_OK;
    return ctes_buffer_printf(changes, err, "%s%s", changes->length > 0 ? ", " : "", change);
}

static ctes_status note_drop(ctes_buffer *changes, ucs4_t code, ctes_error *err) {
    char name[16];
    int length = snprintf(name, sizeof name, "U+%04X", (unsigned)code);
    return note_change(changes, (const uint8_t *)name, (size_t)length, "∅", err);
}

static ctes_status put_character(ctes_buffer *out, ctes_buffer *changes, const uint8_t *character,
                                 size_t size, ucs4_t code, ctes_error *err) {
    if (code >= 0x20 && code <= 0xff && code != 0x7f && !(code >= 0x80 && code < 0xa0))
        return ctes_buffer_append(out, character, size, err);
    const char *form = form_of(character, size);
    if (form == NULL)
        return ctes_fail(err, CTES_E_OBJET_CHARACTER, NULL, "« %.*s » (U+%04X)",
                         code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : (int)size,
                         (const char *)character, (unsigned)code);
    CTES_TRY(note_change(changes, character, size, form, err));
    return ctes_buffer_puts(out, form, err);
}

ctes_status ctes_objet_transliterer(const char *objet, char **ret, char **ret_changes,
                                    ctes_error *err) {
    char *composed CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_compose(objet != NULL ? objet : "", &composed, err));
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
    CTES_AUTO_BUFFER ctes_buffer changes = CTES_BUFFER_INIT(1u << 16);
    bool space = false;
    ucs4_t code;
    const uint8_t *at = (const uint8_t *)composed;
    for (const uint8_t *next; (next = u8_next(&code, at)) != NULL; at = next) {
        if (is_nothing(code)) { /* invisible, but its loss is said */
            CTES_TRY(note_drop(&changes, code, err));
            continue;
        }
        if (is_space(code)) {
            space = out.length > 0;
            continue;
        }
        if (space)
            CTES_TRY(ctes_buffer_puts(&out, " ", err));
        space = false;
        CTES_TRY(put_character(&out, &changes, at, (size_t)(next - at), code, err));
    }
    if (out.length == 0)
        return ctes_fail(err, CTES_E_OBJET_MISSING, NULL, "%s", "");
    size_t count = ctes_text_count(out.data);
    if (count > CTES_OBJET_MAX)
        return ctes_fail(err, CTES_E_OBJET_TOO_LONG, NULL, "%zu > %d", count, CTES_OBJET_MAX);
    char *list CTES_AUTO_FREE = NULL;
    if (changes.length > 0)
        CTES_TRY(ctes_buffer_take(&changes, &list, err));
    CTES_TRY(ctes_buffer_take(&out, ret, err));
    if (ret_changes != NULL)
        *ret_changes = CTES_TAKE(list);
    return CTES_OK;
}
