/* Preflight and serial: access, rights, and what is told of their absence. */
#include "unit/s2low_fixture.h"

#define LOGIN_OK "OK"
#define NO_SUCH  "KO\nNum\xc3\xa9ro de transaction invalide."

static ctes_status preflight(fixture *f) {
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->preflight(f->operator, & f->err);
}

static void test_all_is_well(void **state) {
    fixture *f = *state;
    fake_reply_text(f->fake, "/api/test-connexion.php", 200, "OK");
    fake_reply_text(f->fake, "/api/test-rgs.php", 200, "OK");
    fake_reply_text(f->fake, "actes_transac_get_status.php?transaction=0&api=1", 200, NO_SUCH);
    assert_int_equal(preflight(f), CTES_OK);
    assert_true(fake_transport_all_used(f->fake));
    for (size_t i = 0; i < 3; i++) {
        const fake_request *request = fake_request_at(f->fake, i);
        assert_int_equal(request->part_count, 0);
        assert_string_equal(request->login, "mairie");
        assert_string_equal(request->password, PASSWORD);
        assert_ptr_equal(strstr(request->url, "https://s2low.test:8443/"), request->url);
        assert_null(strstr(request->url, "8443//"));
    }
    assert_int_equal(f->told_before, 3);
    assert_int_equal(f->told_after, 3);
    assert_null(f->fields);
    assert_int_equal(f->http_status, 200);
    assert_int_equal(f->reply_length, strlen(NO_SUCH));
}

static void test_t07_wrong_password_shows_both_causes(void **state) {
    fixture *f = *state;
    fake_reply_text(f->fake, NULL, 200,
                    "KO\nLe certificat n&#039;est pas valide : aucun compte trouv\xe9\n");
    assert_int_equal(preflight(f), CTES_E_OPERATOR_ACCESS);
    assert_detail(f, "Le certificat n'est pas valide : aucun compte trouvé");
    assert_detail(f, "certificate unknown");
    assert_detail(f, "wrong login or password");
    assert_detail(f, "\"mairie\"");
    assert_null(strstr(f->err.detail, PASSWORD));
}

static void test_t07_shared_certificate_without_login(void **state) {
    fixture *f = *state;
    fake_reply_text(f->fake, NULL, 200,
                    "KO\nLa connexion n&#039;a pas pu \xeatre \xe9"
                    "tablie\n");
    assert_int_equal(preflight(f), CTES_E_OPERATOR_ACCESS);
    assert_null(fake_request_last(f->fake)->login);
    assert_null(fake_request_last(f->fake)->password);
    assert_detail(f, "La connexion n'a pas pu être établie");
    assert_detail(f, "shared by several accounts");
}

/* No version's wording is needed to see a failed login. */
static void test_failed_login_whatever_the_words(void **state) {
    fixture *f = *state;
    static const char *const BODIES[] = { "KO\nLa connexion n&#039;a pas pu ?tre ?tablie\n",
                                          "KO\nNope\n", "KO" };
    for (size_t i = 0; i < 3; i++) {
        fake_reply_text(f->fake, "test-connexion", 200, BODIES[i]);
        assert_int_equal(preflight(f), CTES_E_OPERATOR_ACCESS);
    }
}

static void test_t05_login_problem_is_a_redirect(void **state) {
    fixture *f = *state;
    static const char *const PLACES[] = { "https://s2low.test/login.php?error=Bad",
                                          "/connexion-status",
                                          "https://s2low.test/connection-status/" };
    for (size_t i = 0; i < 3; i++) {
        reply_redirect(f, NULL, PLACES[i]);
        assert_int_equal(preflight(f), CTES_E_OPERATOR_ACCESS);
        assert_detail(f, PLACES[i]);
    }
    assert_int_equal(fake_request_count(f->fake), 3); /* none was followed */
}

static void test_t05_html_page_is_no_answer(void **state) {
    fixture *f = *state;
    fake_reply_text(f->fake, NULL, 200, "<!DOCTYPE html><html><title>Connexion</title></html>");
    assert_int_equal(preflight(f), CTES_E_OPERATOR_REPLY);
}

static void test_certificate_not_rgs(void **state) {
    fixture *f = *state;
    fake_reply_text(f->fake, "test-connexion", 200, LOGIN_OK);
    fake_reply_text(f->fake, "test-rgs", 200, "KO");
    assert_int_equal(preflight(f), CTES_E_OPERATOR_ACCESS);
    assert_detail(f, "RGS");
}

static void test_t06_account_without_right_rw(void **state) {
    fixture *f = *state;
    static const char *const WORDS[] = { "KO\nAcc\xc3\xa8s refus\xc3\xa9", "KO\nAcc?s refus?",
                                         "KO\nAcc\xe8s refus\xe9\n" };
    for (size_t i = 0; i < 3; i++) {
        fake_reply_text(f->fake, "test-connexion", 200, LOGIN_OK);
        fake_reply_text(f->fake, "test-rgs", 200, "OK");
        fake_reply_text(f->fake, "get_status", 200, WORDS[i]);
        assert_int_equal(preflight(f), CTES_E_OPERATOR_RIGHTS);
        assert_detail(f, "RW");
    }
}

static void test_disabled_account_at_the_status_call(void **state) {
    fixture *f = *state;
    fake_reply_text(f->fake, "test-connexion", 200, LOGIN_OK);
    fake_reply_text(f->fake, "test-rgs", 200, "OK");
    fake_reply_text(f->fake, "get_status", 200,
                    "KO\n\xc3\x89"
                    "chec de l'authentification");
    assert_int_equal(preflight(f), CTES_E_OPERATOR_ACCESS);
}

