/* The attribute that ties a signature to one certificate, so that nobody puts another certificate
 * of the same key in its place (RFC 5035 § 3 and 4).
 *
 *   SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, policies … OPTIONAL }
 *   ESSCertIDv2 ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT id-sha256,
 *                              certHash OCTET STRING, issuerSerial IssuerSerial OPTIONAL }
 *
 * SigningCertificate and ESSCertID (RFC 2634) are the same without hashAlgorithm, for SHA-1. The
 * first entry is the signer's; its hash decides, which makes issuerSerial redundant. The further
 * ones only narrow the choice of a chain. OpenSSL keeps its parsed form to itself. */
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>

#include "sign/openssl.h"

static void sequence_freep(ASN1_SEQUENCE_ANY **p) {
    sk_ASN1_TYPE_pop_free(*p, ASN1_TYPE_free);
    *p = NULL;
}
#define AUTO_SEQUENCE CTES_CLEANUP(sequence_freep)

CTES_OPENSSL_FREEP(algorithm_freep, X509_ALGOR, X509_ALGOR_free)

/* The elements of a SEQUENCE given with its tag, or NULL. */
static ASN1_SEQUENCE_ANY *elements_of(const ASN1_STRING *value) {
    const unsigned char *at = ASN1_STRING_get0_data(value);
    const unsigned char *end = at + ASN1_STRING_length(value);
    ASN1_SEQUENCE_ANY *elements = d2i_ASN1_SEQUENCE_ANY(NULL, &at, end - at);
    if (elements != NULL && at != end)
        sequence_freep(&elements);
    return elements;
}

/* Element `index`, if it is there and of that type. */
static const ASN1_STRING *element(const ASN1_SEQUENCE_ANY *elements, int index, int type) {
    const ASN1_TYPE *value = sk_ASN1_TYPE_value(elements, index);
    return value != NULL && value->type == type ? value->value.asn1_string : NULL;
}

static const EVP_MD *digest_of(const ASN1_STRING *value) {
    const unsigned char *at = ASN1_STRING_get0_data(value);
    CTES_CLEANUP(algorithm_freep)
    X509_ALGOR *algorithm = d2i_X509_ALGOR(NULL, &at, ASN1_STRING_length(value));
    if (algorithm == NULL)
        return NULL;
    const ASN1_OBJECT *object = NULL;
    X509_ALGOR_get0(&object, NULL, NULL, algorithm);
    return EVP_get_digestbyobj(object);
}

static bool entry_names(const ASN1_STRING *entry, const EVP_MD *digest, X509 *certificate) {
    ASN1_SEQUENCE_ANY *members AUTO_SEQUENCE = elements_of(entry);
    int at = 0;
    const ASN1_STRING *algorithm = element(members, 0, V_ASN1_SEQUENCE);
    if (algorithm != NULL) {
        digest = digest_of(algorithm);
        at = 1;
    }
    const ASN1_STRING *given = element(members, at, V_ASN1_OCTET_STRING);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (digest == NULL || given == NULL || X509_digest(certificate, digest, hash, &size) != 1)
        return false;
    return (size_t)ASN1_STRING_length(given) == size &&
           memcmp(ASN1_STRING_get0_data(given), hash, size) == 0;
}

/* True if the attribute is absent, or there once and names the certificate. */
static bool attribute_agrees(CMS_SignerInfo *signer, int nid, const EVP_MD *digest,
                             X509 *certificate) {
    if (CMS_signed_get_attr_by_NID(signer, nid, -1) < 0)
        return true;
    enum { ONE_ATTRIBUTE_WITH_ONE_VALUE = -3 };
    const ASN1_STRING *value = CMS_signed_get0_data_by_OBJ(
        signer, OBJ_nid2obj(nid), ONE_ATTRIBUTE_WITH_ONE_VALUE, V_ASN1_SEQUENCE);
    if (value == NULL)
        return false;
    ASN1_SEQUENCE_ANY *members AUTO_SEQUENCE = elements_of(value);
    const ASN1_STRING *list = element(members, 0, V_ASN1_SEQUENCE);
    ASN1_SEQUENCE_ANY *entries AUTO_SEQUENCE = list != NULL ? elements_of(list) : NULL;
    const ASN1_STRING *first = element(entries, 0, V_ASN1_SEQUENCE);
    return first != NULL && entry_names(first, digest, certificate);
}

ctes_status ctes_signing_certificate_check(CMS_SignerInfo *signer, X509 *certificate,
                                           ctes_error *err) {
    bool agrees =
        attribute_agrees(signer, NID_id_smime_aa_signingCertificateV2, EVP_sha256(), certificate) &&
        attribute_agrees(signer, NID_id_smime_aa_signingCertificate, EVP_sha1(), certificate);
    if (!agrees)
        return ctes_openssl_fail(err, CTES_E_SIGNATURE_INVALID, NULL,
                                 "signing-certificate names another certificate");
    ERR_clear_error();
    return CTES_OK;
}
