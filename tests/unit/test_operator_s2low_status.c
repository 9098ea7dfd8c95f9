/* States, the clear no, acknowledgements. */
#include "unit/s2low_fixture.h"

#define NO_SUCH   "KO\nNum\xc3\xa9ro de transaction invalide."
#define REFUSED   "KO\nAcc\xc3\xa8s refus\xc3\xa9"
#define UNIQUE_ID "034-213400172-20240105-D2024_01-DE-1-1"

static ctes_status ask(fixture *f, const char *body, ctes_operator_status *ret) {
    fake_reply_text(f->fake, "transaction=1234&api=1", 200, body);
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->status(f->operator, 1234, ret, &f->err);
}

static ctes_status find(fixture *f, ctes_operator_status *ret) {
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->find(f->operator, UNIQUE_ID, ret, &f->err);
}

static void test_states(void **state) {
    fixture *f = *state;
    static const struct {
        const char *body;
        int native;
        ctes_operator_state expected;
    } CASES[] = {
        { "OK\n0\n", 0, CTES_OP_CANCELLED },
        { "OK\n1\n", 1, CTES_OP_POSTED },
        { "OK\n2\r\n", 2, CTES_OP_WAITING },
        { "OK\n3\n", 3, CTES_OP_TRANSMITTED },
        { "OK\n4\n", 4, CTES_OP_ACKNOWLEDGED },
        { "OK\n5\n", 5, CTES_OP_ACKNOWLEDGED_AND_MORE },
        { "OK\n13\n", 13, CTES_OP_ACKNOWLEDGED_AND_MORE },
        { "OK\n22\n", 22, CTES_OP_ACKNOWLEDGED_AND_MORE },
        { "OK\n18\n", 18, CTES_OP_TO_SIGN },
        { "OK\n7\n", 7, CTES_OP_UNKNOWN },
        { "OK\n77\n", 77, CTES_OP_UNKNOWN },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
        assert_int_equal(ask(f, CASES[i].body, &status), CTES_OK);
        assert_int_equal(status.native, CASES[i].native);
        assert_int_equal(status.state, CASES[i].expected);
        assert_int_equal(status.flow.length, 0);
        assert_null(status.message);
    }
}

static void test_t14_parked_act_is_seen(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    assert_int_equal(ask(f, "OK\n17\n", &status), CTES_OK);
    assert_int_equal(status.state, CTES_OP_PARKED);
}

static void test_t08_acknowledgement_comes_with_state_4(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    const char flow[] = "<?xml version='1.0' encoding='ISO-8859-1'?>\n<a x='\xe9'/>";
    assert_int_equal(
        ask(f, "OK\n4\n<?xml version='1.0' encoding='ISO-8859-1'?>\n<a x='\xe9'/>", &status),
        CTES_OK);
    assert_int_equal(status.flow.length, strlen(flow));
    assert_memory_equal(status.flow.data, flow, strlen(flow)); /* byte for byte */
    assert_null(status.message);
}

/* The XML and the words are not parted here: only their bytes are kept. */
static void test_t09_anomaly_and_words_stay_together(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    const char flow[] = "<?xml version='1.0'?><A/>Anomalie signal\xe9"
                        "e par le MI : 003 - <x>";
    assert_int_equal(ask(f,
                         "OK\n-1\n<?xml version='1.0'?><A/>Anomalie signal\xe9"
                         "e par le MI : 003 - <x>",
                         &status),
                     CTES_OK);
    assert_int_equal(status.state, CTES_OP_ERROR);
    assert_int_equal(status.flow.length, strlen(flow));
    assert_memory_equal(status.flow.data, flow, strlen(flow));
    assert_null(status.message);
}

