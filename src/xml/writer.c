#include "xml/writer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

#define NS_XSI "http://www.w3.org/2001/XMLSchema-instance"

void ctes_writer_clear(ctes_writer *writer) {
    ctes_buffer_clear(&writer->bytes);
}

static bool failed(const ctes_writer *w) {
    return w->failure.code != CTES_OK;
}

static void put(ctes_writer *w, const char *ascii) {
    if (!failed(w))
        (void)!ctes_buffer_puts(&w->bytes, ascii, &w->failure);
}

static void indent(ctes_writer *w) {
    for (unsigned i = 0; i < w->depth; i++)
        put(w, "  ");
}

void ctes_writer_refuse(ctes_writer *writer, const char *name) {
    if (!failed(writer))
        (void)ctes_fail(&writer->failure, CTES_E_XML_FIELD, NULL, "%s", name);
}

/* What stands for one Latin-1 byte: line ends and tabs of an attribute would else come back as
 * spaces, and a carriage return as nothing. */
static const char *escape(unsigned char byte, bool attribute) {
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return attribute ? "&quot;" : NULL;
    case '\'':
        return attribute ? "&apos;" : NULL;
    case '\n':
        return attribute ? "&#10;" : NULL;
    case '\t':
        return attribute ? "&#9;" : NULL;
    case '\r':
        return "&#13;";
    default:
        return NULL;
    }
}

/* C0 is not XML; C1 and DEL are, but in ISO-8859-1 they only come from Windows-1252 text taken for
 * it (sheet § 5.1). */
static bool is_control(unsigned char byte) {
    return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') ||
           (byte >= 0x7f && byte < 0xa0);
}

/* "É»" in ISO-8859-1 is also one character of UTF-8, for which readers that look before they
 * believe the prolog would take it (sheet § 5.1, ours too). The second byte is then written as a
 * reference, so that no document of ours can be read as UTF-8. */
static bool looks_utf8(unsigned char before, unsigned char byte) {
    return before >= 0xc2 && before < 0xf5 && byte < 0xc0 && byte >= 0xa0;
}

/* ASCII that stands for itself anywhere, and what does in an element besides: nearly all that is
 * written, signatures above all, need not be looked at byte by byte. */
#define PLAIN                                                                                      \
    " !#$%()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
#define PLAIN_IN_ELEMENT PLAIN "\"'\n\t"

static void put_byte(ctes_writer *w, const char *name, unsigned char before, unsigned char byte,
                     bool attribute) {
    const char *escaped = escape(byte, attribute);
    if (is_control(byte))
        (void)ctes_fail(&w->failure, CTES_E_CHARSET, NULL, "%s: U+%04X", name, (unsigned)byte);
    else if (escaped != NULL)
        put(w, escaped);
    else if (looks_utf8(before, byte))
        (void)!ctes_buffer_printf(&w->bytes, &w->failure, "&#%u;", (unsigned)byte);
    else
        (void)!ctes_buffer_append(&w->bytes, &byte, 1, &w->failure);
}

static void put_value(ctes_writer *w, const char *name, const char *utf8, bool attribute) {
    if (failed(w))
        return;
    CTES_AUTO_BUFFER ctes_buffer latin1 = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_text_is_utf8(utf8, strlen(utf8))
                             ? ctes_text_to_latin1(utf8, &latin1, &why)
                             : ctes_fail(&why, CTES_E_CHARSET, NULL, "UTF-8");
    if (status != CTES_OK) {
        (void)ctes_fail(&w->failure, status, NULL, "%s: %s", name, why.detail);
        return;
    }
    for (size_t i = 0; i < latin1.length && !failed(w);) {
        size_t run = strspn(latin1.data + i, attribute ? PLAIN : PLAIN_IN_ELEMENT);
        if (run > 0)
            (void)!ctes_buffer_append(&w->bytes, latin1.data + i, run, &w->failure);
        else
            put_byte(w, name, i > 0 ? (unsigned char)latin1.data[i - 1] : 0,
                     (unsigned char)latin1.data[i], attribute);
        i += run > 0 ? run : 1;
    }
}

