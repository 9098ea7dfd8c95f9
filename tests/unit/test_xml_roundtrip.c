/*
 * Each of the 24 documents of the norm, made here with awkward text, written, judged by our schema
 * and by the ministry's with another program, read, and compared with what was meant.
 */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include "unit/xml_support.h"

#define ID   "034-213400172-20240105-D2024_01-DE"
#define TEXT "<l'été> & « à ÿ » \"é\""

static void *rows(size_t count, size_t size) {
    void *made = calloc(count, size);
    if (made == NULL)
        abort();
    return made;
}

static void add(ctes_fichiers *fichiers, const char *nom) {
    assert_int_equal(ctes_fichiers_add(fichiers, nom, NULL, NULL), CTES_OK);
}

static void make_acte(ctes_donnees_acte *acte) {
    *acte = (ctes_donnees_acte){ .date = { 2024, 1, 5 },
                                 .numero_interne = strdup("D2024_01"),
                                 .nature = 5,
                                 .matiere = { .count = 3, .level = { 7, 1, 10 } },
                                 .objet = strdup(TEXT),
                                 .precedent = strdup(ID),
                                 .classification_date = { 2023, 11, 14 },
                                 .document_papier = strdup("O") };
    acte->document.nom = strdup("99_BU-" ID "-1-1_1.xml");
    add(&acte->annexes, "70_DE-" ID "-1-1_2.pdf");
    add(&acte->annexes, "99_SE-" ID "-1-1_3.pdf");
    acte->annexes_nombre = 2;
}

static void make_enveloppe_cl(ctes_enveloppe_cl *enveloppe) {
    *enveloppe = (ctes_enveloppe_cl){ .siren = strdup("213400172"),
                                      .departement = strdup("034"),
                                      .arrondissement = strdup("3"),
                                      .nature = strdup("31"),
                                      .adresses = rows(2, sizeof(char *)),
                                      .adresse_count = 2 };
    enveloppe->adresses[0] = strdup("actes@operateur.example.org");
    enveloppe->adresses[1] = strdup("mairie@commune.example.org");
    enveloppe->referent.nom = strdup(TEXT);
    add(&enveloppe->formulaires, ID "-1-1_0.xml");
    add(&enveloppe->formulaires, ID "-6-1_0.xml");
}

static void make_enveloppe_mi(ctes_enveloppe_mi *enveloppe) {
    *enveloppe =
        (ctes_enveloppe_mi){ .emetteur = strdup("SPREF0343"), .destinataire = strdup("213400172") };
    add(&enveloppe->formulaires, ID "-3-1_17.xml");
}

static void make_classification(ctes_classification *classification) {
    static const ctes_matiere CODES[] = { { 1, { 7 } }, { 2, { 7, 10 } }, { 3, { 7, 10, 2 } } };
    *classification = (ctes_classification){ .date = { 2024, 3, 1 },
                                             .natures = rows(1, sizeof(ctes_nature_acte)),
                                             .nature_count = 1,
                                             .matieres = rows(3, sizeof(ctes_matiere_libelle_item)),
                                             .matiere_count = 3 };
    ctes_nature_acte *nature = &classification->natures[0];
    *nature = (ctes_nature_acte){ .code = 1,
                                  .libelle = strdup("Délibérations"),
                                  .abrege = strdup("DE"),
                                  .types = rows(1, sizeof(ctes_type_pj)),
                                  .type_count = 1 };
    nature->types[0] = (ctes_type_pj){ strdup("99_DE"), strdup(TEXT) };
    for (size_t i = 0; i < 3; i++)
        classification->matieres[i] = (ctes_matiere_libelle_item){ CODES[i], strdup(TEXT) };
}

