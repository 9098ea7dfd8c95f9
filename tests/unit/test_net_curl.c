/* The real transport against servers that behave, and against servers that do not. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <openssl/ssl.h>

#include "fake/scratch.h"
#include "fake/tls_server.h"
#include "net/transport_curl.h"

/* --- the world of a test -------------------------------------------------------------------- */

typedef struct world {
    char *folder;
    ctes_context context;
    ctes_net_limits limits;
    ctes_transport *transport;
    tls_server *server;
    ctes_response response;
    ctes_error err;
} world;

static const char *pki_folder(void) {
    return getenv("CTES_PKI_DIR");
}

/* "PKI/name", kept until the end */
static const char *pki(const char *name) {
    enum { KEPT = 64 };
    static char paths[KEPT][512];
    static size_t used;
    char *path = paths[used++ % KEPT];
    (void)snprintf(path, sizeof paths[0], "%s/%s", pki_folder(), name);
    return path;
}

static int set_up(void **state) {
    if (pki_folder() == NULL) {
        print_message("no CTES_PKI_DIR\n");
        return -1;
    }
    world *w = calloc(1, sizeof *w);
    w->folder = scratch_make();
    w->limits = (ctes_net_limits)CTES_NET_LIMITS_INIT;
    w->response = (ctes_response)CTES_RESPONSE_INIT;
    *state = w;
    return 0;
}

static int tear_down(void **state) {
    world *w = *state;
    ctes_transport_free(w->transport);
    tls_server_stop(w->server);
    ctes_response_clear(&w->response);
    scratch_remove(w->folder);
    free(w);
    return 0;
}

static void serve(world *w, tls_server_options options) {
    if (options.certificate == NULL) {
        options.certificate = pki("server.pem");
        options.key = pki("server.key");
    }
    tls_server_stop(w->server);
    w->server = tls_server_start(&options);
}

static ctes_tls usual_tls(void) {
    return (ctes_tls){ .certificate = pki("client.pem"),
                       .key = pki("client.key"),
                       .ca = pki("ca.pem") };
}

static void open_with(world *w, ctes_tls tls) {
    ctes_transport_free(w->transport);
    w->transport = NULL;
    assert_int_equal(ctes_transport_curl_new(&w->context, &tls, &w->limits, &w->transport, &w->err),
                     CTES_OK);
}

static const char *url_of(const world *w, const char *path) {
    static char url[256];
    (void)snprintf(url, sizeof url, "%s%s", tls_server_url(w->server), path);
    return url;
}

static ctes_status perform(world *w, const ctes_request *request) {
    if (w->transport == NULL)
        open_with(w, usual_tls());
    w->err = (ctes_error)CTES_ERROR_INIT;
    ctes_status status = w->transport->perform(w->transport, request, &w->response, &w->err);
    assert_int_equal(w->err.code, status);
    return status;
}

static ctes_status get(world *w) {
    const ctes_request request = { .url = url_of(w, "/page?api=1") };
    return perform(w, &request);
}

static ctes_status post(world *w) {
    const ctes_part part = { .name = "api", .value = "1", .value_length = 1 };
    const ctes_request request = { .url = url_of(w, "/form"), .parts = &part, .part_count = 1 };
    return perform(w, &request);
}

static ctes_status post_file(world *w, const char *path) {
    const ctes_part part = { .name = "acte_pdf_file", .file_name = "acte.pdf", .path = path };
    const ctes_request request = { .url = url_of(w, "/form"), .parts = &part, .part_count = 1 };
    return perform(w, &request);
}

/* (`w` is every test's world, for the words of the error) */
#define assert_status(actual, expected)                                                            \
    do {                                                                                           \
        ctes_status actual_ = (actual);                                                            \
        if (actual_ != (expected))                                                                 \
            fail_msg("%s, not %s: %s", ctes_status_name(actual_), ctes_status_name(expected),      \
                     w->err.detail);                                                               \
    } while (0)

