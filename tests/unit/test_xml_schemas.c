/*
 * Holds our schemas and the ministry's together: from a valid document of every root, many thousand
 * variants are made, and both must give the same verdict on each. The last test alters our own
 * schema in one place at a time and asks the same variants to notice: a check of this check.
 */
#include <dirent.h>

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include "unit/xml_support.h"
#include "unit/xml_values.h"
#include "unit/xml_variants.h"

enum { DOCS_MAX = 64, STACKED = 120 };

/* --- verdicts --- */

typedef struct judges {
    xmlSchema *a, *b;
    size_t valid, invalid, disagreed;
    bool quiet; /* disagreement is what is looked for */
} judges;

static void ignore(void *data, xmlErrorPtr error) {
    (void)data;
    (void)error;
}

static xmlSchema *compile(const char *path) {
    xmlSchemaParserCtxt *parser = xmlSchemaNewParserCtxt(path);
    assert_non_null(parser);
    xmlSchema *schema = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    if (schema == NULL)
        fail_msg("%s does not compile", path);
    return schema;
}

static bool is_valid(xmlSchema *schema, xmlDoc *doc) {
    xmlSchemaValidCtxt *check = xmlSchemaNewValidCtxt(schema);
    assert_non_null(check);
    xmlSchemaSetValidStructuredErrors(check, ignore, NULL);
    int verdict = xmlSchemaValidateDoc(check, doc);
    xmlSchemaFreeValidCtxt(check);
    assert_true(verdict >= 0);
    return verdict == 0;
}

static void judge(judges *j, xmlDoc *doc, const char *what) {
    bool a = is_valid(j->a, doc), b = is_valid(j->b, doc);
    j->valid += a && b;
    j->invalid += !a && !b;
    if (a == b)
        return;
    if (j->disagreed++ < 3 && !j->quiet) {
        xmlChar *text = NULL;
        int size = 0;
        xmlDocDumpMemoryEnc(doc, &text, &size, "UTF-8");
        print_error("%s: theirs %d, ours %d\n%s\n", what, a, b, (const char *)text);
        xmlFree(text);
    }
}

/* --- running over a document --- */

static bool enough(const judges *j) {
    return j->quiet && j->disagreed > 0;
}

static void judge_copy(judges *j, xmlDoc *copy, const char *what) {
    judge(j, copy, what);
    xmlFreeDoc(copy);
}

static xmlNode *copy_at(xmlDoc *doc, size_t index, xmlDoc **ret) {
    *ret = xmlCopyDoc(doc, 1);
    list elements = { .count = 0 };
    collect(xmlDocGetRootElement(*ret), &elements);
    return elements.items[index];
}

static xmlAttr *attribute_at(xmlNode *node, size_t index) {
    xmlAttr *attr = node->properties;
    while (attr != NULL && index-- > 0)
        attr = attr->next;
    return attr;
}

static void vary_attributes(judges *j, xmlDoc *doc, size_t index) {
    xmlDoc *copy = NULL;
    for (size_t a = 0;; a++) {
        for (unsigned c = 0; c < ATTRIBUTE_CHANGES + VALUE_COUNT; c++) {
            xmlNode *node = copy_at(doc, index, &copy);
            xmlAttr *attr = attribute_at(node, a);
            if (attr == NULL) {
                xmlFreeDoc(copy);
                return;
            }
            if (c < ATTRIBUTE_CHANGES)
                (void)change_attribute(node, attr, c);
            else
                (void)xmlSetNsProp(node, attr->ns, attr->name, x(VALUES[c - ATTRIBUTE_CHANGES]));
            judge_copy(j, copy, "attribute");
        }
    }
}

static void vary_element(judges *j, xmlDoc *doc, size_t index) {
    xmlDoc *copy = NULL;
    for (unsigned c = 0; c < ELEMENT_CHANGES; c++) {
        if (change_element(copy_at(doc, index, &copy), c))
            judge(j, copy, "element");
        xmlFreeDoc(copy);
    }
    for (size_t t = 0; t < TYPE_COUNT; t++) {
        set_type(copy_at(doc, index, &copy), TYPES[t]);
        judge_copy(j, copy, TYPES[t]);
    }
    for (size_t v = 0; v < VALUE_COUNT; v++) {
        xmlNode *node = copy_at(doc, index, &copy);
        if (is_leaf(node) && node->children != NULL) {
            xmlNodeSetContent(node, NULL);
            xmlNodeAddContent(node, x(VALUES[v]));
            judge(j, copy, "text");
        }
        xmlFreeDoc(copy);
    }
}

