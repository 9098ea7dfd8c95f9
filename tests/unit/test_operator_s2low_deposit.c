/* Deposits: what leaves, and what is believed of the answer. */
#include <stdio.h>
#include <unistd.h>

#include "operator/s2low_form.h"
#include "unit/s2low_fixture.h"

#define PDF "%PDF-1.4 one"
#define PNG "\x89PNG two"
#define PEM "-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n"

typedef struct files {
    char folder[64];
    char pdf[128], png[128], archive[128];
} files;

static files FILES;

static void write_file(char out[128], const char *name, const char *content) {
    (void)snprintf(out, 128, "%s/%s", FILES.folder, name);
    FILE *file = fopen(out, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, strlen(content), file), strlen(content));
    assert_int_equal(fclose(file), 0);
}

static int make_files(void **state) {
    (void)state;
    const char *base = getenv("TMPDIR");
    (void)snprintf(FILES.folder, sizeof FILES.folder, "%s/s2lowXXXXXX",
                   base != NULL ? base : "/tmp");
    assert_non_null(mkdtemp(FILES.folder));
    write_file(FILES.pdf, "acte.pdf", PDF);
    write_file(FILES.png, "plan.png", PNG);
    write_file(FILES.archive, "x.tar.gz", "archive bytes");
    return 0;
}

static int remove_files(void **state) {
    (void)state;
    (void)unlink(FILES.pdf);
    (void)unlink(FILES.png);
    (void)unlink(FILES.archive);
    return rmdir(FILES.folder);
}

static char OBJET[] = "Délibération n° 1 : \"l'été\" & <budget>";

static ctes_acte acte(void) {
    ctes_acte made = CTES_ACTE_INIT;
    (void)strncpy(made.numero_interne, "D2024_01", sizeof made.numero_interne - 1);
    made.date = (ctes_date){ 2024, 1, 5 };
    made.nature = CTES_NATURE_DELIBERATION;
    made.matiere = (ctes_matiere){ 3, { 7, 10, 2, 0, 0 } };
    made.objet_transmis = OBJET;
    return made;
}

static ctes_depot_piece document(void) {
    return (ctes_depot_piece){ .path = FILES.pdf,
                               .nom = "99_DE-034-213400172-20240105-D2024_01-DE-1-1_1.pdf",
                               .type_pj = "99_DE",
                               .mime = "application/pdf" };
}

static ctes_depot_piece annexe(void) {
    return (ctes_depot_piece){ .path = FILES.png,
                               .nom = "99_AU-034-213400172-20240105-D2024_01-DE-1-1_2.png",
                               .type_pj = "99_AU",
                               .mime = "image/png" };
}

static ctes_status deposit(fixture *f, ctes_depot *depot, int64_t *ret) {
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->deposit(f->operator, depot, ret, &f->err);
}

static ctes_status deposit_champs(fixture *f, int64_t *ret) {
    ctes_acte made = acte();
    ctes_depot depot = { .mode = CTES_DEPOT_CHAMPS, .acte = &made, .document = document() };
    return deposit(f, &depot, ret);
}

static ctes_status deposit_archive(fixture *f, int64_t *ret) {
    ctes_acte made = acte();
    ctes_depot depot = { .mode = CTES_DEPOT_ARCHIVE,
                         .acte = &made,
                         .archive_path = FILES.archive,
                         .archive_nom = "SLO-EACT--213400172--20240108-3.tar.gz" };
    return deposit(f, &depot, ret);
}

static void assert_value(const fake_request *request, const char *name, const char *expected) {
    assert_int_equal(fake_part_count(request, name), 1);
    assert_string_equal(fake_part_value(request, name), expected);
}

/* --- field by field -------------------------------------------------------------------------- */

