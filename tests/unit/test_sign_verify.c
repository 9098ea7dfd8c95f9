/* Verifying signatures, ours and others', and bringing others' into the form that travels. */
#include "unit/sign_support.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/pem.h>

static const char DOCUMENT[] = "Le conseil municipal, après en avoir délibéré,\r\n";
enum { LENGTH = sizeof DOCUMENT - 1 };

static void sign_at(const char *certificate, const char *key, int64_t at, ctes_buffer *pem) {
    ctes_signer *signer = load_signer(pki(certificate), pki(key));
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(sign_bytes(signer, DOCUMENT, LENGTH, at, pem, &err), CTES_OK);
    ctes_signer_free(signer);
}

static ctes_status verify(const void *signature, size_t length, const ctes_trust *trust) {
    ctes_certificate_info info = { .subject = "untouched" };
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status =
        ctes_signature_verify_bytes(signature, length, DOCUMENT, LENGTH, trust, &info, &err);
    assert_int_equal(err.code, status);
    assert_int_equal(ERR_peek_error(), 0);
    if (status != CTES_OK) {
        assert_string_equal(info.subject, "untouched");
        assert_true(err.detail[0] != '\0');
    }
    return status;
}

static const char *document_file(void) {
    return put_file("document", DOCUMENT, LENGTH, 0600);
}

/* The DER inside a PEM signature, for free(). */
static unsigned char *der_of(const ctes_buffer *pem, size_t *ret_length) {
    put_file("in.pem", pem->data, pem->length, 0600);
    RUN_WELL(temporary("said"), "openssl", "pkcs7", "-in", temporary("in.pem"), "-outform", "DER",
             "-out", temporary("out.der"));
    return (unsigned char *)get_file(temporary("out.der"), ret_length);
}

/* --- right ones --- */

static void pem_and_der(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", 0, &pem);
    ctes_certificate_info info, expected;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_certificate_read(pki("signer.pem"), &expected, &err), CTES_OK);
    assert_int_equal(
        ctes_signature_verify_bytes(pem.data, pem.length, DOCUMENT, LENGTH, NULL, &info, &err),
        CTES_OK);
    assert_string_equal(info.subject, expected.subject);
    assert_memory_equal(info.sha1, expected.sha1, sizeof info.sha1);
    size_t length = 0;
    unsigned char *der = der_of(&pem, &length);
    assert_int_equal(ctes_signature_verify_file(der, length, document_file(), NULL, NULL, &err),
                     CTES_OK);
    free(der);
    ctes_buffer curve CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer-ec.pem", "signer-ec.key", 0, &curve);
    assert_int_equal(verify(curve.data, curve.length, NULL), CTES_OK);
}

/* --- made by the openssl program --- */

enum { EXTRA_MAX = 6 };

/* `openssl cms -sign` as DER in a file, with further options. */
static const char *openssl_signs(const char *const extra[]) {
    const char *arguments[24 + EXTRA_MAX] = {
        "openssl",  "cms",
        "-sign",    "-binary",
        "-in",      document_file(),
        "-signer",  pki("signer.pem"),
        "-inkey",   pki("signer.key"),
        "-outform", "DER",
        "-out",     temporary("made.der"),
    };
    size_t count = 14;
    for (size_t i = 0; extra != NULL && extra[i] != NULL; i++)
        arguments[count++] = extra[i];
    run_well(temporary("said"), arguments);
    return temporary("made.der");
}
#define OPENSSL_SIGNS(...) openssl_signs((const char *const[]){ __VA_ARGS__, NULL })

static ctes_status verify_file_of(const char *path) {
    size_t length = 0;
    char *bytes = get_file(path, &length);
    ctes_status status = verify(bytes, length, NULL);
    free(bytes);
    return status;
}

static void made_by_others(void **state) {
    (void)state;
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-cades")), CTES_OK);
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-nosmimecap")), CTES_OK); /* no CAdES */
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-noattr")), CTES_OK);
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-md", "sha512", "-cades")), CTES_OK);
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-keyid")), CTES_OK);
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-keyopt", "rsa_padding_mode:pss")), CTES_OK);
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-signer", pki("client.pem"), "-inkey",
                                                  pki("client.key"), "-certfile", pki("ca.pem"))),
                     CTES_OK);
}

