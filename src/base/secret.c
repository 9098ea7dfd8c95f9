#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"

void ctes_wipe(void *bytes, size_t length) {
    explicit_bzero(bytes, length);
}

void ctes_secret_wipe(ctes_secret *secret) {
    if (secret != NULL)
        ctes_wipe(secret, sizeof *secret);
}

/* Judges an open secret file: a regular file that its owner alone can read. */
static ctes_status check_private(int fd, const char *path, ctes_error *err) {
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return ctes_fail_errno(err, errno, path);
    if (!S_ISREG(info.st_mode))
        return ctes_fail(err, CTES_E_KEY_UNREADABLE, path, "not a regular file");
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return ctes_fail(err, CTES_E_KEY_EXPOSED, path, "%04o", (unsigned)info.st_mode & 07777u);
    return CTES_OK;
}

ctes_status ctes_secret_file_check(const char *path, ctes_error *err) {
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        char text[128];
        return ctes_fail(err, CTES_E_KEY_UNREADABLE, path, "%s",
                         strerror_r(errno, text, sizeof text));
    }
    return check_private(fd, path, err);
}

/* The first line of what was read, which fills the secret whole. */
static ctes_status first_line(ctes_secret *secret, const char *path, ctes_error *err) {
    const char *newline = memchr(secret->text, '\n', secret->length);
    if (newline == NULL && secret->length >= CTES_SECRET_MAX)
        return ctes_fail(err, CTES_E_LIMIT, path, "%d", CTES_SECRET_MAX);
    if (newline != NULL)
        secret->length = (size_t)(newline - secret->text);
    if (secret->length > 0 && secret->text[secret->length - 1] == '\r')
        secret->length--;
    ctes_wipe(secret->text + secret->length, sizeof secret->text - secret->length);
    return CTES_OK;
}

ctes_status ctes_secret_read(const char *path, ctes_secret *ret, ctes_error *err) {
    int fd CTES_AUTO_CLOSE = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    CTES_TRY(check_private(fd, path, err));
    ctes_secret secret CTES_AUTO_SECRET = CTES_SECRET_INIT;
    while (secret.length < CTES_SECRET_MAX) {
        ssize_t count = read(fd, secret.text + secret.length, CTES_SECRET_MAX - secret.length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return ctes_fail_errno(err, errno, path);
        if (count == 0)
            break;
        secret.length += (size_t)count;
    }
    CTES_TRY(first_line(&secret, path, err));
    *ret = secret;
    return CTES_OK;
}
