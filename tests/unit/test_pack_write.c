/* Archives as other programs see them, and what happens when the disk or a file fails. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "fake/scratch.h"
#include "pack/pack.h"

enum { MTIME = 1516020133, TEXT = 400000, NOISE = 600000 };

typedef struct world {
    char *folder;
    char *archive;
    char *noise_path; /* bytes that shrink by less than one per cent */
    char *noise;
    char *text; /* bytes that shrink well */
} world;

static int set_up(void **state) {
    world *made = calloc(1, sizeof *made);
    made->folder = scratch_make();
    made->archive = scratch_path(made->folder, "archive.tar.gz");
    made->noise_path = scratch_path(made->folder, "noise");
    made->noise = malloc(NOISE);
    scratch_noise(1, 250, made->noise, NOISE);
    scratch_write(made->noise_path, made->noise, NOISE);
    made->text = malloc(TEXT);
    for (size_t at = 0, i = 0; at < TEXT; i++) {
        char word[32];
        size_t length = (size_t)snprintf(word, sizeof word, "ligne %zu du bordereau\n", i * i);
        if (length > TEXT - at)
            length = TEXT - at;
        memcpy(made->text + at, word, length);
        at += length;
    }
    *state = made;
    return 0;
}

static int tear_down(void **state) {
    world *made = *state;
    scratch_remove(made->folder);
    free(made->archive);
    free(made->noise_path);
    free(made->noise);
    free(made->text);
    free(made);
    return 0;
}

static ctes_status write_to(const char *path, const ctes_member *members, size_t count,
                            ctes_error *err) {
    return ctes_pack_write(path, members, count, MTIME, 1u << 28, NULL, NULL, NULL, err);
}

static ctes_status gather(void *user, const void *bytes, size_t length, ctes_error *err) {
    return ctes_buffer_append(user, bytes, length, err);
}

static ctes_member member_of(const char *name, const void *bytes, size_t length) {
    return (ctes_member){ .name = name, .bytes = bytes, .length = length };
}

static bool holds(const char *bytes, size_t length, const char *part, size_t part_length) {
    return memmem(bytes, length, part, part_length) != NULL;
}

