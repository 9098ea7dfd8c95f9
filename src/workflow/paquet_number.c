/* The serial of an archive. */
#include <unistd.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/paquet.h"
#include "workflow/register.h"

enum { SERIALS_TRIED = 500 };

/* The operator's own counter where archives go to it, since a name that another client of the
 * authority takes too would destroy the archive that came first (S2LOW sheet § 6). What it gives is
 * nobody else's, and is used as it comes. */
static ctes_status take_serial(ctes_session *session, const ctes_link *link, bool theirs,
                               ctes_date day, unsigned *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = CTES_E_OPERATOR_UNSUPPORTED;
    if (theirs)
        status = link->operator_->serial(link->operator_, ret, &why);
    if (status == CTES_E_OPERATOR_UNSUPPORTED)
        return ctes_register_serial(session, link->autorite->siren, day, 1, ret, err);
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

/* Names made without the operator's counter, or forgotten by a register restored from an older
 * copy, are met once only. */
ctes_status ctes_paquet_number(ctes_session *session, const ctes_link *link, bool theirs,
                               ctes_paquet *paquet, ctes_error *err) {
    ctes_date day = ctes_today(session->context);
    unsigned numero = 0;
    for (int i = 0; i < SERIALS_TRIED; i++) {
        CTES_TRY(take_serial(session, link, theirs, day, &numero, err));
        CTES_TRY(ctes_paquet_envelop(session, link->autorite, day, numero, paquet, err));
        CTES_TRY(ctes_paquet_place(session, link->autorite, day, paquet, err));
        if (access(paquet->archive_path, F_OK) != 0)
            return ctes_paquet_close(day, paquet, err);
    }
    return ctes_fail(err, CTES_E_LIMIT, paquet->archive_nom.text, "%d", SERIALS_TRIED);
}
