/* Making CAdES-BES signatures (ETSI EN 319 122-1 § 5), with what S2LOW does to them in mind: it
 * takes the first certificate that `openssl pkcs7 -print_certs` shows for the signer's. A CMS
 * writes its certificates sorted by their bytes (RFC 5652 § 5.1, a DER SET OF), so that any second
 * one could come first: the signer's certificate goes alone. */
#include "sign/cades.h"

#include <assert.h>
#include <time.h>

#include <openssl/err.h>

#include "base/fail.h"

/* The bytes are signed as they are, without S/MIME's line endings. S/MIME capabilities, which
 * advertise old ciphers for encrypted answers, have no place here. */
static const unsigned FLAGS = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP;

/* UTCTime to 2049, GeneralizedTime from 2050 (RFC 5652 § 11.3), which is what ASN1_TIME_set
 * chooses. */
ctes_status ctes_cades_time(int64_t signing_ms, ASN1_TIME **ret, ctes_error *err) {
    int64_t seconds = signing_ms / 1000 - (signing_ms % 1000 < 0 ? 1 : 0);
    ASN1_TIME *at CTES_AUTO_TIME = ASN1_TIME_set(NULL, (time_t)seconds);
    if (at == NULL || ASN1_TIME_check(at) != 1) /* past the year 9999 */
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "signing-time");
    *ret = CTES_TAKE(at);
    return CTES_OK;
}

/* signing-certificate-v2 was added by CMS_CADES */
static ctes_status add_attributes(CMS_SignerInfo *info, const ctes_hash *document,
                                  int64_t signing_ms, ctes_error *err) {
    ASN1_TIME *at CTES_AUTO_TIME = NULL;
    CTES_TRY(ctes_cades_time(signing_ms, &at, err));
    assert(at != NULL);
    bool done = CMS_signed_add1_attr_by_NID(info, NID_pkcs9_contentType, V_ASN1_OBJECT,
                                            OBJ_nid2obj(NID_pkcs7_data), -1) == 1 &&
                CMS_signed_add1_attr_by_NID(info, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING,
                                            document->bytes, sizeof document->bytes) == 1 &&
                CMS_signed_add1_attr_by_NID(info, NID_pkcs9_signingTime, at->type, at, -1) == 1;
    return done ? CTES_OK : ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "signed attributes");
}

ctes_status ctes_cades_make(const ctes_signer *signer, const ctes_hash *document,
                            int64_t signing_ms, CMS_ContentInfo **ret, ctes_error *err) {
    CMS_ContentInfo *cms CTES_AUTO_CMS =
        CMS_sign_ex(NULL, NULL, NULL, NULL, FLAGS, signer->library, NULL);
    if (cms == NULL)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "CMS_sign_ex");
    CMS_SignerInfo *info =
        CMS_add1_signer(cms, signer->certificate, signer->key, EVP_sha256(), FLAGS | CMS_CADES);
    if (info == NULL)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "CMS_add1_signer");
    CTES_TRY(add_attributes(info, document, signing_ms, err));
    if (CMS_SignerInfo_sign(info) != 1)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "CMS_SignerInfo_sign");
    *ret = CTES_TAKE(cms);
    return CTES_OK;
}

/* Nothing leaves that does not verify; form.c says why it might not. */
static ctes_status check_signature(const unsigned char *der, long length, ctes_error *err) {
    const unsigned char *at = der;
    CMS_ContentInfo *cms CTES_AUTO_CMS = d2i_CMS_ContentInfo(NULL, &at, length);
    bool right = cms != NULL && CMS_set1_signers_certs(cms, NULL, 0) == 1 &&
                 CMS_SignerInfo_verify(sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0)) == 1;
    if (!right || ERR_peek_last_error() != 0)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "signature comes out wrong");
    return CTES_OK;
}

static ctes_status sign_by_cms(const ctes_signer *signer, const ctes_hash *document,
                               int64_t signing_ms, ctes_buffer *out, ctes_error *err) {
    CMS_ContentInfo *cms CTES_AUTO_CMS = NULL;
    unsigned char *der CTES_AUTO_BYTES = NULL;
    CTES_TRY(ctes_cades_make(signer, document, signing_ms, &cms, err));
    int length = i2d_CMS_ContentInfo(cms, &der);
    if (length <= 0)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "i2d_CMS_ContentInfo");
    CTES_TRY(check_signature(der, length, err));
    return ctes_container_write(der, length, out, err);
}

ctes_status ctes_sign_hash(const ctes_signer *signer, const ctes_hash *document, int64_t signing_ms,
                           ctes_buffer *out, ctes_error *err) {
    const ctes_form *form = &signer->form;
    unsigned char *der CTES_AUTO_BYTES = NULL;
    bool fits = false;
    if (form->der != NULL)
        CTES_TRY(ctes_form_fill(form, document, signing_ms, &der, &fits, err));
    return fits ? ctes_container_write(der, (long)form->length, out, err)
                : sign_by_cms(signer, document, signing_ms, out, err);
}
