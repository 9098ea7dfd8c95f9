/* A loaded key and its certificates as PEM. OpenSSL wipes the memory its BIO grows through. */
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/fail.h"
#include "sign/signer.h"

void ctes_identity_wipe(ctes_identity *identity) {
    if (identity == NULL)
        return;
    if (identity->pem != NULL)
        ctes_wipe(identity->pem, identity->length);
    free(identity->pem);
    *identity = (ctes_identity){ .pem = NULL };
}

/* The certificate first: it is the one a TLS library takes for ours. */
static bool write_all(const ctes_signer *signer, BIO *out) {
    if (PEM_write_bio_X509(out, signer->certificate) != 1)
        return false;
    for (int i = 0; i < sk_X509_num(signer->chain); i++)
        if (PEM_write_bio_X509(out, sk_X509_value(signer->chain, i)) != 1)
            return false;
    return PEM_write_bio_PrivateKey_ex(out, signer->key, NULL, NULL, 0, NULL, NULL, signer->library,
                                       NULL) == 1;
}

ctes_status ctes_signer_export(const ctes_signer *signer, ctes_identity *ret, ctes_error *err) {
    BIO *bio CTES_AUTO_BIO = BIO_new(BIO_s_mem());
    if (bio == NULL || !write_all(signer, bio))
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "PEM");
    ERR_clear_error();
    char *text = NULL;
    long length = BIO_get_mem_data(bio, &text);
    ctes_identity identity = { .pem = malloc((size_t)length + 1), .length = (size_t)length };
    if (identity.pem == NULL)
        return ctes_fail_memory(err);
    memcpy(identity.pem, text, identity.length);
    identity.pem[identity.length] = '\0';
    *ret = identity;
    return CTES_OK;
}