static void test_fields_of_an_act(void **state) {
    fixture *f = *state;
    int64_t transaction = 0;
    fake_reply_text(f->fake, NULL, 200, "OK\n1234\n\n");
    assert_int_equal(deposit_champs(f, &transaction), CTES_OK);
    assert_int_equal(transaction, 1234);
    const fake_request *request = fake_request_last(f->fake);
    assert_value(request, "nature_code", "1");
    assert_value(request, "classif1", "7");
    assert_value(request, "classif2", "10");
    assert_value(request, "classif3", "2");
    assert_int_equal(fake_part_count(request, "classif4"), 0);
    assert_value(request, "number", "D2024_01");
    assert_value(request, "decision_date", "2024-01-05");
    const fake_part *file = fake_part_at(request, "acte_pdf_file", 0);
    assert_string_equal(file->content, PDF);
    assert_string_equal(file->content_type, "application/pdf");
    assert_string_equal(request->login, "mairie");
    assert_int_equal(fake_part_count(request, "en_attente"), 0); /* T14 */
    assert_int_equal(fake_part_count(request, "document_papier"), 0);
}

/* § 2.2: one identifier a Formulaire, in their order; any other count leaves it open what is there.
 */
static void test_archive_of_several_acts(void **state) {
    fixture *f = *state;
    ctes_acte made = acte();
    ctes_depot depot = { .mode = CTES_DEPOT_ARCHIVE,
                         .acte = &made,
                         .archive_path = FILES.archive,
                         .archive_nom = "SLO-EACT--213400172--20240108-3.tar.gz",
                         .more = 2 };
    int64_t ids[3] = { 0 };
    fake_reply_text(f->fake, NULL, 200, "OK\n3\n7\n8\n9\n\n");
    assert_int_equal(deposit(f, &depot, ids), CTES_OK);
    assert_int_equal(ids[0], 7);
    assert_int_equal(ids[1], 8);
    assert_int_equal(ids[2], 9);
    static const char *const STRANGE[] = { "OK\n1\n7\n\n", "OK\n4\n7\n8\n9\n10\n\n",
                                           "OK\n3\n7\n8\n\n", "OK\n3\n7\n0\n9\n\n" };
    for (size_t i = 0; i < sizeof STRANGE / sizeof STRANGE[0]; i++) {
        fake_reply_text(f->fake, NULL, 200, STRANGE[i]);
        ctes_status status = deposit(f, &depot, ids);
        assert_int_equal(status, CTES_E_OPERATOR_REPLY);
        assert_true(ctes_status_maybe_received(status));
    }
}

static void test_t03_api_mode_is_asked_for_twice(void **state) {
    fixture *f = *state;
    int64_t transaction = 0;
    fake_reply_text(f->fake, "/modules/actes/actes_transac_create.php?api=1", 200, "OK\n1\n\n");
    assert_int_equal(deposit_champs(f, &transaction), CTES_OK);
    assert_value(fake_request_last(f->fake), "api", "1");
    fake_reply_text(f->fake, "/modules/actes/actes_transac_submit.php?api=1", 200, "OK\n1\n2\n\n");
    assert_int_equal(deposit_archive(f, &transaction), CTES_OK);
    assert_value(fake_request_last(f->fake), "api", "1");
}

static void test_t02_subject_goes_out_in_latin1(void **state) {
    fixture *f = *state;
    int64_t transaction = 0;
    fake_reply_text(f->fake, NULL, 200, "OK\n1\n\n");
    assert_int_equal(deposit_champs(f, &transaction), CTES_OK);
    assert_value(fake_request_last(f->fake), "subject",
                 "D\xe9lib\xe9ration n\xb0 1 : \"l'\xe9t\xe9\" & <budget>");
    assert_non_null(strstr(f->fields, "subject=Délibération n° 1 : \"l'été\" & <budget>\n"));
    assert_non_null(strstr(f->fields, "type_acte=99_DE\n"));
    assert_null(strstr(f->fields, "%PDF"));
}

