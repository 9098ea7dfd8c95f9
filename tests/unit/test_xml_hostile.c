/* Bytes made to harm: refused with their code, within bounds, and without a word on stderr. */
#include "unit/xml_support.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"

#define XMLNS "xmlns=\"" CTES_XML_NS_ACTES "\""

static ctes_status read_bytes(const void *bytes, size_t length) {
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_xml_read(NULL, bytes, length, &message, NULL, &err);
    assert_int_equal(err.code, status);
    if (status != CTES_OK)
        assert_int_equal(message.kind, CTES_M_NONE);
    return status;
}

static ctes_status read_text(const char *text) {
    return read_bytes(text, strlen(text));
}

static void fill(ctes_buffer *out, const char *head, const char *repeated, size_t times,
                 const char *tail) {
    size_t size = strlen(repeated);
    char *middle CTES_AUTO_FREE = malloc(size * times + 1);
    assert_non_null(middle);
    for (size_t i = 0; i < times; i++)
        memcpy(middle + i * size, repeated, size);
    assert_int_equal(ctes_buffer_puts(out, head, NULL), CTES_OK);
    assert_int_equal(ctes_buffer_append(out, middle, size * times, NULL), CTES_OK);
    assert_int_equal(ctes_buffer_puts(out, tail, NULL), CTES_OK);
}