static void assert_says(const world *w, const char *words) {
    if (strstr(w->err.detail, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", w->err.detail, words);
}

static tls_server_seen seen(const world *w) {
    tls_server_seen result;
    tls_server_look(w->server, &result);
    return result;
}

static char *big_file(world *w, size_t size) {
    char *path = scratch_path(w->folder, "big.pdf");
    enum { PIECE = 1 << 20 };
    char *piece = malloc(PIECE);
    scratch_noise(9, 256, piece, PIECE);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (size_t at = 0; at < size; at += PIECE)
        assert_int_equal(write(fd, piece, PIECE), PIECE);
    (void)close(fd);
    free(piece);
    return path;
}

/* --- what leaves ------------------------------------------------------------------------------ */

static void test_get(void **state) {
    world *w = *state;
    serve(w,
          (tls_server_options){ .client_ca = pki("ca.pem"),
                                .reply = "HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n"
                                         "Content-Type: text/html; charset=UTF-8\r\n\r\nK\xe9O" });
    assert_status(get(w), CTES_OK);
    assert_int_equal(w->response.status, 403);
    assert_int_equal(w->response.body.length, 3);
    assert_string_equal(w->response.body.data, "K\xe9O");
    assert_string_equal(w->response.content_type, "text/html; charset=UTF-8");
    assert_null(w->response.location);
    assert_int_equal(w->response.retry_after, -1);
    assert_int_equal(w->response.sent, 0);
    char expected[256];
    (void)snprintf(expected, sizeof expected,
                   "GET /page?api=1 HTTP/1.1\r\nHost: localhost:%d\r\nUser-Agent: ctes/0.1.0\r\n"
                   "Accept: */*\r\n\r\n",
                   tls_server_port(w->server));
    char *request = tls_server_request(w->server, NULL);
    assert_string_equal(request, expected);
    free(request);
    assert_non_null(strstr(seen(w).peer, "CN=Agent"));
}

static void test_multipart_bytes(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    char *path = scratch_path(w->folder, "on-disk.bin");
    scratch_write(path, "%PDF\r\n\0\xff--", 10);
    const ctes_part parts[] = {
        { .name = "subject", .value = "D\xe9lib\xe9ration \xab 1 \xbb", .value_length = 18 },
        { .name = "empty", .value = NULL, .value_length = 0 },
        { .name = "acte_pdf_file", .file_name = "d\xe9lib.pdf", .path = path },
        { .name = "acte_attachments[]",
          .file_name = "a\"b.xml",
          .content_type = "text/xml",
          .value = "<a/>",
          .value_length = 4 },
    };
    const ctes_request request = { .url = url_of(w, "/form"), .parts = parts, .part_count = 4 };
    assert_status(perform(w, &request), CTES_OK);
    size_t length = 0;
    char *sent = tls_server_request(w->server, &length);
    assert_null(strcasestr(sent, "\r\nExpect:"));
    assert_null(strcasestr(sent, "\r\nTransfer-Encoding:"));
    char *mark = strstr(sent, "boundary=");
    assert_non_null(mark);
    mark += strlen("boundary=");
    int mark_length = (int)strcspn(mark, "\r");
    CTES_AUTO_BUFFER ctes_buffer body = CTES_BUFFER_INIT(65536);
    assert_int_equal(
        ctes_buffer_printf(
            &body, NULL,
            "--%.*s\r\nContent-Disposition: form-data; name=\"subject\"\r\n\r\n"
            "D\xe9lib\xe9ration \xab 1 \xbb\r\n"
            "--%.*s\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n"
            "--%.*s\r\nContent-Disposition: form-data; name=\"acte_pdf_file\"; "
            "filename=\"d\xe9lib.pdf\"\r\nContent-Type: application/octet-stream\r\n\r\n%%PDF\r\n",
            mark_length, mark, mark_length, mark, mark_length, mark),
        CTES_OK);
    assert_int_equal(ctes_buffer_append(&body, "\0\xff--", 4, NULL), CTES_OK);
    assert_int_equal(ctes_buffer_printf(&body, NULL,
                                        "\r\n--%.*s\r\nContent-Disposition: form-data; "
                                        "name=\"acte_attachments[]\"; filename=\"a%%22b.xml\"\r\n"
                                        "Content-Type: text/xml\r\n\r\n<a/>\r\n--%.*s--\r\n",
                                        mark_length, mark, mark_length, mark),
                     CTES_OK);
    const char *start = strstr(sent, "\r\n\r\n") + 4;
    assert_int_equal((size_t)(sent + length - start), body.length);
    assert_memory_equal(start, body.data, body.length);
    assert_int_equal(w->response.sent, body.length);
    free(sent);
    free(path);
}

static void test_basic_login_is_of_one_request(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    const ctes_secret password = { .length = 6, .text = "s\xe9same" };
    const ctes_request request = { .url = url_of(w, "/"),
                                   .login = "mairie",
                                   .password = &password };
    assert_status(perform(w, &request), CTES_OK);
    char *sent = tls_server_request(w->server, NULL);
    assert_non_null(strstr(sent, "\r\nAuthorization: Basic bWFpcmllOnPpc2FtZQ==\r\n"));
    free(sent);
    assert_status(get(w), CTES_OK);
    sent = tls_server_request(w->server, NULL);
    assert_null(strstr(sent, "Authorization"));
    free(sent);
}

static void test_big_file_with_flat_memory(void **state) {
    world *w = *state;
    enum { SIZE = 20 << 20 };
    serve(w, (tls_server_options){ .client_ca = pki("ca.pem") });
    char *path = big_file(w, SIZE);
    assert_status(get(w), CTES_OK);
    assert_status(post(w), CTES_OK);
    struct rusage before;
    struct rusage after;
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    assert_status(post_file(w, path), CTES_OK);
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
#ifdef __SANITIZE_ADDRESS__
    long most = SIZE / 1024 / 4 * 3; /* AddressSanitizer keeps what is released for a while */
#else
    long most = 4 * 1024;
#endif
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, most);
    assert_true(w->response.sent > SIZE && w->response.sent < SIZE + 1000);
    assert_int_equal(seen(w).body_bytes, w->response.sent);
    char *sent = tls_server_request(w->server, NULL);
    assert_null(strcasestr(sent, "\r\nExpect:")); /* libcurl adds one to large bodies */
    free(sent);
    free(path);
}

static void test_file_that_cannot_be_sent(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    char *missing = scratch_path(w->folder, "missing.pdf");
    assert_status(post_file(w, missing), CTES_E_DOCUMENT_UNREADABLE);
    assert_string_equal(w->err.subject, "missing.pdf");
    assert_status(post_file(w, w->folder), CTES_E_DOCUMENT_UNREADABLE);
    free(missing);
    assert_int_equal(seen(w).connections, 0);
    assert_status(get(w), CTES_OK); /* the transport is as good as before */
}

typedef struct shrinking {
    tls_server *server;
    const char *path;
} shrinking;

/* a hook that is called all along an exchange, bent to the test's use */
static bool shrink_once_under_way(void *user) {
    shrinking *s = user;
    tls_server_seen look;
    tls_server_look(s->server, &look);
    if (look.body_bytes > 0)
        assert_int_equal(truncate(s->path, 0), 0);
    return false;
}

static void test_file_that_shrinks_meanwhile(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    char *path = big_file(w, 32 << 20);
    shrinking s = { .server = w->server, .path = path };
    w->context = (ctes_context){ .user = &s, .stop = shrink_once_under_way };
    assert_status(post_file(w, path), CTES_E_NET_BROKEN);
    assert_string_equal(w->err.subject, "big.pdf");
    free(path);
    tls_server_wait_ended(w->server, 1);
    assert_int_equal(seen(w).requests, 0);
}

/* --- what comes back -------------------------------------------------------------------------- */

static void test_redirect_is_not_followed(void **state) {
    world *w = *state;
    serve(w,
          (tls_server_options){ .reply = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                                         "Location:  https://localhost/connexion?m=\xe9\r\n\r\n" });
    assert_status(post(w), CTES_OK);
    assert_int_equal(w->response.status, 302);
    assert_string_equal(w->response.location, "https://localhost/connexion?m=\xe9");
    assert_int_equal(w->response.body.length, 0);
    assert_int_equal(seen(w).requests, 1);
}

static void test_cookies_are_dropped_and_connections_kept(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                                            "Set-Cookie: PHPSESSID=1; secure\r\n\r\nOK" });
    assert_status(get(w), CTES_OK);
    assert_status(get(w), CTES_OK);
    char *sent = tls_server_request(w->server, NULL);
    assert_null(strcasestr(sent, "cookie"));
    free(sent);
    assert_int_equal(seen(w).connections, 1);
    assert_int_equal(seen(w).requests, 2);
}