static void test_t01_types_are_always_said(void **state) {
    fixture *f = *state;
    ctes_acte made = acte();
    ctes_depot_piece annexes[] = { annexe(), document() };
    annexes[1].type_pj = "22_DP";
    ctes_depot depot = { .mode = CTES_DEPOT_CHAMPS,
                         .acte = &made,
                         .document = document(),
                         .annexes = annexes,
                         .annexe_count = 2 };
    int64_t transaction = 0;
    fake_reply_text(f->fake, NULL, 200, "OK\n1\n\n");
    assert_int_equal(deposit(f, &depot, &transaction), CTES_OK);
    const fake_request *request = fake_request_last(f->fake);
    assert_value(request, "type_acte", "99_DE");
    assert_int_equal(fake_part_count(request, "type_pj[]"), 2);
    assert_string_equal(fake_part_at(request, "type_pj[]", 0)->content, "99_AU");
    assert_string_equal(fake_part_at(request, "type_pj[]", 1)->content, "22_DP");
    assert_string_equal(fake_part_at(request, "acte_attachments[]", 0)->content, PNG);
    assert_string_equal(fake_part_at(request, "acte_attachments[]", 0)->content_type, "image/png");
    assert_string_equal(fake_part_at(request, "acte_attachments[]", 1)->content, PDF);

    annexes[0].type_pj = "";
    assert_int_equal(deposit(f, &depot, &transaction), CTES_E_TYPE_PJ_INVALID);
    depot.document.type_pj = NULL;
    assert_int_equal(deposit(f, &depot, &transaction), CTES_E_TYPE_PJ_INVALID);
    assert_int_equal(fake_request_count(f->fake), 1); /* neither left */
}

static void test_t15_no_empty_parts(void **state) {
    fixture *f = *state;
    int64_t transaction = 0;
    fake_reply_text(f->fake, NULL, 200, "OK\n1\n\n");
    assert_int_equal(deposit_champs(f, &transaction), CTES_OK);
    const fake_request *request = fake_request_last(f->fake);
    for (size_t i = 0; i < request->part_count; i++) {
        assert_true(request->parts[i].length > 0);
        assert_null(strstr(request->parts[i].name, "attachments"));
        assert_null(strstr(request->parts[i].name, "_sign"));
    }
}

static void test_signatures_are_matched_by_index(void **state) {
    fixture *f = *state;
    ctes_acte made = acte();
    made.document_papier = true;
    ctes_depot_piece annexes[] = { annexe(), annexe(), annexe() };
    annexes[2].signature = PEM "2";
    annexes[2].signature_length = strlen(PEM "2");
    ctes_depot depot = { .mode = CTES_DEPOT_CHAMPS,
                         .acte = &made,
                         .document = document(),
                         .annexes = annexes,
                         .annexe_count = 3 };
    depot.document.signature = PEM;
    depot.document.signature_length = strlen(PEM);
    int64_t transaction = 0;
    fake_reply_text(f->fake, NULL, 200, "OK\n1\n\n");
    assert_int_equal(deposit(f, &depot, &transaction), CTES_OK);
    const fake_request *request = fake_request_last(f->fake);
    assert_value(request, "document_papier", "1");
    assert_value(request, "acte_pdf_file_sign", PEM);
    assert_non_null(fake_part_at(request, "acte_pdf_file_sign", 0)->file_name);
    assert_value(request, "acte_attachments_sign[2]", PEM "2");
    assert_int_equal(fake_part_count(request, "acte_attachments_sign[0]"), 0);
    assert_null(strstr(f->fields, "PKCS7"));
}

