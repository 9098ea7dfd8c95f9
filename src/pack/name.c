#include "pack/name.h"

#include <string.h>

#include "base/fail.h"

/* Flat archives (norm sheet § 4). The norm's names are ASCII: any other byte is a foreign name, and
 * one that each reader would decode its own way. */
static const char *fault(const char *name) {
    size_t length = strlen(name);
    if (length == 0)
        return "empty name";
    if (length > CTES_PACK_NAME_MAX)
        return "name too long";
    for (const char *at = name; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~')
            return "name with a control or non-ASCII character";
        if (*at == '/')
            return "name with a path";
    }
    if (strcmp(name, ".") == 0 || strstr(name, "..") != NULL)
        return "name of a folder";
    return NULL;
}

ctes_status ctes_pack_name_check(const char *name, ctes_error *err) {
    const char *why = fault(name);
    if (why == NULL)
        return CTES_OK;
    char shown[CTES_PACK_NAME_MAX + 1]; /* bytes that the error may carry as UTF-8 */
    size_t length = strnlen(name, CTES_PACK_NAME_MAX);
    for (size_t i = 0; i < length; i++)
        shown[i] = name[i] < ' ' || name[i] > '~' ? '?' : name[i];
    shown[length] = '\0';
    return ctes_fail(err, CTES_E_ARCHIVE_MEMBER, shown, "%s", why);
}
