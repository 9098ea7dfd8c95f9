#include "workflow/courrier_settle.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "workflow/annulation.h"
#include "workflow/courrier_kind.h"
#include "workflow/courrier_register.h"
#include "workflow/depot.h"
#include "workflow/lettre.h"
#include "workflow/link.h"
#include "workflow/register.h"

static bool is_on_its_way(ctes_courrier_state state) {
    return ctes_courrier_is_open_ended(state) || state == CTES_COURRIER_SENT;
}

static ctes_store_courrier_change change_to(ctes_courrier_state to, const ctes_preuve *preuve) {
    return (ctes_store_courrier_change){
        .to = to,
        .reason = "",
        .reception = preuve->reception,
        .kind = preuve->length > 0 ? preuve->kind : NULL,
        .evidence = preuve->bytes,
        .evidence_length = preuve->length,
        .evidence_sha256 = preuve->sha256,
        .evidence_invalid = preuve->invalid,
    };
}

/* --- acknowledgements that come by themselves ------------------------------------------------- */

static ctes_preuve preuve_of(const ctes_delivered *delivered) {
    return (ctes_preuve){ .kind = ctes_message_root(delivered->message.kind),
                          .bytes = delivered->bytes.data,
                          .length = delivered->bytes.length,
                          .sha256 = delivered->sha256,
                          .invalid = delivered->invalid,
                          .reception = delivered->message.reception };
}

ctes_status ctes_courrier_acknowledged(ctes_delivery *delivery, const ctes_delivered *delivered,
                                       ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier answer = CTES_COURRIER_INIT;
    ctes_session *session = delivery->session;
    const ctes_message *ar = &delivered->message;
    if (delivery->again) /* it would settle another answer to as much */
        return CTES_OK;
    CTES_TRY(ctes_courrier_find_answer(session, delivery->link->autorite->siren, ar->id_acte,
                                       ctes_kind_transaction(ar->kind), ar->date, &answer, err));
    if (answer.state == CTES_COURRIER_DONE)
        return ctes_delivery_tell(delivery, answer.id, true, NULL, err);
    const ctes_preuve preuve = preuve_of(delivered);
    const ctes_store_courrier_change done = change_to(CTES_COURRIER_DONE, &preuve);
    CTES_TRY(ctes_courrier_change(session, answer.id, answer.state, &done, NULL, err));
    return ctes_delivery_tell(delivery, answer.id, false, NULL, err);
}

ctes_status ctes_courrier_failed(ctes_delivery *delivery, int64_t courrier,
                                 const ctes_delivered *delivered, ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier sent = CTES_COURRIER_INIT;
    CTES_TRY(ctes_courrier_load(delivery->session, courrier, &sent, err));
    if (sent.state == CTES_COURRIER_FAILED)
        return ctes_delivery_tell(delivery, courrier, true, NULL, err);
    bool ar = sent.flux == 2 && sent.state == CTES_COURRIER_DONE;
    if (!is_on_its_way(sent.state) && !ar) /* nothing takes an acknowledgement back by itself */
        return ctes_fail(err, CTES_E_ACTE_STATE, NULL, "%s", ctes_courrier_state_name(sent.state));
    const ctes_preuve preuve = preuve_of(delivered);
    ctes_store_courrier_change failed = change_to(CTES_COURRIER_FAILED, &preuve);
    const char *texte = delivered->message.texte;
    failed.reason = texte != NULL && texte[0] != '\0' ? texte : delivered->message.code;
    CTES_TRY(ctes_courrier_change(delivery->session, courrier, sent.state, &failed, NULL, err));
    return ctes_delivery_tell(delivery, courrier, false, NULL, err);
}

/* --- asking S2LOW ----------------------------------------------------------------------------- */

/* What came with a state, read if it is a message of the norm. */
typedef struct reading {
    ctes_message message;
    ctes_hash hash;
    char sha256[65];
    char *invalid;
    size_t length;
} reading;

static void clear_reading(reading *r) {
    ctes_message_clear(&r->message);
    free(r->invalid);
}

