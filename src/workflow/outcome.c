#include "workflow/outcome.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "workflow/register.h"

void ctes_outcome_clear(ctes_outcome *outcome) {
    if (outcome == NULL)
        return;
    ctes_record_clear(&outcome->record);
    ctes_free_charp(&outcome->objet_changes);
    ctes_free_charp(&outcome->proposed);
    *outcome = (ctes_outcome)CTES_OUTCOME_INIT;
}

ctes_status ctes_outcome_load(ctes_session *session, int64_t acte, ctes_outcome *ret,
                              ctes_error *err) {
    return ctes_register_load(session, acte, &ret->record, err);
}

ctes_status ctes_outcome_describe(ctes_outcome *ret, const ctes_acte *acte, ctes_error *err) {
    ctes_record *record = &ret->record;
    if (record->id != 0)
        return CTES_OK;
    ctes_record_clear(record);
    (void)ctes_text_copy(record->siren, sizeof record->siren, acte->siren);
    (void)ctes_text_copy(record->numero_interne, sizeof record->numero_interne,
                         acte->numero_interne);
    record->date = acte->date;
    record->nature = acte->nature;
    record->matiere = acte->matiere;
    CTES_TRY(ctes_text_dup(acte->numero, &record->numero, err));
    return ctes_text_dup(acte->objet, &record->objet, err);
}

/* The number the chain of replacements began with. */
static ctes_status chain_root(ctes_session *session, const ctes_record *record,
                              char root[static CTES_NUMERO_MAX + 1], ctes_error *err) {
    (void)ctes_text_copy(root, CTES_NUMERO_MAX + 1, record->numero_interne);
    char *before CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_dup(record->replaces, &before, err));
    while (before != NULL) {
        CTES_CLEANUP(ctes_record_clear) ctes_record earlier = CTES_RECORD_INIT;
        CTES_TRY(ctes_register_get(session, record->siren, before, &earlier, err));
        (void)ctes_text_copy(root, CTES_NUMERO_MAX + 1, earlier.numero_interne);
        free(before);
        before = CTES_TAKE(earlier.replaces);
    }
    return CTES_OK;
}

ctes_status ctes_outcome_propose(ctes_session *session, const ctes_record *record, char **ret,
                                 ctes_error *err) {
    char root[CTES_NUMERO_MAX + 1], proposed[CTES_NUMERO_MAX + 1];
    unsigned used = 0;
    CTES_TRY(chain_root(session, record, root, err));
    CTES_TRY(ctes_register_used(session, record->id, &used, err));
    for (unsigned rank = used + 1;; rank++) { /* past numbers that other acts happen to have */
        CTES_TRY(ctes_numero_suffix(root, rank, proposed, err));
        CTES_CLEANUP(ctes_record_clear) ctes_record other = CTES_RECORD_INIT;
        ctes_status status = ctes_register_get(session, record->siren, proposed, &other, err);
        if (status == CTES_E_ACTE_UNKNOWN)
            return ctes_text_dup(proposed, ret, err);
        CTES_TRY(status);
    }
}

ctes_status ctes_outcome_refuse(ctes_session *session, ctes_outcome *ret, const ctes_error *why,
                                ctes_error *err) {
    bool open = ctes_status_maybe_received(why->code) || ret->record.state == CTES_STATE_TO_SEND ||
                ret->record.state == CTES_STATE_UNSETTLED;
    ret->result = open ? CTES_RESULT_UNSETTLED : CTES_RESULT_REFUSED;
    ret->error = *why;
    bool keeps = why->code == CTES_E_OPERATOR_HOLDS ||
                 (ret->record.id != 0 && ctes_state_resend(ret->record.state) == 'x');
    if (!keeps || ret->record.id == 0 || ret->record.replaced_by != NULL)
        return CTES_OK;
    ctes_free_charp(&ret->proposed);
    return ctes_outcome_propose(session, &ret->record, &ret->proposed, err);
}
