/* Finding a lost identifier in the listings. */
#include <stdio.h>

#include "unit/s2low_fixture.h"

#define EMPTY "{\"status_id\":\"1\",\"limit\":\"100\",\"transactions\":[]}"

static ctes_status lookup(fixture *f, ctes_operator_listing *ret) {
    f->err = (ctes_error)CTES_ERROR_INIT;
    return f->operator->lookup(f->operator, "D2024_01", (ctes_date){ 2024, 1, 5 }, ret, &f->err);
}

static void reply_always(fixture *f, const char *url, const char *body) {
    const fake_reply reply = {
        .url_contains = url, .body = body, .length = strlen(body), .repeat = true
    };
    fake_transport_reply(f->fake, &reply);
}

/* A full page of acts that are not ours, ids downwards from `first`. */
static char *page_of_others(int64_t first, int count, int limit) {
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(1u << 20);
    assert_int_equal(ctes_buffer_printf(&out, NULL, "{\"limit\":\"%d\",\"transactions\":[", limit),
                     CTES_OK);
    for (int i = 0; i < count; i++)
        assert_int_equal(ctes_buffer_printf(&out, NULL,
                                            "%s{\"id\":\"%lld\",\"number\":\"X%d\",\"type\":\"1\"}",
                                            i > 0 ? "," : "", (long long)first - i, i),
                         CTES_OK);
    assert_int_equal(ctes_buffer_puts(&out, "]}", NULL), CTES_OK);
    char *text = NULL;
    assert_int_equal(ctes_buffer_take(&out, &text, NULL), CTES_OK);
    return text;
}

static void test_t22_numbers_as_strings_or_integers(void **state) {
    fixture *f = *state;
    static const char *const BODIES[] = {
        "{\"status_id\":\"4\",\"transactions\":[{\"id\":\"7\",\"subject\":\"L'\\u00e9t\\u00e9\","
        "\"number\":\"D2024_01\",\"date\":\"2024-01-05\",\"type\":\"1\"}]}",
        "{\"status_id\":4,\"transactions\":[{\"id\":7,\"subject\":\"L'\\u00e9t\\u00e9\","
        "\"number\":\"D2024_01\",\"date\":\"2024-01-05\",\"type\":1}]}",
    };
    for (size_t i = 0; i < 2; i++) {
        fake_reply_text(f->fake, "status_id=17&", 200, EMPTY);
        fake_reply_text(f->fake, "status_id=18&", 200, EMPTY);
        fake_reply_text(f->fake, "status_id=1&", 200, BODIES[i]);
        ctes_operator_listing listing = { .transaction = 0 };
        assert_int_equal(lookup(f, &listing), CTES_OK);
        assert_int_equal(listing.transaction, 7);
        assert_int_equal(listing.native, 1);
        assert_string_equal(listing.objet, "L'été");
        assert_int_equal(listing.date.day, 5);
        ctes_operator_listing_clear(&listing);
        assert_true(fake_transport_all_used(f->fake));
    }
    assert_non_null(strstr(fake_request_last(f->fake)->url,
                           "/modules/actes/api/list_actes.php?api=1&status_id=1&offset=0&limit=100"
                           "&min_date=2024-01-05"));
}

static void test_number_of_digits_only(void **state) {
    fixture *f = *state;
    fake_reply_text(f->fake, NULL, 200,
                    "{\"transactions\":[{\"id\":9,\"number\":2024,\"type\":1}]}");
    ctes_operator_listing listing = { .transaction = 0 };
    assert_int_equal(f->operator->lookup(f->operator, "2024", (ctes_date){ 0 }, &listing, &f->err),
                     CTES_OK);
    assert_int_equal(listing.transaction, 9);
    assert_null(listing.objet);
    assert_null(strstr(fake_request_last(f->fake)->url, "min_date"));
}

/* An act that moves on while we look is met in a later listing. */
static void test_listings_follow_the_way_of_an_act(void **state) {
    fixture *f = *state;
    reply_always(f, NULL, EMPTY);
    ctes_operator_listing listing = { .transaction = 5 };
    assert_int_equal(lookup(f, &listing), CTES_E_OPERATOR_NOT_FOUND);
    assert_int_equal(listing.transaction, 5);
    static const int FIRST[] = { 17, 18, 1, 2, 3, 4, -1, 0 };
    for (size_t i = 0; i < 8; i++) {
        char part[32];
        (void)snprintf(part, sizeof part, "status_id=%d&", FIRST[i]);
        assert_non_null(strstr(fake_request_at(f->fake, i)->url, part));
    }
    assert_int_equal(fake_request_count(f->fake), 18);
}

