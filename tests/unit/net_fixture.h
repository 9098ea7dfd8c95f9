/* A transport, a server that misbehaves on demand and what both know, for the tests of net. */
#ifndef CTES_TESTS_NET_FIXTURE_H
#define CTES_TESTS_NET_FIXTURE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake/scratch.h"
#include "fake/tls_server.h"
#include "net/transport_multi.h"

typedef struct world {
    char *folder;
    ctes_context context;
    ctes_net_limits limits;
    unsigned in_flight; /* of the transport for many exchanges; 0: the one for one */
    ctes_transport *transport;
    tls_server *server;
    ctes_response response;
    ctes_error err;
} world;

/* what set_up() gives `in_flight` */
static unsigned fixture_in_flight;

static inline const char *pki_folder(void) {
    return getenv("CTES_PKI_DIR");
}

/* "PKI/name", kept until the end */
static inline const char *pki(const char *name) {
    enum { KEPT = 64 };
    static char paths[KEPT][512];
    static size_t used;
    char *path = paths[used++ % KEPT];
    (void)snprintf(path, sizeof paths[0], "%s/%s", pki_folder(), name);
    return path;
}

static inline int set_up(void **state) {
    if (pki_folder() == NULL) {
        print_message("no CTES_PKI_DIR\n");
        return -1;
    }
    world *w = calloc(1, sizeof *w);
    w->folder = scratch_make();
    w->limits = (ctes_net_limits)CTES_NET_LIMITS_INIT;
    w->in_flight = fixture_in_flight;
    w->response = (ctes_response)CTES_RESPONSE_INIT;
    *state = w;
    return 0;
}

static inline int tear_down(void **state) {
    world *w = *state;
    ctes_transport_free(w->transport);
    tls_server_stop(w->server);
    ctes_response_clear(&w->response);
    scratch_remove(w->folder);
    free(w);
    return 0;
}

/* The tests hold for both transports. */
#define RUN_WITH_BOTH(tests)                                                                       \
    (cmocka_run_group_tests_name("one at a time", tests, NULL, NULL) +                             \
     (fixture_in_flight = 4, cmocka_run_group_tests_name("many at once", tests, NULL, NULL)))

static inline void serve(world *w, tls_server_options options) {
    if (options.certificate == NULL) {
        options.certificate = pki("server.pem");
        options.key = pki("server.key");
    }
    tls_server_stop(w->server);
    w->server = tls_server_start(&options);
}

static inline ctes_tls usual_tls(void) {
    return (ctes_tls){ .certificate = pki("client.pem"),
                       .key = pki("client.key"),
                       .ca = pki("ca.pem") };
}

static inline void open_with(world *w, ctes_tls tls) {
    ctes_transport_free(w->transport);
    w->transport = NULL;
    ctes_status status =
        w->in_flight > 0
            ? ctes_transport_multi_new(&w->context, &tls, &w->limits, w->in_flight, &w->transport,
                                       &w->err)
            : ctes_transport_curl_new(&w->context, &tls, &w->limits, &w->transport, &w->err);
    assert_int_equal(status, CTES_OK);
}

static inline const char *url_of(const world *w, const char *path) {
    static char url[256];
    (void)snprintf(url, sizeof url, "%s%s", tls_server_url(w->server), path);
    return url;
}

static inline ctes_status perform(world *w, const ctes_request *request) {
    if (w->transport == NULL)
        open_with(w, usual_tls());
    w->err = (ctes_error)CTES_ERROR_INIT;
    ctes_status status = w->transport->perform(w->transport, request, &w->response, &w->err);
    assert_int_equal(w->err.code, status);
    return status;
}

static inline ctes_status get(world *w) {
    const ctes_request request = { .url = url_of(w, "/page?api=1") };
    return perform(w, &request);
}

static inline ctes_status post(world *w) {
    const ctes_part part = { .name = "api", .value = "1", .value_length = 1 };
    const ctes_request request = { .url = url_of(w, "/form"), .parts = &part, .part_count = 1 };
    return perform(w, &request);
}

static inline ctes_status post_file(world *w, const char *path) {
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

static inline void assert_says(const world *w, const char *words) {
    if (strstr(w->err.detail, words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", w->err.detail, words);
}

static inline tls_server_seen seen(const world *w) {
    tls_server_seen result;
    tls_server_look(w->server, &result);
    return result;
}

static inline char *big_file(world *w, size_t size) {
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

#endif
