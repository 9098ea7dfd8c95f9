/* The archive being written: bytes go in, one gzip member comes out into a file and to the tap. */
#ifndef CTES_PACK_DEFLATE_H
#define CTES_PACK_DEFLATE_H

#define ZLIB_CONST /* zlib does not change its input */
#include <zlib.h>

#include "base/file.h"
#include "pack/pack.h"

#define CTES_PACK_LEVEL 6
#define CTES_PACK_PIECE 65536

typedef struct ctes_deflater {
    ctes_file_writer file;
    z_stream stream;
    bool started;   /**< `stream` is to be released */
    bool storing;   /**< bytes go out as they came in */
    uLong checksum; /**< of the bytes that came in, and how many they are (RFC 1952 § 2.3.1) */
    uint64_t taken;
    uint64_t size; /**< bytes written to the file so far */
    uint64_t max_size;
    ctes_pack_tap tap;
    void *user;
    Bytef out[CTES_PACK_PIECE];
} ctes_deflater;

/** Starts the gzip stream into `deflater->file`; the caller has set that, the limit and the tap. */
ctes_status ctes_deflater_start(ctes_deflater *deflater, ctes_error *err) CTES_MUST_CHECK;

/** Stores what follows instead of deflating it, or deflates it again. */
ctes_status ctes_deflater_storing(ctes_deflater *deflater, bool storing,
                                  ctes_error *err) CTES_MUST_CHECK;

/** @return CTES_OK, CTES_E_TOO_LARGE past `max_size`, what the file or the tap returned. */
ctes_status ctes_deflater_write(ctes_deflater *deflater, const void *bytes, size_t length,
                                ctes_error *err) CTES_MUST_CHECK;

/** Writes what is left and the trailer. */
ctes_status ctes_deflater_finish(ctes_deflater *deflater, ctes_error *err) CTES_MUST_CHECK;

/** Releases all; a file not published is removed. */
void ctes_deflater_free(ctes_deflater *deflater);

#endif
