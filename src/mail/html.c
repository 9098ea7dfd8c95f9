/* HTML to words: enough to tell a person what a mail says. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "mail/internal.h"

/* what French mails hold */
static const struct {
    const char *name, *utf8;
} ENTITIES[] = {
    { "amp", "&" },    { "lt", "<" },     { "gt", ">" },     { "quot", "\"" }, { "apos", "'" },
    { "nbsp", " " },   { "eacute", "é" }, { "egrave", "è" }, { "ecirc", "ê" }, { "euml", "ë" },
    { "agrave", "à" }, { "acirc", "â" },  { "ccedil", "ç" }, { "icirc", "î" }, { "iuml", "ï" },
    { "ocirc", "ô" },  { "ugrave", "ù" }, { "ucirc", "û" },  { "oelig", "œ" }, { "Eacute", "É" },
    { "Egrave", "È" }, { "Agrave", "À" }, { "Ccedil", "Ç" }, { "deg", "°" },   { "euro", "€" },
    { "laquo", "«" },  { "raquo", "»" },  { "rsquo", "’" },  { "ndash", "–" }, { "hellip", "…" },
};

/* "&name;" or "&#number;" at `at`: its text in `out` and its length, 0 when it is none */
static size_t read_entity(const char *at, char out[8]) {
    size_t length = 1 + strcspn(at + 1, "; <&\n");
    if (at[length] != ';' || length < 2)
        return 0;
    out[0] = '\0';
    if (at[1] == '#') {
        bool hex = at[2] == 'x' || at[2] == 'X';
        char *end = NULL;
        unsigned long number = strtoul(at + (hex ? 3 : 2), &end, hex ? 16 : 10);
        if (end != at + length || number < ' ' || !g_unichar_validate((gunichar)number))
            return 0;
        out[g_unichar_to_utf8((gunichar)number, out)] = '\0';
        return length + 1;
    }
    for (size_t i = 0; i < sizeof ENTITIES / sizeof ENTITIES[0]; i++) {
        if (strlen(ENTITIES[i].name) == length - 1 &&
            strncmp(ENTITIES[i].name, at + 1, length - 1) == 0) {
            (void)ctes_text_copy(out, 8, ENTITIES[i].utf8);
            return length + 1;
        }
    }
    return 0;
}

static bool is_tag(const char *at, const char *name) {
    size_t length = strlen(name);
    return strncasecmp(at + 1, name, length) == 0 && strchr(" \t\r\n/>", at[length + 1]) != NULL;
}

/* behind the tag at `at`, and behind what is not for people */
static const char *skip_tag(const char *at) {
    static const struct {
        const char *name, *end;
    } HIDDEN[] = { { "style", "</style" }, { "script", "</script" }, { "head", "</head" } };
    const char *end = NULL;
    if (strncmp(at, "<!--", 4) == 0) {
        end = strstr(at, "-->");
        return end != NULL ? end + 3 : at + strlen(at);
    }
    for (size_t i = 0; i < sizeof HIDDEN / sizeof HIDDEN[0]; i++) {
        if (!is_tag(at, HIDDEN[i].name))
            continue;
        end = strcasestr(at, HIDDEN[i].end);
        if (end == NULL)
            return at + strlen(at);
        at = end;
        break;
    }
    end = strchr(at, '>');
    return end != NULL ? end + 1 : at + strlen(at);
}

static bool breaks_line(const char *at) {
    static const char *const NAMES[] = { "br", "p", "/p", "div", "/div", "tr", "li", "h1", "h2" };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (is_tag(at, NAMES[i]))
            return true;
    }
    return false;
}

static ctes_status add(ctes_buffer *out, const char *bytes, size_t length, ctes_error *err) {
    if (length > out->max - out->length)
        return CTES_OK;
    return ctes_buffer_append(out, bytes, length, err);
}

/* white space only between words */
static ctes_status add_space(ctes_buffer *out, char space, ctes_error *err) {
    if (out->length == 0 || out->data[out->length - 1] == '\n')
        return CTES_OK;
    if (out->data[out->length - 1] == ' ') {
        out->data[out->length - 1] = space;
        return CTES_OK;
    }
    return add(out, &space, 1, err);
}

ctes_status ctes_mail_words(const char *html, ctes_buffer *out, ctes_error *err) {
    for (const char *at = html; *at != '\0' && out->length < out->max;) {
        char entity[8];
        size_t taken = *at == '&' ? read_entity(at, entity) : 0;
        if (*at == '<' && (at[1] == '/' || at[1] == '!' || g_ascii_isalpha(at[1]))) {
            CTES_TRY(add_space(out, breaks_line(at) ? '\n' : ' ', err));
            at = skip_tag(at);
        } else if (taken > 0) {
            CTES_TRY(add(out, entity, strlen(entity), err));
            at += taken;
        } else if (strchr(" \t\r\n", *at) != NULL) {
            CTES_TRY(add_space(out, ' ', err));
            at++;
        } else {
            size_t plain = strcspn(at + 1, "<& \t\r\n") + 1;
            CTES_TRY(add(out, at, plain, err));
            at += plain;
        }
    }
    return CTES_OK;
}