static void push(ctes_writer *w, const char *name) {
    assert(w->depth < CTES_WRITER_DEPTH);
    put(w, "<actes:");
    put(w, name);
    w->names[w->depth++] = name;
    w->in_tag = true;
}

void ctes_writer_root(ctes_writer *writer, const char *name, bool insee) {
    put(writer, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n");
    push(writer, name);
    put(writer, " xmlns:actes=\"" CTES_XML_NS_ACTES "\"");
    if (insee)
        put(writer, " xmlns:insee=\"" CTES_XML_NS_INSEE "\"");
}

static void end_tag(ctes_writer *w) {
    if (w->in_tag)
        put(w, ">\n");
    w->in_tag = false;
}

void ctes_writer_open(ctes_writer *writer, const char *name) {
    end_tag(writer);
    indent(writer);
    push(writer, name);
}

void ctes_writer_close(ctes_writer *writer) {
    assert(writer->depth > 0);
    const char *name = writer->names[--writer->depth];
    if (writer->in_tag) {
        put(writer, "/>\n");
        writer->in_tag = false;
        return;
    }
    indent(writer);
    put(writer, "</actes:");
    put(writer, name);
    put(writer, ">\n");
}

static void put_attr(ctes_writer *w, const char *prefix, const char *name, const char *value) {
    assert(w->in_tag);
    if (value == NULL) {
        ctes_writer_refuse(w, name);
        return;
    }
    put(w, prefix);
    put(w, name);
    put(w, "=\"");
    put_value(w, name, value, true);
    put(w, "\"");
}

void ctes_writer_attr(ctes_writer *writer, const char *name, const char *value) {
    put_attr(writer, " actes:", name, value);
}

void ctes_writer_attr_siren(ctes_writer *writer, const char *value) {
    put_attr(writer, " insee:", "SIREN", value);
}

static const char *format_date(ctes_date date, char out[static 11]) {
    ctes_date_format(date, out);
    return out[0] != '\0' ? out : NULL;
}

void ctes_writer_attr_date(ctes_writer *writer, const char *name, ctes_date value) {
    char text[11];
    ctes_writer_attr(writer, name, format_date(value, text));
}

void ctes_writer_attr_number(ctes_writer *writer, const char *name, unsigned long value) {
    char text[24];
    (void)snprintf(text, sizeof text, "%lu", value);
    ctes_writer_attr(writer, name, text);
}

void ctes_writer_attr_nil(ctes_writer *writer) {
    assert(writer->in_tag);
    put(writer, " xmlns:xsi=\"" NS_XSI "\" xsi:nil=\"true\"");
}

void ctes_writer_leaf(ctes_writer *writer, const char *name, const char *value) {
    if (value == NULL) {
        ctes_writer_refuse(writer, name);
        return;
    }
    ctes_writer_open(writer, name);
    if (value[0] != '\0') {
        put(writer, ">");
        writer->in_tag = false;
        put_value(writer, name, value, false);
        put(writer, "</actes:");
        put(writer, name);
        put(writer, ">\n");
        writer->depth--;
    } else {
        ctes_writer_close(writer);
    }
}

void ctes_writer_leaf_date(ctes_writer *writer, const char *name, ctes_date value) {
    char text[11];
    ctes_writer_leaf(writer, name, format_date(value, text));
}

void ctes_writer_leaf_optional(ctes_writer *writer, const char *name, const char *value) {
    if (value != NULL)
        ctes_writer_leaf(writer, name, value);
}

ctes_status ctes_writer_finish(ctes_writer *writer, ctes_buffer *out, ctes_error *err) {
    ctes_writer_close(writer);
    assert(writer->depth == 0);
    if (failed(writer)) {
        if (err != NULL)
            *err = writer->failure;
        return writer->failure.code;
    }
    return ctes_buffer_append(out, writer->bytes.data, writer->bytes.length, err);
}
