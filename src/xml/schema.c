/*
 * The schemas, compiled once and then only read: each check has a context of its own, so threads
 * share them.
 */
#include <assert.h>
#include <string.h>

#include <libxml/uri.h>
#include <libxml/xmlschemas.h>

#include "base/fail.h"
#include "base/file.h"
#include "xml/parse.h"

#define NS_XSD     "http://www.w3.org/2001/XMLSchema"
#define MAIN_FILE  "actes.xsd"
#define OTHER_FILE "insee.xsd"

struct ctes_schemas {
    xmlDoc *doc; /* the compiled schema points into it */
    xmlSchema *compiled;
};

static void free_parser(xmlSchemaParserCtxt **p) {
    if (*p != NULL)
        xmlSchemaFreeParserCtxt(*p);
    *p = NULL;
}

static void free_valid(xmlSchemaValidCtxt **p) {
    if (*p != NULL)
        xmlSchemaFreeValidCtxt(*p);
    *p = NULL;
}

static void free_schema(xmlSchema **p) {
    if (*p != NULL)
        xmlSchemaFree(*p);
    *p = NULL;
}

void ctes_schemas_free(ctes_schemas *schemas) {
    if (schemas == NULL)
        return;
    free_schema(&schemas->compiled);
    ctes_xml_docp(&schemas->doc);
    free(schemas);
}

/* Whatever is wrong with a schema file, it is missing for our purpose; memory stays memory. */
static ctes_status missing(ctes_error *err, ctes_status status, const char *path,
                           const ctes_error *why) {
    if (status == CTES_E_MEMORY)
        return ctes_fail_memory(err);
    return ctes_fail(err, CTES_E_SCHEMA_MISSING, path, "%s", why->detail);
}

/* libxml2 would load any schemaLocation, from the network too: only `allowed` is let through. */
static bool loads_only(const xmlDoc *doc, const char *allowed) {
    static const char *const LOADERS[] = { "import", "include", "redefine" };
    const xmlNode *root = xmlDocGetRootElement(doc);
    for (const xmlNode *node = root->children; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE || node->ns == NULL ||
            strcmp(ctes_chars(node->ns->href), NS_XSD) != 0)
            continue;
        bool loader = false;
        for (size_t i = 0; i < sizeof LOADERS / sizeof LOADERS[0]; i++)
            loader = loader || strcmp(ctes_chars(node->name), LOADERS[i]) == 0;
        if (!loader)
            continue;
        xmlChar *place = xmlGetNoNsProp(node, ctes_xml_chars("schemaLocation"));
        bool fine = place != NULL && strcmp(ctes_chars(place), allowed) == 0;
        xmlFree(place);
        if (!fine)
            return false;
    }
    return true;
}

/* Reads and checks one file of the folder; `ret_path` is where it was looked for. */
static ctes_status read_schema(const char *folder, const char *name, const char *allowed,
                               char **ret_path, xmlDoc **ret, ctes_error *err) {
    char *path CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_path_join(folder, name, &path, err));
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    ctes_error why = CTES_ERROR_INIT;
    xmlDoc *doc CTES_AUTO_DOC = NULL;
    ctes_status status = ctes_file_read(path, &bytes, &why);
    if (status == CTES_OK)
        status = ctes_xml_parse(bytes.data, bytes.length, &doc, &why);
    if (status == CTES_OK && !loads_only(doc, allowed))
        status =
            ctes_fail(&why, CTES_E_SCHEMA_MISSING, NULL, "loads other files than %s", OTHER_FILE);
    if (status != CTES_OK)
        return missing(err, status, path, &why);
    *ret_path = CTES_TAKE(path);
    *ret = CTES_TAKE(doc);
    return CTES_OK;
}