static void test_other_transactions_of_the_same_number(void **state) {
    fixture *f = *state;
    fake_reply_text(f->fake, NULL, 200,
                    "{\"transactions\":["
                    "{\"id\":\"9\",\"number\":\"D2024_01\",\"type\":\"6\"},"
                    "{\"id\":\"8\",\"number\":\"D2024_011\",\"type\":\"1\"},"
                    "{\"id\":\"7\",\"number\":\"d2024_01\",\"type\":\"1\"},"
                    "{\"id\":\"6\",\"number\":null,\"type\":\"1\"},"
                    "{\"id\":\"5\",\"number\":\"D2024_01\",\"type\":\"1\",\"date\":\"soon\"}]}");
    ctes_operator_listing listing = { .transaction = 0 };
    assert_int_equal(lookup(f, &listing), CTES_OK);
    assert_int_equal(listing.transaction, 5);
    assert_int_equal(listing.date.year, 0);
}

static void test_pages(void **state) {
    fixture *f = *state;
    char *first = page_of_others(500, 100, 100);
    fake_reply_text(f->fake, "status_id=17&offset=0&", 200, first);
    fake_reply_text(f->fake, "status_id=17&offset=100&", 200,
                    "{\"transactions\":[{\"id\":3,\"number\":\"D2024_01\",\"type\":1}]}");
    ctes_operator_listing listing = { .transaction = 0 };
    assert_int_equal(lookup(f, &listing), CTES_OK);
    assert_int_equal(listing.transaction, 3);
    free(first);
}

/* The server lists fewer than were asked for: its page is full all the same. */
static void test_pages_that_the_server_shortens(void **state) {
    fixture *f = *state;
    char *first = page_of_others(500, 10, 10);
    fake_reply_text(f->fake, "status_id=17&offset=0&", 200, first);
    fake_reply_text(f->fake, "status_id=17&offset=10&", 200,
                    "{\"transactions\":[{\"id\":3,\"number\":\"D2024_01\",\"type\":1}]}");
    ctes_operator_listing listing = { .transaction = 0 };
    assert_int_equal(lookup(f, &listing), CTES_OK);
    free(first);
}

static void test_server_that_ignores_the_offset(void **state) {
    fixture *f = *state;
    char *page = page_of_others(500, 100, 100);
    reply_always(f, NULL, page);
    ctes_operator_listing listing = { .transaction = 0 };
    assert_int_equal(lookup(f, &listing), CTES_E_OPERATOR_REPLY);
    assert_int_equal(fake_request_count(f->fake), 2);
    free(page);
}

typedef struct endless {
    fixture *f;
    int64_t next;
} endless;

static void give_next(void *user) {
    endless *e = user;
    char *page = page_of_others(e->next, 100, 100);
    const fake_reply reply = {
        .body = page, .length = strlen(page), .during = give_next, .user = e
    };
    fake_transport_reply(e->f->fake, &reply);
    e->next -= 100;
    free(page);
}

/* Not found within the bound is not a no, nor a reason to give up other acts. */
static void test_listing_without_end(void **state) {
    fixture *f = *state;
    endless e = { f, 1000000 };
    give_next(&e);
    ctes_operator_listing listing = { .transaction = 0 };
    assert_int_equal(lookup(f, &listing), CTES_E_OPERATOR_REPLY);
    assert_int_equal(fake_request_count(f->fake), 2000);
}

static void test_stops_when_asked(void **state) {
    fixture *f = *state;
    reply_always(f, NULL, EMPTY);
    f->stop_after = 3;
    ctes_operator_listing listing = { .transaction = 0 };
    assert_int_equal(lookup(f, &listing), CTES_E_INTERRUPTED);
    assert_int_equal(fake_request_count(f->fake), 3);
}

