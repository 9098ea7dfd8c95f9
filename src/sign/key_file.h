/* Reading keys: from PEM or PKCS#12, encrypted or not. */
#ifndef CTES_SIGN_KEY_FILE_H
#define CTES_SIGN_KEY_FILE_H

#include "sign/openssl.h"

/** The passphrase of one source, fetched when first needed and then kept until wiped. */
typedef struct ctes_passphrase {
    const ctes_key_source *source;
    const char *what; /**< the key's file name, for the question */
    bool fetched;
    ctes_status status; /**< why there is none */
    ctes_error error;
    ctes_secret secret;
} ctes_passphrase;

static inline void ctes_passphrase_clear(ctes_passphrase *passphrase) {
    ctes_secret_wipe(&passphrase->secret);
}
#define CTES_AUTO_PASSPHRASE CTES_CLEANUP(ctes_passphrase_clear)

/** Reads the passphrase file, or asks. @return CTES_OK, CTES_E_KEY_PASSPHRASE,
 *  CTES_E_KEY_EXPOSED (the passphrase file). */
ctes_status ctes_passphrase_fetch(ctes_passphrase *passphrase, ctes_error *err) CTES_MUST_CHECK;

/** First private key of a PEM file.
 *  @return CTES_OK, CTES_E_KEY_UNREADABLE, CTES_E_KEY_EXPOSED, CTES_E_KEY_PASSPHRASE. */
ctes_status ctes_key_read_pem(OSSL_LIB_CTX *library, const char *path, ctes_passphrase *passphrase,
                              EVP_PKEY **ret, ctes_error *err) CTES_MUST_CHECK;

/** Key and certificate of a PKCS#12 file, and its other certificates (NULL for none); also
 * CTES_E_CERT_UNREADABLE when it holds no certificate of its key. */
ctes_status ctes_key_read_pkcs12(OSSL_LIB_CTX *library, const char *path,
                                 ctes_passphrase *passphrase, EVP_PKEY **ret_key,
                                 X509 **ret_certificate, STACK_OF(X509) * *ret_chain,
                                 ctes_error *err) CTES_MUST_CHECK;

#endif
