#include "workflow/annulation.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/courrier_outcome.h"
#include "workflow/courrier_register.h"
#include "workflow/courrier_settle.h"
#include "workflow/depot.h"
#include "workflow/describe.h"
#include "workflow/lettre.h"
#include "workflow/link.h"
#include "workflow/outcome.h"
#include "workflow/register.h"

/* --- the acknowledgement ---------------------------------------------------------------------- */

ctes_status ctes_annulation_done(ctes_session *session, const ctes_record *record,
                                 const ctes_courrier *request, const ctes_preuve *preuve,
                                 ctes_error *err) {
    const char *kind = preuve->length > 0 ? preuve->kind : NULL;
    const ctes_store_change cancelled = {
        .to = CTES_STATE_CANCELLED,
        .reason = "",
        .kind = kind,
        .evidence = preuve->bytes,
        .evidence_length = preuve->length,
        .evidence_sha256 = preuve->sha256,
        .evidence_invalid = preuve->invalid,
    };
    const ctes_store_courrier_change done = {
        .to = CTES_COURRIER_DONE,
        .reason = "",
        .reception = preuve->reception,
        .kind = kind,
        .evidence = preuve->bytes,
        .evidence_length = preuve->length,
        .evidence_sha256 = preuve->sha256,
        .evidence_invalid = preuve->invalid,
    };
    bool known = record->state == CTES_STATE_CANCELLED;
    bool over = request == NULL || request->state == CTES_COURRIER_DONE;
    if (known && over)
        return CTES_OK;
    return ctes_courrier_change_acte(session, record->id, record->state, known ? NULL : &cancelled,
                                     over ? 0 : request->id,
                                     over ? CTES_COURRIER_NONE : request->state, &done, err);
}

