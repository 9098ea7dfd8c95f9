/* Archives of others: the official sample, what GNU tar makes, and every trick that must fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#define ZLIB_CONST
#include <zlib.h>

#include "fake/scratch.h"
#include "pack/pack.h"

enum { ROOM = 8 << 20, BLOCK = 512 };

static const ctes_pack_limits LIMITS = CTES_PACK_LIMITS_INIT;

/* --- the archives under test ------------------------------------------------------------------ */

typedef struct bytes {
    uint8_t *data;
    size_t length;
} bytes;

static void bytes_clear(bytes *owned) {
    free(owned->data);
    *owned = (bytes){ .data = NULL };
}
#define AUTO_BYTES CTES_CLEANUP(bytes_clear)

static bytes gzip(const void *data, size_t length) {
    bytes out = { .data = malloc(length + length / 1000 + 1000) };
    z_stream stream = { .next_in = data, .avail_in = (uInt)length };
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = out.data;
    stream.avail_out = (uInt)(length + length / 1000 + 1000);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.length = stream.total_out;
    (void)deflateEnd(&stream);
    return out;
}

/* a tar under construction */
typedef struct tar {
    uint8_t data[ROOM];
    size_t length;
} tar;

static tar *tar_new(void) {
    return calloc(1, sizeof(tar));
}

static void tar_freep(tar **owned) {
    free(*owned);
}
#define AUTO_TAR CTES_CLEANUP(tar_freep)

static void sign_header(uint8_t *block) {
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (size_t i = 0; i < BLOCK; i++)
        sum += block[i];
    (void)snprintf((char *)block + 148, 8, "%06o", sum);
}

/* appends a member and gives its header, for tests that spoil it (and sign it again) */
static uint8_t *add(tar *t, const char *name, const void *data, size_t length) {
    uint8_t *block = t->data + t->length;
    memcpy(block, name, strnlen(name, 100));
    memcpy(block + 100, "0000644\0000000000\0000000000", 24);
    (void)snprintf((char *)block + 124, 12, "%011zo", length);
    memcpy(block + 136, "13227145745", 11);
    block[156] = '0';
    memcpy(block + 257, "ustar\00000", 8);
    sign_header(block);
    if (length > 0)
        memcpy(block + BLOCK, data, length);
    t->length += BLOCK + (length + BLOCK - 1) / BLOCK * BLOCK;
    return block;
}

static bytes finish(tar *t) {
    return gzip(t->data, t->length + 2 * (size_t)BLOCK);
}

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct seen {
    size_t count;
    uint64_t total;
    char names[4096];
    char last[64]; /* the beginning of the last member */
    ctes_status answer;
} seen;

static ctes_status note(void *user, const char *name, const void *data, size_t length,
                        ctes_error *err) {
    (void)err;
    seen *s = user;
    s->count++;
    s->total += length;
    size_t used = strlen(s->names);
    (void)snprintf(s->names + used, sizeof s->names - used, "%s;", name);
    (void)snprintf(s->last, sizeof s->last, "%.*s", (int)(length < 60 ? length : 60),
                   (const char *)data);
    return s->answer;
}

static ctes_status read_it(const bytes *b, seen *s) {
    /* an exact copy lets AddressSanitizer see a read past the end */
    uint8_t *copy = malloc(b->length > 0 ? b->length : 1);
    if (b->length > 0)
        memcpy(copy, b->data, b->length);
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_pack_read(copy, b->length, &LIMITS, note, s, &err);
    free(copy);
    if (status != CTES_OK && s->answer == CTES_OK)
        assert_int_equal(err.code, status);
    return status;
}

static void assert_read(const bytes *b, ctes_status expected) {
    seen s = { .count = 0 };
    assert_string_equal(ctes_status_name(read_it(b, &s)), ctes_status_name(expected));
}

/* --- what is taken ---------------------------------------------------------------------------- */

static void test_plain(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    (void)add(t, "a.xml", "<a/>", 4);
    (void)add(t, "empty", "", 0);
    char *block = calloc(1, BLOCK);
    (void)add(t, "block", block, BLOCK);
    free(block);
    (void)add(t, "b.xml", "<b/>", 4);
    AUTO_BYTES bytes b = finish(t);
    seen s = { .count = 0 };
    assert_int_equal(read_it(&b, &s), CTES_OK);
    assert_string_equal(s.names, "a.xml;empty;block;b.xml;");
    assert_int_equal(s.total, 4 + 0 + BLOCK + 4);
    assert_string_equal(s.last, "<b/>");
}

