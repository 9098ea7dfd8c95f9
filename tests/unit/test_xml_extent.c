/* Where a document ends when something else is glued behind it. */
#include "unit/xml_support.h"

#define PROLOG "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"

static void test_end_of_document(void **state) {
    (void)state;
    static const struct {
        const char *document; /* all of it, and nothing of what follows */
    } CASES[] = {
        { "<a/>" },
        { "<a />" },
        { "<a></a>" },
        { "<a></a >" },
        { "\xef\xbb\xbf<a/>" },
        { " \r\n\t<a/>" },
        { PROLOG "<a/>" },
        { PROLOG "\n<!-- <b> </a> --><a>\n<b><c x='1'/></b></a>" },
        { "<a x='>' y=\"/>\" z='\"'/>" },
        { "<a x=\"'</a>'\">t</a>" },
        { "<a><![CDATA[</a>]]></a>" },
        { "<a><![CDATA[]]]]><![CDATA[>]]></a>" },
        { "<a><!-- </a> --></a>" },
        { "<a><?pi </a> ?></a>" },
        { "<?pi <a/> ?><a/>" },
        { "<a><b/><b></b>t > ]]</a>" },
        { "<\xe9t\xe9>\xe9\x80</\xe9t\xe9>" },
        { "<a:b xmlns:a='u'/>" },
    };
    static const char *const GLUED[] = {
        "", " ", "<b/>", "</a>", "<!DOCTYPE x>", "\xc3\xa9t\xe9", "texte libre <", ">"
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        for (size_t g = 0; g < sizeof GLUED / sizeof GLUED[0]; g++) {
            CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(4096);
            assert_int_equal(ctes_buffer_puts(&bytes, CASES[i].document, NULL), CTES_OK);
            assert_int_equal(ctes_buffer_puts(&bytes, GLUED[g], NULL), CTES_OK);
            size_t extent = 0;
            assert_int_equal(ctes_xml_extent(bytes.data, bytes.length, &extent, NULL), CTES_OK);
            assert_int_equal(extent, strlen(CASES[i].document));
        }
}

static void test_no_document(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "",
        " ",
        "texte",
        "OK\n12\n<a/>",
        "<",
        "</a>",
        "< a/>",
        "<1/>",
        "<!DOCTYPE a><a/>",
        PROLOG "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>",
        "<!-- <a/>",
        "<!---->",
        "<?xml version='1.0'?>",
        "<?xml",
        "<a",
        "<a x='",
        "<a x='>",
        "<a x=\"'/>",
        "<a>",
        "<a><b></b>",
        "<a></a",
        "<a><![CDATA[</a>",
        "<a><!-- </a>",
        "<a <b/></a>",
        "<![CDATA[x]]><a/>",
        "<a><!DOCTYPE b></a>",
        "\xff\xfe<\0a\0/\0>",
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        size_t extent = 99;
        ctes_error err = CTES_ERROR_INIT;
        assert_int_equal(ctes_xml_extent(CASES[i], strlen(CASES[i]), &extent, &err),
                         CTES_E_XML_MALFORMED);
        assert_true(err.detail[0] != '\0');
        assert_int_equal(extent, 99);
    }
    static const char UTF16[] = { '<', 0, 'a', 0, '/', 0, '>', 0 };
    assert_int_equal(ctes_xml_extent(UTF16, sizeof UTF16, &(size_t){ 0 }, NULL),
                     CTES_E_XML_MALFORMED);
}

/* Every prefix of a real document is no whole document, and the whole one is itself. */
static void test_every_prefix(void **state) {
    (void)state;
    CTES_AUTO_BUFFER ctes_buffer bytes = support_golden("messages/ARActe.xml");
    size_t end = bytes.length - 1; /* a newline follows the root */
    for (size_t length = 0; length <= bytes.length; length++) {
        char *copy CTES_AUTO_FREE = malloc(length + 1); /* lets the sanitizer see the end */
        memcpy(copy, bytes.data, length);
        size_t extent = 0;
        ctes_status status = ctes_xml_extent(copy, length, &extent, NULL);
        assert_int_equal(status, length < end ? CTES_E_XML_MALFORMED : CTES_OK);
        if (status == CTES_OK)
            assert_int_equal(extent, end);
    }
}

static void test_depth_is_limited(void **state) {
    (void)state;
    for (size_t depth = CTES_XML_DEPTH_MAX - 1; depth <= CTES_XML_DEPTH_MAX + 1; depth++) {
        CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(4096);
        for (size_t i = 0; i < depth; i++)
            assert_int_equal(ctes_buffer_puts(&bytes, "<a>", NULL), CTES_OK);
        for (size_t i = 0; i < depth; i++)
            assert_int_equal(ctes_buffer_puts(&bytes, "</a>", NULL), CTES_OK);
        size_t extent = 0;
        assert_int_equal(ctes_xml_extent(bytes.data, bytes.length, &extent, NULL),
                         depth <= CTES_XML_DEPTH_MAX ? CTES_OK : CTES_E_XML_LIMIT);
    }
}

/* What is glued may be longer than any message; a document may not. */
static void test_size_is_limited(void **state) {
    (void)state;
    size_t length = CTES_XML_SIZE_MAX + 100, extent = 0;
    char *bytes CTES_AUTO_FREE = malloc(length);
    assert_non_null(bytes);
    memset(bytes, 'x', length);
    memcpy(bytes, "<a/>", 4);
    assert_int_equal(ctes_xml_extent(bytes, length, &extent, NULL), CTES_OK);
    assert_int_equal(extent, 4);
    memcpy(bytes, "<a >", 4);
    memcpy(bytes + length - 4, "</a>", 4);
    assert_int_equal(ctes_xml_extent(bytes, length, &extent, NULL), CTES_E_XML_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_end_of_document), cmocka_unit_test(test_no_document),
        cmocka_unit_test(test_every_prefix),    cmocka_unit_test(test_depth_is_limited),
        cmocka_unit_test(test_size_is_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
