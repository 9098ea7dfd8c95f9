/* The one parse of the program: fixed flags, bounded before it starts, errors kept per call. */
#include "xml/parse.h"

#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlschemastypes.h>

#include "base/fail.h"
#include "xml/extent.h"

/* no DTD, no entity of the document's own (the scan refused its DOCTYPE), no network; the prolog's
 * encoding is ignored because the bytes are UTF-8 by now */
enum {
    FLAGS = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
            XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT
};

void ctes_xml_init(void) {
    xmlInitParser();
    xmlSchemaInitTypes(); /* else made by whichever thread compiles first */
}

void ctes_xml_cleanup(void) {
    xmlSchemaCleanupTypes();
    xmlCleanupParser();
}

/* Copies a complaint without "{http://…}" before each name: one namespace goes without saying. What
 * does not fit is cut at a character's end, since a complaint quotes the value. */
static void copy_message(char *out, size_t size, const char *message) {
    size_t at = 0;
    while (*message != '\0' && at + 1 < size) {
        if (strncmp(message, "{http", 5) == 0 && strchr(message, '}') != NULL)
            message = strchr(message, '}') + 1;
        else
            out[at++] = *message++;
    }
    for (; at > 0 && ((unsigned char)*message & 0xc0u) == 0x80u; at--)
        message--;
    while (at > 0 && (out[at - 1] == '\n' || out[at - 1] == ' '))
        at--;
    out[at] = '\0';
}

void ctes_complain(void *data, ctes_xml_error error) {
    ctes_complaint *complaint = data;
    if (error->code == XML_ERR_NO_MEMORY)
        complaint->memory = true;
    if (complaint->text[0] != '\0' || error->level == XML_ERR_WARNING)
        return;
    int prefix = snprintf(complaint->text, sizeof complaint->text, "line %d: ", error->line);
    if (prefix > 0)
        copy_message(complaint->text + prefix, sizeof complaint->text - (size_t)prefix,
                     error->message != NULL ? error->message : "?");
}

/* The parser hands its own context to its error function. */
static void complain_parser(void *data, ctes_xml_error error) {
    const xmlParserCtxt *context = data;
    ctes_complain(context->_private, error);
}

static void free_context(xmlParserCtxt **p) {
    if (*p != NULL)
        xmlFreeParserCtxt(*p);
    *p = NULL;
}

static ctes_status parse_utf8(const ctes_buffer *text, xmlDoc **ret, ctes_error *err) {
    ctes_complaint complaint = { .memory = false };
    xmlParserCtxt *context CTES_CLEANUP(free_context) = xmlNewParserCtxt();
    if (context == NULL)
        return ctes_fail_memory(err);
    context->_private = &complaint;
    context->sax->serror = complain_parser;
    context->sax->comment = NULL;
    context->sax->processingInstruction = NULL;
    xmlDoc *doc CTES_AUTO_DOC =
        xmlCtxtReadMemory(context, text->data, (int)text->length, NULL, NULL, FLAGS);
    if (complaint.memory || context->errNo == XML_ERR_NO_MEMORY)
        return ctes_fail_memory(err);
    if (doc == NULL || !context->wellFormed || !context->nsWellFormed || doc->intSubset != NULL ||
        xmlDocGetRootElement(doc) == NULL)
        return ctes_fail(err, CTES_E_XML_MALFORMED, NULL, "%s",
                         complaint.text[0] != '\0' ? complaint.text : "no document");
    *ret = CTES_TAKE(doc);
    return CTES_OK;
}

ctes_status ctes_xml_parse(const void *bytes, size_t length, xmlDoc **ret, ctes_error *err) {
    if (length > CTES_XML_SIZE_MAX)
        return ctes_fail(err, CTES_E_XML_LIMIT, NULL, "%zu bytes", length);
    CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT((size_t)4 * CTES_XML_SIZE_MAX);
    CTES_TRY(ctes_xml_decode(bytes, length, &text, err));
    size_t extent = 0;
    CTES_TRY(ctes_xml_scan(text.data, text.length, &extent, err));
    return parse_utf8(&text, ret, err);
}

ctes_status ctes_xml_kind(const xmlDoc *doc, ctes_message_kind *ret, ctes_error *err) {
    const xmlNode *root = xmlDocGetRootElement(doc);
    const char *name = ctes_chars(root->name);
    ctes_message_kind kind = CTES_M_NONE;
    if (root->ns != NULL && strcmp(ctes_chars(root->ns->href), CTES_XML_NS_ACTES) == 0)
        kind = ctes_message_kind_of(name);
    if (kind == CTES_M_NONE)
        return ctes_fail(err, CTES_E_XML_ROOT, NULL, "%s", name);
    *ret = kind;
    return CTES_OK;
}