static ctes_status read_flow(ctes_session *session, const ctes_buffer *flow, reading *r,
                             ctes_preuve *ret, ctes_error *err) {
    if (flow->length == 0)
        return CTES_OK;
    r->length = flow->length;
    (void)!ctes_xml_extent(flow->data, flow->length, &r->length, NULL);
    CTES_TRY(ctes_hash_bytes(flow->data, flow->length, &r->hash, err));
    ctes_text_hex(r->hash.bytes, sizeof r->hash.bytes, r->sha256);
    ctes_status status =
        ctes_xml_read(session->schemas, flow->data, r->length, &r->message, &r->invalid, NULL);
    if (status == CTES_E_MEMORY) /* its date of reception would be lost for good */
        return ctes_fail_memory(err);
    *ret =
        (ctes_preuve){ .kind = status == CTES_OK ? ctes_message_root(r->message.kind) : "message",
                       .bytes = flow->data,
                       .length = flow->length,
                       .sha256 = r->sha256,
                       .invalid = r->invalid,
                       .reception = r->message.reception };
    return CTES_OK;
}

/* What names another act settles nothing about this one, whatever the operator makes of it. */
static ctes_status check_act(const ctes_courrier *courrier, const reading *r, ctes_error *err) {
    const char *id_acte = r->message.id_acte;
    return id_acte == NULL || strcasecmp(id_acte, courrier->id_acte) == 0
               ? CTES_OK
               : ctes_fail(err, CTES_E_AR_DISCORDANT, courrier->id_acte, "IDActe: %s", id_acte);
}

static ctes_status refused_there(ctes_session *session, const ctes_courrier *courrier,
                                 const ctes_operator_status *status, const ctes_preuve *preuve,
                                 const char *texte, ctes_error *err) {
    char *words CTES_AUTO_FREE = NULL;
    ctes_store_courrier_change failed = change_to(CTES_COURRIER_FAILED, preuve);
    if (texte != NULL && texte[0] != '\0')
        CTES_TRY(ctes_text_dup(texte, &words, err));
    else if (status->message != NULL)
        CTES_TRY(ctes_text_dup(status->message, &words, err));
    else
        CTES_TRY(ctes_text_display(status->flow.data != NULL ? status->flow.data : "",
                                   status->flow.length, &words, err));
    failed.reason = ctes_text_trim(words);
    return ctes_courrier_change(session, courrier->id, courrier->state, &failed, NULL, err);
}

static ctes_status apply_status(ctes_session *session, const ctes_courrier *courrier,
                                const ctes_record *acte, const ctes_operator_status *status,
                                bool *ret_changed, ctes_error *err) {
    ctes_message_kind kind = ctes_kind_of(courrier->transaction, courrier->flux);
    CTES_CLEANUP(clear_reading) reading r = { .message = CTES_MESSAGE_INIT };
    ctes_preuve preuve = { .kind = NULL };
    CTES_TRY(read_flow(session, &status->flow, &r, &preuve, err));
    bool there = status->state == CTES_OP_ACKNOWLEDGED ||
                 status->state == CTES_OP_ACKNOWLEDGED_AND_MORE ||
                 /* nobody acknowledges the answer to a simple letter (norm sheet § 2) */
                 (status->state == CTES_OP_TRANSMITTED && !ctes_kind_is_acknowledged(kind));
    if (there)
        CTES_TRY(check_act(courrier, &r, err));
    *ret_changed = there || status->state == CTES_OP_ERROR;
    if (there && kind == CTES_M_ANNULATION)
        return ctes_annulation_done(session, acte, courrier, &preuve, err);
    const ctes_store_courrier_change done = change_to(CTES_COURRIER_DONE, &preuve);
    if (there)
        return ctes_courrier_change(session, courrier->id, courrier->state, &done, NULL, err);
    return *ret_changed ? refused_there(session, courrier, status, &preuve, r.message.texte, err)
                        : CTES_OK;
}

/* The act itself tells that it was cancelled, when the request's own identifier is not known. */
static ctes_status ask_act(ctes_session *session, ctes_link *link, const ctes_courrier *courrier,
                           const ctes_record *acte, bool *ret_changed, ctes_error *err) {
    ctes_operator_status status CTES_AUTO_OPERATOR_STATUS = CTES_OPERATOR_STATUS_INIT;
    CTES_CLEANUP(clear_reading) reading r = { .message = CTES_MESSAGE_INIT };
    ctes_preuve preuve = { .kind = NULL };
    if (acte->transaction == 0)
        return CTES_OK;
    CTES_TRY(link->operator_->status(link->operator_, acte->transaction, &status, err));
    if (status.state != CTES_OP_CANCELLED)
        return CTES_OK;
    CTES_TRY(read_flow(session, &status.flow, &r, &preuve, err));
    CTES_TRY(check_act(courrier, &r, err));
    *ret_changed = true;
    return ctes_annulation_done(session, acte, courrier, &preuve, err);
}

