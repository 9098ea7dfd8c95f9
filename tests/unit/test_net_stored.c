/* Replies that go to a file: whole and durable, or not at all. */
#include "net_fixture.h"

#define FOUND "HTTP/1.1 200 OK\r\nContent-Type: application/x-gzip\r\n"

static ctes_status fetch(world *w, const char *path, size_t max) {
    const ctes_request request = { .url = url_of(w, "/parcel"),
                                   .reply_path = path,
                                   .reply_max = max };
    return perform(w, &request);
}

static void test_body_of_a_200_goes_to_the_file(void **state) {
    world *w = *state;
    char *path = scratch_path(w->folder, "parcel");
    static const char REPLY[] = FOUND "Content-Length: 6\r\n\r\n\x1f\x8b\0\xff\r\n";
    serve(w, (tls_server_options){ .reply = REPLY, .reply_length = sizeof REPLY - 1 });
    for (int i = 0; i < 2; i++) { /* the second takes the first one's place */
        assert_status(fetch(w, path, 0), CTES_OK);
        assert_int_equal(w->response.status, 200);
        assert_int_equal(w->response.stored, 6);
        assert_int_equal(w->response.body.length, 0);
        size_t length = 0;
        char *bytes = scratch_read(path, &length);
        assert_int_equal(length, 6);
        assert_memory_equal(bytes, "\x1f\x8b\0\xff\r\n", 6);
        free(bytes);
        assert_int_equal(scratch_count(w->folder), 1);
    }
    assert_status(get(w), CTES_OK); /* the next one is asked for in memory again */
    assert_int_equal(w->response.body.length, 6);
    assert_int_equal(w->response.stored, 0);
    free(path);
}

static void test_empty_body_is_an_empty_file(void **state) {
    world *w = *state;
    char *path = scratch_path(w->folder, "parcel");
    serve(w, (tls_server_options){ .reply = FOUND "Content-Length: 0\r\n\r\n" });
    assert_status(fetch(w, path, 0), CTES_OK);
    assert_int_equal(w->response.stored, 0);
    assert_int_equal(access(path, F_OK), 0);
    free(path);
}

static void test_other_replies_stay_in_memory(void **state) {
    world *w = *state;
    char *path = scratch_path(w->folder, "parcel");
    serve(w, (tls_server_options){ .reply = "HTTP/1.1 302 Found\r\nContent-Length: 2\r\n"
                                            "Location: /\r\n\r\nKO" });
    assert_status(fetch(w, path, 0), CTES_OK);
    assert_int_equal(w->response.status, 302);
    assert_string_equal(w->response.body.data, "KO");
    assert_int_equal(w->response.stored, 0);
    assert_int_equal(scratch_count(w->folder), 0);
    free(path);
}

static void test_nothing_is_left_of_a_cut_or_endless_reply(void **state) {
    world *w = *state;
    char *path = scratch_path(w->folder, "parcel");
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_REPLY_THEN_CLOSE,
                                   .reply = FOUND "Content-Length: 10\r\n\r\n12345" });
    assert_status(fetch(w, path, 0), CTES_E_NET_BROKEN);
    assert_int_equal(scratch_count(w->folder), 0);
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_ENDLESS_BODY });
    assert_status(fetch(w, path, 1 << 20), CTES_E_NET_REPLY_TOO_LARGE);
    assert_int_equal(scratch_count(w->folder), 0);
    free(path);
}

static void test_bound_is_the_file_s_own(void **state) {
    world *w = *state;
    char *path = scratch_path(w->folder, "parcel");
    serve(w, (tls_server_options){ .reply = FOUND "Content-Length: 10\r\n\r\n0123456789" });
    assert_status(fetch(w, path, 10), CTES_OK);
    assert_int_equal(unlink(path), 0);
    assert_status(fetch(w, path, 9), CTES_E_NET_REPLY_TOO_LARGE);
    assert_int_equal(scratch_count(w->folder), 0);
    free(path);
}

static void test_file_that_cannot_be_written(void **state) {
    world *w = *state;
    char *path = scratch_path(w->folder, "missing/parcel");
    serve(w, (tls_server_options){ .reply = FOUND "Content-Length: 2\r\n\r\nOK" });
    assert_status(fetch(w, path, 0), CTES_E_NOT_FOUND);
    assert_status(get(w), CTES_OK);
    free(path);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_body_of_a_200_goes_to_the_file),
        CASE(test_empty_body_is_an_empty_file),
        CASE(test_other_replies_stay_in_memory),
        CASE(test_nothing_is_left_of_a_cut_or_endless_reply),
        CASE(test_bound_is_the_file_s_own),
        CASE(test_file_that_cannot_be_written),
    };
    return RUN_WITH_BOTH(tests);
}