/* A Signature takes anything, but what the schemas declare is checked there too. */
static void vary_signature(judges *j, xmlDoc *doc, size_t index, xmlDoc *const *docs,
                           size_t count) {
    static const char *const ATTRIBUTES[][3] = {
        { NS_ACTES, "actes", "Departement" },
        { NS_ACTES, "actes", "Arrondissement" },
        { NS_ACTES, "actes", "CodeNatureActe" },
        { NS_ACTES, "actes", "CodeMatiere" },
        { NS_ACTES, "actes", "IDActe" },
        { NS_ACTES, "actes", "Date" },
        { NS_ACTES, "actes", "DateReception" },
        { NS_INSEE, "i", "SIREN" },
        { NS_INSEE, "i", "NIC" },
        { NS_INSEE, "i", "SIRET" },
        { NS_INSEE, "i", "siren" },
        { NS_INSEE, "i", "nic" },
        { NS_INSEE, "i", "siret" },
        { NS_INSEE, "i", "inconnu" },
    };
    xmlDoc *copy = NULL;
    for (size_t a = 0; a < sizeof ATTRIBUTES / sizeof ATTRIBUTES[0]; a++)
        for (size_t v = 0; v < VALUE_COUNT; v++) {
            set(copy_at(doc, index, &copy), ATTRIBUTES[a][0], ATTRIBUTES[a][1], ATTRIBUTES[a][2],
                VALUES[v]);
            judge_copy(j, copy, "attribute of Signature");
        }
    for (size_t d = 0; d < count; d++)
        for (unsigned spoilt = 0; spoilt < 2; spoilt++) {
            xmlNode *node = copy_at(doc, index, &copy);
            xmlNode *added = xmlDocCopyNode(xmlDocGetRootElement(docs[d]), copy, 1);
            xmlAddChild(node, added);
            if (spoilt)
                xmlNodeAddContent(added, x("x"));
            judge_copy(j, copy, "element in Signature");
        }
    static const char *const INSEE[] = { "SIREN", "NIC", "SIRET", "SIRETStructure", "siren" };
    for (size_t i = 0; i < sizeof INSEE / sizeof INSEE[0]; i++)
        for (size_t v = 0; v < VALUE_COUNT; v++) {
            add_child(copy_at(doc, index, &copy), NS_INSEE, INSEE[i], VALUES[v]);
            judge_copy(j, copy, "INSEE's element in Signature");
        }
    for (size_t t = 0; t < TYPE_COUNT; t++)
        for (size_t v = 0; v < VALUE_COUNT; v++) {
            xmlNode *node = copy_at(doc, index, &copy);
            xmlNodeSetContent(node, NULL);
            xmlNodeAddContent(node, x(VALUES[v]));
            set_type(node, TYPES[t]);
            judge_copy(j, copy, TYPES[t]);
        }
}

/* Several changes at once, drawn by a fixed sequence. */
static void vary_stacked(judges *j, xmlDoc *doc, uint32_t *seed) {
    for (unsigned n = 0; n < STACKED && !enough(j); n++) {
        xmlDoc *copy = xmlCopyDoc(doc, 1);
        for (unsigned step = 0; step < 2 + n % 3; step++) {
            list elements = { .count = 0 };
            collect(xmlDocGetRootElement(copy), &elements);
            *seed = *seed * 1664525u + 1013904223u;
            xmlNode *node = elements.items[(*seed >> 16) % elements.count];
            *seed = *seed * 1664525u + 1013904223u;
            if (is_leaf(node) && node->children != NULL && (*seed >> 28) < 4)
                xmlNodeSetContent(node, x(VALUES[(*seed >> 12) % VALUE_COUNT]));
            else
                (void)change_element(node, (*seed >> 16) % ELEMENT_CHANGES);
        }
        judge_copy(j, copy, "stacked");
    }
}

