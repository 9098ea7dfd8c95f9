/* Files: bounded reading, atomic writing, folders. */
#ifndef CTES_BASE_FILE_H
#define CTES_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/buffer.h"

/** Reads a whole regular file into `out` (up to `out->max`).
 *  @return CTES_OK, CTES_E_NOT_FOUND, CTES_E_PERMISSION, CTES_E_LIMIT, CTES_E_IO, CTES_E_MEMORY. */
ctes_status ctes_file_read(const char *path, ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

/** A file being written beside its final name; nothing is seen there before commit. */
typedef struct ctes_file_writer {
    int fd; /**< -1 when closed */
    char *path;
    char *temporary;
} ctes_file_writer;

#define CTES_FILE_WRITER_INIT                                                                      \
    { .fd = -1 }

/** Creates the temporary file (mode 0600) in the folder of `path`. */
ctes_status ctes_file_create(ctes_file_writer *writer, const char *path,
                             ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_file_write(ctes_file_writer *writer, const void *bytes, size_t length,
                            ctes_error *err) CTES_MUST_CHECK;
/** fsync, rename, fsync of the folder. The file is whole under its name, or the call failed. */
ctes_status ctes_file_commit(ctes_file_writer *writer, ctes_error *err) CTES_MUST_CHECK;
/** Removes the temporary file if it was not committed. */
void ctes_file_discard(ctes_file_writer *writer);

#define CTES_AUTO_FILE_WRITER CTES_CLEANUP(ctes_file_discard)

/** Moves a file within its file system, durably: its bytes are on disk before the name is, and the
 *  name when this returns. A file of that name is replaced. */
ctes_status ctes_file_keep(const char *from, const char *to, ctes_error *err) CTES_MUST_CHECK;

/** The system need not keep the file's bytes in memory any more: what was just written, and read
 * for the last time. Memory that is used again and again is cheaper than ever new one, above all in
 * a virtual machine. Only advice: nothing is reported. */
void ctes_file_forget(const char *path);

/** Creates a folder and its parents (mode 0700); an existing folder is fine. What it
 *  creates is durable. */
ctes_status ctes_folder_make(const char *path, ctes_error *err) CTES_MUST_CHECK;

/** "a" + "b" → "a/b"; an absolute `name` stands alone. */
ctes_status ctes_path_join(const char *folder, const char *name, char **ret,
                           ctes_error *err) CTES_MUST_CHECK;

/** Part after the last '/'; never NULL. */
const char *ctes_path_base(const char *path);

#endif
