#include "pack/deflate.h"

#include <string.h>

#include "base/fail.h"

enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 8, OS_UNIX = 3 };

static void empty_output(ctes_deflater *deflater) {
    deflater->stream.next_out = deflater->out;
    deflater->stream.avail_out = sizeof deflater->out;
}

ctes_status ctes_deflater_start(ctes_deflater *deflater, ctes_error *err) {
    deflater->level = CTES_PACK_LEVEL;
    if (deflateInit2(&deflater->stream, deflater->level, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return ctes_fail_memory(err);
    deflater->started = true;
    /* no name, no time, the same system everywhere: same members, same bytes */
    deflater->header.os = OS_UNIX;
    if (deflateSetHeader(&deflater->stream, &deflater->header) != Z_OK)
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "deflateSetHeader");
    empty_output(deflater);
    return CTES_OK;
}

/* sends what has been deflated so far to the file, then to the tap */
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

ctes_status ctes_deflater_level(ctes_deflater *deflater, int level, ctes_error *err) {
    if (level == deflater->level)
        return CTES_OK;
    /* zlib ends the current block first and says Z_BUF_ERROR as long as it lacks room for it */
    int result;
    do {
        CTES_TRY(emit(deflater, err));
        result = deflateParams(&deflater->stream, level, Z_DEFAULT_STRATEGY);
    } while (result == Z_BUF_ERROR && deflater->stream.avail_out < sizeof deflater->out);
    if (result != Z_OK)
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "deflateParams: %d", result);
    deflater->level = level;
    return CTES_OK;
}

static ctes_status deflate_piece(ctes_deflater *deflater, int flush, ctes_error *err) {
    for (;;) {
        int result = deflate(&deflater->stream, flush);
        /* Z_BUF_ERROR: nothing to do, which is where this stops */
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return ctes_fail(err, CTES_E_INTERNAL, NULL, "deflate: %d", result);
        bool full = deflater->stream.avail_out == 0;
        if (full || result == Z_STREAM_END)
            CTES_TRY(emit(deflater, err));
        if (!full)
            return CTES_OK;
    }
}

ctes_status ctes_deflater_write(ctes_deflater *deflater, const void *bytes, size_t length,
                                ctes_error *err) {
    const Bytef *at = bytes;
    while (length > 0) {
        /* pieces of one size, because stored blocks are cut where the input is */
        size_t piece = length < CTES_PACK_PIECE ? length : CTES_PACK_PIECE;
        deflater->stream.next_in = at;
        deflater->stream.avail_in = (uInt)piece;
        CTES_TRY(deflate_piece(deflater, Z_NO_FLUSH, err));
        at += piece;
        length -= piece;
    }
    return CTES_OK;
}

ctes_status ctes_deflater_finish(ctes_deflater *deflater, ctes_error *err) {
    return deflate_piece(deflater, Z_FINISH, err);
}

void ctes_deflater_free(ctes_deflater *deflater) {
    if (deflater == NULL)
        return;
    if (deflater->started)
        (void)deflateEnd(&deflater->stream);
    ctes_file_discard(&deflater->file);
    free(deflater);
}
