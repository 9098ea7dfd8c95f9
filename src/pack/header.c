/*
 * Read here rather than by libarchive, which means to understand: it takes in pax and GNU records,
 * sparse maps and a dozen more formats silently, and its caller sees only what they resulted in.
 * What must be refused has to be seen; a plain ustar header has few fields to look at.
 */
#include "pack/header.h"

#include <string.h>

#include "base/fail.h"

/* POSIX ustar, "ustar Interchange Format" */
enum {
    NAME_AT = 0,
    NAME_LENGTH = 100,
    SIZE_AT = 124,
    SIZE_LENGTH = 12,
    CHECKSUM_AT = 148,
    CHECKSUM_LENGTH = 8,
    TYPE_AT = 156,
    LINK_AT = 157,
    MAGIC_AT = 257,
    MAGIC_LENGTH = 8,
    PREFIX_AT = 345
};

static ctes_status malformed(ctes_error *err, const char *why) {
    return ctes_fail(err, CTES_E_ARCHIVE_MALFORMED, NULL, "tar: %s", why);
}

/* an octal number, ended by a space or NUL; GNU's binary numbers (above 8 GiB) are no octal */
static bool read_octal(const uint8_t *field, size_t length, uint64_t *ret) {
    size_t at = 0;
    while (at < length && field[at] == ' ')
        at++;
    size_t first = at;
    uint64_t value = 0;
    for (; at < length && field[at] >= '0' && field[at] <= '7'; at++)
        value = value * 8 + (uint64_t)(field[at] - '0'); /* 12 digits are 36 bits */
    if (at == first || (at < length && field[at] != ' ' && field[at] != '\0'))
        return false;
    *ret = value;
    return true;
}

static bool checksum_right(const uint8_t *block) {
    uint64_t told;
    if (!read_octal(block + CHECKSUM_AT, CHECKSUM_LENGTH, &told))
        return false;
    uint64_t sum = 0;
    for (size_t i = 0; i < CTES_PACK_BLOCK; i++)
        sum += i >= CHECKSUM_AT && i < CHECKSUM_AT + CHECKSUM_LENGTH ? ' ' : block[i];
    return sum == told;
}

static const char *kind_refused(uint8_t type) {
    switch (type) {
    case '0':
    case '\0': /* as old writers have it */
        return NULL;
    case '1':
    case '2':
        return "a link";
    case '3':
    case '4':
    case '6':
        return "a device";
    case '5':
        return "a folder";
    case 'S':
        return "a sparse file";
    case 'x':
    case 'g':
        return "a pax record";
    case 'L':
    case 'K':
        return "a long name";
    default:
        return "neither file nor folder";
    }
}

ctes_status ctes_tar_header_read(const uint8_t block[static CTES_PACK_BLOCK], ctes_tar_header *ret,
                                 ctes_error *err) {
    if (!checksum_right(block))
        return malformed(err, "no header, or its checksum is wrong");
    bool posix = memcmp(block + MAGIC_AT, "ustar\00000", MAGIC_LENGTH) == 0;
    if (!posix && memcmp(block + MAGIC_AT, "ustar  \0", MAGIC_LENGTH) != 0)
        return malformed(err, "neither ustar nor GNU tar");
    char name[NAME_LENGTH + 1];
    memcpy(name, block + NAME_AT, NAME_LENGTH);
    name[NAME_LENGTH] = '\0';
    CTES_TRY(ctes_pack_name_check(name, err));
    const char *refused = kind_refused(block[TYPE_AT]);
    /* GNU keeps times and sparse maps where POSIX has the prefix: old sparse files are type 'S' */
    if (refused == NULL && posix && block[PREFIX_AT] != '\0')
        refused = "name with a path";
    if (refused == NULL && block[LINK_AT] != '\0')
        refused = "a link";
    if (refused != NULL)
        return ctes_fail(err, CTES_E_ARCHIVE_MEMBER, name, "%s", refused);
    uint64_t size;
    if (!read_octal(block + SIZE_AT, SIZE_LENGTH, &size))
        return malformed(err, "size that is no number");
    memcpy(ret->name, name, sizeof ret->name); /* the name fits: it was checked */
    ret->size = size;
    return CTES_OK;
}
