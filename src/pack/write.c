/* Writing: libarchive makes the tar (norm sheet § 4: ustar, flat), deflate.c the gzip around it. */
#include "pack/pack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "pack/deflate.h"
#include "pack/name.h"
#include "pack/publish.h"
#include "pack/source.h"

enum { RECORD = 10240 }; /* POSIX: an archive is a whole number of records of 20 blocks */

typedef struct job {
    ctes_deflater *deflater;
    struct archive *archive;
    struct archive_entry *entry;
    int64_t mtime;
    uint64_t tar_size;  /* bytes of the tar so far */
    ctes_status status; /* of the callback, which libarchive cannot carry */
    ctes_error *err;
    char piece[CTES_PACK_PIECE];
} job;

static void job_free(job **owned) {
    job *work = *owned;
    if (work == NULL)
        return;
    /* freeing closes the tar, whose end must not be written any more */
    if (work->status == CTES_OK)
        work->status = CTES_E_INTERNAL;
    archive_entry_free(work->entry);
    (void)archive_write_free(work->archive);
    ctes_deflater_free(work->deflater);
    free(work);
    *owned = NULL;
}

/* What libarchive hands over: a header, a piece of a member, padding. After a failure the rest is
 * dropped and the failure kept: libarchive 3.6 loses memory when its callback fails. */
static la_ssize_t take_tar(struct archive *archive, void *user, const void *bytes, size_t length) {
    (void)archive;
    job *work = user;
    if (work->status == CTES_OK)
        work->status = ctes_deflater_write(work->deflater, bytes, length, work->err);
    work->tar_size += length;
    return (la_ssize_t)length;
}

/* what came of a call of libarchive: a failure of the callback, or its own */
static ctes_status tar_status(job *work, bool done, const char *subject) {
    if (work->status != CTES_OK || done)
        return work->status;
    if (archive_errno(work->archive) == ENOMEM)
        return ctes_fail_memory(work->err);
    const char *why = archive_error_string(work->archive);
    return ctes_fail(work->err, CTES_E_INTERNAL, subject, "libarchive: %s",
                     why != NULL ? why : "unknown error");
}

static ctes_status job_start(job *work) {
    work->archive = archive_write_new();
    work->entry = archive_entry_new();
    if (work->archive == NULL || work->entry == NULL)
        return ctes_fail_memory(work->err);
    /* no blocking: each piece arrives as it was written, to be stored or deflated */
    bool done = archive_write_set_format_ustar(work->archive) == ARCHIVE_OK &&
                archive_write_set_bytes_per_block(work->archive, 0) == ARCHIVE_OK &&
                archive_write_open(work->archive, work, NULL, take_tar, NULL) == ARCHIVE_OK;
    return tar_status(work, done, NULL);
}

static ctes_status write_header(job *work, const ctes_source *source) {
    struct archive_entry *entry = archive_entry_clear(work->entry);
    archive_entry_set_pathname(entry, source->member->name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_uid(entry, 0);
    archive_entry_set_gid(entry, 0);
    archive_entry_set_mtime(entry, work->mtime, 0);
    archive_entry_set_size(entry, (la_int64_t)source->size);
    bool done = archive_write_header(work->archive, entry) == ARCHIVE_OK;
    return tar_status(work, done, source->member->name);
}

static ctes_status write_content(job *work, const ctes_source *source) {
    for (uint64_t offset = 0; offset < source->size;) {
        uint64_t left = source->size - offset;
        size_t length = left < sizeof work->piece ? (size_t)left : sizeof work->piece;
        CTES_TRY(ctes_source_read(source, offset, work->piece, length, work->err));
        la_ssize_t taken = archive_write_data(work->archive, work->piece, length);
        CTES_TRY(tar_status(work, taken == (la_ssize_t)length, source->member->name));
        offset += length;
    }
    return ctes_source_check(source, work->err);
}

static ctes_status write_member(job *work, const ctes_member *member) {
    ctes_source source CTES_AUTO_SOURCE = CTES_SOURCE_INIT;
    CTES_TRY(ctes_source_open(&source, member, work->err));
    bool compressible = true;
    CTES_TRY(ctes_source_compressible(&source, &compressible, work->err));
    CTES_TRY(write_header(work, &source));
    CTES_TRY(ctes_deflater_storing(work->deflater, !compressible, work->err));
    CTES_TRY(write_content(work, &source));
    CTES_TRY(ctes_deflater_storing(work->deflater, false, work->err));
    bool done = archive_write_finish_entry(work->archive) == ARCHIVE_OK;
    return tar_status(work, done, member->name);
}

static ctes_status job_finish(job *work) {
    CTES_TRY(tar_status(work, archive_write_close(work->archive) == ARCHIVE_OK, NULL));
    memset(work->piece, 0, RECORD);
    size_t padding = (size_t)(RECORD - work->tar_size % RECORD) % RECORD;
    CTES_TRY(ctes_deflater_write(work->deflater, work->piece, padding, work->err));
    return ctes_deflater_finish(work->deflater, work->err);
}

static ctes_status check_names(const ctes_member *members, size_t count, ctes_error *err) {
    for (size_t i = 0; i < count; i++) {
        CTES_TRY(ctes_pack_name_check(members[i].name, err));
        for (size_t j = 0; j < i; j++) {
            if (strcmp(members[i].name, members[j].name) == 0)
                return ctes_fail(err, CTES_E_ARCHIVE_MEMBER, members[i].name, "repeated name");
        }
    }
    return CTES_OK;
}

static ctes_status job_new(const char *path, int64_t mtime, job **ret, ctes_error *err) {
    CTES_CLEANUP(job_free) job *work = calloc(1, sizeof *work);
    if (work == NULL)
        return ctes_fail_memory(err);
    work->err = err;
    work->mtime = mtime;
    work->deflater = calloc(1, sizeof *work->deflater);
    if (work->deflater == NULL)
        return ctes_fail_memory(err);
    work->deflater->file = (ctes_file_writer)CTES_FILE_WRITER_INIT;
    CTES_TRY(ctes_file_create(&work->deflater->file, path, err));
    *ret = CTES_TAKE(work);
    return CTES_OK;
}

ctes_status ctes_pack_write(const char *path, const ctes_member *members, size_t count,
                            int64_t mtime, uint64_t max_size, ctes_pack_tap tap, void *user,
                            uint64_t *ret_size, ctes_error *err) {
    CTES_TRY(check_names(members, count, err));
    struct stat taken;
    if (lstat(path, &taken) == 0) /* told now rather than after minutes; publishing asks again */
        return ctes_fail_errno(err, EEXIST, path);
    CTES_CLEANUP(job_free) job *work = NULL;
    CTES_TRY(job_new(path, mtime, &work, err));
    work->deflater->max_size = max_size;
    work->deflater->tap = tap;
    work->deflater->user = user;
    CTES_TRY(ctes_deflater_start(work->deflater, err));
    CTES_TRY(job_start(work));
    for (size_t i = 0; i < count; i++)
        CTES_TRY(write_member(work, &members[i]));
    CTES_TRY(job_finish(work));
    uint64_t size = work->deflater->size;
    ctes_file_writer file CTES_AUTO_FILE_WRITER = work->deflater->file;
    work->deflater->file = (ctes_file_writer)CTES_FILE_WRITER_INIT;
    /* the disk is waited for without it: of many archives at once it would be much */
    job_free(&work);
    CTES_TRY(ctes_pack_publish(&file, err));
    if (ret_size != NULL)
        *ret_size = size;
    return CTES_OK;
}
