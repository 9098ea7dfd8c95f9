#include "sign/key_file.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "base/fail.h"

/* --- passphrase --- */

static ctes_status read_passphrase_file(const char *path, ctes_secret *secret, ctes_error *err) {
    ctes_error cause = CTES_ERROR_INIT;
    ctes_status status = ctes_secret_read(path, secret, &cause);
    if (status == CTES_OK)
        return CTES_OK;
    if (status == CTES_E_KEY_EXPOSED)
        return ctes_fail(err, status, path, "%s", cause.detail);
    return ctes_fail(err, CTES_E_KEY_PASSPHRASE, path, "%s", cause.detail);
}

static ctes_status fetch(ctes_passphrase *passphrase, ctes_error *err) {
    const ctes_key_source *source = passphrase->source;
    if (source->passphrase_file != NULL)
        return read_passphrase_file(source->passphrase_file, &passphrase->secret, err);
    if (source->ask == NULL || !source->ask(source->user, passphrase->what, &passphrase->secret))
        return ctes_fail(err, CTES_E_KEY_PASSPHRASE, passphrase->what, "%s", "none given");
    if (passphrase->secret.length > CTES_SECRET_MAX)
        return ctes_fail(err, CTES_E_KEY_PASSPHRASE, passphrase->what, "%s", "too long");
    passphrase->secret.text[passphrase->secret.length] = '\0';
    return CTES_OK;
}

ctes_status ctes_passphrase_fetch(ctes_passphrase *passphrase, ctes_error *err) {
    if (!passphrase->fetched) {
        passphrase->fetched = true;
        passphrase->status = fetch(passphrase, &passphrase->error);
    }
    if (passphrase->status != CTES_OK && err != NULL)
        *err = passphrase->error;
    return passphrase->status;
}

/* pem_password_cb: gives OpenSSL the passphrase, which it wipes from `out` itself. */
static int give_passphrase(char *out, int size, int writing, void *user) {
    (void)writing;
    ctes_passphrase *passphrase = user;
    if (ctes_passphrase_fetch(passphrase, NULL) != CTES_OK)
        return -1;
    if (size < 0 || passphrase->secret.length > (size_t)size)
        return -1;
    memcpy(out, passphrase->secret.text, passphrase->secret.length);
    return (int)passphrase->secret.length;
}

/* Why a key did not come out: no passphrase, a wrong one, or no key. OpenSSL tells the last two
 * apart only by whether it asked. */
static ctes_status fail_key(ctes_passphrase *passphrase, const char *path, ctes_error *err) {
    if (!passphrase->fetched)
        return ctes_openssl_fail(err, CTES_E_KEY_UNREADABLE, path, "no private key");
    if (passphrase->status != CTES_OK) {
        ERR_clear_error();
        return ctes_passphrase_fetch(passphrase, err);
    }
    ERR_clear_error(); /* how the deciphering failed tells a person less */
    return ctes_openssl_fail(err, CTES_E_KEY_PASSPHRASE, path, "wrong passphrase");
}

/* --- PEM --- */

ctes_status ctes_key_read_pem(OSSL_LIB_CTX *library, const char *path, ctes_passphrase *passphrase,
                              EVP_PKEY **ret, ctes_error *err) {
    ctes_private_bytes bytes CTES_AUTO_PRIVATE_BYTES = { .data = NULL };
    CTES_TRY(ctes_secret_file_check(path, err));
    CTES_TRY(ctes_private_bytes_read(&bytes, path, CTES_E_KEY_UNREADABLE, err));
    BIO *bio CTES_AUTO_BIO = BIO_new_mem_buf(bytes.data, (int)bytes.length);
    if (bio == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, path, "");
    EVP_PKEY *key =
        PEM_read_bio_PrivateKey_ex(bio, NULL, give_passphrase, passphrase, library, NULL);
    if (key == NULL)
        return fail_key(passphrase, path, err);
    *ret = key;
    return CTES_OK;
}

/* --- PKCS#12 --- */

CTES_OPENSSL_FREEP(pkcs12_freep, PKCS12, PKCS12_free)

/* Chooses the passphrase that fits the file's integrity code: none, the empty one, or the one that
 * has to be fetched. Without integrity code only trying tells, so it is fetched. */
static ctes_status choose_passphrase(PKCS12 *pkcs12, const char *path, ctes_passphrase *passphrase,
                                     const char **ret, ctes_error *err) {
    const char *const open[] = { NULL, "" };
    bool protected = PKCS12_mac_present(pkcs12) == 1;
    for (size_t i = 0; protected && i < sizeof open / sizeof open[0]; i++) {
        if (PKCS12_verify_mac(pkcs12, open[i], 0) == 1) {
            *ret = open[i];
            return CTES_OK;
        }
    }
    if (ERR_peek_error() != 0) /* not a wrong passphrase: the code could not be computed */
        return ctes_openssl_fail(err, CTES_E_KEY_UNREADABLE, path, "unknown integrity code");
    CTES_TRY(ctes_passphrase_fetch(passphrase, err));
    if (protected && PKCS12_verify_mac(pkcs12, passphrase->secret.text, -1) != 1)
        return ctes_openssl_fail(err, CTES_E_KEY_PASSPHRASE, path, "wrong passphrase");
    *ret = passphrase->secret.text;
    return CTES_OK;
}

ctes_status ctes_key_read_pkcs12(OSSL_LIB_CTX *library, const char *path,
                                 ctes_passphrase *passphrase, EVP_PKEY **ret_key,
                                 X509 **ret_certificate, STACK_OF(X509) * *ret_chain,
                                 ctes_error *err) {
    ctes_private_bytes bytes CTES_AUTO_PRIVATE_BYTES = { .data = NULL };
    CTES_TRY(ctes_secret_file_check(path, err));
    CTES_TRY(ctes_private_bytes_read(&bytes, path, CTES_E_KEY_UNREADABLE, err));
    CTES_CLEANUP(pkcs12_freep) PKCS12 *pkcs12 = PKCS12_init_ex(NID_pkcs7_data, library, NULL);
    const unsigned char *at = (const unsigned char *)bytes.data;
    if (pkcs12 == NULL || d2i_PKCS12(&pkcs12, &at, (long)bytes.length) == NULL)
        return ctes_openssl_fail(err, CTES_E_KEY_UNREADABLE, path, "no PKCS#12");
    const char *text = NULL;
    CTES_TRY(choose_passphrase(pkcs12, path, passphrase, &text, err));
    EVP_PKEY *key CTES_AUTO_PKEY = NULL;
    X509 *certificate CTES_AUTO_X509 = NULL;
    STACK_OF(X509) *chain CTES_AUTO_X509S = NULL;
    if (PKCS12_parse(pkcs12, text, &key, &certificate, &chain) != 1)
        return ctes_openssl_fail(err, CTES_E_KEY_UNREADABLE, path, "no PKCS#12");
    if (key == NULL)
        return ctes_openssl_fail(err, CTES_E_KEY_UNREADABLE, path, "no private key");
    if (certificate == NULL)
        return ctes_openssl_fail(err, CTES_E_CERT_UNREADABLE, path, "no certificate of the key");
    *ret_key = CTES_TAKE(key);
    *ret_certificate = CTES_TAKE(certificate);
    *ret_chain = CTES_TAKE(chain);
    return CTES_OK;
}
