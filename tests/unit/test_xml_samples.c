/* Real files of the ministry and of another operator (../shared/norm/samples), where at hand. */
#include "unit/xml_support.h"

#include <spawn.h>
#include <sys/wait.h>

#include "norm/regles.h"

static const char *samples_folder(void) {
    static char folder[4096];
    (void)snprintf(folder, sizeof folder, "%s/norm/samples", support_folder("CTES_SHARED_DIR"));
    if (access(folder, R_OK) != 0) {
        print_message("skipped: no samples at %s\n", folder);
        skip();
    }
    return folder;
}

static void read_file(const char *folder, const char *name, bool valid, ctes_message *message) {
    CTES_AUTO_BUFFER ctes_buffer bytes = support_read(folder, name);
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    char *invalid CTES_AUTO_FREE = NULL;
    ctes_error err = CTES_ERROR_INIT;
    if (ctes_xml_read(schemas, bytes.data, bytes.length, message, &invalid, &err) != CTES_OK)
        fail_msg("%s: %s", name, err.detail);
    assert_int_equal(invalid == NULL, valid);
    assert_int_equal(ctes_xml_validate(schemas, bytes.data, bytes.length, NULL),
                     valid ? CTES_OK : CTES_E_XML_INVALID);
    size_t extent = 0;
    assert_int_equal(ctes_xml_extent(bytes.data, bytes.length, &extent, NULL), CTES_OK);
    assert_true(bytes.length - extent <= 2); /* a line end at most follows */
}

static void assert_date(ctes_date date, const char *expected) {
    char text[11];
    ctes_date_format(date, text);
    assert_string_equal(text, expected);
}

static void test_ar_acte(void **state) {
    (void)state;
    ctes_message m CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    read_file(samples_folder(), "006-210600235-20180522-684-AI-1-2_5279.xml", true, &m);
    assert_int_equal(m.kind, CTES_M_AR_ACTE);
    assert_string_equal(m.id_acte, "006-210600235-20180522-684-AI");
    assert_date(m.reception, "2018-05-28");
    assert_date(m.acte.date, "2018-05-22");
    assert_int_equal(m.acte.nature, 3);
    assert_string_equal(m.acte.numero_interne, "684");
    assert_string_equal(m.acte.objet, "Contrat à durée déterminée - Jean Dupont");
    assert_string_equal(m.acte.document.nom, "99_DE-006-210600235-20180522-684-AI-1-1_1.pdf");
    assert_int_equal(m.acte.annexes_nombre, 0);
    assert_string_equal(m.acte.document_papier, "0");
    assert_date(m.classification_en_cours, "2017-04-19");
}

static void test_anomalie_acte(void **state) {
    (void)state;
    ctes_message m CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    read_file(samples_folder(), "044-214400152----1-3_1.xml", true, &m);
    assert_int_equal(m.kind, CTES_M_ANOMALIE_ACTE);
    assert_string_equal(m.code, "002");
    assert_non_null(strstr(m.texte, "ODT-VERIF-01 : Votre acte a été transmis"));
    assert_true(m.acte.matiere_gaps);
    assert_int_equal(m.acte.matiere.count, 4);
    assert_int_equal(m.acte.annexes_nombre, 1);
    assert_string_equal(m.acte.annexes.items[0].nom,
                        "01_01-044-214400152-20181012-123456-DE-1-1_2.xml");
    assert_string_equal(m.acte.document_papier, "");
    assert_date(m.classification_en_cours, "2018-10-10");
}

static void test_ar_annulation_and_enveloppes(void **state) {
    (void)state;
    ctes_message ar CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT, mi CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT,
                    anomalie CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    const char *folder = samples_folder();
    read_file(folder, "044-214400152-20181106-TEST_DGCL_4-DE-6-2_10.xml", true, &ar);
    assert_string_equal(ar.id_acte, "044-214400152-20181106-TEST_DGCL_4-DE");
    assert_date(ar.reception, "2018-11-28");
    read_file(folder, "EACT--SPREF0441-214400152-20181012-9.xml", true, &mi);
    assert_string_equal(mi.enveloppe_mi.emetteur, "SPREF0441");
    assert_string_equal(mi.enveloppe_mi.destinataire, "214400152");
    assert_string_equal(mi.enveloppe_mi.formulaires.items[0].nom, "044-214400152----1-3_1.xml");
    /* invalid, since the schema knows no 999: what it holds is there all the same */
    read_file(folder, "ANO_EACT--214400152--20180925-1.xml", false, &anomalie);
    assert_string_equal(anomalie.code, "999");
    assert_date(anomalie.date, "2018-09-25");
    assert_string_equal(anomalie.enveloppe_cl.siren, "214400152");
    assert_string_equal(anomalie.enveloppe_cl.formulaires.items[0].nom,
                        "044-214400152-20180905-4365-DE-4365-DE_0.xml");
}

