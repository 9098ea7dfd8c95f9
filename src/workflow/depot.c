#include "workflow/depot.h"

#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "workflow/acquittement.h"

static const char ARCHIVE_MODE[] = "archive-mode";
static const char REMOVED[] = "removed";

/* Which way to deposit: as configured, or as this operator was found to take. */
static ctes_status choose_mode(ctes_session *session, ctes_depot_mode *ret, ctes_error *err) {
    if (session->settings.mode != CTES_MODE_AUTO) {
        *ret = session->settings.mode == CTES_MODE_ARCHIVE ? CTES_DEPOT_ARCHIVE : CTES_DEPOT_CHAMPS;
        return CTES_OK;
    }
    char *known CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_store_noted(session->store, session->settings.operator_url, ARCHIVE_MODE, &known,
                              err));
    *ret = known != NULL && strcmp(known, REMOVED) == 0 ? CTES_DEPOT_CHAMPS : CTES_DEPOT_ARCHIVE;
    return CTES_OK;
}

static const char *mode_name(ctes_depot_mode mode) {
    return mode == CTES_DEPOT_ARCHIVE ? "archive" : "champs";
}

/* The archive's serial: the operator's own counter where archives go to it, since a name that
 * another client of the authority took would destroy that client's archive (S2LOW sheet § 6). */
static ctes_status take_serial(ctes_session *session, ctes_link *link, ctes_depot_mode mode,
                               ctes_date day, unsigned *ret, ctes_error *err) {
    unsigned floor = 1;
    if (mode == CTES_DEPOT_ARCHIVE) {
        ctes_operator *op = link->operator_;
        ctes_status status = op->serial(op, &floor, err);
        if (status == CTES_E_OPERATOR_UNSUPPORTED)
            floor = 1;
        else if (status != CTES_OK)
            return status;
    }
    return ctes_store_serial(session->store, link->autorite->siren, day, floor, ret, err);
}

/* Takes serials until the archive's name is free among the evidence too: a register restored from
 * an older copy has forgotten names that its folder still holds. */
static ctes_status make_package(ctes_session *session, ctes_link *link, const ctes_acte *acte,
                                ctes_depot_mode mode, ctes_paquet *paquet, ctes_error *err) {
    ctes_date day = ctes_today(session->context);
    CTES_TRY(ctes_paquet_write(session, acte, paquet, err));
    for (;;) {
        unsigned numero = 0;
        CTES_TRY(take_serial(session, link, mode, day, &numero, err));
        CTES_TRY(ctes_paquet_envelop(session, link->autorite, day, numero, paquet, err));
        CTES_TRY(ctes_paquet_place(session, link->autorite, day, paquet, err));
        if (access(paquet->archive_path, F_OK) != 0)
            return ctes_paquet_close(day, paquet, err);
    }
}

static ctes_status intend(ctes_session *session, ctes_link *link, int64_t acte,
                          const ctes_paquet *paquet, ctes_depot_mode mode, int64_t *ret_envoi,
                          ctes_error *err) {
    const ctes_store_envoi envoi = {
        .archive = paquet->archive_nom.text,
        .archive_path = paquet->archive_relative,
        .archive_sha256 = paquet->archive_sha256,
        .archive_size = paquet->archive_size,
        .message_nom = paquet->message_nom.text,
        .message_sha256 = paquet->message_sha256,
        .enveloppe_nom = paquet->enveloppe_nom.text,
        .enveloppe_sha256 = paquet->enveloppe_sha256,
        .unique_id = paquet->unique_id.text,
        .operator_name = link->operator_->name,
        .operator_url = session->settings.operator_url,
        .mode = mode_name(mode),
    };
    return ctes_store_intend(session->store, acte, &envoi, ret_envoi, err);
}

static ctes_depot_piece depot_piece(const ctes_look *look) {
    return (ctes_depot_piece){
        .path = look->piece->path,
        .nom = look->nom.text,
        .type_pj = look->piece->type_pj,
        .mime = ctes_format_mime(look->format),
        .signature = look->signature.length > 0 ? look->signature.data : NULL,
        .signature_length = look->signature.length,
    };
}

