/* Civil dates: the Gregorian calendar, written as ISO or as French people write it. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"

static const char *const MOIS[] = { "janvier",   "février", "mars",     "avril",
                                    "mai",       "juin",    "juillet",  "août",
                                    "septembre", "octobre", "novembre", "décembre" };

static bool leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool in_calendar(int year, int month, int day) {
    static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= DAYS[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

/* "27 juin 2022", "1er juillet 2022"; accents and case do not matter. */
static bool parse_francais(const char *folded, int *year, int *month, int *day) {
    char name[16];
    int end = 0;
    /* NOLINTBEGIN(cert-err34-c): of two and four digits, no number overflows */
    int fields = strncmp(folded, "1er ", 4) == 0
                     ? sscanf(folded, "%2der %15[a-z] %4d%n", day, name, year, &end)
                     : sscanf(folded, "%2d %15[a-z] %4d%n", day, name, year, &end);
    /* NOLINTEND(cert-err34-c) */
    if (fields != 3 || folded[end] != '\0')
        return false;
    for (int i = 0; i < 12; i++)
        if (ctes_text_same(name, MOIS[i])) {
            *month = i + 1;
            return true;
        }
    return false;
}

static bool all_of(const char *text, const char *pattern) {
    for (; *pattern != '\0'; pattern++, text++)
        if (*pattern == '9' ? *text < '0' || *text > '9' : *text != *pattern)
            return false;
    return *text == '\0';
}

static int number(const char *text, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

static bool parse_chiffres(const char *text, int *year, int *month, int *day) {
    bool iso = all_of(text, "9999-99-99");
    if (!iso && !all_of(text, "99/99/9999"))
        return false;
    *year = number(text + (iso ? 0 : 6), 4);
    *month = number(text + (iso ? 5 : 3), 2);
    *day = number(text + (iso ? 8 : 0), 2);
    return true;
}

/* As people write it; what messages carry needs no memory to be read. */
static ctes_status parse_loosely(const char *text, int *year, int *month, int *day,
                                 ctes_error *err) {
    char *folded CTES_AUTO_FREE = NULL;
    ctes_status status = ctes_text_fold(text, &folded, NULL);
    if (status == CTES_E_MEMORY)
        return ctes_fail_memory(err);
    if (status != CTES_OK)
        return ctes_fail(err, CTES_E_DATE_INVALID, NULL, "?");
    if (!parse_chiffres(folded, year, month, day) && !parse_francais(folded, year, month, day))
        return ctes_fail(err, CTES_E_DATE_INVALID, NULL, "%s", text);
    return CTES_OK;
}

ctes_status ctes_date_parse(const char *text, ctes_date *ret, ctes_error *err) {
    int year = 0, month = 0, day = 0;
    if (!parse_chiffres(text, &year, &month, &day))
        CTES_TRY(parse_loosely(text, &year, &month, &day, err));
    if (!in_calendar(year, month, day))
        return ctes_fail(err, CTES_E_DATE_INVALID, NULL, "%s", text);
    *ret = (ctes_date){ (int16_t)year, (uint8_t)month, (uint8_t)day };
    return CTES_OK;
}

bool ctes_date_given(ctes_date date) {
    return date.year != 0;
}

void ctes_date_format(ctes_date date, char out[11]) {
    out[0] = '\0';
    if (ctes_date_given(date))
        (void)snprintf(out, 11, "%04u-%02u-%02u", (unsigned)date.year % 10000u, date.month % 100u,
                       date.day % 100u);
}

void ctes_date_compact(ctes_date date, char out[9]) {
    (void)snprintf(out, 9, "%04u%02u%02u", (unsigned)date.year % 10000u, date.month % 100u,
                   date.day % 100u);
}

void ctes_date_francais(ctes_date date, char out[24]) {
    out[0] = '\0';
    if (in_calendar(date.year, date.month, date.day))
        (void)snprintf(out, 24, "%d%s %s %d", date.day, date.day == 1 ? "er" : "",
                       MOIS[date.month - 1], date.year);
}

int ctes_date_compare(ctes_date a, ctes_date b) {
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return a.day == b.day ? 0 : a.day < b.day ? -1 : 1;
}

/* Days since a fixed day, by counting from March so that the leap day comes last. */
static long day_number(ctes_date date) {
    long year = date.year - (date.month < 3);
    long month = date.month < 3 ? date.month + 9 : date.month - 3;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date.day - 1;
}

long ctes_date_days(ctes_date from, ctes_date to) {
    return day_number(to) - day_number(from);
}
