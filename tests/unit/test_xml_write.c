/* What is written: golden bytes, the schema's word on it, what reading gives back, what is refused.
 */
#include "unit/xml_support.h"

/* --- golden bytes: each document the module writes, read and written again --- */

static void write_again(const ctes_message *message, ctes_buffer *out) {
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status;
    if (message->kind == CTES_M_ACTE)
        status = ctes_xml_write_acte(&message->acte, out, &err);
    else if (message->kind == CTES_M_ENVELOPPE_CL)
        status = ctes_xml_write_enveloppe(&message->enveloppe_cl, out, &err);
    else if ((status = ctes_xml_write_courrier(message, out, &err)) == CTES_E_USAGE)
        status = ctes_xml_write_retour(message, out, &err);
    if (status != CTES_OK)
        fail_msg("%s: %s", ctes_status_name(status), err.detail);
}

static void test_golden_bytes(void **state) {
    (void)state;
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    for (ctes_message_kind kind = CTES_M_ACTE; kind <= CTES_M_ANOMALIE_ENVELOPPE; kind++) {
        char name[96];
        (void)snprintf(name, sizeof name, "messages/%s.xml", ctes_message_root(kind));
        CTES_AUTO_BUFFER ctes_buffer golden = support_golden(name);
        CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
        ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        char *invalid CTES_AUTO_FREE = NULL;
        assert_int_equal(
            ctes_xml_read(schemas, golden.data, golden.length, &message, &invalid, NULL), CTES_OK);
        assert_null(invalid);
        write_again(&message, &out);
        assert_string_equal(out.data, golden.data);
        assert_int_equal(ctes_xml_validate(schemas, out.data, out.length, NULL), CTES_OK);
    }
}

/* --- a message made here, and read back --- */

static ctes_donnees_acte make_acte(const char *objet) {
    ctes_donnees_acte acte = {
        .date = { 2024, 1, 5 },
        .numero_interne = strdup("D2024_01"),
        .nature = 1,
        .matiere = { .count = 2, .level = { 7, 10 } },
        .objet = strdup(objet),
        .classification_date = { 2023, 11, 14 },
        .document_papier = strdup("N"),
    };
    acte.document.nom = strdup("99_DE-034-213400172-20240105-D2024_01-DE-1-1_1.pdf");
    return acte;
}

#define SPECIAL "a & b < c > d \"e\" 'f' ]]> é À ÿ \xc2\xa0 \xc2\xab \xc2\xbb &amp;"

static void test_special_characters_come_back(void **state) {
    (void)state;
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    ctes_donnees_acte acte CTES_CLEANUP(ctes_donnees_acte_clear) = make_acte(SPECIAL);
    free(acte.numero_interne);
    acte.numero_interne = strdup("<&>\"' \t\n\ré"); /* an attribute; the norm takes fewer */
    free(acte.document.nom);
    acte.document.nom = strdup("a&b.pdf");
    acte.document.signature = strdup("line 1\r\nline 2\n\ttab");
    assert_int_equal(ctes_fichiers_add(&acte.annexes, "b<c>.pdf", NULL, NULL), CTES_OK);
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_xml_write_acte(&acte, &out, &err), CTES_OK);
    assert_int_equal(ctes_xml_validate(schemas, out.data, out.length, &err), CTES_OK);

    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    assert_int_equal(ctes_xml_read(NULL, out.data, out.length, &message, NULL, &err), CTES_OK);
    assert_string_equal(message.acte.objet, SPECIAL);
    assert_string_equal(message.acte.numero_interne, "<&>\"' \t\n\ré");
    assert_string_equal(message.acte.document.nom, "a&b.pdf");
    assert_string_equal(message.acte.document.signature, "line 1\r\nline 2\n\ttab");
    assert_int_equal(message.acte.annexes.count, 1);
    assert_int_equal(message.acte.annexes_nombre, 1);
    assert_string_equal(message.acte.annexes.items[0].nom, "b<c>.pdf");
    assert_int_equal(ctes_donnees_acte_compare(&acte, &message.acte, NULL), CTES_OK);
}

static void test_bytes_are_latin1(void **state) {
    (void)state;
    ctes_donnees_acte acte CTES_CLEANUP(ctes_donnees_acte_clear) = make_acte("Délibération ÿ");
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
    assert_int_equal(ctes_xml_write_acte(&acte, &out, NULL), CTES_OK);
    assert_memory_equal(out.data, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:Acte ",
                        strlen("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:Acte "));
    assert_non_null(strstr(out.data, "<actes:Objet>D\xe9lib\xe9ration \xff</actes:Objet>"));
}

