/* Pass phrases and passwords: read from files that only their owner reads, wiped on every path. */
#ifndef CTES_BASE_SECRET_H
#define CTES_BASE_SECRET_H

#include <stddef.h>

#include <ctes/error.h>

#include "base/cleanup.h"

#define CTES_SECRET_MAX 1023

/** Never logged, never written. `text` is NUL-terminated. */
typedef struct ctes_secret {
    size_t length;
    char text[CTES_SECRET_MAX + 1];
} ctes_secret;

#define CTES_SECRET_INIT                                                                           \
    { .length = 0 }

/** Overwrites the secret so that the compiler cannot drop it. */
void ctes_secret_wipe(ctes_secret *secret);
void ctes_wipe(void *bytes, size_t length);

/** Reads the first line of a file (without its newline).
 *  @return CTES_OK, CTES_E_NOT_FOUND, CTES_E_PERMISSION, CTES_E_KEY_EXPOSED if others than the
 *          owner can read the file, CTES_E_LIMIT. */
ctes_status ctes_secret_read(const char *path, ctes_secret *ret, ctes_error *err) CTES_MUST_CHECK;

/** Refuses a secret file (key, passphrase) that group or others can read.
 *  A group that only root and the file's reader belong to is no exception: chmod 600 is the advice.
 *  @return CTES_OK, CTES_E_KEY_EXPOSED, CTES_E_KEY_UNREADABLE. */
ctes_status ctes_secret_file_check(const char *path, ctes_error *err) CTES_MUST_CHECK;

#define CTES_AUTO_SECRET CTES_CLEANUP(ctes_secret_wipe)

#endif