/* The members that a message of this kind has, and no others. */
static ctes_message make(ctes_message_kind kind) {
    ctes_message m = { .kind = kind };
    bool acts = kind == CTES_M_AR_ACTE || kind == CTES_M_ANOMALIE_ACTE;
    bool refuses = kind == CTES_M_ANOMALIE_ACTE || kind == CTES_M_ANOMALIE_ENVELOPPE;
    bool letter = kind >= CTES_M_COURRIER_SIMPLE && kind <= CTES_M_DEFERE_TA;
    bool ar = kind == CTES_M_AR_PIECE || kind == CTES_M_AR_REPONSE_LETTRE_OBSERVATIONS;
    if (kind == CTES_M_ACTE || acts)
        make_acte(&m.acte);
    if (kind == CTES_M_AR_ACTE || letter || kind == CTES_M_ANNULATION ||
        kind == CTES_M_AR_ANNULATION)
        m.id_acte = strdup(ID);
    if (kind == CTES_M_AR_ACTE || ar || kind == CTES_M_AR_ANNULATION)
        m.reception = (ctes_date){ 2024, 2, 29 };
    if (refuses || letter || kind == CTES_M_DEMANDE_CLASSIFICATION)
        m.date = (ctes_date){ 2024, 12, 31 };
    if (refuses)
        m.code = strdup("002");
    if (refuses || kind == CTES_M_DEMANDE_PIECE || kind == CTES_M_LETTRE_OBSERVATIONS ||
        kind == CTES_M_DEFERE_TA)
        m.texte = strdup(TEXT);
    if (acts)
        m.classification_en_cours = (ctes_date){ 2024, 3, 1 };
    if (letter && !ar && kind != CTES_M_AR_DEMANDE_PIECE && kind != CTES_M_AR_LETTRE_OBSERVATIONS)
        add(&m.fichiers, "99_DE-" ID "-3-4_1.pdf");
    if (kind == CTES_M_PIECE || kind == CTES_M_DEFERE_TA)
        add(&m.fichiers, "99_DE-" ID "-3-4_2.png");
    if (kind == CTES_M_ENVELOPPE_CL || kind == CTES_M_ANOMALIE_ENVELOPPE)
        make_enveloppe_cl(&m.enveloppe_cl);
    if (kind == CTES_M_ENVELOPPE_MI)
        make_enveloppe_mi(&m.enveloppe_mi);
    if (kind == CTES_M_RETOUR_CLASSIFICATION)
        make_classification(&m.classification);
    if (kind == CTES_M_CLASSIFICATION_SANS_CHANGEMENT)
        m.classification.date = (ctes_date){ 2024, 3, 1 };
    return m;
}

/* --- equal, member by member --- */

static void same_text(const char *a, const char *b) {
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL)
        assert_string_equal(a, b);
}

static void same_date(ctes_date a, ctes_date b) {
    assert_true(a.year == b.year && a.month == b.month && a.day == b.day);
}

static void same_matiere(const ctes_matiere *a, const ctes_matiere *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_int_equal(a->level[i], b->level[i]);
}

static void same_fichiers(const ctes_fichiers *a, const ctes_fichiers *b) {
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        same_text(a->items[i].nom, b->items[i].nom);
        same_text(a->items[i].signature, b->items[i].signature);
    }
}

static void same_acte(const ctes_donnees_acte *a, const ctes_donnees_acte *b) {
    same_date(a->date, b->date);
    same_text(a->numero_interne, b->numero_interne);
    assert_int_equal(a->nature, b->nature);
    same_matiere(&a->matiere, &b->matiere);
    same_text(a->objet, b->objet);
    same_text(a->precedent, b->precedent);
    same_date(a->classification_date, b->classification_date);
    same_text(a->document.nom, b->document.nom);
    same_fichiers(&a->annexes, &b->annexes);
    assert_int_equal(a->annexes_nombre, b->annexes_nombre);
    same_text(a->document_papier, b->document_papier);
}

static void same_enveloppes(const ctes_message *a, const ctes_message *b) {
    const ctes_enveloppe_cl *x = &a->enveloppe_cl;
    const ctes_enveloppe_cl *y = &b->enveloppe_cl;
    same_text(x->siren, y->siren);
    same_text(x->departement, y->departement);
    same_text(x->arrondissement, y->arrondissement);
    same_text(x->nature, y->nature);
    same_text(x->referent.nom, y->referent.nom);
    same_text(x->referent.email, y->referent.email);
    assert_int_equal(x->adresse_count, y->adresse_count);
    for (size_t i = 0; i < x->adresse_count; i++)
        same_text(x->adresses[i], y->adresses[i]);
    same_fichiers(&x->formulaires, &y->formulaires);
    same_text(a->enveloppe_mi.emetteur, b->enveloppe_mi.emetteur);
    same_text(a->enveloppe_mi.destinataire, b->enveloppe_mi.destinataire);
    same_fichiers(&a->enveloppe_mi.formulaires, &b->enveloppe_mi.formulaires);
}

