/* Files that the document tests read: ours from the source tree, the real form from outside it. */
#ifndef CTES_TESTS_DOCUMENT_SUPPORT_H
#define CTES_TESTS_DOCUMENT_SUPPORT_H

#include "unit/cmocka_all.h"

#include "base/file.h"

/* Reads folder/name, the folder given by an environment variable; false (with a printed reason)
 * when the variable is not set or the file is not there. */
static inline bool read_file(const char *variable, const char *name, ctes_buffer *out) {
    const char *folder = getenv(variable);
    char *path CTES_AUTO_FREE = NULL;
    ctes_error err = CTES_ERROR_INIT;
    if (folder == NULL) {
        print_message("%s is not set: no %s\n", variable, name);
        return false;
    }
    assert_ok(ctes_path_join(folder, name, &path, NULL));
    ctes_status status = ctes_file_read(path, out, &err);
    if (status == CTES_E_NOT_FOUND)
        print_message("%s: not there\n", path);
    else
        assert_ok(status);
    return status == CTES_OK;
}

/* A file without a name that holds the bytes. */
static inline FILE *file_of(const char *bytes, size_t length) {
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    return file;
}

#endif