/* Read as UTF-8, these bytes would be other characters. */
static void test_latin1_is_never_taken_for_utf8(void **state) {
    (void)state;
    static const char *const CASES[] = { "CAF\u00c9\u00bb", "\u00c3\u00a9", "\u00e2\u00a0\u00a1",
                                         "\u00c2\u00a0\u00c2\u00a0", "\u00f0\u00bf\u00bf\u00bf" };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_donnees_acte acte CTES_CLEANUP(ctes_donnees_acte_clear) = make_acte(CASES[i]);
        CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
        ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        assert_int_equal(ctes_xml_write_acte(&acte, &out, NULL), CTES_OK);
        assert_int_equal(ctes_xml_read(NULL, out.data, out.length, &message, NULL, NULL), CTES_OK);
        assert_string_equal(message.acte.objet, CASES[i]);
    }
}

/* --- refusals --- */

static void test_text_outside_latin1_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *objet, *detail;
    } CASES[] = {
        { "l\xe2\x80\x99"
          "arrêté",
          "Objet: U+2019" },
        { "10 €", "Objet: U+20AC" },
        { "c\xc5\x93ur", "Objet: U+0153" },
        { "\xf0\x9f\x98\x80", "Objet: U+1F600" },
        { "a\x01", "Objet: U+0001" },
        { "a\x0b", "Objet: U+000B" },
        { "a\x7f", "Objet: U+007F" },
        { "a\xc2\x85", "Objet: U+0085" },
        { "a\xc2\x92", "Objet: U+0092" },
        { "a\xe9", "Objet: UTF-8" },
        { "a\xc3", "Objet: UTF-8" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_donnees_acte acte CTES_CLEANUP(ctes_donnees_acte_clear) = make_acte(CASES[i].objet);
        CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
        assert_int_equal(ctes_buffer_puts(&out, "before", NULL), CTES_OK);
        ctes_error err = CTES_ERROR_INIT;
        assert_int_equal(ctes_xml_write_acte(&acte, &out, &err), CTES_E_CHARSET);
        assert_string_equal(err.detail, CASES[i].detail);
        assert_string_equal(out.data, "before");
        assert_int_equal(ctes_xml_write_acte(&acte, &out, NULL), CTES_E_CHARSET);
    }
}

static void drop_date(ctes_donnees_acte *acte) {
    acte->date = (ctes_date){ 0 };
}
static void drop_numero(ctes_donnees_acte *acte) {
    ctes_free_charp(&acte->numero_interne);
}
static void drop_nature(ctes_donnees_acte *acte) {
    acte->nature = 0;
}
static void drop_matiere(ctes_donnees_acte *acte) {
    acte->matiere.count = 1;
}
static void drop_objet(ctes_donnees_acte *acte) {
    ctes_free_charp(&acte->objet);
}
static void drop_classification(ctes_donnees_acte *acte) {
    acte->classification_date = (ctes_date){ 0 };
}
static void drop_document(ctes_donnees_acte *acte) {
    ctes_free_charp(&acte->document.nom);
}

static void test_missing_members_are_named(void **state) {
    (void)state;
    static const struct {
        void (*drop)(ctes_donnees_acte *acte);
        const char *name;
    } CASES[] = {
        { drop_date, "Date" },
        { drop_numero, "NumeroInterne" },
        { drop_nature, "CodeNatureActe" },
        { drop_matiere, "CodeMatiere" },
        { drop_objet, "Objet" },
        { drop_classification, "ClassificationDateVersion" },
        { drop_document, "NomFichier" },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_donnees_acte acte CTES_CLEANUP(ctes_donnees_acte_clear) = make_acte("Objet");
        CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
        ctes_error err = CTES_ERROR_INIT;
        CASES[i].drop(&acte);
        assert_int_equal(ctes_xml_write_acte(&acte, &out, &err), CTES_E_XML_FIELD);
        assert_string_equal(err.detail, CASES[i].name);
        assert_int_equal(out.length, 0);
    }
}

