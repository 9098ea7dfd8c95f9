#include "sign/signer.h"

#include <openssl/err.h>

#include "base/fail.h"
#include "sign/cades.h"
#include "sign/key_file.h"

void ctes_signer_free(ctes_signer *signer) {
    if (signer == NULL)
        return;
    ctes_form_clear(&signer->form);
    X509_free(signer->certificate);
    sk_X509_pop_free(signer->chain, X509_free);
    EVP_PKEY_free(signer->key);
    if (signer->legacy != NULL)
        (void)OSSL_PROVIDER_unload(signer->legacy);
    if (signer->standard != NULL)
        (void)OSSL_PROVIDER_unload(signer->standard);
    OSSL_LIB_CTX_free(signer->library);
    free(signer);
}

void ctes_signer_info(const ctes_signer *signer, ctes_certificate_info *ret) {
    *ret = signer->info;
}

static ctes_status open_library(ctes_signer *signer, bool pkcs12, ctes_error *err) {
    signer->library = OSSL_LIB_CTX_new();
    if (signer->library == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, NULL, "");
    signer->standard = OSSL_PROVIDER_load(signer->library, "default");
    if (signer->standard == NULL)
        return ctes_openssl_fail(err, CTES_E_CRYPTO, NULL, "no default provider");
    if (pkcs12) { /* RC2 of the .p12 that certification authorities still deliver */
        signer->legacy = OSSL_PROVIDER_load(signer->library, "legacy");
        ERR_clear_error();
    }
    return CTES_OK;
}

static ctes_status read_pair(ctes_signer *signer, const ctes_key_source *source, ctes_error *err) {
    const char *key_path = source->key != NULL ? source->key : source->certificate;
    if (source->pkcs12 != NULL)
        key_path = source->pkcs12;
    if (key_path == NULL)
        return ctes_fail(err, CTES_E_KEY_UNREADABLE, NULL, "%s", "no file named");
    ctes_passphrase passphrase CTES_AUTO_PASSPHRASE = { .source = source, .what = key_path };
    if (source->pkcs12 != NULL)
        return ctes_key_read_pkcs12(signer->library, key_path, &passphrase, &signer->key,
                                    &signer->certificate, &signer->chain, err);
    if (source->certificate == NULL)
        return ctes_fail(err, CTES_E_CERT_UNREADABLE, NULL, "%s", "no file named");
    /* the certificate first: nobody is asked for a passphrase in vain */
    CTES_TRY(
        ctes_certificate_load(signer->library, source->certificate, &signer->certificate, err));
    return ctes_key_read_pem(signer->library, key_path, &passphrase, &signer->key, err);
}

ctes_status ctes_signer_load(const ctes_key_source *source, int64_t now_ms, ctes_signer **ret,
                             ctes_error *err) {
    CTES_CLEANUP(ctes_signer_freep) ctes_signer *signer = calloc(1, sizeof *signer);
    if (signer == NULL)
        return ctes_fail_memory(err);
    CTES_TRY(open_library(signer, source->pkcs12 != NULL, err));
    CTES_TRY(read_pair(signer, source, err));
    const char *path = source->pkcs12 != NULL ? source->pkcs12 : source->certificate;
    if (X509_check_private_key(signer->certificate, signer->key) != 1)
        return ctes_openssl_fail(err, CTES_E_KEY_MISMATCH, path, "key values mismatch");
    ctes_certificate_describe(signer->certificate, &signer->info);
    CTES_TRY(ctes_certificate_check_dates(&signer->info, now_ms, path, err));
    ERR_clear_error();
    ctes_form_make(signer);
    *ret = CTES_TAKE(signer);
    return CTES_OK;
}
