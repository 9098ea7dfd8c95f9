#include "cli/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/config.h"
#include "cli/message.h"
#include "cli/text.h"

enum { MODE = 0640 };

static ctes_status fail_errno(ctes_error *err, int number, const char *path) {
    bool is_full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    bool is_denied = number == EACCES || number == EPERM || number == EROFS;
    ctes_status code = number == ENOENT || number == ENOTDIR ? CTES_E_NOT_FOUND
                       : is_denied                           ? CTES_E_PERMISSION
                       : is_full                             ? CTES_E_DISK_FULL
                                                             : CTES_E_IO;
    return cli_fail(err, code, CTES_STAGE_NONE, path, strerror(number));
}

/* A new file beside `path`; its name is left in `ret_name`. */
static int make_beside(const char *path, char **ret_name) {
    CLI_AUTO_FREE char *folder = cli_path_folder(path);
    char *name = cli_format("%s/.ctes-XXXXXX", folder);
    int fd = mkostemp(name, O_CLOEXEC);
    *ret_name = name;
    return fd;
}

static FILE *stream_of(int fd) {
    FILE *file = fdopen(fd, "w+");
    if (file == NULL)
        cli_out_of_memory();
    return file;
}

/* --- the spool -------------------------------------------------------------------------------- */

typedef struct entry_head {
    int64_t acte;
    uint64_t order;
    size_t length;
} entry_head;

ctes_status cli_spool_open(cli_spool *spool, const char *path, ctes_error *err) {
    CLI_AUTO_FREE char *name = NULL;
    int fd = make_beside(path, &name);
    if (fd < 0)
        return fail_errno(err, errno, path);
    (void)unlink(name);
    *spool = (cli_spool){ .file = stream_of(fd) };
    return CTES_OK;
}

void cli_spool_close(cli_spool *spool) {
    cli_fclosep(&spool->file);
}

void cli_spool_add(cli_spool *spool, int64_t acte, uint64_t order, const char *text,
                   size_t length) {
    const entry_head head = { .acte = acte, .order = order, .length = length };
    (void)fwrite(&head, sizeof head, 1, spool->file);
    (void)fwrite(text, 1, length, spool->file);
    spool->count++;
}

ctes_status cli_spool_read(cli_spool *spool, cli_spool_fn each, void *user, const char *path,
                           ctes_error *err) {
    entry_head head;
    char *text CLI_AUTO_FREE = NULL;
    size_t room = 0;
    if (fflush(spool->file) != 0 || ferror(spool->file) != 0 ||
        fseek(spool->file, 0, SEEK_SET) != 0)
        return fail_errno(err, errno, path);
    for (size_t i = 0; i < spool->count; i++) {
        if (fread(&head, sizeof head, 1, spool->file) != 1)
            return fail_errno(err, EIO, path);
        if (head.length > room)
            text = cli_realloc(text, room = head.length, 1);
        if (fread(text, 1, head.length, spool->file) != head.length)
            return fail_errno(err, EIO, path);
        each(user, head.acte, head.order, text, head.length);
    }
    return CTES_OK;
}

/* --- the file in the end ---------------------------------------------------------------------- */

ctes_status cli_new_file_open(cli_new_file *self, const char *path, ctes_error *err) {
    char *name = NULL;
    int fd = make_beside(path, &name);
    if (fd < 0) {
        free(name);
        return fail_errno(err, errno, path);
    }
    *self = (cli_new_file){ .file = stream_of(fd), .path = path, .temporary = name };
    return CTES_OK;
}

static int sync_folder_of(const char *path) {
    CLI_AUTO_FREE char *folder = cli_path_folder(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int result = fsync(fd);
    (void)close(fd);
    return result;
}

ctes_status cli_new_file_commit(cli_new_file *self, ctes_error *err) {
    int fd = fileno(self->file);
    bool is_written = fflush(self->file) == 0 && ferror(self->file) == 0 && fchmod(fd, MODE) == 0 &&
                      fsync(fd) == 0 && rename(self->temporary, self->path) == 0;
    if (!is_written)
        return fail_errno(err, errno, self->path);
    cli_freep(&self->temporary);
    return sync_folder_of(self->path) == 0 ? CTES_OK : fail_errno(err, errno, self->path);
}

void cli_new_file_close(cli_new_file *self) {
    cli_fclosep(&self->file);
    if (self->temporary != NULL)
        (void)unlink(self->temporary);
    cli_freep(&self->temporary);
}