static void vary(judges *j, xmlDoc *doc, xmlDoc *const *docs, size_t count, uint32_t *seed) {
    list elements = { .count = 0 };
    collect(xmlDocGetRootElement(doc), &elements);
    judge(j, doc, "as it is");
    for (size_t i = 0; i < elements.count && !enough(j); i++) {
        vary_element(j, doc, i);
        vary_attributes(j, doc, i);
    }
    vary_stacked(j, doc, seed);
    /* once is enough for what any Signature holds */
    for (size_t i = 0; i < elements.count && !enough(j); i++)
        if (strcmp((const char *)elements.items[i]->name, "Signature") == 0 &&
            strcmp((const char *)xmlDocGetRootElement(doc)->name, "FormulairesEnvoyes") == 0)
            vary_signature(j, doc, i, docs, count);
}

/* --- the documents --- */

typedef struct documents {
    xmlDoc *docs[DOCS_MAX];
    size_t count;
} documents;

static void load_folder(documents *out, const char *folder) {
    char *relative CTES_AUTO_FREE = support_path("tests/golden/xml", folder);
    char *path CTES_AUTO_FREE = support_path(support_folder("CTES_SOURCE_DIR"), relative);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        char *file CTES_AUTO_FREE = support_path(path, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        assert_true(out->count < DOCS_MAX);
        xmlDoc *doc = xmlReadFile(file, NULL, XML_PARSE_NONET);
        assert_non_null(doc);
        out->docs[out->count++] = doc;
    }
    (void)closedir(dir);
}

static void free_documents(documents *all) {
    for (size_t i = 0; i < all->count; i++)
        xmlFreeDoc(all->docs[i]);
}

static xmlSchema *compile_own(void) {
    char *path CTES_AUTO_FREE =
        support_path(support_folder("CTES_SOURCE_DIR"), "schemas/actes.xsd");
    return compile(path);
}

/* --- tests --- */

static void test_own_schema_takes_and_refuses_our_documents(void **state) {
    (void)state;
    xmlSchema *own = compile_own();
    static const struct {
        const char *folder;
        bool valid;
        size_t least;
    } FOLDERS[] = { { "messages", true, 24 },
                    { "fragments", true, 8 },
                    { "valid", true, 6 },
                    { "invalid", false, 10 } };
    for (size_t f = 0; f < sizeof FOLDERS / sizeof FOLDERS[0]; f++) {
        documents all = { .count = 0 };
        load_folder(&all, FOLDERS[f].folder);
        assert_true(all.count >= FOLDERS[f].least);
        for (size_t i = 0; i < all.count; i++)
            if (is_valid(own, all.docs[i]) != FOLDERS[f].valid)
                fail_msg("%s", (const char *)all.docs[i]->URL);
        free_documents(&all);
    }
    xmlSchemaFree(own);
}

static void test_both_schemas_give_the_same_verdicts(void **state) {
    (void)state;
    const char *shared = support_folder("CTES_SHARED_DIR");
    if (!support_exists(shared, "norm/schemas/actesv1_1.xsd")) {
        print_message("skipped: the ministry's schemas are not at hand\n");
        skip();
    }
    char *path CTES_AUTO_FREE = support_path(shared, "norm/schemas/actesv1_1.xsd");
    judges j = { .a = compile(path), .b = compile_own() };
    documents all = { .count = 0 };
    uint32_t seed = 20240105;
    static const char *const FOLDERS[] = { "messages", "fragments", "valid", "invalid" };
    for (size_t f = 0; f < sizeof FOLDERS / sizeof FOLDERS[0]; f++)
        load_folder(&all, FOLDERS[f]);
    for (size_t i = 0; i < all.count; i++)
        vary(&j, all.docs[i], all.docs, all.count, &seed);
    print_message("%zu documents valid and %zu invalid for both schemas\n", j.valid, j.invalid);
    assert_int_equal(j.disagreed, 0);
    assert_true(j.valid > 10000);
    assert_true(j.invalid > 30000);
    free_documents(&all);
    xmlSchemaFree(j.a);
    xmlSchemaFree(j.b);
}