static ctes_status compile(xmlDoc *doc, const char *path, xmlSchema **ret, ctes_error *err) {
    /* the import is resolved against this name, as a URI: spaces and such are escaped */
    doc->URL = xmlURIEscapeStr(ctes_xml_chars(path), ctes_xml_chars("/"));
    xmlSchemaParserCtxt *parser CTES_CLEANUP(free_parser) = xmlSchemaNewDocParserCtxt(doc);
    if (parser == NULL || doc->URL == NULL)
        return ctes_fail_memory(err);
    ctes_complaint complaint = { .memory = false };
    xmlSchemaSetParserStructuredErrors(parser, ctes_complain, &complaint);
    xmlSchema *compiled CTES_CLEANUP(free_schema) = xmlSchemaParse(parser);
    if (complaint.memory)
        return ctes_fail_memory(err);
    if (compiled == NULL)
        return ctes_fail(err, CTES_E_SCHEMA_MISSING, path, "%s", complaint.text);
    *ret = CTES_TAKE(compiled);
    return CTES_OK;
}

/* Takes both over. */
static ctes_status hold(xmlDoc **doc, xmlSchema **compiled, ctes_schemas **ret, ctes_error *err) {
    ctes_schemas *made = malloc(sizeof *made);
    if (made == NULL)
        return ctes_fail_memory(err);
    *made = (ctes_schemas){ .doc = CTES_TAKE(*doc), .compiled = CTES_TAKE(*compiled) };
    *ret = made;
    return CTES_OK;
}

ctes_status ctes_schemas_load(const char *folder, ctes_schemas **ret, ctes_error *err) {
    char *other_path CTES_AUTO_FREE = NULL;
    char *path CTES_AUTO_FREE = NULL;
    xmlDoc *other CTES_AUTO_DOC = NULL;
    xmlDoc *doc CTES_AUTO_DOC = NULL;
    xmlSchema *compiled CTES_CLEANUP(free_schema) = NULL; /* goes before what it points into */
    CTES_TRY(read_schema(folder, OTHER_FILE, "", &other_path, &other, err));
    CTES_TRY(read_schema(folder, MAIN_FILE, OTHER_FILE, &path, &doc, err));
    assert(doc != NULL);
    CTES_TRY(compile(doc, path, &compiled, err));
    return hold(&doc, &compiled, ret, err);
}

ctes_status ctes_schemas_load_alone(const char *folder, const char *name, ctes_schemas **ret,
                                    ctes_error *err) {
    char *path CTES_AUTO_FREE = NULL;
    xmlDoc *doc CTES_AUTO_DOC = NULL;
    xmlSchema *compiled CTES_CLEANUP(free_schema) = NULL;
    CTES_TRY(read_schema(folder, name, "", &path, &doc, err));
    assert(doc != NULL);
    CTES_TRY(compile(doc, path, &compiled, err));
    return hold(&doc, &compiled, ret, err);
}

ctes_status ctes_schemas_judge(const ctes_schemas *schemas, xmlDoc *doc, ctes_complaint *ret,
                               ctes_error *err) {
    xmlSchemaValidCtxt *check CTES_CLEANUP(free_valid) = xmlSchemaNewValidCtxt(schemas->compiled);
    if (check == NULL)
        return ctes_fail_memory(err);
    ctes_complaint complaint = { .memory = false };
    xmlSchemaSetValidStructuredErrors(check, ctes_complain, &complaint);
    int verdict = xmlSchemaValidateDoc(check, doc);
    if (complaint.memory || verdict < 0)
        return ctes_fail_memory(err);
    if (verdict == 0)
        complaint.text[0] = '\0';
    else if (complaint.text[0] == '\0')
        (void)snprintf(complaint.text, sizeof complaint.text, "schema error %d", verdict);
    *ret = complaint;
    return CTES_OK;
}

ctes_status ctes_xml_validate(const ctes_schemas *schemas, const void *bytes, size_t length,
                              ctes_error *err) {
    xmlDoc *doc CTES_AUTO_DOC = NULL;
    ctes_message_kind kind = CTES_M_NONE;
    ctes_complaint complaint = { .memory = false };
    CTES_TRY(ctes_xml_parse(bytes, length, &doc, err));
    CTES_TRY(ctes_xml_kind(doc, &kind, err));
    CTES_TRY(ctes_schemas_judge(schemas, doc, &complaint, err));
    return complaint.text[0] == '\0'
               ? CTES_OK
               : ctes_fail(err, CTES_E_XML_INVALID, NULL, "%s", complaint.text);
}