/* A fault of the server must not be learnt as its way to say "no such transaction". */
static void test_server_fault_at_the_status_call(void **state) {
    fixture *f = *state;
    static const char *const BODIES[] = { "KO\nErreur consultation statut.", "KO\n", "OK\n1\n",
                                          "" };
    for (size_t i = 0; i < 4; i++) {
        fake_reply_text(f->fake, "test-connexion", 200, LOGIN_OK);
        fake_reply_text(f->fake, "test-rgs", 200, "OK");
        fake_reply_text(f->fake, "get_status", 200, BODIES[i]);
        assert_int_equal(preflight(f), CTES_E_OPERATOR_REPLY);
    }
}

static void test_server_down_says_when_to_come_back(void **state) {
    fixture *f = *state;
    const fake_reply reply = { .status = 503, .retry_after = 120 };
    fake_transport_reply(f->fake, &reply);
    assert_int_equal(preflight(f), CTES_E_OPERATOR_BUSY);
    assert_detail(f, "503");
    assert_detail(f, "120");
}

static void test_wrong_host_name(void **state) {
    fixture *f = *state;
    static const long STATUSES[] = { 421, 403, 401 };
    for (size_t i = 0; i < 3; i++) {
        fake_reply_text(f->fake, NULL, STATUSES[i], "<html>no</html>");
        assert_int_equal(preflight(f), CTES_E_OPERATOR_ACCESS);
    }
}

static void test_transport_failures_pass_unchanged(void **state) {
    fixture *f = *state;
    static const ctes_status CODES[] = { CTES_E_NET_CONNECT, CTES_E_TLS_CLIENT, CTES_E_NET_TIMEOUT,
                                         CTES_E_INTERRUPTED, CTES_E_MEMORY };
    for (size_t i = 0; i < 5; i++) {
        fake_reply_failure(f->fake, NULL, CODES[i]);
        assert_int_equal(preflight(f), CODES[i]);
        assert_int_equal(f->outcome, CODES[i]);
        assert_int_equal(f->http_status, 0);
    }
}

static void test_serial(void **state) {
    fixture *f = *state;
    unsigned serial = 0;
    fake_reply_text(f->fake, "actes_transac_get_env_serial.php?api=1", 200, "OK\n9999\n");
    assert_int_equal(f->operator->serial(f->operator, & serial, &f->err), CTES_OK);
    assert_int_equal(serial, 9999);
    static const struct {
        long status;
        const char *body;
        ctes_status expected;
    } CASES[] = {
        { 200, "OK\n0\n", CTES_E_OPERATOR_REPLY },
        { 200, "OK\n10000\n", CTES_E_OPERATOR_REPLY },
        { 200, "OK\n12", CTES_E_OPERATOR_REPLY },
        { 200, "OK\n", CTES_E_OPERATOR_REPLY },
        { 200, "KO\nAcc\xc3\xa8s refus\xc3\xa9", CTES_E_OPERATOR_RIGHTS },
        { 200, "KO\nQuota", CTES_E_OPERATOR_REPLY },
        { 404, "", CTES_E_OPERATOR_UNSUPPORTED },
        { 405, "", CTES_E_OPERATOR_UNSUPPORTED },
        { 410, "", CTES_E_OPERATOR_UNSUPPORTED },
        { 500, "", CTES_E_OPERATOR_UNAVAILABLE },
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_text(f->fake, NULL, CASES[i].status, CASES[i].body);
        assert_int_equal(f->operator->serial(f->operator, & serial, &f->err), CASES[i].expected);
    }
    assert_int_equal(serial, 9999);
}

static void test_urls_that_are_refused(void **state) {
    (void)state;
    static const char *const URLS[] = { NULL,
                                        "",
                                        "http://s2low.test",
                                        "https://",
                                        "https:///x",
                                        "https://user:pw@s2low.test",
                                        "https://s2low.test/?a=b",
                                        "https://s2low.test/#x",
                                        "https://s2low.test/a b",
                                        "https://s2low.test\r\nX: y",
                                        "https://s2low.t\xc3\xa9st" };
    for (size_t i = 0; i < sizeof URLS / sizeof URLS[0]; i++) {
        ctes_operator *made = NULL;
        ctes_error err = CTES_ERROR_INIT;
        const ctes_operator_settings settings = { .url = URLS[i] };
        assert_int_equal(ctes_operator_s2low_new(&settings, &made, &err), CTES_E_CONFIG_INVALID);
        assert_null(made);
        assert_null(strstr(err.detail, "pw"));
    }
}

static int setup_without_login(void **state) {
    return fixture_make(state, NULL);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_all_is_well),
        WITH(test_t07_wrong_password_shows_both_causes),
        cmocka_unit_test_setup_teardown(test_t07_shared_certificate_without_login,
                                        setup_without_login, teardown),
        WITH(test_failed_login_whatever_the_words),
        WITH(test_t05_login_problem_is_a_redirect),
        WITH(test_t05_html_page_is_no_answer),
        WITH(test_certificate_not_rgs),
        WITH(test_t06_account_without_right_rw),
        WITH(test_disabled_account_at_the_status_call),
        WITH(test_server_fault_at_the_status_call),
        WITH(test_server_down_says_when_to_come_back),
        WITH(test_wrong_host_name),
        WITH(test_transport_failures_pass_unchanged),
        WITH(test_serial),
        cmocka_unit_test(test_urls_that_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