/* The ministry's and the operators' own files, where they are at hand. */
static void test_both_schemas_agree_on_samples(void **state) {
    (void)state;
    const char *shared = support_folder("CTES_SHARED_DIR");
    static const struct {
        const char *name;
        bool valid;
    } SAMPLES[] = {
        { "006-210600235-20180522-684-AI-1-2_5279.xml", true },
        { "044-214400152----1-3_1.xml", true },
        { "044-214400152-20181106-TEST_DGCL_4-DE-6-2_10.xml", true },
        { "EACT--SPREF0441-214400152-20181012-9.xml", true },
        { "ANO_EACT--214400152--20180925-1.xml", false },
        { "exemple_codes_matieres.xml", true },
        { "examples/exemple_codes_matieres.xml", false },
    };
    if (!support_exists(shared, "norm/samples")) {
        print_message("skipped: no samples\n");
        skip();
    }
    char *path CTES_AUTO_FREE = support_path(shared, "norm/schemas/actesv1_1.xsd");
    xmlSchema *theirs = compile(path), *own = compile_own();
    for (size_t i = 0; i < sizeof SAMPLES / sizeof SAMPLES[0]; i++) {
        char *folder CTES_AUTO_FREE = support_path(shared, "norm/samples");
        char *file CTES_AUTO_FREE = support_path(folder, SAMPLES[i].name);
        xmlDoc *doc = xmlReadFile(file, NULL, XML_PARSE_NONET);
        assert_non_null(doc);
        assert_int_equal(is_valid(theirs, doc), SAMPLES[i].valid);
        assert_int_equal(is_valid(own, doc), SAMPLES[i].valid);
        xmlFreeDoc(doc);
    }
    xmlSchemaFree(theirs);
    xmlSchemaFree(own);
}

/* `from` (its first occurrence after `after`) becomes `to` in our schema; variants of `document`
 * must notice. */
static const struct alteration {
    const char *document, *file, *after, *from, *to;
} ALTERATIONS[] = {
    { "messages/Acte.xml", "actes.xsd", "", "maxLength value=\"500\"", "maxLength value=\"501\"" },
    { "messages/Acte.xml", "actes.xsd", "", "maxLength value=\"15\"", "maxLength value=\"16\"" },
    { "messages/Acte.xml", "actes.xsd", "", "nillable=\"true\"", "" },
    { "messages/Acte.xml", "actes.xsd", "DocumentPapier", " type=", " minOccurs=\"0\" type=" },
    { "messages/Acte.xml", "actes.xsd", "\"CodeMatiere4\"", " minOccurs=\"0\"", "" },
    { "messages/Acte.xml", "actes.xsd", "\"Annexe\"", " minOccurs=\"0\"", "" },
    { "messages/Acte.xml", "actes.xsd", "", "xs:anyType", "xs:string" },
    { "fragments/IDPref.xml", "actes.xsd", "", "[09|][0-9]", "[09][0-9]" },
    { "fragments/IDCL.xml", "actes.xsd", "\"IDCL\"", "[0-9]{2}", "[0-9]{1,2}" },
    { "fragments/IDCL.xml", "insee.xsd", "name=\"SIREN_stype\"", "length value=\"9\"",
      "maxLength value=\"9\"" },
    { "fragments/Referent.xml", "actes.xsd", "", "[a-zA-Z]{2,6}", "[a-zA-Z]{2,}" },
    { "messages/Annulation.xml", "actes.xsd", "", "{1,15}", "{1,14}" },
    { "messages/Annulation.xml", "actes.xsd", "", "\\p{Lu}{2}", "[A-Z]{2}" },
    { "messages/ARAnnulation.xml", "actes.xsd", "", "attributeFormDefault=\"qualified\"", "" },
    { "messages/ARAnnulation.xml", "actes.xsd", "\"DateReception\"", " use=\"required\"", "" },
    { "messages/AnomalieEnveloppe.xml", "actes.xsd", "", "value=\"100\"", "value=\"101\"" },
    { "messages/AnomalieActe.xml", "actes.xsd", "", "[0-9]{3}", "[0-9]{1,3}" },
    { "messages/EnveloppeMISILLCL.xml", "actes.xsd", "<xs:choice>", "ref=\"IDSousPref\"",
      "ref=\"Referent\"" },
    { "messages/DemandeClassification.xml", "actes.xsd", "\"DemandeClassification\"",
      " minOccurs=\"0\"", "" },
    { "messages/RetourClassification.xml", "actes.xsd", "type=\"TypePieceJointe\"",
      "ref=\"CodeNatureActe\"", "ref=\"CodeNatureActe\" use=\"required\"" },
    { "messages/RetourClassification.xml", "actes.xsd", "\"TypeAbrege\"", "xs:length",
      "xs:maxLength" },
    { "messages/RetourClassification.xml", "actes.xsd", "ref=\"matiere-2\"", " maxOccurs",
      " minOccurs=\"0\" maxOccurs" },
    { "messages/DefereTA.xml", "actes.xsd", "\"PieceJointe\"", "minOccurs=\"0\"", "" },
    { "fragments/FormulairesEnvoyes.xml", "insee.xsd", "\"LibelleType\"", "255", "256" },
    { "fragments/FormulairesEnvoyes.xml", "insee.xsd", "", "<xs:attribute name=\"siret\"",
      "<xs:attribute name=\"siretx\"" },
};

