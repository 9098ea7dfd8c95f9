#include "unit/cmocka_all.h"

#include <ctes/document.h>

static void places_are_named_or_measured(void **state) {
    (void)state;
    ctes_tampon_place place = { .given = false };
    ctes_tampon_pages pages = CTES_TAMPON_UNSET;
    assert_ok(ctes_tampon_place_parse("bas-gauche", &place, NULL));
    assert_true(place.given && place.x == 0 && place.y == 100);
    assert_ok(ctes_tampon_place_parse("70% 5%", &place, NULL));
    assert_true(place.x == 70 && place.y == 5);
    static const char *const wrong[] = {
        "", "milieu", "70", "70%", "101% 5%", "70% 5% ", "7% -5%"
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(ctes_tampon_place_parse(wrong[i], &place, NULL), CTES_E_CONFIG_INVALID);
    assert_true(place.x == 70 && place.y == 5);
    assert_ok(ctes_tampon_pages_parse("toutes", &pages, NULL));
    assert_int_equal(pages, CTES_TAMPON_ALL);
    assert_int_equal(ctes_tampon_pages_parse("2", &pages, NULL), CTES_E_CONFIG_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(places_are_named_or_measured) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