/* The server would store another signature than ours. */
static void test_signatures_that_would_be_altered_stay_here(void **state) {
    fixture *f = *state;
    ctes_acte made = acte();
    ctes_depot depot = { .mode = CTES_DEPOT_CHAMPS, .acte = &made, .document = document() };
    static const char *const BAD[] = { "<Signature xmlns=\"x\"/>", "0\x82\x01", PEM "\"", "-" };
    int64_t transaction = 0;
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        depot.document.signature = BAD[i];
        depot.document.signature_length = strlen(BAD[i]);
        assert_int_equal(deposit(f, &depot, &transaction), CTES_E_SIGNATURE_INVALID);
    }
    assert_int_equal(fake_request_count(f->fake), 0);
}

static void assert_posted(const char *name, const char *mime, const char *expected) {
    char *posted = NULL;
    assert_int_equal(ctes_s2low_posted_name(name, mime, &posted, NULL), CTES_OK);
    assert_string_equal(posted, expected);
    free(posted);
}

static void test_t16_posted_names_are_harmless(void **state) {
    (void)state;
    assert_posted("99_DE-034-x_1.pdf", "application/pdf", "99_DE_034_x_1.pdf");
    assert_posted("délibération.PDF", "application/pdf", "d_lib_ration.pdf");
    assert_posted("a'; DROP--\"\r\n/../b", "application/pdf", "a__ DROP______.._b.pdf");
    assert_posted("plan.jpeg", "image/jpeg", "plan.jpeg");
    assert_posted("plan", "image/jpeg", "plan.jpg");
    assert_posted("budget.xml", "text/xml", "budget.xml");
    assert_posted(".pdf", "application/pdf", ".pdf.pdf");
    assert_posted("sans type.bin", NULL, "sans type.bin");
    char name[400];
    memset(name, 'x', sizeof name);
    memcpy(name + sizeof name - 5, ".pdf", 5);
    char *posted = NULL;
    assert_int_equal(ctes_s2low_posted_name(name, "application/pdf", &posted, NULL), CTES_OK);
    assert_int_equal(strlen(posted), 204);
    assert_string_equal(posted + 200, ".pdf");
    free(posted);
}

static void test_t16_on_the_wire(void **state) {
    fixture *f = *state;
    int64_t transaction = 0;
    fake_reply_text(f->fake, NULL, 200, "OK\n1\n\n");
    assert_int_equal(deposit_champs(f, &transaction), CTES_OK);
    assert_string_equal(fake_part_at(fake_request_last(f->fake), "acte_pdf_file", 0)->file_name,
                        "99_DE_034_213400172_20240105_D2024_01_DE_1_1_1.pdf");
}

/* PHP forgets the files past its limit; the server would then miss annexes. */
static void test_too_many_files(void **state) {
    fixture *f = *state;
    ctes_acte made = acte();
    ctes_depot_piece annexes[120];
    for (size_t i = 0; i < 120; i++) {
        annexes[i] = annexe();
        annexes[i].signature = PEM;
        annexes[i].signature_length = strlen(PEM);
    }
    ctes_depot depot = { .mode = CTES_DEPOT_CHAMPS,
                         .acte = &made,
                         .document = document(),
                         .annexes = annexes,
                         .annexe_count = 120 };
    int64_t transaction = 0;
    assert_int_equal(deposit(f, &depot, &transaction), CTES_E_TOO_MANY_FILES);
    assert_int_equal(fake_request_count(f->fake), 0);
}

static void test_subject_that_was_not_transliterated(void **state) {
    fixture *f = *state;
    ctes_acte made = acte();
    char objet[] = "Cœur de ville";
    made.objet_transmis = objet;
    ctes_depot depot = { .mode = CTES_DEPOT_CHAMPS, .acte = &made, .document = document() };
    int64_t transaction = 0;
    assert_int_equal(deposit(f, &depot, &transaction), CTES_E_CHARSET);
    assert_int_equal(fake_request_count(f->fake), 0);
}

/* --- archive --------------------------------------------------------------------------------- */

