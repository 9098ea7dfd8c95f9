#include "workflow/hours.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/fail.h"

enum { DAY_MINUTES = 24 * 60, MINUTE_MS = 60 * 1000 };

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct part {
    int first_day, last_day; /* 0: Monday */
    int from, to;            /* minutes of the day */
} part;

static void skip_space(const char **at) {
    *at += strspn(*at, " \t");
}

static bool read_day(const char **at, int *ret) {
    static const char *const names[][2] = { { "lun", "mon" }, { "mar", "tue" }, { "mer", "wed" },
                                            { "jeu", "thu" }, { "ven", "fri" }, { "sam", "sat" },
                                            { "dim", "sun" } };
    for (int day = 0; day < 7; day++)
        for (int language = 0; language < 2; language++)
            if (strncasecmp(*at, names[day][language], 3) == 0) {
                *ret = day;
                *at += 3;
                return true;
            }
    return false;
}

static bool read_two_digits(const char **at, int *ret) {
    for (int i = 0; i < 2; i++)
        if ((*at)[i] < '0' || (*at)[i] > '9')
            return false;
    *ret = ((*at)[0] - '0') * 10 + ((*at)[1] - '0');
    *at += 2;
    return true;
}

/* "13:30"; 24:00 is the end of the day */
static bool read_hour(const char **at, int *ret) {
    int hour = 0, minute = 0;
    if (!read_two_digits(at, &hour) || **at != ':')
        return false;
    ++*at;
    if (!read_two_digits(at, &minute) || minute > 59)
        return false;
    *ret = hour * 60 + minute;
    return *ret <= DAY_MINUTES;
}

static bool read_dash(const char **at) {
    skip_space(at);
    if (**at != '-')
        return false;
    ++*at;
    skip_space(at);
    return true;
}

static bool read_part(const char *at, part *ret) {
    *ret = (part){ .first_day = 0, .last_day = 6, .from = 0, .to = DAY_MINUTES };
    bool days = read_day(&at, &ret->first_day);
    if (days) {
        ret->last_day = ret->first_day;
        if (read_dash(&at) && !read_day(&at, &ret->last_day))
            return false;
    }
    skip_space(&at);
    if (*at == '\0')
        return days;
    if (!read_hour(&at, &ret->from) || !read_dash(&at) || !read_hour(&at, &ret->to))
        return false;
    skip_space(&at);
    return *at == '\0' && ret->from != ret->to && ret->from < DAY_MINUTES;
}

static void close_part(ctes_hours *hours, const part *p) {
    int days = (p->last_day - p->first_day + 7) % 7 + 1;
    int minutes = (p->to > p->from ? 0 : DAY_MINUTES) + p->to - p->from;
    for (int i = 0; i < days; i++) {
        int start = (p->first_day + i) * DAY_MINUTES + p->from;
        for (int minute = start; minute < start + minutes; minute++) {
            int at = minute % CTES_WEEK_MINUTES;
            hours->closed[at / 8] |= (unsigned char)(1u << (at % 8));
        }
    }
}

static bool always_closed(const ctes_hours *hours) {
    for (size_t i = 0; i < sizeof hours->closed; i++)
        if (hours->closed[i] != 0xff)
            return false;
    return true;
}

ctes_status ctes_hours_read(const char *text, ctes_hours *ret, ctes_error *err) {
    ctes_hours hours = { { 0 } };
    const char *at = text != NULL ? text : "";
    skip_space(&at);
    while (*at != '\0') {
        char word[64];
        size_t length = strcspn(at, ",");
        part p;
        if (length >= sizeof word)
            return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "%.*s", (int)length, at);
        memcpy(word, at, length);
        word[length] = '\0';
        if (!read_part(word, &p))
            return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "%s", word);
        close_part(&hours, &p);
        at += length;
        at += strspn(at, ", \t");
    }
    if (always_closed(&hours))
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "%s", text);
    *ret = hours;
    return CTES_OK;
}

/* --- asking ----------------------------------------------------------------------------------- */

static bool closed_at(const ctes_hours *hours, int64_t now_ms) {
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm local;
    if (localtime_r(&seconds, &local) == NULL)
        return false;
    int at = (local.tm_wday + 6) % 7 * DAY_MINUTES + local.tm_hour * 60 + local.tm_min;
    return (hours->closed[at / 8] >> (at % 8) & 1) != 0;
}

/* Every zone in use is a whole number of minutes from UTC, so that minutes begin together; the walk
 * goes through all instants, and so never lands in an hour that a day leaves out or has twice. */
bool ctes_hours_closed(const ctes_hours *hours, int64_t now_ms, int64_t *ret_until) {
    if (!closed_at(hours, now_ms))
        return false;
    int64_t at = now_ms - now_ms % MINUTE_MS;
    for (int i = 0; i <= CTES_WEEK_MINUTES && closed_at(hours, at); i++)
        at += MINUTE_MS;
    *ret_until = at;
    return true;
}
