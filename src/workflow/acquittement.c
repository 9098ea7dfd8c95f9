#include "workflow/acquittement.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "workflow/register.h"

/* S2LOW gives up on an act that the préfecture has not answered for 30 days (S2LOW sheet § 5). */
enum { CLOSING_DAYS = 30 };

static bool is_error_state(ctes_state state) {
    return state == CTES_STATE_ANOMALIE_ACTE || state == CTES_STATE_ANOMALIE_ENVELOPPE ||
           state == CTES_STATE_OPERATOR_ERROR || state == CTES_STATE_CLOSED;
}

static bool is_answered(ctes_state state) {
    return ctes_state_acknowledged(state) || state == CTES_STATE_DISCORDANT;
}

/* --- evidence: what came, byte for byte, with its hash ---------------------------------------- */

typedef struct evidence {
    const void *bytes;
    size_t length;
    char sha256[65];
    char *invalid; /* the schema's complaint */
} evidence;

static void clear_evidence(evidence *e) {
    ctes_free_charp(&e->invalid);
}

static ctes_status take_evidence(const void *bytes, size_t length, evidence *ret, ctes_error *err) {
    ctes_hash hash;
    CTES_TRY(ctes_hash_bytes(bytes, length, &hash, err));
    ret->bytes = bytes;
    ret->length = length;
    ctes_text_hex(hash.bytes, sizeof hash.bytes, ret->sha256);
    return CTES_OK;
}

static void attach(ctes_store_change *change, const char *kind, const evidence *e) {
    change->kind = kind;
    change->evidence = e->bytes;
    change->evidence_length = e->length;
    change->evidence_sha256 = e->sha256;
    change->evidence_invalid = e->invalid;
}

static ctes_status record_change(ctes_session *session, const ctes_record *record,
                                 const ctes_store_change *change, ctes_error *err) {
    return ctes_register_change(session, record->id, record->state, change, NULL, err);
}

/* --- does it answer the act we sent? ---------------------------------------------------------- */

static ctes_status sent_as(const ctes_record *record, ctes_donnees_acte *ret, ctes_error *err) {
    ret->date = record->date;
    ret->nature = (int)record->nature;
    ret->matiere = record->matiere;
    CTES_TRY(ctes_text_dup(record->numero_interne, &ret->numero_interne, err));
    for (size_t i = 0; i < record->piece_count; i++) {
        const char *nom = record->pieces[i].nom;
        if (i == 0)
            CTES_TRY(ctes_text_dup(nom, &ret->document.nom, err));
        else
            CTES_TRY(ctes_fichiers_add(&ret->annexes, nom, NULL, err));
    }
    return CTES_OK;
}

static ctes_status compare_acte(const ctes_record *record, const ctes_donnees_acte *echo,
                                ctes_error *err) {
    CTES_CLEANUP(ctes_donnees_acte_clear) ctes_donnees_acte sent = { .annexes_nombre = -1 };
    CTES_TRY(sent_as(record, &sent, err));
    return ctes_donnees_acte_compare(&sent, echo, err);
}

/* IDActe names the act too, and must name ours. */
static ctes_status compare_id(const ctes_record *record, const char *id_acte, ctes_error *err) {
    ctes_nom_parts parts;
    if (ctes_nom_id_acte_parse(id_acte, &parts, NULL) != CTES_OK ||
        strcmp(parts.siren, record->siren) != 0 ||
        strcasecmp(parts.numero_interne, record->numero_interne) != 0 || /* ours is in capitals */
        ctes_date_compare(parts.date, record->date) != 0 ||
        strcmp(parts.nature, ctes_nature_abrege(record->nature)) != 0)
        return ctes_fail(err, CTES_E_AR_DISCORDANT, record->numero, "IDActe: %s", id_acte);
    return CTES_OK;
}

static ctes_status compare_ar(const ctes_record *record, const ctes_message *ar, ctes_error *err) {
    CTES_TRY(compare_acte(record, &ar->acte, err));
    CTES_TRY(compare_id(record, ar->id_acte, err));
    if (ctes_date_compare(ar->reception, record->date) < 0) {
        char reception[11];
        ctes_date_format(ar->reception, reception);
        return ctes_fail(err, CTES_E_AR_DISCORDANT, record->numero, "DateReception: %s", reception);
    }
    return CTES_OK;
}

/* --- the acknowledgement ---------------------------------------------------------------------- */

