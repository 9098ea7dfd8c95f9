#include "base/fail.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Cuts text that did not fit at a character's end and marks the cut. */
static void mark_cut(char *text, size_t size) {
    static const char ELLIPSIS[] = "…";
    size_t end = size - sizeof ELLIPSIS;
    while (end > 0 && ((unsigned char)text[end] & 0xc0u) == 0x80u)
        end--;
    memcpy(text + end, ELLIPSIS, sizeof ELLIPSIS);
}

static void set_text(char *out, size_t size, const char *text) {
    if (!ctes_text_copy(out, size, text != NULL ? text : ""))
        mark_cut(out, size);
    ctes_text_clean(out);
}

ctes_status ctes_fail(ctes_error *err, ctes_status code, const char *subject, const char *format,
                      ...) {
    if (err == NULL)
        return code;
    char detail[CTES_DETAIL_MAX];
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    if (written >= (int)sizeof detail)
        mark_cut(detail, sizeof detail);
    *err = (ctes_error){ .code = code };
    set_text(err->subject, sizeof err->subject, subject);
    set_text(err->detail, sizeof err->detail, written >= 0 ? detail : "");
    return code;
}

ctes_status ctes_fail_errno(ctes_error *err, int error_number, const char *subject) {
    ctes_status code = CTES_E_IO;
    switch (error_number) {
    case ENOENT:
    case ENOTDIR:
        code = CTES_E_NOT_FOUND;
        break;
    case EACCES:
    case EPERM:
    case EROFS:
        code = CTES_E_PERMISSION;
        break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        code = CTES_E_DISK_FULL;
        break;
    case ENOMEM:
        code = CTES_E_MEMORY;
        break;
    default:
        break;
    }
    char text[128];
    return ctes_fail(err, code, subject, "%s", strerror_r(error_number, text, sizeof text));
}

ctes_status ctes_fail_at(ctes_error *err, ctes_status code, ctes_stage stage, const char *subject) {
    if (err == NULL)
        return code;
    if (err->code == CTES_OK)
        err->code = code;
    if (err->stage == CTES_STAGE_NONE)
        err->stage = stage;
    if (err->subject[0] == '\0')
        set_text(err->subject, sizeof err->subject, subject);
    return err->code;
}
