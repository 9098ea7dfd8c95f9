/* Who speaks to whom: certificates, keys and the protocol, and that nothing loosens the checks. */
#include "net_fixture.h"

#include <openssl/ssl.h>
#include <sys/stat.h>

/* --- who the server is ------------------------------------------------------------------------ */

static void test_server_certificate(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .certificate = pki("bad/wronghost.pem"),
                                   .key = pki("bad/wronghost.key") });
    assert_status(post(w), CTES_E_TLS_SERVER);
    assert_says(w, "localhost");
    serve(w, (tls_server_options){ .certificate = pki("bad/otherserver.pem"),
                                   .key = pki("bad/otherserver.key") });
    assert_status(post(w), CTES_E_TLS_SERVER);
    assert_says(w, "issuer certificate");

    char *made = scratch_path(w->folder, "made.pem");
    tls_server_issue(pki("ca.pem"), pki("ca.key"), pki("server.key"), -7200, -3600, made);
    serve(w, (tls_server_options){ .certificate = made, .key = pki("server.key") });
    assert_status(post(w), CTES_E_TLS_SERVER);
    assert_says(w, "expired");
    tls_server_issue(pki("ca.pem"), pki("ca.key"), pki("server.key"), 3600, 7200, made);
    serve(w, (tls_server_options){ .certificate = made, .key = pki("server.key") });
    assert_status(post(w), CTES_E_TLS_SERVER);
    assert_says(w, "not yet valid");
    assert_int_equal(seen(w).requests, 0);
    tls_server_issue(pki("ca.pem"), pki("ca.key"), pki("server.key"), -3600, 7200, made);
    serve(w, (tls_server_options){ .certificate = made, .key = pki("server.key") });
    assert_status(post(w), CTES_OK);
    free(made);
}

static void set_environment(const char *name, const char *value) {
    assert_int_equal(value != NULL ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void test_environment_changes_nothing(void **state) {
    world *w = *state;
    char proxy[64];
    (void)snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", tls_server_dead_port());
    char *netrc = scratch_path(w->folder, ".netrc");
    static const char LOGIN[] = "default login someone password secret\n";
    scratch_write(netrc, LOGIN, sizeof LOGIN - 1);
    char *curlrc = scratch_path(w->folder, ".curlrc");
    scratch_write(curlrc, "insecure\n", 9);
    char *key_log = scratch_path(w->folder, "keys.log");
    const char *const settings[][2] = {
        { "SSLKEYLOGFILE", key_log },
        { "https_proxy", proxy },
        { "HTTPS_PROXY", proxy },
        { "ALL_PROXY", proxy },
        { "HOME", w->folder },
        { "CURL_HOME", w->folder },
        { "CURL_CA_BUNDLE", pki("bad/otherca.pem") },
        { "SSL_CERT_FILE", pki("bad/otherca.pem") },
        { "SSL_CERT_DIR", w->folder },
        { "CURL_SSL_VERIFYPEER", "0" },
    };
    enum { COUNT = sizeof settings / sizeof settings[0] };
    char *kept[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        const char *value = getenv(settings[i][0]);
        kept[i] = value != NULL ? strdup(value) : NULL;
        set_environment(settings[i][0], settings[i][1]);
    }
    serve(w, (tls_server_options){ .certificate = pki("bad/otherserver.pem"),
                                   .key = pki("bad/otherserver.key") });
    ctes_status stranger = get(w);
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    ctes_status usual = get(w);
    for (size_t i = 0; i < COUNT; i++) {
        set_environment(settings[i][0], kept[i]);
        free(kept[i]);
    }
    assert_status(stranger, CTES_E_TLS_SERVER);
    assert_status(usual, CTES_OK);
    char *sent = tls_server_request(w->server, NULL);
    assert_null(strstr(sent, "Authorization"));
    assert_int_not_equal(access(key_log, F_OK), 0);
    free(key_log);
    free(sent);
    free(netrc);
    free(curlrc);
}

static void test_system_authorities(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    ctes_tls tls = usual_tls();
    tls.ca = NULL; /* the system's, which do not know the test's */
    open_with(w, tls);
    assert_status(get(w), CTES_E_TLS_SERVER);
}

/* --- who we are ------------------------------------------------------------------------------- */

static void test_our_certificate_refused(void **state) {
    world *w = *state;
    char *path = big_file(w, 20 << 20);
    static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
    static const struct {
        const char *name;
        int error;
    } cases[] = {
        { "bad/stranger", 0 },                             /* unknown_ca */
        { "bad/expired", 0 },                              /* certificate_expired */
        { "bad/notyet", 0 },                               /* bad_certificate */
        { "signer", 0 },                                   /* unsupported_certificate */
        { "client", X509_V_ERR_CERT_REVOKED },             /* certificate_revoked */
        { "client", X509_V_ERR_CERT_REJECTED },            /* bad_certificate */
        { "client", X509_V_ERR_APPLICATION_VERIFICATION }, /* handshake_failure */
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        serve(w, (tls_server_options){ .client_ca = pki("ca.pem"),
                                       .max_version = versions[i % 2],
                                       .refuse_client_as = cases[i / 2].error });
        char certificate[64];
        char key[64];
        (void)snprintf(certificate, sizeof certificate, "%s.pem", cases[i / 2].name);
        (void)snprintf(key, sizeof key, "%s.key", cases[i / 2].name);
        open_with(
            w, (ctes_tls){ .certificate = pki(certificate), .key = pki(key), .ca = pki("ca.pem") });
        ctes_status expected = CTES_E_TLS_CLIENT;
        if (cases[i / 2].error == X509_V_ERR_APPLICATION_VERIFICATION) {
            /* an alert that need not be about our certificate: before the request harmless, in
             * TLS 1.3 a doubt */
            expected = i % 2 == 0 ? CTES_E_TLS_HANDSHAKE : CTES_E_NET_BROKEN;
        }
        assert_status(get(w), expected);
        assert_status(post_file(w, path), expected);
        if (expected == CTES_E_TLS_CLIENT)
            assert_string_equal(w->err.subject, strrchr(pki(certificate), '/') + 1);
        assert_int_equal(seen(w).requests, 0);
    }
    free(path);
}

/* --- the handshake ---------------------------------------------------------------------------- */

static void test_handshake(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_GARBAGE });
    assert_status(post(w), CTES_E_TLS_HANDSHAKE);
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_CLOSE_ACCEPTED });
    assert_status(post(w), CTES_E_TLS_HANDSHAKE);
    serve(w, (tls_server_options){ .max_version = TLS1_1_VERSION });
    assert_status(post(w), CTES_E_TLS_HANDSHAKE);
    assert_int_equal(seen(w).handshakes, 0);
    serve(w, (tls_server_options){ .max_version = TLS1_2_VERSION });
    assert_status(post(w), CTES_OK);
    w->limits.connect_s = 1;
    open_with(w, usual_tls());
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_STALL_ACCEPTED });
    assert_status(post(w), CTES_E_TLS_HANDSHAKE);
}

