/*
 * libcurl copies the key's passphrase, HTTP passwords and the headers made of them, and releases
 * the copies as they are. It lets its memory functions be chosen: these wipe before they release.
 */
#include <malloc.h>
#include <stdint.h>
#include <string.h>

#include "base/fail.h"
#include "base/secret.h"
#include "base/text.h"
#include "net/curl_internal.h"

static void *allocate(size_t size) {
    return malloc(size);
}

static void *allocate_clear(size_t count, size_t size) {
    return calloc(count, size);
}

static char *duplicate(const char *text) {
    return strdup(text);
}

static void release(void *memory) {
    if (memory == NULL)
        return;
    ctes_wipe(memory, malloc_usable_size(memory));
    free(memory);
}

/* realloc() could move the bytes and leave the old ones behind */
static void *reallocate(void *memory, size_t size) {
    if (memory == NULL)
        return malloc(size);
    size_t before = malloc_usable_size(memory);
    if (size > 0 && size <= before && size >= before / 2)
        return memory;
    void *moved = malloc(size > 0 ? size : 1);
    if (moved == NULL)
        return NULL;
    memcpy(moved, memory, before < size ? before : size);
    release(memory);
    return moved;
}

/* libcurl writes the keys of every TLS session, which open logins and acts alike, into the file
 * that this variable names when it starts; no option of it says no. */
static const char KEY_LOG[] = "SSLKEYLOGFILE";

ctes_status ctes_curl_start_library(ctes_error *err) {
    const char *wanted = getenv(KEY_LOG);
    char *kept CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_dup(wanted, &kept, err));
    if (kept != NULL && unsetenv(KEY_LOG) != 0)
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "%s", KEY_LOG);
    /* a program that started libcurl itself has chosen already: this then only counts its users */
    CURLcode result = curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, release, reallocate,
                                           duplicate, allocate_clear);
    if (kept != NULL) /* the program's own; not to have it back would only lose a log */
        (void)setenv(KEY_LOG, kept, 1);
    return result == CURLE_OK ? CTES_OK : ctes_curl_refused(result, err);
}

void ctes_curl_stop_library(void) {
    curl_global_cleanup();
}
