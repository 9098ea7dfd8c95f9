/* From foreign bytes to a libxml2 tree, inside the module: charset, limits, parse, verdict. */
#ifndef CTES_XML_PARSE_H
#define CTES_XML_PARSE_H

#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include "xml/xml.h"

#define CTES_XML_ATTRIBUTES_MAX 64 /**< of one element, namespaces included; the norm has 4 */

/* libxml2 made the error of its callbacks const in 2.12 */
#if LIBXML_VERSION >= 21200
typedef const xmlError *ctes_xml_error;
#else
typedef xmlError *ctes_xml_error;
#endif

/** The first thing libxml2 complained about in one call. */
typedef struct ctes_complaint {
    char text[CTES_DETAIL_MAX]; /**< "line 7: …", empty while there was none */
    bool memory;                /**< some complaint was about memory */
} ctes_complaint;

/** An xmlStructuredErrorFunc; `data` is a ctes_complaint. */
void ctes_complain(void *data, ctes_xml_error error);

static inline void ctes_xml_docp(xmlDoc **p) {
    if (*p != NULL)
        xmlFreeDoc(*p);
    *p = NULL;
}
#define CTES_AUTO_DOC CTES_CLEANUP(ctes_xml_docp)

/** libxml2's bytes are UTF-8 here, always. */
static inline const char *ctes_chars(const xmlChar *text) {
    return (const char *)text;
}
static inline const xmlChar *ctes_xml_chars(const char *text) {
    return (const xmlChar *)text;
}

/** Appends the document as UTF-8 without BOM to `out` (sheet § 5.1; xml.h tells the rule).
 *  @return CTES_OK, CTES_E_XML_MALFORMED, CTES_E_MEMORY. */
ctes_status ctes_xml_decode(const void *bytes, size_t length, ctes_buffer *out,
                            ctes_error *err) CTES_MUST_CHECK;

/** Bounded parse of a whole document: no DTD, no network, comments dropped, CDATA merged.
 *  @return CTES_OK, CTES_E_XML_MALFORMED (detail: line and complaint), CTES_E_XML_LIMIT,
 *          CTES_E_MEMORY. */
ctes_status ctes_xml_parse(const void *bytes, size_t length, xmlDoc **ret,
                           ctes_error *err) CTES_MUST_CHECK;

/** Kind of a document by its root. @return CTES_OK or CTES_E_XML_ROOT. */
ctes_status ctes_xml_kind(const xmlDoc *doc, ctes_message_kind *ret,
                          ctes_error *err) CTES_MUST_CHECK;

/** Compiles `folder`/`name`, a schema that needs no other file. @return as ctes_schemas_load. */
ctes_status ctes_schemas_load_alone(const char *folder, const char *name, ctes_schemas **ret,
                                    ctes_error *err) CTES_MUST_CHECK;

/** Valid or not: `ret->text` is empty for a valid document. @return CTES_OK or CTES_E_MEMORY. */
ctes_status ctes_schemas_judge(const ctes_schemas *schemas, xmlDoc *doc, ctes_complaint *ret,
                               ctes_error *err) CTES_MUST_CHECK;

#endif