static ctes_status ask(ctes_session *session, ctes_link *link, const ctes_courrier *courrier,
                       const ctes_record *acte, bool *ret_changed, ctes_error *err) {
    ctes_operator_status status CTES_AUTO_OPERATOR_STATUS = CTES_OPERATOR_STATUS_INIT;
    if (courrier->transaction_id == 0)
        return courrier->transaction == 6 ? ask_act(session, link, courrier, acte, ret_changed, err)
                                          : CTES_OK;
    CTES_TRY(link->operator_->status(link->operator_, courrier->transaction_id, &status, err));
    return apply_status(session, courrier, acte, &status, ret_changed, err);
}

/* --- a reply that was lost -------------------------------------------------------------------- */

/* What the operator lists about the act: is there an answer that no letter here accounts for? */
typedef struct search {
    ctes_session *session;
    const ctes_courrier *courrier;
    int64_t found; /* the newest */
    ctes_status status;
    ctes_error *err;
} search;

/* S2LOW's states of letters that the préfecture sent, now and formerly (S2LOW sheet § 5). */
static bool is_received(int native) {
    return native == 7 || native == 8 || native == 21 || (native >= 9 && native <= 11);
}

static void see_letter(void *user, int64_t transaction, unsigned type, int native) {
    search *s = user;
    bool known = false;
    if (s->status != CTES_OK || type != s->courrier->transaction || is_received(native) ||
        transaction <= s->found)
        return;
    s->status =
        ctes_courrier_has_transaction(s->session, s->courrier->siren, transaction, &known, s->err);
    if (s->status == CTES_OK && !known)
        s->found = transaction;
}

/* The act's identifier at the operator: an act that was not sent from here (another program's, or
 * older than this register) is found in its listings by number and date. */
static ctes_status act_at_operator(ctes_operator *op, const ctes_courrier *courrier,
                                   const ctes_record *acte, int64_t *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_operator_listing_clear) ctes_operator_listing listing = { .transaction = 0 };
    ctes_nom_parts parts;
    *ret = acte->transaction;
    if (*ret != 0)
        return CTES_OK;
    if (ctes_nom_id_acte_parse(courrier->id_acte, &parts, NULL) != CTES_OK)
        return ctes_fail(err, CTES_E_UNSETTLED, NULL, "%s", "");
    CTES_TRY(op->lookup(op, parts.numero_interne, parts.date, &listing, err));
    if (ctes_date_given(listing.date) && ctes_date_compare(listing.date, parts.date) != 0)
        return ctes_fail(err, CTES_E_UNSETTLED, NULL, "%s", "");
    *ret = listing.transaction;
    return CTES_OK;
}

static ctes_status look_for(ctes_session *session, ctes_link *link, const ctes_courrier *courrier,
                            const ctes_record *acte, int64_t *ret, ctes_error *err) {
    search s = { .session = session, .courrier = courrier, .err = err };
    ctes_operator *op = link->operator_;
    int64_t transaction = 0;
    if (op->letters == NULL)
        return ctes_fail(err, CTES_E_UNSETTLED, NULL, "%s", "");
    CTES_TRY(act_at_operator(op, courrier, acte, &transaction, err));
    CTES_TRY(op->letters(op, transaction, see_letter, &s, err));
    CTES_TRY(s.status);
    *ret = s.found;
    return CTES_OK;
}

/* Not there, and the operator has had the time to finish: it did not arrive. */
static ctes_status not_there(ctes_session *session, const ctes_courrier *courrier,
                             bool *ret_changed, ctes_error *err) {
    int64_t now_ms = ctes_now_ms(session->context);
    int64_t length = ctes_patience_ms(session);
    if (courrier->state == CTES_COURRIER_TO_SEND) /* its run may still be at it, or was killed */
        length += ctes_exchange_ms(session);
    int64_t until = courrier->state_ms + length;
    /* a clock that was set back by more than that would make it wait until that day */
    if (now_ms < until && now_ms >= courrier->state_ms - length)
        return ctes_fail(err, CTES_E_UNSETTLED, NULL, "%lld s",
                         (long long)((until - now_ms + 999) / 1000));
    const ctes_store_courrier_change refused = { .to = CTES_COURRIER_REFUSED,
                                                 .reason =
                                                     ctes_status_name(CTES_E_OPERATOR_NOT_FOUND) };
    *ret_changed = true;
    return ctes_courrier_change(session, courrier->id, courrier->state, &refused, NULL, err);
}

