#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "ledger/sqlite.h"

#define SCHEME "sqlite:"

void ledger_place_clear(ledger_place *place) {
    ctes_free_charp(&place->folder);
    ctes_free_charp(&place->path);
}

/* "mysql://host/base": a register of a kind that this program does not hold */
static bool names_another_kind(const char *url) {
    size_t length = 0;
    while (isalnum((unsigned char)url[length]) || url[length] == '+')
        length++;
    return length > 1 && strncmp(url + length, "://", 3) == 0;
}

static ctes_status make_folder(const char *folder, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_folder_make(folder, &why);
    if (status == CTES_OK)
        return CTES_OK;
    /* a register to be written where nothing can be written is told as such */
    if (status == CTES_E_PERMISSION)
        status = CTES_E_LEDGER_READONLY;
    return ledger_refuse(err, status, why.subject, "%s", why.detail);
}

ctes_status ledger_place_find(const char *url, bool create, ledger_place *ret, ctes_error *err) {
    const char *path = strncmp(url, SCHEME, strlen(SCHEME)) == 0 ? url + strlen(SCHEME) : url;
    const char *base = ctes_path_base(path);
    if (base[0] == '\0' || names_another_kind(url))
        return ledger_refuse(err, CTES_E_LEDGER_OPEN, url, "%s", "sqlite:PATH");
    CTES_AUTO_FREE char *folder = NULL;
    CTES_TRY(ctes_text_dup(base == path ? "." : path, &folder, err));
    if (base != path) /* "/x.db" keeps the slash: its folder is the root */
        folder[base - path > 1 ? base - path - 1 : 1] = '\0';
    if (create)
        CTES_TRY(make_folder(folder, err));
    LEDGER_AUTO_PLACE ledger_place place = { .folder = realpath(folder, NULL) };
    if (place.folder == NULL) {
        ctes_status status = ctes_fail_errno(err, errno, path); /* what a person looks for */
        return ctes_fail_at(err, status, CTES_STAGE_REGISTER, NULL);
    }
    CTES_TRY(ctes_path_join(place.folder, base, &place.path, err));
    ret->folder = CTES_TAKE(place.folder);
    ret->path = CTES_TAKE(place.path);
    return CTES_OK;
}
