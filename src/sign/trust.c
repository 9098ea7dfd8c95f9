#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "base/fail.h"
#include "sign/openssl.h"

/* RGS asks 112 bits of everyone: RSA of 2048, SHA-224 and better. */
enum { STRENGTH_LEVEL = 2, CHAIN_MAX = 8 };

struct ctes_trust {
    X509_STORE *store; /**< looked into under its own lock: threads may share a ctes_trust */
};

CTES_OPENSSL_FREEP(store_context_freep, X509_STORE_CTX, X509_STORE_CTX_free)

void ctes_trust_free(ctes_trust *trust) {
    if (trust == NULL)
        return;
    X509_STORE_free(trust->store);
    free(trust);
}

static void trust_freep(ctes_trust **p) {
    ctes_trust_free(*p);
    *p = NULL;
}

ctes_status ctes_trust_load(const char *path, ctes_trust **ret, ctes_error *err) {
    CTES_CLEANUP(trust_freep) ctes_trust *trust = calloc(1, sizeof *trust);
    if (trust == NULL)
        return ctes_fail_memory(err);
    trust->store = X509_STORE_new();
    if (trust->store == NULL)
        return ctes_openssl_fail(err, CTES_E_MEMORY, path, "");
    struct stat info;
    bool folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    int loaded = folder ? X509_STORE_load_path(trust->store, path)
                        : X509_STORE_load_file(trust->store, path);
    if (loaded != 1)
        return ctes_openssl_fail(err, CTES_E_CERT_UNREADABLE, path, "no certificate");
    ERR_clear_error();
    *ret = CTES_TAKE(trust);
    return CTES_OK;
}

ctes_status ctes_trust_check(const ctes_trust *trust, X509 *certificate, STACK_OF(X509) * untrusted,
                             const ASN1_TIME *at, ctes_error *err) {
    CTES_CLEANUP(store_context_freep) X509_STORE_CTX *context = X509_STORE_CTX_new();
    if (context == NULL || X509_STORE_CTX_init(context, trust->store, certificate, untrusted) != 1)
        return ctes_openssl_fail(err, CTES_E_MEMORY, NULL, "");
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_depth(rules, CHAIN_MAX);
    X509_VERIFY_PARAM_set_auth_level(rules, STRENGTH_LEVEL);
    struct tm civil;
    if (at != NULL && ASN1_TIME_to_tm(at, &civil) == 1)
        X509_VERIFY_PARAM_set_time(rules, timegm(&civil));
    else
        (void)X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
    int verified = X509_verify_cert(context);
    int reason = X509_STORE_CTX_get_error(context);
    ERR_clear_error();
    if (verified == 1)
        return CTES_OK;
    if (reason == X509_V_ERR_OUT_OF_MEM)
        return ctes_fail_memory(err);
    return ctes_fail(err, CTES_E_SIGNATURE_INVALID, NULL, "%s",
                     X509_verify_cert_error_string(reason));
}