/* what the test program does when it is called with a URL: one GET, in a process whose OpenSSL the
 * environment has settled from its start */
static int get_and_tell(const char *url) {
    const ctes_context context = CTES_CONTEXT_INIT;
    const ctes_tls tls = usual_tls();
    const ctes_net_limits limits = CTES_NET_LIMITS_INIT;
    ctes_transport *transport = NULL;
    ctes_error err = CTES_ERROR_INIT;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    const ctes_request request = { .url = url };
    ctes_status status = ctes_transport_curl_new(&context, &tls, &limits, &transport, &err);
    if (status == CTES_OK)
        status = transport->perform(transport, &request, &response, &err);
    ctes_transport_free(transport);
    (void)printf("%s", ctes_status_name(status));
    return 0;
}

/* OpenSSL's own configuration may allow what is too old: still nothing below TLS 1.2 */
static void test_old_tls_whatever_openssl_allows(void **state) {
    world *w = *state;
    char *settings = scratch_path(w->folder, "openssl.cnf");
    static const char LAX[] = "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\n"
                              "system_default = lax\n[lax]\nMinProtocol = TLSv1\n"
                              "CipherString = ALL:@SECLEVEL=0\n";
    scratch_write(settings, LAX, sizeof LAX - 1);
    static const int versions[] = { TLS1_1_VERSION, TLS1_2_VERSION };
    for (size_t i = 0; i < 2; i++) {
        serve(w, (tls_server_options){ .max_version = versions[i] });
        const char *const call[] = { "/proc/self/exe", url_of(w, "/"), NULL };
        char *output = NULL;
        set_environment("OPENSSL_CONF", settings);
        int result = scratch_run(call, &output, NULL);
        set_environment("OPENSSL_CONF", NULL);
        assert_int_equal(result, 0);
        assert_string_equal(output, i == 0 ? "tls-handshake" : "ok");
        free(output);
    }
    free(settings);
}

/* --- keys ------------------------------------------------------------------------------------- */

static ctes_status new_with(world *w, const char *certificate, const char *key, const char *ca) {
    ctes_tls tls = { .certificate = certificate, .key = key, .ca = ca };
    ctes_transport *made = NULL;
    w->err = (ctes_error)CTES_ERROR_INIT;
    ctes_status status = ctes_transport_curl_new(&w->context, &tls, &w->limits, &made, &w->err);
    assert_int_equal(w->err.code, status);
    assert_true((made != NULL) == (status == CTES_OK));
    ctes_transport_free(made);
    return status;
}