static void test_retry_after(void **state) {
    world *w = *state;
    static const struct {
        const char *header;
        long expected;
    } cases[] = {
        { "Retry-After: 120\r\n", 120 },
        { "Retry-After: 0\r\n", 0 },
        { "Retry-After: soon\r\n", -1 },
        { "Retry-After: -5\r\n", -1 },
        { "Retry-After: 99999999999999999999\r\n", -1 },
        { "Retry-After: Thu, 01 Jan 1970 00:16:40 GMT\r\n", 0 },
        { "", -1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char reply[256];
        (void)snprintf(reply, sizeof reply,
                       "HTTP/1.1 503 Unavailable\r\n%sContent-Length: 0\r\n\r\n", cases[i].header);
        serve(w, (tls_server_options){ .reply = reply });
        assert_status(get(w), CTES_OK);
        assert_int_equal(w->response.status, 503);
        assert_int_equal(w->response.retry_after, cases[i].expected);
    }
}

static void test_response_is_replaced(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .reply = "HTTP/1.1 302 Found\r\nContent-Length: 2\r\n"
                                            "Location: /a\r\n\r\nOK" });
    assert_status(get(w), CTES_OK);
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_CLOSE_READ });
    assert_status(get(w), CTES_E_NET_BROKEN);
    assert_string_equal(w->response.location, "/a"); /* a failure changes nothing */
    serve(w, (tls_server_options){ .reply = "HTTP/1.1 204 Nothing\r\n\r\n" });
    assert_status(get(w), CTES_OK);
    assert_null(w->response.location);
    assert_int_equal(w->response.body.length, 0);
}

