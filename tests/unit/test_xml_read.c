/* What is read: every kind of message, leniently, in the charset it is really in. */
#include "unit/xml_support.h"

#include "norm/regles.h"

#define XMLNS  "xmlns=\"" CTES_XML_NS_ACTES "\""
#define XMLNSA "xmlns:a=\"" CTES_XML_NS_ACTES "\""
#define ID     "034-213400172-20240105-D2024_01-DE"

static void assert_date(ctes_date date, const char *expected) {
    char text[11];
    ctes_date_format(date, text);
    assert_string_equal(text, expected);
}

/* Reads a golden message, which must be valid, of its kind. */
static void read_golden(const char *root, ctes_message *message) {
    char name[96];
    (void)snprintf(name, sizeof name, "messages/%s.xml", root);
    CTES_AUTO_BUFFER ctes_buffer bytes = support_golden(name);
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    char *invalid CTES_AUTO_FREE = NULL;
    ctes_error err = CTES_ERROR_INIT;
    if (ctes_xml_read(schemas, bytes.data, bytes.length, message, &invalid, &err) != CTES_OK)
        fail_msg("%s: %s", root, err.detail);
    if (invalid != NULL)
        fail_msg("%s: %s", root, invalid);
    assert_int_equal(message->kind, ctes_message_kind_of(root));
}

/* --- every kind --- */

static void assert_acte(const ctes_donnees_acte *acte) {
    assert_date(acte->date, "2024-01-05");
    assert_string_equal(acte->numero_interne, "D2024_01");
    assert_int_equal(acte->nature, 1);
    char matiere[32];
    ctes_matiere_format(&acte->matiere, matiere);
    assert_string_equal(matiere, "7.10.1");
    assert_false(acte->matiere_gaps);
    assert_string_equal(acte->objet,
                        "Dénomination d'une voie : rue de l'Épée & \u00ab du Puits \u00bb");
    assert_string_equal(acte->precedent, "034-213400172-20231201-D2023_99-DE");
    assert_date(acte->classification_date, "2023-11-14");
    assert_string_equal(acte->document.nom, "99_DE-" ID "-1-1_1.pdf");
    assert_memory_equal(acte->document.signature, "-----BEGIN PKCS7-----\n", 22);
    assert_int_equal(acte->annexes_nombre, 2);
    assert_int_equal(acte->annexes.count, 2);
    assert_string_equal(acte->annexes.items[0].nom, "21_RP-" ID "-1-1_2.pdf");
    assert_null(acte->annexes.items[0].signature);
    assert_string_equal(acte->annexes.items[1].nom, "99_SE-" ID "-1-1_3.xml");
    assert_string_equal(acte->document_papier, "N");
}

static void test_acte_and_its_answers(void **state) {
    (void)state;
    ctes_message acte CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT,
                      ar CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT,
                      anomalie CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    read_golden("Acte", &acte);
    assert_acte(&acte.acte);
    read_golden("ARActe", &ar);
    assert_acte(&ar.acte);
    assert_string_equal(ar.id_acte, ID);
    assert_date(ar.reception, "2024-01-08");
    assert_date(ar.classification_en_cours, "2024-01-10");
    assert_int_equal(ctes_donnees_acte_compare(&acte.acte, &ar.acte, NULL), CTES_OK);
    read_golden("AnomalieActe", &anomalie);
    assert_acte(&anomalie.acte);
    assert_date(anomalie.date, "2024-01-09");
    assert_string_equal(anomalie.code, "002");
    assert_string_equal(anomalie.texte, "La classification utilisée n'est plus à jour");
    assert_date(anomalie.classification_en_cours, "2024-01-10");
}

