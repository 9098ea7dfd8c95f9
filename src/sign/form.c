/*
 * What one signer's signatures have in common. For keys that sign alike twice and always at the
 * same length (RSA PKCS#1, what certification authorities deliver) two signatures differ in three
 * places: the document's digest, the time, the signature proper. The rest is encoded once, by
 * OpenSSL; making it anew and parsing it again to check it costs as much as signing does.
 *
 * Nothing is taken for granted: a form is kept only if, filled in for another document and another
 * time, it is byte for byte what OpenSSL makes of them. Any other key has no form.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "base/fail.h"
#include "sign/cades.h"

/* Where `part` is in the form; SIZE_MAX if it is not there, or twice. */
static size_t place_of(const ctes_form *form, const unsigned char *part, size_t length) {
    const unsigned char *found = memmem(form->der, form->length, part, length);
    if (found == NULL)
        return SIZE_MAX;
    size_t at = (size_t)(found - form->der);
    const unsigned char *again = memmem(found + 1, form->length - at - 1, part, length);
    return again == NULL ? at : SIZE_MAX;
}

/* Where the `tail` last bytes of an attribute are, which are its value. */
static size_t place_of_value(const ctes_form *form, CMS_SignerInfo *info, int nid, size_t tail) {
    X509_ATTRIBUTE *attribute =
        CMS_signed_get_attr(info, CMS_signed_get_attr_by_NID(info, nid, -1));
    unsigned char *der CTES_AUTO_BYTES = NULL;
    int length = attribute != NULL ? i2d_X509_ATTRIBUTE(attribute, &der) : 0;
    if (length <= 0 || (size_t)length < tail)
        return SIZE_MAX;
    size_t at = place_of(form, der, (size_t)length);
    return at != SIZE_MAX ? at + (size_t)length - tail : SIZE_MAX;
}

/* The signed attributes with their tag and length, as they stand in the form. */
static bool find_attributes(ctes_form *form, CMS_SignerInfo *info) {
    int content = 0;
    for (int i = 0; i < CMS_signed_get_attr_count(info); i++) {
        int length = i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), NULL);
        content += length > 0 ? length : 0;
    }
    unsigned char header[8], *end = header;
    ASN1_put_object(&end, 1, content, 0, V_ASN1_CONTEXT_SPECIFIC);
    form->attributes_at = place_of(form, header, (size_t)(end - header));
    form->attributes_length = (size_t)(end - header) + (size_t)content;
    return form->attributes_at != SIZE_MAX &&
           form->attributes_at + form->attributes_length <= form->length;
}

static bool find_places(ctes_form *form, CMS_ContentInfo *cms) {
    CMS_SignerInfo *info = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
    const ASN1_OCTET_STRING *signature = CMS_SignerInfo_get0_signature(info);
    form->signature_length = (size_t)ASN1_STRING_length(signature);
    form->signature_at = place_of(form, ASN1_STRING_get0_data(signature), form->signature_length);
    form->digest_at = place_of_value(form, info, NID_pkcs9_messageDigest, CTES_SHA256_SIZE);
    form->time_at = place_of_value(form, info, NID_pkcs9_signingTime, CTES_FORM_TIME);
    return form->signature_at != SIZE_MAX && form->digest_at != SIZE_MAX &&
           form->time_at != SIZE_MAX && find_attributes(form, info);
}

void ctes_form_clear(ctes_form *form) {
    EVP_PKEY_CTX_free(form->checking);
    EVP_PKEY_CTX_free(form->signing);
    EVP_MD_free(form->sha256);
    OPENSSL_free(form->der);
    *form = (ctes_form){ .der = NULL };
}

static ctes_status describe(const ctes_signer *signer, ctes_form *form, ctes_error *err) {
    static const ctes_hash DOCUMENT = { { 'f', 'o', 'r', 'm' } };
    CMS_ContentInfo *cms CTES_AUTO_CMS = NULL;
    CTES_TRY(ctes_cades_make(signer, &DOCUMENT, 0, &cms, err));
    int length = i2d_CMS_ContentInfo(cms, &form->der);
    if (length <= 0)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "i2d_CMS_ContentInfo");
    form->length = (size_t)length;
    return find_places(form, cms) ? CTES_OK
                                  : ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "no form");
}

/* Does the form, filled in, come out as OpenSSL would have it? */
static ctes_status prove(const ctes_signer *signer, const ctes_form *form, ctes_error *err) {
    static const ctes_hash OTHER = { { 'p', 'r', 'o', 'o', 'f' } };
    static const int64_t OTHER_MS = INT64_C(2147483647000);
    CMS_ContentInfo *cms CTES_AUTO_CMS = NULL;
    unsigned char *filled CTES_AUTO_BYTES = NULL;
    unsigned char *made CTES_AUTO_BYTES = NULL;
    bool fits = false;
    CTES_TRY(ctes_cades_make(signer, &OTHER, OTHER_MS, &cms, err));
    CTES_TRY(ctes_form_fill(form, &OTHER, OTHER_MS, &filled, &fits, err));
    int length = i2d_CMS_ContentInfo(cms, &made);
    bool same = fits && length > 0 && (size_t)length == form->length &&
                memcmp(made, filled, form->length) == 0;
    return same ? CTES_OK : ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "no form");
}

