/* The real transport with a server that behaves: what leaves, what comes back. */
#include "net_fixture.h"

#include <sys/resource.h>

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

/* --- never twice ------------------------------------------------------------------------------ */

static void test_a_submission_never_leaves_twice(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_CLOSE_READ });
    assert_status(post(w), CTES_E_NET_BROKEN);
    tls_server_wait_ended(w->server, 1);
    assert_int_equal(seen(w).requests, 1);
    assert_int_equal(seen(w).connections, 1);
}

int main(void) {
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
        CASE(test_a_submission_never_leaves_twice),
    };
    return RUN_WITH_BOTH(tests);
}
