/* An S2LOW connector on the transport in memory, and a record of what it told its trace. */
#ifndef CTES_TESTS_UNIT_S2LOW_FIXTURE_H
#define CTES_TESTS_UNIT_S2LOW_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "fake/fake_transport.h"
#include "operator/operator.h"

#define PASSWORD "tr0p-secret"

typedef struct fixture {
    fake_transport *fake;
    ctes_operator *operator;
    ctes_error err;
    size_t told_before, told_after;
    char *fields; /* of the last exchange */
    long http_status;
    size_t reply_length;
    ctes_status outcome;
    ctes_context context;
    size_t stop_after; /* requests; 0: never */
} fixture;

static inline bool fixture_stop(void *user) {
    const fixture *f = user;
    return f->stop_after > 0 && fake_request_count(f->fake) >= f->stop_after;
}

static inline void fixture_trace(void *user, const ctes_exchange *exchange) {
    fixture *f = user;
    assert_null(strstr(exchange->url, PASSWORD));
    if (!exchange->done) {
        assert_int_equal(f->told_before, f->told_after);
        assert_int_equal(exchange->http_status, 0);
        f->told_before++;
        return;
    }
    f->told_after++;
    free(f->fields);
    f->fields = exchange->fields != NULL ? strdup(exchange->fields) : NULL;
    if (f->fields != NULL)
        assert_null(strstr(f->fields, PASSWORD));
    f->http_status = exchange->http_status;
    f->reply_length = exchange->reply_length;
    f->outcome = exchange->outcome;
}

static inline int fixture_make(void **state, const char *login) {
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->fake = fake_transport_new();
    f->context = (ctes_context){ .user = f, .stop = fixture_stop };
    ctes_secret password = { .length = strlen(PASSWORD), .text = PASSWORD };
    const ctes_operator_settings settings = { .url = "https://s2low.test:8443/",
                                              .login = login,
                                              .password = login != NULL ? &password : NULL,
                                              .transport = fake_transport_vtable(f->fake),
                                              .context = &f->context,
                                              .trace = fixture_trace,
                                              .trace_user = f };
    assert_int_equal(ctes_operator_s2low_new(&settings, &f->operator, & f->err), CTES_OK);
    ctes_secret_wipe(&password); /* the connector has its own */
    *state = f;
    return 0;
}

static inline int setup(void **state) {
    return fixture_make(state, "mairie");
}

static inline int teardown(void **state) {
    fixture *f = *state;
    ctes_operator_free(f->operator);
    fake_transport_free(f->fake);
    free(f->fields);
    free(f);
    return 0;
}

/* A reply given byte for byte, NUL included. */
static inline void reply_bytes(fixture *f, const char *url, const char *bytes, size_t length) {
    const fake_reply reply = { .url_contains = url, .body = bytes, .length = length };
    fake_transport_reply(f->fake, &reply);
}

static inline void reply_redirect(fixture *f, const char *url, const char *location) {
    const fake_reply reply = { .url_contains = url, .status = 302, .location = location };
    fake_transport_reply(f->fake, &reply);
}

static inline void assert_detail(const fixture *f, const char *part) {
    if (strstr(f->err.detail, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", f->err.detail, part);
}

#endif