/* The last request about an act; `ret` is empty when none was made from here. */
static ctes_status last_request(ctes_session *session, const char *siren, const char *id_acte,
                                ctes_courrier *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status =
        ctes_courrier_find(session, siren, id_acte, 6, 1, (ctes_date){ 0 }, ret, &why);
    if (status == CTES_E_COURRIER_UNKNOWN)
        return CTES_OK;
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

static ctes_status apply(ctes_delivery *delivery, const ctes_record *record,
                         const ctes_delivered *delivered, ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier request = CTES_COURRIER_INIT;
    const ctes_preuve preuve = { .kind = ctes_message_root(delivered->message.kind),
                                 .bytes = delivered->bytes.data,
                                 .length = delivered->bytes.length,
                                 .sha256 = delivered->sha256,
                                 .invalid = delivered->invalid,
                                 .reception = delivered->message.reception };
    CTES_TRY(
        last_request(delivery->session, record->siren, delivered->message.id_acte, &request, err));
    bool known = record->state == CTES_STATE_CANCELLED;
    CTES_TRY(ctes_annulation_done(delivery->session, record, request.id != 0 ? &request : NULL,
                                  &preuve, err));
    return request.id != 0 ? ctes_delivery_tell(delivery, request.id, known, NULL, err) : CTES_OK;
}

ctes_status ctes_annulation_acknowledged(ctes_delivery *delivery, const ctes_delivered *delivered,
                                         ctes_error *err) {
    int64_t acte = 0;
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    ctes_session *session = delivery->session;
    CTES_TRY(ctes_courrier_acte_of(session, delivery->link->autorite->siren,
                                   delivered->message.id_acte, &acte, err));
    CTES_TRY(ctes_register_take(session, acte, CTES_LEASE_LOOK_MS, &record, err));
    ctes_status status = apply(delivery, &record, delivered, err);
    ctes_status released = ctes_register_release(session, acte, status == CTES_OK ? err : NULL);
    if (status != CTES_OK || released != CTES_OK)
        return status != CTES_OK ? status : released;
    ctes_delivery_tell_acte(delivery, &record, acte);
    return CTES_OK;
}

/* --- the request ------------------------------------------------------------------------------ */

/* An act acknowledged before identifiers were kept has the one that the norm makes of it. */
static ctes_status identify(const ctes_link *link, const ctes_record *record, ctes_nom *ret,
                            ctes_error *err) {
    ctes_acte named = { .date = record->date, .nature = record->nature };
    if (record->id_acte[0] != '\0') {
        (void)snprintf(ret->text, sizeof ret->text, "%s", record->id_acte);
        return CTES_OK;
    }
    (void)snprintf(named.numero_interne, sizeof named.numero_interne, "%s", record->numero_interne);
    return ctes_nom_id_acte(link->autorite, &named, ret, err);
}

static ctes_status request_new(ctes_session *session, ctes_link *link, const ctes_record *record,
                               const char *id_acte, ctes_courrier_outcome *ret, ctes_error *err) {
    char key[64];
    ctes_error why = CTES_ERROR_INIT;
    int64_t id = 0;
    bool direct = ctes_link_is_direct(link);
    if (!direct && record->transaction == 0)
        return ctes_fail(err, CTES_E_OPERATOR_NOT_FOUND, record->numero, "%s", "");
    (void)snprintf(key, sizeof key, "cancel %lld %lld", (long long)record->id,
                   (long long)ctes_now_ms(session->context));
    const ctes_lettre lettre = {
        .kind = CTES_M_ANNULATION,
        .acte = record->id,
        .transaction = record->transaction,
        .id_acte = id_acte,
        .key = direct ? NULL : key,
    };
    ctes_status status = ctes_lettre_send(session, link, &lettre, &id, &ret->known, &why);
    return ctes_courrier_outcome_conclude(session, id, status, &why, ret, err);
}

/* A request whose reply was lost, asked for again by a person: the operator refuses it if it has
 * it, and that it has it is then known. */
static ctes_status request_again(ctes_session *session, ctes_link *link, const ctes_record *record,
                                 const ctes_courrier *open, ctes_courrier_outcome *ret,
                                 ctes_error *err) {
    bool changed = false;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_courrier_follow_up(session, link, open, &changed, &why);
    bool unclear = status == CTES_E_UNSETTLED && !ctes_link_is_direct(link);
    if (!unclear)
        return ctes_courrier_outcome_conclude(session, open->id, status, &why, ret, err);
    int64_t waited = ctes_now_ms(session->context) - open->state_ms;
    int64_t patience = ctes_patience_ms(session) +
                       (open->state == CTES_COURRIER_TO_SEND ? ctes_exchange_ms(session) : 0);
    if (waited >= 0 && waited < patience) {
        status = ctes_fail(&why, CTES_E_UNSETTLED, record->numero, "%lld s",
                           (long long)((patience - waited + 999) / 1000));
        return ctes_courrier_outcome_conclude(session, open->id, status, &why, ret, err);
    }
    status = ctes_lettre_ask_again(session, link, record, open, &why);
    return ctes_courrier_outcome_conclude(session, open->id, status, &why, ret, err);
}

static ctes_status request(ctes_session *session, ctes_link *link, const ctes_record *record,
                           ctes_courrier_outcome *ret, ctes_error *err) {
    ctes_nom id_acte;
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier last = CTES_COURRIER_INIT;
    if (!ctes_state_acknowledged(record->state))
        return ctes_fail(err, CTES_E_ACTE_STATE, record->numero, "%s",
                         ctes_state_name(record->state));
    CTES_TRY(ctes_depot_same_operator(session, record, err));
    CTES_TRY(identify(link, record, &id_acte, err));
    CTES_TRY(last_request(session, record->siren, id_acte.text, &last, err));
    if (ctes_courrier_is_open_ended(last.state))
        return request_again(session, link, record, &last, ret, err);
    if (last.state == CTES_COURRIER_SENT) {
        ret->known = true;
        return ctes_courrier_load(session, last.id, &ret->courrier, err);
    }
    return request_new(session, link, record, id_acte.text, ret, err);
}

ctes_status ctes_cancel(ctes_session *session, const char *siren, const char *numero,
                        ctes_courrier_outcome *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record found = CTES_RECORD_INIT;
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    ctes_link *link = NULL;
    ctes_courrier_outcome_clear(ret);
    ctes_session_be_patient(session);
    CTES_TRY(ctes_register_get(session, siren, numero, &found, err));
    CTES_TRY(ctes_session_link(session, found.siren, &link, err));
    CTES_TRY(ctes_register_take(session, found.id, CTES_LEASE_LOOK_MS, &record, err));
    ctes_status status = request(session, link, &record, ret, err);
    ctes_status released =
        ctes_register_release(session, record.id, status == CTES_OK ? err : NULL);
    return status != CTES_OK ? status : released;
}
