/* Many exchanges at once: each gets its own reply, a bounded number runs, none hurts another. */
#include "net_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/runtime.h"

enum { THREADS = 8, REQUESTS = 50, IN_FLIGHT = 4, PEOPLE = 20 };

/* what one thread does, and what came of it; asserted by the test's own thread */
typedef struct caller {
    world *w;
    pthread_t thread;
    unsigned number;
    unsigned requests;
    const char *path; /* NULL: one of each request's own */
    const char *file; /* posted every third time, or NULL */
    unsigned good;
    ctes_status last;
} caller;

static void call(caller *c, unsigned count) {
    char path[64];
    char url[256];
    if (c->path != NULL)
        (void)snprintf(path, sizeof path, "%s", c->path);
    else
        (void)snprintf(path, sizeof path, "/of/%u/%u", c->number, count);
    (void)snprintf(url, sizeof url, "%s%s", tls_server_url(c->w->server), path);
    const ctes_part parts[] = { { .name = "subject", .value = path, .value_length = strlen(path) },
                                { .name = "f", .file_name = "f.pdf", .path = c->file } };
    const ctes_request request = { .url = url,
                                   .parts = parts,
                                   .part_count = count % 3 == 0                      ? 0
                                                 : count % 3 == 1 && c->file != NULL ? 2
                                                                                     : 1 };
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    ctes_error err = CTES_ERROR_INIT;
    c->last = c->w->transport->perform(c->w->transport, &request, &response, &err);
    if (c->last != CTES_OK)
        return;
    char expected[128];
    (void)snprintf(expected, sizeof expected, "%s %llu", path, (unsigned long long)response.sent);
    c->good += response.status == 200 && strcmp(response.body.data, expected) == 0 &&
               (response.sent > 0) == (request.part_count > 0);
}

static void *run_caller(void *user) {
    caller *c = user;
    for (unsigned i = 0; i < c->requests; i++)
        call(c, i);
    return NULL;
}

static void start(world *w, caller *c, unsigned number) {
    c->w = w;
    c->number = number;
    if (c->requests == 0)
        c->requests = 1;
    assert_int_equal(pthread_create(&c->thread, NULL, run_caller, c), 0);
}

static void join(caller *c) {
    assert_int_equal(pthread_join(c->thread, NULL), 0);
}

static int set_up_many(void **state) {
    fixture_in_flight = IN_FLIGHT;
    return set_up(state);
}

static void open_echo(world *w) {
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_ECHO, .client_ca = pki("ca.pem") });
    open_with(w, usual_tls());
}

/* --- working together ------------------------------------------------------------------------- */

static void test_each_gets_its_own_reply(void **state) {
    world *w = *state;
    char *file = big_file(w, 1 << 20);
    w->in_flight = THREADS;
    open_echo(w);
    caller callers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        callers[i] = (caller){ .requests = REQUESTS, .file = file };
        start(w, &callers[i], i);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        join(&callers[i]);
        assert_int_equal(callers[i].good, REQUESTS);
    }
    assert_int_equal(seen(w).requests, THREADS * REQUESTS);
    assert_in_range(seen(w).connections, 1, THREADS);
    assert_int_equal(seen(w).handshakes, seen(w).connections);
    free(file);
}

static void test_bounded_in_flight(void **state) {
    world *w = *state;
    open_echo(w);
    tls_server_hold(w->server, true);
    caller callers[PEOPLE];
    for (unsigned i = 0; i < PEOPLE; i++) {
        callers[i] = (caller){ .requests = 3 };
        start(w, &callers[i], i);
    }
    tls_server_wait_in_flight(w->server, IN_FLIGHT);
    tls_server_hold(w->server, false);
    for (unsigned i = 0; i < PEOPLE; i++) {
        join(&callers[i]);
        assert_int_equal(callers[i].good, 3);
    }
    assert_int_equal(seen(w).most_in_flight, IN_FLIGHT);
    assert_in_range(seen(w).connections, 1, IN_FLIGHT);
}

/* --- not getting into each other's way -------------------------------------------------------- */

static void test_one_that_fails_and_one_that_stalls(void **state) {
    world *w = *state;
    w->limits.total_s = 60;
    open_echo(w);
    caller stalled = { .path = "/stall" };
    start(w, &stalled, 0);
    caller cut = { .path = "/cut", .requests = 10 };
    start(w, &cut, 1);
    caller usual[2] = { { .requests = REQUESTS }, { .requests = REQUESTS } };
    for (unsigned i = 0; i < 2; i++)
        start(w, &usual[i], 2 + i);
    for (unsigned i = 0; i < 2; i++) {
        join(&usual[i]);
        assert_int_equal(usual[i].good, REQUESTS);
    }
    join(&cut);
    assert_int_equal(cut.good, 0);
    assert_int_equal(cut.last, CTES_E_NET_BROKEN);
    tls_server_stop(w->server); /* ends the stalled one's connection too */
    w->server = NULL;
    join(&stalled);
    assert_true(stalled.last != CTES_OK);
}