static void test_refused_while_sending(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_WITHOUT_READING,
                                   .reply = "HTTP/1.1 413 Too Large\r\nConnection: close\r\n"
                                            "Content-Length: 0\r\n\r\n" });
    char *path = big_file(w, 20 << 20);
    ctes_status status = post_file(w, path);
    /* the reply is read unless the connection's reset was faster */
    if (status != CTES_E_NET_BROKEN) {
        assert_status(status, CTES_OK);
        assert_int_equal(w->response.status, 413);
    }
    free(path);
}

static void test_bounds(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_ENDLESS_BODY });
    assert_status(post(w), CTES_E_NET_REPLY_TOO_LARGE);
    assert_says(w, "8388608");
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_ENDLESS_HEADERS });
    assert_status(post(w), CTES_E_NET_REPLY_TOO_LARGE);
    assert_says(w, "65536");
    /* libcurl ends a single line by itself */
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_ENDLESS_HEADER });
    assert_status(post(w), CTES_E_NET_BROKEN);

    const char *const replies[] = { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
                                    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n0123456789." };
    for (size_t i = 0; i < 2; i++) {
        serve(w, (tls_server_options){ .reply = replies[i] });
        const ctes_request request = { .url = url_of(w, "/"), .reply_max = 10 };
        assert_status(perform(w, &request), i == 0 ? CTES_OK : CTES_E_NET_REPLY_TOO_LARGE);
    }
}

/* --- never twice --------------------------------------------------------------------------------
 */

static void test_a_submission_never_leaves_twice(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_CLOSE_READ });
    assert_status(post(w), CTES_E_NET_BROKEN);
    tls_server_wait_ended(w->server, 1);
    assert_int_equal(seen(w).requests, 1);
    assert_int_equal(seen(w).connections, 1);

    /* libcurl repeats what an old connection leaves unanswered: so a submission gets a new one */
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_ONCE });
    assert_status(get(w), CTES_OK);
    assert_status(post(w), CTES_OK);
    assert_int_equal(seen(w).requests, 2);
    assert_int_equal(seen(w).connections, 2);
    assert_int_equal(seen(w).resumed, 1);
}

/* --- failures --------------------------------------------------------------------------------- */

static void test_resolve(void **state) {
    world *w = *state;
    /* a label of more than 63 characters is no name: nobody is asked */
    const ctes_request request = {
        .url = "https://"
               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/"
    };
    assert_status(perform(w, &request), CTES_E_NET_RESOLVE);
}

