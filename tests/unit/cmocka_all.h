/* What cmocka wants before itself, and a way to see a ctes_error when a call fails. */
#ifndef CTES_TESTS_CMOCKA_ALL_H
#define CTES_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ctes/error.h>

/* The call must give exactly this status; its name is shown otherwise. */
#define assert_status(call, expected)                                                              \
    assert_string_equal(ctes_status_name(call), ctes_status_name(expected))
#define assert_ok(call) assert_status(call, CTES_OK)

#endif