static void weak_or_incomplete(void **state) {
    (void)state;
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-md", "sha1")), CTES_E_SIGNATURE_INVALID);
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-md", "md5")), CTES_E_SIGNATURE_INVALID);
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-nocerts")), CTES_E_SIGNATURE_INVALID);
    assert_int_equal(verify_file_of(OPENSSL_SIGNS("-nodetach")), CTES_E_SIGNATURE_INVALID);
}

/* --- changed ones --- */

static void a_changed_document(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", 0, &pem);
    char copy[LENGTH + 1];
    ctes_error err;
    for (size_t i = 0; i < LENGTH; i++) {
        memcpy(copy, DOCUMENT, sizeof copy);
        copy[i] ^= 0x20;
        err = (ctes_error)CTES_ERROR_INIT;
        assert_int_equal(
            ctes_signature_verify_bytes(pem.data, pem.length, copy, LENGTH, NULL, NULL, &err),
            CTES_E_SIGNATURE_INVALID);
    }
    /* line endings are not S/MIME's to change; nothing may be missing or follow */
    const char *const others[] = { "Le conseil municipal, après en avoir délibéré,\n",
                                   "Le conseil municipal, après en avoir délibéré,",
                                   "Le conseil municipal, après en avoir délibéré,\r\n\r\n", "" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(ctes_signature_verify_bytes(pem.data, pem.length, others[i],
                                                     strlen(others[i]), NULL, NULL, NULL),
                         CTES_E_SIGNATURE_INVALID);
    put_file("document", others[0], strlen(others[0]), 0600);
    assert_int_equal(
        ctes_signature_verify_file(pem.data, pem.length, temporary("document"), NULL, NULL, &err),
        CTES_E_SIGNATURE_INVALID);
    assert_string_equal(err.subject, temporary("document"));
}

/* Whatever byte of the signer's part is changed: attributes, algorithm or signature. Only the tag
 * of the parameters of rsaEncryption, which has none, says nothing. */
static void a_changed_signature(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", 0, &pem);
    size_t length = 0;
    unsigned char *der = der_of(&pem, &length);
    assert_int_equal(verify(der, length, NULL), CTES_OK);
    static const unsigned char SIGNING_TIME[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                                  0x0d, 0x01, 0x09, 0x05 };
    unsigned char *from = memmem(der, length, SIGNING_TIME, sizeof SIGNING_TIME);
    assert_non_null(from);
    static const unsigned char RSA[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
    unsigned char *rsa = memmem(from, length - (size_t)(from - der), RSA, sizeof RSA);
    assert_non_null(rsa);
    for (size_t i = (size_t)(from - der); i < length; i++) {
        if (i == (size_t)(rsa - der) + sizeof RSA)
            continue;
        unsigned char kept = der[i];
        der[i] ^= 1;
        ctes_status status = verify(der, length, NULL);
        if (status == CTES_OK)
            print_error("byte %zu of %zu can be changed\n", i, length);
        assert_int_equal(status, CTES_E_SIGNATURE_INVALID);
        der[i] = kept;
    }
    for (size_t cut = 1; cut < length; cut += 7)
        assert_int_equal(verify(der, length - cut, NULL), CTES_E_SIGNATURE_INVALID);
    free(der);
}

static void no_signature_at_all(void **state) {
    (void)state;
    size_t length = 0;
    char *certificate = get_file(pki("signer.pem"), &length);
    const char *const texts[] = {
        "",
        "texte",
        "0",
        "-----BEGIN PKCS7-----\n-----END PKCS7-----\n",
        "-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n",
        "-----BEGIN PKCS7-----\nProc-Type: 4,ENCRYPTED\n\nMAA=\n-----END PKCS7-----\n",
        certificate,
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
        ctes_error err = CTES_ERROR_INIT;
        assert_int_equal(verify(texts[i], strlen(texts[i]), NULL), CTES_E_SIGNATURE_INVALID);
        assert_int_equal(ctes_signature_to_pem(texts[i], strlen(texts[i]), &pem, &err),
                         CTES_E_SIGNATURE_INVALID);
        assert_int_equal(pem.length, 0);
    }
    free(certificate);
    char *large = calloc(1, CTES_SIGNATURE_MAX + 1);
    assert_non_null(large);
    assert_int_equal(verify(large, CTES_SIGNATURE_MAX + 1, NULL), CTES_E_LIMIT);
    free(large);
}

static void what_cannot_be_signed(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", 0, &pem);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(
        ctes_signature_verify_file(pem.data, pem.length, temporary("absent"), NULL, NULL, &err),
        CTES_E_NOT_FOUND);
    assert_int_equal(ctes_signature_verify_file(pem.data, pem.length, folder, NULL, NULL, &err),
                     CTES_E_IO);
    assert_int_equal(
        ctes_signature_verify_file(pem.data, pem.length, "/proc/self/mem", NULL, NULL, &err),
        CTES_E_IO);
}

/* --- signing-certificate --- */

static X509 *read_certificate(const char *name) {
    BIO *bio = BIO_new_file(pki(name), "r");
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    assert_non_null(certificate);
    BIO_free(bio);
    return certificate;
}

static void add_attribute(CMS_SignerInfo *info, int nid, const void *der, int length) {
    assert_int_equal(CMS_signed_add1_attr_by_NID(info, nid, V_ASN1_SEQUENCE, der, length), 1);
}

/* Version 2 naming a certificate under a digest; version 1 if there is no digest. */
static void add_names(CMS_SignerInfo *info, const char *names, const EVP_MD *digest) {
    X509 *named = read_certificate(names);
    unsigned char *der = NULL;
    if (digest != NULL) {
        ESS_SIGNING_CERT_V2 *value = OSSL_ESS_signing_cert_v2_new_init(digest, named, NULL, 1);
        int length = i2d_ESS_SIGNING_CERT_V2(value, &der);
        add_attribute(info, NID_id_smime_aa_signingCertificateV2, der, length);
        ESS_SIGNING_CERT_V2_free(value);
    } else {
        ESS_SIGNING_CERT *value = OSSL_ESS_signing_cert_new_init(named, NULL, 1);
        int length = i2d_ESS_SIGNING_CERT(value, &der);
        add_attribute(info, NID_id_smime_aa_signingCertificate, der, length);
        ESS_SIGNING_CERT_free(value);
    }
    OPENSSL_free(der);
    X509_free(named);
}

/* A signature that is right but for what `decorate` adds to its attributes. */
static ctes_status verify_decorated(void (*decorate)(CMS_SignerInfo *)) {
    const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL;
    X509 *certificate = read_certificate("signer.pem");
    BIO *bio = BIO_new_file(pki("signer.key"), "r");
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    CMS_SignerInfo *info = CMS_add1_signer(cms, certificate, key, EVP_sha256(), flags);
    assert_non_null(info);
    decorate(info);
    bio = BIO_new_mem_buf(DOCUMENT, LENGTH);
    assert_int_equal(CMS_final(cms, bio, NULL, flags), 1);
    BIO_free(bio);
    unsigned char *der = NULL;
    int length = i2d_CMS_ContentInfo(cms, &der);
    assert_true(length > 0);
    ERR_clear_error();
    ctes_status status = verify(der, (size_t)length, NULL);
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    EVP_PKEY_free(key);
    X509_free(certificate);
    return status;
}

static void names_nobody(CMS_SignerInfo *info) {
    (void)info;
}
static void names_signer(CMS_SignerInfo *info) {
    add_names(info, "signer.pem", EVP_sha256());
}
static void names_signer_sha512(CMS_SignerInfo *info) {
    add_names(info, "signer.pem", EVP_sha512());
}
static void names_signer_v1(CMS_SignerInfo *info) {
    add_names(info, "signer.pem", NULL);
}
static void names_other(CMS_SignerInfo *info) {
    add_names(info, "client.pem", EVP_sha256());
}
static void names_other_sha512(CMS_SignerInfo *info) {
    add_names(info, "client.pem", EVP_sha512());
}
static void names_other_v1(CMS_SignerInfo *info) {
    add_names(info, "client.pem", NULL);
}
static void names_signer_and_other_v1(CMS_SignerInfo *info) {
    add_names(info, "signer.pem", EVP_sha256());
    add_names(info, "client.pem", NULL);
}
static void names_in_no_list(CMS_SignerInfo *info) {
    add_attribute(info, NID_id_smime_aa_signingCertificateV2, "\x30\x00", 2);
}
static void names_in_an_empty_list(CMS_SignerInfo *info) {
    add_attribute(info, NID_id_smime_aa_signingCertificateV2, "\x30\x02\x30\x00", 4);
}
static void names_without_hash(CMS_SignerInfo *info) {
    add_attribute(info, NID_id_smime_aa_signingCertificateV2, "\x30\x04\x30\x02\x30\x00", 6);
}
static void names_with_a_short_hash(CMS_SignerInfo *info) {
    add_attribute(info, NID_id_smime_aa_signingCertificateV2, "\x30\x07\x30\x05\x30\x03\x04\x01x",
                  9);
}
static void names_as_text(CMS_SignerInfo *info) {
    assert_int_equal(CMS_signed_add1_attr_by_NID(info, NID_id_smime_aa_signingCertificateV2,
                                                 V_ASN1_UTF8STRING, "moi", 3),
                     1);
}

static void the_certificate_it_names(void **state) {
    (void)state;
    assert_int_equal(verify_decorated(names_nobody), CTES_OK);
    assert_int_equal(verify_decorated(names_signer), CTES_OK);
    assert_int_equal(verify_decorated(names_signer_sha512), CTES_OK);
    assert_int_equal(verify_decorated(names_signer_v1), CTES_OK);
    void (*const wrong[])(CMS_SignerInfo *) = {
        names_other,      names_other_sha512,     names_other_v1,     names_signer_and_other_v1,
        names_in_no_list, names_in_an_empty_list, names_without_hash, names_with_a_short_hash,
        names_as_text,
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ctes_status status = verify_decorated(wrong[i]);
        if (status != CTES_E_SIGNATURE_INVALID)
            fail_msg("case %zu: %s", i, ctes_status_name(status));
    }
}

/* --- trust --- */

static ctes_status verify_trusting(const ctes_buffer *pem, const char *anchors) {
    ctes_trust *trust = NULL;
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_trust_load(anchors, &trust, &err), CTES_OK);
    ctes_status status = verify(pem->data, pem->length, trust);
    ctes_trust_free(trust);
    return status;
}