static void test_same_members_same_bytes(void **state) {
    world *w = *state;
    const ctes_member from_file[] = { member_of("a.xml", w->text, TEXT),
                                      { .name = "b.pdf", .path = w->noise_path },
                                      member_of("c.xml", "", 0) };
    const ctes_member from_memory[] = { from_file[0], member_of("b.pdf", w->noise, NOISE),
                                        from_file[2] };
    char *second = scratch_path(w->folder, "second.tar.gz");
    assert_int_equal(write_to(w->archive, from_file, 3, NULL), CTES_OK);
    assert_int_equal(write_to(second, from_memory, 3, NULL), CTES_OK);
    size_t length = 0;
    size_t second_length = 0;
    char *bytes = scratch_read(w->archive, &length);
    char *second_bytes = scratch_read(second, &second_length);
    assert_int_equal(length, second_length);
    assert_memory_equal(bytes, second_bytes, length);
    /* RFC 1952: deflate, no flag (so no name), time 0, no hint, Unix */
    assert_memory_equal(bytes, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    free(bytes);
    free(second_bytes);
    free(second);
}

static void test_tap_sees_the_file(void **state) {
    world *w = *state;
    const ctes_member members[] = { member_of("a.xml", w->text, TEXT),
                                    { .name = "b.pdf", .path = w->noise_path } };
    CTES_AUTO_BUFFER ctes_buffer seen = CTES_BUFFER_INIT(2 * NOISE);
    uint64_t size = 0;
    assert_int_equal(
        ctes_pack_write(w->archive, members, 2, MTIME, 2 * NOISE, gather, &seen, &size, NULL),
        CTES_OK);
    size_t length = 0;
    char *bytes = scratch_read(w->archive, &length);
    assert_int_equal(length, size);
    assert_int_equal(length, seen.length);
    assert_memory_equal(bytes, seen.data, length);
    free(bytes);
    struct stat info;
    assert_int_equal(stat(w->archive, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(scratch_count(w->folder), 2);
}

static void test_other_programs_read_it(void **state) {
    world *w = *state;
    const ctes_member members[] = { member_of("EACT--210600730--20180115-1.xml", w->text, 696),
                                    { .name = "99_DE-1_1.pdf", .path = w->noise_path },
                                    member_of("99_DE-1_2.xml", w->text, TEXT) };
    assert_int_equal(write_to(w->archive, members, 3, NULL), CTES_OK);

    char *output = NULL;
    size_t length = 0;
    const char *const list[] = { "tar", "--utc", "-tvzf", w->archive, NULL };
    assert_int_equal(scratch_run(list, &output, NULL), 0);
    assert_string_equal(output, "-rw-r--r-- 0/0             696 2018-01-15 12:42 "
                                "EACT--210600730--20180115-1.xml\n"
                                "-rw-r--r-- 0/0          600000 2018-01-15 12:42 99_DE-1_1.pdf\n"
                                "-rw-r--r-- 0/0          400000 2018-01-15 12:42 99_DE-1_2.xml\n");
    free(output);
    const char *const test[] = { "gzip", "-tv", w->archive, NULL };
    assert_int_equal(scratch_run(test, NULL, NULL), 0);
    for (size_t i = 1; i < 3; i++) {
        const char *const extract[] = { "tar", "-xOzf", w->archive, members[i].name, NULL };
        assert_int_equal(scratch_run(extract, &output, &length), 0);
        assert_int_equal(length, i == 1 ? NOISE : TEXT);
        assert_memory_equal(output, i == 1 ? w->noise : w->text, length);
        free(output);
    }
    const char *const unpack[] = { "gzip", "-dc", w->archive, NULL };
    assert_int_equal(scratch_run(unpack, &output, &length), 0);
    assert_int_equal(length % 10240, 0);
    assert_memory_equal(output + 257, "ustar\00000", 8);
    assert_int_equal(output[265], '\0'); /* no owner's name */
    assert_int_equal(output[297], '\0');
    char *tar = scratch_path(w->folder, "archive.tar");
    scratch_write(tar, output, length);
    free(output);
    const char *const magic[] = { "file", "-b", tar, NULL };
    if (scratch_run(magic, &output, NULL) == 0)
        assert_string_equal(output, "POSIX tar archive\n");
    free(output);
    free(tar);
}

static size_t archive_size(const world *w) {
    struct stat info;
    assert_int_equal(stat(w->archive, &info), 0);
    return (size_t)info.st_size;
}

static void test_compresses_like_gzip(void **state) {
    world *w = *state;
    const ctes_member member = member_of("a.xml", w->text, TEXT);
    assert_int_equal(write_to(w->archive, &member, 1, NULL), CTES_OK);
    char *path = scratch_path(w->folder, "a.xml");
    scratch_write(path, w->text, TEXT);
    const char *const reference[] = { "gzip", "-6nc", path, NULL };
    size_t length = 0;
    assert_int_equal(scratch_run(reference, NULL, &length), 0);
    assert_true(length < TEXT / 3);
    assert_in_range(archive_size(w), length, length + length / 50 + 200);
    free(path);
}

/* deflate would save the bits of 250 values out of 256; stored bytes are found as they are */
static void test_stores_what_deflates_poorly(void **state) {
    world *w = *state;
    const ctes_member members[] = { member_of("a.xml", w->text, TEXT),
                                    { .name = "b.pdf", .path = w->noise_path },
                                    member_of("c.xml", w->text, TEXT) };
    assert_int_equal(write_to(w->archive, members, 3, NULL), CTES_OK);
    size_t length = 0;
    char *bytes = scratch_read(w->archive, &length);
    assert_true(holds(bytes, length, w->noise, 64));
    assert_true(holds(bytes, length, w->noise + NOISE - 64, 64));
    assert_false(holds(bytes, length, w->text + 1000, 64));
    assert_in_range(length, NOISE, NOISE + NOISE / 1000 + TEXT);
    free(bytes);
}

/* a readable beginning or end says nothing about the rest: samples come from everywhere */
static void test_samples_the_whole_member(void **state) {
    world *w = *state;
    char *mixed = malloc(NOISE + TEXT);
    memcpy(mixed, w->noise, NOISE);
    memcpy(mixed + NOISE, w->text, TEXT);
    const ctes_member late = member_of("late.pdf", mixed, NOISE + TEXT);
    assert_int_equal(write_to(w->archive, &late, 1, NULL), CTES_OK);
    assert_true(archive_size(w) < NOISE + TEXT / 3);
    assert_int_equal(unlink(w->archive), 0);

    memcpy(mixed, w->text, 2000);
    const ctes_member early = member_of("early.pdf", mixed, NOISE);
    assert_int_equal(write_to(w->archive, &early, 1, NULL), CTES_OK);
    size_t length = 0;
    char *bytes = scratch_read(w->archive, &length);
    assert_true(holds(bytes, length, w->text, 64));
    free(bytes);
    free(mixed);
}

static void test_never_replaces(void **state) {
    world *w = *state;
    scratch_write(w->archive, "kept", 4);
    const ctes_member member = member_of("a.xml", "x", 1);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(write_to(w->archive, &member, 1, &err), CTES_E_IO);
    assert_string_equal(err.detail, "File exists");
    size_t length = 0;
    char *bytes = scratch_read(w->archive, &length);
    assert_string_equal(bytes, "kept");
    free(bytes);
    assert_int_equal(scratch_count(w->folder), 2);
}

static ctes_status take_the_name(void *user, const void *bytes, size_t length, ctes_error *err) {
    (void)bytes;
    (void)length;
    (void)err;
    scratch_write(user, "kept", 4);
    return CTES_OK;
}

static void test_never_replaces_a_late_comer(void **state) {
    world *w = *state;
    const ctes_member member = member_of("a.xml", "x", 1);
    assert_int_equal(ctes_pack_write(w->archive, &member, 1, MTIME, 10000, take_the_name,
                                     w->archive, NULL, NULL),
                     CTES_E_IO);
    char *bytes = scratch_read(w->archive, NULL);
    assert_string_equal(bytes, "kept");
    free(bytes);
    assert_int_equal(scratch_count(w->folder), 2);
}

static void test_size_cap(void **state) {
    world *w = *state;
    const ctes_member members[] = { { .name = "a.pdf", .path = w->noise_path },
                                    { .name = "b.pdf", .path = w->noise_path } };
    CTES_AUTO_BUFFER ctes_buffer seen = CTES_BUFFER_INIT(2 * NOISE);
    uint64_t size = 77;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(
        ctes_pack_write(w->archive, members, 2, MTIME, NOISE, gather, &seen, &size, &err),
        CTES_E_TOO_LARGE);
    assert_int_equal(err.code, CTES_E_TOO_LARGE);
    assert_int_equal(size, 77);
    assert_true(seen.length <= NOISE);
    assert_int_equal(scratch_count(w->folder), 1);

    /* exactly the size it has fits; one byte less does not */
    const ctes_member *one = members;
    ctes_buffer_reset(&seen);
    assert_int_equal(write_to(w->archive, one, 1, NULL), CTES_OK);
    size_t exact = archive_size(w);
    assert_int_equal(unlink(w->archive), 0);
    assert_int_equal(ctes_pack_write(w->archive, one, 1, MTIME, exact - 1, NULL, NULL, NULL, NULL),
                     CTES_E_TOO_LARGE);
    assert_int_equal(ctes_pack_write(w->archive, one, 1, MTIME, exact, NULL, NULL, NULL, NULL),
                     CTES_OK);
}

static void test_bad_names(void **state) {
    world *w = *state;
    char longest[101];
    memset(longest, 'n', 100);
    longest[100] = '\0';
    const char *const bad[] = { "",     "/a",   "a/b",         ".",    "..",
                                "a..b", "a\nb", "d\xe9p\xf4t", "\x7f", longest };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const ctes_member member = member_of(bad[i], "x", 1);
        ctes_error err = CTES_ERROR_INIT;
        assert_int_equal(write_to(w->archive, &member, 1, &err), CTES_E_ARCHIVE_MEMBER);
        assert_int_equal(err.code, CTES_E_ARCHIVE_MEMBER);
    }
    const ctes_member twice[] = { member_of("a", "x", 1), member_of("b", "", 0),
                                  member_of("a", "y", 1) };
    assert_int_equal(write_to(w->archive, twice, 3, NULL), CTES_E_ARCHIVE_MEMBER);
    assert_int_equal(scratch_count(w->folder), 1);

    longest[99] = '\0';
    const ctes_member member = member_of(longest, "x", 1);
    assert_int_equal(write_to(w->archive, &member, 1, NULL), CTES_OK);
    char *output = NULL;
    const char *const list[] = { "tar", "-tzf", w->archive, NULL };
    assert_int_equal(scratch_run(list, &output, NULL), 0);
    assert_memory_equal(output, longest, 99);
    free(output);
}

static ctes_status resize(void *user, const void *bytes, size_t length, ctes_error *err) {
    (void)bytes;
    (void)length;
    (void)err;
    const char *path = *(const char **)user;
    off_t size = ((off_t *)user)[1];
    assert_int_equal(truncate(path, size), 0);
    return CTES_OK;
}

static void test_file_that_changes(void **state) {
    world *w = *state;
    const ctes_member member = { .name = "a.pdf", .path = w->noise_path };
    const off_t sizes[] = { NOISE / 2, 2 * NOISE };
    for (size_t i = 0; i < 2; i++) {
        struct {
            const char *path;
            off_t size;
        } change = { w->noise_path, sizes[i] };
        scratch_write(w->noise_path, w->noise, NOISE);
        ctes_error err = CTES_ERROR_INIT;
        assert_int_equal(
            ctes_pack_write(w->archive, &member, 1, MTIME, 10 * NOISE, resize, &change, NULL, &err),
            CTES_E_DOCUMENT_CHANGED);
        assert_string_equal(err.subject, "noise");
        assert_int_equal(scratch_count(w->folder), 1);
    }
}

static void test_file_that_cannot_be_read(void **state) {
    world *w = *state;
    char *fifo = scratch_path(w->folder, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    char *missing = scratch_path(w->folder, "missing");
    const char *const paths[] = { fifo, missing, w->folder };
    for (size_t i = 0; i < 3; i++) {
        const ctes_member member = { .name = "a.pdf", .path = paths[i] };
        assert_int_equal(write_to(w->archive, &member, 1, NULL), CTES_E_DOCUMENT_UNREADABLE);
    }
    assert_int_equal(scratch_count(w->folder), 2);
    char *nowhere = scratch_path(missing, "archive.tar.gz");
    const ctes_member member = member_of("a.xml", "x", 1);
    assert_int_equal(write_to(nowhere, &member, 1, NULL), CTES_E_NOT_FOUND);
    free(nowhere);
    free(missing);
    free(fifo);
}

static ctes_status refuse(void *user, const void *bytes, size_t length, ctes_error *err) {
    (void)user;
    (void)bytes;
    (void)length;
    (void)err;
    return CTES_E_CRYPTO;
}

static void test_tap_that_fails(void **state) {
    world *w = *state;
    const ctes_member member = { .name = "a.pdf", .path = w->noise_path };
    assert_int_equal(
        ctes_pack_write(w->archive, &member, 1, MTIME, 10 * NOISE, refuse, NULL, NULL, NULL),
        CTES_E_CRYPTO);
    assert_int_equal(scratch_count(w->folder), 1);
}

static void test_disk_full(void **state) {
    world *w = *state;
    const ctes_member member = { .name = "a.pdf", .path = w->noise_path };
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = before;
    small.rlim_cur = NOISE / 2;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = write_to(w->archive, &member, 1, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, handler);
    assert_int_equal(status, CTES_E_DISK_FULL);
    assert_int_equal(err.code, CTES_E_DISK_FULL);
    assert_int_equal(scratch_count(w->folder), 1);
}

static void test_memory_is_flat(void **state) {
    world *w = *state;
    enum { PIECES = 80 };
    int fd = open(w->noise_path, O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    for (int i = 0; i < PIECES; i++)
        assert_int_equal(write(fd, w->noise, NOISE), NOISE);
    (void)close(fd);
    const ctes_member member = { .name = "a.pdf", .path = w->noise_path };
    struct rusage before;
    struct rusage after;
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    assert_int_equal(write_to(w->archive, &member, 1, NULL), CTES_OK);
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(archive_size(w) > PIECES * NOISE);
    /* 48 MB went through; sanitizers add some of their own */
    assert_true(after.ru_maxrss - before.ru_maxrss < 12 * 1024);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_same_members_same_bytes),
        CASE(test_tap_sees_the_file),
        CASE(test_other_programs_read_it),
        CASE(test_compresses_like_gzip),
        CASE(test_stores_what_deflates_poorly),
        CASE(test_samples_the_whole_member),
        CASE(test_never_replaces),
        CASE(test_never_replaces_a_late_comer),
        CASE(test_size_cap),
        CASE(test_bad_names),
        CASE(test_file_that_changes),
        CASE(test_file_that_cannot_be_read),
        CASE(test_tap_that_fails),
        CASE(test_disk_full),
        CASE(test_memory_is_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
