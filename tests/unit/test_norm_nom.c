#include "unit/cmocka_all.h"

#include "norm/message.h"
#include "norm/nom.h"

static const ctes_prefixe SLO = { "SLO", "EACT" };

/* The worked example of the norm sheet, § 3.3. */
static void names_are_those_of_the_worked_example(void **state) {
    (void)state;
    const ctes_autorite autorite = { .siren = "213400172", .departement = "034" };
    const ctes_acte acte = { .numero_interne = "D2024_01",
                             .date = { 2024, 1, 5 },
                             .nature = CTES_NATURE_DELIBERATION };
    const ctes_date sent = { 2024, 1, 8 };
    ctes_nom nom, id;
    assert_ok(ctes_nom_archive(&SLO, autorite.siren, sent, 3, &nom, NULL));
    assert_string_equal(nom.text, "SLO-EACT--213400172--20240108-3.tar.gz");
    assert_ok(ctes_nom_enveloppe(&SLO, autorite.siren, sent, 3, &nom, NULL));
    assert_string_equal(nom.text, "EACT--213400172--20240108-3.xml");
    assert_ok(ctes_nom_id_acte(&autorite, &acte, &id, NULL));
    assert_string_equal(id.text, "034-213400172-20240105-D2024_01-DE");
    assert_ok(ctes_nom_message(id.text, 1, 1, 0, &nom, NULL));
    assert_string_equal(nom.text, "034-213400172-20240105-D2024_01-DE-1-1_0.xml");
    assert_ok(ctes_nom_document("21_RP", id.text, 1, 1, 2, "pdf", &nom, NULL));
    assert_string_equal(nom.text, "21_RP-034-213400172-20240105-D2024_01-DE-1-1_2.pdf");
}

static void wrong_prefixes_and_serials_make_no_name(void **state) {
    (void)state;
    ctes_nom nom;
    const ctes_date day = { 2024, 1, 8 };
    assert_status(ctes_nom_archive(&SLO, "213400172", day, 0, &nom, NULL), CTES_E_LIMIT);
    assert_status(ctes_nom_archive(&SLO, "213400172", day, 10000, &nom, NULL), CTES_E_LIMIT);
    const ctes_prefixe slash = { "S/O", "EACT" }, wrong = { "SLO", "XACT" };
    assert_status(ctes_nom_archive(&slash, "213400172", day, 1, &nom, NULL), CTES_E_CONFIG_INVALID);
    assert_status(ctes_nom_archive(&wrong, "213400172", day, 1, &nom, NULL), CTES_E_CONFIG_INVALID);
    const ctes_prefixe small = { "SLO", "Eact" }, fresh = { "abc", "TACT" };
    assert_status(ctes_nom_archive(&small, "213400172", day, 1, &nom, NULL), CTES_E_CONFIG_INVALID);
    assert_ok(ctes_nom_archive(&fresh, "213400172", day, 1, &nom, NULL)); /* a test instance's */
    assert_string_equal(nom.text, "abc-TACT--213400172--20240108-1.tar.gz");
}

static void every_kind_of_name_is_taken_apart(void **state) {
    (void)state;
    ctes_nom_parts p;
    assert_ok(ctes_nom_parse("SLO-EACT--213400172--20240108-3.tar.gz", &p, NULL));
    assert_int_equal(p.genre, CTES_NOM_ARCHIVE);
    assert_string_equal(p.trigramme, "SLO");
    assert_string_equal(p.siren, "213400172");
    assert_int_equal(p.numero, 3);
    assert_ok(ctes_nom_parse("EACT--SPREF0441-214400152-20181012-9.xml", &p, NULL));
    assert_int_equal(p.genre, CTES_NOM_ENVELOPPE);
    assert_string_equal(p.emetteur, "SPREF0441");
    assert_string_equal(p.siren, "214400152");
    assert_ok(ctes_nom_parse("ANO_EACT--214400152--20180925-1.xml", &p, NULL));
    assert_int_equal(p.genre, CTES_NOM_ANOMALIE_ENVELOPPE);
    assert_ok(ctes_nom_parse("ANO_EACT--SPREF0441-214400152-20180925-12345.xml", &p, NULL));
    assert_int_equal(p.numero, 12345); /* returns pass four digits */
    assert_ok(ctes_nom_parse("006-210600235-20180522-684-AI-1-2_5279.xml", &p, NULL));
    assert_int_equal(p.genre, CTES_NOM_MESSAGE);
    assert_string_equal(p.numero_interne, "684");
    assert_int_equal(p.flux, 2);
    assert_ok(ctes_nom_parse("044-214400152----1-3_1.xml", &p, NULL));
    assert_string_equal(p.numero_interne, "");
    assert_ok(
        ctes_nom_parse("/tmp/x/99_DE-044-214400152-20181012-TEST_DGCL_4-DE-1-1_1.pdf", &p, NULL));
    assert_int_equal(p.genre, CTES_NOM_DOCUMENT);
    assert_string_equal(p.type_pj, "99_DE");
    assert_string_equal(p.numero_interne, "TEST_DGCL_4");
    assert_ok(ctes_nom_parse("02A-212000012-20240105-1-DE-1-1_1.pdf", &p, NULL)); /* before 2017 */
    assert_string_equal(p.departement, "02A");
}