static void test_doctype_and_entities(void **state) {
    (void)state;
    static const char *const CASES[] = {
        /* a billion laughs */
        "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY l0 'ha'><!ENTITY l1 '&l0;&l0;&l0;&l0;&l0;&l0;'>"
        "<!ENTITY l2 '&l1;&l1;&l1;&l1;&l1;&l1;&l1;&l1;'><!ENTITY l3 '&l2;&l2;&l2;&l2;&l2;&l2;'>"
        "]><Annulation " XMLNS " IDActe='&l3;'/>",
        /* a file of ours, a host of theirs */
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><AnomalieActe " XMLNS
        "><Detail>&x;</Detail></AnomalieActe>",
        "<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://127.0.0.1:9/x.dtd'> %x;]><Annulation " XMLNS "/>",
        "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><Annulation " XMLNS " IDActe='x'/>",
        "<!DOCTYPE a><Annulation " XMLNS " IDActe='x'/>",
        "<!-- > --><!DOCTYPE a><Annulation " XMLNS " IDActe='x'/>",
        "<Annulation " XMLNS " IDActe='x'/><!DOCTYPE a>",
        /* entities nobody declared */
        "<Annulation " XMLNS " IDActe='&x;'/>",
        "<AnomalieActe " XMLNS "><Detail>&x;</Detail></AnomalieActe>",
        "<AnomalieActe " XMLNS "><Detail>&#0;</Detail></AnomalieActe>",
        "<AnomalieActe " XMLNS "><Detail>&#x110000;</Detail></AnomalieActe>",
        "<AnomalieActe " XMLNS "><Detail>&#xD800;</Detail></AnomalieActe>",
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        assert_int_equal(read_text(CASES[i]), CTES_E_XML_MALFORMED);
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    ctes_error err = CTES_ERROR_INIT; /* seen before libxml2 sees it */
    assert_int_equal(ctes_xml_read(NULL, CASES[0], strlen(CASES[0]), &message, NULL, &err),
                     CTES_E_XML_MALFORMED);
    assert_string_equal(err.detail, "a DOCTYPE is not taken");
}

static void test_malformed(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "",
        " ",
        "\xef\xbb\xbf",
        "OK\n1\n",
        "<a:Annulation IDActe='x'/>",                      /* undeclared prefix */
        "<Annulation " XMLNS " a:IDActe='x'/>",            /* the same on an attribute */
        "<Annulation " XMLNS " IDActe='x' IDActe='y'/>",   /* twice */
        "<Annulation " XMLNS " IDActe=x/>",                /* unquoted */
        "<Annulation " XMLNS " IDActe='<'/>",              /* markup in a value */
        "<Annulation " XMLNS " IDActe='x'></annulation>",  /* other end tag */
        "<Annulation " XMLNS " IDActe='x'/><Annulation/>", /* two roots */
        "<Annulation " XMLNS " IDActe='x'/>text",          /* glued */
        " <?xml version='1.0'?><Annulation " XMLNS "/>",   /* late prolog */
        "<AnomalieActe " XMLNS "><Detail>a\x01</Detail></AnomalieActe>",
        "<AnomalieActe " XMLNS "><Detail>a]]></Detail></AnomalieActe>",
        "<AnomalieActe " XMLNS "><Detail>\xed\xa0\x80</Detail></AnomalieActe>", /* surrogate */
        "<AnomalieActe " XMLNS "><Detail>\xc0\x80</Detail></AnomalieActe>",     /* overlong */
        "<AnomalieActe " XMLNS "><!-- -- --></AnomalieActe>",
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        assert_int_equal(read_text(CASES[i]), CTES_E_XML_MALFORMED);
}

static void test_other_charsets_and_nul(void **state) {
    (void)state;
    static const char TEXT[] = "<Annulation " XMLNS " IDActe='x'/>";
    char wide[2 * sizeof TEXT + 2] = { (char)0xff, (char)0xfe };
    for (size_t i = 0; i < sizeof TEXT - 1; i++)
        wide[2 + 2 * i] = TEXT[i];
    assert_int_equal(read_bytes(wide, 2 * sizeof TEXT), CTES_E_XML_MALFORMED);
    assert_int_equal(read_bytes(wide + 2, 2 * sizeof TEXT - 2), CTES_E_XML_MALFORMED);
    assert_int_equal(read_bytes(wide + 1, 2 * sizeof TEXT - 2), CTES_E_XML_MALFORMED);
    for (size_t i = 0; i < sizeof TEXT; i++) { /* a NUL in every place, the last included */
        char copy[sizeof TEXT];
        memcpy(copy, TEXT, sizeof TEXT);
        copy[i] = '\0';
        assert_int_equal(read_bytes(copy, sizeof TEXT), CTES_E_XML_MALFORMED);
    }
    assert_int_equal(read_bytes(TEXT, sizeof TEXT - 1), CTES_OK);
    static const char LATIN1[] = "<?xml version='1.0' encoding='ISO-8859-1'?>"
                                 "<Annulation " XMLNS " IDActe='\xe9'/>\0<b/>";
    assert_int_equal(read_bytes(LATIN1, sizeof LATIN1 - 1), CTES_E_XML_MALFORMED);
    assert_int_equal(read_text(LATIN1), CTES_OK);
}

static void test_limits(void **state) {
    (void)state;
    static const struct {
        const char *head, *repeated;
        size_t times;
        const char *tail;
        ctes_status status;
    } CASES[] = {
        { "<AnomalieActe " XMLNS ">", "<a>", 100000, "", CTES_E_XML_LIMIT },
        { "<AnomalieActe " XMLNS ">", "<a/>", CTES_XML_NODES_MAX, "</AnomalieActe>",
          CTES_E_XML_LIMIT },
        { "<AnomalieActe " XMLNS "><Nature>1</Nature>", "<a/>", CTES_XML_NODES_MAX / 2,
          "</AnomalieActe>", CTES_OK },
        { "<Annulation " XMLNS " IDActe='x", "y", 3000000, "'/>", CTES_OK },
        { "<Annulation " XMLNS " IDActe='x", "y", CTES_XML_SIZE_MAX, "'/>", CTES_E_XML_LIMIT },
        { "<Annulation " XMLNS " ", "a='' ", 200000, "/>", CTES_E_XML_LIMIT },
        { "<Annulation " XMLNS " ", "a='' ", 70, "/>", CTES_E_XML_LIMIT },
        { "<Annulation " XMLNS " ", "a='' ", 60, "/>", CTES_E_XML_MALFORMED }, /* the same name */
        { "<Annulation " XMLNS " IDActe='x' ", "", 0, "/>", CTES_OK },
        { "<AnomalieActe " XMLNS "><Nature>1</Nature>", "<!---->", 500000, "</AnomalieActe>",
          CTES_OK },
        { "<AnomalieActe " XMLNS "><Nature>1</Nature>", "<?p?>", 700000, "</AnomalieActe>",
          CTES_OK },
        { "<AnomalieActe " XMLNS "><Nature>1", "<![CDATA[2]]>", 300000, "</Nature></AnomalieActe>",
          CTES_OK },
        { "<AnomalieActe " XMLNS "><Detail>", "&#65;", 700000, "</Detail></AnomalieActe>",
          CTES_OK },
        { "", "<", 1000000, "", CTES_E_XML_MALFORMED },
        { "<a b='", "<!--", 1000000, "", CTES_E_XML_MALFORMED },
        { "<", "a", 3000000, "/>", CTES_E_XML_MALFORMED }, /* a name without end */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(64u << 20);
        fill(&bytes, CASES[i].head, CASES[i].repeated, CASES[i].times, CASES[i].tail);
        ctes_status status = read_bytes(bytes.data, bytes.length);
        if (status != CASES[i].status)
            fail_msg("%zu: %s", i, ctes_status_name(status));
    }
}

static void test_truncated_everywhere(void **state) {
    (void)state;
    static const char *const NAMES[] = { "messages/ARActe.xml", "messages/EnveloppeMISILLCL.xml",
                                         "messages/RetourClassification.xml" };
    for (size_t n = 0; n < sizeof NAMES / sizeof NAMES[0]; n++) {
        CTES_AUTO_BUFFER ctes_buffer golden = support_golden(NAMES[n]);
        for (size_t length = 0; length + 1 < golden.length; length++)
            assert_int_equal(read_bytes(golden.data, length), CTES_E_XML_MALFORMED);
        assert_int_equal(read_bytes(golden.data, golden.length), CTES_OK);
    }
}

/* Values that make a backtracking matcher work: judged in the time of a moment. */
static void test_schema_patterns_do_not_explode(void **state) {
    (void)state;
    static const char *const REPEATED[] = { "a.", "a", "-", "a@", "@a." };
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    for (size_t i = 0; i < sizeof REPEATED / sizeof REPEATED[0]; i++) {
        CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
        fill(&bytes,
             "<EnveloppeCLMISILL " XMLNS " xmlns:a='" CTES_XML_NS_ACTES "'><Emetteur>"
             "<IDCL xmlns:i='" CTES_XML_NS_INSEE "' i:SIREN='213400172' a:Departement='034'"
             " a:Arrondissement='1' a:Nature='31'/><Referent><Email>a@",
             REPEATED[i], 1000000, "</Email></Referent></Emetteur></EnveloppeCLMISILL>");
        clock_t before = clock();
        ctes_error err = CTES_ERROR_INIT;
        assert_int_equal(ctes_xml_validate(schemas, bytes.data, bytes.length, &err),
                         CTES_E_XML_INVALID);
        if (strstr(err.detail, "'pattern'") == NULL)
            fail_msg("%s", err.detail);
        assert_true(clock() - before < 20 * CLOCKS_PER_SEC);
    }
}

/* A complaint quotes the value: it is cut at a character's end. */
static void test_long_complaints_stay_utf8(void **state) {
    (void)state;
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    for (size_t shift = 0; shift < 3; shift++) {
        CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
        fill(&bytes, "<AnomalieActe " XMLNS "><Date>", "x", shift, "");
        fill(&bytes, "", "\u20ac", 1000, "</Date><Nature>002</Nature></AnomalieActe>");
        ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        char *invalid CTES_AUTO_FREE = NULL;
        assert_int_equal(ctes_xml_read(schemas, bytes.data, bytes.length, &message, &invalid, NULL),
                         CTES_OK);
        assert_true(strlen(invalid) > CTES_DETAIL_MAX / 2);
        assert_true(ctes_text_is_utf8(invalid, strlen(invalid)));
    }
}

/* --- schema folders --- */

static void write_file(const char *folder, const char *name, const char *text) {
    char *path CTES_AUTO_FREE = support_path(folder, name);
    FILE *file CTES_AUTO_FCLOSE = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
}

static void copy_schemas(const char *folder) {
    static const char *const NAMES[] = { "actes.xsd", "insee.xsd" };
    for (size_t i = 0; i < 2; i++) {
        char *relative CTES_AUTO_FREE = support_path("schemas", NAMES[i]);
        CTES_AUTO_BUFFER ctes_buffer bytes =
            support_read(support_folder("CTES_SOURCE_DIR"), relative);
        write_file(folder, NAMES[i], bytes.data);
    }
}

static void remove_folder(const char *folder) {
    char *actes CTES_AUTO_FREE = support_path(folder, "actes.xsd");
    char *insee CTES_AUTO_FREE = support_path(folder, "insee.xsd");
    (void)unlink(actes);
    (void)unlink(insee);
    assert_int_equal(rmdir(folder), 0);
}

static ctes_status load(const char *folder) {
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = NULL;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_schemas_load(folder, &schemas, &err);
    assert_int_equal(err.code, status);
    assert_int_equal(schemas != NULL, status == CTES_OK);
    if (status != CTES_OK)
        assert_true(err.subject[0] != '\0' && err.detail[0] != '\0');
    return status;
}

static void test_schema_folders(void **state) {
    (void)state;
    const char *tmp = getenv("TMPDIR");
    char *base CTES_AUTO_FREE = support_path(tmp != NULL ? tmp : "/tmp", "ctes-folder-XXXXXX");
    assert_non_null(mkdtemp(base));
    static const char *const NAMES[] = { "plain",   "with space", "été",  "a%20b",
                                         "a#b?c&d", "a:b",        "http:" };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        char *folder CTES_AUTO_FREE = support_path(base, NAMES[i]);
        assert_int_equal(mkdir(folder, 0700), 0);
        assert_int_equal(load(folder), CTES_E_SCHEMA_MISSING);
        copy_schemas(folder);
        assert_int_equal(load(folder), CTES_OK);
        remove_folder(folder);
    }
#define XSD(content)                                                                               \
    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='" CTES_XML_NS_ACTES   \
    "'>" content "</xs:schema>"
    static const struct {
        const char *file, *text;
    } BROKEN[] = {
        { "actes.xsd", "" },
        { "actes.xsd", "<a/>" },
        { "actes.xsd", XSD("<xs:element name='a' type='nothing'/>") },
        { "actes.xsd",
          XSD("<xs:import namespace='u' schemaLocation='http://127.0.0.1:9/x.xsd'/>") },
        { "actes.xsd", XSD("<xs:import namespace='u' schemaLocation='../insee.xsd'/>") },
        { "actes.xsd", XSD("<xs:include schemaLocation='/etc/passwd'/>") },
        { "actes.xsd", XSD("<xs:redefine schemaLocation='other.xsd'/>") },
        { "actes.xsd", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" XSD("") },
        { "insee.xsd", "" },
        { "insee.xsd", XSD("<xs:include schemaLocation='actes.xsd'/>") },
        { "insee.xsd", XSD("") }, /* of the wrong namespace */
    };
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++) {
        copy_schemas(base);
        write_file(base, BROKEN[i].file, BROKEN[i].text);
        assert_int_equal(load(base), CTES_E_SCHEMA_MISSING);
    }
    remove_folder(base);
}

