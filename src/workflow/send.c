/* Sends one act: recorded, settled where a former attempt left it open, deposited, looked at. */
#include "workflow/describe.h"
#include "workflow/sending.h"

static ctes_status send_one(ctes_session *session, ctes_acte *acte, int64_t replaces,
                            ctes_outcome *ret, ctes_error *err) {
    ctes_sending sending CTES_AUTO_SENDING = CTES_SENDING_INIT;
    ctes_sending *alone = &sending;
    ctes_error own = CTES_ERROR_INIT;
    CTES_TRY(ctes_sending_begin(session, acte, ret, &sending, err));
    CTES_TRY(ctes_sending_admit(session, &alone, 1, replaces, &own, err));
    if (own.code != CTES_OK && err != NULL)
        *err = own;
    CTES_TRY(own.code);
    return ctes_sending_run(session, &sending, err);
}

ctes_status ctes_send_one(ctes_session *session, ctes_acte *acte, int64_t replaces,
                          ctes_outcome *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = send_one(session, acte, replaces, ret, &why);
    return ctes_sending_conclude(session, acte, status, &why, ret, err);
}

ctes_status ctes_send(ctes_session *session, ctes_acte *acte, ctes_outcome *ret, ctes_error *err) {
    ctes_outcome_clear(ret);
    ctes_session_be_patient(session);
    return ctes_send_one(session, acte, 0, ret, err);
}
