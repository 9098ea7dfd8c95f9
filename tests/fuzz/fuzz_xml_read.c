/* Any bytes as a message. What can be read and written again must read and write the same. */
#include <stdlib.h>
#include <string.h>

#include "xml/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ctes_schemas *schemas; /* kept for the whole run */

static void start(void) {
    const char *source = getenv("CTES_SOURCE_DIR");
    CTES_AUTO_BUFFER ctes_buffer folder = CTES_BUFFER_INIT(4096);
    ctes_xml_init();
    if (ctes_buffer_printf(&folder, NULL, "%s/schemas", source != NULL ? source : ".") != CTES_OK ||
        ctes_schemas_load(folder.data, &schemas, NULL) != CTES_OK)
        abort();
}

static ctes_status write_again(const ctes_message *message, ctes_buffer *out) {
    if (message->kind == CTES_M_ACTE)
        return ctes_xml_write_acte(&message->acte, out, NULL);
    if (message->kind == CTES_M_ENVELOPPE_CL)
        return ctes_xml_write_enveloppe(&message->enveloppe_cl, out, NULL);
    return ctes_xml_write_retour(message, out, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    ctes_message second CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    CTES_AUTO_BUFFER ctes_buffer out = CTES_BUFFER_INIT(16u << 20);
    CTES_AUTO_BUFFER ctes_buffer again = CTES_BUFFER_INIT(16u << 20);
    char *invalid CTES_AUTO_FREE = NULL;
    size_t extent = 0;
    if (schemas == NULL)
        start();
    if (ctes_xml_read(schemas, data, size, &message, &invalid, NULL) != CTES_OK)
        return 0;
    if (ctes_xml_extent(data, size, &extent, NULL) != CTES_OK)
        abort();
    if (write_again(&message, &out) != CTES_OK)
        return 0;
    if (ctes_xml_read(schemas, out.data, out.length, &second, NULL, NULL) != CTES_OK ||
        write_again(&second, &again) != CTES_OK || out.length != again.length ||
        memcmp(out.data, again.data, out.length) != 0)
        abort();
    return 0;
}
