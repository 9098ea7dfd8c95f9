/* The certificates and keys of a session: the one it shows to the operator, and the one it signs
 * with. */
#include "workflow/session_open.h"

#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "net/transport_multi.h"

/* Hands the program's question for a passphrase on, and keeps the answer for curl. */
typedef struct asker {
    ctes_ask_fn ask;
    void *user;
    ctes_secret answer;
} asker;

static void wipe_asker(asker *a) {
    ctes_secret_wipe(&a->answer);
}

static bool ask_passphrase(void *user, const char *what, ctes_secret *ret) {
    asker *a = user;
    if (a->ask == NULL || !a->ask(a->user, what, ret->text, sizeof ret->text))
        return false;
    ret->text[CTES_SECRET_MAX] = '\0';
    ret->length = strlen(ret->text);
    a->answer = *ret;
    return true;
}

static bool is_pkcs12(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot != NULL && (strcasecmp(dot, ".p12") == 0 || strcasecmp(dot, ".pfx") == 0);
}

/* The client certificate is judged before curl sees it: curl would only say that it is bad. */
ctes_status ctes_session_open_transport(ctes_session *session, ctes_error *err) {
    const ctes_settings *s = &session->settings;
    CTES_CLEANUP(wipe_asker) asker a = { .ask = s->ask, .user = s->ask_user };
    if (s->tls_certificate == NULL)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "tls", "certificate = ?");
    bool pkcs12 = is_pkcs12(s->tls_certificate);
    const ctes_key_source source = {
        .certificate = pkcs12 ? NULL : s->tls_certificate,
        .key = pkcs12               ? NULL
               : s->tls_key != NULL ? s->tls_key
                                    : s->tls_certificate,
        .pkcs12 = pkcs12 ? s->tls_certificate : NULL,
        .passphrase_file = s->tls_passphrase_file,
        .ask = ask_passphrase,
        .user = &a,
    };
    CTES_CLEANUP(ctes_signer_freep) ctes_signer *probe = NULL;
    CTES_TRY(ctes_signer_load(&source, ctes_now_ms(session->context), &probe, err));
    ctes_identity identity CTES_AUTO_IDENTITY = { .pem = NULL };
    if (pkcs12) /* libcurl cannot open the old ones that authorities still deliver */
        CTES_TRY(ctes_signer_export(probe, &identity, err));
    else if (s->tls_passphrase_file != NULL)
        CTES_TRY(ctes_secret_read(s->tls_passphrase_file, &a.answer, err));
    const ctes_tls tls = {
        .certificate = s->tls_certificate,
        .key = s->tls_key,
        .pem = identity.pem,
        .pem_length = identity.length,
        .passphrase = a.answer.length > 0 ? &a.answer : NULL,
        .ca = s->tls_ca,
        .pins = s->canal == CTES_CANAL_DIRECT ? s->direct.pins : NULL,
    };
    ctes_net_limits limits = CTES_NET_LIMITS_INIT;
    if (s->connect_timeout_s > 0)
        limits.connect_s = s->connect_timeout_s;
    if (s->timeout_s > 0)
        limits.total_s = s->timeout_s;
    return ctes_transport_multi_new(session->context, &tls, &limits,
                                    ctes_session_in_flight(session), &session->transport, err);
}

ctes_status ctes_session_open_signer(ctes_session *session, ctes_error *err) {
    const ctes_settings *s = &session->settings;
    CTES_CLEANUP(wipe_asker) asker a = { .ask = s->ask, .user = s->ask_user };
    const ctes_key_source source = {
        .certificate = s->sign_certificate,
        .key = s->sign_key != NULL ? s->sign_key : s->sign_certificate,
        .pkcs12 = s->sign_pkcs12,
        .passphrase_file = s->sign_passphrase_file,
        .ask = ask_passphrase,
        .user = &a,
    };
    if (source.certificate == NULL && source.pkcs12 == NULL)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "signature", "certificate = ?");
    return ctes_signer_load(&source, ctes_now_ms(session->context), &session->signer, err);
}