static void test_no_member(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    AUTO_BYTES bytes b = finish(t);
    seen s = { .count = 0 };
    assert_int_equal(read_it(&b, &s), CTES_OK);
    assert_int_equal(s.count, 0);
}

static void test_what_ctes_wrote(void **state) {
    (void)state;
    char *folder = scratch_make();
    char *path = scratch_path(folder, "archive.tar.gz");
    enum { NOISE = 300000 };
    char *noise = malloc(NOISE);
    scratch_noise(3, 250, noise, NOISE);
    const ctes_member members[] = { { .name = "a.xml", .bytes = "<a/>", .length = 4 },
                                    { .name = "b.pdf", .bytes = noise, .length = NOISE },
                                    { .name = "c.xml", .bytes = "<c/>", .length = 4 } };
    assert_int_equal(ctes_pack_write(path, members, 3, 0, ROOM, NULL, NULL, NULL, NULL), CTES_OK);
    bytes b = { .data = NULL };
    b.data = (uint8_t *)scratch_read(path, &b.length);
    seen s = { .count = 0 };
    assert_int_equal(read_it(&b, &s), CTES_OK);
    assert_string_equal(s.names, "a.xml;b.pdf;c.xml;");
    assert_int_equal(s.total, NOISE + 8);
    bytes_clear(&b);
    free(noise);
    free(path);
    scratch_remove(folder);
}

/* operators pack with GNU tar, whose own format is its default */
static void test_what_gnu_tar_wrote(void **state) {
    (void)state;
    char *folder = scratch_make();
    char *file = scratch_path(folder, "034-000000000-20240507-NUM1-AI-1-1_0.xml");
    scratch_write(file, "<a/>", 4);
    const char *const formats[] = { "--format=gnu", "--format=ustar" };
    for (size_t i = 0; i < 2; i++) {
        bytes b = { .data = NULL };
        const char *const pack[] = { "tar",
                                     formats[i],
                                     "-C",
                                     folder,
                                     "-czf",
                                     "-",
                                     "034-000000000-20240507-NUM1-AI-1-1_0.xml",
                                     NULL };
        assert_int_equal(scratch_run(pack, (char **)&b.data, &b.length), 0);
        seen s = { .count = 0 };
        assert_int_equal(read_it(&b, &s), CTES_OK);
        assert_string_equal(s.names, "034-000000000-20240507-NUM1-AI-1-1_0.xml;");
        assert_string_equal(s.last, "<a/>");
        bytes_clear(&b);
    }
    free(file);
    scratch_remove(folder);
}

static void test_official_sample(void **state) {
    (void)state;
    const char *shared = getenv("CTES_SHARED_DIR");
    char *path = scratch_path(shared != NULL ? shared : "",
                              "norm/samples/SIC-EACT--210600730--20180115-1.tar.gz");
    if (access(path, R_OK) != 0) {
        print_message("official samples are not here (CTES_SHARED_DIR)\n");
        free(path);
        skip();
    }
    bytes b = { .data = NULL };
    b.data = (uint8_t *)scratch_read(path, &b.length);
    free(path);
    seen s = { .count = 0 };
    ctes_status status = read_it(&b, &s);
    bytes_clear(&b);
    assert_int_equal(status, CTES_OK);
    assert_string_equal(s.names, "EACT--210600730--20180115-1.xml;"
                                 "006-210600730-20180115-007-AR-1-1_0.xml;"
                                 "CO_DE-006-210600730-20180115-007-AR-1-1_1.jpg;");
    assert_int_equal(s.total, 696 + 649 + 37602);
}

static void test_visitor_stops(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    (void)add(t, "a", "1", 1);
    (void)add(t, "b", "2", 1);
    AUTO_BYTES bytes b = finish(t);
    seen s = { .answer = CTES_E_NOM_FICHIER };
    assert_int_equal(read_it(&b, &s), CTES_E_NOM_FICHIER);
    assert_int_equal(s.count, 1);
}

/* --- gzip ------------------------------------------------------------------------------------- */

