#include "workflow/nomenclature.h"

#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/regles.h"
#include "workflow/courrier_register.h"
#include "workflow/courrier_settle.h"
#include "workflow/lettre.h"
#include "workflow/link.h"
#include "workflow/register.h"

/* --- keeping ---------------------------------------------------------------------------------- */

typedef struct keep_call {
    const char *siren;
    ctes_date date;
    const void *bytes;
    size_t length;
    const char *sha256;
    bool is_new;
} keep_call;

static bool same_bytes(const ctes_store_classification *kept, const keep_call *c) {
    return kept->bytes.length == c->length && memcmp(kept->bytes.data, c->bytes, c->length) == 0;
}

/* `ret` stays as it was, without a date, where none was received yet. */
static ctes_status read_kept(ctes_store *store, const char *siren, ctes_store_classification *ret,
                             ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_store_classification_get(store, siren, ret, &why);
    if (status == CTES_OK || status == CTES_E_NOT_FOUND)
        return CTES_OK;
    if (err != NULL)
        *err = why;
    return status;
}

static ctes_status keep(ctes_store *store, void *data, ctes_error *err) {
    keep_call *c = data;
    CTES_CLEANUP(ctes_store_classification_clear)
    ctes_store_classification kept = CTES_STORE_CLASSIFICATION_INIT;
    CTES_TRY(read_kept(store, c->siren, &kept, err));
    c->is_new = ctes_date_compare(c->date, kept.date) >= 0 && !same_bytes(&kept, c);
    return ctes_store_classification_set(store, c->siren, c->date, c->bytes, c->length, c->sha256,
                                         err);
}

