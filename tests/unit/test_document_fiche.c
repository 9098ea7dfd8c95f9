#include "unit/document_support.h"

#include "document/fiche.h"
#include "norm/regles.h"

#define AUTO_ACTE CTES_CLEANUP(ctes_acte_clear)

static ctes_status read_text(const char *text, ctes_acte *acte, ctes_error *err) {
    return ctes_fiche_read(text, strlen(text), acte, err);
}

static void assert_matiere(const ctes_acte *acte, const char *expected) {
    char code[32];
    ctes_matiere_format(&acte->matiere, code);
    assert_string_equal(code, expected);
}

static void assert_date(ctes_date date, const char *expected) {
    char iso[11];
    ctes_date_format(date, iso);
    assert_string_equal(iso, expected);
}

static void assert_2022_0160(const ctes_acte *acte) {
    assert_string_equal(acte->numero, "2022-0160");
    assert_date(acte->date, "2022-06-27");
    assert_string_equal(acte->objet,
                        "Adhésion à la 27ème Région, laboratoire de transformation publique");
    assert_matiere(acte, "7.10");
    assert_int_equal(acte->nature, CTES_NATURE_DELIBERATION);
    assert_int_equal(acte->annexe_count, 0);
}

static void the_real_form_is_read(void **state) {
    (void)state;
    ctes_buffer text CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    if (!read_file("CTES_SHARED_DIR", "seeds/poitiers-2022-0160.txt", &text))
        skip();
    ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
    assert_ok(ctes_fiche_read(text.data, text.length, &acte, NULL));
    assert_2022_0160(&acte);
    assert_string_equal(acte.fiche, text.data);
}

static void our_form_is_read_in_every_charset_and_line_end(void **state) {
    (void)state;
    ctes_buffer text CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    if (!read_file("CTES_SOURCE_DIR", "tests/golden/fiche-2022-0160.txt", &text))
        skip();
    static const char *const ENDS[] = { "\n", "\r\n", "\r" };
    for (size_t end = 0; end < 3; end++) {
        ctes_buffer lines CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
        for (const char *at = text.data; *at != '\0'; at++)
            assert_ok(ctes_buffer_append(&lines, *at == '\n' ? ENDS[end] : at,
                                         *at == '\n' ? strlen(ENDS[end]) : 1, NULL));
        ctes_acte plain AUTO_ACTE = CTES_ACTE_INIT, marked AUTO_ACTE = CTES_ACTE_INIT;
        assert_ok(ctes_fiche_read(lines.data, lines.length, &plain, NULL));
        assert_2022_0160(&plain);
        assert_string_equal(plain.fiche, lines.data);

        ctes_buffer bom CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_FICHE_MAX);
        assert_ok(ctes_buffer_puts(&bom, "\xef\xbb\xbf", NULL));
        assert_ok(ctes_buffer_append(&bom, lines.data, lines.length, NULL));
        assert_ok(ctes_fiche_read(bom.data, bom.length, &marked, NULL));
        assert_2022_0160(&marked);
        assert_string_equal(marked.fiche, lines.data);
    }
}

static void forms_that_are_not_utf8_are_read(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *objet;
    } CASES[] = {
        { "Objet : Adh\xe9sion \xe0 l\x92\x9cuvre, 5 000 \x80", "Adhésion à l’œuvre, 5 000 €" },
        { "Objet : caf\xe9 \x81 bar", "café \xc2\x81 bar" }, /* 0x81: no Windows-1252 */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
        assert_ok(read_text(CASES[i].bytes, &acte, NULL));
        assert_string_equal(acte.objet, CASES[i].objet);
    }
    ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
    ctes_error err = CTES_ERROR_INIT;
    assert_status(ctes_fiche_read("\xff\xfeO\0b\0j\0e\0t\0", 12, &acte, &err), CTES_E_CHARSET);
    assert_int_equal(err.stage, CTES_STAGE_DOCUMENT);
    assert_status(ctes_fiche_read("Objet : \0X", 10, &acte, NULL), CTES_E_CHARSET);
    assert_status(read_text("\xef\xbb\xbfObjet : \xe9t\xe9", &acte, NULL), CTES_E_CHARSET);
    assert_null(acte.objet);
}