static void test_t09_words_alone_are_the_message(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    assert_int_equal(ask(f,
                         "OK\n-1\nEnveloppe invalide : sch\xe9"
                         "ma",
                         &status),
                     CTES_OK);
    assert_string_equal(status.message, "Enveloppe invalide : schéma");
    assert_int_equal(status.flow.length, strlen("Enveloppe invalide : sch\xe9"
                                                "ma"));
    assert_int_equal(ask(f, "OK\n-1\n", &status), CTES_OK); /* the former reply is released */
    assert_null(status.message);
}

static void test_t12_cut_or_odd_states(void **state) {
    fixture *f = *state;
    static const char *const BODIES[] = { "OK\n",    "OK\n1",          "OK\n\n",     "OK\n-2\n",
                                          "OK\nx\n", "OK\n99999999\n", "OK\n1 <a/>", "" };
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    status.native = 42;
    for (size_t i = 0; i < sizeof BODIES / sizeof BODIES[0]; i++)
        assert_int_equal(ask(f, BODIES[i], &status), CTES_E_OPERATOR_REPLY);
    assert_int_equal(status.native, 42); /* untouched by failures */
}

static void test_nul_bytes_are_kept(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    reply_bytes(f, NULL, "OK\n-1\n\0<a/>", 11);
    assert_int_equal(f->operator->status(f->operator, 1, &status, &f->err), CTES_OK);
    assert_int_equal(status.flow.length, 5);
}

/* --- the clear no ---------------------------------------------------------------------------- */

static void test_found_by_the_name_of_its_message(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    fake_reply_text(f->fake, "get_status.php?unique_id=" UNIQUE_ID "&api=1", 200, "OK\n3\n");
    assert_int_equal(find(f, &status), CTES_OK);
    assert_int_equal(status.state, CTES_OP_TRANSMITTED);
}

static void test_clear_no_in_the_words_of_the_sheet(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    fake_reply_text(f->fake, "unique_id", 200, NO_SUCH);
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_NOT_FOUND);
    assert_true(fake_transport_all_used(f->fake)); /* and nothing more was asked */
    assert_int_equal(ask(f, NO_SUCH, &status), CTES_E_OPERATOR_NOT_FOUND);
}

/* A later version says it in other words: those it has for transaction 0. */
static void test_clear_no_in_words_learnt_on_the_spot(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    fake_reply_text(f->fake, "unique_id", 200, "KO\nTransaction introuvable");
    fake_reply_text(f->fake, "transaction=0", 200, "KO\nTransaction introuvable");
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_NOT_FOUND);
    fake_reply_text(f->fake, "unique_id", 200, "KO\nTransaction introuvable");
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_NOT_FOUND); /* learnt once */
    fake_reply_text(f->fake, "unique_id", 200, "KO\nService en panne");
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_REPLY);
    assert_true(fake_transport_all_used(f->fake));
}

static void test_clear_no_in_words_learnt_by_the_preflight(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    fake_reply_text(f->fake, "test-connexion", 200, "OK");
    fake_reply_text(f->fake, "test-rgs", 200, "OK");
    fake_reply_text(f->fake, "transaction=0", 200, "KO\nTransaction introuvable");
    assert_int_equal(f->operator->preflight(f->operator, & f->err), CTES_OK);
    fake_reply_text(f->fake, "unique_id", 200, "KO\nTransaction introuvable");
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_NOT_FOUND);
    assert_true(fake_transport_all_used(f->fake));
}