static bool set_up(EVP_PKEY_CTX *context, const EVP_MD *sha256) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, sha256) == 1;
}

/* Looks the algorithms up once: each signature begins with a copy of what this leaves. */
static ctes_status prepare(const ctes_signer *signer, ctes_form *form, ctes_error *err) {
    form->sha256 = EVP_MD_fetch(signer->library, "SHA256", NULL);
    form->signing = EVP_PKEY_CTX_new_from_pkey(signer->library, signer->key, NULL);
    form->checking =
        EVP_PKEY_CTX_new_from_pkey(signer->library, X509_get0_pubkey(signer->certificate), NULL);
    bool prepared = form->sha256 != NULL && form->signing != NULL && form->checking != NULL &&
                    EVP_PKEY_sign_init(form->signing) == 1 && set_up(form->signing, form->sha256) &&
                    EVP_PKEY_verify_init(form->checking) == 1 &&
                    set_up(form->checking, form->sha256);
    return prepared ? CTES_OK : ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "no form");
}

void ctes_form_make(ctes_signer *signer) {
    ctes_form form = { .der = NULL };
    ctes_error ignored = CTES_ERROR_INIT; /* signing says what is wrong with a key */
    ctes_status status = describe(signer, &form, &ignored);
    if (status == CTES_OK)
        status = prepare(signer, &form, &ignored);
    if (status == CTES_OK)
        status = prove(signer, &form, &ignored);
    if (status != CTES_OK)
        ctes_form_clear(&form);
    signer->form = form;
    ERR_clear_error();
}

/* The signed attributes as they stand in `der`. */
static bool digest(const ctes_form *form, const unsigned char *der, ctes_hash *ret) {
    unsigned size = 0;
    return EVP_Digest(der + form->attributes_at, form->attributes_length, ret->bytes, &size,
                      form->sha256, NULL) == 1 &&
           size == sizeof ret->bytes;
}

/* Signs the attributes, then checks what stands in `der` with the certificate's key, from their
 * digest on: OpenSSL has been seen to run out of memory in the middle of signing and to return a
 * wrong signature as a good one; a fault in the machine could do the same. */
static bool sign_attributes(const ctes_form *form, unsigned char *der) {
    EVP_PKEY_CTX *signing CTES_AUTO_PKEY_CONTEXT = EVP_PKEY_CTX_dup(form->signing);
    EVP_PKEY_CTX *checking CTES_AUTO_PKEY_CONTEXT = EVP_PKEY_CTX_dup(form->checking);
    unsigned char *signature = der + form->signature_at;
    size_t length = form->signature_length;
    ctes_hash hash;
    return signing != NULL && checking != NULL && digest(form, der, &hash) &&
           EVP_PKEY_sign(signing, signature, &length, hash.bytes, sizeof hash.bytes) == 1 &&
           length == form->signature_length && digest(form, der, &hash) &&
           EVP_PKEY_verify(checking, signature, length, hash.bytes, sizeof hash.bytes) == 1;
}

ctes_status ctes_form_fill(const ctes_form *form, const ctes_hash *document, int64_t signing_ms,
                           unsigned char **ret, bool *ret_fits, ctes_error *err) {
    ASN1_TIME *at CTES_AUTO_TIME = NULL;
    CTES_TRY(ctes_cades_time(signing_ms, &at, err));
    if (at->type != V_ASN1_UTCTIME || at->length != CTES_FORM_TIME) {
        *ret_fits = false; /* from 2050 on it is another type */
        return CTES_OK;
    }
    unsigned char *der CTES_AUTO_BYTES = OPENSSL_memdup(form->der, form->length);
    if (der == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, NULL, "");
    memcpy(der + form->digest_at, document->bytes, sizeof document->bytes);
    memcpy(der + form->time_at, at->data, CTES_FORM_TIME);
    /* they are signed as the SET they are, and sent under a tag of their own (RFC 5652 § 5.4) */
    unsigned char tag = der[form->attributes_at];
    der[form->attributes_at] = V_ASN1_SET | V_ASN1_CONSTRUCTED;
    if (!sign_attributes(form, der) || ERR_peek_last_error() != 0)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "signature comes out wrong");
    der[form->attributes_at] = tag;
    *ret = CTES_TAKE(der);
    *ret_fits = true;
    return CTES_OK;
}
