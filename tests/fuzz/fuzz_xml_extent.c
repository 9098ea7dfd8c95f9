/* Any bytes: a document that is found ends where it says, and nowhere before. */
#include <stdlib.h>

#include "xml/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t extent = 0, same = 0;
    if (ctes_xml_extent(data, size, &extent, NULL) != CTES_OK)
        return 0;
    if (extent == 0 || extent > size || data[extent - 1] != '>' ||
        ctes_xml_extent(data, extent, &same, NULL) != CTES_OK || same != extent ||
        ctes_xml_extent(data, extent - 1, &same, NULL) == CTES_OK)
        abort();
    return 0;
}
