/* Answers to letters, cancellations, the classification: what leaves, what is believed. */
#include <stdio.h>
#include <unistd.h>

#include "fake/scratch.h"
#include "unit/s2low_fixture.h"

#define PEM "-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n"

static char *FOLDER;
static char *PDF, *PNG, *LARGE;

static int make_files(void **state) {
    (void)state;
    FOLDER = scratch_make();
    PDF = scratch_path(FOLDER, "réponse.pdf");
    PNG = scratch_path(FOLDER, "plan.png");
    LARGE = scratch_path(FOLDER, "large.pdf");
    scratch_write(PDF, "%PDF-1.4", 8);
    scratch_write(PNG, "\x89PNG", 4);
    scratch_write(LARGE, "", 0);
    return truncate(LARGE, (150 << 20) - 7); /* with the others just too much */
}

static int remove_files(void **state) {
    (void)state;
    free(PDF);
    free(PNG);
    free(LARGE);
    scratch_remove(FOLDER);
    return 0;
}

static ctes_depot_piece pdf(void) {
    return (ctes_depot_piece){ .path = PDF,
                               .nom = "99_AU-034-213400172-20240105-D2024_01-DE-3-4_1.pdf",
                               .type_pj = "99_AU",
                               .mime = "application/pdf" };
}

static ctes_depot_piece png(void) {
    return (ctes_depot_piece){
        .path = PNG, .nom = "plan été.png", .type_pj = "22_DP", .mime = "image/png"
    };
}

static ctes_status answer(fixture *f, unsigned transaction, bool refuses,
                          const ctes_depot_piece *pieces, size_t count, int64_t *ret) {
    const ctes_reponse reponse = { .letter = 12,
                                   .transaction = transaction,
                                   .refuses = refuses,
                                   .pieces = pieces,
                                   .piece_count = count };
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->answer(f->operator, & reponse, ret, &f->err);
}

static ctes_status simple_answer(fixture *f, int64_t *ret) {
    const ctes_depot_piece piece = pdf();
    return answer(f, 4, false, &piece, 1, ret);
}

static ctes_status cancel(fixture *f, int64_t *ret) {
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->cancel(f->operator, 4, ret, &f->err);
}

static ctes_status ask_tree(fixture *f, int64_t *ret) {
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->classification_ask(f->operator, ret, &f->err);
}

static void assert_value(const fake_request *request, const char *name, const char *expected) {
    assert_int_equal(fake_part_count(request, name), 1);
    assert_string_equal(fake_part_value(request, name), expected);
}

/* --- answers --------------------------------------------------------------------------------- */

static void test_documents_that_were_asked_for(void **state) {
    fixture *f = *state;
    int64_t made = 0;
    ctes_depot_piece pieces[] = { pdf(), png() };
    pieces[0].signature = PEM;
    pieces[0].signature_length = strlen(PEM);
    pieces[1].signature = PEM;
    pieces[1].signature_length = strlen(PEM);
    fake_reply_text(f->fake, NULL, 200, "OK\n77\n\n");
    assert_int_equal(answer(f, 3, false, pieces, 2, &made), CTES_OK);
    assert_int_equal(made, 77);
    const fake_request *request = fake_request_last(f->fake);
    assert_value(request, "id", "12");
    assert_value(request, "type_envoie", "4");
    assert_value(request, "type_acte", "99_AU");
    assert_value(request, "acte_pdf_file", "%PDF-1.4");
    assert_value(request, "acte_pdf_file_sign", PEM);
    assert_value(request, "type_pj[]", "22_DP");
    assert_value(request, "acte_attachments_sign[0]", PEM);
    const fake_part *annexe = fake_part_at(request, "acte_attachments[]", 0);
    assert_memory_equal(annexe->content, "\x89PNG", 4);
    assert_string_equal(annexe->file_name, "plan _t_.png"); /* T16 */
    assert_non_null(strstr(f->fields, "type_envoie=4\n"));
}

/* T3 and § 4: in the URL `api` would give another form of reply. */
static void test_t03_api_mode_is_asked_for_in_the_body_alone(void **state) {
    fixture *f = *state;
    int64_t made = 0;
    fake_reply_text(f->fake, NULL, 200, "OK\n1\n\n");
    assert_int_equal(simple_answer(f, &made), CTES_OK);
    const fake_request *request = fake_request_last(f->fake);
    assert_string_equal(request->url, "https://s2low.test:8443/modules/actes/"
                                      "actes_transac_reponse_create.php");
    assert_value(request, "api", "1");
    /* the form that answers to `api` in the URL is not ours */
    fake_reply_text(f->fake, NULL, 200, "OK : id g\xc3\xa9n\xc3\xa9r\xc3\xa9 : 78\n");
    assert_int_equal(simple_answer(f, &made), CTES_E_OPERATOR_REPLY);
    assert_int_equal(made, 1);
}

