/*
 * Connections kept between requests, and what the server does to them meanwhile: whatever it is, no
 * submission is received twice, and what was lost on the way is told from what never left.
 */
#include "net_fixture.h"

/* a small body leaves in one piece, a large one in many */
enum { SMALL, LARGE, SIZES };

static ctes_status submit(world *w, const char *large, int size) {
    return size == SMALL ? post(w) : post_file(w, large);
}

static void test_submissions_share_a_connection(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .client_ca = pki("ca.pem") });
    char *path = big_file(w, 2 << 20);
    for (int i = 0; i < 10; i++)
        assert_status(submit(w, path, i % SIZES), CTES_OK);
    assert_int_equal(seen(w).bodies, 10);
    assert_int_equal(seen(w).connections, 1);
    free(path);
}

/* With TLS's end mark or without: the end is seen before anything leaves. */
static void test_ended_while_idle(void **state) {
    world *w = *state;
    char *path = big_file(w, 2 << 20);
    static const tls_behaviour ends[] = { TLS_SERVER_REPLY_THEN_CLOSE, TLS_SERVER_REPLY_THEN_CUT };
    for (int i = 0; i < 2 * SIZES; i++) {
        serve(w, (tls_server_options){ .behaviour = ends[i % 2] });
        for (unsigned count = 1; count <= 5; count++) {
            assert_status(count == 1 ? get(w) : submit(w, path, i / 2), CTES_OK);
            tls_server_wait_ended(w->server, count);
        }
        assert_int_equal(seen(w).bodies, 4);
        assert_int_equal(seen(w).requests, 5);
        assert_int_equal(seen(w).connections, 5);
        assert_int_equal(seen(w).resumed, 4);
    }
    free(path);
}

/* Once the body was under way nobody knows what became of it: told so, and not sent again. */
static void test_ended_under_way(void **state) {
    world *w = *state;
    char *path = big_file(w, 2 << 20);
    static const tls_behaviour ends[] = { TLS_SERVER_ONCE_CLOSE_HEADERS,
                                          TLS_SERVER_ONCE_CLOSE_PARTLY, TLS_SERVER_REPLY_ONCE };
    for (int i = 0; i < 3 * SIZES; i++) {
        serve(w, (tls_server_options){ .behaviour = ends[i % 3] });
        assert_status(get(w), CTES_OK);
        assert_status(submit(w, path, i / 3), CTES_E_NET_BROKEN);
        assert_says(w, i / 3 == SMALL ? "without an answer" : "");
        /* libcurl may have connected again, but was kept from sending */
        tls_server_wait_ended(w->server, 1);
        assert_int_equal(seen(w).begun, 2);
        assert_int_equal(seen(w).bodies, ends[i % 3] == TLS_SERVER_REPLY_ONCE);
        assert_status(submit(w, path, i / 3), CTES_OK); /* the next one is not hurt */
        assert_int_equal(seen(w).begun, 3);
    }
    free(path);
}

static void test_empty_values_are_not_repeated_either(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_ONCE });
    assert_status(get(w), CTES_OK);
    const ctes_part part = { .name = "api" };
    const ctes_request request = { .url = url_of(w, "/form"), .parts = &part, .part_count = 1 };
    assert_status(perform(w, &request), CTES_E_NET_BROKEN);
    tls_server_wait_ended(w->server, 1);
    assert_int_equal(seen(w).begun, 2);
    assert_int_equal(seen(w).bodies, 1);
}

/* A question may be asked again, and is. */
static void test_a_question_is_repeated(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_ONCE });
    assert_status(get(w), CTES_OK);
    assert_status(get(w), CTES_OK);
    assert_int_equal(seen(w).requests, 3);
    assert_int_equal(seen(w).connections, 2);
}

/* The server is gone for good: nothing left, and that is what is said. */
static void test_gone_while_idle(void **state) {
    world *w = *state;
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_THEN_CLOSE });
    assert_status(get(w), CTES_OK);
    char url[512];
    (void)snprintf(url, sizeof url, "%s", url_of(w, "/form"));
    tls_server_stop(w->server);
    w->server = NULL;
    const ctes_part part = { .name = "api", .value = "1", .value_length = 1 };
    const ctes_request request = { .url = url, .parts = &part, .part_count = 1 };
    assert_status(perform(w, &request), CTES_E_NET_CONNECT);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_submissions_share_a_connection),
        CASE(test_ended_while_idle),
        CASE(test_ended_under_way),
        CASE(test_empty_values_are_not_repeated_either),
        CASE(test_a_question_is_repeated),
        CASE(test_gone_while_idle),
    };
    return RUN_WITH_BOTH(tests);
}