static void values_stand_where_people_put_them(void **state) {
    (void)state;
    static const struct {
        const char *text, *numero, *date, *objet, *matiere;
    } CASES[] = {
        { "N°identifiant:2022-1\nSéance du lundi 27 juin 2022 à 18h00\nOBJET : Voirie\n"
          "Matière : 8.3 Voirie",
          "2022-1", "2022-06-27", "Voirie", "8.3" },
        { "| N° identifiant | 2022-1 |\n|---|---|\n| Date de la décision | 27/06/2022 |\n"
          "| Objet | Voirie |\n| Matière | 8.3 |",
          "2022-1", "2022-06-27", "Voirie", "8.3" },
        { "N\xc2\xa0°\xc2\xa0"
          "identifiant\t\t2022-1\nDate de la d\x65\xcc\x81"
          "cision\t2022-06-27\n"
          "Titre\tVoirie\nNomenclature\t8.3",
          "2022-1", "2022-06-27", "Voirie", "8.3" },
        { "Numéro de l’acte\n2022-1\nDate de l'acte\n----------\n1er juillet 2022\nObjet\nVoirie\n"
          "Code matière\n8.3",
          "2022-1", "2022-07-01", "Voirie", "8.3" },
        { "N° identifiant | N° ordre\n2022-1 | 26\n", "2022-1", "", NULL, "" },
        { "N° ordre | N° identifiant\n---|---\n26 | 2022-1\n", "2022-1", "", NULL, "" },
        { "**N° identifiant** : 2022-1\n# Objet : **Voirie**\n", "2022-1", "", "Voirie", "" },
        { "Délibération n° 2022-1\nConseil Municipal du 27 juin 2022\tObjet : Voirie", "2022-1",
          "2022-06-27", "Voirie", "" },
        { "Objet – Voirie\nSéance du 27 juin 2022.", NULL, "2022-06-27", "Voirie", "" },
        { "Nomenclature : 8.3 - Domaines de compétences par thèmes / Voirie", NULL, "", NULL,
          "8.3" },
        { "Nomenclature : 8.3 – Voirie", NULL, "", NULL, "8.3" },
        { "Objet : ........\nN° identifiant : ____\nMatière : 8.3", NULL, "", NULL, "8.3" },
        { "Objet\n\nVoirie", NULL, "", NULL, "" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
        print_message("form %zu\n", i);
        assert_ok(read_text(CASES[i].text, &acte, NULL));
        assert_date(acte.date, CASES[i].date);
        assert_matiere(&acte, CASES[i].matiere);
        assert_int_equal(acte.numero == NULL, CASES[i].numero == NULL);
        assert_int_equal(acte.objet == NULL, CASES[i].objet == NULL);
        if (acte.numero != NULL)
            assert_string_equal(acte.numero, CASES[i].numero);
        if (acte.objet != NULL)
            assert_string_equal(acte.objet, CASES[i].objet);
    }
}

static void sentences_and_other_labels_are_no_values(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "Date de la convocation 20/06/2022\nDate de convocation : 20/06/2022\nObjet :",
        "Vu la séance du 3 mai 2021\nObjet :",
        "Séance du 3 mai 2021, le conseil ayant décidé de poursuivre\nObjet :",
        "Conseil municipal du matin reporté\nObjet :",
        "Objet social de l'association, tel que décrit\nTitres de recettes émis\nObjet :",
        "Matière grise des agents\nClassification 2022 des routes\nObjet :",
        "Classification des routes\nNature ordinaire du sol\nObjet :",
        "Délibération n° 2020-0001 du 3 juillet 2020 portant délégation\nObjet :",
        "N° identifiant inconnu à ce jour\nObjet :",
        "N° ordre 26\nQuorum 18\nRapporteur(s) M. Titre Objet\nObjet :",
        "Affichée le\t28/06/2022\nDate de publication au Recueil\t28/06/2022\nObjet :",
        "OBJETS TROUVÉS : trois\nTITRES DE RECETTES\nObjet :",
        "SIREN de chaque membre\nObjet :",
    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
        print_message("text %zu\n", i);
        assert_ok(read_text(TEXTS[i], &acte, NULL));
        assert_null(acte.numero);
        assert_null(acte.objet);
        assert_date(acte.date, "");
        assert_matiere(&acte, "");
        assert_string_equal(acte.siren, "");
    }
}