static void who_signed(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", valid_ms(), &pem);
    assert_int_equal(verify_trusting(&pem, pki("ca.pem")), CTES_OK);
    assert_int_equal(verify_trusting(&pem, pki("bad/otherca.pem")), CTES_E_SIGNATURE_INVALID);
    /* a certificate to authenticate with is one to sign with, if its key usage says so */
    ctes_buffer client CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("client.pem", "client.key", valid_ms(), &client);
    assert_int_equal(verify_trusting(&client, pki("ca.pem")), CTES_OK);
    ctes_buffer authority CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("ca.pem", "ca.key", valid_ms(), &authority);
    assert_int_equal(verify(authority.data, authority.length, NULL), CTES_OK);
    assert_int_equal(verify_trusting(&authority, pki("ca.pem")), CTES_E_SIGNATURE_INVALID);
}

static void a_folder_of_anchors(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", valid_ms(), &pem);
    const char *anchors = temporary("anchors");
    assert_int_equal(mkdir(anchors, 0700), 0);
    assert_int_equal(verify_trusting(&pem, anchors), CTES_E_SIGNATURE_INVALID);
    size_t length = 0;
    char *text = get_file(pki("ca.pem"), &length);
    put_file("anchors/ca.pem", text, length, 0644);
    free(text);
    RUN_WELL(temporary("said"), "openssl", "rehash", anchors);
    assert_int_equal(verify_trusting(&pem, anchors), CTES_OK);
}

