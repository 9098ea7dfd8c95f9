#include "unit/document_support.h"

#include "document/fiche.h"

#define ID "086-218601946-20220627-2022_0160-DE"

static const ctes_date RECEPTION = { 2022, 6, 28 };

static ctes_status fill(const char *text, ctes_buffer *out, ctes_error *err) {
    return ctes_fiche_fill(text, RECEPTION, ID, out, err);
}

/* `filled` is `text` with `value` put in behind `label`, and nothing else. */
static void expect_insertion(ctes_buffer *text, const char *label, const char *value) {
    char *at = strstr(text->data, label);
    assert_non_null(at);
    size_t head = (size_t)(at - text->data) + strlen(label);
    ctes_buffer with CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    assert_ok(ctes_buffer_append(&with, text->data, head, NULL));
    assert_ok(ctes_buffer_puts(&with, value, NULL));
    assert_ok(ctes_buffer_puts(&with, text->data + head, NULL));
    ctes_buffer_reset(text);
    assert_ok(ctes_buffer_append(text, with.data, with.length, NULL));
}

static void check_only_the_blanks_change(ctes_buffer *text) {
    ctes_buffer filled CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    ctes_buffer again CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    assert_ok(fill(text->data, &filled, NULL));
    expect_insertion(text, "\nDate de réception en préfecture\t", "28 juin 2022");
    expect_insertion(text, "\nIdentifiant de télétransmission\t", ID);
    assert_string_equal(filled.data, text->data);
    assert_ok(fill(filled.data, &again, NULL)); /* a second time changes nothing */
    assert_string_equal(again.data, filled.data);
}

static void only_the_blanks_of_the_real_form_change(void **state) {
    (void)state;
    ctes_buffer text CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    if (!read_file("CTES_SHARED_DIR", "seeds/poitiers-2022-0160.txt", &text))
        skip();
    check_only_the_blanks_change(&text);
}

static void only_the_blanks_of_our_form_change(void **state) {
    (void)state;
    ctes_buffer text CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    if (!read_file("CTES_SOURCE_DIR", "tests/golden/fiche-2022-0160.txt", &text))
        skip();
    check_only_the_blanks_change(&text);
}

static void blanks_of_many_shapes_are_filled(void **state) {
    (void)state;
    static const struct {
        const char *text, *filled;
    } CASES[] = {
        { "Identifiant de télétransmission : \r\nReçu en préfecture le\r\n",
          "Identifiant de télétransmission : " ID "\r\nReçu en préfecture le 28 juin 2022\r\n" },
        { "Date de réception en préfecture:\nIdentifiant de télétransmission",
          "Date de réception en préfecture: 28 juin 2022\nIdentifiant de télétransmission " ID },
        { "| Date de réception en préfecture | |\n|---|---|\n| Identifiant de télétransmission ||",
          "| Date de réception en préfecture | 28 juin 2022 |\n|---|---|\n"
          "| Identifiant de télétransmission | " ID " |" },
        { "| Date de réception en préfecture |                    |\nIdentifiant de "
          "télétransmission\t",
          "| Date de réception en préfecture | 28 juin 2022       |\nIdentifiant de "
          "télétransmission\t" ID },
        { "Date de réception en préfecture : __/__/____\nIdentifiant de télétransmission : "
          "........\nfin",
          "Date de réception en préfecture : 28 juin 2022\nIdentifiant de télétransmission : " ID
          "\nfin" },
        { "**Date de réception en préfecture**\nIdentifiant de télétransmission\tfin\t\n" ID,
          NULL },
        { "**Date de réception en préfecture**\n**Identifiant de télétransmission :**\n",
          "**Date de réception en préfecture** 28 juin 2022\n**Identifiant de télétransmission "
          ":** " ID "\n" },
        { "Date de réception en préfecture\tAffichée le\nIdentifiant de télétransmission\n",
          "Date de réception en préfecture 28 juin 2022\tAffichée le\nIdentifiant de "
          "télétransmission " ID "\n" },
        /* filled in already, in another way of writing, or below the label */
        { "Date de réception en préfecture : 28/06/2022\nIdentifiant de télétransmission\n" ID "\n",
          "Date de réception en préfecture : 28/06/2022\nIdentifiant de télétransmission\n" ID
          "\n" },
        /* what follows a label without colon may be a sentence, which is no blank */
        { "Date de réception en préfecture faisant foi, le délai court\nRien d'autre",
          "Date de réception en préfecture faisant foi, le délai court\nRien d'autre\n"
          "Date de réception en préfecture\t28 juin 2022\nIdentifiant de télétransmission\t" ID
          "\n" },
        { "Objet : X\r\n", "Objet : X\r\nDate de réception en préfecture\t28 juin 2022\r\n"
                           "Identifiant de télétransmission\t" ID "\r\n" },
        { "", "Date de réception en préfecture\t28 juin 2022\nIdentifiant de télétransmission\t" ID
              "\n" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
        print_message("form %zu\n", i);
        if (CASES[i].filled == NULL) {
            assert_status(fill(CASES[i].text, &out, NULL), CTES_E_FICHE_INVALID);
            assert_int_equal(out.length, 0);
            continue;
        }
        assert_ok(fill(CASES[i].text, &out, NULL));
        assert_string_equal(out.data, CASES[i].filled);
    }
}

static void another_value_is_never_overwritten(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "Objet : X\nDate de réception en préfecture 29 juin 2022\n",
        "Objet : X\nDate de réception en préfecture\t29/06/2022\n",
        "Objet : X\nDate de réception en préfecture : inconnue\n",
        "Objet : X\nIdentifiant de télétransmission\t086-218601946-20220627-2022_0161-DE\n",
        "Objet : X\nIdentifiant de télétransmission 086-218601946-20220627-2022_0161-DE\n",
        "Objet : X\nIdentifiant de télétransmission\n086-218601946-20220627-2022_0161-DE\n",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
        ctes_error err = CTES_ERROR_INIT;
        print_message("%s", TEXTS[i]);
        assert_status(fill(TEXTS[i], &out, &err), CTES_E_FICHE_INVALID);
        assert_int_equal(err.line, 2);
        assert_int_equal(err.stage, CTES_STAGE_DOCUMENT);
        assert_int_equal(out.length, 0);
    }
}

static void values_must_be_what_they_say(void **state) {
    (void)state;
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    assert_status(ctes_fiche_fill("", (ctes_date){ 0 }, ID, &out, NULL), CTES_E_USAGE);
    assert_status(ctes_fiche_fill("", RECEPTION, "", &out, NULL), CTES_E_USAGE);
    assert_status(ctes_fiche_fill("", RECEPTION, "2022-0160", &out, NULL), CTES_E_USAGE);
    ctes_buffer small CTES_AUTO_BUFFER = CTES_BUFFER_INIT(60);
    assert_ok(ctes_buffer_puts(&small, "avant", NULL));
    assert_status(fill("Objet : X", &small, NULL), CTES_E_LIMIT);
    assert_string_equal(small.data, "avant");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_blanks_of_the_real_form_change),
        cmocka_unit_test(only_the_blanks_of_our_form_change),
        cmocka_unit_test(blanks_of_many_shapes_are_filled),
        cmocka_unit_test(another_value_is_never_overwritten),
        cmocka_unit_test(values_must_be_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
