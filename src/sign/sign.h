/*
 * Hashes, keys, certificates and detached signatures. Sole user of OpenSSL, which no header shows.
 *
 * Signatures are CAdES-BES (ETSI EN 319 122-1 § 5: CMS SignedData, RFC 5652, detached, with the
 * signed attributes content-type, message-digest, signing-time and signing-certificate-v2,
 * RFC 5035), SHA-256, as PEM text: what FichierSigne/Signature takes. The PEM label is PKCS7, which
 * `openssl cms`, `openssl smime` and `openssl pkcs7` all read (the last two, S2LOW's, refuse
 * CMS). The signer's certificate goes alone, without its chain: S2LOW takes the first that
 * `openssl pkcs7 -print_certs` shows, and the order inside a CMS is not the writer's to choose.
 */
#ifndef CTES_SIGN_SIGN_H
#define CTES_SIGN_SIGN_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/secret.h"

#define CTES_SHA256_SIZE   32
#define CTES_SIGNATURE_MAX (256u << 10) /**< bytes of one detached signature, PEM */

typedef struct ctes_hash {
    uint8_t bytes[CTES_SHA256_SIZE];
} ctes_hash;

/** Streaming SHA-256. */
typedef struct ctes_hasher ctes_hasher;
ctes_status ctes_hasher_new(ctes_hasher **ret, ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_hasher_update(ctes_hasher *hasher, const void *bytes, size_t length,
                               ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_hasher_final(ctes_hasher *hasher, ctes_hash *ret, ctes_error *err) CTES_MUST_CHECK;
void ctes_hasher_free(ctes_hasher *hasher);

ctes_status ctes_hash_bytes(const void *bytes, size_t length, ctes_hash *ret,
                            ctes_error *err) CTES_MUST_CHECK;
/** Streams a file; `ret_size` (may be NULL) takes the bytes read.
 *  @return CTES_OK, CTES_E_NOT_FOUND, CTES_E_PERMISSION, CTES_E_IO. */
ctes_status ctes_hash_file(const char *path, ctes_hash *ret, uint64_t *ret_size,
                           ctes_error *err) CTES_MUST_CHECK;
/** The same of what an open file has left; `path` is for the error. @return CTES_OK, CTES_E_IO. */
ctes_status ctes_hash_fd(int fd, const char *path, ctes_hash *ret, uint64_t *ret_size,
                         ctes_error *err) CTES_MUST_CHECK;

/** Asks the person or the program for the passphrase of `what` (a file name). Returns false to
 *  give up. Called only when a key turns out to be encrypted and no passphrase file is set. */
typedef bool (*ctes_passphrase_fn)(void *user, const char *what, ctes_secret *ret);

/** Where a key and its certificate are. Either `pkcs12` (old ciphers too), or `certificate` (PEM,
 *  the first one counts) and `key` (PEM; NULL when the certificate's file holds it). */
typedef struct ctes_key_source {
    const char *certificate;
    const char *key;
    const char *pkcs12;
    const char *passphrase_file; /**< or NULL */
    ctes_passphrase_fn ask;      /**< or NULL */
    void *user;
} ctes_key_source;

typedef struct ctes_signer ctes_signer;

/** Loads, checks that key and certificate belong together and that `now_ms` lies within the
 *  certificate's dates. The passphrase is wiped on every path.
 *  @return CTES_OK, CTES_E_KEY_UNREADABLE, CTES_E_KEY_EXPOSED (others can read the file),
 *          CTES_E_KEY_PASSPHRASE (wrong or missing), CTES_E_KEY_MISMATCH,
 *          CTES_E_CERT_UNREADABLE, CTES_E_CERT_EXPIRED, CTES_E_CERT_NOT_YET (detail: the date),
 *          CTES_E_MEMORY. */
ctes_status ctes_signer_load(const ctes_key_source *source, int64_t now_ms, ctes_signer **ret,
                             ctes_error *err) CTES_MUST_CHECK;
void ctes_signer_free(ctes_signer *signer);
static inline void ctes_signer_freep(ctes_signer **p) {
    ctes_signer_free(*p);
    *p = NULL;
}

/** Key and certificates as PEM, in memory only: wiped when released. */
typedef struct ctes_identity {
    char *pem; /**< certificate, the chain its PKCS#12 held, unencrypted key; NUL-terminated */
    size_t length;
} ctes_identity;
void ctes_identity_wipe(ctes_identity *identity);
#define CTES_AUTO_IDENTITY CTES_CLEANUP(ctes_identity_wipe)

/** What a loaded PKCS#12 comes to, for a TLS library that cannot open the old ones itself.
 *  @return CTES_OK, CTES_E_CRYPTO, CTES_E_MEMORY. */
ctes_status ctes_signer_export(const ctes_signer *signer, ctes_identity *ret,
                               ctes_error *err) CTES_MUST_CHECK;

typedef struct ctes_certificate_info {
    char subject[256]; /**< RFC 2253, UTF-8 */
    char issuer[256];
    int64_t not_before_ms, not_after_ms;
    uint8_t sha1[20]; /**< of the DER certificate: S2LOW's key for an account */
} ctes_certificate_info;

void ctes_signer_info(const ctes_signer *signer, ctes_certificate_info *ret);

/** Reads the first certificate of a PEM file, for its dates (the TLS client certificate, say).
 *  @return CTES_OK, CTES_E_CERT_UNREADABLE; dates are reported, not judged. */
ctes_status ctes_certificate_read(const char *path, ctes_certificate_info *ret,
                                  ctes_error *err) CTES_MUST_CHECK;
/** Judges dates: @return CTES_OK, CTES_E_CERT_EXPIRED, CTES_E_CERT_NOT_YET. */
ctes_status ctes_certificate_check_dates(const ctes_certificate_info *info, int64_t now_ms,
                                         const char *path, ctes_error *err) CTES_MUST_CHECK;

/** Signs the document whose hash is given; appends the PEM text to `out`. Nothing is appended that
 *  does not verify. `signing_ms` is the signing-time attribute, in whole seconds: the same
 *  document, key and time give the same bytes for RSA PKCS#1 keys. Several threads may sign with
 *  one signer at once: nothing in it changes after loading, and OpenSSL locks what it caches in
 *  keys and certificates. Load and free it in one thread.
 *  @return CTES_OK, CTES_E_LIMIT, CTES_E_MEMORY, CTES_E_CRYPTO (a key that cannot sign CMS). */
ctes_status ctes_sign_hash(const ctes_signer *signer, const ctes_hash *document, int64_t signing_ms,
                           ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

/** Trust anchors for verification, from a PEM bundle file or hashed folder. Threads may share one.
 *  @return CTES_OK, CTES_E_CERT_UNREADABLE, CTES_E_MEMORY. */
typedef struct ctes_trust ctes_trust;
ctes_status ctes_trust_load(const char *path, ctes_trust **ret, ctes_error *err) CTES_MUST_CHECK;
void ctes_trust_free(ctes_trust *trust);

/** Verifies a detached signature, PEM or DER, over a file or bytes. Every signer's (there may be
 *  eight) has to be right, over a digest of SHA-224 or better. A signing-certificate attribute has
 *  to name the certificate; plain CMS without one passes, as it does at S2LOW.
 *  With `trust` NULL only that mathematics and the signed attributes are checked, not who signed.
 *  Else the chain too, at the instant of the signing-time attribute: whether a certificate is in
 *  its dates today, ctes_certificate_check_dates tells. Revocation is not looked at.
 *  `ret` (may be NULL) takes the (first) signer's certificate.
 *  @return CTES_OK, CTES_E_SIGNATURE_INVALID, CTES_E_NOT_FOUND, CTES_E_PERMISSION, CTES_E_IO,
 *          CTES_E_LIMIT, CTES_E_MEMORY. */
ctes_status ctes_signature_verify_file(const void *signature, size_t signature_length,
                                       const char *path, const ctes_trust *trust,
                                       ctes_certificate_info *ret, ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_signature_verify_bytes(const void *signature, size_t signature_length,
                                        const void *bytes, size_t length, const ctes_trust *trust,
                                        ctes_certificate_info *ret,
                                        ctes_error *err) CTES_MUST_CHECK;

/** A detached signature made elsewhere, PEM (labelled PKCS7, CMS or PKCS #7 SIGNED DATA) or DER, to
 *  the PEM text that travels; the bytes inside stay what they were. Nothing is verified.
 *  @return CTES_OK, CTES_E_SIGNATURE_INVALID (no CMS SignedData, or not detached), CTES_E_LIMIT,
 *          CTES_E_MEMORY. */
ctes_status ctes_signature_to_pem(const void *signature, size_t length, ctes_buffer *out,
                                  ctes_error *err) CTES_MUST_CHECK;

#endif
