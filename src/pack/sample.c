/* Whether a member is worth deflating. Scans and most PDF files are deflated or JPEG already: going
 * through their 150 MiB again takes seconds and gains nothing. */
#include "pack/source.h"

#include "base/fail.h"
#include "pack/deflate.h"

enum {
    PIECE = 32768, /* deflate's window: a piece shows all the repetition deflate could see */
    PIECES = 8,
    WORTH_PERCENT = 96 /* deflated when the samples shrink to this or less */
};

static uInt deflated_size(const Bytef *bytes, uInt length, Bytef *out, uInt size) {
    z_stream stream = { .next_in = bytes, .avail_in = length, .next_out = out, .avail_out = size };
    if (deflateInit(&stream, CTES_PACK_LEVEL) != Z_OK)
        return length;
    /* output that does not fit in a piece's length tells all there is to know */
    uInt result = deflate(&stream, Z_FINISH) == Z_STREAM_END ? (uInt)stream.total_out : length;
    (void)deflateEnd(&stream);
    return result;
}

ctes_status ctes_source_compressible(const ctes_source *source, bool *ret, ctes_error *err) {
    /* too small to be worth asking: deflate itself stores what it cannot shrink */
    if (source->size <= 2 * (uint64_t)PIECE) {
        *ret = true;
        return CTES_OK;
    }
    char *memory CTES_AUTO_FREE = malloc(2 * (size_t)PIECE);
    if (memory == NULL)
        return ctes_fail_memory(err);
    Bytef *piece = (Bytef *)memory;
    uint64_t before = 0;
    uint64_t after = 0;
    for (unsigned i = 0; i < PIECES; i++) {
        /* from the first byte to the last, evenly; pieces of a small file overlap */
        uint64_t offset = (source->size - PIECE) / (PIECES - 1) * i;
        CTES_TRY(ctes_source_read(source, offset, piece, PIECE, err));
        before += PIECE;
        after += deflated_size(piece, PIECE, piece + PIECE, PIECE);
    }
    *ret = after * 100 <= before * WORTH_PERCENT;
    return CTES_OK;
}
