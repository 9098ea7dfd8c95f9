#include "unit/cmocka_all.h"

#include <string.h>

#include "paper/pdf_content.h"
#include "paper/pdf_open.h"
#include "paper/stamp.h"

#define ID "086-218601946-20220627-2022_0160-DE"

/* What fontconfig makes of its configuration when a first page is drawn stays until the end. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig";
}

enum { OUT_MAX = 4 << 20 };

static bool balanced(const char *content) {
    return ctes_pdf_content_is_balanced(content, strlen(content));
}

static void a_content_leaves_its_marks_or_not(void **state) {
    (void)state;
    assert_true(balanced(""));
    assert_true(balanced("q 1 0 0 1 9 9 cm BT /F1 9 Tf (q \\( (Q)) Tj ET Q\n"));
    assert_true(balanced("/q gs [(Q) -9 <51>] TJ << /Q /q >> BX EX % Q\n"));
    assert_true(balanced("BI /W 1 /H 1 /BPC 8 /CS /G ID Q EI \n q Q"));
    static const char *const wrong[] = { "q",         "Q",         "Q q", "q Q Q",   "BT",
                                         "ET",        "BT q ET Q", "(a",  "<41",     "[ 1",
                                         "<< /A 1",   "]",         ">>",  "q Q % a", ")",
                                         "ID \n EIQ", "(a\\)" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (balanced(wrong[i]))
            fail_msg("balanced: %s", wrong[i]);
}

/* One page of `extra` attributes, made by qpdf. */
static void make_page(qpdf_data pdf, const char *extra) {
    char text[512];
    assert_false(qpdf_empty_pdf(pdf) & QPDF_ERRORS);
    (void)snprintf(text, sizeof text, "<</Type/Page/Resources<<>>%s%s>>", extra,
                   strstr(extra, "/MediaBox") == NULL ? "/MediaBox[0 0 595 842]" : "");
    qpdf_oh page = qpdf_make_indirect_object(pdf, qpdf_oh_parse(pdf, text));
    qpdf_oh_replace_key(pdf, page, "/Contents", ctes_pdf_stream(pdf, "0 0 9 9 re f", 12));
    assert_false(qpdf_add_page(pdf, pdf, page, QPDF_TRUE) & QPDF_ERRORS);
}

static ctes_stamp_reason lay(const ctes_buffer *document, ctes_buffer *out) {
    const ctes_stamp stamp = { .sent = { 2022, 6, 28 },
                               .received = { 2022, 6, 28 },
                               .id_acte = ID };
    const ctes_tampon tampon = { { true, 100, 0 }, CTES_TAMPON_ALL };
    ctes_stamp_reason reason = CTES_STAMP_NOT_PDF;
    assert_ok(ctes_stamp_lay(&stamp, &tampon, document, out, &reason, NULL));
    return reason;
}

static ctes_stamp_reason lay_on(const char *attributes, const char *catalogue) {
    CTES_AUTO_PDF qpdf_data pdf = qpdf_init();
    ctes_buffer document CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    make_page(pdf, attributes);
    if (catalogue != NULL)
        qpdf_oh_replace_key(pdf, qpdf_get_root(pdf), catalogue[1] == 'P' ? "/Perms" : "/AcroForm",
                            qpdf_oh_parse(pdf, strchr(catalogue, '<')));
    assert_ok(ctes_pdf_save(pdf, &document, NULL));
    ctes_stamp_reason reason = lay(&document, &out);
    assert_int_equal(out.length > 0, reason == CTES_STAMP_ON_PAGES);
    return reason;
}

static void pages_take_the_stamp_or_have_no_room(void **state) {
    (void)state;
    assert_int_equal(lay_on("", NULL), CTES_STAMP_ON_PAGES);
    assert_int_equal(lay_on("/Rotate 90/CropBox[100 100 90 400]", NULL), CTES_STAMP_NO_ROOM);
    assert_int_equal(lay_on("/CropBox[1000 1000 2000 2000]", NULL), CTES_STAMP_ON_PAGES);
    assert_int_equal(lay_on("/MediaBox[0 0 9 9]", NULL), CTES_STAMP_NO_ROOM);
    assert_int_equal(lay_on("/MediaBox[0 0 (a) 842]", NULL), CTES_STAMP_NO_ROOM);
    assert_int_equal(lay_on("/MediaBox[0 0 99999999 99999999]", NULL), CTES_STAMP_NO_ROOM);
    assert_int_equal(lay_on("/Rotate 45/UserUnit -3", NULL), CTES_STAMP_ON_PAGES);
}