static void test_files_are_checked(void **state) {
    world *w = *state;
    const char *ca = pki("ca.pem");
    assert_status(new_with(w, pki("client.pem"), pki("client.key"), ca), CTES_OK);
    assert_status(new_with(w, NULL, NULL, ca), CTES_E_CERT_UNREADABLE);
    assert_status(new_with(w, pki("none.pem"), pki("client.key"), ca), CTES_E_CERT_UNREADABLE);
    assert_status(new_with(w, pki("client.pem"), pki("client.key"), pki("none.pem")),
                  CTES_E_CERT_UNREADABLE);
    assert_status(new_with(w, pki("client.pem"), pki("none.key"), ca), CTES_E_KEY_UNREADABLE);
    assert_status(new_with(w, pki("client.pem"), pki("bad/exposed.key"), ca), CTES_E_KEY_EXPOSED);
    /* the certificate alone must hold the key, and is then as secret */
    assert_status(new_with(w, pki("client.pem"), NULL, ca), CTES_E_KEY_EXPOSED);
}

static ctes_secret passphrase_of(const char *name) {
    ctes_secret secret = CTES_SECRET_INIT;
    assert_int_equal(ctes_secret_read(pki(name), &secret, NULL), CTES_OK);
    return secret;
}

static void test_passphrases(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    const ctes_secret signer = passphrase_of("signer.pass");
    const ctes_secret wrong = { .length = 5, .text = "wrong" };
    const struct {
        ctes_tls tls;
        ctes_status expected;
    } cases[] = {
        { { .certificate = pki("signer.pem"), .key = pki("signer-enc.key"), .passphrase = &signer },
          CTES_OK },
        { { .certificate = pki("signer.pem"), .key = pki("signer-enc.key"), .passphrase = &wrong },
          CTES_E_KEY_PASSPHRASE },
        { { .certificate = pki("signer.pem"), .key = pki("signer-enc.key") },
          CTES_E_KEY_PASSPHRASE },
        { { .certificate = pki("client.pem"), .key = pki("bad/mismatch.key") }, CTES_E_TLS_CLIENT },
        { { .certificate = pki("client.key"), .key = pki("client.key") }, CTES_E_TLS_CLIENT },
        { { .certificate = pki("client.pem"), .key = pki("client.pass") }, CTES_E_TLS_CLIENT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ctes_tls tls = cases[i].tls;
        tls.ca = pki("ca.pem");
        open_with(w, tls);
        ctes_status status = post(w);
        if (status != cases[i].expected)
            fail_msg("case %zu: %s: %s", i, ctes_status_name(status), w->err.detail);
        if (status == CTES_E_KEY_PASSPHRASE)
            assert_null(strstr(w->err.detail, "wrong pass "));
    }
}

static void test_key_in_the_certificate_file(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .client_ca = pki("ca.pem") });
    char *both = scratch_path(w->folder, "both.pem");
    size_t length = 0;
    size_t key_length = 0;
    char *certificate = scratch_read(pki("client.pem"), &length);
    char *key = scratch_read(pki("client.key"), &key_length);
    char *joined = malloc(length + key_length);
    memcpy(joined, certificate, length);
    memcpy(joined + length, key, key_length);
    scratch_write(both, joined, length + key_length);
    open_with(w, (ctes_tls){ .certificate = both, .ca = pki("ca.pem") });
    assert_status(post(w), CTES_OK);
    free(joined);
    free(key);
    free(certificate);
    free(both);
}

/* As the workflow gives it what it read of a PKCS#12. */
static void test_certificate_and_key_in_memory(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .client_ca = pki("ca.pem") });
    size_t length = 0, key_length = 0;
    char *certificate = scratch_read(pki("client.pem"), &length);
    char *key = scratch_read(pki("client.key"), &key_length);
    char *joined = malloc(length + key_length);
    memcpy(joined, certificate, length);
    memcpy(joined + length, key, key_length);
    ctes_tls tls = { .certificate = "client.p12",
                     .pem = joined,
                     .pem_length = length + key_length,
                     .ca = pki("ca.pem") };
    open_with(w, tls);
    memset(joined, 'x', length + key_length); /* the transport keeps its own copy */
    assert_status(post(w), CTES_OK);
    memcpy(joined, certificate, length);
    tls.pem_length = length; /* no key */
    open_with(w, tls);
    assert_status(post(w), CTES_E_TLS_CLIENT);
    assert_string_equal(w->err.subject, "client.p12");
    free(joined);
    free(key);
    free(certificate);
}

int main(int argc, char **argv) {
    if (argc > 1)
        return get_and_tell(argv[1]);
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_server_certificate),
        CASE(test_environment_changes_nothing),
        CASE(test_system_authorities),
        CASE(test_our_certificate_refused),
        CASE(test_handshake),
        CASE(test_old_tls_whatever_openssl_allows),
        CASE(test_files_are_checked),
        CASE(test_passphrases),
        CASE(test_key_in_the_certificate_file),
        CASE(test_certificate_and_key_in_memory),
    };
    return RUN_WITH_BOTH(tests);
}