static void test_kinds_of_answers(void **state) {
    fixture *f = *state;
    static const struct {
        unsigned transaction;
        bool refuses;
        const char *envoie;
    } CASES[] = {
        { 2, false, NULL }, { 3, false, "4" }, { 3, true, "3" }, { 4, false, "4" }, { 4, true, "3" }
    };
    const ctes_depot_piece piece = pdf();
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t made = 0;
        fake_reply_text(f->fake, NULL, 200, "OK\n77\n\n");
        assert_int_equal(answer(f, CASES[i].transaction, CASES[i].refuses, &piece, 1, &made),
                         CTES_OK);
        const char *sent = fake_part_value(fake_request_last(f->fake), "type_envoie");
        if (CASES[i].envoie == NULL)
            assert_null(sent);
        else
            assert_string_equal(sent, CASES[i].envoie);
    }
}

static void test_what_would_be_lost_does_not_leave(void **state) {
    fixture *f = *state;
    int64_t made = 0;
    ctes_depot_piece pieces[] = { pdf(), png() };
    assert_int_equal(answer(f, 3, true, pieces, 2, &made), CTES_E_TOO_MANY_FILES);
    assert_int_equal(answer(f, 4, false, pieces, 2, &made), CTES_E_TOO_MANY_FILES);
    assert_int_equal(answer(f, 2, false, pieces, 2, &made), CTES_E_TOO_MANY_FILES);
    assert_int_equal(answer(f, 2, false, pieces, 0, &made), CTES_E_DOCUMENT_MISSING);
    pieces[1].type_pj = NULL; /* T1 */
    assert_int_equal(answer(f, 3, false, pieces, 2, &made), CTES_E_TYPE_PJ_INVALID);
    pieces[1] = png();
    pieces[1].signature = "0\x82 DER";
    pieces[1].signature_length = 6;
    assert_int_equal(answer(f, 3, false, pieces, 2, &made), CTES_E_SIGNATURE_INVALID);
    pieces[1] = png();
    pieces[1].path = "/nowhere/plan.png";
    assert_int_equal(answer(f, 3, false, pieces, 2, &made), CTES_E_DOCUMENT_UNREADABLE);
    pieces[1].path = LARGE; /* T3: PHP would forget all fields */
    assert_int_equal(answer(f, 3, false, pieces, 2, &made), CTES_E_TOO_LARGE);
    assert_int_equal(fake_request_count(f->fake), 0);
}

/* --- what is believed, of all three ---------------------------------------------------------- */

typedef ctes_status (*call_fn)(fixture *f, int64_t *ret);
static const call_fn CALLS[] = { simple_answer, cancel, ask_tree };
static const size_t CALL_COUNT = sizeof CALLS / sizeof CALLS[0];

static void test_what_came_back(void **state) {
    fixture *f = *state;
    static const struct {
        long status;
        const char *body;
        ctes_status expected;
    } CASES[] = {
        { 200, "OK\n78\n\n", CTES_OK },
        { 200, "OK\n78", CTES_E_OPERATOR_REPLY }, /* cut: of which identifier? */
        { 200, "OK\n\n", CTES_E_OPERATOR_REPLY },
        { 200, "", CTES_E_OPERATOR_REPLY },
        { 200, "<html>", CTES_E_OPERATOR_REPLY },
        { 200, "KO\nTransaction inconnue\n", CTES_E_OPERATOR_REFUSED },
        { 200, "KO\nErreur d&#039;initialisation de la transaction.\n", CTES_E_OPERATOR_REFUSED },
        { 200, "KO\nAcc\xe8s refus\xe9\n", CTES_E_OPERATOR_RIGHTS },
        { 200, "KO\nLa connexion n&#039;a pas pu ?tre ?tablie\n", CTES_E_OPERATOR_ACCESS },
        { 404, "", CTES_E_OPERATOR_UNSUPPORTED },
        { 413, "", CTES_E_OPERATOR_TOO_LARGE },
        { 429, "", CTES_E_OPERATOR_BUSY },
        { 500, "", CTES_E_OPERATOR_UNAVAILABLE },
        { 502, "", CTES_E_OPERATOR_UNAVAILABLE },
    };
    for (size_t i = 0; i < (sizeof CASES / sizeof CASES[0]) * CALL_COUNT; i++) {
        int64_t made = 0;
        size_t which = i / CALL_COUNT;
        fake_reply_text(f->fake, NULL, CASES[which].status, CASES[which].body);
        ctes_status status = CALLS[i % CALL_COUNT](f, &made);
        assert_string_equal(ctes_status_name(status), ctes_status_name(CASES[which].expected));
        assert_int_equal(made, status == CTES_OK ? 78 : 0);
    }
}

static void test_t03_redirect_elsewhere_leaves_it_open(void **state) {
    fixture *f = *state;
    for (size_t i = 0; i < CALL_COUNT; i++) {
        int64_t made = 0;
        reply_redirect(f, NULL, "https://s2low.test:8443/modules/actes/index.php");
        ctes_status status = CALLS[i](f, &made);
        assert_int_equal(status, CTES_E_OPERATOR_REPLY);
        assert_true(ctes_status_maybe_received(status));
    }
}

