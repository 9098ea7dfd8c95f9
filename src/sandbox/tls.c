#include "sandbox/tls.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/secret.h"

#define PEM_MAX (1u << 20)

struct sb_tls {
    gnutls_certificate_credentials_t right, wrong; /* `wrong` NULL unless given */
    ctes_buffer certificate, key;
};

static ctes_status add_trust(gnutls_certificate_credentials_t credentials,
                             const sb_options *options, ctes_error *err) {
    int count =
        gnutls_certificate_set_x509_trust_file(credentials, options->ca, GNUTLS_X509_FMT_PEM);
    if (count < 1)
        return ctes_fail(err, CTES_E_CERT_UNREADABLE, options->ca, "%s",
                         count < 0 ? gnutls_strerror(count) : "no certificate");
    if (options->crl != NULL) {
        count =
            gnutls_certificate_set_x509_crl_file(credentials, options->crl, GNUTLS_X509_FMT_PEM);
        if (count < 1)
            return ctes_fail(err, CTES_E_CERT_UNREADABLE, options->crl, "%s",
                             count < 0 ? gnutls_strerror(count) : "no list");
    }
    /* depth 5: sheet § 1.1 */
    gnutls_certificate_set_verify_limits(credentials, 8200, 5);
    return CTES_OK;
}

static ctes_status load_credentials(const sb_options *options, const char *certificate,
                                    const char *key, gnutls_certificate_credentials_t *ret,
                                    ctes_error *err) {
    gnutls_certificate_credentials_t made;
    if (gnutls_certificate_allocate_credentials(&made) < 0)
        return ctes_fail_memory(err);
    *ret = made; /* released by tls_free, also when what follows fails */
    int done = gnutls_certificate_set_x509_key_file(made, certificate, key, GNUTLS_X509_FMT_PEM);
    if (done < 0)
        return ctes_fail(err, CTES_E_CERT_UNREADABLE, certificate, "%s", gnutls_strerror(done));
    return add_trust(made, options, err);
}

ctes_status tls_new(const sb_options *options, sb_tls **ret, ctes_error *err) {
    sb_tls *made = calloc(1, sizeof *made);
    if (made == NULL)
        return ctes_fail_memory(err);
    made->certificate.max = made->key.max = PEM_MAX;
    ctes_status status = ctes_file_read(options->certificate, &made->certificate, err);
    if (status == CTES_OK)
        status = ctes_file_read(options->key, &made->key, err);
    if (status == CTES_OK)
        status = load_credentials(options, options->certificate, options->key, &made->right, err);
    if (status == CTES_OK && options->wrong_certificate != NULL)
        status = load_credentials(options, options->wrong_certificate, options->wrong_key,
                                  &made->wrong, err);
    if (status != CTES_OK) {
        tls_free(made);
        return status;
    }
    *ret = made;
    return CTES_OK;
}

void tls_free(sb_tls *tls) {
    if (tls == NULL)
        return;
    if (tls->right != NULL)
        gnutls_certificate_free_credentials(tls->right);
    if (tls->wrong != NULL)
        gnutls_certificate_free_credentials(tls->wrong);
    ctes_buffer_clear(&tls->certificate);
    if (tls->key.data != NULL)
        ctes_wipe(tls->key.data, tls->key.length);
    ctes_buffer_clear(&tls->key);
    free(tls);
}

const char *tls_certificate_pem(const sb_tls *tls) {
    return tls->certificate.data;
}

const char *tls_key_pem(const sb_tls *tls) {
    return tls->key.data;
}

const char *tls_priorities(const sb_options *options) {
    /* TLS 1.3 is switched off by default on the real server (sheet § 1.1) */
    return options->tls13 ? "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"
                          : "NORMAL:-VERS-ALL:+VERS-TLS1.2";
}

static gnutls_alert_description_t alert_for(unsigned status) {
    if ((status & GNUTLS_CERT_REVOKED) != 0)
        return GNUTLS_A_CERTIFICATE_REVOKED;
    if ((status & GNUTLS_CERT_EXPIRED) != 0)
        return GNUTLS_A_CERTIFICATE_EXPIRED;
    if ((status & (GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNER_NOT_CA)) != 0)
        return GNUTLS_A_UNKNOWN_CA;
    return GNUTLS_A_BAD_CERTIFICATE;
}

/* Runs within the handshake. The alert is sent from here: the HTTP server just closes. */
static int verify_client(gnutls_session_t session) {
    unsigned status = 0, count = 0;
    unsigned char client[] = GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st purpose = { .type = GNUTLS_DT_KEY_PURPOSE_OID, .data = client };
    gnutls_alert_description_t alert = GNUTLS_A_HANDSHAKE_FAILURE;
    if (gnutls_certificate_get_peers(session, &count) != NULL && count > 0) {
        if (gnutls_certificate_verify_peers(session, &purpose, 1, &status) < 0)
            alert = GNUTLS_A_BAD_CERTIFICATE;
        else if (status == 0)
            return 0;
        else
            alert = alert_for(status);
    }
    (void)gnutls_alert_send(session, GNUTLS_AL_FATAL, alert);
    return GNUTLS_E_CERTIFICATE_ERROR;
}

/* An empty list of certificates is refused by the library itself, but without a word. */
static int on_certificate(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                          const gnutls_datum_t *message) {
    (void)type, (void)when;
    bool tls13 = gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3;
    if (incoming != 0 && message != NULL && message->size <= (tls13 ? 4u : 3u))
        (void)gnutls_alert_send(session, GNUTLS_AL_FATAL,
                                tls13 ? GNUTLS_A_CERTIFICATE_REQUIRED : GNUTLS_A_HANDSHAKE_FAILURE);
    return 0;
}

static gnutls_session_t session_of(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    return info != NULL ? info->tls_session : NULL;
}

void tls_prepare(sb_tls *tls, struct MHD_Connection *connection, bool wrong) {
    gnutls_session_t session = session_of(connection);
    if (session == NULL)
        return;
    (void)gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                                 wrong && tls->wrong != NULL ? tls->wrong : tls->right);
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_function(session, verify_client);
    gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_CERTIFICATE_PKT, GNUTLS_HOOK_PRE,
                                       on_certificate);
}

bool tls_fingerprint(struct MHD_Connection *connection, uint8_t ret[FINGERPRINT_SIZE]) {
    gnutls_session_t session = session_of(connection);
    unsigned count = 0;
    const gnutls_datum_t *peers =
        session != NULL ? gnutls_certificate_get_peers(session, &count) : NULL;
    size_t size = FINGERPRINT_SIZE;
    return peers != NULL && count > 0 &&
           gnutls_fingerprint(GNUTLS_DIG_SHA1, &peers[0], ret, &size) >= 0;
}
