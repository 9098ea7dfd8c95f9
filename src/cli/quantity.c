#include "cli/quantity.h"

#include <time.h>

cli_short cli_grouped(uint64_t number) {
    char groups[4], rest[64] = "";
    if (number < 1000)
        return cli_count(number);
    const cli_short before = cli_grouped(number / 1000);
    (void)snprintf(groups, sizeof groups, "%03u", (unsigned)(number % 1000));
    (void)snprintf(rest, sizeof rest, "%s", before.text);
    const cli_fact facts[] = { { "thousands", rest }, { "rest", groups } };
    /* TRANSLATORS: how a number of four digits or more is grouped in your language */
    return cli_sentence_short(_("{thousands},{rest}"), facts, 2);
}

/* Two numbers in a pattern, the second of so many digits. */
static cli_short fill(const char *pattern, int64_t large, int64_t small, int digits) {
    char first[24], second[24];
    (void)snprintf(first, sizeof first, "%lld", (long long)large);
    (void)snprintf(second, sizeof second, "%0*lld", digits, (long long)small);
    const cli_fact facts[] = { { "large", first }, { "small", second } };
    return cli_sentence_short(pattern, facts, 2);
}

cli_short cli_duration(int64_t ms) {
    int64_t seconds = ms / 1000;
    if (ms < 10000)
        /* TRANSLATORS: seconds and tenths */
        return fill(_("{large}.{small} s"), seconds, ms % 1000 / 100, 1);
    if (seconds < 60)
        return fill(_("{large} s"), seconds, 0, 1);
    if (seconds < 3600)
        return fill(_("{large} min {small} s"), seconds / 60, seconds % 60, 2);
    return fill(_("{large} h {small} min"), seconds / 3600, seconds % 3600 / 60, 2);
}

cli_short cli_duration_about(int64_t ms) {
    static const int64_t MINUTE = 60, FEW = 5;
    int64_t seconds = ms / 1000;
    if (seconds < 2 * MINUTE) /* by steps of five: a number that dances tells nothing */
        return fill(_("{large} s"), (seconds / FEW + 1) * FEW, 0, 1);
    if (seconds < 60 * MINUTE)
        return fill(_("{large} min"), (seconds + MINUTE - 1) / MINUTE, 0, 1);
    return cli_duration(ms);
}

cli_short cli_rate(double per_second) {
    char number[24];
    const cli_fact fact = { "number", number };
    if (per_second <= 0)
        return (cli_short){ "" };
    bool is_slow = per_second < 1;
    (void)snprintf(number, sizeof number, "%.0f", is_slow ? per_second * 60 : per_second);
    return cli_sentence_short(is_slow ? _("{number}/min") : _("{number}/s"), &fact, 1);
}

static int64_t read_clock(clockid_t which) {
    struct timespec now;
    (void)clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t cli_monotonic_ms(void) {
    return read_clock(CLOCK_MONOTONIC);
}

int64_t cli_now_ms(void) {
    return read_clock(CLOCK_REALTIME);
}