static void test_errors_are_of_the_one_they_met(void **state) {
    world *w = *state;
    open_echo(w);
    caller usual = { .requests = REQUESTS };
    start(w, &usual, 0);
    for (int i = 0; i < 5; i++) {
        char *missing = scratch_path(w->folder, "missing.pdf");
        assert_status(post_file(w, missing), CTES_E_DOCUMENT_UNREADABLE);
        free(missing);
        const ctes_request plain = { .url = "http://localhost/" };
        assert_status(perform(w, &plain), CTES_E_CONFIG_INVALID);
        char url[64];
        (void)snprintf(url, sizeof url, "https://localhost:%d/", tls_server_dead_port());
        const ctes_request nobody = { .url = url };
        assert_status(perform(w, &nobody), CTES_E_NET_CONNECT);
    }
    join(&usual);
    assert_int_equal(usual.good, REQUESTS);
}

/* --- order ------------------------------------------------------------------------------------ */

static void test_first_come_first_served(void **state) {
    world *w = *state;
    w->in_flight = 1;
    open_echo(w);
    tls_server_hold(w->server, true);
    caller first = { .path = "/first" };
    start(w, &first, 0);
    tls_server_wait_in_flight(w->server, 1);
    /* one who comes again and again does not get past those who wait */
    caller patient = { .path = "/patient" };
    start(w, &patient, 1);
    caller eager = { .path = "/eager", .requests = 20 };
    start(w, &eager, 2);
    tls_server_hold(w->server, false);
    join(&first);
    join(&patient);
    join(&eager);
    assert_int_equal(first.good + patient.good + eager.good, 22);
    assert_int_equal(seen(w).most_in_flight, 1);
    assert_int_equal(seen(w).connections, 1);
}

/* --- ending ----------------------------------------------------------------------------------- */

static atomic_bool stopping;

static bool stop_hook(void *user) {
    (void)user;
    return atomic_load(&stopping);
}

static void test_stop(void **state) {
    world *w = *state;
    atomic_store(&stopping, false);
    w->context = (ctes_context){ .stop = stop_hook };
    open_echo(w);
    tls_server_hold(w->server, true);
    caller callers[PEOPLE];
    for (unsigned i = 0; i < PEOPLE; i++) {
        callers[i] = (caller){ .requests = 1 };
        start(w, &callers[i], i);
    }
    tls_server_wait_in_flight(w->server, IN_FLIGHT);
    atomic_store(&stopping, true);
    /* those who wait go, though those in flight are still held */
    unsigned interrupted = 0;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    const ctes_request late = { .url = tls_server_url(w->server) };
    assert_int_equal(w->transport->perform(w->transport, &late, &response, &w->err),
                     CTES_E_INTERRUPTED);
    tls_server_hold(w->server, false);
    unsigned good = 0;
    for (unsigned i = 0; i < PEOPLE; i++) {
        join(&callers[i]);
        good += callers[i].good;
        interrupted += callers[i].last == CTES_E_INTERRUPTED;
    }
    assert_in_range(good, IN_FLIGHT, PEOPLE);
    assert_int_equal(good + interrupted, PEOPLE);
    assert_int_equal(seen(w).requests, good);
}

static void test_stop_while_connecting(void **state) {
    world *w = *state;
    atomic_store(&stopping, false);
    w->context = (ctes_context){ .stop = stop_hook };
    serve(w, (tls_server_options){ .behaviour = TLS_SERVER_STALL_ACCEPTED });
    open_with(w, usual_tls());
    caller callers[PEOPLE];
    for (unsigned i = 0; i < PEOPLE; i++) {
        callers[i] = (caller){ .requests = 1 };
        start(w, &callers[i], i);
    }
    while (seen(w).connections == 0)
        (void)sched_yield();
    atomic_store(&stopping, true);
    for (unsigned i = 0; i < PEOPLE; i++) {
        join(&callers[i]);
        assert_int_equal(callers[i].last, CTES_E_INTERRUPTED);
    }
}

static void test_free_while_idle(void **state) {
    world *w = *state;
    open_echo(w);
    ctes_transport_free(w->transport); /* never used */
    w->transport = NULL;
    open_with(w, usual_tls());
    caller c = { .requests = 3 };
    start(w, &c, 0);
    join(&c);
    assert_int_equal(c.good, 3);
    ctes_transport_free(w->transport); /* with a connection open */
    w->transport = NULL;
    tls_server_wait_ended(w->server, 1);
}

static void test_not_made(void **state) {
    world *w = *state;
    ctes_tls tls = usual_tls();
    tls.key = pki("none.key");
    assert_int_equal(
        ctes_transport_multi_new(&w->context, &tls, &w->limits, IN_FLIGHT, &w->transport, &w->err),
        CTES_E_KEY_UNREADABLE);
    assert_null(w->transport);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up_many, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_each_gets_its_own_reply),
        CASE(test_bounded_in_flight),
        CASE(test_one_that_fails_and_one_that_stalls),
        CASE(test_errors_are_of_the_one_they_met),
        CASE(test_first_come_first_served),
        CASE(test_stop),
        CASE(test_stop_while_connecting),
        CASE(test_free_while_idle),
        CASE(test_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
