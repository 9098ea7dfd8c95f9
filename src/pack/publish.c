#include "pack/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fail.h"

static int sync_folder(const char *path) {
    size_t folder_length = (size_t)(ctes_path_base(path) - path);
    char *folder CTES_AUTO_FREE = folder_length > 0 ? strndup(path, folder_length) : strdup(".");
    if (folder == NULL)
        return ENOMEM;
    int fd CTES_AUTO_CLOSE = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0 ? 0 : errno;
}

/* Renames unless the name is taken; a hard link does the same where the kernel or the file system
 * knows no such rename. Returns 0 or an errno value. */
static int take_name(const char *temporary, const char *path) {
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (link(temporary, path) != 0)
        return errno;
    (void)unlink(temporary); /* both names are the same whole file: nothing is lost if this fails */
    return 0;
}

ctes_status ctes_pack_publish(ctes_file_writer *writer, ctes_error *err) {
    if (fsync(writer->fd) != 0)
        return ctes_fail_errno(err, errno, writer->path);
    int failed = take_name(writer->temporary, writer->path);
    if (failed != 0)
        return ctes_fail_errno(err, failed, writer->path);
    ctes_free_charp(&writer->temporary);
    failed = sync_folder(writer->path);
    if (failed != 0) {
        (void)unlink(writer->path); /* or the next try would find the name taken */
        return ctes_fail_errno(err, failed, writer->path);
    }
    ctes_file_discard(writer);
    return CTES_OK;
}