static ctes_status settle(ctes_session *session, ctes_link *link, const ctes_courrier *courrier,
                          const ctes_record *acte, bool *ret_changed, ctes_error *err) {
    int64_t found = 0;
    if (courrier->transaction == 6) {
        /* the operator lists no cancellations: only that the act is cancelled can be seen, and a
         * person may ask for it once more, which the operator refuses if it has the request */
        CTES_TRY(ask_act(session, link, courrier, acte, ret_changed, err));
        return *ret_changed ? CTES_OK : ctes_fail(err, CTES_E_UNSETTLED, NULL, "%s", "");
    }
    CTES_TRY(look_for(session, link, courrier, acte, &found, err));
    if (found == 0)
        return not_there(session, courrier, ret_changed, err);
    const ctes_store_courrier_change sent = { .to = CTES_COURRIER_SENT,
                                              .reason = "",
                                              .transaction_id = found };
    *ret_changed = true;
    return ctes_courrier_change(session, courrier->id, courrier->state, &sent, NULL, err);
}

/* --- all -------------------------------------------------------------------------------------- */

static ctes_status at_s2low(ctes_session *session, ctes_link *link, const ctes_courrier *courrier,
                            bool *ret_changed, ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record acte = CTES_RECORD_INIT;
    if (courrier->acte != 0) {
        CTES_TRY(ctes_register_load(session, courrier->acte, &acte, err));
        CTES_TRY(ctes_depot_same_operator(session, &acte, err));
    }
    session->acte = courrier->acte;
    ctes_status status = courrier->state == CTES_COURRIER_SENT
                             ? ask(session, link, courrier, &acte, ret_changed, err)
                             : settle(session, link, courrier, &acte, ret_changed, err);
    session->acte = 0;
    return status;
}

/* The acknowledgement of a letter; one that was begun is finished. */
static ctes_status acknowledge(ctes_session *session, ctes_link *link,
                               const ctes_courrier *courrier, bool *ret_changed, ctes_error *err) {
    char key[40];
    int64_t id = 0;
    bool known = false;
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier begun = CTES_COURRIER_INIT;
    (void)snprintf(key, sizeof key, "ar %lld", (long long)courrier->id);
    const ctes_lettre lettre = {
        .kind =
            courrier->transaction == 3 ? CTES_M_AR_DEMANDE_PIECE : CTES_M_AR_LETTRE_OBSERVATIONS,
        .acte = courrier->acte,
        .id_acte = courrier->id_acte,
        .date = courrier->date,
        .answers = courrier->id,
        .key = key,
    };
    CTES_TRY(ctes_lettre_send(session, link, &lettre, &id, &known, err));
    *ret_changed = true;
    if (!known)
        return CTES_OK;
    CTES_TRY(ctes_courrier_load(session, id, &begun, err));
    if (begun.state != CTES_COURRIER_DONE)
        return ctes_lettre_send_again(session, link, &begun, err);
    const ctes_store_courrier_change open = { .to = CTES_COURRIER_OPEN };
    return ctes_courrier_change(session, courrier->id, courrier->state, &open, NULL, err);
}

ctes_status ctes_courrier_follow_up(ctes_session *session, ctes_link *link,
                                    const ctes_courrier *courrier, bool *ret_changed,
                                    ctes_error *err) {
    bool direct = ctes_link_is_direct(link);
    ctes_status status = CTES_OK;
    *ret_changed = false;
    if (courrier->state == CTES_COURRIER_RECEIVED && direct) {
        status = acknowledge(session, link, courrier, ret_changed, err);
    } else if (is_on_its_way(courrier->state) && !direct) {
        status = at_s2low(session, link, courrier, ret_changed, err);
    } else if (is_on_its_way(courrier->state) && courrier->state != CTES_COURRIER_SENT) {
        *ret_changed = true;
        status = ctes_lettre_send_again(session, link, courrier, err);
    }
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_ACQUITTEMENT, NULL);
}