/* The chain is judged as of the signing-time attribute, whatever today is. */
static void signed_outside_the_dates(void **state) {
    (void)state;
    const int64_t instants[] = { valid_ms() - 2 * DAY_MS, valid_ms() + 20 * 366 * DAY_MS };
    for (size_t i = 0; i < 2; i++) {
        ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
        sign_at("signer.pem", "signer.key", instants[i], &pem);
        assert_int_equal(verify(pem.data, pem.length, NULL), CTES_OK);
        assert_int_equal(verify_trusting(&pem, pki("ca.pem")), CTES_E_SIGNATURE_INVALID);
    }
}

static void anchors_that_are_none(void **state) {
    (void)state;
    ctes_trust *trust = NULL;
    ctes_error err = CTES_ERROR_INIT;
    const char *const broken[] = { temporary("absent"), put_file("empty", "", 0, 0600),
                                   pki("signer.key") };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_int_equal(ctes_trust_load(broken[i], &trust, &err), CTES_E_CERT_UNREADABLE);
        assert_string_equal(err.subject, broken[i]);
        assert_null(trust);
        assert_int_equal(ERR_peek_error(), 0);
    }
    ctes_trust_free(NULL);
}

/* --- to PEM --- */

static void der_to_the_text_that_travels(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", 0, &pem);
    size_t length = 0;
    unsigned char *der = der_of(&pem, &length);
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_signature_to_pem(der, length, &out, &err), CTES_OK);
    assert_string_equal(out.data, pem.data);
    ctes_buffer_reset(&out);
    assert_int_equal(ctes_signature_to_pem(pem.data, pem.length, &out, &err), CTES_OK);
    assert_string_equal(out.data, pem.data);
    unsigned char *longer = malloc(length + 1);
    assert_non_null(longer);
    memcpy(longer, der, length);
    longer[length] = '\n';
    assert_int_equal(ctes_signature_to_pem(longer, length + 1, &out, &err),
                     CTES_E_SIGNATURE_INVALID);
    assert_string_equal(out.data, pem.data);
    free(longer);
    free(der);
}

