#include "floor.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

struct floor_signer {
    EVP_PKEY *key;
    EVP_PKEY_CTX *signing;
    EVP_MD *sha256;
    EVP_MD_CTX *hashing;
    uint8_t *der; /* the CMS; its changing parts are at the offsets below */
    size_t der_length;
    size_t digest_at, signature_at, signature_length;
    size_t attributes_at, attributes_length; /* the signed attributes, with their tag */
    uint8_t slice[FLOOR_SLICE];
};

static void need(int done, const char *what) {
    if (done != 1)
        floor_die(what, ERR_reason_error_string(ERR_peek_last_error()));
}

static size_t find(const floor_signer *signer, const void *part, size_t length) {
    const uint8_t *found = memmem(signer->der, signer->der_length, part, length);
    if (found == NULL)
        floor_die("CMS", "a part of it is not found");
    return (size_t)(found - signer->der);
}

/* The signed attributes as they stand in the CMS: [0] IMPLICIT, two bytes of length. */
static void find_attributes(floor_signer *signer, CMS_SignerInfo *info) {
    size_t length = 0;
    for (int i = 0; i < CMS_signed_get_attr_count(info); i++)
        length += (size_t)i2d_X509_ATTRIBUTE(CMS_signed_get_attr(info, i), NULL);
    const uint8_t header[] = { 0xa0, 0x82, (uint8_t)(length >> 8), (uint8_t)length };
    signer->attributes_at = find(signer, header, sizeof header);
    signer->attributes_length = sizeof header + length;
}

static void make_template(floor_signer *signer, X509 *certificate) {
    static const char CONTENT[] = "floor";
    const unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL | CMS_NOSMIMECAP;
    BIO *content = BIO_new_mem_buf(CONTENT, -1);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    CMS_SignerInfo *info =
        CMS_add1_signer(cms, certificate, signer->key, EVP_sha256(), flags | CMS_CADES);
    need(info != NULL, "CMS_add1_signer");
    need(CMS_final(cms, content, NULL, flags), "CMS_final");
    int length = i2d_CMS_ContentInfo(cms, &signer->der);
    need(length > 0, "i2d_CMS_ContentInfo");
    signer->der_length = (size_t)length;
    uint8_t digest[32];
    floor_hash(signer, CONTENT, strlen(CONTENT), digest);
    signer->digest_at = find(signer, digest, sizeof digest);
    const ASN1_OCTET_STRING *signature = CMS_SignerInfo_get0_signature(info);
    signer->signature_length = (size_t)ASN1_STRING_length(signature);
    signer->signature_at = find(signer, ASN1_STRING_get0_data(signature), signer->signature_length);
    find_attributes(signer, info);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
}

static FILE *open_pem(const char *path) {
    FILE *file = fopen(path, "re");
    if (file == NULL)
        floor_die(path, "cannot be opened");
    return file;
}

floor_signer *floor_signer_new(const char *certificate, const char *key) {
    floor_signer *signer = calloc(1, sizeof *signer);
    if (signer == NULL)
        floor_die("memory", "none");
    FILE *file = open_pem(key);
    signer->key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    (void)fclose(file);
    file = open_pem(certificate);
    X509 *x509 = PEM_read_X509(file, NULL, NULL, NULL);
    (void)fclose(file);
    need(signer->key != NULL && x509 != NULL, "signer");
    signer->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    signer->hashing = EVP_MD_CTX_new();
    signer->signing = EVP_PKEY_CTX_new(signer->key, NULL);
    need(EVP_PKEY_sign_init(signer->signing), "EVP_PKEY_sign_init");
    need(EVP_PKEY_CTX_set_rsa_padding(signer->signing, RSA_PKCS1_PADDING), "padding");
    need(EVP_PKEY_CTX_set_signature_md(signer->signing, signer->sha256), "digest");
    make_template(signer, x509);
    X509_free(x509);
    return signer;
}

void floor_signer_free(floor_signer *signer) {
    EVP_PKEY_CTX_free(signer->signing);
    EVP_MD_CTX_free(signer->hashing);
    EVP_MD_free(signer->sha256);
    EVP_PKEY_free(signer->key);
    OPENSSL_free(signer->der);
    free(signer);
}

void floor_hash(floor_signer *signer, const void *bytes, size_t length, uint8_t digest[32]) {
    need(EVP_DigestInit_ex2(signer->hashing, signer->sha256, NULL), "SHA-256");
    need(EVP_DigestUpdate(signer->hashing, bytes, length), "SHA-256");
    need(EVP_DigestFinal_ex(signer->hashing, digest, NULL), "SHA-256");
}

void floor_hash_file(floor_signer *signer, const char *path, uint8_t digest[32]) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        floor_die(path, "cannot be opened");
    need(EVP_DigestInit_ex2(signer->hashing, signer->sha256, NULL), "SHA-256");
    for (ssize_t count; (count = read(fd, signer->slice, sizeof signer->slice)) > 0;)
        need(EVP_DigestUpdate(signer->hashing, signer->slice, (size_t)count), "SHA-256");
    need(EVP_DigestFinal_ex(signer->hashing, digest, NULL), "SHA-256");
    (void)close(fd);
}

static void write_pem(const floor_signer *signer, char pem[FLOOR_PEM]) {
    static const char BEGIN[] = "-----BEGIN PKCS7-----\n", END[] = "-----END PKCS7-----\n";
    enum { LINE = 48 }; /* bytes: 64 characters */
    if (signer->der_length / LINE * (LINE / 3 * 4 + 1) + 128 > FLOOR_PEM)
        floor_die("PEM", "longer than its room");
    char *at = mempcpy(pem, BEGIN, strlen(BEGIN));
    for (size_t i = 0; i < signer->der_length; i += LINE) {
        size_t left = signer->der_length - i;
        at +=
            EVP_EncodeBlock((unsigned char *)at, signer->der + i, (int)(left < LINE ? left : LINE));
        *at++ = '\n';
    }
    memcpy(at, END, sizeof END);
}

void floor_sign(floor_signer *signer, const uint8_t digest[32], char pem[FLOOR_PEM]) {
    uint8_t signed_digest[32];
    uint8_t *attributes = signer->der + signer->attributes_at;
    memcpy(signer->der + signer->digest_at, digest, 32);
    attributes[0] = 0x31; /* signed as a SET OF (RFC 5652 § 5.4), sent as [0] */
    floor_hash(signer, attributes, signer->attributes_length, signed_digest);
    attributes[0] = 0xa0;
    size_t length = signer->signature_length;
    need(EVP_PKEY_sign(signer->signing, signer->der + signer->signature_at, &length, signed_digest,
                       sizeof signed_digest),
         "EVP_PKEY_sign");
    write_pem(signer, pem);
}
