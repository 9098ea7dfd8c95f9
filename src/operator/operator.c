/* Releasing what a connector gives. */
#include "operator/operator.h"

void ctes_operator_status_clear(ctes_operator_status *status) {
    if (status == NULL)
        return;
    ctes_buffer_clear(&status->flow);
    free(status->message);
    *status = (ctes_operator_status)CTES_OPERATOR_STATUS_INIT;
}

void ctes_operator_listing_clear(ctes_operator_listing *listing) {
    if (listing == NULL)
        return;
    free(listing->objet);
    *listing = (ctes_operator_listing){ .transaction = 0 };
}
