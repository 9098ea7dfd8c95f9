#include "pack/inflate.h"

#include <limits.h>

#include "base/fail.h"

enum { GZIP_ONLY = 15 + 16 };

static ctes_status malformed(ctes_error *err, const char *why) {
    return ctes_fail(err, CTES_E_ARCHIVE_MALFORMED, NULL, "gzip: %s", why);
}

ctes_status ctes_inflater_start(ctes_inflater *inflater, const void *bytes, size_t length,
                                uint64_t max_size, ctes_error *err) {
    inflater->rest = bytes;
    inflater->rest_length = length;
    inflater->max_size = max_size;
    if (length < 2 || inflater->rest[0] != 0x1f || inflater->rest[1] != 0x8b)
        return malformed(err, "not a gzip file");
    return inflateInit2(&inflater->stream, GZIP_ONLY) == Z_OK ? CTES_OK : ctes_fail_memory(err);
}

/* inflates until `out` holds something or the member ends */
static ctes_status refill(ctes_inflater *inflater, ctes_error *err) {
    z_stream *stream = &inflater->stream;
    stream->next_out = inflater->out;
    stream->avail_out = sizeof inflater->out;
    while (stream->avail_out > 0 && !inflater->ended) {
        if (stream->avail_in == 0) {
            if (inflater->rest_length == 0)
                return malformed(err, "cut short");
            uInt piece = inflater->rest_length < INT_MAX ? (uInt)inflater->rest_length : INT_MAX;
            stream->next_in = inflater->rest;
            stream->avail_in = piece;
            inflater->rest += piece;
            inflater->rest_length -= piece;
        }
        int result = inflate(stream, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR)
            return ctes_fail_memory(err);
        if (result != Z_OK && result != Z_STREAM_END)
            return malformed(err, stream->msg != NULL ? stream->msg : "damaged");
        inflater->ended = result == Z_STREAM_END;
    }
    if (inflater->ended && stream->avail_in + inflater->rest_length > 0)
        return malformed(err, "something follows the end");
    inflater->at = 0;
    inflater->end = sizeof inflater->out - stream->avail_out;
    inflater->size += inflater->end;
    if (inflater->size > inflater->max_size)
        return ctes_fail(err, CTES_E_ARCHIVE_LIMIT, NULL, "unpacks to more than %llu bytes",
                         (unsigned long long)inflater->max_size);
    return CTES_OK;
}

ctes_status ctes_inflater_read(ctes_inflater *inflater, size_t length, const void **ret,
                               size_t *ret_length, ctes_error *err) {
    if (inflater->at == inflater->end && !inflater->ended)
        CTES_TRY(refill(inflater, err));
    size_t have = inflater->end - inflater->at;
    *ret = inflater->out + inflater->at;
    *ret_length = have < length ? have : length;
    inflater->at += *ret_length;
    return CTES_OK;
}

void ctes_inflater_clear(ctes_inflater *inflater) {
    (void)inflateEnd(&inflater->stream); /* harmless on a stream never started: its state is NULL */
}
