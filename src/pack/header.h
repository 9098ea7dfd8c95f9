/* A tar header: 512 foreign bytes, read strictly. */
#ifndef CTES_PACK_HEADER_H
#define CTES_PACK_HEADER_H

#include "pack/name.h"
#include "pack/pack.h"

#define CTES_PACK_BLOCK 512

typedef struct ctes_tar_header {
    char name[CTES_PACK_NAME_MAX + 1];
    uint64_t size;
} ctes_tar_header;

/** Only a regular file of POSIX (ustar) or GNU tar without any extension passes.
 *  @return CTES_OK, CTES_E_ARCHIVE_MALFORMED (no header), CTES_E_ARCHIVE_MEMBER (one that is not
 *          taken). */
ctes_status ctes_tar_header_read(const uint8_t block[static CTES_PACK_BLOCK], ctes_tar_header *ret,
                                 ctes_error *err) CTES_MUST_CHECK;

#endif
