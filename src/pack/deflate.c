#include "pack/deflate.h"

#include <string.h>

#include "base/fail.h"

/* RFC 1952 § 2.3.1. No name, no time, the same system everywhere: same members, same bytes. */
static const Bytef GZIP_HEADER[10] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };

/* raw deflate: what is stored goes past zlib, so the header and the trailer are written here */
enum { RAW_WINDOW = -15, MEMORY_LEVEL = 8, STORED_MAX = 32768 };

static void empty_output(ctes_deflater *deflater) {
    deflater->stream.next_out = deflater->out;
    deflater->stream.avail_out = sizeof deflater->out;
}

/* sends what has been put out so far to the file, then to the tap */
static ctes_status emit(ctes_deflater *deflater, ctes_error *err) {
    size_t length = sizeof deflater->out - deflater->stream.avail_out;
    if (length == 0)
        return CTES_OK;
    if (length > deflater->max_size - deflater->size)
        return ctes_fail(err, CTES_E_TOO_LARGE, ctes_path_base(deflater->file.path),
                         "more than %llu", (unsigned long long)deflater->max_size);
    CTES_TRY(ctes_file_write(&deflater->file, deflater->out, length, err));
    deflater->size += length;
    if (deflater->tap != NULL)
        CTES_TRY(deflater->tap(deflater->user, deflater->out, length, err));
    empty_output(deflater);
    return CTES_OK;
}

/* Puts bytes out as they are, behind what zlib has put out. */
static ctes_status put(ctes_deflater *deflater, const Bytef *bytes, size_t length,
                       ctes_error *err) {
    z_stream *stream = &deflater->stream;
    while (length > 0) {
        if (stream->avail_out == 0)
            CTES_TRY(emit(deflater, err));
        uInt part = length < stream->avail_out ? (uInt)length : stream->avail_out;
        memcpy(stream->next_out, bytes, part);
        stream->next_out += part;
        stream->avail_out -= part;
        bytes += part;
        length -= part;
    }
    return CTES_OK;
}

static ctes_status run(ctes_deflater *deflater, int flush, ctes_error *err) {
    for (;;) {
        int result = deflate(&deflater->stream, flush);
        /* Z_BUF_ERROR: nothing to do, which is where this stops */
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return ctes_fail(err, CTES_E_INTERNAL, NULL, "deflate: %d", result);
        if (deflater->stream.avail_out > 0)
            return CTES_OK;
        CTES_TRY(emit(deflater, err));
    }
}

ctes_status ctes_deflater_start(ctes_deflater *deflater, ctes_error *err) {
    if (deflateInit2(&deflater->stream, CTES_PACK_LEVEL, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return ctes_fail_memory(err);
    deflater->started = true;
    deflater->checksum = crc32(0, NULL, 0);
    empty_output(deflater);
    return put(deflater, GZIP_HEADER, sizeof GZIP_HEADER, err);
}

ctes_status ctes_deflater_storing(ctes_deflater *deflater, bool storing, ctes_error *err) {
    /* ends the block on a whole byte; what is deflated later refers to nothing before it */
    if (storing && !deflater->storing)
        CTES_TRY(run(deflater, Z_FULL_FLUSH, err));
    deflater->storing = storing;
    return CTES_OK;
}

/* A stored block (RFC 1951 § 3.2.4), not the last one. */
static ctes_status store(ctes_deflater *deflater, const Bytef *bytes, size_t length,
                         ctes_error *err) {
    const Bytef low = length & 0xff, high = (length >> 8) & 0xff;
    const Bytef head[5] = { 0, low, high, (Bytef)~low, (Bytef)~high };
    CTES_TRY(put(deflater, head, sizeof head, err));
    return put(deflater, bytes, length, err);
}

static ctes_status write_piece(ctes_deflater *deflater, const Bytef *bytes, size_t length,
                               ctes_error *err) {
    deflater->checksum = crc32(deflater->checksum, bytes, (uInt)length);
    deflater->taken += length;
    if (deflater->storing)
        return store(deflater, bytes, length, err);
    deflater->stream.next_in = bytes;
    deflater->stream.avail_in = (uInt)length;
    return run(deflater, Z_NO_FLUSH, err);
}

ctes_status ctes_deflater_write(ctes_deflater *deflater, const void *bytes, size_t length,
                                ctes_error *err) {
    const Bytef *at = bytes;
    while (length > 0) {
        size_t piece = length < STORED_MAX ? length : STORED_MAX;
        CTES_TRY(write_piece(deflater, at, piece, err));
        at += piece;
        length -= piece;
    }
    return CTES_OK;
}

static void little_endian(uLong value, Bytef out[static 4]) {
    for (unsigned i = 0; i < 4; i++)
        out[i] = (value >> 8 * i) & 0xff;
}

ctes_status ctes_deflater_finish(ctes_deflater *deflater, ctes_error *err) {
    Bytef trailer[8];
    little_endian(deflater->checksum, trailer);
    little_endian((uLong)deflater->taken, trailer + 4);
    CTES_TRY(run(deflater, Z_FINISH, err));
    CTES_TRY(put(deflater, trailer, sizeof trailer, err));
    return emit(deflater, err);
}

void ctes_deflater_free(ctes_deflater *deflater) {
    if (deflater == NULL)
        return;
    if (deflater->started)
        (void)deflateEnd(&deflater->stream);
    ctes_file_discard(&deflater->file);
    free(deflater);
}