static ctes_status hand_over(ctes_link *link, const ctes_acte *acte, const ctes_paquet *paquet,
                             ctes_depot_mode mode, int64_t *ret_transaction, ctes_error *err) {
    /* S2LOW's form has no field for it: what the message says must not be lost on the way */
    if (mode == CTES_DEPOT_CHAMPS && acte->precedent[0] != '\0')
        return ctes_fail(err, CTES_E_OPERATOR_UNSUPPORTED, acte->numero,
                         "PrecedentIdentifiantActe");
    size_t count = paquet->look_count - 1;
    ctes_depot_piece *annexes = calloc(count > 0 ? count : 1, sizeof *annexes);
    if (annexes == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        annexes[i] = depot_piece(&paquet->looks[i + 1]);
    const ctes_depot depot = {
        .mode = mode,
        .acte = acte,
        .archive_path = paquet->archive_path,
        .archive_nom = paquet->archive_nom.text,
        .document = depot_piece(&paquet->looks[0]),
        .annexes = annexes,
        .annexe_count = count,
    };
    ctes_status status = link->operator_->deposit(link->operator_, &depot, ret_transaction, err);
    free(annexes);
    return status;
}

/* Deposits in the chosen mode, and in the other when the operator has removed the first: a clear
 * refusal, after which the same package serves as evidence of what was meant. */
static ctes_status deposit(ctes_session *session, ctes_link *link, const ctes_acte *acte,
                           const ctes_paquet *paquet, ctes_depot_mode mode, int64_t envoi,
                           int64_t *ret_transaction, ctes_error *err) {
    ctes_status status = hand_over(link, acte, paquet, mode, ret_transaction, err);
    if (status != CTES_E_OPERATOR_UNSUPPORTED || mode != CTES_DEPOT_ARCHIVE ||
        session->settings.mode != CTES_MODE_AUTO)
        return status;
    CTES_TRY(ctes_store_note(session->store, session->settings.operator_url, ARCHIVE_MODE, REMOVED,
                             err));
    CTES_TRY(ctes_store_envoi_mode(session->store, envoi, mode_name(CTES_DEPOT_CHAMPS), err));
    return hand_over(link, acte, paquet, CTES_DEPOT_CHAMPS, ret_transaction, err);
}

/* What a failed deposit makes of the act. */
static ctes_state state_after(ctes_status status) {
    if (ctes_status_maybe_received(status))
        return CTES_STATE_UNSETTLED;
    return ctes_status_kind(status) == CTES_KIND_REFUSED ? CTES_STATE_REFUSED : CTES_STATE_PREPARED;
}

static ctes_status record_result(ctes_session *session, int64_t acte, ctes_status status,
                                 int64_t transaction, const ctes_error *why, ctes_error *err) {
    const ctes_store_change change = {
        .to = status == CTES_OK ? CTES_STATE_DEPOSITED : state_after(status),
        .reason = status == CTES_OK        ? ""
                  : why->detail[0] != '\0' ? why->detail
                                           : ctes_status_name(status),
        .transaction = transaction,
    };
    return ctes_store_change_state(session->store, acte, CTES_STATE_TO_SEND, &change, err);
}

ctes_status ctes_depot_send(ctes_session *session, ctes_link *link, const ctes_acte *acte,
                            const ctes_record *record, ctes_paquet *paquet, ctes_error *err) {
    ctes_depot_mode mode = CTES_DEPOT_CHAMPS;
    int64_t envoi = 0, transaction = 0;
    session->acte = record->id;
    ctes_status status = choose_mode(session, &mode, err);
    if (status == CTES_OK)
        status = make_package(session, link, acte, mode, paquet, err);
    if (status == CTES_OK)
        status = intend(session, link, record->id, paquet, mode, &envoi, err);
    if (status != CTES_OK) {
        session->acte = 0;
        return ctes_fail_at(err, status, CTES_STAGE_PACKAGE, record->numero);
    }
    ctes_error why = CTES_ERROR_INIT;
    status = deposit(session, link, acte, paquet, mode, envoi, &transaction, &why);
    if (status == CTES_E_OPERATOR_HOLDS && record->state == CTES_STATE_PREPARED &&
        record->sent_ms != 0 &&
        ctes_depot_recognise(link->operator_, record, &transaction, NULL) == CTES_OK)
        status = CTES_OK; /* an earlier attempt of ours had arrived after all */
    session->acte = 0;
    CTES_TRY(record_result(session, record->id, status, transaction, &why, err));
    if (status == CTES_OK)
        return CTES_OK;
    if (err != NULL)
        *err = why;
    return ctes_fail_at(err, status, CTES_STAGE_SUBMISSION, record->numero);
}
