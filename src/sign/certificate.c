#include "sign/openssl.h"

#include <limits.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"

/* RFC 2253 order and escapes, but the letters as people write them instead of \C3\A9. */
static const unsigned long NAME_FORM = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;

static void name_text(const X509_NAME *name, char *out, size_t size) {
    BIO *bio CTES_AUTO_BIO = BIO_new(BIO_s_mem());
    out[0] = '\0';
    if (bio == NULL || X509_NAME_print_ex(bio, name, 0, NAME_FORM) < 0)
        return;
    char *text = NULL;
    long length = BIO_get_mem_data(bio, &text);
    if (length <= 0 || !ctes_text_is_utf8(text, (size_t)length))
        return;
    size_t kept = (size_t)length < size ? (size_t)length : size - 1;
    if (kept < (size_t)length) /* cut between two characters */
        while (kept > 0 && ((unsigned char)text[kept] & 0xc0u) == 0x80u)
            kept--;
    memcpy(out, text, kept);
    out[kept] = '\0';
    ctes_text_clean(out);
}

/* A date outside the calendar becomes `otherwise`, chosen so that the certificate is not valid. */
static int64_t time_ms(const ASN1_TIME *value, int64_t otherwise) {
    struct tm civil;
    if (value == NULL || ASN1_TIME_to_tm(value, &civil) != 1)
        return otherwise;
    return (int64_t)timegm(&civil) * 1000;
}

void ctes_certificate_describe(X509 *certificate, ctes_certificate_info *ret) {
    ctes_certificate_info info = { .subject = "" };
    name_text(X509_get_subject_name(certificate), info.subject, sizeof info.subject);
    name_text(X509_get_issuer_name(certificate), info.issuer, sizeof info.issuer);
    info.not_before_ms = time_ms(X509_get0_notBefore(certificate), INT64_MAX);
    info.not_after_ms = time_ms(X509_get0_notAfter(certificate), INT64_MIN);
    unsigned size = sizeof info.sha1;
    (void)X509_digest(certificate, EVP_sha1(), info.sha1, &size);
    ERR_clear_error();
    *ret = info;
}

ctes_status ctes_certificate_load(OSSL_LIB_CTX *library, const char *path, X509 **ret,
                                  ctes_error *err) {
    ctes_private_bytes bytes CTES_AUTO_PRIVATE_BYTES = { .data = NULL };
    CTES_TRY(ctes_private_bytes_read(&bytes, path, CTES_E_CERT_UNREADABLE, err));
    BIO *bio CTES_AUTO_BIO = BIO_new_mem_buf(bytes.data, (int)bytes.length);
    X509 *certificate CTES_AUTO_X509 = X509_new_ex(library, NULL);
    if (bio == NULL || certificate == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, path, "");
    if (PEM_read_bio_X509(bio, &certificate, ctes_openssl_no_passphrase, NULL) == NULL)
        return ctes_openssl_fail(err, CTES_E_CERT_UNREADABLE, path, "no certificate");
    *ret = CTES_TAKE(certificate);
    return CTES_OK;
}

ctes_status ctes_certificate_read(const char *path, ctes_certificate_info *ret, ctes_error *err) {
    X509 *certificate CTES_AUTO_X509 = NULL;
    CTES_TRY(ctes_certificate_load(NULL, path, &certificate, err));
    ctes_certificate_describe(certificate, ret);
    return CTES_OK;
}

static ctes_status fail_date(ctes_error *err, ctes_status code, const char *path, int64_t at_ms) {
    ctes_date date = ctes_date_of_ms(at_ms);
    return ctes_fail(err, code, path, "%04d-%02u-%02u", date.year, date.month, date.day);
}

ctes_status ctes_certificate_check_dates(const ctes_certificate_info *info, int64_t now_ms,
                                         const char *path, ctes_error *err) {
    if (now_ms < info->not_before_ms)
        return fail_date(err, CTES_E_CERT_NOT_YET, path, info->not_before_ms);
    /* the last second is part of the validity (RFC 5280 § 4.1.2.5) */
    if (now_ms / 1000 > info->not_after_ms / 1000)
        return fail_date(err, CTES_E_CERT_EXPIRED, path, info->not_after_ms);
    return CTES_OK;
}
