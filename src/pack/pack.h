/*
 * Archives of the norm (fact sheet § 4): flat, reproducible .tar.gz written and read back.
 * Sole user of libarchive and zlib, which no header shows.
 */
#ifndef CTES_PACK_PACK_H
#define CTES_PACK_PACK_H

#include <stdint.h>

#include "base/buffer.h"

/** A member to write: from a file, streamed, or from memory. */
typedef struct ctes_member {
    const char *name;  /**< printable ASCII, no '/', no "..", at most 99 bytes */
    const char *path;  /**< file to stream, or NULL */
    const void *bytes; /**< when `path` is NULL */
    size_t length;
} ctes_member;

/** Called with each piece of the finished archive, in order, as it is written: for hashing. */
typedef ctes_status (*ctes_pack_tap)(void *user, const void *bytes, size_t length, ctes_error *err);

/** Writes an archive at `path`, atomically and durably (temporary file, fsync, rename, fsync of
 *  the folder); an existing file of that name is refused, never replaced. ustar, mode 0644, uid
 *  and gid 0, no owner names, every mtime `mtime` (seconds since the epoch), gzip header without
 *  name or time: same members and mtime, same bytes. Members whose bytes deflate poorly are stored
 *  (decided from a sample of each, inside one valid gzip stream).
 *  @return CTES_OK, CTES_E_TOO_LARGE past `max_size` bytes, CTES_E_DOCUMENT_CHANGED when a file
 *          changes while it is read, CTES_E_DOCUMENT_UNREADABLE when it cannot be,
 *          CTES_E_ARCHIVE_MEMBER for a bad or repeated name; for the archive itself
 *          CTES_E_NOT_FOUND (its folder), CTES_E_DISK_FULL, CTES_E_PERMISSION, CTES_E_IO (also
 *          when the name is taken); CTES_E_MEMORY, or what `tap` returned. */
ctes_status ctes_pack_write(const char *path, const ctes_member *members, size_t count,
                            int64_t mtime, uint64_t max_size, ctes_pack_tap tap, void *user,
                            uint64_t *ret_size, ctes_error *err) CTES_MUST_CHECK;

/** What a foreign archive may hold; past any of these it is refused. */
typedef struct ctes_pack_limits {
    size_t members;       /**< number of members */
    uint64_t member_size; /**< bytes of one member */
    uint64_t total_size;  /**< bytes of all members */
    unsigned ratio;       /**< unpacked bytes per packed byte */
} ctes_pack_limits;

#define CTES_PACK_LIMITS_INIT                                                                      \
    { .members = 256, .member_size = 157286400, .total_size = 209715200, .ratio = 200 }

/** Called for each member. `name` has been checked: non-empty printable ASCII, no '/', no
 *  "..", at most 99 bytes, not seen before in this archive. Return a failure to stop. */
typedef ctes_status (*ctes_pack_visit)(void *user, const char *name, const void *bytes,
                                       size_t length, ctes_error *err);

/** Reads a .tar.gz from memory, one member at a time. Only regular files in the top folder are
 *  taken, ustar or GNU without extensions; links, devices, folders, sparse files, pax records and
 *  other formats are refused. What was visited counts only once this has returned CTES_OK: the
 *  gzip's checksum comes last.
 *  @return CTES_OK, CTES_E_ARCHIVE_MALFORMED, CTES_E_ARCHIVE_MEMBER, CTES_E_ARCHIVE_LIMIT,
 *          CTES_E_MEMORY, or what `visit` returned. */
ctes_status ctes_pack_read(const void *bytes, size_t length, const ctes_pack_limits *limits,
                           ctes_pack_visit visit, void *user, ctes_error *err) CTES_MUST_CHECK;

#endif
