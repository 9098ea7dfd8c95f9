/* The outside of a signature: PEM or DER, and whether it is a detached CMS SignedData at all. */
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/fail.h"
#include "sign/openssl.h"

enum { SIGNERS_MAX = 8 };

/* The label that `openssl cms`, `openssl smime` and `openssl pkcs7` all read; the last two, which
 * S2LOW uses, refuse "CMS". */
static const char LABEL[] = "PKCS7";
static const char *const LABELS_READ[] = { LABEL, "CMS", "PKCS #7 SIGNED DATA" };

static bool label_known(const char *label) {
    for (size_t i = 0; i < sizeof LABELS_READ / sizeof LABELS_READ[0]; i++)
        if (strcmp(label, LABELS_READ[i]) == 0)
            return true;
    return false;
}

static void openssl_text_freep(char **p) {
    OPENSSL_free(*p);
    *p = NULL;
}

static ctes_status decode_pem(const void *signature, size_t length, unsigned char **ret,
                              long *ret_length, ctes_error *err) {
    BIO *bio CTES_AUTO_BIO = NULL;
    CTES_TRY(ctes_content_of_bytes(signature, length, &bio, err));
    CTES_CLEANUP(openssl_text_freep) char *label = NULL;
    CTES_CLEANUP(openssl_text_freep) char *header = NULL;
    unsigned char *der CTES_AUTO_BYTES = NULL;
    long der_length = 0;
    if (PEM_read_bio(bio, &label, &header, &der, &der_length) != 1)
        return ctes_openssl_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "no PEM");
    if (!label_known(label) || header[0] != '\0')
        return ctes_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "PEM of: %s", label);
    *ret = CTES_TAKE(der);
    *ret_length = der_length;
    return CTES_OK;
}

/* DER (and BER) of a SignedData begins with the tag of a SEQUENCE. */
static ctes_status decode(const void *signature, size_t length, unsigned char **ret,
                          long *ret_length, ctes_error *err) {
    if (length > CTES_SIGNATURE_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "%u", CTES_SIGNATURE_MAX);
    if (length == 0)
        return ctes_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "%s", "empty");
    if (*(const unsigned char *)signature != (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
        return decode_pem(signature, length, ret, ret_length, err);
    unsigned char *der = OPENSSL_memdup(signature, length);
    if (der == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, NULL, "");
    *ret = der;
    *ret_length = (long)length;
    return CTES_OK;
}

static const char *fault_of(CMS_ContentInfo *cms) {
    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
        return "no SignedData";
    if (CMS_is_detached(cms) != 1)
        return "not detached";
    int signers = sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms));
    if (signers <= 0)
        return "no signer";
    if (signers > SIGNERS_MAX)
        return "too many signers";
    return NULL;
}

ctes_status ctes_container_parse(const void *signature, size_t length, CMS_ContentInfo **ret,
                                 unsigned char **ret_der, long *ret_length, ctes_error *err) {
    unsigned char *der CTES_AUTO_BYTES = NULL;
    long der_length = 0;
    CTES_TRY(decode(signature, length, &der, &der_length, err));
    const unsigned char *at = der;
    CMS_ContentInfo *cms CTES_AUTO_CMS = d2i_CMS_ContentInfo(NULL, &at, der_length);
    if (cms == NULL)
        return ctes_openssl_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "no CMS");
    if (at != der + der_length)
        return ctes_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "%s", "bytes after the end");
    const char *fault = fault_of(cms);
    ERR_clear_error();
    if (fault != NULL)
        return ctes_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "%s", fault);
    *ret = CTES_TAKE(cms);
    if (ret_der != NULL) {
        *ret_der = CTES_TAKE(der);
        *ret_length = der_length;
    }
    return CTES_OK;
}

ctes_status ctes_container_write(const unsigned char *der, long length, ctes_buffer *out,
                                 ctes_error *err) {
    BIO *bio CTES_AUTO_BIO = BIO_new(BIO_s_mem());
    if (bio == NULL || PEM_write_bio(bio, LABEL, "", der, length) <= 0)
        return ctes_openssl_fail(err, CTES_E_MEMORY, NULL, "");
    char *text = NULL;
    long text_length = BIO_get_mem_data(bio, &text);
    if (text_length > (long)CTES_SIGNATURE_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "%u", CTES_SIGNATURE_MAX);
    return ctes_buffer_append(out, text, (size_t)text_length, err);
}

ctes_status ctes_signature_to_pem(const void *signature, size_t length, ctes_buffer *out,
                                  ctes_error *err) {
    CMS_ContentInfo *cms CTES_AUTO_CMS = NULL;
    unsigned char *der CTES_AUTO_BYTES = NULL;
    long der_length = 0;
    CTES_TRY(ctes_container_parse(signature, length, &cms, &der, &der_length, err));
    /* the bytes as they came: writing them anew could break what others signed over them */
    return ctes_container_write(der, der_length, out, err);
}
