#include "unit/cmocka_all.h"

#include <ctes/acte.h>

#include "norm/message.h"
#include "norm/regles.h"

static void dates_as_people_write_them(void **state) {
    (void)state;
    static const struct {
        const char *text, *iso; /* NULL: refused */
    } CASES[] = {
        { "2022-06-27", "2022-06-27" },
        { "27/06/2022", "2022-06-27" },
        { "27 juin 2022", "2022-06-27" },
        { " 27\xc2\xa0Juin 2022 ", "2022-06-27" },
        { "1er février 2024", "2024-02-01" },
        { "1 fevrier 2024", "2024-02-01" },
        { "31 décembre 2023", "2023-12-31" },
        { "29/02/2024", "2024-02-29" },
        { "29/02/2023", NULL },
        { "2022-13-01", NULL },
        { "2022-00-10", NULL },
        { "27 brumaire 2022", NULL },
        { "27/06/22", NULL },
        { "27 juin 2022 à 18h", NULL },
        { "", NULL },
        { "2022-6-27", NULL },
        { "0999-01-01", NULL },
        { "2022-06-27Z", NULL },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_date date = { 0 };
        char iso[11];
        ctes_status status = ctes_date_parse(CASES[i].text, &date, NULL);
        ctes_date_format(date, iso);
        assert_string_equal(iso, CASES[i].iso != NULL ? CASES[i].iso : "");
        assert_status(status, CASES[i].iso != NULL ? CTES_OK : CTES_E_DATE_INVALID);
    }
    char text[24];
    ctes_date_francais((ctes_date){ 2022, 7, 1 }, text);
    assert_string_equal(text, "1er juillet 2022");
}

static void days_are_counted_over_leap_years(void **state) {
    (void)state;
    assert_int_equal(ctes_date_days((ctes_date){ 2024, 2, 28 }, (ctes_date){ 2024, 3, 1 }), 2);
    assert_int_equal(ctes_date_days((ctes_date){ 2023, 2, 28 }, (ctes_date){ 2023, 3, 1 }), 1);
    assert_int_equal(ctes_date_days((ctes_date){ 1970, 1, 1 }, (ctes_date){ 2022, 6, 27 }), 19170);
    assert_int_equal(ctes_date_days((ctes_date){ 2022, 6, 27 }, (ctes_date){ 2022, 6, 1 }), -26);
}

static void numbers_become_what_the_norm_takes(void **state) {
    (void)state;
    static const struct {
        const char *written, *sent;
        ctes_status status;
    } CASES[] = {
        { "2022-0160", "2022_0160", CTES_OK },
        { "2022_0160", "2022_0160", CTES_OK },
        { " n°12 ", "", CTES_E_NUMERO_INVALID },
        { "d2024/01 bis", "D2024_01_BIS", CTES_OK },
        { "--A--B--", "A_B", CTES_OK },
        { "Délib-1", "", CTES_E_NUMERO_INVALID },
        { "---", "", CTES_E_NUMERO_INVALID },
        { "", "", CTES_E_NUMERO_MISSING },
        { "123456789012345", "123456789012345", CTES_OK },
        { "1234567890123456", "", CTES_E_NUMERO_TOO_LONG },
        { "12345678901234-5", "", CTES_E_NUMERO_TOO_LONG },
        { "1\xc2\xa0"
          "2",
          "", CTES_E_NUMERO_INVALID },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char sent[CTES_NUMERO_MAX + 1] = "";
        bool changed = false;
        assert_status(ctes_numero_normalise(CASES[i].written, sent, &changed, NULL),
                      CASES[i].status);
        assert_string_equal(sent, CASES[i].sent);
        if (CASES[i].status == CTES_OK)
            assert_int_equal(changed, strcmp(CASES[i].written, sent) != 0);
    }
}

static void a_suffix_always_fits(void **state) {
    (void)state;
    char sent[CTES_NUMERO_MAX + 1];
    assert_ok(ctes_numero_suffix("2022_0160", 2, sent, NULL));
    assert_string_equal(sent, "2022_0160_2");
    assert_ok(ctes_numero_suffix("123456789012345", 10, sent, NULL));
    assert_string_equal(sent, "123456789012_10");
    assert_ok(ctes_numero_suffix("12345678901_345", 200, sent, NULL));
    assert_string_equal(sent, "12345678901_200");
}

static void matieres_of_the_national_tree(void **state) {
    (void)state;
    ctes_matiere matiere;
    char code[32];
    assert_ok(ctes_matiere_parse("7.10", &matiere, NULL));
    ctes_matiere_format(&matiere, code);
    assert_string_equal(code, "7.10");
    assert_string_equal(ctes_matiere_libelle(&matiere, 1), "Finances locales");
    assert_string_equal(ctes_matiere_libelle(&matiere, 2), "Divers");
    assert_ok(ctes_matiere_check(&matiere, NULL));
    assert_ok(ctes_matiere_parse(" 1.1.10.2.3 ", &matiere, NULL));
    assert_int_equal(matiere.count, 5);
    assert_ok(ctes_matiere_parse("7.11", &matiere, NULL));
    ctes_error err = CTES_ERROR_INIT;
    assert_status(ctes_matiere_check(&matiere, &err), CTES_E_MATIERE_UNKNOWN);
    assert_non_null(strstr(err.detail, "7.10")); /* the range is told */
    assert_ok(ctes_matiere_parse("10.1", &matiere, NULL));
    assert_status(ctes_matiere_check(&matiere, &err), CTES_E_MATIERE_UNKNOWN);
    static const char *const BAD[] = { "7",     "7,10", "7.",    "7..1", "1.1.1.1.1.1", "",
                                       "7.10a", "-7.1", "07.10", "7.0",  "7.99999" };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        assert_status(ctes_matiere_parse(BAD[i], &matiere, NULL), CTES_E_MATIERE_INVALID);
}

