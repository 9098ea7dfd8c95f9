#include "xml/tree.h"

#include <errno.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"

#define NS_XSI "http://www.w3.org/2001/XMLSchema-instance"

static bool in_namespace(const xmlNs *ns, const char *wanted) {
    return ns != NULL && strcmp(ctes_chars(ns->href), wanted) == 0;
}

static const xmlNode *from(const xmlNode *node) {
    while (node != NULL &&
           (node->type != XML_ELEMENT_NODE || !in_namespace(node->ns, CTES_XML_NS_ACTES)))
        node = node->next;
    return node;
}

const xmlNode *ctes_node_first(const xmlNode *parent) {
    return from(parent->children);
}

const xmlNode *ctes_node_next(const xmlNode *node) {
    return from(node->next);
}

bool ctes_node_is(const xmlNode *node, const char *name) {
    return strcmp(ctes_chars(node->name), name) == 0;
}

/* Qualified as the norm wants it, else bare (sheet § 5.1: a frequent fault). */
static const xmlAttr *find(const xmlNode *node, const char *ns, const char *name) {
    const xmlAttr *bare = NULL;
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next) {
        if (strcmp(ctes_chars(attr->name), name) != 0)
            continue;
        if (in_namespace(attr->ns, ns))
            return attr;
        if (attr->ns == NULL)
            bare = attr;
    }
    return bare;
}

static const xmlAttr *find_own(const xmlNode *node, const char *name) {
    return find(node, strcmp(name, "SIREN") == 0 ? CTES_XML_NS_INSEE : CTES_XML_NS_ACTES, name);
}

/* An attribute is a node to libxml2 as far as its content goes. */
static ctes_status content(const xmlNode *node, char **ret, ctes_error *err) {
    xmlChar *text = xmlNodeGetContent(node);
    if (text == NULL)
        return ctes_fail_memory(err);
    ctes_status status = ctes_text_dup(ctes_chars(text), ret, err);
    xmlFree(text);
    return status;
}

ctes_status ctes_node_text(const xmlNode *node, char **field, ctes_error *err) {
    return *field != NULL ? CTES_OK : content(node, field, err);
}

ctes_status ctes_node_token(const xmlNode *node, char **field, ctes_error *err) {
    if (*field != NULL)
        return CTES_OK;
    CTES_TRY(content(node, field, err));
    (void)ctes_text_trim(*field);
    return CTES_OK;
}

/* What may follow the ten characters of an xsd:date: nothing, "Z", "+01:00". */
static bool is_timezone(const char *text) {
    if (text[0] == '\0' || strcmp(text, "Z") == 0)
        return true;
    return strlen(text) == 6 && strchr("+-", text[0]) != NULL && text[3] == ':' &&
           strspn(text + 1, "0123456789") == 2 && strspn(text + 4, "0123456789") == 2;
}

ctes_status ctes_node_date(const xmlNode *node, ctes_date *field, ctes_error *err) {
    char *text CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_node_token(node, &text, err));
    if (text == NULL || ctes_date_given(*field) || strlen(text) < 10 || text[4] != '-' ||
        !is_timezone(text + 10))
        return CTES_OK;
    text[10] = '\0';
    ctes_date date;
    if (ctes_date_parse(text, &date, NULL) == CTES_OK)
        *field = date;
    return CTES_OK;
}

ctes_status ctes_attr_text(const xmlNode *node, const char *name, char **field, ctes_error *err) {
    const xmlAttr *attr = find_own(node, name);
    return attr == NULL ? CTES_OK : ctes_node_text((const xmlNode *)attr, field, err);
}

ctes_status ctes_attr_token(const xmlNode *node, const char *name, char **field, ctes_error *err) {
    const xmlAttr *attr = find_own(node, name);
    return attr == NULL ? CTES_OK : ctes_node_token((const xmlNode *)attr, field, err);
}

ctes_status ctes_attr_date(const xmlNode *node, const char *name, ctes_date *field,
                           ctes_error *err) {
    const xmlAttr *attr = find_own(node, name);
    return attr == NULL ? CTES_OK : ctes_node_date((const xmlNode *)attr, field, err);
}

ctes_status ctes_attr_number(const xmlNode *node, const char *name, long max, long *field,
                             ctes_error *err) {
    char *text CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_attr_token(node, name, &text, err));
    if (text == NULL || text[0] == '\0')
        return CTES_OK;
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno == 0 && *end == '\0' && value >= 0 && value <= max)
        *field = value;
    return CTES_OK;
}

bool ctes_node_nil(const xmlNode *node) {
    const xmlAttr *attr = xmlHasNsProp(node, ctes_xml_chars("nil"), ctes_xml_chars(NS_XSI));
    const xmlNode *value = attr != NULL ? attr->children : NULL;
    return value != NULL && value->content != NULL &&
           (strcmp(ctes_chars(value->content), "true") == 0 ||
            strcmp(ctes_chars(value->content), "1") == 0);
}
