#include "unit/cmocka_all.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "base/secret.h"

/* Instead of the system's: which files were made durable. */
static ino_t synced[8];
static size_t synced_count;

int fsync(int fd) {
    struct stat info;
    if (fstat(fd, &info) == 0 && synced_count < sizeof synced / sizeof synced[0])
        synced[synced_count++] = info.st_ino;
    return (int)syscall(SYS_fsync, fd);
}

static bool was_synced(const char *path) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    for (size_t i = 0; i < synced_count; i++)
        if (synced[i] == info.st_ino)
            return true;
    return false;
}

static char folder[] = "/tmp/ctes-file-XXXXXX";

static const char *in_folder(const char *name) {
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int remove_folder(void **state) {
    (void)state;
    return rmdir(folder);
}

static void put(const char *path, const char *text, mode_t mode) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void a_file_is_seen_whole_or_not_at_all(void **state) {
    (void)state;
    const char *path = in_folder("whole");
    ctes_file_writer writer CTES_AUTO_FILE_WRITER = CTES_FILE_WRITER_INIT;
    assert_ok(ctes_file_create(&writer, path, NULL));
    assert_ok(ctes_file_write(&writer, "text", 4, NULL));
    assert_int_equal(access(path, F_OK), -1);
    assert_ok(ctes_file_commit(&writer, NULL));
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(16);
    assert_ok(ctes_file_read(path, &bytes, NULL));
    assert_string_equal(bytes.data, "text");
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    assert_int_equal(unlink(path), 0);
}

static void a_discarded_file_leaves_nothing(void **state) {
    (void)state;
    ctes_file_writer writer = CTES_FILE_WRITER_INIT;
    assert_ok(ctes_file_create(&writer, in_folder("gone"), NULL));
    ctes_file_discard(&writer); /* remove_folder fails if anything is left */
}

static void reading_is_bounded_and_takes_files_only(void **state) {
    (void)state;
    const char *path = in_folder("large");
    put(path, "0123456789", 0600);
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(9);
    ctes_error err = CTES_ERROR_INIT;
    assert_status(ctes_file_read(path, &bytes, &err), CTES_E_LIMIT);
    assert_string_equal(err.subject, path);
    assert_int_equal(unlink(path), 0);
    assert_status(ctes_file_read(path, &bytes, &err), CTES_E_NOT_FOUND);
    assert_status(ctes_file_read(folder, &bytes, &err), CTES_E_IO);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_status(ctes_file_read(path, &bytes, &err), CTES_E_IO); /* and does not hang */
    assert_int_equal(unlink(path), 0);
}

static void a_full_disk_is_told(void **state) {
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = { .rlim_cur = 10, .rlim_max = before.rlim_max };
    ctes_file_writer writer CTES_AUTO_FILE_WRITER = CTES_FILE_WRITER_INIT;
    assert_ok(ctes_file_create(&writer, in_folder("full"), NULL));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_file_write(&writer, "more than ten bytes", 19, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_status(status, CTES_E_DISK_FULL);
}

static void a_secret_is_the_first_line_of_a_private_file(void **state) {
    (void)state;
    const char *path = in_folder("secret");
    ctes_secret secret CTES_AUTO_SECRET = CTES_SECRET_INIT;
    put(path, "mot de passe\r\nsecond\n", 0600);
    assert_ok(ctes_secret_read(path, &secret, NULL));
    assert_string_equal(secret.text, "mot de passe");
    assert_int_equal(secret.length, 12);
    assert_int_equal(chmod(path, 0640), 0);
    assert_status(ctes_secret_read(path, &secret, NULL), CTES_E_KEY_EXPOSED);
    assert_status(ctes_secret_file_check(path, NULL), CTES_E_KEY_EXPOSED);
    assert_int_equal(unlink(path), 0);
    assert_status(ctes_secret_file_check(path, NULL), CTES_E_KEY_UNREADABLE);
}

static void folders_and_paths(void **state) {
    (void)state;
    char deep[256];
    (void)snprintf(deep, sizeof deep, "%s/a/b", folder);
    assert_ok(ctes_folder_make(deep, NULL));
    assert_ok(ctes_folder_make(deep, NULL));
    assert_int_equal(rmdir(deep), 0);
    assert_int_equal(rmdir(in_folder("a")), 0);
    char *path = NULL;
    assert_ok(ctes_path_join("a/", "b", &path, NULL));
    assert_string_equal(path, "a/b");
    free(path);
    assert_ok(ctes_path_join("a", "/b", &path, NULL));
    assert_string_equal(path, "/b");
    free(path);
    assert_string_equal(ctes_path_base("/tmp/x.pdf"), "x.pdf");
}

/* What is marked as read at the operator must not vanish with its new folder. */
static void a_new_folder_is_on_disk_in_its_parent(void **state) {
    (void)state;
    char deep[256];
    (void)snprintf(deep, sizeof deep, "%s/c/d", folder);
    synced_count = 0;
    assert_ok(ctes_folder_make(deep, NULL));
    assert_true(was_synced(folder));
    assert_true(was_synced(in_folder("c")));
    synced_count = 0;
    assert_ok(ctes_folder_make(deep, NULL));
    assert_int_equal(synced_count, 0);
    assert_int_equal(rmdir(deep), 0);
    assert_int_equal(rmdir(in_folder("c")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_seen_whole_or_not_at_all),
        cmocka_unit_test(a_discarded_file_leaves_nothing),
        cmocka_unit_test(reading_is_bounded_and_takes_files_only),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(a_secret_is_the_first_line_of_a_private_file),
        cmocka_unit_test(folders_and_paths),
        cmocka_unit_test(a_new_folder_is_on_disk_in_its_parent),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