static void test_what_is_no_listing(void **state) {
    fixture *f = *state;
    static const struct {
        long status;
        const char *body;
        ctes_status expected;
    } CASES[] = {
        { 200, "", CTES_E_OPERATOR_REPLY },
        { 200, "[]", CTES_E_OPERATOR_REPLY },
        { 200, "{}", CTES_E_OPERATOR_REPLY },
        { 200, "{\"transactions\":{}}", CTES_E_OPERATOR_REPLY },
        { 200, "{\"transactions\":[{\"number\":\"D2024_01\",\"type\":1}]}", CTES_E_OPERATOR_REPLY },
        { 200, "{\"transactions\":[{\"id\":-4,\"number\":\"D2024_01\",\"type\":1}]}",
          CTES_E_OPERATOR_REPLY },
        { 200, "{\"transactions\":[{\"id\":0,\"number\":\"D2024_01\",\"type\":1}]}",
          CTES_E_OPERATOR_REPLY },
        { 200, "{\"transactions\":[{\"id\":\"4x\"}]}", CTES_E_OPERATOR_REPLY },
        { 200, "{\"transactions\":[7]}", CTES_E_OPERATOR_REPLY },
        { 200, "{\"transactions\":[]", CTES_E_OPERATOR_REPLY },
        { 200, EMPTY EMPTY, CTES_E_OPERATOR_REPLY }, /* two documents */
        { 200, "<html></html>", CTES_E_OPERATOR_REPLY },
        { 200, "KO\nLe certificat n&#039;est pas valide : aucun compte trouv\xe9\n",
          CTES_E_OPERATOR_ACCESS },
        { 500, "", CTES_E_OPERATOR_UNAVAILABLE },
        { 404, "", CTES_E_OPERATOR_REPLY },
    };
    ctes_operator_listing listing = { .transaction = 5 };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fake_reply_text(f->fake, NULL, CASES[i].status, CASES[i].body);
        assert_int_equal(lookup(f, &listing), CASES[i].expected);
    }
    reply_redirect(f, NULL, "/login.php");
    assert_int_equal(lookup(f, &listing), CTES_E_OPERATOR_ACCESS);
    assert_int_equal(listing.transaction, 5);
}

typedef struct told {
    size_t count;
    int64_t id;
    ctes_operator_state state;
    int native;
} told;

static void note(void *user, int64_t transaction, ctes_operator_state state, int native) {
    told *all = user;
    all[all->count + 1] = (told){ .id = transaction, .state = state, .native = native };
    all->count++;
}

/* Acts on their way, and nothing else; one that moves on is told again, the later state last. */
static void test_what_waits(void **state) {
    fixture *f = *state;
    told all[8] = { { .count = 0 } };
    fake_reply_text(f->fake, "status_id=17&", 200,
                    "{\"transactions\":[{\"id\":\"9\",\"number\":\"A\",\"type\":\"1\"}]}");
    fake_reply_text(f->fake, "status_id=18&", 200, EMPTY);
    fake_reply_text(f->fake, "status_id=1&", 200,
                    "{\"transactions\":[{\"id\":7,\"number\":\"B\",\"type\":1},"
                    "{\"id\":6,\"number\":\"B\",\"type\":6}]}");
    fake_reply_text(f->fake, "status_id=2&", 200,
                    "{\"transactions\":[{\"id\":7,\"number\":\"B\",\"type\":1}]}");
    fake_reply_text(f->fake, "status_id=3&", 200, EMPTY);
    f->err = (ctes_error)CTES_ERROR_INIT;
    assert_int_equal(f->operator->waiting(f->operator, note, all, &f->err), CTES_OK);
    assert_int_equal(all->count, 3);
    assert_int_equal(all[1].id, 9);
    assert_int_equal(all[1].state, CTES_OP_PARKED);
    assert_int_equal(all[1].native, 17);
    assert_int_equal(all[2].state, CTES_OP_POSTED);
    assert_int_equal(all[3].id, 7);
    assert_int_equal(all[3].state, CTES_OP_WAITING);
    assert_true(fake_transport_all_used(f->fake));
    assert_int_equal(fake_request_count(f->fake), 5); /* no acknowledged ones: they are many */
    assert_null(strstr(fake_request_last(f->fake)->url, "min_date"));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(test_t22_numbers_as_strings_or_integers),
        WITH(test_number_of_digits_only),
        WITH(test_listings_follow_the_way_of_an_act),
        WITH(test_other_transactions_of_the_same_number),
        WITH(test_pages),
        WITH(test_pages_that_the_server_shortens),
        WITH(test_server_that_ignores_the_offset),
        WITH(test_listing_without_end),
        WITH(test_stops_when_asked),
        WITH(test_what_waits),
        WITH(test_what_is_no_listing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
