/* A signature from elsewhere: parsed, verified over a fixed document, brought into PEM. */
#include <stdint.h>
#include <stdlib.h>

#include "sign/sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char DOCUMENT[] = "Le conseil municipal\n";
    ctes_certificate_info info;
    ctes_error err = CTES_ERROR_INIT;
    ctes_buffer pem CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    ctes_status verified =
        ctes_signature_verify_bytes(data, size, DOCUMENT, sizeof DOCUMENT - 1, NULL, &info, &err);
    ctes_status written = ctes_signature_to_pem(data, size, &pem, &err);
    if (verified == CTES_OK && written != CTES_OK && written != CTES_E_LIMIT)
        abort(); /* what verifies can travel */
    ctes_buffer again CTES_AUTO_BUFFER = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX);
    if (written == CTES_OK && ctes_signature_to_pem(pem.data, pem.length, &again, &err) != CTES_OK)
        abort(); /* what was written can be read */
    return 0;
}