static void test_connection_refused(void **state) {
    world *w = *state;
    char url[64];
    (void)snprintf(url, sizeof url, "https://localhost:%d/", tls_server_dead_port());
    const ctes_request request = { .url = url };
    assert_status(perform(w, &request), CTES_E_NET_CONNECT);
}

static void test_connection_never_accepted(void **state) {
    world *w = *state;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = { .sin_family = AF_INET };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    assert_int_equal(bind(listener, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(listen(listener, 0), 0);
    int waiting[4]; /* they fill the queue: later ones get no answer at all */
    for (size_t i = 0; i < 4; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(waiting[i], (const struct sockaddr *)&address, size);
    }
    w->limits.connect_s = 1;
    char url[64];
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/", ntohs(address.sin_port));
    const ctes_request request = { .url = url };
    assert_status(perform(w, &request), CTES_E_NET_CONNECT);
    for (size_t i = 0; i < 4; i++)
        (void)close(waiting[i]);
    (void)close(listener);
}

static void test_bad_urls(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    char plain[64];
    (void)snprintf(plain, sizeof plain, "http://localhost:%d/", tls_server_port(w->server));
    char login[64];
    (void)snprintf(login, sizeof login, "https://a:b@localhost:%d/", tls_server_port(w->server));
    const char *const bad[] = { plain,      login, "file:///etc/passwd", "ftp://localhost/",
                                "https://", "" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const ctes_request request = { .url = bad[i] };
        assert_status(perform(w, &request), CTES_E_CONFIG_INVALID);
    }
    assert_int_equal(seen(w).connections, 0);
}

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
    const char *const settings[][2] = {
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

static void test_cut(void **state) {
    world *w = *state;
    char *path = big_file(w, 20 << 20);
    static const tls_behaviour cuts[] = { TLS_SERVER_CLOSE_UNREAD, TLS_SERVER_CLOSE_HEADERS,
                                          TLS_SERVER_CLOSE_READ };
    for (size_t i = 0; i < 3; i++) {
        serve(w, (tls_server_options){ .behaviour = cuts[i] });
        assert_status(post(w), CTES_E_NET_BROKEN);
        assert_status(post_file(w, path), CTES_E_NET_BROKEN);
        tls_server_wait_ended(w->server, 2);
        assert_int_equal(seen(w).connections, 2);
    }
    free(path);
    static const char *const replies[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nOK\n12",         /* cut short */
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nOK", /* cut short */
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nOK", /* no chunk */
        "HTTP/1.1 200 OK\r\nContent-Le",                                 /* in the headers */
        "OK\n1234\n",                                                    /* no HTTP */
        "\0\1\2\3\xff\xfe",
    };
    /* a body that lasts until the connection ends may have been longer */
    static const char UNTIL_END[] = "HTTP/1.1 200 OK\r\n\r\nOK\n12";
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_THEN_CUT, .reply = UNTIL_END });
    assert_status(post(w), CTES_E_NET_BROKEN);
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_THEN_CLOSE, .reply = UNTIL_END });
    assert_status(get(w), CTES_OK);
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_THEN_CLOSE, .reply = replies[3] });
    assert_status(get(w), CTES_E_NET_BROKEN);
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_THEN_CLOSE,
                                       .reply = replies[i],
                                       .reply_length = i == 5 ? 6 : 0 });
        assert_status(post(w), CTES_E_NET_BROKEN);
        assert_int_equal(seen(w).requests, 1);
    }
}

static void test_timeouts_after_sending(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_STALL_READ });
    w->limits.total_s = 1;
    assert_status(post(w), CTES_E_NET_TIMEOUT);
    assert_int_equal(seen(w).requests, 1);
    w->limits = (ctes_net_limits)CTES_NET_LIMITS_INIT;
    w->limits.stall_s = 1;
    open_with(w, usual_tls());
    assert_status(post(w), CTES_E_NET_TIMEOUT);
}

/* --- stopping --------------------------------------------------------------------------------- */

static bool stop_now(void *user) {
    (void)user;
    return true;
}

static bool stop_once_connected(void *user) {
    tls_server_seen look;
    tls_server_look(user, &look);
    return look.connections > 0;
}

static bool stop_once_receiving(void *user) {
    tls_server_seen look;
    tls_server_look(user, &look);
    return look.body_bytes > 0;
}