/* Kept as it came, once; the state waits for a readable one. */
static ctes_status keep_unreadable(ctes_session *session, const ctes_record *record,
                                   const evidence *e, const ctes_error *why, ctes_error *err) {
    char reason[CTES_REASON_MAX];
    int length =
        snprintf(reason, sizeof reason, "%s %.16s", ctes_status_name(why->code), e->sha256);
    if (length > 0 && (size_t)length < sizeof reason && why->detail[0] != '\0')
        (void)snprintf(reason + length, sizeof reason - (size_t)length, ": %s", why->detail);
    if (record->reason != NULL && strcmp(record->reason, reason) == 0)
        return CTES_OK;
    ctes_store_change kept = { .to = record->state, .reason = reason };
    attach(&kept, "unreadable", e);
    return record_change(session, record, &kept, err);
}

static ctes_status apply_ar(ctes_session *session, const ctes_record *record, int native,
                            const void *bytes, size_t length, ctes_error *err) {
    CTES_CLEANUP(clear_evidence) evidence e = { .bytes = NULL };
    ctes_message ar CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    CTES_TRY(take_evidence(bytes, length, &e, err));
    ctes_error differs = CTES_ERROR_INIT;
    ctes_status status = ctes_xml_read(session->schemas, bytes, length, &ar, &e.invalid, &differs);
    if (status == CTES_OK && ar.kind != CTES_M_AR_ACTE)
        status =
            ctes_fail(&differs, CTES_E_XML_ROOT, record->numero, "%s", ctes_message_root(ar.kind));
    if (status == CTES_E_MEMORY) /* that says nothing of what came */
        return ctes_fail_memory(err);
    if (status != CTES_OK) {
        CTES_TRY(keep_unreadable(session, record, &e, &differs, err));
        if (err != NULL)
            *err = differs;
        return status;
    }
    status = compare_ar(record, &ar, &differs);
    if (status == CTES_E_AR_DISCORDANT && record->state == CTES_STATE_DISCORDANT)
        return CTES_OK; /* known */
    ctes_store_change change = {
        .to = status == CTES_E_AR_DISCORDANT  ? CTES_STATE_DISCORDANT
              : is_error_state(record->state) ? CTES_STATE_ACKNOWLEDGED_LATE
                                              : CTES_STATE_ACKNOWLEDGED,
        .reason = differs.detail,
        .native = native,
        .native_known = true,
        .id_acte = ar.id_acte,
        .reception = ar.reception,
    };
    if (status != CTES_OK && status != CTES_E_AR_DISCORDANT) {
        if (err != NULL)
            *err = differs;
        return status;
    }
    if (status == CTES_E_AR_DISCORDANT) { /* what answers another act gives this one nothing */
        change.id_acte = NULL;
        change.reception = (ctes_date){ 0 };
    }
    attach(&change, "ARActe", &e);
    return record_change(session, record, &change, err);
}

static bool holds_xml(const ctes_buffer *flow) {
    return flow->length > 0 && memchr(flow->data, '<', flow->length) != NULL;
}

/* The state says acknowledged: the AR lies in the status itself, or is fetched. */
static ctes_status take_ar(ctes_session *session, ctes_operator *op, const ctes_record *record,
                           const ctes_operator_status *status, ctes_error *err) {
    if (holds_xml(&status->flow))
        return apply_ar(session, record, status->native, status->flow.data, status->flow.length,
                        err);
    CTES_AUTO_BUFFER ctes_buffer ar = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    CTES_TRY(op->acknowledgement(op, record->transaction, &ar, err));
    return apply_ar(session, record, status->native, ar.data, ar.length, err);
}

/* --- errors ----------------------------------------------------------------------------------- */

static bool closed_unanswered(const ctes_session *session, const ctes_record *record,
                              const char *message) {
    if (strstr(message, "30 jours") != NULL)
        return true;
    int64_t span = ctes_now_ms(session->context) - record->sent_ms;
    return record->state == CTES_STATE_TRANSMITTED && message[0] == '\0' &&
           span >= (int64_t)CLOSING_DAYS * 86400 * 1000;
}

/* The XML of an anomaly, if the flow begins with one; what is glued behind it is the operator's
 * message (S2LOW sheet T9). */
static size_t xml_extent(const ctes_buffer *flow) {
    size_t extent = 0;
    if (flow->length == 0 || ctes_xml_extent(flow->data, flow->length, &extent, NULL) != CTES_OK)
        return 0;
    return extent;
}

