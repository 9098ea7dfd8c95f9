#include "workflow/batch_source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <ctes/workflow.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "document/scdl.h"

typedef struct reader {
    ctes_batch_acte_fn each;
    void *user;
} reader;

/* --- a manifest ------------------------------------------------------------------------------- */

static ctes_status each_row(void *user, ctes_manifest_row *row, ctes_error *err) {
    const reader *r = user;
    const ctes_error *bad = row->status == CTES_OK ? NULL : &row->error;
    return r->each(r->user, &row->acte, bad, (int)row->line, err);
}

/* Where the manifest's relative paths start. */
static ctes_status folder_of(const char *path, char **ret, ctes_error *err) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return ctes_text_dup(".", ret, err);
    CTES_TRY(ctes_text_dup(path, ret, err));
    (*ret)[slash == path ? 1 : slash - path] = '\0';
    return CTES_OK;
}

static ctes_status open_table(const char *path, FILE **ret, ctes_error *err) {
    /* O_NONBLOCK: a FIFO in place of a file must not hang the program */
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return ctes_fail_errno(err, errno, path);
    if (!S_ISREG(info.st_mode))
        return ctes_fail_errno(err, EINVAL, path);
    FILE *file = fdopen(fd, "r");
    if (file == NULL)
        return ctes_fail_errno(err, errno, path);
    fd = -1; /* the file's now */
    *ret = file;
    return CTES_OK;
}

static ctes_status read_manifest(reader *r, const char *path, ctes_error *err) {
    char *folder CTES_AUTO_FREE = NULL;
    FILE *file CTES_AUTO_FCLOSE = NULL;
    CTES_TRY(open_table(path, &file, err));
    CTES_TRY(folder_of(path, &folder, err));
    ctes_status status = ctes_manifest_read(file, folder, each_row, r, err);
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, path);
}

/* --- a folder of fiches ----------------------------------------------------------------------- */

static int is_fiche(const struct dirent *entry) {
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot != NULL && strcasecmp(dot, ".txt") == 0;
}

static ctes_status read_fiche(const reader *r, const char *folder, const char *name,
                              ctes_error *err) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = CTES_ACTE_INIT;
    ctes_error bad = CTES_ERROR_INIT;
    char *path CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_path_join(folder, name, &path, err));
    ctes_status status = ctes_fiche_load(path, true, &acte, &bad);
    return r->each(r->user, &acte, status == CTES_OK ? NULL : &bad, 0, err);
}

static ctes_status read_folder(const reader *r, const char *folder, ctes_error *err) {
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, is_fiche, alphasort);
    if (found < 0)
        return ctes_fail_errno(err, errno, folder);
    ctes_status status =
        found > 0 ? CTES_OK : ctes_fail(err, CTES_E_MANIFEST_INVALID, folder, "*.txt");
    for (int i = 0; i < found; i++) {
        if (status == CTES_OK)
            status = read_fiche(r, folder, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

ctes_status ctes_batch_read(const char *path, ctes_batch_acte_fn each, void *user,
                            ctes_error *err) {
    reader r = { each, user };
    struct stat info;
    char *manifest CTES_AUTO_FREE = NULL;
    if (stat(path, &info) != 0)
        return ctes_fail_errno(err, errno, path);
    if (!S_ISDIR(info.st_mode))
        return read_manifest(&r, path, err);
    CTES_TRY(ctes_path_join(path, "manifest.csv", &manifest, err));
    return stat(manifest, &info) == 0 ? read_manifest(&r, manifest, err)
                                      : read_folder(&r, path, err);
}