static void natures_and_the_types_they_take(void **state) {
    (void)state;
    ctes_nature nature = CTES_NATURE_NONE;
    assert_ok(ctes_nature_parse("Délibération", &nature, NULL));
    assert_int_equal(nature, CTES_NATURE_DELIBERATION);
    assert_ok(ctes_nature_parse("5", &nature, NULL));
    assert_string_equal(ctes_nature_abrege(nature), "BF");
    assert_status(ctes_nature_parse("7", &nature, NULL), CTES_E_NATURE_INVALID);
    assert_string_equal(ctes_type_pj_defaut(CTES_NATURE_CONTRAT), "99_DC");
    assert_ok(ctes_type_pj_check(CTES_NATURE_DELIBERATION, "21_RP", NULL));
    assert_status(ctes_type_pj_check(CTES_NATURE_DELIBERATION, "22_DP", NULL),
                  CTES_E_TYPE_PJ_FORBIDDEN);
    assert_status(ctes_type_pj_check(CTES_NATURE_DELIBERATION, "99_AU", NULL),
                  CTES_E_TYPE_PJ_FORBIDDEN);
    assert_ok(
        ctes_type_pj_check(CTES_NATURE_DELIBERATION, "75_PL", NULL)); /* the list is dynamic */
    assert_status(ctes_type_pj_check(CTES_NATURE_DELIBERATION, "99_de", NULL),
                  CTES_E_TYPE_PJ_INVALID);
    assert_status(ctes_type_pj_check(CTES_NATURE_DELIBERATION, "E 99_", NULL),
                  CTES_E_TYPE_PJ_INVALID);
}

static void formats_are_known_by_content(void **state) {
    (void)state;
    assert_int_equal(ctes_format_sniff("%PDF-1.4", 8), CTES_FORMAT_PDF);
    assert_int_equal(ctes_format_sniff("\x89PNG\r\n\x1a\n", 8), CTES_FORMAT_PNG);
    assert_int_equal(ctes_format_sniff("\xff\xd8\xff\xe0", 4), CTES_FORMAT_JPEG);
    assert_int_equal(ctes_format_sniff("<?xml version", 13), CTES_FORMAT_XML);
    assert_int_equal(ctes_format_sniff(" %PDF-1.4", 9), CTES_FORMAT_UNKNOWN);
    assert_int_equal(ctes_format_sniff("%PDF", 4), CTES_FORMAT_UNKNOWN);
    ctes_acte acte = CTES_ACTE_INIT;
    acte.nature = CTES_NATURE_BUDGET;
    acte.matiere = (ctes_matiere){ 2, { 7, 1 } };
    assert_ok(ctes_format_check(&acte, CTES_FORMAT_XML, CTES_FORMAT_XML, false, NULL));
    assert_status(ctes_format_check(&acte, CTES_FORMAT_XML, CTES_FORMAT_PNG, true, NULL),
                  CTES_E_DOCUMENT_TYPE);
    /* a préfecture that divides 7.1 further wants the leaf, which is a 7.1 all the same */
    acte.matiere = (ctes_matiere){ 3, { 7, 1, 2 } };
    assert_ok(ctes_format_check(&acte, CTES_FORMAT_XML, CTES_FORMAT_XML, false, NULL));
    acte.matiere = (ctes_matiere){ 2, { 7, 10 } };
    assert_status(ctes_format_check(&acte, CTES_FORMAT_XML, CTES_FORMAT_XML, false, NULL),
                  CTES_E_DOCUMENT_TYPE);
    assert_ok(ctes_format_check(&acte, CTES_FORMAT_PDF, CTES_FORMAT_XML, true, NULL));
    assert_true(ctes_pdf_locked("trailer <</Encrypt 5 0 R>>", 26, NULL, 0));
    assert_false(ctes_pdf_locked("trailer <<>>", 12, "", 0));
}

static void sirens_have_a_key(void **state) {
    (void)state;
    assert_ok(ctes_siren_check("218601946", NULL));
    assert_ok(ctes_siren_check("214400152", NULL));
    assert_status(ctes_siren_check("218601947", NULL), CTES_E_SIREN_INVALID);
    assert_status(ctes_siren_check("21860194", NULL), CTES_E_SIREN_INVALID);
    assert_status(ctes_siren_check("21860194x", NULL), CTES_E_SIREN_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_as_people_write_them),
        cmocka_unit_test(days_are_counted_over_leap_years),
        cmocka_unit_test(numbers_become_what_the_norm_takes),
        cmocka_unit_test(a_suffix_always_fits),
        cmocka_unit_test(matieres_of_the_national_tree),
        cmocka_unit_test(natures_and_the_types_they_take),
        cmocka_unit_test(formats_are_known_by_content),
        cmocka_unit_test(sirens_have_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