/* --- threads --- */

static void *work(void *data) {
    const ctes_schemas *schemas = data;
    for (unsigned i = 0; i < 60; i++) {
        CTES_AUTO_BUFFER ctes_buffer good = support_golden("messages/AnomalieEnveloppe.xml");
        CTES_AUTO_BUFFER ctes_buffer bad = support_golden("invalid/anomalie-enveloppe-999.xml");
        ctes_error err = CTES_ERROR_INIT;
        if (ctes_xml_validate(schemas, good.data, good.length, &err) != CTES_OK ||
            ctes_xml_validate(schemas, bad.data, bad.length, &err) != CTES_E_XML_INVALID ||
            strstr(err.detail, "999") == NULL || read_bytes(good.data, 200) == CTES_OK)
            return data;
    }
    return NULL;
}

static void test_threads_share_schemas(void **state) {
    (void)state;
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, schemas), 0);
    for (size_t i = 0; i < 4; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_null(result);
    }
}

/* All of the above again would print through libxml2's own handlers if one were left in place. */
static void test_nothing_is_printed(void **state) {
    (void)state;
    FILE *file CTES_AUTO_FCLOSE = tmpfile();
    assert_non_null(file);
    int saved CTES_AUTO_CLOSE = dup(STDERR_FILENO);
    assert_true(saved >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    test_doctype_and_entities(state);
    test_malformed(state);
    test_schema_folders(state);
    CTES_AUTO_BUFFER ctes_buffer bytes = support_golden("invalid/siren-eight.xml");
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    ctes_status status = ctes_xml_validate(schemas, bytes.data, bytes.length, NULL);
    struct stat info;
    assert_true(dup2(saved, STDERR_FILENO) >= 0);
    assert_int_equal(status, CTES_E_XML_INVALID);
    assert_int_equal(fstat(fileno(file), &info), 0);
    assert_int_equal(info.st_size, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doctype_and_entities),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_other_charsets_and_nul),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_truncated_everywhere),
        cmocka_unit_test(test_schema_patterns_do_not_explode),
        cmocka_unit_test(test_long_complaints_stay_utf8),
        cmocka_unit_test(test_schema_folders),
        cmocka_unit_test(test_threads_share_schemas),
        cmocka_unit_test(test_nothing_is_printed),
    };
    ctes_xml_init();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctes_xml_cleanup();
    return failures;
}