static void test_letters_answers_and_cancellation(void **state) {
    (void)state;
    static const struct {
        const char *root, *date, *reception, *texte;
        size_t files;
        const char *last;
    } CASES[] = {
        { "CourrierSimple", "2024-02-01", "", NULL, 1, ID "-2-1_16.pdf" },
        { "ReponseCourrierSimple", "2024-02-01", "", NULL, 1, "99_DE-" ID "-2-2_1.pdf" },
        { "DemandePieceComplementaire", "2024-02-01", "", "Plan de situation & relevé parcellaire",
          1, ID "-3-1_4.pdf" },
        { "ARDemandePieceComplementaire", "2024-02-01", "", NULL, 0, NULL },
        { "RefusPieceComplementaire", "2024-02-01", "", NULL, 1, ID "-3-3_1.pdf" },
        { "PieceComplementaire", "2024-02-01", "", NULL, 2, ID "-3-4_2.pdf" },
        { "ARPieceComplementaire", "2024-02-01", "2024-02-20", NULL, 0, NULL },
        { "LettreObservations", "2024-02-01", "", "Délai de convocation non respecté", 1,
          ID "-4-1_8.pdf" },
        { "ARLettreObservations", "2024-02-01", "", NULL, 0, NULL },
        { "RejetLettreObservations", "2024-02-01", "", NULL, 1, ID "-4-3_1.pdf" },
        { "ReponseLettreObservations", "2024-02-01", "", NULL, 1, ID "-4-4_1.pdf" },
        { "ARReponseRejetLettreObservations", "2024-02-01", "2024-03-02", NULL, 0, NULL },
        { "DefereTA", "2024-04-02", "", "Incompétence de l'auteur de l'acte", 2, ID "-5-1_2.pdf" },
        { "Annulation", "", "", NULL, 0, NULL },
        { "ARAnnulation", "", "2024-05-13", NULL, 0, NULL },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        read_golden(CASES[i].root, &message);
        assert_string_equal(message.id_acte, ID);
        assert_date(message.date, CASES[i].date);
        assert_date(message.reception, CASES[i].reception);
        if (CASES[i].texte != NULL)
            assert_string_equal(message.texte, CASES[i].texte);
        else
            assert_null(message.texte);
        assert_int_equal(message.fichiers.count, CASES[i].files);
        if (CASES[i].files > 0)
            assert_string_equal(message.fichiers.items[CASES[i].files - 1].nom, CASES[i].last);
    }
}

static void assert_enveloppe_cl(const ctes_enveloppe_cl *enveloppe) {
    assert_string_equal(enveloppe->siren, "213400172");
    assert_string_equal(enveloppe->departement, "034");
    assert_string_equal(enveloppe->arrondissement, "3");
    assert_string_equal(enveloppe->nature, "31");
    assert_string_equal(enveloppe->referent.nom, "Hélène Martin");
    assert_string_equal(enveloppe->referent.telephone, "04 67 00 00 00");
    assert_string_equal(enveloppe->referent.email, "mairie@exemple.fr");
    assert_int_equal(enveloppe->adresse_count, 2);
    assert_string_equal(enveloppe->adresses[0], "retours@operateur.exemple.fr");
    assert_string_equal(enveloppe->adresses[1], "mairie@exemple.fr");
    assert_int_equal(enveloppe->formulaires.count, 1);
    assert_string_equal(enveloppe->formulaires.items[0].nom, ID "-1-1_0.xml");
}

static void test_enveloppes(void **state) {
    (void)state;
    ctes_message cl CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT, mi CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT,
                    anomalie CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    read_golden("EnveloppeCLMISILL", &cl);
    assert_enveloppe_cl(&cl.enveloppe_cl);
    read_golden("EnveloppeMISILLCL", &mi);
    assert_string_equal(mi.enveloppe_mi.emetteur, "SPREF0343");
    assert_string_equal(mi.enveloppe_mi.destinataire, "213400172");
    assert_string_equal(mi.enveloppe_mi.referent.nom, "Hélène Martin");
    assert_int_equal(mi.enveloppe_mi.formulaires.count, 1);
    assert_string_equal(mi.enveloppe_mi.formulaires.items[0].nom, ID "-1-2_57.xml");
    read_golden("AnomalieEnveloppe", &anomalie);
    assert_enveloppe_cl(&anomalie.enveloppe_cl);
    assert_date(anomalie.date, "2024-01-09");
    assert_string_equal(anomalie.code, "005");
    assert_string_equal(anomalie.texte, "SIREN inconnu de l'application");
}