static void the_head_of_the_form_counts_not_what_its_text_quotes(void **state) {
    (void)state;
    ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
    assert_ok(read_text("Conseil Municipal du 27 juin 2022\nN° identifiant 2022-0160\n"
                        "Titre Adhésion\n\nN° identifiant 2019-0001\nSéance du 3 mai 2019\n"
                        "Titre Autre\n",
                        &acte, NULL));
    assert_string_equal(acte.numero, "2022-0160");
    assert_date(acte.date, "2022-06-27");
    assert_string_equal(acte.objet, "Adhésion");
}

static void code_and_name_of_the_matiere_must_agree(void **state) {
    (void)state;
    static const struct {
        const char *code, *nom;
        ctes_status status;
    } CASES[] = {
        { "7.10", "Divers", CTES_OK },
        { "7.10", "divers", CTES_OK },
        { "7.10", "Finances locales / Divers", CTES_OK },
        { "7.10", "finances locales", CTES_OK },
        { "7.10.1", "Divers", CTES_OK },
        { "7.1", "Divers", CTES_E_MATIERE_DISCORDANT },
        { "7.1", "Finances locales - divers et imprévus", CTES_E_MATIERE_DISCORDANT },
        { "7.1", "Décisions budgetaires", CTES_OK },
        { "7.1", "Finances locales", CTES_OK },
        { "7.1", "Budget primitif", CTES_OK }, /* a name of the authority's own */
        { "7.10", "Urbanisme", CTES_E_MATIERE_DISCORDANT },
        { "7.1 – Divers", "", CTES_E_MATIERE_DISCORDANT },
        { "4.3", "Fonction publique hospitalière", CTES_OK },
        { "4.1", "Fonction publique hospitalière", CTES_E_MATIERE_DISCORDANT },
        { "9.1", "Autres domaines de compétences", CTES_OK },
        { "5.8", "Décision d’ester en justice", CTES_OK },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char text[256];
        ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
        ctes_error err = CTES_ERROR_INIT;
        (void)snprintf(
            text, sizeof text,
            "N° identifiant 1\n\nNomenclature Préfecture\t%s\nNomenclature Préfecture %s",
            CASES[i].code, CASES[i].nom);
        print_message("%s %s\n", CASES[i].code, CASES[i].nom);
        assert_status(read_text(text, &acte, &err), CASES[i].status);
        assert_matiere(&acte, CASES[i].status == CTES_OK ? CASES[i].code : "");
        assert_int_equal(err.line, CASES[i].status == CTES_OK ? 0 : 3);
        if (CASES[i].status != CTES_OK) {
            assert_null(acte.numero); /* nothing is taken of a form that contradicts itself */
            assert_null(acte.fiche);
            assert_non_null(strstr(err.detail, CASES[i].nom));
        }
    }
}

static void natures(void **state) {
    (void)state;
    static const struct {
        const char *text;
        ctes_nature nature;
    } CASES[] = {
        { "Objet : X\nProjet de délibération étudié par:\tCommission", CTES_NATURE_DELIBERATION },
        { "DÉLIBÉRATION\nObjet : X", CTES_NATURE_DELIBERATION },
        { "Conseil Municipal du 27 juin 2022", CTES_NATURE_DELIBERATION },
        { "Objet : X\nle conseil, par délibération unanime", CTES_NATURE_DELIBERATION },
        { "Nature de l'acte : Arrêté\nVu la délibération", CTES_NATURE_REGLEMENTAIRE },
        { "Nature : AI\nObjet : X", CTES_NATURE_INDIVIDUEL },
        { "Nature de l'acte : Délibération\nObjet : X", CTES_NATURE_DELIBERATION },
        /* réglementaire or individuel: the form does not say */
        { "ARRÊTÉ DU MAIRE\nObjet : X\nVu la délibération du 3 mai", CTES_NATURE_NONE },
        { "Objet : X", CTES_NATURE_NONE },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
        print_message("%s\n", CASES[i].text);
        assert_ok(read_text(CASES[i].text, &acte, NULL));
        assert_int_equal(acte.nature, CASES[i].nature);
    }
}

