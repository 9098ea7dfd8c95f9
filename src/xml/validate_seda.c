/* Our own manifest, checked before it leaves. */
#include <libxml/parser.h>

#include "base/fail.h"
#include "xml/parse.h"
#include "xml/seda.h"

ctes_status ctes_seda_validate(const char *folder, const void *bytes, size_t length,
                               ctes_error *err) {
    CTES_CLEANUP(ctes_schemas_freep) ctes_schemas *schemas = NULL;
    CTES_TRY(ctes_schemas_load_alone(folder, "seda.xsd", &schemas, err));
    /* ours, and longer than any message of the norm: the bounds of foreign bytes do not hold */
    xmlDoc *doc CTES_AUTO_DOC = xmlReadMemory(bytes, (int)length, NULL, NULL, XML_PARSE_NONET);
    if (doc == NULL)
        return ctes_fail(err, CTES_E_XML_MALFORMED, NULL, "%s", "SEDA");
    ctes_complaint complaint = { .memory = false };
    CTES_TRY(ctes_schemas_judge(schemas, doc, &complaint, err));
    return complaint.text[0] == '\0'
               ? CTES_OK
               : ctes_fail(err, CTES_E_XML_INVALID, NULL, "%s", complaint.text);
}
