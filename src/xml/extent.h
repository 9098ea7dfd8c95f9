/* The scanner that bounds a document before it is parsed, inside the module. */
#ifndef CTES_XML_EXTENT_H
#define CTES_XML_EXTENT_H

#include "xml/xml.h"

/** Length of the document at the start of `bytes`, in any charset that holds ASCII; limits of
 * xml.h.
 *  @return CTES_OK, CTES_E_XML_MALFORMED, CTES_E_XML_LIMIT. */
ctes_status ctes_xml_scan(const char *bytes, size_t length, size_t *ret,
                          ctes_error *err) CTES_MUST_CHECK;

#endif