static void test_not_gzip(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    (void)add(t, "a", "1", 1);
    const bytes plain = { .data = t->data, .length = t->length + 2 * (size_t)BLOCK };
    assert_read(&plain, CTES_E_ARCHIVE_MALFORMED);
    const bytes nothing = { .data = NULL, .length = 0 };
    assert_read(&nothing, CTES_E_ARCHIVE_MALFORMED);
    uint8_t zip[] = "PK\3\4................................";
    const bytes other = { .data = zip, .length = sizeof zip };
    assert_read(&other, CTES_E_ARCHIVE_MALFORMED);
}

static void test_gzip_in_gzip(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    (void)add(t, "a", "1", 1);
    AUTO_BYTES bytes once = finish(t);
    AUTO_BYTES bytes twice = gzip(once.data, once.length);
    assert_read(&twice, CTES_E_ARCHIVE_MALFORMED);
}

static void test_cut_everywhere(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    char noise[700];
    scratch_noise(4, 256, noise, sizeof noise);
    (void)add(t, "a", noise, sizeof noise);
    AUTO_BYTES bytes b = finish(t);
    for (size_t length = 0; length < b.length; length++) {
        const bytes cut = { .data = b.data, .length = length };
        assert_read(&cut, CTES_E_ARCHIVE_MALFORMED);
    }
    assert_read(&b, CTES_OK);
}

static void test_wrong_checksum(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    (void)add(t, "a", "1", 1);
    AUTO_BYTES bytes b = finish(t);
    b.data[b.length - 8] ^= 1; /* CRC-32 */
    assert_read(&b, CTES_E_ARCHIVE_MALFORMED);
    b.data[b.length - 8] ^= 1;
    b.data[b.length - 1] ^= 1; /* length */
    assert_read(&b, CTES_E_ARCHIVE_MALFORMED);
}

static void test_after_the_gzip(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    (void)add(t, "a", "1", 1);
    AUTO_BYTES bytes b = finish(t);
    bytes longer = { .data = calloc(1, 2 * b.length), .length = b.length + 1 };
    memcpy(longer.data, b.data, b.length);
    assert_read(&longer, CTES_E_ARCHIVE_MALFORMED); /* a byte */
    memcpy(longer.data + b.length, b.data, b.length);
    longer.length = 2 * b.length;
    assert_read(&longer, CTES_E_ARCHIVE_MALFORMED); /* a second member */
    bytes_clear(&longer);
}

/* --- tar -------------------------------------------------------------------------------------- */

static void test_tar_cut(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    char noise[700];
    scratch_noise(4, 256, noise, sizeof noise);
    (void)add(t, "a", noise, sizeof noise);
    /* every length short of the two zero blocks, each in a whole gzip */
    for (size_t length = 0; length < t->length + 2 * (size_t)BLOCK; length += 64) {
        AUTO_BYTES bytes b = gzip(t->data, length);
        assert_read(&b, CTES_E_ARCHIVE_MALFORMED);
    }
}

static void test_after_the_tar(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    (void)add(t, "a", "1", 1);
    t->data[t->length + 20000] = 'x';
    AUTO_BYTES bytes b = gzip(t->data, t->length + 20480);
    assert_read(&b, CTES_E_ARCHIVE_MALFORMED);
    t->data[t->length + 20000] = 0;
    AUTO_BYTES bytes padded = gzip(t->data, t->length + 20480);
    assert_read(&padded, CTES_OK);
    /* a second archive behind the first one's end */
    t->length += 1024;
    (void)add(t, "b", "2", 1);
    AUTO_BYTES bytes joined = finish(t);
    assert_read(&joined, CTES_E_ARCHIVE_MALFORMED);
}

static void test_kinds(void **state) {
    (void)state;
    const char kinds[] = "1234567SxgLKMNVDAX";
    for (size_t i = 0; kinds[i] != '\0'; i++) {
        AUTO_TAR tar *t = tar_new();
        uint8_t *block = add(t, "a", "12 a=b 1234", 12);
        block[156] = (uint8_t)kinds[i];
        sign_header(block);
        (void)add(t, "b", "2", 1);
        AUTO_BYTES bytes b = finish(t);
        seen s = { .count = 0 };
        assert_int_equal(read_it(&b, &s), CTES_E_ARCHIVE_MEMBER);
        assert_int_equal(s.count, 0);
    }
}

