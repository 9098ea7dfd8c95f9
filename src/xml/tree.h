/*
 * Reading a libxml2 tree, inside the module. Lenient: an attribute without its prefix is read, of a
 * repeated element the first counts, what cannot be understood leaves its member as it was.
 */
#ifndef CTES_XML_TREE_H
#define CTES_XML_TREE_H

#include "xml/parse.h"

/** First child element, and next sibling element, of the norm's namespace; NULL when none is left.
 */
const xmlNode *ctes_node_first(const xmlNode *parent);
const xmlNode *ctes_node_next(const xmlNode *node);

bool ctes_node_is(const xmlNode *node, const char *name);

/** The element's text into an empty `*field`: as it is, or without the blanks around it.
 *  @return CTES_OK or CTES_E_MEMORY. */
ctes_status ctes_node_text(const xmlNode *node, char **field, ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_node_token(const xmlNode *node, char **field, ctes_error *err) CTES_MUST_CHECK;
/** xsd:date, its timezone dropped. */
ctes_status ctes_node_date(const xmlNode *node, ctes_date *field, ctes_error *err) CTES_MUST_CHECK;

/** The same for an attribute; `name` "SIREN" is INSEE's. */
ctes_status ctes_attr_text(const xmlNode *node, const char *name, char **field,
                           ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_attr_token(const xmlNode *node, const char *name, char **field,
                            ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_attr_date(const xmlNode *node, const char *name, ctes_date *field,
                           ctes_error *err) CTES_MUST_CHECK;
/** A whole number of 0 … `max`; anything else leaves `*field`. */
ctes_status ctes_attr_number(const xmlNode *node, const char *name, long max, long *field,
                             ctes_error *err) CTES_MUST_CHECK;

/** xsi:nil. */
bool ctes_node_nil(const xmlNode *node);

#endif
