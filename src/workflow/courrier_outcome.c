#include "workflow/courrier_outcome.h"

#include "workflow/courrier_register.h"

void ctes_courrier_outcome_clear(ctes_courrier_outcome *outcome) {
    if (outcome == NULL)
        return;
    ctes_courrier_clear(&outcome->courrier);
    ctes_free_charp(&outcome->source);
    *outcome = (ctes_courrier_outcome)CTES_COURRIER_OUTCOME_INIT;
}

ctes_status ctes_courrier_outcome_conclude(ctes_session *session, int64_t courrier,
                                           ctes_status status, const ctes_error *why,
                                           ctes_courrier_outcome *ret, ctes_error *err) {
    if (courrier == 0) {
        if (status != CTES_OK && err != NULL)
            *err = *why;
        return status;
    }
    if (status != CTES_OK)
        ret->error = *why;
    return ctes_courrier_load(session, courrier, &ret->courrier, err);
}
