/*
 * A budget as TotEM makes it (sheet § 10): is it one, and does it carry its seal? The digests of
 * the seal cannot be made again (they are of TotEM's own indentation), so its form is what is
 * checked. A budget holds its annexes as text and may be large: it is read as a stream, never as a
 * tree.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libxml/parser.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "xml/parse.h"

#define NS_BUDGET "http://www.minefi.gouv.fr/cp/demat/docbudgetaire"
#define ROOT      "DocumentBudgetaire"
#define SEAL      "Scellement"

enum { SLICE = 65536 };

typedef struct budget {
    xmlParserCtxt *parser;
    ctes_complaint complaint;      /* the parser's first */
    char refusal[CTES_DETAIL_MAX]; /* ours, empty while there is none */
    unsigned depth, seals;
} budget;

/* Definitions in a DOCTYPE make a document that the parser does not call its own. */
static void free_parser(xmlParserCtxt **p) {
    if (*p != NULL) {
        xmlFreeDoc((*p)->myDoc);
        xmlFreeParserCtxt(*p);
    }
    *p = NULL;
}

/* The first reason counts. The parser is not stopped here: that frees what it is still reading. */
static void refuse(budget *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void refuse(budget *b, const char *format, ...) {
    if (b->refusal[0] != '\0')
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(b->refusal, sizeof b->refusal, format, arguments);
    va_end(arguments);
}

typedef struct attribute {
    const char *value; /* not terminated; NULL when absent */
    size_t length;
} attribute;

/* libxml2 gives five pointers an attribute: name, prefix, namespace, start and end of the value. */
static attribute find_attribute(const xmlChar **attributes, int count, const char *name) {
    for (int i = 0; i < count; i++) {
        const xmlChar **parts = attributes + (ptrdiff_t)i * 5;
        bool ours = parts[2] == NULL || strcmp(ctes_chars(parts[2]), NS_BUDGET) == 0;
        if (ours && strcmp(ctes_chars(parts[0]), name) == 0)
            return (attribute){ ctes_chars(parts[3]), (size_t)(parts[4] - parts[3]) };
    }
    return (attribute){ .value = NULL };
}

static bool is_hexadecimal(char sign) {
    return (sign >= '0' && sign <= '9') || (sign >= 'a' && sign <= 'f') ||
           (sign >= 'A' && sign <= 'F');
}

static void check_digest(budget *b, const xmlChar **attributes, int count, const char *name,
                         size_t digits) {
    attribute found = find_attribute(attributes, count, name);
    bool good = found.value != NULL && found.length == digits;
    for (size_t i = 0; good && i < digits; i++)
        good = is_hexadecimal(found.value[i]);
    if (!good)
        refuse(b, "seal: %s", name);
}

static bool is_named(const xmlChar *name, const xmlChar *uri, const char *wanted) {
    return uri != NULL && strcmp(ctes_chars(uri), NS_BUDGET) == 0 &&
           strcmp(ctes_chars(name), wanted) == 0;
}

/* A name of the file for a person; one too long to be any of TotEM's is not told. */
static const char *shown(const xmlChar *text) {
    return text == NULL || strlen(ctes_chars(text)) > 80 ? "?" : ctes_chars(text);
}

static void check_root(budget *b, const xmlChar *name, const xmlChar *uri) {
    if (strcmp(ctes_chars(name), ROOT) != 0)
        refuse(b, "root %s", shown(name));
    else if (!is_named(name, uri, ROOT))
        refuse(b, "namespace %s", shown(uri));
}

static void start_element(void *data, const xmlChar *name, const xmlChar *prefix,
                          const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                          int attribute_count, int defaulted_count, const xmlChar **attributes) {
    budget *b = data;
    (void)prefix;
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted_count;
    if (b->depth == 0)
        check_root(b, name, uri);
    if (b->depth == 1 && is_named(name, uri, SEAL)) {
        b->seals++;
        check_digest(b, attributes, attribute_count, "md5", 32);
        check_digest(b, attributes, attribute_count, "sha1", 40);
    }
    if (++b->depth > CTES_XML_DEPTH_MAX)
        refuse(b, "depth %u", b->depth);
}

static void end_element(void *data, const xmlChar *name, const xmlChar *prefix,
                        const xmlChar *uri) {
    budget *b = data;
    (void)name;
    (void)prefix;
    (void)uri;
    b->depth--;
}

/* No definitions of the document's own: TotEM writes none, and they are how a file bites. */
static void start_doctype(void *data, const xmlChar *name, const xmlChar *external,
                          const xmlChar *system) {
    budget *b = data;
    (void)name;
    (void)external;
    (void)system;
    refuse(b, "%s", "DOCTYPE");
}

static void complain(void *data, ctes_xml_error error) {
    budget *b = data;
    ctes_complain(&b->complaint, error);
}

static ctes_status start_parser(budget *b, xmlParserCtxt **ret, ctes_error *err) {
    xmlSAXHandler handler = { .startElementNs = start_element,
                              .endElementNs = end_element,
                              .internalSubset = start_doctype,
                              .serror = complain,
                              .initialized = XML_SAX2_MAGIC };
    xmlParserCtxt *parser CTES_CLEANUP(free_parser) =
        xmlCreatePushParserCtxt(&handler, b, NULL, 0, NULL);
    if (parser == NULL)
        return ctes_fail_memory(err);
    (void)xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    b->parser = parser;
    *ret = CTES_TAKE(parser);
    return CTES_OK;
}

/* Feeds the file to the parser until it ends, or enough is known. */
static ctes_status feed(budget *b, int fd, const char *path, ctes_error *err) {
    char bytes[SLICE];
    ssize_t count = 0;
    uint64_t total = 0;
    int failed = 0;
    do {
        count = read(fd, bytes, sizeof bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return ctes_fail_errno(err, errno, path);
        total += (uint64_t)count;
        if (total > CTES_ARCHIVE_MAX)
            return ctes_fail(err, CTES_E_TOO_LARGE, path, "> %d", CTES_ARCHIVE_MAX);
        failed = xmlParseChunk(b->parser, bytes, (int)count, count == 0);
    } while (count != 0 && failed == 0 && b->refusal[0] == '\0');
    return CTES_OK;
}

static ctes_status judge(budget *b, const char *path, ctes_error *err) {
    if (b->complaint.memory || b->parser->errNo == XML_ERR_NO_MEMORY)
        return ctes_fail_memory(err);
    if (b->refusal[0] != '\0')
        return ctes_fail(err, CTES_E_BUDGET_INVALID, path, "%s", b->refusal);
    if (!b->parser->wellFormed || !b->parser->nsWellFormed || b->depth != 0)
        return ctes_fail(err, CTES_E_BUDGET_INVALID, path, "%s",
                         b->complaint.text[0] != '\0' ? b->complaint.text : "XML");
    if (b->seals == 0)
        return ctes_fail(err, CTES_E_BUDGET_INVALID, path, "%s", "no seal");
    if (b->seals > 1)
        return ctes_fail(err, CTES_E_BUDGET_INVALID, path, "%u seals", b->seals);
    return CTES_OK;
}

ctes_status ctes_xml_budget_check(const char *path, ctes_error *err) {
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return ctes_fail_errno(err, errno, path);
    budget b = { .depth = 0 };
    xmlParserCtxt *parser CTES_CLEANUP(free_parser) = NULL;
    CTES_TRY(start_parser(&b, &parser, err));
    CTES_TRY(feed(&b, fd, path, err));
    return judge(&b, path, err);
}