static void same_classification(const ctes_classification *a, const ctes_classification *b) {
    same_date(a->date, b->date);
    assert_int_equal(a->nature_count, b->nature_count);
    for (size_t i = 0; i < a->nature_count; i++) {
        assert_int_equal(a->natures[i].code, b->natures[i].code);
        same_text(a->natures[i].libelle, b->natures[i].libelle);
        same_text(a->natures[i].abrege, b->natures[i].abrege);
        assert_int_equal(a->natures[i].type_count, b->natures[i].type_count);
        same_text(a->natures[i].types[0].code, b->natures[i].types[0].code);
        same_text(a->natures[i].types[0].libelle, b->natures[i].types[0].libelle);
    }
    assert_int_equal(a->matiere_count, b->matiere_count);
    for (size_t i = 0; i < a->matiere_count; i++) {
        same_matiere(&a->matieres[i].code, &b->matieres[i].code);
        same_text(a->matieres[i].libelle, b->matieres[i].libelle);
    }
}

static void same_message(const ctes_message *a, const ctes_message *b) {
    assert_int_equal(a->kind, b->kind);
    same_text(a->id_acte, b->id_acte);
    same_date(a->reception, b->reception);
    if (a->kind != CTES_M_RETOUR_CLASSIFICATION && a->kind != CTES_M_CLASSIFICATION_SANS_CHANGEMENT)
        same_date(a->date, b->date);
    same_text(a->code, b->code);
    same_text(a->texte, b->texte);
    same_date(a->classification_en_cours, b->classification_en_cours);
    same_acte(&a->acte, &b->acte);
    same_fichiers(&a->fichiers, &b->fichiers);
    same_enveloppes(a, b);
    same_classification(&a->classification, &b->classification);
}

/* --- there and back --- */

static void write_out(const ctes_message *message, ctes_buffer *out) {
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = CTES_E_USAGE;
    if (message->kind == CTES_M_ACTE)
        status = ctes_xml_write_acte(&message->acte, out, &err);
    else if (message->kind == CTES_M_ENVELOPPE_CL)
        status = ctes_xml_write_enveloppe(&message->enveloppe_cl, out, &err);
    else if ((status = ctes_xml_write_courrier(message, out, &err)) == CTES_E_USAGE)
        status = ctes_xml_write_retour(message, out, &err);
    if (status != CTES_OK)
        fail_msg("%s: %s %s", ctes_message_root(message->kind), ctes_status_name(status),
                 err.detail);
}

static void every_document_comes_back_as_it_was_meant(void **state) {
    (void)state;
    ctes_schemas *schemas CTES_CLEANUP(ctes_schemas_freep) = support_schemas();
    for (ctes_message_kind kind = CTES_M_ACTE; kind <= CTES_M_ANOMALIE_ENVELOPPE; kind++) {
        ctes_message meant CTES_AUTO_MESSAGE = make(kind);
        ctes_message read CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
        CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
        ctes_error err = CTES_ERROR_INIT;
        char *invalid CTES_AUTO_FREE = NULL;
        write_out(&meant, &out);
        assert_int_equal(ctes_xml_read(schemas, out.data, out.length, &read, &invalid, &err),
                         CTES_OK);
        if (invalid != NULL)
            fail_msg("%s: %s", ctes_message_root(kind), invalid);
        if (meant.kind != CTES_M_ACTE && kind != CTES_M_AR_ACTE && kind != CTES_M_ANOMALIE_ACTE)
            meant.acte.annexes_nombre = read.acte.annexes_nombre;
        same_message(&meant, &read);
    }
}