/* Line 2 counts the transactions, line 3 is the identifier. */
static void test_archive(void **state) {
    fixture *f = *state;
    int64_t transaction = 0;
    fake_reply_text(f->fake, NULL, 200, "OK\n1\n4321\n\n");
    assert_int_equal(deposit_archive(f, &transaction), CTES_OK);
    assert_int_equal(transaction, 4321);
    const fake_part *file = fake_part_at(fake_request_last(f->fake), "enveloppe", 0);
    assert_string_equal(file->file_name, "SLO-EACT--213400172--20240108-3.tar.gz");
    assert_string_equal(file->content, "archive bytes");
}

static void test_archive_with_other_counts(void **state) {
    fixture *f = *state;
    static const char *const BODIES[] = { "OK\n0\n\n", "OK\n2\n7\n8\n\n", "OK\n1\n\n", "OK\n1\n12",
                                          "OK\n1234\n\n" };
    int64_t transaction = 0;
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++) {
        fake_reply_text(f->fake, NULL, 200, BODIES[i]);
        assert_int_equal(deposit_archive(f, &transaction), CTES_E_OPERATOR_REPLY);
    }
    assert_int_equal(transaction, 0);
}

static void test_archive_name_is_never_changed(void **state) {
    fixture *f = *state;
    ctes_acte made = acte();
    ctes_depot depot = { .mode = CTES_DEPOT_ARCHIVE,
                         .acte = &made,
                         .archive_path = FILES.archive,
                         .archive_nom = "SLO/../x.tar.gz" };
    int64_t transaction = 0;
    assert_int_equal(deposit(f, &depot, &transaction), CTES_E_NOM_FICHIER);
    depot.archive_nom = "";
    assert_int_equal(deposit(f, &depot, &transaction), CTES_E_NOM_FICHIER);
    assert_int_equal(fake_request_count(f->fake), 0);
}

static void test_archives_are_not_taken_any_more(void **state) {
    fixture *f = *state;
    static const struct {
        long status;
        const char *body;
    } CASES[] = {
        { 404, "<html>Not Found</html>" },
        { 405, "" },
        { 410, "" },
        { 200, "KO\nCette fonctionnalit\xe9 est d\xe9pr\xe9"
               "ci\xe9. Utilisez "
               "actes_transac_create.php\n" },
    };
    int64_t transaction = 0;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_text(f->fake, NULL, CASES[i].status, CASES[i].body);
        assert_int_equal(deposit_archive(f, &transaction), CTES_E_OPERATOR_UNSUPPORTED);
        assert_false(ctes_status_maybe_received(f->err.code));
    }
}

/* --- was it received? ------------------------------------------------------------------------ */

typedef struct outcome_case {
    long status;
    const char *body;
    const char *location;
    ctes_status expected;
    bool maybe_received;
} outcome_case;

