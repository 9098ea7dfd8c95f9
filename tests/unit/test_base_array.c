/* Arrays that grow as they are filled. */
#include <stdint.h>
#include <stdlib.h>

#include "unit/cmocka_all.h"

#include "base/array.h"

static void test_grows_and_keeps_what_it_has(void **state) {
    (void)state;
    int64_t *items = NULL;
    size_t room = 0;
    for (size_t count = 0; count < 1000; count++) {
        items = ctes_array_room(items, count, &room, sizeof *items);
        assert_non_null(items);
        assert_true(room > count);
        items[count] = (int64_t)count;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    free(items);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grows_and_keeps_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