static void wrong_values_are_told_with_their_line(void **state) {
    (void)state;
    static const struct {
        const char *text;
        ctes_status status;
        int line;
    } CASES[] = {
        { "Objet : X\r\n\r\nDate de la décision : 31/06/2022", CTES_E_DATE_INVALID, 3 },
        { "Objet : X\rMatière : 7.10.x", CTES_E_MATIERE_INVALID, 2 },
        { "Nature de l'acte : chanson", CTES_E_NATURE_INVALID, 1 },
        { "Objet : X\nSIREN : 12345", CTES_E_SIREN_INVALID, 2 },
        { "SIRET : 218 601 947 00013", CTES_E_SIREN_INVALID, 1 }, /* its key is wrong */
        { "Bonjour,\nvoici la délibération.", CTES_E_FICHE_INVALID, 0 },
        { "", CTES_E_FICHE_INVALID, 0 },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
        ctes_error err = CTES_ERROR_INIT;
        print_message("%s\n", CASES[i].text);
        assert_status(read_text(CASES[i].text, &acte, &err), CASES[i].status);
        assert_int_equal(err.code, CASES[i].status);
        assert_int_equal(err.line, CASES[i].line);
        assert_int_equal(err.stage, CTES_STAGE_DOCUMENT);
    }
}

static void what_is_set_already_stays(void **state) {
    (void)state;
    ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
    acte.numero = strdup("A");
    acte.objet = strdup("B");
    acte.date = (ctes_date){ 2022, 1, 2 };
    acte.nature = CTES_NATURE_AUTRE;
    assert_ok(ctes_matiere_parse("8.3", &acte.matiere, NULL));
    /* nor is what a person overrides looked at: a wrong form can be sent with the right values */
    assert_ok(read_text("N° identifiant 1\nObjet : X\nDate de la décision : 31/06/2022\n"
                        "Nature : chanson\nMatière : 7.1\nMatière : Divers\nSIREN : 218601946",
                        &acte, NULL));
    assert_string_equal(acte.numero, "A");
    assert_string_equal(acte.objet, "B");
    assert_date(acte.date, "2022-01-02");
    assert_int_equal(acte.nature, CTES_NATURE_AUTRE);
    assert_matiere(&acte, "8.3");
    assert_string_equal(acte.siren, "218601946");
}

static void a_form_has_a_largest_size(void **state) {
    (void)state;
    size_t size = CTES_FICHE_MAX;
    char *text CTES_AUTO_FREE = malloc(size + 1);
    assert_non_null(text);
    memset(text, '\n', size + 1);
    memcpy(text, "Objet : X", 9);
    ctes_acte acte AUTO_ACTE = CTES_ACTE_INIT;
    assert_status(ctes_fiche_read(text, size + 1, &acte, NULL), CTES_E_LIMIT);
    assert_ok(ctes_fiche_read(text, size, &acte, NULL));
    assert_string_equal(acte.objet, "X");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_form_is_read),
        cmocka_unit_test(our_form_is_read_in_every_charset_and_line_end),
        cmocka_unit_test(forms_that_are_not_utf8_are_read),
        cmocka_unit_test(values_stand_where_people_put_them),
        cmocka_unit_test(sentences_and_other_labels_are_no_values),
        cmocka_unit_test(the_head_of_the_form_counts_not_what_its_text_quotes),
        cmocka_unit_test(code_and_name_of_the_matiere_must_agree),
        cmocka_unit_test(natures),
        cmocka_unit_test(wrong_values_are_told_with_their_line),
        cmocka_unit_test(what_is_set_already_stays),
        cmocka_unit_test(a_form_has_a_largest_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