static size_t count_types(const ctes_classification *classification) {
    size_t count = 0;
    for (size_t i = 0; i < classification->nature_count; i++)
        count += classification->natures[i].type_count;
    return count;
}

static void test_classifications(void **state) {
    (void)state;
    ctes_message now CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT,
                     old CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    const char *folder = samples_folder();
    read_file(folder, "exemple_codes_matieres.xml", true, &now);
    assert_date(now.classification.date, "2017-12-08");
    assert_int_equal(now.classification.nature_count, 6);
    assert_int_equal(count_types(&now.classification), 118);
    assert_int_equal(now.classification.matiere_count, 9 + 57 + 225);
    assert_string_equal(now.classification.natures[0].types[0].libelle, "Délibération");
    read_file(folder, "examples/exemple_codes_matieres.xml", false, &old);
    assert_date(old.classification.date, "2017-04-19");
    assert_int_equal(old.classification.nature_count, 6);
    assert_int_equal(count_types(&old.classification), 2);
    assert_int_equal(old.classification.matiere_count, 9 + 57);
}

/* The two messages of the archive, taken out by the tar program. */
static void extract(const char *archive, const char *folder) {
    char *const arguments[] = { (char[]){ "tar" }, (char[]){ "-xzf" }, strdup(archive),
                                (char[]){ "-C" },  strdup(folder),     NULL };
    pid_t child = 0;
    int result = 0;
    assert_int_equal(posix_spawnp(&child, "tar", NULL, NULL, arguments, environ), 0);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    free(arguments[2]);
    free(arguments[4]);
}

static void test_messages_of_an_archive(void **state) {
    (void)state;
    static const char *const FILES[] = { "EACT--210600730--20180115-1.xml",
                                         "006-210600730-20180115-007-AR-1-1_0.xml",
                                         "CO_DE-006-210600730-20180115-007-AR-1-1_1.jpg" };
    char *archive CTES_AUTO_FREE =
        support_path(samples_folder(), "SIC-EACT--210600730--20180115-1.tar.gz");
    const char *tmp = getenv("TMPDIR");
    char *folder CTES_AUTO_FREE = support_path(tmp != NULL ? tmp : "/tmp", "ctes-samples-XXXXXX");
    assert_non_null(mkdtemp(folder));
    extract(archive, folder);
    ctes_message cl CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT,
                    acte CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    read_file(folder, FILES[0], true, &cl);
    assert_string_equal(cl.enveloppe_cl.siren, "210600730");
    assert_string_equal(cl.enveloppe_cl.nature, "02");
    assert_string_equal(cl.enveloppe_cl.adresses[0], "dev@sictiam.fr");
    assert_string_equal(cl.enveloppe_cl.formulaires.items[0].nom, FILES[1]);
    read_file(folder, FILES[1], true, &acte);
    assert_string_equal(acte.acte.numero_interne, "007");
    assert_string_equal(acte.acte.document.nom, FILES[2]);
    assert_null(acte.acte.document_papier); /* xsi:nil */
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        char *path CTES_AUTO_FREE = support_path(folder, FILES[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void test_foreign_xml_is_no_message(void **state) {
    (void)state;
    static const char *const NAMES[] = { "examples/annexe1.xml", "examples/annexe2.xml" };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        CTES_AUTO_BUFFER ctes_buffer bytes = support_read(samples_folder(), NAMES[i]);
        ctes_message m CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        assert_int_equal(ctes_xml_read(NULL, bytes.data, bytes.length, &m, NULL, NULL),
                         CTES_E_XML_ROOT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ar_acte),
        cmocka_unit_test(test_anomalie_acte),
        cmocka_unit_test(test_ar_annulation_and_enveloppes),
        cmocka_unit_test(test_classifications),
        cmocka_unit_test(test_messages_of_an_archive),
        cmocka_unit_test(test_foreign_xml_is_no_message),
    };
    ctes_xml_init();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctes_xml_cleanup();
    return failures;
}