static ctes_status keep_message(ctes_session *session, const char *siren,
                                const ctes_message *message, const void *bytes, size_t length,
                                bool *ret_new, ctes_error *err) {
    char sha256[65];
    ctes_hash hash;
    if (!ctes_date_given(message->classification.date))
        return ctes_fail(err, CTES_E_XML_FIELD, NULL, "DateClassification");
    CTES_TRY(ctes_hash_bytes(bytes, length, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, sha256);
    keep_call c = { siren, message->classification.date, bytes, length, sha256, false };
    CTES_TRY(ctes_register_run(session, keep, &c, err));
    *ret_new = c.is_new;
    return CTES_OK;
}

static ctes_status confirm(ctes_store *store, void *data, ctes_error *err) {
    ctes_error none = CTES_ERROR_INIT;
    ctes_status status = ctes_store_classification_checked(store, data, &none);
    if (status == CTES_OK || status == CTES_E_NOT_FOUND) /* of one that was never kept here */
        return CTES_OK;
    if (err != NULL)
        *err = none;
    return status;
}

/* --- what comes by mail ----------------------------------------------------------------------- */

/* The last request of an authority; `ret` is empty when none was made. */
static ctes_status last_request(ctes_session *session, const char *siren, ctes_courrier *ret,
                                ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_courrier_find(session, siren, "", 7, 1, (ctes_date){ 0 }, ret, &why);
    if (status == CTES_E_COURRIER_UNKNOWN)
        return CTES_OK;
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

/* Neither 7-2 nor 7-3 names the request: it answers the last one (norm sheet § 2). */
static ctes_status answer_request(ctes_delivery *delivery, const ctes_delivered *delivered,
                                  ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier request = CTES_COURRIER_INIT;
    CTES_TRY(last_request(delivery->session, delivery->link->autorite->siren, &request, err));
    if (request.state != CTES_COURRIER_SENT && !ctes_courrier_is_open_ended(request.state))
        return CTES_OK;
    const ctes_store_courrier_change done = {
        .to = CTES_COURRIER_DONE,
        .reason = "",
        .kind = ctes_message_root(delivered->message.kind),
        .evidence = delivered->bytes.data,
        .evidence_length = delivered->bytes.length,
        .evidence_sha256 = delivered->sha256,
        .evidence_invalid = delivered->invalid,
    };
    CTES_TRY(ctes_courrier_change(delivery->session, request.id, request.state, &done, NULL, err));
    return ctes_delivery_tell(delivery, request.id, false, NULL, err);
}

ctes_status ctes_nomenclature_received(ctes_delivery *delivery, const ctes_delivered *delivered,
                                       ctes_error *err) {
    const char *siren = delivery->link->autorite->siren;
    bool is_new = false;
    if (delivered->message.kind == CTES_M_RETOUR_CLASSIFICATION) {
        CTES_TRY(keep_message(delivery->session, siren, &delivered->message, delivered->bytes.data,
                              delivered->bytes.length, &is_new, err));
    } else {
        char name[10];
        (void)ctes_text_copy(name, sizeof name, siren);
        CTES_TRY(ctes_register_run(delivery->session, confirm, name, err));
    }
    return answer_request(delivery, delivered, err);
}

/* --- bringing it up to date ------------------------------------------------------------------- */

/* The operator's copy. */
static ctes_status fetch_copy(ctes_session *session, ctes_link *link, bool *ret_new,
                              ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    ctes_message message CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    size_t length = 0;
    CTES_TRY(link->operator_->classification(link->operator_, &bytes, err));
    CTES_TRY(ctes_xml_extent(bytes.data, bytes.length, &length, err)); /* a line end follows it */
    CTES_TRY(ctes_xml_read(session->schemas, bytes.data, length, &message, NULL, err));
    if (message.kind != CTES_M_RETOUR_CLASSIFICATION)
        return ctes_fail(err, CTES_E_XML_ROOT, NULL, "%s", ctes_message_root(message.kind));
    return keep_message(session, link->autorite->siren, &message, bytes.data, length, ret_new, err);
}

static ctes_status ask_operator(ctes_session *session, ctes_link *link, bool ask,
                                ctes_classification_result *ret, ctes_error *err) {
    int64_t request = 0;
    bool is_new = false;
    ctes_error why = CTES_ERROR_INIT;
    if (link->operator_->classification == NULL || link->operator_->classification_ask == NULL)
        return ctes_fail(err, CTES_E_OPERATOR_UNSUPPORTED, link->operator_->name, "classification");
    ctes_status status = fetch_copy(session, link, &is_new, &why);
    if (status != CTES_OK && !(status == CTES_E_NOT_YET && ask)) {
        if (err != NULL)
            *err = why;
        return status;
    }
    if (is_new || !ask) {
        *ret = is_new ? CTES_CLASSIFICATION_NEW : CTES_CLASSIFICATION_UNCHANGED;
        return CTES_OK;
    }
    status = link->operator_->classification_ask(link->operator_, &request, &why);
    if (status == CTES_OK || status == CTES_E_NOT_NOW) { /* asked for today, by whomever */
        *ret = CTES_CLASSIFICATION_ASKED;
        return CTES_OK;
    }
    if (err != NULL)
        *err = why;
    return status;
}

/* Once a day is what operators allow: the préfecture keeps no other pace. */
static bool asked_today(const ctes_session *session, const ctes_courrier *request) {
    return (request->state == CTES_COURRIER_SENT || request->state == CTES_COURRIER_DONE) &&
           ctes_date_compare(ctes_date_of_ms(request->at_ms), ctes_today(session->context)) == 0;
}

/* `ret`: asked, or nothing new since it answered today. */
static ctes_status ask_prefecture(ctes_session *session, ctes_link *link,
                                  ctes_classification_result *ret, ctes_error *err) {
    int64_t id = 0;
    bool known = false, changed = false;
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier last = CTES_COURRIER_INIT;
    CTES_TRY(last_request(session, link->autorite->siren, &last, err));
    *ret = CTES_CLASSIFICATION_ASKED;
    if (asked_today(session, &last)) {
        if (last.state == CTES_COURRIER_DONE)
            *ret = CTES_CLASSIFICATION_UNCHANGED;
        return CTES_OK;
    }
    if (ctes_courrier_is_open_ended(last.state))
        return ctes_courrier_follow_up(session, link, &last, &changed, err);
    const ctes_lettre lettre = { .kind = CTES_M_DEMANDE_CLASSIFICATION, .id_acte = "" };
    return ctes_lettre_send(session, link, &lettre, &id, &known, err);
}

typedef struct kept_call {
    const char *siren;
    ctes_date date;
    int64_t received_ms;
} kept_call;

static ctes_status look_at_kept(ctes_store *store, void *data, ctes_error *err) {
    kept_call *c = data;
    CTES_CLEANUP(ctes_store_classification_clear)
    ctes_store_classification kept = CTES_STORE_CLASSIFICATION_INIT;
    CTES_TRY(read_kept(store, c->siren, &kept, err));
    c->received_ms = kept.received_ms;
    c->date = kept.date;
    return CTES_OK;
}

static ctes_status by_mail(ctes_session *session, ctes_link *link, bool ask,
                           ctes_classification_result *ret, ctes_error *err) {
    kept_call before = { .siren = link->autorite->siren };
    CTES_TRY(ctes_register_run(session, look_at_kept, &before, err));
    CTES_TRY(ctes_inbox_fetch(session, link->autorite->siren, NULL, err));
    kept_call after = { .siren = link->autorite->siren };
    CTES_TRY(ctes_register_run(session, look_at_kept, &after, err));
    bool is_new =
        after.received_ms != before.received_ms || ctes_date_compare(after.date, before.date) != 0;
    ctes_classification_result result =
        is_new ? CTES_CLASSIFICATION_NEW : CTES_CLASSIFICATION_UNCHANGED;
    if (ask && !is_new)
        CTES_TRY(ask_prefecture(session, link, &result, err));
    *ret = result;
    return CTES_OK;
}

ctes_status ctes_classification_refresh(ctes_session *session, const char *siren, bool ask,
                                        ctes_classification_result *ret, ctes_error *err) {
    ctes_link *link = NULL;
    CTES_TRY(ctes_session_link(session, siren, &link, err));
    ctes_status status = ctes_session_preflight(session, link, err);
    if (status == CTES_OK)
        status = ctes_link_is_direct(link) ? by_mail(session, link, ask, ret, err)
                                           : ask_operator(session, link, ask, ret, err);
    return status == CTES_OK
               ? CTES_OK
               : ctes_fail_at(err, status, CTES_STAGE_ACQUITTEMENT, link->autorite->key);
}