static void assert_about(const ctes_nom_parts *p, unsigned transaction, unsigned flux,
                         unsigned numero) {
    assert_int_equal(p->transaction, transaction);
    assert_int_equal(p->flux, flux);
    assert_int_equal(p->numero, numero);
    assert_string_equal(p->departement, "034");
    assert_string_equal(p->siren, "213400172");
    bool act = transaction != 7; /* the classification is about none */
    assert_string_equal(p->numero_interne, act ? "D2024_01" : "");
    assert_string_equal(p->nature, act ? "DE" : "");
    assert_int_equal(p->date.day, act ? 5 : 0);
}

/* Every message of the norm, and the documents that letters and their answers carry. */
static void every_message_has_a_name_that_is_read_again(void **state) {
    (void)state;
    static const struct {
        unsigned transaction, flux;
    } MESSAGES[] = {
#define PAIR(id, root, transaction, flux) { transaction, flux },
        CTES_MESSAGE_LIST(PAIR)
#undef PAIR
    };
    static const char ID[] = "034-213400172-20240105-D2024_01-DE";
    const ctes_autorite autorite = { .siren = "213400172", .departement = "034" };
    size_t made = 0;
    for (size_t i = 0; i < sizeof MESSAGES / sizeof MESSAGES[0]; i++) {
        unsigned t = MESSAGES[i].transaction;
        unsigned f = MESSAGES[i].flux;
        ctes_nom nom;
        ctes_nom_parts p;
        if (t == 0) /* an enveloppe */
            continue;
        if (t == 7)
            assert_ok(ctes_nom_classification(&autorite, f, 0, &nom, NULL));
        else
            assert_ok(ctes_nom_message(ID, t, f, 0, &nom, NULL));
        assert_ok(ctes_nom_parse(nom.text, &p, NULL));
        assert_int_equal(p.genre, CTES_NOM_MESSAGE);
        assert_about(&p, t, f, 0);
        made++;
        if (t == 7)
            continue;
        assert_ok(ctes_nom_document("22_DP", ID, t, f, 12, "pdf", &nom, NULL));
        assert_ok(ctes_nom_parse(nom.text, &p, NULL));
        assert_int_equal(p.genre, CTES_NOM_DOCUMENT);
        assert_string_equal(p.type_pj, "22_DP");
        assert_string_equal(p.extension, "pdf");
        assert_about(&p, t, f, 12);
    }
    assert_int_equal(made, 21);
}

/* What the ministry's names leave empty, and its numbers, which nothing is derived from. */
static void names_of_returns_may_lack_fields(void **state) {
    (void)state;
    static const struct {
        const char *name, *type_pj, *numero;
        unsigned transaction, flux, rank;
    } CASES[] = {
        { "044-214400152----1-3_1.xml", "", "", 1, 3, 1 },
        { "044-214400152----7-2_5279.xml", "", "", 7, 2, 5279 },
        { "044-214400152----7-3_0.xml", "", "", 7, 3, 0 },
        { "044-214400152-20181106-T4--6-2_10.xml", "", "T4", 6, 2, 10 },
        { "044-214400152--T4-DE-2-1_17.xml", "", "T4", 2, 1, 17 },
        { "044-214400152-20181106-T4-DE-2-1_16.pdf", "", "T4", 2, 1, 16 },
        { "99_AU-044-214400152----5-1_2.pdf", "99_AU", "", 5, 1, 2 },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_nom_parts p;
        assert_ok(ctes_nom_parse(CASES[i].name, &p, NULL));
        assert_string_equal(p.siren, "214400152");
        assert_string_equal(p.type_pj, CASES[i].type_pj);
        assert_string_equal(p.numero_interne, CASES[i].numero);
        assert_int_equal(p.transaction, CASES[i].transaction);
        assert_int_equal(p.flux, CASES[i].flux);
        assert_int_equal(p.numero, CASES[i].rank);
    }
}