static void test_classification(void **state) {
    (void)state;
    ctes_message demande CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT,
                         same CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT,
                         message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    read_golden("DemandeClassification", &demande);
    assert_date(demande.date, "2023-11-14");
    read_golden("ReponseClassificationSansChangement", &same);
    assert_date(same.classification.date, "2023-11-14");
    read_golden("RetourClassification", &message);
    const ctes_classification *c = &message.classification;
    assert_date(c->date, "2024-01-10");
    assert_int_equal(c->nature_count, 3);
    assert_int_equal(c->natures[0].code, 5);
    assert_string_equal(c->natures[0].abrege, "BF");
    assert_string_equal(c->natures[0].libelle, "Documents budgétaires et financiers");
    assert_int_equal(c->natures[0].type_count, 2);
    assert_string_equal(c->natures[0].types[1].code, "70_DE");
    assert_int_equal(c->natures[2].code, 0);
    assert_string_equal(c->natures[2].types[0].libelle, "Autre \"document\" <libre>");
    static const char *const CODES[] = { "7",          "7.10",       "7.10.1",   "7.10.1.1",
                                         "7.10.1.1.1", "7.10.1.1.2", "7.10.1.2", "7.2",
                                         "9",          "9.1" };
    assert_int_equal(c->matiere_count, sizeof CODES / sizeof CODES[0]);
    for (size_t i = 0; i < c->matiere_count; i++) {
        char code[32];
        ctes_matiere_format(&c->matieres[i].code, code);
        assert_string_equal(code, CODES[i]);
    }
    assert_string_equal(c->matieres[5].libelle, "Goûter");
    assert_string_equal(c->matieres[6].libelle, " ");
}

/* --- leniency --- */

static ctes_status read_text(const char *text, ctes_message *message, ctes_error *err) {
    return ctes_xml_read(NULL, text, strlen(text), message, NULL, err);
}

static void test_invalid_messages_yield_what_they_hold(void **state) {
    (void)state;
    static const struct {
        const char *file, *complaint;
    } CASES[] = {
        { "invalid/acte-without-paper.xml", "DocumentPapier" },
        { "invalid/attributes-unqualified.xml", "IDActe" },
        { "invalid/anomalie-acte-nature-2.xml", "Nature" },
        { "invalid/anomalie-enveloppe-999.xml", "line 4: Element 'Nature'" },
        { "invalid/classification-without-types.xml", "NatureActe" },
        { "invalid/objet-501.xml", "Objet" },
        { "invalid/siren-eight.xml", "SIREN" },
    };
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        CTES_AUTO_BUFFER ctes_buffer bytes = support_golden(CASES[i].file);
        ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        char *invalid CTES_AUTO_FREE = NULL;
        ctes_error err = CTES_ERROR_INIT;
        ctes_status status =
            ctes_xml_read(schemas, bytes.data, bytes.length, &message, &invalid, &err);
        if (status == CTES_E_XML_FIELD) { /* NumeroInterne is empty there */
            assert_string_equal(err.detail, "Acte/NumeroInterne");
            continue;
        }
        assert_int_equal(status, CTES_OK);
        assert_non_null(invalid);
        if (strstr(invalid, CASES[i].complaint) == NULL)
            fail_msg("%s: %s", CASES[i].file, invalid);
        assert_int_equal(ctes_xml_validate(schemas, bytes.data, bytes.length, &err),
                         CTES_E_XML_INVALID);
        assert_string_equal(err.detail, invalid);
    }
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    CTES_AUTO_BUFFER ctes_buffer bytes = support_golden("invalid/attributes-unqualified.xml");
    assert_int_equal(ctes_xml_read(NULL, bytes.data, bytes.length, &message, NULL, NULL), CTES_OK);
    assert_string_equal(message.id_acte, ID);
}

