/* A page's content: a balanced one stays so between q and Q, and twice over. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "paper/pdf_content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *bytes = (const char *)data;
    if (!ctes_pdf_content_is_balanced(bytes, size))
        return 0;
    char *twice CTES_AUTO_FREE = malloc(2 * size + 8);
    if (twice == NULL)
        return 0;
    memcpy(twice, "q\n", 2);
    memcpy(twice + 2, bytes, size);
    memcpy(twice + 2 + size, "\nQ\n", 3);
    memcpy(twice + 5 + size, bytes, size);
    if (!ctes_pdf_content_is_balanced(twice, 2 * size + 5))
        abort();
    return 0;
}
