#include "sign/openssl.h"

#include <assert.h>
#include <errno.h>
#include <unistd.h>

#include "base/fail.h"

enum { BLOCK = 64 * 1024 };

struct ctes_hasher {
    EVP_MD_CTX *context;
};

void ctes_hasher_free(ctes_hasher *hasher) {
    if (hasher == NULL)
        return;
    EVP_MD_CTX_free(hasher->context);
    free(hasher);
}

static void hasher_freep(ctes_hasher **p) {
    ctes_hasher_free(*p);
    *p = NULL;
}

ctes_status ctes_hasher_new(ctes_hasher **ret, ctes_error *err) {
    CTES_CLEANUP(hasher_freep) ctes_hasher *hasher = calloc(1, sizeof *hasher);
    if (hasher == NULL)
        return ctes_fail_memory(err);
    hasher->context = EVP_MD_CTX_new();
    if (hasher->context == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, NULL, "");
    if (EVP_DigestInit_ex2(hasher->context, EVP_sha256(), NULL) != 1)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "SHA-256");
    *ret = CTES_TAKE(hasher);
    return CTES_OK;
}

ctes_status ctes_hasher_update(ctes_hasher *hasher, const void *bytes, size_t length,
                               ctes_error *err) {
    assert(hasher != NULL);
    if (length > 0 && EVP_DigestUpdate(hasher->context, bytes, length) != 1)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "SHA-256");
    return CTES_OK;
}

ctes_status ctes_hasher_final(ctes_hasher *hasher, ctes_hash *ret, ctes_error *err) {
    assert(hasher != NULL);
    ctes_hash hash;
    unsigned size = 0;
    if (EVP_DigestFinal_ex(hasher->context, hash.bytes, &size) != 1 || size != sizeof hash.bytes)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "SHA-256");
    *ret = hash;
    return CTES_OK;
}

ctes_status ctes_hash_bytes(const void *bytes, size_t length, ctes_hash *ret, ctes_error *err) {
    CTES_CLEANUP(hasher_freep) ctes_hasher *hasher = NULL;
    CTES_TRY(ctes_hasher_new(&hasher, err));
    CTES_TRY(ctes_hasher_update(hasher, bytes, length, err));
    return ctes_hasher_final(hasher, ret, err);
}

static ctes_status hash_rest(int fd, const char *path, ctes_hasher *hasher, uint64_t *ret_size,
                             ctes_error *err) {
    char *block CTES_AUTO_FREE = malloc(BLOCK);
    if (block == NULL)
        return ctes_fail_memory(err);
    uint64_t total = 0;
    for (;;) {
        ssize_t count = read(fd, block, BLOCK);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return ctes_fail_errno(err, errno, path);
        if (count == 0)
            break;
        CTES_TRY(ctes_hasher_update(hasher, block, (size_t)count, err));
        total += (uint64_t)count;
    }
    *ret_size = total;
    return CTES_OK;
}

ctes_status ctes_hash_fd(int fd, const char *path, ctes_hash *ret, uint64_t *ret_size,
                         ctes_error *err) {
    CTES_CLEANUP(hasher_freep) ctes_hasher *hasher = NULL;
    uint64_t size = 0;
    CTES_TRY(ctes_hasher_new(&hasher, err));
    CTES_TRY(hash_rest(fd, path, hasher, &size, err));
    CTES_TRY(ctes_hasher_final(hasher, ret, err));
    if (ret_size != NULL)
        *ret_size = size;
    return CTES_OK;
}

ctes_status ctes_hash_file(const char *path, ctes_hash *ret, uint64_t *ret_size, ctes_error *err) {
    FILE *file CTES_AUTO_FCLOSE = NULL;
    CTES_TRY(ctes_document_open(path, &file, err));
    return ctes_hash_fd(fileno(file), path, ret, ret_size, err);
}