static ctes_status error_words(const ctes_operator_status *status, size_t extent, char **ret,
                               ctes_error *err) {
    if (status->message != NULL)
        return ctes_text_dup(status->message, ret, err);
    const ctes_buffer *flow = &status->flow;
    if (flow->length == 0)
        return ctes_text_dup("", ret, err);
    CTES_TRY(ctes_text_display(flow->data + extent, flow->length - extent, ret, err));
    (void)ctes_text_trim(*ret);
    return CTES_OK;
}

static bool is_about(const ctes_message *anomalie, const ctes_record *record) {
    if (anomalie->kind == CTES_M_ANOMALIE_ENVELOPPE)
        return anomalie->enveloppe_cl.siren == NULL ||
               strcmp(anomalie->enveloppe_cl.siren, record->siren) == 0;
    return anomalie->kind == CTES_M_ANOMALIE_ACTE && anomalie->acte.numero_interne != NULL &&
           strcasecmp(anomalie->acte.numero_interne, record->numero_interne) == 0;
}

/* An anomaly that the préfecture gave for this act; `found` is false when the XML is none of ours.
 */
static ctes_status read_anomalie(ctes_session *session, const ctes_record *record,
                                 const void *bytes, size_t length, ctes_message *ret,
                                 char **invalid, bool *found, ctes_error *err) {
    *found = false;
    if (length == 0)
        return CTES_OK;
    ctes_status status = ctes_xml_read(session->schemas, bytes, length, ret, invalid, NULL);
    if (status == CTES_E_MEMORY)
        return ctes_fail_memory(err);
    *found = status == CTES_OK && is_about(ret, record);
    return CTES_OK;
}

static ctes_status apply_error(ctes_session *session, const ctes_record *record,
                               const ctes_operator_status *status, ctes_error *err) {
    if (is_answered(record->state)) { /* nothing takes an acknowledgement back by itself */
        ctes_log(session->context, CTES_LOG_WARNING, record->numero,
                 "the operator reports an error for an acknowledged act");
        return CTES_OK;
    }
    size_t extent = xml_extent(&status->flow);
    bool told = false;
    char *words CTES_AUTO_FREE = NULL;
    ctes_message anomalie CTES_AUTO_MESSAGE = CTES_MESSAGE_INIT;
    CTES_CLEANUP(clear_evidence) evidence e = { .bytes = NULL };
    CTES_TRY(error_words(status, extent, &words, err));
    CTES_TRY(take_evidence(status->flow.data != NULL ? status->flow.data : "", status->flow.length,
                           &e, err));
    ctes_store_change change = { .to = CTES_STATE_OPERATOR_ERROR,
                                 .reason = words,
                                 .native = status->native,
                                 .native_known = true };
    CTES_TRY(read_anomalie(session, record, status->flow.data, extent, &anomalie, &e.invalid, &told,
                           err));
    if (told) {
        bool acte = anomalie.kind == CTES_M_ANOMALIE_ACTE;
        change.to = acte ? CTES_STATE_ANOMALIE_ACTE : CTES_STATE_ANOMALIE_ENVELOPPE;
        change.anomalie_code = anomalie.code;
        if (ctes_date_compare(anomalie.classification_en_cours, record->classification_date) > 0)
            ctes_session_note_stale(session, record->siren);
        if (anomalie.texte != NULL && anomalie.texte[0] != '\0')
            change.reason = anomalie.texte;
    } else if (extent == 0 && closed_unanswered(session, record, words)) {
        change.to = CTES_STATE_CLOSED;
    }
    if (record->state == change.to)
        return CTES_OK;
    if (e.length > 0)
        attach(&change, extent > 0 ? ctes_message_root(anomalie.kind) : "message", &e);
    return record_change(session, record, &change, err);
}

/* --- what comes by itself --------------------------------------------------------------------- */

ctes_status ctes_acquittement_ar(ctes_session *session, const ctes_record *record,
                                 const void *bytes, size_t length, ctes_error *err) {
    if (ctes_state_acknowledged(record->state) || record->state == CTES_STATE_CANCELLED)
        return CTES_OK;
    return apply_ar(session, record, record->native, bytes, length, err);
}

typedef struct kept_call {
    int64_t acte;
    const char *sha256;
    bool found;
} kept_call;

static void see_kept(void *user, const ctes_record_evidence *kept) {
    kept_call *c = user;
    c->found = c->found || (kept->sha256 != NULL && strcmp(kept->sha256, c->sha256) == 0);
}

static ctes_status look_for_evidence(ctes_store *store, void *data, ctes_error *err) {
    kept_call *c = data;
    return ctes_ledger_evidence(store, c->acte, see_kept, c, err);
}

