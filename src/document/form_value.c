/* Values of a form as people write them. */
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "document/form.h"

ctes_status ctes_form_value(ctes_form_span value, char **ret, ctes_error *err) {
    char *copy CTES_AUTO_FREE = strndup(value.start, value.length);
    if (copy == NULL)
        return ctes_fail_memory(err);
    static const char *const WIDE[] = { "\xc2\xa0", "\xe2\x80\xaf" };
    for (size_t i = 0; i < sizeof WIDE / sizeof WIDE[0]; i++)
        for (char *at = copy; (at = strstr(at, WIDE[i])) != NULL;)
            memset(at, ' ', strlen(WIDE[i]));
    char *out = copy;
    for (const char *at = copy; *at != '\0'; at++) {
        char c = strchr("\t\v\f", *at) != NULL ? ' ' : *at;
        if (c != ' ' || (out > copy && out[-1] != ' '))
            *out++ = c;
    }
    if (out > copy && out[-1] == ' ')
        out--;
    *out = '\0';
    *ret = CTES_TAKE(copy);
    return CTES_OK;
}

static const char *skip_weekday(const char *value) {
    static const char *const DAYS[] = { "lundi",    "mardi",  "mercredi", "jeudi",
                                        "vendredi", "samedi", "dimanche" };
    size_t length = strcspn(value, " ");
    for (size_t i = 0; i < sizeof DAYS / sizeof DAYS[0]; i++)
        if (strlen(DAYS[i]) == length && strncasecmp(value, DAYS[i], length) == 0)
            return value + length + strspn(value + length, " ");
    return value;
}

bool ctes_form_date(const char *value, ctes_date *ret, const char **ret_rest) {
    enum { DATE_BYTES = 40, WORDS_OF_A_FRENCH_DATE = 3 };
    const char *start = skip_weekday(value);
    const char *end = start;
    for (int words = 1; words <= WORDS_OF_A_FRENCH_DATE; words++) {
        end += strcspn(end, " ");
        const char *last = end;
        while (last > start && strchr(",;.", last[-1]) != NULL)
            last--;
        char date[DATE_BYTES];
        size_t length = (size_t)(last - start);
        if (length >= sizeof date)
            return false;
        memcpy(date, start, length);
        date[length] = '\0';
        if (ctes_date_parse(date, ret, NULL) == CTES_OK) {
            if (ret_rest != NULL)
                *ret_rest = last;
            return true;
        }
        end += strspn(end, " ");
    }
    return false;
}