static void test_stop(void **state) {
    world *w = *state;
    char *path = big_file(w, 20 << 20);
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    w->context = (ctes_context){ .stop = stop_now };
    assert_status(post(w), CTES_E_INTERRUPTED);
    assert_int_equal(seen(w).connections, 0);

    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_STALL_ACCEPTED });
    w->context = (ctes_context){ .user = w->server, .stop = stop_once_connected };
    assert_status(post_file(w, path), CTES_E_INTERRUPTED);

    /* what has begun to leave is finished */
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    w->context = (ctes_context){ .user = w->server, .stop = stop_once_receiving };
    assert_status(post_file(w, path), CTES_OK);
    assert_true(stop_once_receiving(w->server));
    assert_status(get(w), CTES_E_INTERRUPTED);
    free(path);
}

/* --- keys ---------------------------------------------------------------------------------------
 */

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
    assert_status(new_with(w, pki("client.p12"), NULL, NULL), CTES_OK);
    assert_status(new_with(w, NULL, NULL, ca), CTES_E_CERT_UNREADABLE);
    assert_status(new_with(w, pki("none.pem"), pki("client.key"), ca), CTES_E_CERT_UNREADABLE);
    assert_status(new_with(w, pki("client.pem"), pki("client.key"), pki("none.pem")),
                  CTES_E_CERT_UNREADABLE);
    assert_status(new_with(w, pki("client.pem"), pki("none.key"), ca), CTES_E_KEY_UNREADABLE);
    assert_status(new_with(w, pki("client.pem"), pki("bad/exposed.key"), ca), CTES_E_KEY_EXPOSED);
    /* the certificate alone must hold the key, and is then as secret */
    assert_status(new_with(w, pki("client.pem"), NULL, ca), CTES_E_KEY_EXPOSED);
    char *copy = scratch_path(w->folder, "client.PFX");
    size_t length = 0;
    char *bytes = scratch_read(pki("client.p12"), &length);
    scratch_write(copy, bytes, length);
    assert_int_equal(chmod(copy, 0640), 0);
    assert_status(new_with(w, copy, NULL, ca), CTES_E_KEY_EXPOSED);
    free(bytes);
    free(copy);
}

static ctes_secret passphrase_of(const char *name) {
    ctes_secret secret = CTES_SECRET_INIT;
    assert_int_equal(ctes_secret_read(pki(name), &secret, NULL), CTES_OK);
    return secret;
}

static void test_passphrases(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY });
    const ctes_secret client = passphrase_of("client.pass");
    const ctes_secret signer = passphrase_of("signer.pass");
    const ctes_secret wrong = { .length = 5, .text = "wrong" };
    const struct {
        ctes_tls tls;
        ctes_status expected;
    } cases[] = {
        { { .certificate = pki("client.p12"), .passphrase = &client }, CTES_OK },
        { { .certificate = pki("client.p12"), .passphrase = &wrong }, CTES_E_KEY_PASSPHRASE },
        { { .certificate = pki("client.p12") }, CTES_E_KEY_PASSPHRASE },
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

int main(int argc, char **argv) {
    if (argc > 1)
        return get_and_tell(argv[1]);
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_get),
        CASE(test_multipart_bytes),
        CASE(test_basic_login_is_of_one_request),
        CASE(test_big_file_with_flat_memory),
        CASE(test_file_that_cannot_be_sent),
        CASE(test_file_that_shrinks_meanwhile),
        CASE(test_redirect_is_not_followed),
        CASE(test_cookies_are_dropped_and_connections_kept),
        CASE(test_retry_after),
        CASE(test_response_is_replaced),
        CASE(test_refused_while_sending),
        CASE(test_bounds),
        CASE(test_a_submission_never_leaves_twice),
        CASE(test_resolve),
        CASE(test_connection_refused),
        CASE(test_connection_never_accepted),
        CASE(test_bad_urls),
        CASE(test_server_certificate),
        CASE(test_environment_changes_nothing),
        CASE(test_system_authorities),
        CASE(test_our_certificate_refused),
        CASE(test_handshake),
        CASE(test_old_tls_whatever_openssl_allows),
        CASE(test_cut),
        CASE(test_timeouts_after_sending),
        CASE(test_stop),
        CASE(test_files_are_checked),
        CASE(test_passphrases),
        CASE(test_key_in_the_certificate_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
