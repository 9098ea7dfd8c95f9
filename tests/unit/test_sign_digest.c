/* SHA-256 in memory, in pieces and from files. */
#include "unit/sign_support.h"

#include "base/text.h"

static const char EMPTY[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char ABC[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char MILLION_A[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void assert_hash(const ctes_hash *hash, const char *expected) {
    char hex[2 * CTES_SHA256_SIZE + 1];
    ctes_text_hex(hash->bytes, sizeof hash->bytes, hex);
    assert_string_equal(hex, expected);
}

static void published_values(void **state) {
    (void)state;
    ctes_hash hash;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_hash_bytes("abc", 3, &hash, &err), CTES_OK);
    assert_hash(&hash, ABC);
    assert_int_equal(ctes_hash_bytes(NULL, 0, &hash, &err), CTES_OK);
    assert_hash(&hash, EMPTY);
    assert_int_equal(err.code, CTES_OK);
}

static void pieces_make_the_whole(void **state) {
    (void)state;
    char piece[997];
    memset(piece, 'a', sizeof piece);
    ctes_hasher *hasher = NULL;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_hasher_new(&hasher, &err), CTES_OK);
    for (size_t left = 1000000; left > 0;) {
        size_t count = left < sizeof piece ? left : sizeof piece;
        assert_int_equal(ctes_hasher_update(hasher, piece, count, &err), CTES_OK);
        left -= count;
    }
    ctes_hash hash;
    assert_int_equal(ctes_hasher_final(hasher, &hash, &err), CTES_OK);
    assert_hash(&hash, MILLION_A);
    ctes_hasher_free(hasher);
    ctes_hasher_free(NULL);
}

static void a_file_and_its_size(void **state) {
    (void)state;
    char *bytes = malloc(1000000);
    assert_non_null(bytes);
    memset(bytes, 'a', 1000000);
    const char *path = put_file("million", bytes, 1000000, 0600);
    free(bytes);
    ctes_hash hash;
    uint64_t size = 0;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_hash_file(path, &hash, &size, &err), CTES_OK);
    assert_hash(&hash, MILLION_A);
    assert_int_equal(size, 1000000);
    assert_int_equal(ctes_hash_file(put_file("empty", "", 0, 0600), &hash, NULL, &err), CTES_OK);
    assert_hash(&hash, EMPTY);
}

static void files_that_are_none(void **state) {
    (void)state;
    ctes_hash hash = { { 7 } };
    uint64_t size = 42;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_hash_file(temporary("absent"), &hash, &size, &err), CTES_E_NOT_FOUND);
    assert_string_equal(err.subject, temporary("absent"));
    assert_int_equal(ctes_hash_file(folder, &hash, &size, &err), CTES_E_IO);
    const char *fifo = temporary("fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(ctes_hash_file(fifo, &hash, &size, &err), CTES_E_IO);
    /* opens as a regular file, fails to be read at address 0 */
    assert_int_equal(ctes_hash_file("/proc/self/mem", &hash, &size, &err), CTES_E_IO);
    assert_int_equal(hash.bytes[0], 7);
    assert_int_equal(size, 42);
    assert_int_equal(ctes_hash_file(temporary("absent"), &hash, NULL, NULL), CTES_E_NOT_FOUND);
}

static void a_file_without_right(void **state) {
    (void)state;
    if (geteuid() == 0) {
        print_message("skipped: root reads everything\n");
        skip();
    }
    ctes_hash hash;
    ctes_error err = CTES_ERROR_INIT;
    const char *path = put_file("closed", "x", 1, 0);
    assert_int_equal(ctes_hash_file(path, &hash, NULL, &err), CTES_E_PERMISSION);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values),     cmocka_unit_test(pieces_make_the_whole),
        cmocka_unit_test(a_file_and_its_size),  cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(a_file_without_right),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
