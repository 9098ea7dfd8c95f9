/* A loaded signer: read-only after loading, so that threads share it without a lock. */
#ifndef CTES_SIGN_SIGNER_H
#define CTES_SIGN_SIGNER_H

#include <openssl/provider.h>

#include "sign/openssl.h"

enum { CTES_FORM_TIME = 13 }; /* YYMMDDHHMMSSZ */

/** A signature of the signer's as DER, and where in it lies what differs from one to the next. */
typedef struct ctes_form {
    unsigned char *der; /**< NULL: the key has no form */
    size_t length;
    size_t digest_at, time_at;
    size_t attributes_at, attributes_length; /**< the signed ones, with their tag */
    size_t signature_at, signature_length;
    EVP_MD *sha256;
    EVP_PKEY_CTX *signing, *checking; /**< ready to begin; only ever copied */
} ctes_form;

struct ctes_signer {
    /* its own library context: the algorithms old .p12 files need are not forced on the program */
    OSSL_LIB_CTX *library;
    OSSL_PROVIDER *standard;
    OSSL_PROVIDER *legacy; /**< NULL when not needed or not installed */
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(X509) * chain; /**< other certificates of the PKCS#12, or NULL: never in a signature */
    ctes_certificate_info info;
    ctes_form form;
};

#endif