/* Has the act these bytes already? */
static ctes_status is_kept(ctes_session *session, const ctes_record *record, const void *bytes,
                           size_t length, bool *ret, ctes_error *err) {
    CTES_CLEANUP(clear_evidence) evidence e = { .bytes = NULL };
    CTES_TRY(take_evidence(bytes, length, &e, err));
    kept_call c = { .acte = record->id, .sha256 = e.sha256 };
    CTES_TRY(ctes_register_run(session, look_for_evidence, &c, err));
    *ret = c.found;
    return CTES_OK;
}

static bool waits_for_answer(ctes_state state) {
    return ctes_state_held(state) && !ctes_state_final(state);
}

ctes_status ctes_acquittement_anomalie(ctes_session *session, const ctes_record *record,
                                       const void *bytes, size_t length, ctes_error *err) {
    bool known = false;
    CTES_TRY(is_kept(session, record, bytes, length, &known, err));
    if (known)
        return CTES_OK;
    if (!waits_for_answer(record->state))
        return ctes_fail(err, CTES_E_ACTE_STATE, record->numero, "%s",
                         ctes_state_name(record->state));
    ctes_operator_status status CTES_AUTO_OPERATOR_STATUS = CTES_OPERATOR_STATUS_INIT;
    status.state = CTES_OP_ERROR;
    status.native = record->native;
    CTES_TRY(ctes_buffer_append(&status.flow, bytes, length, err));
    return apply_error(session, record, &status, err);
}

/* --- the whole -------------------------------------------------------------------------------- */

ctes_state ctes_acquittement_state(ctes_operator_state state) {
    switch (state) {
    case CTES_OP_POSTED:
        return CTES_STATE_DEPOSITED;
    case CTES_OP_WAITING:
        return CTES_STATE_WAITING;
    case CTES_OP_TRANSMITTED:
        return CTES_STATE_TRANSMITTED;
    case CTES_OP_PARKED:
        return CTES_STATE_PARKED;
    case CTES_OP_TO_SIGN:
        return CTES_STATE_TO_SIGN;
    case CTES_OP_CANCELLED:
        return CTES_STATE_CANCELLED;
    default:
        return CTES_STATE_NONE;
    }
}

ctes_status ctes_acquittement_apply(ctes_session *session, ctes_operator *op,
                                    const ctes_record *record, const ctes_operator_status *status,
                                    ctes_error *err) {
    if (record->state == CTES_STATE_CANCELLED) /* by its receipt, which the operator may not have */
        return CTES_OK;
    switch (status->state) {
    case CTES_OP_ACKNOWLEDGED:
    case CTES_OP_ACKNOWLEDGED_AND_MORE:
        /* a discordant one is looked at again: the préfecture may have sent the right one since */
        if (is_answered(record->state) && record->state != CTES_STATE_DISCORDANT)
            return CTES_OK;
        return take_ar(session, op, record, status, err);
    case CTES_OP_ERROR:
        return apply_error(session, record, status, err);
    default:
        break;
    }
    ctes_state to = ctes_acquittement_state(status->state);
    if (to == CTES_STATE_NONE) {
        ctes_log(session->context, CTES_LOG_WARNING, record->numero,
                 "state %d of the operator is not known to ctes", status->native);
        return CTES_OK;
    }
    if (to == record->state || (is_answered(record->state) && to != CTES_STATE_CANCELLED))
        return CTES_OK;
    CTES_CLEANUP(clear_evidence) evidence e = { .bytes = NULL };
    ctes_store_change change = {
        .to = to, .reason = "", .native = status->native, .native_known = true
    };
    if (holds_xml(&status->flow)) { /* the receipt of a cancellation */
        CTES_TRY(take_evidence(status->flow.data, status->flow.length, &e, err));
        attach(&change, ctes_state_name(to), &e);
    }
    return record_change(session, record, &change, err);
}

ctes_status ctes_acquittement_ask(ctes_session *session, ctes_operator *op,
                                  const ctes_record *record, ctes_error *err) {
    ctes_operator_status status CTES_AUTO_OPERATOR_STATUS = CTES_OPERATOR_STATUS_INIT;
    session->acte = record->id;
    ctes_status asked = op->status(op, record->transaction, &status, err);
    if (asked == CTES_OK)
        asked = ctes_acquittement_apply(session, op, record, &status, err);
    session->acte = 0;
    return asked == CTES_OK ? CTES_OK
                            : ctes_fail_at(err, asked, CTES_STAGE_ACQUITTEMENT, record->numero);
}
