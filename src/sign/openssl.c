#include "sign/openssl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>

#include "base/fail.h"

enum { PRIVATE_FILE_MAX = 1 << 20 };

ctes_status ctes_openssl_fail(ctes_error *err, ctes_status code, const char *subject,
                              const char *otherwise) {
    const char *reason = NULL;
    bool memory = false;
    /* the last reason says what failed; running out of memory is the first of a row, if at all */
    for (unsigned long packed; (packed = ERR_get_error()) != 0;) {
        reason = ERR_reason_error_string(packed);
        memory = memory || ERR_GET_REASON(packed) == ERR_R_MALLOC_FAILURE;
    }
    if (memory)
        return ctes_fail_memory(err);
    return ctes_fail(err, code, subject, "%s", reason != NULL ? reason : otherwise);
}

int ctes_openssl_no_passphrase(char *out, int size, int writing, void *user) {
    (void)out;
    (void)size;
    (void)writing;
    (void)user;
    return -1;
}

ctes_status ctes_document_open(const char *path, FILE **ret, ctes_error *err) {
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return ctes_fail_errno(err, errno, path);
    if (!S_ISREG(info.st_mode))
        return ctes_fail(err, CTES_E_IO, path, "not a regular file");
    FILE *file = fdopen(fd, "rb");
    if (file == NULL)
        return ctes_fail_errno(err, errno, path);
    fd = -1;
    *ret = file;
    return CTES_OK;
}

ctes_status ctes_content_of_bytes(const void *bytes, size_t length, BIO **ret, ctes_error *err) {
    if (length > INT_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "%d", INT_MAX);
    BIO *bio = BIO_new_mem_buf(length > 0 ? bytes : "", (int)length);
    if (bio == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, NULL, "");
    *ret = bio;
    return CTES_OK;
}

void ctes_private_bytes_clear(ctes_private_bytes *bytes) {
    if (bytes->data != NULL)
        ctes_wipe(bytes->data, bytes->size);
    free(bytes->data);
    *bytes = (ctes_private_bytes){ .data = NULL };
}

static ctes_status fail_file(ctes_error *err, ctes_status code, int number, const char *path) {
    char text[128];
    return ctes_fail(err, code, path, "%s", strerror_r(number, text, sizeof text));
}

ctes_status ctes_private_bytes_read(ctes_private_bytes *bytes, const char *path, ctes_status code,
                                    ctes_error *err) {
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return fail_file(err, code, errno, path);
    if (!S_ISREG(info.st_mode))
        return ctes_fail(err, code, path, "not a regular file");
    if (info.st_size <= 0 || info.st_size > PRIVATE_FILE_MAX)
        return ctes_fail(err, code, path, "%lld bytes", (long long)info.st_size);
    bytes->size = (size_t)info.st_size;
    bytes->data = malloc(bytes->size);
    if (bytes->data == NULL)
        return ctes_fail_memory(err);
    while (bytes->length < bytes->size) {
        ssize_t count = read(fd, bytes->data + bytes->length, bytes->size - bytes->length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail_file(err, code, errno, path);
        if (count == 0) /* the file shrank meanwhile */
            break;
        bytes->length += (size_t)count;
    }
    return CTES_OK;
}
