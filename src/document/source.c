#include "document/source.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"

static bool starts_with(const char *bytes, size_t length, const char *mark, size_t mark_length) {
    return length >= mark_length && memcmp(bytes, mark, mark_length) == 0;
}

ctes_status ctes_source_decode(const char *bytes, size_t length, bool latin1, char **ret,
                               ctes_error *err) {
    if (length == 0)
        return ctes_text_dup("", ret, err);
    /* what a spreadsheet calls "Unicode text" is UTF-16: worth its own word to the person */
    if (starts_with(bytes, length, "\xff\xfe", 2) || starts_with(bytes, length, "\xfe\xff", 2))
        return ctes_fail(err, CTES_E_CHARSET, NULL, "UTF-16");
    if (memchr(bytes, '\0', length) != NULL)
        return ctes_fail(err, CTES_E_CHARSET, NULL, "NUL");
    bool marked = starts_with(bytes, length, "\xef\xbb\xbf", 3);
    if (marked) {
        bytes += 3;
        length -= 3;
    }
    if (ctes_text_is_utf8(bytes, length)) {
        char *text = strndup(bytes, length);
        if (text == NULL)
            return ctes_fail_memory(err);
        *ret = text;
        return CTES_OK;
    }
    if (marked) /* it says UTF-8 and is not: reading it as anything else would be a guess */
        return ctes_fail(err, CTES_E_CHARSET, NULL, "UTF-8");
    ctes_error refused = CTES_ERROR_INIT;
    ctes_status status = ctes_text_from_cp1252(bytes, length, ret, &refused);
    if (status == CTES_E_CHARSET && latin1)
        return ctes_text_from_latin1(bytes, length, ret, err);
    if (status != CTES_OK)
        return ctes_fail(err, status, NULL, "%s", refused.detail);
    return CTES_OK;
}

ctes_status ctes_source_fail(ctes_status status, size_t line, ctes_error *err) {
    if (err != NULL && err->line == 0)
        err->line = (int)line;
    return ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, NULL);
}
