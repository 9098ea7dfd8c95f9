/* The act's number: as people write it, as the norm takes it (fact sheet § 5.4 and 10). */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"

static bool alphanumeric(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What stands for "_" between letters and digits; anything else in a number is a mistake. */
static bool separator(char c) {
    return c != '\0' && strchr("_-/. \t:,;()[]+&#", c) != NULL;
}

ctes_status ctes_numero_normalise(const char *numero, char ret[CTES_NUMERO_MAX + 1],
                                  bool *ret_changed, ctes_error *err) {
    char *trimmed CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_dup(numero != NULL ? numero : "", &trimmed, err));
    (void)ctes_text_trim(trimmed);
    if (trimmed[0] == '\0')
        return ctes_fail(err, CTES_E_NUMERO_MISSING, NULL, "%s", "");
    char made[CTES_NUMERO_MAX + 1] = "";
    size_t length = 0;
    bool gap = false;
    for (const char *at = trimmed; *at != '\0'; at++) {
        char c = *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        if (!alphanumeric(c)) {
            if (!separator(c))
                return ctes_fail(err, CTES_E_NUMERO_INVALID, trimmed, "%s", at);
            gap = length > 0;
            continue;
        }
        if (length + (gap ? 1u : 0u) >= CTES_NUMERO_MAX)
            return ctes_fail(err, CTES_E_NUMERO_TOO_LONG, trimmed, "%d", CTES_NUMERO_MAX);
        if (gap)
            made[length++] = '_';
        made[length++] = c;
        gap = false;
    }
    made[length] = '\0';
    if (length == 0)
        return ctes_fail(err, CTES_E_NUMERO_INVALID, trimmed, "%s", trimmed);
    memcpy(ret, made, length + 1);
    if (ret_changed != NULL)
        *ret_changed = strcmp(made, numero) != 0;
    return CTES_OK;
}

ctes_status ctes_numero_suffix(const char *numero_interne, unsigned rank,
                               char ret[CTES_NUMERO_MAX + 1], ctes_error *err) {
    char suffix[16];
    int length = snprintf(suffix, sizeof suffix, "_%u", rank);
    if (length < 0 || length >= CTES_NUMERO_MAX)
        return ctes_fail(err, CTES_E_NUMERO_TOO_LONG, numero_interne, "%u", rank);
    size_t room = CTES_NUMERO_MAX - (size_t)length;
    size_t stem = strnlen(numero_interne, room);
    while (stem > 0 && numero_interne[stem - 1] == '_')
        stem--;
    if (stem == 0)
        return ctes_fail(err, CTES_E_NUMERO_INVALID, numero_interne, "%u", rank);
    memmove(ret, numero_interne, stem);
    memcpy(ret + stem, suffix, (size_t)length + 1);
    return CTES_OK;
}