static void test_echo_with_gaps_and_nil(void **state) {
    (void)state;
    static const char TEXT[] =
        "<a:ARActe " XMLNSA " a:IDActe=' " ID "\n' a:DateReception='2024-01-08+01:00'>"
        "<a:ActeRecu a:Date='2024-01-05Z' a:NumeroInterne=' D2024_01 ' a:CodeNatureActe='01'>"
        "<a:CodeMatiere1 a:CodeMatiere='7'/><a:CodeMatiere2 a:CodeMatiere='10'/>"
        "<a:CodeMatiere3/><a:CodeMatiere5 a:CodeMatiere='3'/><a:CodeMatiere9 a:CodeMatiere='9'/>"
        "<a:Objet> x <!-- c -->y <![CDATA[<z>]]></a:Objet><a:Objet>second</a:Objet>"
        "<a:ClassificationDateVersion>2024-02-30</a:ClassificationDateVersion>"
        "<a:Document><a:NomFichier>\n /tmp/a.pdf </a:NomFichier><a:Signature> </a:Signature>"
        "</a:Document><a:Annexes a:Nombre='x'><a:Annexe/><a:Annexe><a:NomFichier>b</a:NomFichier>"
        "</a:Annexe></a:Annexes>"
        "<a:DocumentPapier xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:nil='true'/>"
        "</a:ActeRecu><a:ActeRecu a:NumeroInterne='other'><a:CodeMatiere1 a:CodeMatiere='1'/>"
        "</a:ActeRecu></a:ARActe>";
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    assert_int_equal(read_text(TEXT, &message, NULL), CTES_OK);
    const ctes_donnees_acte *acte = &message.acte;
    assert_string_equal(message.id_acte, ID);
    assert_date(message.reception, "2024-01-08");
    assert_string_equal(acte->numero_interne, "D2024_01");
    assert_date(acte->date, "2024-01-05");
    assert_int_equal(acte->nature, 1);
    char matiere[32];
    ctes_matiere_format(&acte->matiere, matiere);
    assert_string_equal(matiere, "7.10.3");
    assert_true(acte->matiere_gaps);
    assert_string_equal(acte->objet, " x y <z>");
    assert_false(ctes_date_given(acte->classification_date));
    assert_string_equal(acte->document.nom, "/tmp/a.pdf");
    assert_null(acte->document.signature);
    assert_int_equal(acte->annexes_nombre, -1);
    assert_int_equal(acte->annexes.count, 1);
    assert_null(acte->document_papier);
}

/* A name counts in its namespace: what others put beside it is not taken for it. */
static void test_foreign_names_are_passed_over(void **state) {
    (void)state;
    static const char TEXT[] =
        "<a:AnomalieActe " XMLNSA
        " xmlns:o='urn:x' o:IDActe='wrong' IDActe='bare' a:IDActe='right'>"
        "<o:Nature>999</o:Nature><Nature>998</Nature><a:Nature>002</a:Nature></a:AnomalieActe>";
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    assert_int_equal(read_text(TEXT, &message, NULL), CTES_OK);
    assert_string_equal(message.code, "002");
    assert_string_equal(message.id_acte, "right");
}

static void test_malformed_names_its_line(void **state) {
    (void)state;
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(read_text("<Annulation " XMLNS ">\n&x;\n</Annulation>", &message, &err),
                     CTES_E_XML_MALFORMED);
    assert_memory_equal(err.detail, "line 2: ", 8);
}