static void signs_of_a_signature_are_heeded(void **state) {
    (void)state;
    assert_int_equal(lay_on("", "/Perms <</DocMDP<</A 1>>>>"), CTES_STAMP_SIGNED);
    assert_int_equal(lay_on("", "/AcroForm <</SigFlags 1>>"), CTES_STAMP_SIGNED);
    assert_int_equal(lay_on("", "/AcroForm <</Fields[<</Kids[<</FT/Sig>>]>>]>>"),
                     CTES_STAMP_SIGNED);
    assert_int_equal(lay_on("", "/AcroForm <</Fields[<</V<</Byte#52ange[0 1]>>>>]>>"),
                     CTES_STAMP_SIGNED);
    assert_int_equal(lay_on("/Note<</Type/DocTimeStamp>>", NULL), CTES_STAMP_ON_PAGES);
    assert_int_equal(lay_on("", "/AcroForm <</Fields[<</FT/Tx>>]/SigFlags 0>>"),
                     CTES_STAMP_ON_PAGES);
}

static void a_protected_document_is_left_alone(void **state) {
    (void)state;
    static const char *const passwords[] = { "", "open" };
    for (size_t i = 0; i < 2; i++) {
        CTES_AUTO_PDF qpdf_data pdf = qpdf_init();
        ctes_buffer document CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
        ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
        make_page(pdf, "");
        assert_false(qpdf_init_write_memory(pdf) & QPDF_ERRORS);
        qpdf_set_r6_encryption_parameters2(pdf, passwords[i], "owner", QPDF_TRUE, QPDF_TRUE,
                                           QPDF_FALSE, QPDF_FALSE, QPDF_FALSE, QPDF_FALSE,
                                           qpdf_r3p_full, QPDF_TRUE);
        assert_false(qpdf_write(pdf) & QPDF_ERRORS);
        assert_ok(
            ctes_buffer_append(&document, qpdf_get_buffer(pdf), qpdf_get_buffer_length(pdf), NULL));
        assert_int_equal(lay(&document, &out), CTES_STAMP_ENCRYPTED);
        assert_int_equal(out.length, 0);
    }
}

/* qpdf has no code for it: the words of a failure that holds them stand for the real one. */
static void memory_that_qpdf_lacks_is_told_as_such(void **state) {
    (void)state;
    CTES_AUTO_PDF qpdf_data pdf = qpdf_init();
    qpdf_silence_errors(pdf);
    ctes_error err = CTES_ERROR_INIT;
    assert_true((qpdf_read(pdf, "/nowhere/std::bad_alloc", NULL) & QPDF_ERRORS) != 0);
    assert_int_equal(ctes_pdf_fail(pdf, &err), CTES_E_MEMORY);
    assert_non_null(strstr(err.detail, "bad_alloc"));
    assert_true((qpdf_read(pdf, "/nowhere/a.pdf", NULL) & QPDF_ERRORS) != 0);
    assert_int_equal(ctes_pdf_fail(pdf, &err), CTES_E_INTERNAL);
}

static void what_is_no_document_is_said_to_be_damaged(void **state) {
    (void)state;
    char text[] = "%PDF-1.4 and no more";
    const ctes_buffer document = { .data = text, .length = sizeof text - 1 };
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(OUT_MAX);
    assert_int_equal(lay(&document, &out), CTES_STAMP_DAMAGED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_content_leaves_its_marks_or_not),
        cmocka_unit_test(pages_take_the_stamp_or_have_no_room),
        cmocka_unit_test(signs_of_a_signature_are_heeded),
        cmocka_unit_test(a_protected_document_is_left_alone),
        cmocka_unit_test(memory_that_qpdf_lacks_is_told_as_such),
        cmocka_unit_test(what_is_no_document_is_said_to_be_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
