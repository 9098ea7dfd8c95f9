/* Making CAdES-BES signatures (ETSI EN 319 122-1 § 5), with what S2LOW does to them in mind: it
 * takes the first certificate that `openssl pkcs7 -print_certs` shows for the signer's. A CMS
 * writes its certificates sorted by their bytes (RFC 5652 § 5.1, a DER SET OF), so that any second
 * one could come first: the signer's certificate goes alone. */
#include <time.h>

#include <openssl/err.h>

#include "base/fail.h"
#include "sign/signer.h"

/* The bytes are signed as they are, without S/MIME's line endings. S/MIME capabilities, which
 * advertise old ciphers for encrypted answers, have no place here. */
static const unsigned FLAGS = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP;

/* signing-time: UTCTime to 2049, GeneralizedTime from 2050 (RFC 5652 § 11.3), which is what
 * ASN1_TIME_set chooses. */
static ctes_status add_signing_time(CMS_SignerInfo *info, int64_t signing_ms, ctes_error *err) {
    int64_t seconds = signing_ms / 1000 - (signing_ms % 1000 < 0 ? 1 : 0);
    ASN1_TIME *at CTES_AUTO_TIME = ASN1_TIME_set(NULL, (time_t)seconds);
    if (at == NULL || ASN1_TIME_check(at) != 1 || /* past the year 9999 */
        CMS_signed_add1_attr_by_NID(info, NID_pkcs9_signingTime, at->type, at, -1) != 1)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "signing-time");
    return CTES_OK;
}

/* The attributes content-type and message-digest are added by CMS_final, signing-certificate-v2
 * by CMS_CADES. */
static ctes_status sign_stream(const ctes_signer *signer, BIO *content, int64_t signing_ms,
                               CMS_ContentInfo **ret, ctes_error *err) {
    CMS_ContentInfo *cms CTES_AUTO_CMS =
        CMS_sign_ex(NULL, NULL, NULL, NULL, FLAGS, signer->library, NULL);
    if (cms == NULL)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "CMS_sign_ex");
    CMS_SignerInfo *info =
        CMS_add1_signer(cms, signer->certificate, signer->key, EVP_sha256(), FLAGS | CMS_CADES);
    if (info == NULL)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "CMS_add1_signer");
    CTES_TRY(add_signing_time(info, signing_ms, err));
    if (CMS_final(cms, content, NULL, FLAGS) != 1)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "CMS_final");
    *ret = CTES_TAKE(cms);
    return CTES_OK;
}

/* Nothing leaves that does not verify. OpenSSL has been seen to run out of memory in the middle of
 * signing and to return a wrong signature as a good one; a fault in the machine could do the same.
 */
static ctes_status check_signature(const unsigned char *der, long length, ctes_error *err) {
    const unsigned char *at = der;
    CMS_ContentInfo *cms CTES_AUTO_CMS = d2i_CMS_ContentInfo(NULL, &at, length);
    bool right = cms != NULL && CMS_set1_signers_certs(cms, NULL, 0) == 1 &&
                 CMS_SignerInfo_verify(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0)) == 1;
    if (!right || ERR_peek_last_error() != 0)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "signature comes out wrong");
    return CTES_OK;
}

static ctes_status write_signature(CMS_ContentInfo *cms, ctes_buffer *out, ctes_error *err) {
    unsigned char *der CTES_AUTO_BYTES = NULL;
    int length = i2d_CMS_ContentInfo(cms, &der);
    if (length <= 0)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "i2d_CMS_ContentInfo");
    CTES_TRY(check_signature(der, length, err));
    return ctes_container_write(der, length, out, err);
}

ctes_status ctes_sign_file(const ctes_signer *signer, const char *path, int64_t signing_ms,
                           ctes_buffer *out, ctes_error *err) {
    FILE *file CTES_AUTO_FCLOSE = NULL;
    CTES_TRY(ctes_document_open(path, &file, err));
    BIO *content CTES_AUTO_BIO = BIO_new_fp(file, BIO_NOCLOSE);
    if (content == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, path, "");
    CMS_ContentInfo *cms CTES_AUTO_CMS = NULL;
    CTES_TRY(sign_stream(signer, content, signing_ms, &cms, err));
    /* CMS_final takes a read error for the end of the document */
    if (ferror(file) != 0)
        return ctes_fail(err, CTES_E_IO, path, "%s", "read error");
    return write_signature(cms, out, err);
}

ctes_status ctes_sign_bytes(const ctes_signer *signer, const void *bytes, size_t length,
                            int64_t signing_ms, ctes_buffer *out, ctes_error *err) {
    BIO *content CTES_AUTO_BIO = NULL;
    CTES_TRY(ctes_content_of_bytes(bytes, length, &content, err));
    CMS_ContentInfo *cms CTES_AUTO_CMS = NULL;
    CTES_TRY(sign_stream(signer, content, signing_ms, &cms, err));
    return write_signature(cms, out, err);
}