/* Twice the same part, once of it unusable, must not run over the levels of a code. */
static void test_repeated_parts(void **state) {
    (void)state;
    static const char LEVELS[] =
        "<CodeMatiere1 CodeMatiere='1'/><CodeMatiere2 CodeMatiere='2'/><CodeMatiere3 "
        "CodeMatiere='3'/><CodeMatiere4 CodeMatiere='4'/><CodeMatiere5 CodeMatiere='5'/>";
    CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT(4096);
    assert_int_equal(
        ctes_buffer_printf(&text, NULL,
                           "<AnomalieActe %s><Nature>001</Nature><ActeRecu>%s</ActeRecu>"
                           "<ActeRecu>%s<CodeMatiere1 CodeMatiere='9'/></ActeRecu></AnomalieActe>",
                           XMLNS, LEVELS, LEVELS),
        CTES_OK);
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    assert_int_equal(read_text(text.data, &message, NULL), CTES_OK);
    assert_int_equal(message.acte.matiere.count, 5);
    assert_int_equal(message.acte.matiere.level[0], 1);
}

static void test_what_says_nothing_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        ctes_status status;
        const char *detail;
    } CASES[] = {
        { "<ARActe " XMLNS " DateReception='2024-01-08'/>", CTES_E_XML_FIELD, "ARActe/IDActe" },
        { "<ARActe " XMLNS " IDActe='x'/>", CTES_E_XML_FIELD, "ARActe/DateReception" },
        { "<ARActe " XMLNS " IDActe='x' DateReception='2024-13-01'/>", CTES_E_XML_FIELD,
          "ARActe/DateReception" },
        { "<ARActe " XMLNS " IDActe='x' DateReception='08/01/2024'/>", CTES_E_XML_FIELD,
          "ARActe/DateReception" },
        { "<ARActe " XMLNS " IDActe='x' DateReception='2024-01-08T10:00:00'/>", CTES_E_XML_FIELD,
          "ARActe/DateReception" },
        { "<ARActe " XMLNS " IDActe='x' DateReception='2024-01-08+1:00'/>", CTES_E_XML_FIELD,
          "ARActe/DateReception" },
        { "<ARPieceComplementaire " XMLNS
          "><InfosCourrierPref IDActe='x'/></ARPieceComplementaire>",
          CTES_E_XML_FIELD, "ARPieceComplementaire/DateReception" },
        { "<ARReponseRejetLettreObservations " XMLNS " DateReception='2024-01-08'/>",
          CTES_E_XML_FIELD, "ARReponseRejetLettreObservations/IDActe" },
        { "<ARActe " XMLNS " IDActe=' ' DateReception='2024-01-08'/>", CTES_E_XML_FIELD,
          "ARActe/IDActe" },
        { "<Annulation " XMLNS "/>", CTES_E_XML_FIELD, "Annulation/IDActe" },
        { "<AnomalieActe " XMLNS "><Date>2024-01-01</Date></AnomalieActe>", CTES_E_XML_FIELD,
          "AnomalieActe/Nature" },
        { "<AnomalieActe " XMLNS "><Nature>2</Nature></AnomalieActe>", CTES_OK, "" },
        { "<AnomalieEnveloppe " XMLNS "><Detail>x</Detail></AnomalieEnveloppe>", CTES_OK, "" },
        { "<RetourClassification " XMLNS "/>", CTES_E_XML_FIELD,
          "RetourClassification/DateClassification" },
        { "<DemandeClassification " XMLNS "/>", CTES_OK, "" },
        { "<EnveloppeCLMISILL " XMLNS "/>", CTES_E_XML_FIELD, "EnveloppeCLMISILL/SIREN" },
        { "<EnveloppeMISILLCL " XMLNS "><Destinataire SIREN='1'/></EnveloppeMISILLCL>", CTES_OK,
          "" },
        { "<IDPref " XMLNS " Departement='034'/>", CTES_E_XML_ROOT, "IDPref" },
        { "<Referent " XMLNS "/>", CTES_E_XML_ROOT, "Referent" },
        { "<Annulation IDActe='x'/>", CTES_E_XML_ROOT, "Annulation" },
        { "<Annulation xmlns='urn:x' IDActe='x'/>", CTES_E_XML_ROOT, "Annulation" },
        { "<html/>", CTES_E_XML_ROOT, "html" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        ctes_error err = CTES_ERROR_INIT;
        assert_int_equal(read_text(CASES[i].text, &message, &err), CASES[i].status);
        assert_string_equal(err.detail, CASES[i].detail);
        if (CASES[i].status != CTES_OK)
            assert_int_equal(message.kind, CTES_M_NONE);
    }
}

