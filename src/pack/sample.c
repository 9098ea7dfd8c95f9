/* Whether a member is worth deflating. Scans and most PDF files are deflated or JPEG already: going
 * through their 150 MiB again takes seconds and gains nothing. */
#include "pack/source.h"

#include "base/fail.h"
#include "pack/deflate.h"

enum {
    GLANCE = 1024, /* bytes looked at in one place */
    GLANCES = 8,
    PIECE = 32768, /* deflate's window: a piece shows all the repetition deflate could see */
    PIECES = 2,
    WORTH_PERCENT = 96 /* deflated when the pieces shrink to this or less */
};

/* How unevenly byte values are spread, in hundredths: 100 when each is as likely as any other, as
 * in what is compressed already; text has over 1000, base64 400. Between the two, deflate is asked.
 */
enum { EVEN = 125, UNEVEN = 200 };

static uint64_t unevenness(const uint64_t counts[static 256], uint64_t total) {
    uint64_t pairs = 0; /* of equal bytes */
    for (unsigned value = 0; value < 256; value++)
        pairs += counts[value] * (counts[value] > 0 ? counts[value] - 1 : 0);
    return pairs * 256 * 100 / (total * (total - 1));
}

/* Looks at a few places from the first byte to the last: a glance costs next to nothing, where
 * deflating the same bytes costs as much as the archive itself. */
static ctes_status glance(const ctes_source *source, uint64_t *ret, ctes_error *err) {
    uint64_t counts[256] = { 0 };
    unsigned char bytes[GLANCE];
    for (unsigned i = 0; i < GLANCES; i++) {
        uint64_t offset = (source->size - GLANCE) / (GLANCES - 1) * i;
        CTES_TRY(ctes_source_read(source, offset, bytes, GLANCE, err));
        for (unsigned j = 0; j < GLANCE; j++)
            counts[bytes[j]]++;
    }
    *ret = unevenness(counts, (uint64_t)GLANCE * GLANCES);
    return CTES_OK;
}

static uInt deflated_size(const Bytef *bytes, uInt length, Bytef *out, uInt size) {
    z_stream stream = { .next_in = bytes, .avail_in = length, .next_out = out, .avail_out = size };
    if (deflateInit(&stream, CTES_PACK_LEVEL) != Z_OK)
        return length;
    /* output that does not fit in a piece's length tells all there is to know */
    uInt result = deflate(&stream, Z_FINISH) == Z_STREAM_END ? (uInt)stream.total_out : length;
    (void)deflateEnd(&stream);
    return result;
}

static ctes_status ask_deflate(const ctes_source *source, bool *ret, ctes_error *err) {
    char *memory CTES_AUTO_FREE = malloc(2 * (size_t)PIECE);
    if (memory == NULL)
        return ctes_fail_memory(err);
    Bytef *piece = (Bytef *)memory;
    uint64_t after = 0;
    for (unsigned i = 0; i < PIECES; i++) {
        uint64_t offset = (source->size - PIECE) / PIECES * i + (source->size - PIECE) / 4;
        CTES_TRY(ctes_source_read(source, offset, piece, PIECE, err));
        after += deflated_size(piece, PIECE, piece + PIECE, PIECE);
    }
    *ret = after * 100 <= (uint64_t)PIECE * PIECES * WORTH_PERCENT;
    return CTES_OK;
}

ctes_status ctes_source_compressible(const ctes_source *source, bool *ret, ctes_error *err) {
    /* too small to be worth asking: deflate itself stores what it cannot shrink */
    if (source->size <= 2 * (uint64_t)PIECE) {
        *ret = true;
        return CTES_OK;
    }
    uint64_t spread = 0;
    CTES_TRY(glance(source, &spread, err));
    if (spread <= EVEN || spread >= UNEVEN) {
        *ret = spread >= UNEVEN;
        return CTES_OK;
    }
    return ask_deflate(source, ret, err);
}
