/* The classification of an authority, from the register; the national one before there is any. */
#include <ctes/exchange.h>

#include "base/fail.h"
#include "ledger/courrier.h"
#include "norm/arbre.h"
#include "xml/xml.h"

static ctes_status read_kept(const ctes_store_classification *kept, ctes_arbre **ret,
                             ctes_error *err) {
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    CTES_TRY(ctes_xml_read(NULL, kept->bytes.data, kept->bytes.length, &message, NULL, err));
    if (message.kind != CTES_M_RETOUR_CLASSIFICATION)
        return ctes_fail(err, CTES_E_XML_ROOT, NULL, "%s", ctes_message_root(message.kind));
    return ctes_arbre_new(&message.classification, kept->checked_ms, ret, err);
}

ctes_status ctes_arbre_load(ctes_ledger *ledger, const char *siren, ctes_arbre **ret,
                            ctes_error *err) {
    CTES_CLEANUP(ctes_store_classification_clear)
    ctes_store_classification kept = CTES_STORE_CLASSIFICATION_INIT;
    ctes_error why = CTES_ERROR_INIT;
    if (ledger == NULL)
        return ctes_arbre_national(ret, err);
    ctes_status status = ctes_store_classification_get(ledger, siren, &kept, &why);
    if (status == CTES_E_NOT_FOUND)
        return ctes_arbre_national(ret, err);
    if (status == CTES_OK)
        return read_kept(&kept, ret, err);
    if (err != NULL)
        *err = why;
    return status;
}
