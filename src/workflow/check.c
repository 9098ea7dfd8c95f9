/* Everything short of sending. */
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "norm/regles.h"
#include "workflow/describe.h"
#include "workflow/outcome.h"
#include "workflow/pli.h"

/* Past this many days since the decision the person is warned; nothing is refused for it. */
enum { LATE_DAYS = 15 };

ctes_status ctes_describe(ctes_session *session, ctes_acte *acte, ctes_link **ret_link,
                          ctes_outcome *outcome, ctes_error *err) {
    ctes_date today = ctes_today(session->context);
    CTES_TRY(ctes_session_link(session, acte->siren, ret_link, err));
    const ctes_arbre *arbre = NULL;
    CTES_TRY(ctes_session_arbre(session, *ret_link, &arbre, err));
    CTES_TRY(ctes_acte_check(acte, (*ret_link)->autorite, arbre, today, err));
    char *transmis CTES_AUTO_FREE = NULL;
    ctes_free_charp(&outcome->objet_changes);
    CTES_TRY(ctes_objet_transliterer(acte->objet, &transmis, &outcome->objet_changes, err));
    outcome->numero_changed = strcmp(acte->numero, acte->numero_interne) != 0;
    long age = ctes_date_days(acte->date, today);
    outcome->late_days = age > LATE_DAYS ? (unsigned)age : 0;
    return CTES_OK;
}

/* Codes that tell of this act alone; any other stops the caller's whole run. */
bool ctes_about_the_act(ctes_status status) {
    ctes_kind kind = ctes_status_kind(status);
    return kind == CTES_KIND_INPUT || kind == CTES_KIND_HOSTILE || kind == CTES_KIND_REFUSED ||
           kind == CTES_KIND_UNKNOWN || kind == CTES_KIND_LATER;
}

bool ctes_about_the_account(const ctes_session *session, ctes_status status) {
    return session->settings.autorite_count > 1 &&
           (status == CTES_E_OPERATOR_ACCESS || status == CTES_E_OPERATOR_RIGHTS);
}

static ctes_status check(ctes_session *session, ctes_acte *acte, ctes_outcome *ret,
                         ctes_error *err) {
    ctes_link *link = NULL;
    ctes_paquet paquet CTES_AUTO_PAQUET = CTES_PAQUET_INIT;
    CTES_TRY(ctes_describe(session, acte, &link, ret, err));
    CTES_TRY(ctes_paquet_look(acte, link->autorite, &paquet, err));
    CTES_TRY(ctes_paquet_write(session, acte, &paquet, err));
    ctes_pli pli CTES_AUTO_PLI = CTES_PLI_INIT;
    const ctes_paquet *const alone = &paquet;
    return ctes_pli_envelop(session, link->autorite, ctes_today(session->context), 1, &alone, 1,
                            &pli, err);
}

ctes_status ctes_check(ctes_session *session, ctes_acte *acte, ctes_outcome *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_outcome_clear(ret);
    ctes_status status = check(session, acte, ret, &why);
    if (status == CTES_OK) {
        ret->result = CTES_RESULT_CHECKED;
        return ctes_outcome_describe(ret, acte, err);
    }
    (void)ctes_fail_at(&why, status, CTES_STAGE_ACTE, acte->numero);
    CTES_TRY(ctes_outcome_describe(ret, acte, err));
    if (ctes_about_the_act(status))
        return ctes_outcome_refuse(session, ret, &why, err);
    if (err != NULL)
        *err = why;
    return status;
}
