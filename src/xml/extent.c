/*
 * A small scanner of XML's surface. It finds where a document ends, and it bounds what libxml2 is
 * given before libxml2 sees it: depth, elements and attributes are counted, a DOCTYPE is refused.
 * On a well-formed document it sees what any parser sees; on another it may see something else,
 * but then libxml2 stops at the first fault, up to which both agree.
 */
#include "xml/extent.h"

#include <string.h>

#include "base/fail.h"
#include "xml/parse.h"

typedef struct cursor {
    const char *at, *end;
    size_t depth, nodes;
    bool finished; /* the root was closed */
} cursor;

static ctes_status broken(ctes_error *err, const char *what) {
    return ctes_fail(err, CTES_E_XML_MALFORMED, NULL, "%s", what);
}

static bool starts(const cursor *c, const char *text) {
    size_t length = strlen(text);
    return (size_t)(c->end - c->at) >= length && memcmp(c->at, text, length) == 0;
}

static const char *find(const char *from, const char *end, const char *text) {
    size_t length = strlen(text);
    while ((size_t)(end - from) >= length) {
        const char *first = memchr(from, text[0], (size_t)(end - from) - length + 1);
        if (first == NULL || memcmp(first, text, length) == 0)
            return first;
        from = first + 1;
    }
    return NULL;
}

/* Passes `opening`, then everything up to and including `closing`. */
static ctes_status pass(cursor *c, const char *opening, const char *closing, ctes_error *err) {
    const char *found = find(c->at + strlen(opening), c->end, closing);
    if (found == NULL)
        return broken(err, "document cut");
    c->at = found + strlen(closing);
    return CTES_OK;
}

static ctes_status count(cursor *c, size_t nodes, ctes_error *err) {
    c->nodes += nodes;
    return c->nodes <= CTES_XML_NODES_MAX
               ? CTES_OK
               : ctes_fail(err, CTES_E_XML_LIMIT, NULL, "more than %d nodes", CTES_XML_NODES_MAX);
}

static bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

/* "<name a='…' b="…">" or "…/>": a quoted value may hold '>'. */
static ctes_status pass_tag(cursor *c, ctes_error *err) {
    size_t attributes = 0;
    for (const char *at = c->at + 1; at < c->end; at++) {
        switch (*at) {
        case '"':
        case '\'':
            at = memchr(at + 1, *at, (size_t)(c->end - at - 1));
            if (at == NULL)
                return broken(err, "document cut");
            if (++attributes > CTES_XML_ATTRIBUTES_MAX)
                return ctes_fail(err, CTES_E_XML_LIMIT, NULL, "more than %d attributes",
                                 CTES_XML_ATTRIBUTES_MAX);
            break;
        case '<':
            return broken(err, "'<' inside a tag");
        case '>':
            c->at = at + 1;
            if (at[-1] != '/' && ++c->depth > CTES_XML_DEPTH_MAX)
                return ctes_fail(err, CTES_E_XML_LIMIT, NULL, "deeper than %d", CTES_XML_DEPTH_MAX);
            c->finished = c->depth == 0;
            return count(c, 1 + attributes, err);
        default:
            break;
        }
    }
    return broken(err, "document cut");
}

static bool starts_name(char character) {
    unsigned char byte = (unsigned char)character;
    return byte >= 0x80 || byte == '_' || byte == ':' || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

/* One piece of markup; `c->at` is at its '<'. */
static ctes_status pass_markup(cursor *c, ctes_error *err) {
    if (starts(c, "<!--"))
        return pass(c, "<!--", "-->", err);
    if (starts(c, "<?"))
        return pass(c, "<?", "?>", err);
    if (c->depth > 0 && starts(c, "<![CDATA["))
        return pass(c, "<![CDATA[", "]]>", err);
    if (starts(c, "<!DOCTYPE"))
        return broken(err, "a DOCTYPE is not taken");
    if (starts(c, "</")) {
        if (c->depth == 0)
            return broken(err, "end tag without start");
        CTES_TRY(pass(c, "</", ">", err));
        c->finished = --c->depth == 0;
        return CTES_OK;
    }
    if (c->end - c->at < 2)
        return broken(err, "document cut");
    return starts_name(c->at[1]) ? pass_tag(c, err) : broken(err, "no XML markup");
}

ctes_status ctes_xml_scan(const char *bytes, size_t length, size_t *ret, ctes_error *err) {
    cursor c = { .at = bytes, .end = bytes + length };
    while (!c.finished) {
        if (c.depth == 0)
            while (c.at < c.end && is_blank(*c.at))
                c.at++;
        const char *markup = memchr(c.at, '<', (size_t)(c.end - c.at));
        if (c.depth == 0 && c.at < c.end && markup != c.at)
            return broken(err, "no XML document");
        if (markup == NULL)
            return broken(err, "document cut");
        c.at = markup;
        CTES_TRY(pass_markup(&c, err));
    }
    *ret = (size_t)(c.at - bytes);
    return CTES_OK;
}

ctes_status ctes_xml_extent(const void *bytes, size_t length, size_t *ret, ctes_error *err) {
    static const char BOM[] = "\xef\xbb\xbf";
    const char *at = bytes;
    size_t bom = length >= 3 && memcmp(at, BOM, 3) == 0 ? 3 : 0;
    size_t usable = length < CTES_XML_SIZE_MAX ? length : CTES_XML_SIZE_MAX;
    size_t found = 0;
    ctes_error scan_error = CTES_ERROR_INIT;
    ctes_status status = ctes_xml_scan(at + bom, usable - bom, &found, &scan_error);
    if (status == CTES_E_XML_MALFORMED && usable < length)
        /* cut by our own limit, as far as can be told */
        return ctes_fail(err, CTES_E_XML_LIMIT, NULL, "%u bytes", CTES_XML_SIZE_MAX);
    if (status != CTES_OK) {
        if (err != NULL)
            *err = scan_error;
        return status;
    }
    *ret = bom + found;
    return CTES_OK;
}
