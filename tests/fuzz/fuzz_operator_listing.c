/* The listings' JSON: any bytes are read without harm; an act found has an identifier. */
#include <stdint.h>
#include <stdlib.h>

#include "operator/s2low_listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CTES_AUTO_S2LOW_PAGE ctes_s2low_page page = CTES_S2LOW_PAGE_INIT;
    if (ctes_s2low_page_read((const char *)data, size, "D2024_01", &page, NULL) == CTES_OK &&
        page.found && page.match.transaction < 1)
        abort();
    return 0;
}