static void write_altered(const char *folder, const char *name, const struct alteration *change) {
    char *relative CTES_AUTO_FREE = support_path("schemas", name);
    CTES_AUTO_BUFFER ctes_buffer bytes = support_read(support_folder("CTES_SOURCE_DIR"), relative);
    char *path CTES_AUTO_FREE = support_path(folder, name);
    FILE *file CTES_AUTO_FCLOSE = fopen(path, "wb");
    assert_non_null(file);
    const char *at = bytes.data;
    if (strcmp(name, change->file) == 0) {
        const char *after = strstr(bytes.data, change->after);
        assert_non_null(after);
        const char *from = strstr(after + strlen(change->after), change->from);
        assert_non_null(from);
        assert_int_equal(fwrite(at, 1, (size_t)(from - at), file), from - at);
        assert_true(fputs(change->to, file) >= 0);
        at = from + strlen(change->from);
    }
    assert_true(fputs(at, file) >= 0);
}

static void test_variants_notice_each_alteration(void **state) {
    (void)state;
    const char *tmp = getenv("TMPDIR");
    char *folder CTES_AUTO_FREE = support_path(tmp != NULL ? tmp : "/tmp", "ctes-xsd-XXXXXX");
    assert_non_null(mkdtemp(folder));
    char *actes CTES_AUTO_FREE = support_path(folder, "actes.xsd");
    char *insee CTES_AUTO_FREE = support_path(folder, "insee.xsd");
    xmlSchema *own = compile_own();
    for (size_t i = 0; i < sizeof ALTERATIONS / sizeof ALTERATIONS[0]; i++) {
        write_altered(folder, "actes.xsd", &ALTERATIONS[i]);
        write_altered(folder, "insee.xsd", &ALTERATIONS[i]);
        judges j = { .a = own, .b = compile(actes), .quiet = true };
        CTES_AUTO_BUFFER ctes_buffer bytes = support_golden(ALTERATIONS[i].document);
        xmlDoc *doc = xmlReadMemory(bytes.data, (int)bytes.length, NULL, NULL, XML_PARSE_NONET);
        assert_non_null(doc);
        uint32_t seed = 1;
        vary(&j, doc, &doc, 1, &seed);
        if (j.disagreed == 0)
            fail_msg("%s: %s → %s was not noticed", ALTERATIONS[i].document, ALTERATIONS[i].from,
                     ALTERATIONS[i].to);
        xmlFreeDoc(doc);
        xmlSchemaFree(j.b);
    }
    xmlSchemaFree(own);
    assert_int_equal(unlink(actes), 0);
    assert_int_equal(unlink(insee), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_schema_takes_and_refuses_our_documents),
        cmocka_unit_test(test_both_schemas_give_the_same_verdicts),
        cmocka_unit_test(test_both_schemas_agree_on_samples),
        cmocka_unit_test(test_variants_notice_each_alteration),
    };
    ctes_xml_init();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctes_xml_cleanup();
    return failures;
}
