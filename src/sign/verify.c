#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/fail.h"
#include "sign/openssl.h"

/* A signature over a digest that can be made to collide says nothing about the document: SHA-224
 * is the weakest that RGS lets through. */
enum { DIGEST_MIN = 28 };

static ctes_status fail(ctes_error *err, const char *why) {
    return ctes_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "%s", why);
}

static const ASN1_TIME *signing_time(CMS_SignerInfo *signer) {
    const int types[] = { V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME };
    const ASN1_TIME *found = NULL;
    for (size_t i = 0; found == NULL && i < sizeof types / sizeof types[0]; i++)
        found =
            CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(NID_pkcs9_signingTime), -3, types[i]);
    ERR_clear_error();
    return found;
}

static ctes_status check_trust(CMS_ContentInfo *cms, CMS_SignerInfo *signer, X509 *certificate,
                               const ctes_trust *trust, ctes_error *err) {
    /* all bits are set when the certificate does not restrict its use */
    if ((X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
        return fail(err, "certificate not made for signing");
    STACK_OF(X509) *others CTES_AUTO_X509S = CMS_get1_certs(cms);
    return ctes_trust_check(trust, certificate, others, signing_time(signer), err);
}

/* What CMS_verify leaves to judge of one signer whose signature it found right. */
static ctes_status check_signer(CMS_ContentInfo *cms, CMS_SignerInfo *signer,
                                const ctes_trust *trust, X509 **ret, ctes_error *err) {
    X509 *certificate = NULL;
    X509_ALGOR *algorithm = NULL;
    CMS_SignerInfo_get0_algs(signer, NULL, &certificate, &algorithm, NULL);
    const ASN1_OBJECT *object = NULL;
    if (algorithm != NULL)
        X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    const EVP_MD *digest = object != NULL ? EVP_get_digestbyobj(object) : NULL;
    if (certificate == NULL || digest == NULL)
        return fail(err, "signer unknown");
    if (EVP_MD_get_size(digest) < DIGEST_MIN)
        return fail(err, "digest too weak");
    CTES_TRY(ctes_signing_certificate_check(signer, certificate, err));
    if (trust != NULL)
        CTES_TRY(check_trust(cms, signer, certificate, trust, err));
    *ret = certificate;
    return CTES_OK;
}

static ctes_status check_signers(CMS_ContentInfo *cms, const ctes_trust *trust,
                                 ctes_certificate_info *ret, ctes_error *err) {
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    X509 *first = NULL;
    for (int i = 0; i < sk_CMS_SignerInfo_num(signers); i++) {
        X509 *certificate = NULL;
        CTES_TRY(check_signer(cms, sk_CMS_SignerInfo_value(signers, i), trust, &certificate, err));
        if (first == NULL)
            first = certificate;
    }
    if (ret != NULL)
        ctes_certificate_describe(first, ret);
    return CTES_OK;
}

/* Without a store, CMS_verify does the mathematics: content against message-digest, signed
 * attributes against signature, for every signer. */
static ctes_status check_mathematics(CMS_ContentInfo *cms, BIO *content, ctes_error *err) {
    if (CMS_verify(cms, NULL, NULL, content, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) != 1)
        return ctes_openssl_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "wrong signature");
    ERR_clear_error();
    return CTES_OK;
}

ctes_status ctes_signature_verify_file(const void *signature, size_t signature_length,
                                       const char *path, const ctes_trust *trust,
                                       ctes_certificate_info *ret, ctes_error *err) {
    FILE *file CTES_AUTO_FCLOSE = NULL;
    CTES_TRY(ctes_document_open(path, &file, err));
    CMS_ContentInfo *cms CTES_AUTO_CMS = NULL;
    CTES_TRY(ctes_container_parse(signature, signature_length, &cms, NULL, NULL, err));
    BIO *content CTES_AUTO_BIO = BIO_new_fp(file, BIO_NOCLOSE);
    if (content == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, path, "");
    ctes_error cause = CTES_ERROR_INIT;
    ctes_status status = check_mathematics(cms, content, &cause);
    /* an unreadable document is not a wrong signature */
    if (ferror(file) != 0)
        return ctes_fail(err, CTES_E_IO, path, "%s", "read error");
    if (status != CTES_OK)
        return ctes_fail(err, status, path, "%s", cause.detail);
    return check_signers(cms, trust, ret, err);
}

ctes_status ctes_signature_verify_bytes(const void *signature, size_t signature_length,
                                        const void *bytes, size_t length, const ctes_trust *trust,
                                        ctes_certificate_info *ret, ctes_error *err) {
    CMS_ContentInfo *cms CTES_AUTO_CMS = NULL;
    CTES_TRY(ctes_container_parse(signature, signature_length, &cms, NULL, NULL, err));
    BIO *content CTES_AUTO_BIO = NULL;
    CTES_TRY(ctes_content_of_bytes(bytes, length, &content, err));
    CTES_TRY(check_mathematics(cms, content, err));
    return check_signers(cms, trust, ret, err);
}
