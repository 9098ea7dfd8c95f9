/* Single changes to a document of the norm, each of which a schema may or may not mind. */
#ifndef CTES_TESTS_UNIT_XML_VARIANTS_H
#define CTES_TESTS_UNIT_XML_VARIANTS_H

#include <libxml/tree.h>

#include "unit/xml_support.h"

#define NS_ACTES "http://www.interieur.gouv.fr/ACTES#v1.1-20040216"
#define NS_INSEE "http://xml.insee.fr/schema"
#define NS_XSD   "http://www.w3.org/2001/XMLSchema"
#define NS_XSI   "http://www.w3.org/2001/XMLSchema-instance"

enum { ELEMENTS_MAX = 256 };

static const xmlChar *x(const char *text) {
    return (const xmlChar *)text;
}

typedef struct list {
    xmlNode *items[ELEMENTS_MAX];
    size_t count;
} list;

static void collect(xmlNode *node, list *out) {
    if (node->type != XML_ELEMENT_NODE)
        return;
    assert_true(out->count < ELEMENTS_MAX);
    out->items[out->count++] = node;
    for (xmlNode *child = node->children; child != NULL; child = child->next)
        collect(child, out);
}

static bool is_leaf(const xmlNode *node) {
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            return false;
    return true;
}

static xmlNode *sibling(xmlNode *node) {
    for (node = node->next; node != NULL && node->type != XML_ELEMENT_NODE; node = node->next)
        ;
    return node;
}

static xmlNs *declare(xmlNode *node, const char *uri, const char *prefix) {
    xmlNs *ns = xmlSearchNs(node->doc, node, x(prefix));
    return ns != NULL ? ns : xmlNewNs(node, x(uri), x(prefix));
}

static void set(xmlNode *node, const char *uri, const char *prefix, const char *name,
                const char *value) {
    (void)xmlSetNsProp(node, declare(node, uri, prefix), x(name), x(value));
}

static void add_child(xmlNode *node, const char *uri, const char *name, const char *text) {
    xmlNode *child = xmlNewChild(node, NULL, x(name), x(text));
    xmlSetNs(child, uri == NULL ? NULL : declare(node, uri, "q"));
}

/* One change to an element; false when there is nothing to change. */
static bool change_element(xmlNode *node, unsigned which) {
    xmlNode *next = sibling(node);
    bool root = node->parent->type == XML_DOCUMENT_NODE;
    switch (which) {
    case 0: /* dropped */
        if (root)
            return false;
        xmlUnlinkNode(node);
        xmlFreeNode(node);
        return true;
    case 1: /* twice */
        return !root && xmlAddNextSibling(node, xmlCopyNode(node, 1)) != NULL;
    case 2: /* after the next one */
        return !root && next != NULL && xmlAddNextSibling(next, node) != NULL;
    case 3:
        xmlNodeSetName(node, x("Inconnu"));
        return true;
    case 4: /* in no namespace */
        xmlSetNs(node, NULL);
        return true;
    case 5: /* in another */
        xmlSetNs(node, declare(node, NS_INSEE, "other"));
        return true;
    case 6:
        xmlNodeAddContent(node, x("x"));
        return true;
    case 7:
        xmlNodeAddContent(node, x(" \n"));
        return true;
    case 8: /* without content */
        xmlNodeSetContent(node, x(""));
        return true;
    case 9:
        add_child(node, NULL, "Inconnu", NULL);
        return true;
    case 10:
        add_child(node, NS_ACTES, "IDPref", NULL);
        return true;
    case 11:
        add_child(node, NS_ACTES, "NomFichier", "a");
        return true;
    case 12:
        set(node, NS_XSI, "xsi", "nil", "true");
        return true;
    case 13: /* nil and empty */
        xmlNodeSetContent(node, x(""));
        set(node, NS_XSI, "xsi", "nil", "1");
        return true;
    case 14:
        set(node, NS_XSI, "xsi", "nil", "false");
        return true;
    case 15:
        set(node, NS_XSI, "xsi", "schemaLocation", NS_ACTES " nowhere.xsd");
        return true;
    case 16:
        set(node, "urn:x", "ux", "inconnu", "1");
        return true;
    case 17:
        (void)xmlSetProp(node, x("inconnu"), x("1"));
        return true;
    case 18: /* an attribute of the norm that does not belong here */
        set(node, NS_ACTES, "actes", "CodeMatiere", "1");
        return true;
    case 19:
        xmlAddChild(node, xmlNewDocComment(node->doc, x("c")));
        return true;
    default:
        return false;
    }
}
enum { ELEMENT_CHANGES = 20 };

/* One change to an attribute but its value. */
static bool change_attribute(xmlNode *node, xmlAttr *attr, unsigned which) {
    switch (which) {
    case 0:
        xmlRemoveProp(attr);
        return true;
    case 1: /* unqualified */
        xmlSetNs((xmlNode *)attr, NULL);
        return true;
    case 2: /* of the wrong namespace */
        xmlSetNs((xmlNode *)attr, declare(node, NS_INSEE, "other"));
        return true;
    case 3:
        xmlNodeSetName((xmlNode *)attr, x("Inconnu"));
        return true;
    case 4: /* in the other case */
        xmlNodeSetName((xmlNode *)attr, x(attr->name[0] == 'S' ? "siren" : "date"));
        return true;
    default:
        return false;
    }
}
enum { ATTRIBUTE_CHANGES = 5 };

static void set_type(xmlNode *node, const char *type) {
    (void)declare(node, NS_ACTES, "actes");
    (void)declare(node, NS_INSEE, "i");
    (void)declare(node, NS_XSD, "xs");
    set(node, NS_XSI, "xsi", "type", type);
}

#endif
