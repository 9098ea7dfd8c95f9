/* A fiche from disk, with the files that lie beside it. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <ctes/workflow.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "document/fiche.h"

/* "deliberation.txt" → "deliberation": the stem that document and annexes share. */
static ctes_status stem_of(const char *path, char **ret, ctes_error *err) {
    char *stem = NULL;
    CTES_TRY(ctes_text_dup(path, &stem, err));
    char *dot = strrchr(stem, '.');
    if (dot != NULL && strchr(dot, '/') == NULL)
        *dot = '\0';
    *ret = stem;
    return CTES_OK;
}

static ctes_status take_document(const char *stem, ctes_acte *acte, ctes_error *err) {
    if (acte->document.path != NULL)
        return CTES_OK;
    CTES_AUTO_BUFFER ctes_buffer path = CTES_BUFFER_INIT(8192);
    CTES_TRY(ctes_buffer_printf(&path, err, "%s.pdf", stem));
    return ctes_buffer_take(&path, &acte->document.path, err);
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* "22_DP-plan.pdf" says its type; another name takes the default of the nature. */
static const char *type_of(const char *name, char out[static 6]) {
    if (strlen(name) < 7 || name[2] != '_' || name[5] != '-')
        return NULL;
    (void)ctes_text_copy(out, 6, name);
    return strspn(out, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == 5 ? out : NULL;
}

static ctes_status take_annexe(const char *folder, const char *name, ctes_acte *acte,
                               ctes_error *err) {
    char *path CTES_AUTO_FREE = NULL;
    char type[6];
    CTES_TRY(ctes_path_join(folder, name, &path, err));
    return ctes_acte_add_annexe(acte, path, type_of(name, type), NULL, err);
}

/* The annexes: every file of the folder that bears the fiche's name, in the order of their names.
 */
static ctes_status take_annexes(const char *folder, ctes_acte *acte, ctes_error *err) {
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, visible, alphasort);
    if (count < 0)
        return errno == ENOENT || errno == ENOTDIR ? CTES_OK : ctes_fail_errno(err, errno, folder);
    ctes_status status = CTES_OK;
    for (int i = 0; i < count; i++) {
        if (status == CTES_OK)
            status = take_annexe(folder, entries[i]->d_name, acte, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

ctes_status ctes_fiche_load(const char *path, bool with_files, ctes_acte *acte, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_FICHE_MAX);
    char *stem CTES_AUTO_FREE = NULL;
    ctes_status status = ctes_file_read(path, &bytes, err);
    if (status == CTES_OK)
        status = ctes_fiche_read(bytes.data != NULL ? bytes.data : "", bytes.length, acte, err);
    if (status != CTES_OK)
        return ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, path);
    if (!with_files)
        return CTES_OK;
    CTES_TRY(stem_of(path, &stem, err));
    CTES_TRY(take_document(stem, acte, err));
    return take_annexes(stem, acte, err);
}
