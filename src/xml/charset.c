/*
 * Which charset foreign bytes are in. Operators write one and declare another (sheet § 5.1): bytes
 * that can only be UTF-8 are UTF-8 whatever the prolog says, all others are what it says. libxml2
 * is then given UTF-8 and told to ignore the prolog, so that it never guesses by itself.
 */
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/text.h"
#include "xml/parse.h"

enum { PROLOG_MAX = 256, ENCODING_MAX = 40 };

typedef enum charset { CHARSET_UTF8, CHARSET_LATIN1, CHARSET_CP1252, CHARSET_UNKNOWN } charset;

/* Value of encoding="…" in the XML declaration; empty when there is none. */
static void declared_encoding(const char *bytes, size_t length, char out[static ENCODING_MAX]) {
    out[0] = '\0';
    char prolog[PROLOG_MAX + 1];
    size_t size = length < PROLOG_MAX ? length : PROLOG_MAX;
    memcpy(prolog, bytes, size);
    prolog[size] = '\0';
    char *end = strstr(prolog, "?>");
    if (strncmp(prolog, "<?xml", 5) != 0 || end == NULL)
        return;
    *end = '\0';
    const char *at = strstr(prolog, "encoding");
    if (at == NULL)
        return;
    at += strlen("encoding");
    at += strspn(at, " \t\r\n=");
    if (*at != '"' && *at != '\'')
        return;
    size_t size_of_name = strcspn(at + 1, "\"'");
    if (size_of_name < ENCODING_MAX) {
        memcpy(out, at + 1, size_of_name);
        out[size_of_name] = '\0';
    }
}

static charset charset_of(const char *name) {
    static const struct {
        const char *name;
        charset charset;
    } NAMES[] = {
        { "", CHARSET_UTF8 },
        { "utf-8", CHARSET_UTF8 },
        { "utf8", CHARSET_UTF8 },
        { "us-ascii", CHARSET_UTF8 },
        { "iso-8859-1", CHARSET_LATIN1 },
        { "iso8859-1", CHARSET_LATIN1 },
        { "iso_8859-1", CHARSET_LATIN1 },
        { "latin1", CHARSET_LATIN1 },
        { "windows-1252", CHARSET_CP1252 },
        { "cp1252", CHARSET_CP1252 },
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (strcasecmp(NAMES[i].name, name) == 0)
            return NAMES[i].charset;
    return CHARSET_UNKNOWN;
}

static ctes_status decode_declared(const char *bytes, size_t length, char **ret, ctes_error *err) {
    char name[ENCODING_MAX];
    declared_encoding(bytes, length, name);
    switch (charset_of(name)) {
    case CHARSET_LATIN1:
        return ctes_text_from_latin1(bytes, length, ret, err);
    case CHARSET_CP1252: {
        ctes_status status = ctes_text_from_cp1252(bytes, length, ret, err);
        return status != CTES_E_CHARSET
                   ? status
                   : ctes_fail(err, CTES_E_XML_MALFORMED, NULL, "bytes outside declared %s", name);
    }
    case CHARSET_UTF8:
        return ctes_fail(err, CTES_E_XML_MALFORMED, NULL, "bytes are not UTF-8");
    case CHARSET_UNKNOWN:
        break;
    }
    return ctes_fail(err, CTES_E_XML_MALFORMED, NULL, "encoding %s is not read", name);
}

ctes_status ctes_xml_decode(const void *bytes, size_t length, ctes_buffer *out, ctes_error *err) {
    static const char BOM[] = "\xef\xbb\xbf";
    const char *at = bytes;
    if (length >= 3 && memcmp(at, BOM, 3) == 0) {
        at += 3;
        length -= 3;
    }
    if (length == 0)
        return ctes_fail(err, CTES_E_XML_MALFORMED, NULL, "no document");
    if (memchr(at, '\0', length) != NULL) /* UTF-16 and UTF-32 too: the norm has neither */
        return ctes_fail(err, CTES_E_XML_MALFORMED, NULL, "NUL byte");
    if (ctes_text_is_utf8(at, length))
        return ctes_buffer_append(out, at, length, err);
    char *text CTES_AUTO_FREE = NULL;
    CTES_TRY(decode_declared(at, length, &text, err));
    return ctes_buffer_puts(out, text, err);
}
