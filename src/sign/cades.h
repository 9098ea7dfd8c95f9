/* Making a signature, inside the module: by OpenSSL's CMS, or by filling in a form it made. */
#ifndef CTES_SIGN_CADES_H
#define CTES_SIGN_CADES_H

#include "sign/signer.h"

/** The signing-time attribute's value. @return CTES_OK, CTES_E_CRYPTO (past the year 9999). */
ctes_status ctes_cades_time(int64_t signing_ms, ASN1_TIME **ret, ctes_error *err) CTES_MUST_CHECK;

/** Signs the document that hashes to `document`; not checked yet.
 *  @return CTES_OK, CTES_E_CRYPTO, CTES_E_MEMORY. */
ctes_status ctes_cades_make(const ctes_signer *signer, const ctes_hash *document,
                            int64_t signing_ms, CMS_ContentInfo **ret,
                            ctes_error *err) CTES_MUST_CHECK;

/** Gives a signer that is loaded otherwise its form, if its key has one. */
void ctes_form_make(ctes_signer *signer);
void ctes_form_clear(ctes_form *form);

/** Signs by a form and checks the signature. `ret_fits` becomes false, and nothing is signed, when
 *  the time has no place in it. `ret` takes `form->length` bytes for OPENSSL_free().
 *  @return CTES_OK, CTES_E_CRYPTO, CTES_E_MEMORY. */
ctes_status ctes_form_fill(const ctes_form *form, const ctes_hash *document, int64_t signing_ms,
                           unsigned char **ret, bool *ret_fits, ctes_error *err) CTES_MUST_CHECK;

#endif