/* Java writes the outside with indefinite length (BER): taken, and kept byte for byte. */
static void ber_stays_ber(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", 0, &pem);
    size_t length = 0;
    unsigned char *ber = der_of(&pem, &length);
    assert_memory_equal(ber, "\x30\x82", 2); /* four bytes of header become two, and two of end */
    ber[1] = 0x80;
    memmove(ber + 2, ber + 4, length - 4);
    memset(ber + length - 2, 0, 2);
    assert_int_equal(verify(ber, length, NULL), CTES_OK);
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_signature_to_pem(ber, length, &out, &err), CTES_OK);
    BIO *bio = BIO_new_mem_buf(out.data, (int)out.length);
    char *label = NULL, *header = NULL;
    unsigned char *inside = NULL;
    long inside_length = 0;
    assert_int_equal(PEM_read_bio(bio, &label, &header, &inside, &inside_length), 1);
    assert_int_equal(inside_length, length);
    assert_memory_equal(inside, ber, length);
    OPENSSL_free(inside);
    OPENSSL_free(header);
    OPENSSL_free(label);
    BIO_free(bio);
    free(ber);
}

/* PEM as `openssl cms` labels it, with lines before, and Windows line endings. */
static void other_pem(void **state) {
    (void)state;
    RUN_WELL(temporary("said"), "openssl", "cms", "-sign", "-binary", "-in", document_file(),
             "-signer", pki("signer.pem"), "-inkey", pki("signer.key"), "-outform", "PEM", "-out",
             temporary("cms.pem"));
    char *text = get_file(temporary("cms.pem"), NULL);
    assert_int_equal(strncmp(text, "-----BEGIN CMS-----", 19), 0);
    ctes_buffer windows CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    assert_int_equal(ctes_buffer_puts(&windows, "\xef\xbb\xbfSignature\r\n", &err), CTES_OK);
    for (const char *at = text; *at != '\0'; at++)
        assert_int_equal(*at == '\n' ? ctes_buffer_puts(&windows, "\r\n", &err)
                                     : ctes_buffer_append(&windows, at, 1, &err),
                         CTES_OK);
    free(text);
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    assert_int_equal(ctes_signature_to_pem(windows.data, windows.length, &out, &err), CTES_OK);
    assert_int_equal(strncmp(out.data, "-----BEGIN PKCS7-----\n", 22), 0);
    assert_null(strchr(out.data, '\r'));
    put_file("out.pem", out.data, out.length, 0600);
    RUN_WELL(temporary("said"), "openssl", "smime", "-verify", "-noverify", "-inform", "PEM", "-in",
             temporary("out.pem"), "-content", document_file());
}

