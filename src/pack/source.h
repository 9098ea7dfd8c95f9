/* Where a member's bytes come from: a file on disk or memory, read in pieces at any place. */
#ifndef CTES_PACK_SOURCE_H
#define CTES_PACK_SOURCE_H

#include <sys/stat.h>

#include "pack/pack.h"

typedef struct ctes_source {
    const ctes_member *member;
    int fd;           /**< -1 for memory */
    struct stat info; /**< of the file when it was opened */
    uint64_t size;
} ctes_source;

#define CTES_SOURCE_INIT                                                                           \
    { .fd = -1 }

/** @return CTES_OK or CTES_E_DOCUMENT_UNREADABLE (not there, not readable, not a regular file). */
ctes_status ctes_source_open(ctes_source *source, const ctes_member *member,
                             ctes_error *err) CTES_MUST_CHECK;

/** Reads exactly `length` bytes at `offset`.
 *  @return CTES_OK, CTES_E_DOCUMENT_CHANGED when the file has become shorter,
 * CTES_E_DOCUMENT_UNREADABLE. */
ctes_status ctes_source_read(const ctes_source *source, uint64_t offset, void *out, size_t length,
                             ctes_error *err) CTES_MUST_CHECK;

/** @return CTES_OK, or CTES_E_DOCUMENT_CHANGED when the file is not as it was when opened. */
ctes_status ctes_source_check(const ctes_source *source, ctes_error *err) CTES_MUST_CHECK;

/** Tells from pieces of it taken at several places whether deflating the member is worth its time.
 *  The same bytes always give the same answer. */
ctes_status ctes_source_compressible(const ctes_source *source, bool *ret,
                                     ctes_error *err) CTES_MUST_CHECK;

void ctes_source_close(ctes_source *source);
#define CTES_AUTO_SOURCE CTES_CLEANUP(ctes_source_close)

#endif