static void test_empty_enveloppe_and_foreign_kinds_are_refused(void **state) {
    (void)state;
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
    ctes_error err = CTES_ERROR_INIT;
    ctes_enveloppe_cl enveloppe = { .siren = NULL };
    assert_int_equal(ctes_xml_write_enveloppe(&enveloppe, &out, &err), CTES_E_XML_FIELD);
    assert_string_equal(err.detail, "SIREN");
    /* every kind is written by one side, which says what an empty value lacks; nothing is left
     * behind. A request for the classification may be empty. */
    for (ctes_message_kind kind = CTES_M_NONE; kind <= CTES_M_ANOMALIE_ENVELOPPE; kind++) {
        ctes_message message = { .kind = kind };
        if (kind == CTES_M_DEMANDE_CLASSIFICATION)
            continue;
        ctes_status here = ctes_xml_write_courrier(&message, &out, &err);
        ctes_status there = ctes_xml_write_retour(&message, &out, &err);
        assert_true(here == CTES_E_XML_FIELD || here == CTES_E_USAGE);
        bool neither = kind == CTES_M_NONE || kind == CTES_M_ACTE || kind == CTES_M_ENVELOPPE_CL;
        assert_int_equal(there,
                         neither || here == CTES_E_XML_FIELD ? CTES_E_USAGE : CTES_E_XML_FIELD);
        assert_true(!neither || here == CTES_E_USAGE);
    }
    assert_int_equal(out.length, 0);
}

static void test_service_identifiers(void **state) {
    (void)state;
    static const struct {
        const char *emetteur, *written;
    } CASES[] = {
        { "PREF044", "<actes:IDPref actes:Departement=\"044\"/>" },
        { "SPREF02A1", "<actes:IDSousPref actes:Departement=\"02A\" actes:Arrondissement=\"1\"/>" },
        { "SGAR044", "<actes:IDSGAR actes:Departement=\"044\"/>" },
        { "PREF0441", NULL },
        { "SPREF044", NULL },
        { "PREF44", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        ctes_message message CTES_AUTO_MESSAGE = { .kind = CTES_M_ENVELOPPE_MI };
        message.enveloppe_mi.emetteur = strdup(CASES[i].emetteur);
        message.enveloppe_mi.destinataire = strdup("213400172");
        assert_int_equal(ctes_fichiers_add(&message.enveloppe_mi.formulaires, "a.xml", NULL, NULL),
                         CTES_OK);
        CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
        ctes_status status = ctes_xml_write_retour(&message, &out, NULL);
        assert_int_equal(status, CASES[i].written != NULL ? CTES_OK : CTES_E_XML_FIELD);
        if (CASES[i].written != NULL)
            assert_non_null(strstr(out.data, CASES[i].written));
    }
}

/* A tree that skips a level cannot be written. */
static void test_broken_classification_is_refused(void **state) {
    (void)state;
    ctes_matiere_libelle_item items[] = {
        { .code = { .count = 1, .level = { 7 } }, .libelle = (char[]){ "Finances" } },
        { .code = { .count = 3, .level = { 7, 1, 1 } }, .libelle = (char[]){ "x" } },
    };
    ctes_message message = { .kind = CTES_M_RETOUR_CLASSIFICATION };
    message.classification.date = (ctes_date){ 2024, 1, 1 };
    message.classification.matieres = items;
    message.classification.matiere_count = 2;
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_xml_write_retour(&message, &out, &err), CTES_E_XML_FIELD);
    assert_string_equal(err.detail, "Matiere");
}

static void test_size_is_limited(void **state) {
    (void)state;
    ctes_donnees_acte acte CTES_CLEANUP(ctes_donnees_acte_clear) = make_acte("Objet");
    acte.document.signature = malloc(CTES_XML_SIZE_MAX + 1);
    assert_non_null(acte.document.signature);
    memset(acte.document.signature, 'A', CTES_XML_SIZE_MAX);
    acte.document.signature[CTES_XML_SIZE_MAX] = '\0';
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(16u << 20);
    assert_int_equal(ctes_xml_write_acte(&acte, &out, NULL), CTES_E_LIMIT);
    assert_int_equal(out.length, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_bytes),
        cmocka_unit_test(test_special_characters_come_back),
        cmocka_unit_test(test_bytes_are_latin1),
        cmocka_unit_test(test_latin1_is_never_taken_for_utf8),
        cmocka_unit_test(test_text_outside_latin1_is_refused),
        cmocka_unit_test(test_missing_members_are_named),
        cmocka_unit_test(test_empty_enveloppe_and_foreign_kinds_are_refused),
        cmocka_unit_test(test_service_identifiers),
        cmocka_unit_test(test_broken_classification_is_refused),
        cmocka_unit_test(test_size_is_limited),
    };
    ctes_xml_init();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctes_xml_cleanup();
    return failures;
}
