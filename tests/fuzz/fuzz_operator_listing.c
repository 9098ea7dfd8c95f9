/* The listings' JSON: any bytes are read without harm; an act found has an identifier. */
#include <stdint.h>
#include <stdlib.h>

#include "operator/s2low_listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool look(void *user, const ctes_s2low_row *row) {
    size_t *acts = user;
    if (row->id < 1 || row->numero == NULL)
        abort();
    ++*acts;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t acts = 0;
    ctes_s2low_page page;
    if (ctes_s2low_page_read((const char *)data, size, look, &acts, &page, NULL) == CTES_OK &&
        acts > page.count)
        abort();
    return 0;
}
