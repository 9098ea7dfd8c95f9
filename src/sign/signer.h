/* A loaded signer: read-only after loading, so that threads share it without a lock. */
#ifndef CTES_SIGN_SIGNER_H
#define CTES_SIGN_SIGNER_H

#include <openssl/provider.h>

#include "sign/openssl.h"

struct ctes_signer {
    /* its own library context: the algorithms old .p12 files need are not forced on the program */
    OSSL_LIB_CTX *library;
    OSSL_PROVIDER *standard;
    OSSL_PROVIDER *legacy; /**< NULL when not needed or not installed */
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(X509) * chain; /**< other certificates of the PKCS#12, or NULL: never in a signature */
    ctes_certificate_info info;
};

#endif
