#include "unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "norm/arbre.h"
#include "norm/regles.h"

/* What was told, joined: "7.5 Subventions; 7.5.1 …". */
typedef struct told {
    char text[4096];
    size_t count, stop_after;
} told;

static bool gather(void *user, const ctes_branche *branche) {
    told *t = user;
    char code[32];
    ctes_matiere_format(&branche->matiere, code);
    size_t at = strlen(t->text);
    (void)snprintf(t->text + at, sizeof t->text - at, "%s%s%s %s", at > 0 ? "; " : "", code,
                   branche->leaf ? "" : "+", branche->libelle);
    return ++t->count != t->stop_after;
}

static bool gather_type(void *user, const ctes_type_piece *type) {
    told *t = user;
    size_t at = strlen(t->text);
    (void)snprintf(t->text + at, sizeof t->text - at, "%s%s", at > 0 ? " " : "", type->code);
    return true;
}

static ctes_matiere code(const char *text) {
    ctes_matiere matiere = { 0 };
    assert_status(ctes_matiere_parse(text, &matiere, NULL), CTES_OK);
    return matiere;
}

typedef struct row {
    ctes_matiere code;
    const char *libelle;
} row;

/* A tree as a préfecture sends it: out of order, with a third level, a code twice, a blank label.
 */
static ctes_arbre *received(void) {
    static const row ROWS[] = {
        { { 1, { 7 } }, "Finances locales" },       { { 2, { 7, 10 } }, "Divers" },
        { { 2, { 7, 2 } }, "Fiscalité" },           { { 2, { 7, 5 } }, "Subventions" },
        { { 3, { 7, 5, 2 } }, "aux associations" }, { { 3, { 7, 5, 1 } }, "aux écoles" },
        { { 2, { 7, 5 } }, "Subventions" },         { { 3, { 7, 5, 3 } }, NULL },
        { { 1, { 1 } }, "Commande publique" },      { { 2, { 1, 1 } }, "Marchés publics" },
    };
    static const char *const TYPES[] = { "22_DP", "33_AO", "bad", NULL, "22_AC" };
    ctes_classification c = { .date = { 2019, 2, 1 } };
    c.matieres = calloc(sizeof ROWS / sizeof ROWS[0], sizeof *c.matieres);
    assert_non_null(c.matieres);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        c.matieres[c.matiere_count].code = ROWS[i].code;
        if (ROWS[i].libelle != NULL)
            assert_status(
                ctes_text_dup(ROWS[i].libelle, &c.matieres[c.matiere_count].libelle, NULL),
                CTES_OK);
        c.matiere_count++;
    }
    c.natures = calloc(2, sizeof *c.natures);
    assert_non_null(c.natures);
    c.nature_count = 2;
    c.natures[0].code = 3;
    c.natures[1].code = 1; /* without types, as before 2017 */
    c.natures[0].types = calloc(5, sizeof *c.natures[0].types);
    assert_non_null(c.natures[0].types);
    c.natures[0].type_count = 5;
    for (size_t i = 0; i < 5; i++)
        if (TYPES[i] != NULL)
            assert_status(ctes_text_dup(TYPES[i], &c.natures[0].types[i].code, NULL), CTES_OK);
    ctes_arbre *arbre = NULL;
    assert_status(ctes_arbre_new(&c, 5, &arbre, NULL), CTES_OK);
    assert_null(c.matieres);
    return arbre;
}

static void a_received_tree_is_told_in_numerical_order(void **state) {
    (void)state;
    CTES_AUTO_ARBRE ctes_arbre *arbre = received();
    told t = { .text = "" };
    ctes_arbre_walk(arbre, gather, &t);
    assert_int_equal(t.count, 9);
    assert_non_null(strstr(t.text,
                           "1+ Commande publique; 1.1 Marchés publics; 7+ Finances locales; "
                           "7.2 Fiscalité; 7.5+ "));
    assert_non_null(
        strstr(t.text, "7.5.1 aux écoles; 7.5.2 aux associations; 7.5.3 ; 7.10 Divers"));
    told one = { .stop_after = 1 };
    ctes_arbre_walk(arbre, gather, &one);
    assert_int_equal(one.count, 1);
}

static void before_the_first_refresh_the_national_tree_is_known(void **state) {
    (void)state;
    CTES_AUTO_ARBRE ctes_arbre *arbre = NULL;
    assert_status(ctes_arbre_national(&arbre, NULL), CTES_OK);
    assert_false(ctes_date_given(ctes_arbre_date(arbre)));
    assert_int_equal(ctes_arbre_checked_ms(arbre), 0);
    told t = { .text = "" };
    ctes_arbre_walk(arbre, gather, &t);
    assert_int_equal(t.count, 9 + 57);
    assert_non_null(strstr(t.text, "7+ Finances locales; 7.1 Décisions budgétaires; 7.2 "));
    assert_non_null(strstr(t.text, "; 7.10 Divers; 8+ "));
    ctes_matiere divers = code("7.10"), none = code("7.11");
    assert_status(ctes_arbre_check(arbre, &divers, NULL), CTES_OK);
    ctes_error err = CTES_ERROR_INIT;
    assert_status(ctes_arbre_check(arbre, &none, &err), CTES_E_MATIERE_UNKNOWN);
    assert_string_equal(err.detail, "7.11 (Finances locales : 7.1 … 7.10)");
}

