/* The archive being read: one gzip member in memory, inflated piece by piece within limits. */
#ifndef CTES_PACK_INFLATE_H
#define CTES_PACK_INFLATE_H

#define ZLIB_CONST /* zlib does not change its input */
#include <zlib.h>

#include "pack/pack.h"

typedef struct ctes_inflater {
    z_stream stream;
    const Bytef *rest; /**< packed bytes not handed to zlib yet */
    size_t rest_length;
    uint64_t size; /**< unpacked bytes so far */
    uint64_t max_size;
    bool ended; /**< the gzip member is over and its checksum is right */
    Bytef out[16384];
    size_t at, end; /**< bytes of `out` not taken yet */
} ctes_inflater;

/** @return CTES_OK, CTES_E_ARCHIVE_MALFORMED when this is no gzip, CTES_E_MEMORY. */
ctes_status ctes_inflater_start(ctes_inflater *inflater, const void *bytes, size_t length,
                                uint64_t max_size, ctes_error *err) CTES_MUST_CHECK;

/** Gives up to `length` unpacked bytes, borrowed until the next call; none at the end, which is
 *  reached only if nothing follows the gzip member.
 *  @return CTES_OK, CTES_E_ARCHIVE_MALFORMED, CTES_E_ARCHIVE_LIMIT, CTES_E_MEMORY. */
ctes_status ctes_inflater_read(ctes_inflater *inflater, size_t length, const void **ret,
                               size_t *ret_length, ctes_error *err) CTES_MUST_CHECK;

void ctes_inflater_clear(ctes_inflater *inflater);

#endif
