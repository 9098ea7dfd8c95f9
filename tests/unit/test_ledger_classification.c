/* The classification that an authority received: the newest counts, none is lost. */
#include "ledger_fixture.h"

#define SHA_2 "0000000000000000000000000000000000000000000000000000000000000002"

static void set(fixture *f, const char *siren, ctes_date date, const char *text,
                const char *sha256) {
    f->now += 1000;
    assert_int_equal(
        ctes_store_classification_set(f->store, siren, date, text, strlen(text), sha256, &f->err),
        CTES_OK);
}

static void assert_newest(fixture *f, const char *siren, const char *text, int64_t received,
                          int64_t checked) {
    ctes_store_classification c = CTES_STORE_CLASSIFICATION_INIT;
    assert_int_equal(ctes_store_classification_get(f->store, siren, &c, &f->err), CTES_OK);
    assert_int_equal(c.bytes.length, strlen(text));
    assert_memory_equal(c.bytes.data, text, strlen(text));
    assert_int_equal(c.received_ms, NOON + received);
    assert_int_equal(c.checked_ms, NOON + checked);
    ctes_store_classification_clear(&c);
}

static void the_newest_counts(void **state) {
    fixture *f = *state;
    ctes_store_classification none = CTES_STORE_CLASSIFICATION_INIT;
    assert_int_equal(ctes_store_classification_get(f->store, SIREN_A, &none, &f->err),
                     CTES_E_NOT_FOUND);
    assert_int_equal(ctes_store_classification_checked(f->store, SIREN_A, &f->err),
                     CTES_E_NOT_FOUND);
    set(f, SIREN_A, (ctes_date){ 2019, 8, 29 }, "old", SHA);
    assert_newest(f, SIREN_A, "old", 1000, 1000);
    set(f, SIREN_A, (ctes_date){ 2024, 1, 1 }, "new", SHA_2);
    assert_newest(f, SIREN_A, "new", 2000, 2000);
    /* the same again, or an older one: looked at, no more */
    set(f, SIREN_A, (ctes_date){ 2024, 1, 1 }, "new", SHA_2);
    assert_newest(f, SIREN_A, "new", 2000, 3000);
    set(f, SIREN_A, (ctes_date){ 2019, 8, 29 }, "old", SHA);
    assert_newest(f, SIREN_A, "new", 2000, 4000);
    f->now += 1000;
    assert_int_equal(ctes_store_classification_checked(f->store, SIREN_A, &f->err), CTES_OK);
    assert_newest(f, SIREN_A, "new", 2000, 5000);
    /* the same day, with other bytes */
    set(f, SIREN_A, (ctes_date){ 2024, 1, 1 }, "newer", SHA);
    assert_newest(f, SIREN_A, "newer", 6000, 6000);
    assert_int_equal(ctes_store_classification_get(f->store, SIREN_B, &none, &f->err),
                     CTES_E_NOT_FOUND);
    assert_int_equal(direct_number(f->path, "SELECT count(*) FROM classification"), 3);
    ctes_store_classification_clear(NULL);
}

static void bytes_come_back_as_they_were(void **state) {
    fixture *f = *state;
    static char bytes[300000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7);
    assert_int_equal(ctes_store_classification_set(f->store, SIREN_A, (ctes_date){ 2024, 1, 1 },
                                                   bytes, sizeof bytes, SHA, &f->err),
                     CTES_OK);
    ctes_store_classification c = CTES_STORE_CLASSIFICATION_INIT;
    assert_int_equal(ctes_store_classification_get(f->store, SIREN_A, &c, &f->err), CTES_OK);
    assert_int_equal(c.date.year, 2024);
    assert_int_equal(c.bytes.length, sizeof bytes);
    assert_memory_equal(c.bytes.data, bytes, sizeof bytes);
    ctes_store_classification_clear(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_counts, setup_store, teardown),
        cmocka_unit_test_setup_teardown(bytes_come_back_as_they_were, setup_store, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