/* Everything that is not the server's own no leaves the question open. */
static void test_what_is_not_a_clear_no(void **state) {
    fixture *f = *state;
    static const struct {
        long status;
        const char *body;
        ctes_status expected;
    } CASES[] = {
        { 200, "", CTES_E_OPERATOR_REPLY },
        { 200, "KO", CTES_E_OPERATOR_REPLY },
        { 200, "KO\n", CTES_E_OPERATOR_REPLY },
        { 200, "KO\nErreur consultation statut.", CTES_E_OPERATOR_REPLY },
        { 200, "KO\nEnveloppe invalide.", CTES_E_OPERATOR_REPLY },
        { 200, "KO\nNum\xc3\xa9ro de trans", CTES_E_OPERATOR_REPLY }, /* cut */
        { 200, "<html>Num\xc3\xa9ro de transaction invalide.</html>", CTES_E_OPERATOR_REPLY },
        { 200, "Num\xc3\xa9ro de transaction invalide.", CTES_E_OPERATOR_REPLY },
        { 200, "KO\nLa connexion n&#039;a pas pu ?tre ?tablie\n", CTES_E_OPERATOR_ACCESS },
        { 404, NO_SUCH, CTES_E_OPERATOR_REPLY },
        { 500, NO_SUCH, CTES_E_OPERATOR_UNAVAILABLE },
        { 502, "", CTES_E_OPERATOR_UNAVAILABLE },
        { 429, "", CTES_E_OPERATOR_BUSY },
        { 413, "", CTES_E_OPERATOR_REPLY },
        { 403, NO_SUCH, CTES_E_OPERATOR_ACCESS },
    };
    const fake_reply learnt = {
        .url_contains = "transaction=0", .body = NO_SUCH, .length = strlen(NO_SUCH), .repeat = true
    };
    fake_transport_reply(f->fake, &learnt);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
        fake_reply_text(f->fake, "unique_id", CASES[i].status, CASES[i].body);
        assert_int_equal(find(f, &status), CASES[i].expected);
        assert_int_equal(f->err.code, CASES[i].expected);
    }
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    reply_redirect(f, "unique_id", "https://s2low.test/login.php");
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_ACCESS);
    reply_redirect(f, "unique_id", "https://s2low.test/maintenance");
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_REPLY);
    fake_reply_failure(f->fake, "unique_id", CTES_E_NET_BROKEN);
    assert_int_equal(find(f, &status), CTES_E_NET_BROKEN);
}

/* A failed login tells enough: nothing is learnt from asking again. */
static void test_failed_login_asks_no_further(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    fake_reply_text(f->fake, "unique_id", 200, "KO\nLa connexion n'a pas pu ?tre ?tablie\n");
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_ACCESS);
    assert_int_equal(fake_request_count(f->fake), 1);
}

/* The server does not say what it would say of a missing transaction: no conclusion. */
static void test_nothing_can_be_learnt(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    static const char *const ZERO[] = { "KO\nErreur interne", "<html></html>", "OK\n1\n" };
    for (size_t i = 0; i < 3; i++) {
        fake_reply_text(f->fake, "unique_id", 200, "KO\nErreur interne");
        fake_reply_text(f->fake, "transaction=0", 200, ZERO[i]);
        assert_int_equal(find(f, &status), CTES_E_OPERATOR_REPLY);
    }
}

static void test_t06_refused_for_want_of_rights(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    fake_reply_text(f->fake, "unique_id", 200, REFUSED);
    fake_reply_text(f->fake, "transaction=0", 200, REFUSED);
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_RIGHTS);
    assert_null(strstr(f->err.detail, "held"));
}

static void test_t06_refused_because_another_account_deposited(void **state) {
    fixture *f = *state;
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    fake_reply_text(f->fake, "unique_id", 200, REFUSED);
    fake_reply_text(f->fake, "transaction=0", 200, NO_SUCH);
    assert_int_equal(find(f, &status), CTES_E_OPERATOR_RIGHTS);
    assert_detail(f, "held by the operator");
}

/* --- acknowledgement ------------------------------------------------------------------------- */

static ctes_status acknowledgement(fixture *f, ctes_buffer *ret) {
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->acknowledgement(f->operator, 12, ret, &f->err);
}

static void test_acknowledgement_as_received(void **state) {
    fixture *f = *state;
    CTES_AUTO_BUFFER ctes_buffer buffer = CTES_BUFFER_INIT(1000);
    const char xml[] = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n<ARActe a=\"\xe9\"/>\n";
    reply_bytes(f, "actes_transac_get_ARActe.php?id=12&api=1", xml, strlen(xml));
    assert_int_equal(acknowledgement(f, &buffer), CTES_OK);
    assert_int_equal(buffer.length, strlen(xml));
    assert_memory_equal(buffer.data, xml, strlen(xml));
    assert_int_equal(buffer.max, 1000);
}

