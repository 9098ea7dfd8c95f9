/* What the tests of sign/ share: the development PKI, a folder that goes away, other programs. */
#ifndef CTES_TESTS_SIGN_SUPPORT_H
#define CTES_TESTS_SIGN_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/err.h>

#include "sign/sign.h"

enum { PATH_SIZE = 512 };
#define DAY_MS INT64_C(86400000)

static char folder[128]; /* of this test program, removed at the end */

/* Joins two parts of a path, in one of many buffers: one test never needs as many at a time. */
static inline const char *path_in(const char *parent, const char *name) {
    static char paths[64][PATH_SIZE];
    static unsigned next;
    char *path = paths[next++ % 64];
    int length = snprintf(path, PATH_SIZE, "%s/%s", parent, name);
    assert_in_range(length, 1, PATH_SIZE - 1);
    return path;
}

static inline const char *pki(const char *name) {
    return path_in(getenv("CTES_PKI_DIR"), name);
}

static inline const char *temporary(const char *name) {
    return path_in(folder, name);
}

static inline int make_folder(void **state) {
    (void)state;
    const char *parent = getenv("TMPDIR");
    int length =
        snprintf(folder, sizeof folder, "%s/ctes-sign-XXXXXX", parent != NULL ? parent : "/tmp");
    return length < (int)sizeof folder && mkdtemp(folder) != NULL ? 0 : -1;
}

static inline void remove_files(const char *path) {
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        const char *name = path_in(path, entry->d_name);
        if (unlink(name) != 0)
            remove_files(name);
    }
    if (directory != NULL)
        (void)closedir(directory);
    (void)rmdir(path);
}

static inline int remove_folder(void **state) {
    (void)state;
    remove_files(folder);
    return 0;
}

static inline const char *put_file(const char *name, const void *bytes, size_t length,
                                   mode_t mode) {
    const char *path = temporary(name);
    (void)unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
    return path;
}

/* A whole file with a NUL behind it, for free(). */
static inline char *get_file(const char *path, size_t *ret_length) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), (size_t)size);
    text[size] = '\0';
    (void)fclose(file);
    if (ret_length != NULL)
        *ret_length = (size_t)size;
    return text;
}

/* Runs a program with its output in `output` and returns its exit status. */
static inline int run(const char *output, const char *const arguments[]) {
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
        int out = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(126);
        (void)execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
#define RUN(output, ...) run(output, (const char *const[]){ __VA_ARGS__, NULL })

/* Same, failing the test with what the program said when it fails. */
static inline void run_well(const char *output, const char *const arguments[]) {
    if (run(output, arguments) != 0) {
        char *said = get_file(output, NULL);
        print_error("%s %s: %s\n", arguments[0], arguments[1], said);
        free(said);
        fail();
    }
}
#define RUN_WELL(output, ...) run_well(output, (const char *const[]){ __VA_ARGS__, NULL })

/* An instant at which the PKI is valid, whatever today is. */
static inline int64_t valid_ms(void) {
    ctes_certificate_info info;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_certificate_read(pki("signer.pem"), &info, &err), CTES_OK);
    return info.not_before_ms + DAY_MS;
}

static inline ctes_signer *load_signer(const char *certificate, const char *key) {
    ctes_key_source source = { .certificate = certificate, .key = key };
    ctes_signer *signer = NULL;
    ctes_error err = CTES_ERROR_INIT;
    if (ctes_signer_load(&source, valid_ms(), &signer, &err) != CTES_OK)
        fail_msg("%s: %s: %s", ctes_status_name(err.code), err.subject, err.detail);
    return signer;
}

static inline ctes_status sign_bytes(const ctes_signer *signer, const void *bytes, size_t length,
                                     int64_t at, ctes_buffer *out, ctes_error *err) {
    ctes_hash hash;
    ctes_status status = ctes_hash_bytes(bytes, length, &hash, err);
    return status == CTES_OK ? ctes_sign_hash(signer, &hash, at, out, err) : status;
}

/* Without the PKI there is nothing to test with. */
static inline void need_pki(void) {
    const char *path = getenv("CTES_PKI_DIR");
    if (path == NULL || access(pki("signer.pem"), R_OK) != 0) {
        (void)printf("skipped: CTES_PKI_DIR names no PKI made by certs/make-pki\n");
        exit(77);
    }
}

#endif
