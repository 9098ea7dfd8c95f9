/* Foreign archives: as they come, and as the tar inside a gzip made here, which a changed byte
 * would otherwise never get past the checksum of. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "pack/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ctes_status visit(void *user, const char *name, const void *bytes, size_t length,
                         ctes_error *err) {
    (void)err;
    uint64_t *total = user;
    if (name[0] == '\0' || strlen(name) > 99 || strchr(name, '/') != NULL)
        abort();
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++)
        *total += at[i]; /* so that the bytes are read */
    return CTES_OK;
}

static void read_it(const void *data, size_t size) {
    static const ctes_pack_limits limits = {
        .members = 8, .member_size = 1 << 20, .total_size = 1 << 21, .ratio = 1000
    };
    uint64_t total = 0;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_pack_read(data, size, &limits, visit, &total, &err);
    if (err.code != status)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static Bytef packed[1 << 17];
    read_it(data, size);
    z_stream stream = { .next_in = data, .avail_in = (uInt)size };
    if (size > sizeof packed / 2 || deflateInit2(&stream, 1, Z_DEFLATED, 31, 8, 0) != Z_OK)
        return 0;
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    if (deflate(&stream, Z_FINISH) == Z_STREAM_END)
        read_it(packed, stream.total_out);
    (void)deflateEnd(&stream);
    return 0;
}
