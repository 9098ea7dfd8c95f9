#include "unit/cmocka_all.h"

#include "base/text.h"
#include "norm/regles.h"

static void check(const char *objet, const char *sent, const char *changes) {
    char *text = NULL, *list = NULL;
    ctes_error err = CTES_ERROR_INIT;
    assert_ok(ctes_objet_transliterer(objet, &text, &list, &err));
    assert_string_equal(text, sent);
    if (changes == NULL)
        assert_null(list);
    else
        assert_string_equal(list, changes);
    free(text);
    free(list);
}

static void refused(const char *objet, ctes_status status, const char *detail) {
    char *text = NULL;
    ctes_error err = CTES_ERROR_INIT;
    assert_status(ctes_objet_transliterer(objet, &text, NULL, &err), status);
    assert_null(text);
    assert_non_null(strstr(err.detail, detail));
}

static void latin1_passes_unchanged(void **state) {
    (void)state;
    check("Adhésion à la 27ème Région", "Adhésion à la 27ème Région", NULL);
    check("« guillemets » & <balises> \"0,5 ½ µ§°", "« guillemets » & <balises> \"0,5 ½ µ§°", NULL);
}

static void what_latin1_lacks_is_replaced_visibly(void **state) {
    (void)state;
    check("L’œuvre – 5 000 €", "L'oeuvre - 5 000 EUR", "’ → ', œ → oe, – → -, € → EUR");
    check("l’un, l’autre…", "l'un, l'autre...", "’ → ', … → ...");
}

static void decomposed_letters_are_composed(void **state) {
    (void)state;
    check("Re\xcc\x81gion", "Région", NULL);
}

static void white_space_is_one_space(void **state) {
    (void)state;
    check("  Adhésion\r\n\tà la\xc2\xa0Région ", "Adhésion à la Région", NULL);
}

static void invisible_marks_go_and_are_told(void **state) {
    (void)state;
    check("a\xe2\x80\x8b"
          "b",
          "ab", "U+200B → ∅");
}

static void the_rest_is_refused_by_name(void **state) {
    (void)state;
    refused("Prix 漢", CTES_E_OBJET_CHARACTER, "U+6F22");
    refused("a\x1b[31m", CTES_E_OBJET_CHARACTER, "U+001B");
    refused("a\xc2\x96z", CTES_E_OBJET_CHARACTER, "U+0096"); /* cp1252 read as Latin-1 */
    refused("", CTES_E_OBJET_MISSING, "");
    refused(" \n ", CTES_E_OBJET_MISSING, "");
    refused("\xff\xfe", CTES_E_CHARSET, "UTF-8");
}

static void length_is_counted_after_replacement(void **state) {
    (void)state;
    char text[CTES_OBJET_MAX * 3 + 1];
    memset(text, 'a', CTES_OBJET_MAX);
    text[CTES_OBJET_MAX] = '\0';
    check(text, text, NULL);
    memcpy(text + CTES_OBJET_MAX, "b", 2);
    refused(text, CTES_E_OBJET_TOO_LONG, "500 > 499");
    text[CTES_OBJET_MAX - 1] = '\0'; /* 498 characters, then one that becomes two */
    memcpy(text + CTES_OBJET_MAX - 1, "œ", sizeof "œ");
    refused(text, CTES_E_OBJET_TOO_LONG, "500 > 499");
}

static void the_whole_description_is_checked(void **state) {
    (void)state;
    char address[] = "actes@ville.test", *addresses[] = { address };
    ctes_autorite autorite = { .siren = "218601946",
                               .departement = "086",
                               .arrondissement = "3",
                               .nature = "31",
                               .adresses_retour = addresses,
                               .adresse_count = 1,
                               .classification_date = { 2022, 1, 1 } };
    ctes_date today = { 2022, 6, 28 };
    ctes_acte acte = CTES_ACTE_INIT;
    ctes_error err = CTES_ERROR_INIT;
    assert_ok(ctes_autorite_check(&autorite, NULL));
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_NUMERO_MISSING);
    assert_ok(ctes_text_dup("2022-0160", &acte.numero, NULL));
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_DATE_MISSING);
    acte.date = (ctes_date){ 2022, 6, 29 };
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_DATE_FUTURE);
    assert_string_equal(err.subject, "2022-0160");
    acte.date = (ctes_date){ 2022, 6, 28 };
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_NATURE_MISSING);
    acte.nature = CTES_NATURE_DELIBERATION;
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_MATIERE_MISSING);
    acte.matiere = (ctes_matiere){ 2, { 7, 10 } };
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_OBJET_MISSING);
    assert_ok(ctes_text_dup("Adhésion", &acte.objet, NULL));
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_DOCUMENT_MISSING);
    assert_ok(ctes_text_dup("a.pdf", &acte.document.path, NULL));
    (void)ctes_text_copy(acte.precedent, sizeof acte.precedent, "086-218601946-20220230-1-DE");
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_PRECEDENT_INVALID);
    acte.precedent[0] = '\0';
    assert_ok(ctes_acte_check(&acte, &autorite, NULL, today, &err));
    assert_string_equal(acte.numero_interne, "2022_0160");
    assert_string_equal(acte.document.type_pj, "99_DE");
    assert_int_equal(acte.classification_date.year, 2022);
    autorite.classification_date = acte.classification_date = (ctes_date){ 0 };
    assert_status(ctes_acte_check(&acte, &autorite, NULL, today, &err), CTES_E_CLASSIFICATION_DATE);
    ctes_acte_clear(&acte);
    char plus[] = "actes+retour@ville.test"; /* the schema's type takes no "+" */
    addresses[0] = plus;
    assert_status(ctes_autorite_check(&autorite, &err), CTES_E_CONFIG_INVALID);
}

/* Said when the configuration is read, not when the first act of the night is packaged. */
static void a_referent_the_enveloppe_cannot_carry_is_refused_early(void **state) {
    (void)state;
    char address[] = "actes@ville.test", *addresses[] = { address };
    ctes_autorite autorite = { .siren = "218601946",
                               .departement = "086",
                               .arrondissement = "3",
                               .nature = "31",
                               .adresses_retour = addresses,
                               .adresse_count = 1 };
    static char good[] = "Élodie N'Diaye", bad[] = "Chloé Lœuillet", control[] = "a\tb";
    ctes_error err = CTES_ERROR_INIT;
    autorite.referent_nom = good;
    assert_ok(ctes_autorite_check(&autorite, NULL));
    char *const refused[] = { bad, control };
    for (size_t i = 0; i < 2; i++) {
        autorite.referent_nom = refused[i];
        assert_status(ctes_autorite_check(&autorite, &err), CTES_E_CONFIG_INVALID);
        assert_non_null(strstr(err.detail, "referent_nom"));
    }
    autorite.referent_nom = NULL;
    autorite.referent_telephone = bad;
    assert_status(ctes_autorite_check(&autorite, &err), CTES_E_CONFIG_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_referent_the_enveloppe_cannot_carry_is_refused_early),
        cmocka_unit_test(latin1_passes_unchanged),
        cmocka_unit_test(what_latin1_lacks_is_replaced_visibly),
        cmocka_unit_test(decomposed_letters_are_composed),
        cmocka_unit_test(white_space_is_one_space),
        cmocka_unit_test(invisible_marks_go_and_are_told),
        cmocka_unit_test(the_rest_is_refused_by_name),
        cmocka_unit_test(length_is_counted_after_replacement),
        cmocka_unit_test(the_whole_description_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