static void test_names(void **state) {
    (void)state;
    char longest[101];
    memset(longest, 'n', 100);
    longest[100] = '\0';
    const char *const bad[] = { "",  "/etc/passwd", "./a",      "a/",           "../a", "..",
                                ".", "a..b",        "a\x1b[2J", "d\xc3\xa9lib", "a\n",  longest };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        AUTO_TAR tar *t = tar_new();
        (void)add(t, bad[i], "1", 1);
        AUTO_BYTES bytes b = finish(t);
        assert_read(&b, CTES_E_ARCHIVE_MEMBER);
    }
    AUTO_TAR tar *t = tar_new();
    uint8_t *block = add(t, "a", "1", 1);
    memcpy(block + 345, "..", 2); /* prefix of the name */
    sign_header(block);
    AUTO_BYTES bytes b = finish(t);
    assert_read(&b, CTES_E_ARCHIVE_MEMBER);
    memset(block + 345, 0, 2);
    memcpy(block + 157, "/etc/passwd", 11); /* target of a link that says it is a file */
    sign_header(block);
    AUTO_BYTES bytes link = finish(t);
    assert_read(&link, CTES_E_ARCHIVE_MEMBER);
}

static void test_repeated_name(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    (void)add(t, "a", "1", 1);
    (void)add(t, "b", "2", 1);
    (void)add(t, "a", "3", 1);
    AUTO_BYTES bytes b = finish(t);
    assert_read(&b, CTES_E_ARCHIVE_MEMBER);
}

static void test_bad_header(void **state) {
    (void)state;
    static const struct {
        size_t at;
        const char *field;
        size_t length;
    } faults[] = {
        { 124, "\x80\0\0\0\0\0\0\0\0\0\0\1", 12 }, /* binary size, as GNU has it */
        { 124, "-0000000001", 11 },
        { 124, "0000000000z", 11 },
        { 124, "           ", 11 },
        { 257, "\0\0\0\0\0\0\0\0", 8 }, /* older than POSIX */
        { 257, "tar\0\0\0\0\0", 8 },
        { 257, "ustar\00001", 8 },
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        AUTO_TAR tar *t = tar_new();
        uint8_t *block = add(t, "a", "1", 1);
        memcpy(block + faults[i].at, faults[i].field, faults[i].length);
        sign_header(block);
        AUTO_BYTES bytes b = finish(t);
        assert_read(&b, CTES_E_ARCHIVE_MALFORMED);
    }
    AUTO_TAR tar *t = tar_new();
    uint8_t *block = add(t, "a", "1", 1);
    block[0] = 'b'; /* not signed again */
    AUTO_BYTES bytes b = finish(t);
    assert_read(&b, CTES_E_ARCHIVE_MALFORMED);
}

/* --- formats that libarchive knows to write --------------------------------------------------- */

static la_ssize_t collect(struct archive *archive, void *user, const void *data, size_t length) {
    (void)archive;
    tar *t = user;
    memcpy(t->data + t->length, data, length);
    t->length += length;
    return (la_ssize_t)length;
}

static void pack_as(tar *t, const char *format, const char *name, bool sparse) {
    struct archive *archive = archive_write_new();
    assert_int_equal(archive_write_set_format_by_name(archive, format), ARCHIVE_OK);
    assert_int_equal(archive_write_open(archive, t, NULL, collect, NULL), ARCHIVE_OK);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_mtime(entry, 1, 500); /* pax needs a record for the part of a second */
    archive_entry_set_size(entry, 100000);
    if (sparse)
        archive_entry_sparse_add_entry(entry, 90000, 10000);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    char *content = malloc(100000);
    scratch_noise(6, 256, content, 100000);
    (void)archive_write_data(archive, content, 100000);
    free(content);
    archive_entry_free(entry);
    assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
}

static void test_other_formats(void **state) {
    (void)state;
    const struct {
        const char *format;
        const char *name;
        bool sparse;
        ctes_status expected;
    } cases[] = {
        { "ustar", "a", false, CTES_OK },
        { "gnutar", "a", false, CTES_OK },
        { "pax", "a", false, CTES_E_ARCHIVE_MEMBER },
        { "pax", "a", true, CTES_E_ARCHIVE_MEMBER },
        { "gnutar",
          "long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-name-long-"
          "name-"
          "long-name-long-name",
          false, CTES_E_ARCHIVE_MEMBER },
        { "newc", "a", false, CTES_E_ARCHIVE_MALFORMED },
        { "zip", "a", false, CTES_E_ARCHIVE_MALFORMED },
        { "arsvr4", "a", false, CTES_E_ARCHIVE_MALFORMED },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        AUTO_TAR tar *t = tar_new();
        pack_as(t, cases[i].format, cases[i].name, cases[i].sparse);
        AUTO_BYTES bytes b = gzip(t->data, t->length);
        assert_read(&b, cases[i].expected);
    }
}