static void names_outside_the_grammar_are_refused(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "",
        "..",
        "passwd",
        "034-213400172-20240105-D2024_01-DE-1-1_0.exe",
        "034-213400172-20240105-D2024_01-DE-4365-DE_0.xml",
        "034-213400172-20240230-1-DE-1-1_0.xml",
        "SLO-EACT-213400172--20240108-3.tar.gz",
        "SLO-XACT--213400172--20240108-3.tar.gz",
        "SLO-EACT--213400172--20240108-.tar.gz",
        "SLO-EACT--213400172--20240108-3.tar",
        "SLO-EACT--213400172--20240108-99999999999.tar.gz",
        "EACT----20240108-3.xml",
        "034-21340017-20240105-1-DE-1-1_0.xml",
        "034-213400172-20240105-1234567890123456-DE-1-1_0.xml",
        "034-213400172-20240105-1-DE-8-1_0.xml",
        "034-213400172-20240105-1-D-1-1_0.xml",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        ctes_nom_parts p;
        assert_status(ctes_nom_parse(BAD[i], &p, NULL), CTES_E_NOM_FICHIER);
    }
}

static void identifiers_are_checked(void **state) {
    (void)state;
    ctes_nom_parts p;
    assert_ok(ctes_nom_id_acte_parse("086-218601946-20220627-2022_0160-DE", &p, NULL));
    assert_string_equal(p.siren, "218601946");
    assert_int_equal(p.date.day, 27);
    assert_status(ctes_nom_id_acte_parse("086-218601946-99999999-1-DE", &p, NULL),
                  CTES_E_PRECEDENT_INVALID);
    assert_status(ctes_nom_id_acte_parse("086-218601946-20220627--DE", &p, NULL),
                  CTES_E_PRECEDENT_INVALID);
    assert_status(ctes_nom_id_acte_parse("99_DE-086-218601946-20220627-1-DE", &p, NULL),
                  CTES_E_PRECEDENT_INVALID);
}

static void an_echo_must_answer_what_was_sent(void **state) {
    (void)state;
    char numero[] = "2022_0160", document[] = "99_DE-a_1.pdf", echoed[] = "/tmp/99_DE-a_1.pdf";
    ctes_donnees_acte sent = { .date = { 2022, 6, 27 },
                               .numero_interne = numero,
                               .nature = 1,
                               .matiere = { 2, { 7, 10 } },
                               .document = { .nom = document } };
    ctes_donnees_acte echo = sent;
    echo.document.nom = echoed; /* folders do not matter */
    assert_ok(ctes_donnees_acte_compare(&sent, &echo, NULL));
    ctes_error err = CTES_ERROR_INIT;
    echo.matiere.level[1] = 1;
    assert_status(ctes_donnees_acte_compare(&sent, &echo, &err), CTES_E_AR_DISCORDANT);
    assert_string_equal(err.detail, "CodeMatiere: 7.10 ≠ 7.1");
    echo = sent;
    echo.date.day = 28;
    assert_status(ctes_donnees_acte_compare(&sent, &echo, &err), CTES_E_AR_DISCORDANT);
    echo = sent;
    echo.nature = 2;
    assert_status(ctes_donnees_acte_compare(&sent, &echo, &err), CTES_E_AR_DISCORDANT);
    echo = sent;
    echo.numero_interne = NULL;
    assert_status(ctes_donnees_acte_compare(&sent, &echo, &err), CTES_E_AR_DISCORDANT);
    echo = sent;
    assert_ok(ctes_fichiers_add(&echo.annexes, "99_DE-a_2.pdf", NULL, NULL));
    assert_status(ctes_donnees_acte_compare(&sent, &echo, &err), CTES_E_AR_DISCORDANT);
    ctes_fichiers_clear(&echo.annexes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_of_the_worked_example),
        cmocka_unit_test(wrong_prefixes_and_serials_make_no_name),
        cmocka_unit_test(every_kind_of_name_is_taken_apart),
        cmocka_unit_test(every_message_has_a_name_that_is_read_again),
        cmocka_unit_test(names_of_returns_may_lack_fields),
        cmocka_unit_test(names_outside_the_grammar_are_refused),
        cmocka_unit_test(identifiers_are_checked),
        cmocka_unit_test(an_echo_must_answer_what_was_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