static const outcome_case OUTCOMES[] = {
    /* no: the script's own word, or decided before any script */
    { 200, "KO\nLe num\xe9ro n&#039;est pas correct\n", NULL, CTES_E_OPERATOR_REFUSED, false },
    { 200, "KO\n", NULL, CTES_E_OPERATOR_REFUSED, false },
    { 200,
      "KO\nErreur lors de l&#039;enregistrement de la transaction :\nUne transaction avec le "
      "m\xeame num\xe9ro existe d\xe9j\xe0 dans la base.\n",
      NULL, CTES_E_OPERATOR_HOLDS, false },
    { 200,
      "KO\nUn acte portant le m\xeame num\xe9ro interne existe d\xe9j\xe0 dans la base de "
      "donn\xe9"
      "es.\nIl faut peut-\xeatre ajouter un suffixe au num\xe9ro.\n",
      NULL, CTES_E_OPERATOR_HOLDS, false },
    { 200,
      "KO\nErreur d&#039;importation transaction : Un num\xe9ro interne d&#039;acte entre en "
      "conflit avec un acte existant dans la base de donn\xe9"
      "es.\n",
      NULL, CTES_E_OPERATOR_HOLDS, false },
    { 200, "KO\nLa taille totale des fichiers est trop importante (max : 157286400)\n", NULL,
      CTES_E_OPERATOR_TOO_LARGE, false },
    { 413, "<html>Request Entity Too Large</html>", NULL, CTES_E_OPERATOR_TOO_LARGE, false },
    { 200, "KO\nAcc\xe8s refus\xe9\n", NULL, CTES_E_OPERATOR_RIGHTS, false },
    { 200, "KO\nLa connexion n&#039;a pas pu ?tre ?tablie\n", NULL, CTES_E_OPERATOR_ACCESS, false },
    { 200,
      "KO\nLa t\xe9l\xe9transmission n\xe9"
      "cessite un certificat RGS&lt;br/&gt;Erreur : x\n",
      NULL, CTES_E_OPERATOR_ACCESS, false },
    { 302, "", "https://s2low.test/login.php", CTES_E_OPERATOR_ACCESS, false },
    { 302, "", "/connexion-status?x=/modules", CTES_E_OPERATOR_ACCESS, false },
    { 403, "", NULL, CTES_E_OPERATOR_ACCESS, false },
    /* perhaps: nobody's word, or a word cut short */
    { 302, "", "https://s2low.test/modules/actes/index.php?next=/login.php", CTES_E_OPERATOR_REPLY,
      true },
    { 302, "", NULL, CTES_E_OPERATOR_REPLY, true },
    { 200, "", NULL, CTES_E_OPERATOR_REPLY, true },
    { 200, "<!DOCTYPE html><html>Connexion</html>", NULL, CTES_E_OPERATOR_REPLY, true },
    { 200, "OK", NULL, CTES_E_OPERATOR_REPLY, true },
    { 200, "OK\n", NULL, CTES_E_OPERATOR_REPLY, true },
    { 200, "OK\n12", NULL, CTES_E_OPERATOR_REPLY, true },
    { 200, "OK\n0\n\n", NULL, CTES_E_OPERATOR_REPLY, true },
    { 200, "OK\nabc\n\n", NULL, CTES_E_OPERATOR_REPLY, true },
    { 200, "<b>Warning</b>: x\nOK\n12\n\n", NULL, CTES_E_OPERATOR_REPLY, true },
    { 201, "OK\n12\n\n", NULL, CTES_E_OPERATOR_REPLY, true },
    { 400, "", NULL, CTES_E_OPERATOR_REPLY, true },
    { 408, "", NULL, CTES_E_OPERATOR_UNAVAILABLE, true },
    { 429, "", NULL, CTES_E_OPERATOR_BUSY, false },
    { 500, "OK\n12\n\n", NULL, CTES_E_OPERATOR_UNAVAILABLE, true },
    { 502, "", NULL, CTES_E_OPERATOR_UNAVAILABLE, true },
    { 503, "KO\n", NULL, CTES_E_OPERATOR_UNAVAILABLE, true },
    { 504, "", NULL, CTES_E_OPERATOR_UNAVAILABLE, true },
};

static void test_was_it_received(void **state) {
    fixture *f = *state;
    int64_t transaction = 0;
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof OUTCOMES[0]; i++) {
        const outcome_case *what = &OUTCOMES[i];
        const fake_reply reply = { .status = what->status,
                                   .body = what->body,
                                   .length = strlen(what->body),
                                   .location = what->location,
                                   .repeat = true };
        fake_transport_reply(f->fake, &reply);
        for (int mode = 0; mode < 2; mode++) {
            ctes_status status =
                mode == 0 ? deposit_champs(f, &transaction) : deposit_archive(f, &transaction);
            if (status != what->expected)
                fail_msg("HTTP %ld \"%s\": %s", what->status, what->body, ctes_status_name(status));
            assert_int_equal(f->err.code, status);
            assert_int_equal(ctes_status_maybe_received(status), what->maybe_received);
        }
        fake_transport_forget(f->fake);
    }
    assert_int_equal(transaction, 0);
}