/* --- charsets (sheet § 5.1) --- */

#define ANOMALIE(text) "<AnomalieActe " XMLNS "><Detail>" text "</Detail></AnomalieActe>"
#define ENCODING(name) "<?xml version='1.0' encoding='" name "'?>"

static void test_charsets(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *text; /* NULL: not read */
    } CASES[] = {
        { ENCODING("ISO-8859-1") ANOMALIE("\xe9t\xe9"), "été" },
        { ENCODING("iso-8859-1") ANOMALIE("\xe9t\xe9"), "été" },
        { ENCODING("ISO-8859-1") ANOMALIE("\xc3\xa9t\xc3\xa9"), "été" }, /* S2LOW sheet T9 */
        { ENCODING("ISO-8859-1") ANOMALIE("\xc3\xa9t\xe9"), "\u00c3\u00a9té" },
        { ENCODING("windows-1252") ANOMALIE("l\x92\xe9t\xe9 \x80"), "l\u2019été €" },
        { ENCODING("windows-1252") ANOMALIE("\x81"), NULL },
        { ENCODING("UTF-8") ANOMALIE("\xc3\xa9t\xc3\xa9"), "été" },
        { ENCODING("UTF-8") ANOMALIE("\xe9t\xe9"), NULL },
        { ENCODING("UTF-16") ANOMALIE("\xc3\xa9t\xc3\xa9"), "été" },
        { ENCODING("UTF-16") ANOMALIE("\xe9t\xe9"), NULL },
        { ENCODING("KOI8-R") ANOMALIE("\xe9t\xe9"), NULL },
        { ENCODING("ISO-8859-1") ANOMALIE("ete"), "ete" },
        { ENCODING("ISO-8859-1") ANOMALIE("&#233;&#x20AC;"), "é€" },
        { ANOMALIE("\xc3\xa9t\xc3\xa9"), "été" },
        { ANOMALIE("\xe9t\xe9"), NULL },
        { "\xef\xbb\xbf" ENCODING("ISO-8859-1") ANOMALIE("\xc3\xa9t\xc3\xa9"), "été" },
        { "<?xml version='1.0' standalone='yes'?>\r\n" ANOMALIE("\xc3\xa9t\xc3\xa9\r\n"), "été\n" },
        { "<?xml version=\"1.0\" encoding = \"ISO-8859-1\" ?>" ANOMALIE("\xe9t\xe9"), "été" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        ctes_status status = read_text(CASES[i].bytes, &message, NULL);
        assert_int_equal(status, CASES[i].text != NULL ? CTES_OK : CTES_E_XML_MALFORMED);
        if (CASES[i].text != NULL)
            assert_string_equal(message.texte, CASES[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acte_and_its_answers),
        cmocka_unit_test(test_letters_answers_and_cancellation),
        cmocka_unit_test(test_enveloppes),
        cmocka_unit_test(test_classification),
        cmocka_unit_test(test_invalid_messages_yield_what_they_hold),
        cmocka_unit_test(test_echo_with_gaps_and_nil),
        cmocka_unit_test(test_foreign_names_are_passed_over),
        cmocka_unit_test(test_malformed_names_its_line),
        cmocka_unit_test(test_repeated_parts),
        cmocka_unit_test(test_what_says_nothing_is_refused),
        cmocka_unit_test(test_charsets),
    };
    ctes_xml_init();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctes_xml_cleanup();
    return failures;
}
