/* Reading foreign archives: nothing is believed before it is checked, nothing grows past a limit.
 */
#include "pack/pack.h"

#include <string.h>

#include "base/fail.h"
#include "pack/header.h"
#include "pack/inflate.h"

enum {
    SMALL = 65536,    /* no bomb whatever its ratio: a short member and a record's padding */
    END_MAX = 1 << 20 /* bytes of padding behind the last member */
};

typedef struct reading {
    ctes_inflater inflater;
    const ctes_pack_limits *limits;
    char (*names)[CTES_PACK_NAME_MAX + 1]; /* of the members so far */
    size_t count;
    uint64_t total;
    ctes_error *err;
} reading;

static void reading_free(reading **owned) {
    reading *work = *owned;
    if (work == NULL)
        return;
    ctes_inflater_clear(&work->inflater);
    free(work->names);
    free(work);
    *owned = NULL;
}

static ctes_status too_much(reading *work, const char *name, const char *what, uint64_t limit) {
    return ctes_fail(work->err, CTES_E_ARCHIVE_LIMIT, name, "%s: more than %llu", what,
                     (unsigned long long)limit);
}

/* gives each piece of the next `length` bytes to `out`, or drops them when that is NULL */
static ctes_status take(reading *work, uint64_t length, ctes_buffer *out) {
    while (length > 0) {
        const void *piece;
        size_t got;
        CTES_TRY(ctes_inflater_read(&work->inflater, length < SIZE_MAX ? (size_t)length : SIZE_MAX,
                                    &piece, &got, work->err));
        if (got == 0)
            return ctes_fail(work->err, CTES_E_ARCHIVE_MALFORMED, NULL, "tar: cut short");
        if (out != NULL)
            CTES_TRY(ctes_buffer_append(out, piece, got, work->err));
        length -= got;
    }
    return CTES_OK;
}

static bool all_zero(const void *bytes, size_t length) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++) {
        if (at[i] != 0)
            return false;
    }
    return true;
}

static ctes_status take_block(reading *work, ctes_buffer *block) {
    ctes_buffer_reset(block);
    return take(work, CTES_PACK_BLOCK, block);
}

/* Reads the second block of the end mark and the padding behind it, up to the end of the gzip. */
static ctes_status read_end(reading *work) {
    uint64_t length = 0;
    for (;;) {
        const void *piece;
        size_t got;
        CTES_TRY(ctes_inflater_read(&work->inflater, SIZE_MAX, &piece, &got, work->err));
        if (got == 0)
            break;
        if (!all_zero(piece, got))
            return ctes_fail(work->err, CTES_E_ARCHIVE_MALFORMED, NULL,
                             "tar: something follows the end");
        length += got;
    }
    if (length < CTES_PACK_BLOCK)
        return ctes_fail(work->err, CTES_E_ARCHIVE_MALFORMED, NULL, "tar: cut short");
    return CTES_OK;
}

/* counts the member and remembers its name */
static ctes_status admit(reading *work, const ctes_tar_header *header) {
    const ctes_pack_limits *limits = work->limits;
    if (work->count >= limits->members)
        return too_much(work, header->name, "members", limits->members);
    if (header->size > limits->member_size)
        return too_much(work, header->name, "bytes of a member", limits->member_size);
    if (header->size > limits->total_size - work->total)
        return too_much(work, header->name, "bytes of all members", limits->total_size);
    for (size_t i = 0; i < work->count; i++) {
        if (strcmp(work->names[i], header->name) == 0)
            return ctes_fail(work->err, CTES_E_ARCHIVE_MEMBER, header->name, "repeated name");
    }
    void *larger = reallocarray(work->names, work->count + 1, sizeof work->names[0]);
    if (larger == NULL)
        return ctes_fail_memory(work->err);
    work->names = larger;
    memcpy(work->names[work->count++], header->name, sizeof header->name);
    work->total += header->size;
    return CTES_OK;
}

static ctes_status read_members(reading *work, ctes_pack_visit visit, void *user) {
    ctes_buffer block CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_PACK_BLOCK);
    /* grows with the bytes that are there, whatever size the header tells */
    ctes_buffer content CTES_AUTO_BUFFER = CTES_BUFFER_INIT((size_t)work->limits->member_size);
    for (;;) {
        CTES_TRY(take_block(work, &block));
        if (all_zero(block.data, block.length))
            return read_end(work);
        ctes_tar_header header;
        CTES_TRY(ctes_tar_header_read((const uint8_t *)block.data, &header, work->err));
        CTES_TRY(admit(work, &header));
        ctes_buffer_reset(&content);
        CTES_TRY(take(work, header.size, &content));
        uint64_t padding = (CTES_PACK_BLOCK - header.size % CTES_PACK_BLOCK) % CTES_PACK_BLOCK;
        CTES_TRY(take(work, padding, NULL));
        CTES_TRY(visit(user, header.name, content.length > 0 ? content.data : "", content.length,
                       work->err));
    }
}

/* Most bytes the gzip may unpack to: by its own size, and by what members and their headers need.
 */
static uint64_t unpacked_max(const ctes_pack_limits *limits, size_t length) {
    uint64_t by_ratio;
    if (__builtin_mul_overflow((uint64_t)length, (uint64_t)limits->ratio, &by_ratio))
        by_ratio = UINT64_MAX;
    if (by_ratio < SMALL)
        by_ratio = SMALL;
    uint64_t by_content;
    if (__builtin_mul_overflow((uint64_t)limits->members, 2u * CTES_PACK_BLOCK, &by_content) ||
        __builtin_add_overflow(by_content, limits->total_size, &by_content) ||
        __builtin_add_overflow(by_content, END_MAX, &by_content))
        by_content = UINT64_MAX;
    return by_ratio < by_content ? by_ratio : by_content;
}

ctes_status ctes_pack_read(const void *bytes, size_t length, const ctes_pack_limits *limits,
                           ctes_pack_visit visit, void *user, ctes_error *err) {
    CTES_CLEANUP(reading_free) reading *work = calloc(1, sizeof *work);
    if (work == NULL)
        return ctes_fail_memory(err);
    work->limits = limits;
    work->err = err;
    uint64_t max_size = unpacked_max(limits, length);
    CTES_TRY(ctes_inflater_start(&work->inflater, bytes, length, max_size, err));
    return read_members(work, visit, user);
}