static void test_t10_empty_acknowledgement_is_none_yet(void **state) {
    fixture *f = *state;
    CTES_AUTO_BUFFER ctes_buffer buffer = CTES_BUFFER_INIT(1000);
    const fake_reply empty = { .content_type = "application/xml" };
    fake_transport_reply(f->fake, &empty);
    assert_int_equal(acknowledgement(f, &buffer), CTES_E_NOT_YET);
    assert_int_equal(buffer.length, 0);
}

static void test_t10_acknowledgement_must_be_xml(void **state) {
    fixture *f = *state;
    CTES_AUTO_BUFFER ctes_buffer buffer = CTES_BUFFER_INIT(20);
    static const struct {
        const char *body;
        ctes_status expected;
    } CASES[] = {
        { "\n", CTES_E_OPERATOR_REPLY },
        { "OK\n", CTES_E_OPERATOR_REPLY },
        { "<!DOCTYPE html><html/>", CTES_E_OPERATOR_REPLY },
        { "<HTML></HTML>", CTES_E_OPERATOR_REPLY },
        { "KO\nAcc\xe8s refus\xe9\n", CTES_E_OPERATOR_RIGHTS },
        { "KO\nErreur d&#039;initialisation de la transaction.\n", CTES_E_OPERATOR_REPLY },
        { "<ARActe-longer-than-the-caller-allows/>", CTES_E_LIMIT },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_text(f->fake, NULL, 200, CASES[i].body);
        assert_int_equal(acknowledgement(f, &buffer), CASES[i].expected);
    }
    assert_int_equal(buffer.length, 0);
}

static void test_acknowledgement_redirects(void **state) {
    fixture *f = *state;
    CTES_AUTO_BUFFER ctes_buffer buffer = CTES_BUFFER_INIT(1000);
    reply_redirect(f, NULL, "https://s2low.test:8443/");
    assert_int_equal(acknowledgement(f, &buffer), CTES_E_OPERATOR_RIGHTS);
    reply_redirect(f, NULL, "/");
    assert_int_equal(acknowledgement(f, &buffer), CTES_E_OPERATOR_RIGHTS);
    reply_redirect(f, NULL, "https://s2low.test:8443/login.php");
    assert_int_equal(acknowledgement(f, &buffer), CTES_E_OPERATOR_ACCESS);
    reply_redirect(f, NULL, "https://elsewhere.test/");
    assert_int_equal(acknowledgement(f, &buffer), CTES_E_OPERATOR_REPLY);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_states),
        WITH(test_t14_parked_act_is_seen),
        WITH(test_t08_acknowledgement_comes_with_state_4),
        WITH(test_t09_anomaly_and_words_stay_together),
        WITH(test_t09_words_alone_are_the_message),
        WITH(test_t12_cut_or_odd_states),
        WITH(test_nul_bytes_are_kept),
        WITH(test_found_by_the_name_of_its_message),
        WITH(test_clear_no_in_the_words_of_the_sheet),
        WITH(test_clear_no_in_words_learnt_on_the_spot),
        WITH(test_clear_no_in_words_learnt_by_the_preflight),
        WITH(test_what_is_not_a_clear_no),
        WITH(test_failed_login_asks_no_further),
        WITH(test_nothing_can_be_learnt),
        WITH(test_t06_refused_for_want_of_rights),
        WITH(test_t06_refused_because_another_account_deposited),
        WITH(test_acknowledgement_as_received),
        WITH(test_t10_empty_acknowledgement_is_none_yet),
        WITH(test_t10_acknowledgement_must_be_xml),
        WITH(test_acknowledgement_redirects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
