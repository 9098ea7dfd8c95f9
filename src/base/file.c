#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"

ctes_status ctes_file_read(const char *path, ctes_buffer *out, ctes_error *err) {
    /* O_NONBLOCK: a FIFO in place of a file must not hang the program */
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return ctes_fail_errno(err, errno, path);
    if (!S_ISREG(info.st_mode))
        return ctes_fail_errno(err, S_ISDIR(info.st_mode) ? EISDIR : EINVAL, path);
    if ((uintmax_t)info.st_size > out->max - out->length)
        return ctes_fail(err, CTES_E_LIMIT, path, "%zu", out->max);
    char chunk[16384];
    for (;;) {
        ssize_t count = read(fd, chunk, sizeof chunk);
        if (count == 0)
            return CTES_OK;
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return ctes_fail_errno(err, errno, path);
        ctes_status status = ctes_buffer_append(out, chunk, (size_t)count, err);
        if (status != CTES_OK)
            return ctes_fail_at(err, status, CTES_STAGE_NONE, path);
    }
}

ctes_status ctes_file_create(ctes_file_writer *writer, const char *path, ctes_error *err) {
    ctes_file_writer made CTES_AUTO_FILE_WRITER = CTES_FILE_WRITER_INIT;
    CTES_AUTO_BUFFER ctes_buffer name = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&name, err, "%s.XXXXXX", path));
    made.path = strdup(path);
    if (made.path == NULL)
        return ctes_fail_memory(err);
    made.fd = mkostemp(name.data, O_CLOEXEC);
    if (made.fd < 0)
        return ctes_fail_errno(err, errno, path);
    made.temporary = CTES_TAKE(name.data);
    name.length = name.capacity = 0;
    *writer = made;
    made = (ctes_file_writer)CTES_FILE_WRITER_INIT;
    return CTES_OK;
}

ctes_status ctes_file_write(ctes_file_writer *writer, const void *bytes, size_t length,
                            ctes_error *err) {
    const char *at = bytes;
    while (length > 0) {
        ssize_t count = write(writer->fd, at, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return ctes_fail_errno(err, errno, writer->path);
        at += count;
        length -= (size_t)count;
    }
    return CTES_OK;
}

/* Makes a rename or a new name in the folder of `path` durable. */
static int sync_folder(const char *path) {
    char *folder CTES_AUTO_FREE = strdup(path);
    if (folder == NULL)
        return ENOMEM;
    char *slash = strrchr(folder, '/');
    if (slash == folder)
        slash++;
    if (slash != NULL)
        *slash = '\0';
    int fd CTES_AUTO_CLOSE = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0 ? 0 : errno;
}

ctes_status ctes_file_commit(ctes_file_writer *writer, ctes_error *err) {
    if (fsync(writer->fd) != 0 || rename(writer->temporary, writer->path) != 0)
        return ctes_fail_errno(err, errno, writer->path);
    free(writer->temporary);
    writer->temporary = NULL;
    int failed = sync_folder(writer->path);
    if (failed != 0)
        return ctes_fail_errno(err, failed, writer->path);
    ctes_file_discard(writer);
    return CTES_OK;
}

void ctes_file_discard(ctes_file_writer *writer) {
    if (writer == NULL)
        return;
    if (writer->temporary != NULL)
        (void)unlink(writer->temporary);
    ctes_closep(&writer->fd);
    ctes_free_charp(&writer->temporary);
    ctes_free_charp(&writer->path);
}

ctes_status ctes_file_keep(const char *from, const char *to, ctes_error *err) {
    int fd CTES_AUTO_CLOSE = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fsync(fd) != 0)
        return ctes_fail_errno(err, errno, from);
    if (rename(from, to) != 0)
        return ctes_fail_errno(err, errno, to);
    int failed = sync_folder(to);
    return failed == 0 ? CTES_OK : ctes_fail_errno(err, failed, to);
}

void ctes_file_forget(const char *path) {
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0)
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* Its name in its parent is made durable as the files in it will be; a parent that may not be read
 * cannot be asked to. */
static ctes_status make_one(const char *path, ctes_error *err) {
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST ? CTES_OK : ctes_fail_errno(err, errno, path);
    int failed = sync_folder(path);
    return failed == 0 || failed == EACCES ? CTES_OK : ctes_fail_errno(err, failed, path);
}

ctes_status ctes_folder_make(const char *path, ctes_error *err) {
    struct stat info;
    if (stat(path, &info) == 0) /* as nearly always: asked once an act */
        return S_ISDIR(info.st_mode) ? CTES_OK : ctes_fail_errno(err, ENOTDIR, path);
    char *walk CTES_AUTO_FREE = strdup(path);
    if (walk == NULL)
        return ctes_fail_memory(err);
    for (char *at = walk + 1;; at++) {
        if (*at != '/' && *at != '\0')
            continue;
        char kept = *at;
        *at = '\0';
        CTES_TRY(make_one(walk, err));
        *at = kept;
        if (kept == '\0')
            break;
    }
    if (stat(path, &info) != 0)
        return ctes_fail_errno(err, errno, path);
    return S_ISDIR(info.st_mode) ? CTES_OK : ctes_fail_errno(err, ENOTDIR, path);
}

ctes_status ctes_path_join(const char *folder, const char *name, char **ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer path = CTES_BUFFER_INIT(8192);
    if (name[0] != '/' && folder[0] != '\0')
        CTES_TRY(ctes_buffer_printf(&path, err, "%s%s", folder,
                                    folder[strlen(folder) - 1] == '/' ? "" : "/"));
    CTES_TRY(ctes_buffer_puts(&path, name, err));
    return ctes_buffer_take(&path, ret, err);
}

const char *ctes_path_base(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}
