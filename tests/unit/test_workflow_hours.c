#include "unit/cmocka_all.h"

#include <stdlib.h>
#include <time.h>

#include "base/fail.h"
#include "workflow/hours.h"

/* Local time in Paris, written as the clock on the wall shows it. */
static int64_t wall(const char *text) {
    struct tm local = { .tm_isdst = -1 };
    assert_non_null(strptime(text, "%Y-%m-%d %H:%M:%S", &local));
    return (int64_t)mktime(&local) * 1000;
}

static ctes_hours read_hours(const char *text) {
    ctes_hours hours;
    assert_int_equal(ctes_hours_read(text, &hours, NULL), CTES_OK);
    return hours;
}

static void assert_until(const char *text, int64_t now_ms, int64_t until_ms) {
    const ctes_hours hours = read_hours(text);
    int64_t until = 0;
    assert_true(ctes_hours_closed(&hours, now_ms, &until));
    assert_int_equal(until, until_ms);
    assert_false(ctes_hours_closed(&hours, until, &until));
}

static void assert_open(const char *text, const char *now) {
    const ctes_hours hours = read_hours(text);
    int64_t until = 0;
    assert_false(ctes_hours_closed(&hours, wall(now), &until));
}

static void nothing_said_is_never_closed(void **state) {
    (void)state;
    assert_open(NULL, "2022-06-28 12:00:00");
    assert_open("", "2022-06-28 12:00:00");
    assert_open(" ", "2022-06-28 12:00:00");
}

static void closed_at_noon_every_day(void **state) {
    (void)state;
    assert_open("12:00-13:30", "2022-06-28 11:59:59");
    assert_until("12:00-13:30", wall("2022-06-28 12:00:00"), wall("2022-06-28 13:30:00"));
    assert_until("12:00-13:30", wall("2022-07-03 13:29:59"), wall("2022-07-03 13:30:00"));
    assert_open("12:00-13:30", "2022-06-28 13:30:00");
}

static void over_midnight_and_over_the_week_s_end(void **state) {
    (void)state;
    const char *nights = "22:00-06:00", *end = "sam-dim, dim 22:00-07:00";
    assert_until(nights, wall("2022-06-28 23:00:00"), wall("2022-06-29 06:00:00"));
    assert_until(nights, wall("2022-06-28 05:00:00"), wall("2022-06-28 06:00:00"));
    assert_open(nights, "2022-06-28 21:59:00");
    /* Friday is open until its end; the three days are one closing, into the next week */
    assert_open(end, "2022-07-01 23:59:59");
    assert_until(end, wall("2022-07-02 00:00:00"), wall("2022-07-04 07:00:00"));
    /* days that go over the week's end themselves */
    assert_until("sam-lun", wall("2022-07-02 10:00:00"), wall("2022-07-05 00:00:00"));
    assert_open("Ven - lun 08:00 - 09:00", "2022-06-28 08:30:00");
    assert_until("FRI-mon 08:00-09:00", wall("2022-07-04 08:30:00"), wall("2022-07-04 09:00:00"));
}

/* 27 March 2022: 02:00 to 03:00 does not exist; 30 October 2022: it is there twice. */
static void on_days_of_23_and_25_hours_the_clock_on_the_wall_decides(void **state) {
    (void)state;
    const int64_t hour = INT64_C(3600000);
    int64_t one = wall("2022-03-27 01:00:00");
    assert_until("00:00-02:30", one, one + hour); /* 03:00 summer time comes after 01:59 */
    assert_until("02:00-04:00", one + hour, one + 2 * hour);
    int64_t first_two = wall("2022-10-30 01:30:00") + hour / 2;
    assert_until("01:00-03:00", first_two, first_two + 2 * hour);
    /* closed, open, closed again: 02:00 to 02:30 twice */
    assert_until("02:00-02:30", first_two, first_two + hour / 2);
    assert_until("02:00-02:30", first_two + hour, first_two + hour + hour / 2);
}

static void what_is_no_hours_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "noon",
        "12:00",
        "12:00-",
        "12:00-12:00",
        "25:00-26:00",
        "12:60-13:00",
        "24:00-01:00",
        "lun-",
        "lun-xyz",
        "lun mar",
        "1:00-2:00",
        "12h-13h",
        "lundi",
        "00:00-24:00",
        "lun-dim",
        "12:00-24:01",
        "sam;dim",
        "12:00-13:00x",
        "sam - 12:00-13:00",
        "sam sam sam sam sam sam sam sam sam sam sam sam sam sam sam sam sam sam sam sam sam sam",
        "00:00-12:00, 12:00-00:00",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ctes_hours hours;
        ctes_error err = CTES_ERROR_INIT;
        assert_int_equal(ctes_hours_read(bad[i], &hours, &err), CTES_E_CONFIG_INVALID);
        assert_string_not_equal(err.detail, "");
    }
}

int main(void) {
    /* spelled out, so that it holds where no zone file is installed */
    if (setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1) != 0)
        return 1;
    tzset();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_said_is_never_closed),
        cmocka_unit_test(closed_at_noon_every_day),
        cmocka_unit_test(over_midnight_and_over_the_week_s_end),
        cmocka_unit_test(on_days_of_23_and_25_hours_the_clock_on_the_wall_decides),
        cmocka_unit_test(what_is_no_hours_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
