/* Forms from anywhere: read, filled in, and filled in again, which must change nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "document/fiche.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ctes_status fill(const char *fiche, ctes_buffer *out) {
    return ctes_fiche_fill(fiche, (ctes_date){ 2022, 6, 28 }, "086-218601946-20220627-2022_0160-DE",
                           out, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ctes_acte acte CTES_CLEANUP(ctes_acte_clear) = CTES_ACTE_INIT;
    ctes_buffer once CTES_AUTO_BUFFER = CTES_BUFFER_INIT(8 * CTES_FICHE_MAX);
    ctes_buffer twice CTES_AUTO_BUFFER = CTES_BUFFER_INIT(8 * CTES_FICHE_MAX);
    if (ctes_fiche_read((const char *)data, size, &acte, NULL) != CTES_OK)
        return 0;
    if (acte.fiche == NULL)
        abort();
    if (fill(acte.fiche, &once) != CTES_OK)
        return 0;
    if (fill(once.data, &twice) != CTES_OK || strcmp(once.data, twice.data) != 0)
        abort();
    return 0;
}