/* xmllint's word on one file with the ministry's schema. */
static int ask_xmllint(char *schema, char *path) {
    char *const arguments[] = { (char[]){ "xmllint" },
                                (char[]){ "--noout" },
                                (char[]){ "--nonet" },
                                (char[]){ "--schema" },
                                schema,
                                path,
                                NULL };
    posix_spawn_file_actions_t quiet;
    pid_t child = 0;
    int result = -1;
    assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
    assert_int_equal(
        posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0), 0);
    int failed = posix_spawnp(&child, "xmllint", &quiet, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&quiet);
    if (failed != 0)
        return -1;
    assert_int_equal(waitpid(child, &result, 0), child);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

static void the_ministrys_schema_takes_every_document(void **state) {
    (void)state;
    static const char SCHEMA[] = "norm/schemas/actesv1_1.xsd";
    const char *shared = support_folder("CTES_SHARED_DIR");
    if (!support_exists(shared, SCHEMA)) {
        print_message("skipped: the ministry's schema is not at hand\n");
        skip();
    }
    char *schema CTES_AUTO_FREE = support_path(shared, SCHEMA);
    const char *folder = getenv("TMPDIR");
    char path[128];
    (void)snprintf(path, sizeof path, "%s/ctes-xml.XXXXXX", folder != NULL ? folder : "/tmp");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (ctes_message_kind kind = CTES_M_ACTE; kind <= CTES_M_ANOMALIE_ENVELOPPE; kind++) {
        ctes_message message CTES_AUTO_MESSAGE = make(kind);
        CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
        write_out(&message, &out);
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(pwrite(fd, out.data, out.length, 0), out.length);
        int verdict = ask_xmllint(schema, path);
        if (verdict < 0 || verdict == 127) {
            print_message("skipped: xmllint is not installed\n");
            (void)unlink(path);
            (void)close(fd);
            skip();
        }
        if (verdict != 0)
            fail_msg("%s: xmllint %d", ctes_message_root(kind), verdict);
    }
    (void)close(fd);
    assert_int_equal(unlink(path), 0);
}

static void letters_say_what_they_lack(void **state) {
    (void)state;
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
    ctes_error err = CTES_ERROR_INIT;
    ctes_message refusal CTES_AUTO_MESSAGE = make(CTES_M_REFUS_PIECE);
    add(&refusal.fichiers, "second.pdf"); /* only 3-4 takes several */
    assert_int_equal(ctes_xml_write_courrier(&refusal, &out, &err), CTES_E_XML_FIELD);
    assert_string_equal(err.detail, "Document");
    ctes_message pieces CTES_AUTO_MESSAGE = make(CTES_M_PIECE);
    ctes_fichiers_clear(&pieces.fichiers);
    assert_int_equal(ctes_xml_write_courrier(&pieces, &out, &err), CTES_E_XML_FIELD);
    assert_string_equal(err.detail, "Document");
    ctes_message annulation CTES_AUTO_MESSAGE = make(CTES_M_ANNULATION);
    annulation.id_acte[0] = '\0';
    assert_int_equal(ctes_xml_write_courrier(&annulation, &out, &err), CTES_E_XML_FIELD);
    assert_string_equal(err.detail, "IDActe");
    ctes_message ar CTES_AUTO_MESSAGE = make(CTES_M_AR_DEMANDE_PIECE);
    ar.date = (ctes_date){ 0 };
    assert_int_equal(ctes_xml_write_courrier(&ar, &out, &err), CTES_E_XML_FIELD);
    assert_string_equal(err.detail, "DateCourrierPref");
    ctes_message letter CTES_AUTO_MESSAGE = make(CTES_M_LETTRE_OBSERVATIONS);
    ctes_free_charp(&letter.texte);
    assert_int_equal(ctes_xml_write_retour(&letter, &out, &err), CTES_E_XML_FIELD);
    assert_string_equal(err.detail, "Motif");
    assert_int_equal(out.length, 0);
    ctes_message asked = { .kind = CTES_M_DEMANDE_CLASSIFICATION };
    assert_int_equal(ctes_xml_write_courrier(&asked, &out, &err), CTES_OK);
    assert_non_null(strstr(out.data, "<actes:DemandeClassification "));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_document_comes_back_as_it_was_meant),
        cmocka_unit_test(the_ministrys_schema_takes_every_document),
        cmocka_unit_test(letters_say_what_they_lack),
    };
    ctes_xml_init();
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    ctes_xml_cleanup();
    return failures;
}
