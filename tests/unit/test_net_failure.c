/* Exchanges that fail, told apart by whether the request may have been received. */
#include "net_fixture.h"

#include <arpa/inet.h>
#include <sys/socket.h>

/* --- nothing has left ------------------------------------------------------------------------- */

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

/* --- something has left ----------------------------------------------------------------------- */

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

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_resolve),
        CASE(test_connection_refused),
        CASE(test_connection_never_accepted),
        CASE(test_bad_urls),
        CASE(test_cut),
        CASE(test_timeouts_after_sending),
        CASE(test_refused_while_sending),
        CASE(test_bounds),
        CASE(test_stop),
    };
    return RUN_WITH_BOTH(tests);
}