/* --- limits ----------------------------------------------------------------------------------- */

static void assert_limit(const bytes *b, ctes_pack_limits limits, ctes_status expected) {
    seen s = { .count = 0 };
    assert_int_equal(ctes_pack_read(b->data, b->length, &limits, note, &s, NULL), expected);
}

static void test_limits(void **state) {
    (void)state;
    AUTO_TAR tar *t = tar_new();
    char noise[3000];
    scratch_noise(5, 256, noise, sizeof noise);
    (void)add(t, "a", noise, 1000);
    (void)add(t, "b", noise, 3000);
    (void)add(t, "c", noise, 2000);
    AUTO_BYTES bytes b = finish(t);
    const ctes_pack_limits enough = {
        .members = 3, .member_size = 3000, .total_size = 6000, .ratio = 1
    };
    ctes_pack_limits less;
    assert_limit(&b, enough, CTES_OK);
    less = enough;
    less.members--;
    assert_limit(&b, less, CTES_E_ARCHIVE_LIMIT);
    less = enough;
    less.member_size--;
    assert_limit(&b, less, CTES_E_ARCHIVE_LIMIT);
    less = enough;
    less.total_size--;
    assert_limit(&b, less, CTES_E_ARCHIVE_LIMIT);
    const ctes_pack_limits all = { .members = SIZE_MAX,
                                   .member_size = UINT64_MAX,
                                   .total_size = UINT64_MAX,
                                   .ratio = UINT32_MAX };
    assert_limit(&b, all, CTES_OK);
}

static void test_bombs_take_no_memory(void **state) {
    (void)state;
    struct rusage before;
    struct rusage after;
    AUTO_TAR tar *t = tar_new();
    /* 7 MB of zeros in 7 kB: within every limit but the ratio */
    t->length = BLOCK;
    uint8_t *block = t->data;
    t->length = 0;
    (void)add(t, "a", "", 0);
    (void)snprintf((char *)block + 124, 12, "%011o", 7000000);
    sign_header(block);
    AUTO_BYTES bytes zeros = gzip(t->data, ROOM);
    assert_true(zeros.length < ROOM / 200);
    assert_read(&zeros, CTES_E_ARCHIVE_LIMIT);
    ctes_pack_limits loose = LIMITS;
    loose.ratio = 2000;
    assert_limit(&zeros, loose, CTES_OK);
    /* the zeros behind the end are counted as well */
    AUTO_TAR tar *end = tar_new();
    (void)add(end, "a", "1", 1);
    AUTO_BYTES bytes tail = gzip(end->data, ROOM);
    assert_read(&tail, CTES_E_ARCHIVE_LIMIT);
    /* a header that tells 150 MiB which are not there */
    (void)snprintf((char *)block + 124, 12, "%011o", 157286400);
    sign_header(block);
    AUTO_BYTES bytes liar = gzip(t->data, 3 * (size_t)BLOCK);
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    assert_read(&liar, CTES_E_ARCHIVE_MALFORMED);
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_maxrss - before.ru_maxrss < 4 * 1024);
    (void)snprintf((char *)block + 124, 12, "%011o", 157286401);
    sign_header(block);
    AUTO_BYTES bytes giant = gzip(t->data, 3 * (size_t)BLOCK);
    assert_read(&giant, CTES_E_ARCHIVE_LIMIT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),           cmocka_unit_test(test_no_member),
        cmocka_unit_test(test_what_ctes_wrote), cmocka_unit_test(test_what_gnu_tar_wrote),
        cmocka_unit_test(test_official_sample), cmocka_unit_test(test_visitor_stops),
        cmocka_unit_test(test_not_gzip),        cmocka_unit_test(test_gzip_in_gzip),
        cmocka_unit_test(test_cut_everywhere),  cmocka_unit_test(test_wrong_checksum),
        cmocka_unit_test(test_after_the_gzip),  cmocka_unit_test(test_tar_cut),
        cmocka_unit_test(test_after_the_tar),   cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_names),           cmocka_unit_test(test_repeated_name),
        cmocka_unit_test(test_bad_header),      cmocka_unit_test(test_other_formats),
        cmocka_unit_test(test_limits),          cmocka_unit_test(test_bombs_take_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