static void an_unknown_code_is_told_with_its_neighbours(void **state) {
    (void)state;
    CTES_AUTO_ARBRE ctes_arbre *arbre = received();
    static const struct {
        const char *code, *detail;
    } CASES[] = {
        { "7.5.9", "7.5.9 (Subventions : 7.5.1 … 7.5.3)" },
        { "7.3", "7.3 (Finances locales : 7.2 … 7.10)" },
        { "7.2.1", "7.2.1 (Finances locales : 7.2 … 7.10)" },
        { "4.1", "4.1 (1 … 7)" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_error err = CTES_ERROR_INIT;
        ctes_matiere matiere = code(CASES[i].code);
        assert_status(ctes_arbre_check(arbre, &matiere, &err), CTES_E_MATIERE_UNKNOWN);
        assert_string_equal(err.detail, CASES[i].detail);
    }
}

static void words_find_matieres_without_case_accents_or_plural(void **state) {
    (void)state;
    CTES_AUTO_ARBRE ctes_arbre *arbre = NULL;
    assert_status(ctes_arbre_national(&arbre, NULL), CTES_OK);
    static const struct {
        const char *words, *found;
    } CASES[] = {
        { "subvention", "7.5 Subventions" },
        { "SUBVENTIONS", "7.5 Subventions" },
        { "marche", "1.1 Marchés publics" },
        { "finances divers", "7.10 Divers" },
        { "7.10", "7.10 Divers" },
        { "préemption", "2.3 Droit de préemption urbain" },
        { "xyzzy", "" },
        { "", "" },
        { "   ", "" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        told t = { .text = "" };
        size_t found = ctes_arbre_find(arbre, CASES[i].words, gather, &t);
        assert_int_equal(found, t.count);
        assert_string_equal(t.text, CASES[i].found);
    }
    told seven = { .text = "" };
    assert_int_equal(ctes_arbre_find(arbre, "7", gather, &seven), 11);
    told first = { .stop_after = 1 };
    assert_int_equal(ctes_arbre_find(arbre, "actes", gather, &first), 1);
}

static void what_lies_below_a_match_is_found_after_it(void **state) {
    (void)state;
    CTES_AUTO_ARBRE ctes_arbre *arbre = received();
    told t = { .text = "" };
    (void)ctes_arbre_find(arbre, "finances", gather, &t);
    assert_int_equal(t.count, 7);
    assert_memory_equal(t.text, "7+ Finances locales; 7.2 ", 25);
}

static void types_fit_nature_and_matiere(void **state) {
    (void)state;
    CTES_AUTO_ARBRE ctes_arbre *arbre = NULL;
    assert_status(ctes_arbre_national(&arbre, NULL), CTES_OK);
    const ctes_matiere marches = code("1.6"), budget = code("7.1");
    told t = { .text = "" }, u = { .text = "" }, v = { .text = "" };
    ctes_arbre_types(arbre, CTES_NATURE_CONTRAT, &marches, gather_type, &t);
    assert_string_equal(t.text, "10_AV 10_DE 16_AA 16_AE 16_CA 16_CT 99_DC 99_SE");
    ctes_arbre_types(arbre, CTES_NATURE_DELIBERATION, &budget, gather_type, &u);
    assert_string_equal(u.text, "70_DE 99_DE 99_AR 99_SE");
    ctes_arbre_types(arbre, CTES_NATURE_BUDGET, NULL, gather_type, &v);
    assert_string_equal(v.text, "70_DE 99_BU 99_SE");
    assert_string_equal(ctes_arbre_type(arbre, CTES_NATURE_CONTRAT, &marches), "99_DC");
    assert_status(ctes_arbre_type_check(arbre, CTES_NATURE_CONTRAT, "16_CT", NULL), CTES_OK);
    ctes_error err = CTES_ERROR_INIT;
    assert_status(ctes_arbre_type_check(arbre, CTES_NATURE_BUDGET, "16_CT", &err),
                  CTES_E_TYPE_PJ_FORBIDDEN);
    assert_string_equal(err.detail, "16_CT: 99_BU 99_SE 70_DE");
    assert_status(ctes_arbre_type_check(arbre, CTES_NATURE_BUDGET, "16_ct", NULL),
                  CTES_E_TYPE_PJ_INVALID);
}

static void the_prefectures_list_decides_where_it_has_one(void **state) {
    (void)state;
    CTES_AUTO_ARBRE ctes_arbre *arbre = received();
    const ctes_matiere sols = code("2.2"), other = code("5.1");
    /* its list has no generic type for this nature */
    assert_string_equal(ctes_arbre_type(arbre, CTES_NATURE_INDIVIDUEL, &sols), "22_DP");
    assert_string_equal(ctes_arbre_type(arbre, CTES_NATURE_INDIVIDUEL, &other), "99_AI");
    assert_status(ctes_arbre_type_check(arbre, CTES_NATURE_INDIVIDUEL, "99_AI", NULL),
                  CTES_E_TYPE_PJ_FORBIDDEN);
    /* and nothing for this one: the national list stands in */
    assert_string_equal(ctes_arbre_type(arbre, CTES_NATURE_DELIBERATION, NULL), "99_DE");
    assert_status(ctes_arbre_type_check(arbre, CTES_NATURE_DELIBERATION, "99_BU", NULL),
                  CTES_E_TYPE_PJ_FORBIDDEN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_received_tree_is_told_in_numerical_order),
        cmocka_unit_test(before_the_first_refresh_the_national_tree_is_known),
        cmocka_unit_test(an_unknown_code_is_told_with_its_neighbours),
        cmocka_unit_test(words_find_matieres_without_case_accents_or_plural),
        cmocka_unit_test(what_lies_below_a_match_is_found_after_it),
        cmocka_unit_test(types_fit_nature_and_matiere),
        cmocka_unit_test(the_prefectures_list_decides_where_it_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