static void test_transport_failures_of_a_deposit(void **state) {
    fixture *f = *state;
    static const struct {
        ctes_status failure, expected;
    } CASES[] = {
        { CTES_E_NET_RESOLVE, CTES_E_NET_RESOLVE },
        { CTES_E_NET_CONNECT, CTES_E_NET_CONNECT },
        { CTES_E_TLS_SERVER, CTES_E_TLS_SERVER },
        { CTES_E_TLS_CLIENT, CTES_E_TLS_CLIENT },
        { CTES_E_TLS_HANDSHAKE, CTES_E_TLS_HANDSHAKE },
        { CTES_E_DOCUMENT_UNREADABLE, CTES_E_DOCUMENT_UNREADABLE },
        { CTES_E_INTERRUPTED, CTES_E_INTERRUPTED },
        { CTES_E_NET_BROKEN, CTES_E_NET_BROKEN },
        { CTES_E_NET_TIMEOUT, CTES_E_NET_TIMEOUT },
        { CTES_E_NET_REPLY_TOO_LARGE, CTES_E_NET_REPLY_TOO_LARGE },
        /* of this machine, but the act may have gone */
        { CTES_E_MEMORY, CTES_E_NET_BROKEN },
        { CTES_E_INTERNAL, CTES_E_NET_BROKEN },
    };
    int64_t transaction = 0;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_failure(f->fake, NULL, CASES[i].failure);
        assert_int_equal(deposit_champs(f, &transaction), CASES[i].expected);
        assert_int_equal(f->err.code, CASES[i].expected);
        assert_int_equal(f->outcome, CASES[i].failure);
    }
    assert_int_equal(transaction, 0);
}

static void test_refusals_in_the_operators_words(void **state) {
    fixture *f = *state;
    int64_t transaction = 0;
    fake_reply_text(f->fake, NULL, 200, "KO\nLe num\xe9ro n&#039;est pas correct\n");
    assert_int_equal(deposit_champs(f, &transaction), CTES_E_OPERATOR_REFUSED);
    assert_string_equal(f->err.detail, "Le numéro n'est pas correct");
    const fake_reply busy = { .status = 503, .retry_after = 30 };
    fake_transport_reply(f->fake, &busy);
    assert_int_equal(deposit_champs(f, &transaction), CTES_E_OPERATOR_BUSY);
    assert_detail(f, "30");
}

/* A page as long as the transport allows does not upset the judgement. */
static void test_very_long_page(void **state) {
    fixture *f = *state;
    size_t length = CTES_NET_REPLY_MAX;
    char *page = malloc(length);
    assert_non_null(page);
    memset(page, '\xe9', length);
    reply_bytes(f, NULL, page, length);
    int64_t transaction = 0;
    assert_int_equal(deposit_champs(f, &transaction), CTES_E_OPERATOR_REPLY);
    assert_int_equal(f->reply_length, length);
    free(page);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_fields_of_an_act),
        WITH(test_archive_of_several_acts),
        WITH(test_t03_api_mode_is_asked_for_twice),
        WITH(test_t02_subject_goes_out_in_latin1),
        WITH(test_t01_types_are_always_said),
        WITH(test_t15_no_empty_parts),
        WITH(test_signatures_are_matched_by_index),
        WITH(test_signatures_that_would_be_altered_stay_here),
        cmocka_unit_test(test_t16_posted_names_are_harmless),
        WITH(test_t16_on_the_wire),
        WITH(test_too_many_files),
        WITH(test_subject_that_was_not_transliterated),
        WITH(test_archive),
        WITH(test_archive_with_other_counts),
        WITH(test_archive_name_is_never_changed),
        WITH(test_archives_are_not_taken_any_more),
        WITH(test_was_it_received),
        WITH(test_transport_failures_of_a_deposit),
        WITH(test_refusals_in_the_operators_words),
        WITH(test_very_long_page),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
