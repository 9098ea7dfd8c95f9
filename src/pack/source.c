#include "pack/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"

static ctes_status unreadable(const ctes_source *source, int error_number, ctes_error *err) {
    char text[128];
    return ctes_fail(err, CTES_E_DOCUMENT_UNREADABLE, ctes_path_base(source->member->path), "%s",
                     strerror_r(error_number, text, sizeof text));
}

ctes_status ctes_source_open(ctes_source *source, const ctes_member *member, ctes_error *err) {
    source->member = member;
    if (member->path == NULL) {
        source->size = member->length;
        return CTES_OK;
    }
    /* O_NONBLOCK: a FIFO in place of a file must not hang the program */
    source->fd = open(member->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (source->fd < 0 || fstat(source->fd, &source->info) != 0)
        return unreadable(source, errno, err);
    if (!S_ISREG(source->info.st_mode))
        return unreadable(source, S_ISDIR(source->info.st_mode) ? EISDIR : EINVAL, err);
    source->size = (uint64_t)source->info.st_size;
    return CTES_OK;
}

static ctes_status changed(const ctes_source *source, ctes_error *err) {
    return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, ctes_path_base(source->member->path),
                     "changed while it was read");
}

ctes_status ctes_source_read(const ctes_source *source, uint64_t offset, void *out, size_t length,
                             ctes_error *err) {
    if (source->fd < 0) {
        memcpy(out, (const char *)source->member->bytes + offset, length);
        return CTES_OK;
    }
    char *at = out;
    while (length > 0) {
        ssize_t count = pread(source->fd, at, length, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return unreadable(source, errno, err);
        if (count == 0)
            return changed(source, err);
        at += count;
        offset += (uint64_t)count;
        length -= (size_t)count;
    }
    return CTES_OK;
}

ctes_status ctes_source_check(const ctes_source *source, ctes_error *err) {
    if (source->fd < 0)
        return CTES_OK;
    struct stat now;
    if (fstat(source->fd, &now) != 0)
        return unreadable(source, errno, err);
    const struct stat *then = &source->info;
    /* the time too: a file rewritten in place with the same size would be packed half old */
    bool same = now.st_size == then->st_size && now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
                now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
    return same ? CTES_OK : changed(source, err);
}

void ctes_source_close(ctes_source *source) {
    ctes_closep(&source->fd);
}
