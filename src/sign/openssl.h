/* What the files of this module share: scope-bound OpenSSL objects, and OpenSSL's errors as ours.
 *
 * OpenSSL keeps errors in a queue of the thread. Every function of sign.h leaves it empty, so that
 * nothing is blamed on the next call, ours or another library's. */
#ifndef CTES_SIGN_OPENSSL_H
#define CTES_SIGN_OPENSSL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "sign/sign.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): a type takes none */
#define CTES_OPENSSL_FREEP(name, type, function)                                                   \
    static inline void name(type **p) {                                                            \
        function(*p);                                                                              \
        *p = NULL;                                                                                 \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

CTES_OPENSSL_FREEP(ctes_bio_freep, BIO, (void)BIO_free_all)
CTES_OPENSSL_FREEP(ctes_cms_freep, CMS_ContentInfo, CMS_ContentInfo_free)
CTES_OPENSSL_FREEP(ctes_pkey_freep, EVP_PKEY, EVP_PKEY_free)
CTES_OPENSSL_FREEP(ctes_x509_freep, X509, X509_free)
CTES_OPENSSL_FREEP(ctes_time_freep, ASN1_TIME, ASN1_TIME_free)
CTES_OPENSSL_FREEP(ctes_pkey_context_freep, EVP_PKEY_CTX, EVP_PKEY_CTX_free)

static inline void ctes_x509s_freep(STACK_OF(X509) * *p) {
    sk_X509_pop_free(*p, X509_free);
    *p = NULL;
}
/** For memory that OpenSSL allocated. */
static inline void ctes_openssl_bytes_freep(unsigned char **p) {
    OPENSSL_free(*p);
    *p = NULL;
}

#define CTES_AUTO_BIO          CTES_CLEANUP(ctes_bio_freep)
#define CTES_AUTO_CMS          CTES_CLEANUP(ctes_cms_freep)
#define CTES_AUTO_PKEY         CTES_CLEANUP(ctes_pkey_freep)
#define CTES_AUTO_PKEY_CONTEXT CTES_CLEANUP(ctes_pkey_context_freep)
#define CTES_AUTO_X509         CTES_CLEANUP(ctes_x509_freep)
#define CTES_AUTO_X509S        CTES_CLEANUP(ctes_x509s_freep)
#define CTES_AUTO_TIME         CTES_CLEANUP(ctes_time_freep)
#define CTES_AUTO_BYTES        CTES_CLEANUP(ctes_openssl_bytes_freep)

/** Fails with `code`, or CTES_E_MEMORY if that is what OpenSSL met, and its last reason for detail
 *  (`otherwise` when it gave none). Reasons are fixed texts of OpenSSL: never key or passphrase.
 *  Empties the error queue. */
ctes_status ctes_openssl_fail(ctes_error *err, ctes_status code, const char *subject,
                              const char *otherwise);

/** Refuses to be asked for a passphrase: OpenSSL would otherwise turn to the terminal. */
int ctes_openssl_no_passphrase(char *out, int size, int writing, void *user);

/** Opens a document for reading: a regular file, so that nothing blocks.
 *  @return CTES_OK, CTES_E_NOT_FOUND, CTES_E_PERMISSION, CTES_E_IO, CTES_E_MEMORY. */
ctes_status ctes_document_open(const char *path, FILE **ret, ctes_error *err) CTES_MUST_CHECK;

/** Memory as content to sign or verify; borrows the bytes.
 *  @return CTES_OK, CTES_E_LIMIT past 2 GiB, CTES_E_MEMORY. */
ctes_status ctes_content_of_bytes(const void *bytes, size_t length, BIO **ret,
                                  ctes_error *err) CTES_MUST_CHECK;

/** The bytes of a file that may hold a key: never reallocated, so that no copy stays behind, and
 *  wiped before they are released. */
typedef struct ctes_private_bytes {
    char *data;
    size_t size;
    size_t length;
} ctes_private_bytes;

void ctes_private_bytes_clear(ctes_private_bytes *bytes);
#define CTES_AUTO_PRIVATE_BYTES CTES_CLEANUP(ctes_private_bytes_clear)

/** Reads a whole file of at most 1 MiB into empty `bytes`. @return CTES_OK, `code` for whatever
 *  is wrong with the file, CTES_E_MEMORY. */
ctes_status ctes_private_bytes_read(ctes_private_bytes *bytes, const char *path, ctes_status code,
                                    ctes_error *err) CTES_MUST_CHECK;

/** First certificate of a PEM file. `library` NULL is OpenSSL's default context.
 *  @return CTES_OK, CTES_E_CERT_UNREADABLE, CTES_E_MEMORY. */
ctes_status ctes_certificate_load(OSSL_LIB_CTX *library, const char *path, X509 **ret,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Fills the facts of a certificate. Text that is not valid is left out, not guessed. */
void ctes_certificate_describe(X509 *certificate, ctes_certificate_info *ret);

/** Parses a CMS SignedData, PEM or DER, that carries no content and one to eight signers.
 *  `ret_der` (may be NULL) takes the bytes as they came, for OPENSSL_free().
 *  @return CTES_OK, CTES_E_SIGNATURE_INVALID, CTES_E_LIMIT, CTES_E_MEMORY. */
ctes_status ctes_container_parse(const void *signature, size_t length, CMS_ContentInfo **ret,
                                 unsigned char **ret_der, long *ret_length,
                                 ctes_error *err) CTES_MUST_CHECK;

/** Appends DER as the PEM text that travels. @return CTES_OK, CTES_E_LIMIT, CTES_E_MEMORY. */
ctes_status ctes_container_write(const unsigned char *der, long length, ctes_buffer *out,
                                 ctes_error *err) CTES_MUST_CHECK;

/** Checks that the signed attribute signing-certificate-v2 (RFC 5035 § 3), or the older
 *  signing-certificate, names `certificate`. Neither being there is fine.
 *  @return CTES_OK, CTES_E_SIGNATURE_INVALID. */
ctes_status ctes_signing_certificate_check(CMS_SignerInfo *signer, X509 *certificate,
                                           ctes_error *err) CTES_MUST_CHECK;

/** Builds and checks the chain from `certificate` to one of the anchors, `untrusted` helping;
 *  with `at` NULL the dates are not judged. @return CTES_OK, CTES_E_SIGNATURE_INVALID. */
ctes_status ctes_trust_check(const ctes_trust *trust, X509 *certificate, STACK_OF(X509) * untrusted,
                             const ASN1_TIME *at, ctes_error *err) CTES_MUST_CHECK;

#endif