static void test_lost_reply_leaves_it_open(void **state) {
    fixture *f = *state;
    static const ctes_status CODES[] = { CTES_E_NET_BROKEN, CTES_E_NET_TIMEOUT, CTES_E_MEMORY };
    for (size_t i = 0; i < 3 * CALL_COUNT; i++) {
        int64_t made = 0;
        fake_reply_failure(f->fake, NULL, CODES[i % 3]);
        assert_true(ctes_status_maybe_received(CALLS[i / 3](f, &made)));
        fake_reply_failure(f->fake, NULL, CTES_E_NET_CONNECT);
        assert_int_equal(CALLS[i / 3](f, &made), CTES_E_NET_CONNECT);
    }
}

/* --- cancellation ---------------------------------------------------------------------------- */

static void test_cancellation(void **state) {
    fixture *f = *state;
    int64_t made = 0;
    fake_reply_text(f->fake, "/modules/actes/actes_transac_cancel.php?api=1", 200, "OK\n90\n\n");
    assert_int_equal(cancel(f, &made), CTES_OK);
    assert_int_equal(made, 90);
    const fake_request *request = fake_request_last(f->fake);
    assert_value(request, "api", "1");
    assert_value(request, "id", "4");
    static const char *const PENDING[] = {
        "KO\nUne demande d&#039;annulation est d\xe9j\xe0 en cours pour cette transaction.\n",
        "KO\nUne demande d&#039;annulation est d?j? en cours pour cette transaction.\n"
    };
    for (size_t i = 0; i < 2; i++) {
        fake_reply_text(f->fake, NULL, 200, PENDING[i]);
        assert_int_equal(cancel(f, &made), CTES_E_OPERATOR_HOLDS);
    }
    fake_reply_text(f->fake, NULL, 200,
                    "KO\nImpossible d&#039;annuler une transaction qui n&#039;est pas en "
                    "\xe9tat Acquittement re\xe7u .\n");
    assert_int_equal(cancel(f, &made), CTES_E_OPERATOR_REFUSED);
    assert_detail(f, "Impossible d'annuler");
}

/* --- classification -------------------------------------------------------------------------- */

static ctes_status classification(fixture *f, ctes_buffer *ret) {
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->classification(f->operator, ret, &f->err);
}

static void test_classification_as_received(void **state) {
    fixture *f = *state;
    static const char XML[] = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<a>\xe9</a>\r\n";
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(1 << 20);
    fake_reply_text(f->fake, "/modules/actes/actes_classification_fetch.php?api=1", 200, XML);
    assert_int_equal(classification(f, &bytes), CTES_OK);
    assert_string_equal(bytes.data, XML);
    static const struct {
        const char *body;
        ctes_status expected;
    } CASES[] = {
        { "KO\nErreur de r\xe9"
          "cup\xe9ration de la derni\xe8re classification.\n",
          CTES_E_NOT_YET },
        { "KO\nErreur lors de l&#039;envoi de la classification.\n", CTES_E_OPERATOR_REPLY },
        { "KO\nAcc\xe8s refus\xe9\n", CTES_E_OPERATOR_RIGHTS },
        { "<!DOCTYPE html><html>", CTES_E_OPERATOR_REPLY },
        { "", CTES_E_OPERATOR_REPLY },
        { "OK\n", CTES_E_OPERATOR_REPLY },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_text(f->fake, NULL, 200, CASES[i].body);
        assert_int_equal(classification(f, &bytes), CASES[i].expected);
    }
    assert_string_equal(bytes.data, XML); /* a failure changes nothing */
}

static void test_classification_is_asked_for_once_a_day(void **state) {
    fixture *f = *state;
    int64_t made = 0;
    fake_reply_text(f->fake, "/modules/actes/actes_classification_request.php?api=1", 200,
                    "OK\n91\n\n");
    assert_int_equal(ask_tree(f, &made), CTES_OK);
    assert_int_equal(made, 91);
    assert_value(fake_request_last(f->fake), "api", "1");
    fake_reply_text(f->fake, NULL, 200,
                    "KO\nLa derni\xe8re demande de classification date de moins d&#039;un jour.\n");
    assert_int_equal(ask_tree(f, &made), CTES_E_NOT_NOW);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_documents_that_were_asked_for),
        WITH(test_t03_api_mode_is_asked_for_in_the_body_alone),
        WITH(test_kinds_of_answers),
        WITH(test_what_would_be_lost_does_not_leave),
        WITH(test_what_came_back),
        WITH(test_t03_redirect_elsewhere_leaves_it_open),
        WITH(test_lost_reply_leaves_it_open),
        WITH(test_cancellation),
        WITH(test_classification_as_received),
        WITH(test_classification_is_asked_for_once_a_day),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
