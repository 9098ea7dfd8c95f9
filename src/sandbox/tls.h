/* TLS with a mandatory client certificate: without one that the CA signed, no HTTP is spoken. */
#ifndef CTES_SANDBOX_TLS_H
#define CTES_SANDBOX_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/cleanup.h"
#include "sandbox/account.h"
#include "sandbox/options.h"

struct MHD_Connection;
typedef struct sb_tls sb_tls;

/** Loads certificates, key, CA and revocation list. */
ctes_status tls_new(const sb_options *options, sb_tls **ret, ctes_error *err) CTES_MUST_CHECK;
void tls_free(sb_tls *tls);

/** PEM of the server's certificate and key, as the HTTP server wants them to start. */
const char *tls_certificate_pem(const sb_tls *tls);
const char *tls_key_pem(const sb_tls *tls);
const char *tls_priorities(const sb_options *options);

/** Prepares a new connection: which certificate it shows (`wrong`: the other one), and that it
 *  demands and verifies the client's. */
void tls_prepare(sb_tls *tls, struct MHD_Connection *connection, bool wrong);

/** SHA-1 of the client's certificate. False if there is none. */
bool tls_fingerprint(struct MHD_Connection *connection, uint8_t ret[FINGERPRINT_SIZE]);

#endif
