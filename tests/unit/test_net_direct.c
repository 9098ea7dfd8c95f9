/* What the direct channel asks of the transport: pinned keys, and an account in the URL. */
#include "net_fixture.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#define STRANGE "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* "sha256//…" of a certificate's key */
static const char *pin_of(const char *path) {
    static char pin[64];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    (void)fclose(file);
    assert_non_null(certificate);
    unsigned char *key = NULL, hash[SHA256_DIGEST_LENGTH], text[48];
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
    assert_true(length > 0);
    (void)SHA256(key, (size_t)length, hash);
    assert_int_equal(EVP_EncodeBlock(text, hash, sizeof hash), 44);
    (void)snprintf(pin, sizeof pin, "sha256//%s", (const char *)text);
    OPENSSL_free(key);
    X509_free(certificate);
    return pin;
}

static void open_pinned(world *w, const char *pins) {
    ctes_tls tls = usual_tls();
    tls.pins = pins;
    open_with(w, tls);
}

/* --- pins ------------------------------------------------------------------------------------- */

static void test_a_wrong_pin_sends_nothing(void **state) {
    world *w = *state;
    char *path = big_file(w, 1 << 20);
    serve(w, (tls_server_options){ .client_ca = pki("ca.pem") });
    open_pinned(w, STRANGE);
    assert_status(post_file(w, path), CTES_E_TLS_SERVER);
    assert_says(w, "pinned");
    tls_server_wait_ended(w->server, 1);
    assert_int_equal(seen(w).begun, 0);
    assert_int_equal(seen(w).body_bytes, 0);
    char *sent = tls_server_request(w->server, NULL);
    assert_string_equal(sent != NULL ? sent : "", "");
    free(sent);
    free(path);
}

static void test_the_right_pin_and_any_of_several(void **state) {
    world *w = *state;
    char both[256];
    serve(w, (tls_server_options){ .client_ca = pki("ca.pem") });
    open_pinned(w, pin_of(pki("server.pem")));
    assert_status(post(w), CTES_OK);
    (void)snprintf(both, sizeof both, STRANGE ";%s", pin_of(pki("server.pem")));
    open_pinned(w, both);
    assert_status(post(w), CTES_OK);
    assert_status(post(w), CTES_OK); /* on the kept connection */
    assert_int_equal(seen(w).requests, 3);
}

static void test_a_pin_does_not_replace_the_chain(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .certificate = pki("bad/otherserver.pem"),
                                   .key = pki("bad/otherserver.key") });
    open_pinned(w, pin_of(pki("bad/otherserver.pem")));
    assert_status(post(w), CTES_E_TLS_SERVER);
    assert_says(w, "issuer certificate");
    serve(w, (tls_server_options){ .certificate = pki("bad/wronghost.pem"),
                                   .key = pki("bad/wronghost.key") });
    open_pinned(w, pin_of(pki("bad/wronghost.pem")));
    assert_status(post(w), CTES_E_TLS_SERVER);
    assert_int_equal(seen(w).requests, 0);
}

static void test_what_is_no_pin_is_refused(void **state) {
    world *w = *state;
    static const char *const PINS[] = {
        "",
        "server.pem", /* libcurl would read a file */
        "sha256//",
        "sha256//AAAA=",
        "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        STRANGE ";",
        STRANGE "; " STRANGE,
        STRANGE ";server.pem",
        STRANGE STRANGE,
        STRANGE "x",
        "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    };
    for (size_t i = 0; i < sizeof PINS / sizeof PINS[0]; i++) {
        ctes_tls tls = usual_tls();
        tls.pins = PINS[i];
        ctes_transport *made = NULL;
        assert_int_equal(ctes_transport_curl_new(&w->context, &tls, &w->limits, &made, &w->err),
                         CTES_E_CONFIG_INVALID);
        assert_int_equal(ctes_transport_multi_new(&w->context, &tls, &w->limits, 2, &made, &w->err),
                         CTES_E_CONFIG_INVALID);
        assert_null(made);
    }
}

/* --- the account in the URL ------------------------------------------------------------------- */

static void listen_for_secrets(void *user, ctes_log_level level, const char *acte,
                               const char *message) {
    (void)level;
    (void)acte;
    size_t *lines = user;
    ++*lines;
    assert_null(strstr(message, "s3cret"));
}

static void test_account_in_the_url_is_not_told(void **state) {
    world *w = *state;
    size_t lines = 0;
    w->context = (ctes_context){ .user = &lines, .log = listen_for_secrets };
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    const ctes_secret password = { .length = 10, .text = "s3cret&/=%" };
    const ctes_part part = { .name = "a", .value = "1", .value_length = 1 };
    ctes_request request = { .url = url_of(w, "/actes"),
                             .parts = &part,
                             .part_count = 1,
                             .login = "ville de x",
                             .password = &password,
                             .account_in_url = true };
    assert_status(perform(w, &request), CTES_OK);
    char *sent = tls_server_request(w->server, NULL);
    static const char LINE[] =
        "POST /actes?user=ville%20de%20x&password=s3cret%26%2F%3D%25 HTTP/1.1\r\n";
    assert_memory_equal(sent, LINE, sizeof LINE - 1);
    assert_null(strstr(sent, "Authorization"));
    free(sent);
    request.url = url_of(w, "/actes?v=2");
    assert_status(perform(w, &request), CTES_OK);
    sent = tls_server_request(w->server, NULL);
    assert_non_null(strstr(sent, "/actes?v=2&user=ville%20de%20x&"));
    free(sent);
    assert_status(get(w), CTES_OK); /* of one request only */
    sent = tls_server_request(w->server, NULL);
    assert_null(strstr(sent, "s3cret"));
    free(sent);
    assert_true(lines > 0);

    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_CLOSE_READ });
    request.url = url_of(w, "/actes");
    assert_status(perform(w, &request), CTES_E_NET_BROKEN);
    assert_null(strstr(w->err.detail, "s3cret"));
    request.url = "https://bad host/";
    assert_status(perform(w, &request), CTES_E_CONFIG_INVALID);
    assert_null(strstr(w->err.detail, "s3cret"));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_a_wrong_pin_sends_nothing),        CASE(test_the_right_pin_and_any_of_several),
        CASE(test_a_pin_does_not_replace_the_chain), CASE(test_what_is_no_pin_is_refused),
        CASE(test_account_in_the_url_is_not_told),
    };
    return RUN_WITH_BOTH(tests);
}