/* A good signature under the headers of an encrypted one is not what the label says. */
static void pem_with_headers(void **state) {
    (void)state;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    sign_at("signer.pem", "signer.key", 0, &pem);
    ctes_buffer with CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    const char *body = strchr(pem.data, '\n');
    assert_int_equal(ctes_buffer_printf(&with, &err, "%.*s\nProc-Type: 4,ENCRYPTED\n\n%s",
                                        (int)(body - pem.data), pem.data, body + 1),
                     CTES_OK);
    assert_int_equal(verify(with.data, with.length, NULL), CTES_E_SIGNATURE_INVALID);
}

static void no_detached_signature(void **state) {
    (void)state;
    ctes_buffer out CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_error err = CTES_ERROR_INIT;
    size_t length = 0;
    char *bytes = get_file(OPENSSL_SIGNS("-nodetach"), &length);
    assert_int_equal(ctes_signature_to_pem(bytes, length, &out, &err), CTES_E_SIGNATURE_INVALID);
    assert_string_equal(err.detail, "not detached");
    free(bytes);
    RUN_WELL(temporary("said"), "openssl", "cms", "-encrypt", "-in", document_file(), "-outform",
             "DER", "-out", temporary("made.der"), pki("signer.pem"));
    bytes = get_file(temporary("made.der"), &length);
    assert_int_equal(ctes_signature_to_pem(bytes, length, &out, &err), CTES_E_SIGNATURE_INVALID);
    assert_string_equal(err.detail, "no SignedData");
    free(bytes);
    /* certificates alone, as `openssl crl2pkcs7` packs them: nobody signed */
    RUN_WELL(temporary("said"), "openssl", "crl2pkcs7", "-nocrl", "-certfile", pki("signer.pem"),
             "-outform", "DER", "-out", temporary("made.der"));
    bytes = get_file(temporary("made.der"), &length);
    assert_int_equal(ctes_signature_to_pem(bytes, length, &out, &err), CTES_E_SIGNATURE_INVALID);
    assert_string_equal(err.detail, "no signer");
    free(bytes);
    assert_int_equal(out.length, 0);
}

int main(void) {
    need_pki();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pem_and_der),
        cmocka_unit_test(made_by_others),
        cmocka_unit_test(weak_or_incomplete),
        cmocka_unit_test(a_changed_document),
        cmocka_unit_test(a_changed_signature),
        cmocka_unit_test(no_signature_at_all),
        cmocka_unit_test(what_cannot_be_signed),
        cmocka_unit_test(the_certificate_it_names),
        cmocka_unit_test(who_signed),
        cmocka_unit_test(a_folder_of_anchors),
        cmocka_unit_test(signed_outside_the_dates),
        cmocka_unit_test(anchors_that_are_none),
        cmocka_unit_test(der_to_the_text_that_travels),
        cmocka_unit_test(ber_stays_ber),
        cmocka_unit_test(other_pem),
        cmocka_unit_test(pem_with_headers),
        cmocka_unit_test(no_detached_signature),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
