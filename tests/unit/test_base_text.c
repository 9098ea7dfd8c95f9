#include "unit/cmocka_all.h"

#include "base/fail.h"
#include "base/text.h"

static void folding_ignores_case_accents_and_typography(void **state) {
    (void)state;
    assert_true(ctes_text_same("N° Identifiant", "n°  identifiant"));
    assert_true(ctes_text_same("Délibérations", "deliberations"));
    assert_true(ctes_text_same("l’acte", "l'acte"));
    assert_true(ctes_text_same("Nomenclature\xc2\xa0Préfecture", "nomenclature prefecture"));
    assert_true(ctes_text_same("re\xcc\x81"
                               "gion",
                               "région")); /* decomposed */
    assert_false(ctes_text_same("Titre", "Titres"));
    assert_false(ctes_text_same("\xff", "\xff")); /* not text at all */
}

static void trimming_takes_every_kind_of_space(void **state) {
    (void)state;
    char text[] = "\xef\xbb\xbf \t2022-0160\xc2\xa0\r\n";
    assert_string_equal(ctes_text_trim(text), "2022-0160");
    char nothing[] = " \xe2\x80\xaf ";
    assert_string_equal(ctes_text_trim(nothing), "");
    char inner[] = "a b";
    assert_string_equal(ctes_text_trim(inner), "a b");
}

static void charsets_go_there_and_back(void **state) {
    (void)state;
    char *text = NULL;
    ctes_error err = CTES_ERROR_INIT;
    assert_ok(ctes_text_from_latin1("\xe9t\xe9", 3, &text, &err));
    assert_string_equal(text, "été");
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(16);
    assert_ok(ctes_text_to_latin1(text, &bytes, &err));
    assert_int_equal(bytes.length, 3);
    assert_memory_equal(bytes.data, "\xe9t\xe9", 3);
    free(text);
    assert_ok(ctes_text_from_cp1252("5 \x80 \x96", 5, &text, &err));
    assert_string_equal(text, "5 € –");
    free(text);
    assert_status(ctes_text_from_cp1252("\x81", 1, &text, &err), CTES_E_CHARSET);
    assert_status(ctes_text_to_latin1("œ", &bytes, &err), CTES_E_CHARSET);
    assert_int_equal(bytes.length, 3); /* unchanged on failure */
}

static void foreign_text_is_made_harmless(void **state) {
    (void)state;
    char *text = NULL;
    assert_ok(ctes_text_display("num\xe9ro\x1b[31m\nligne", 17, &text, NULL));
    assert_string_equal(text, "numéro [31m\nligne");
    free(text);
    assert_ok(ctes_text_display("\xc2\x9b"
                                "31m \xc3\xa9",
                                8, &text, NULL));
    assert_string_equal(text, "  31m é");
    free(text);
}

static void errors_hold_what_fits_and_say_that_they_cut(void **state) {
    (void)state;
    ctes_error err = CTES_ERROR_INIT;
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_status(ctes_fail(&err, CTES_E_IO, longer, "%s\n", longer), CTES_E_IO);
    assert_int_equal(strlen(err.subject), CTES_SUBJECT_MAX - 1);
    assert_non_null(strstr(err.detail, "…"));
    assert_status(ctes_fail_at(&err, CTES_E_IO, CTES_STAGE_PACKAGE, "other"), CTES_E_IO);
    assert_int_equal(err.stage, CTES_STAGE_PACKAGE);
    assert_string_not_equal(err.subject, "other"); /* the first to know keeps the word */
}

static void buffers_never_pass_their_maximum(void **state) {
    (void)state;
    CTES_AUTO_BUFFER ctes_buffer buffer = CTES_BUFFER_INIT(5);
    assert_ok(ctes_buffer_puts(&buffer, "abcde", NULL));
    assert_status(ctes_buffer_append(&buffer, "f", 1, NULL), CTES_E_LIMIT);
    assert_status(ctes_buffer_printf(&buffer, NULL, "%d", 1), CTES_E_LIMIT);
    assert_string_equal(buffer.data, "abcde");
    char *text = NULL;
    assert_ok(ctes_buffer_take(&buffer, &text, NULL));
    assert_string_equal(text, "abcde");
    free(text);
    assert_ok(ctes_buffer_take(&buffer, &text, NULL));
    assert_string_equal(text, "");
    free(text);
}

static void every_status_has_its_own_name(void **state) {
    (void)state;
    for (int i = 0; i < CTES_STATUS_COUNT; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal(ctes_status_name((ctes_status)-i),
                                    ctes_status_name((ctes_status)-j));
    assert_string_equal(ctes_status_name((ctes_status)-CTES_STATUS_COUNT), "unknown");
    assert_true(ctes_status_maybe_received(CTES_E_NET_TIMEOUT));
    assert_false(ctes_status_repeatable(CTES_E_NET_TIMEOUT));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding_ignores_case_accents_and_typography),
        cmocka_unit_test(trimming_takes_every_kind_of_space),
        cmocka_unit_test(charsets_go_there_and_back),
        cmocka_unit_test(foreign_text_is_made_harmless),
        cmocka_unit_test(errors_hold_what_fits_and_say_that_they_cut),
        cmocka_unit_test(buffers_never_pass_their_maximum),
        cmocka_unit_test(every_status_has_its_own_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
