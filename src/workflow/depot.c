#include "workflow/depot.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "workflow/link.h"
#include "workflow/register.h"

static const char ARCHIVE_MODE[] = "archive-mode";
static const char REMOVED[] = "removed";

/* Which way to deposit: as configured, or as this operator was found to take. */
static ctes_status choose_mode(ctes_session *session, ctes_depot_mode *ret, ctes_error *err) {
    if (session->settings.mode != CTES_MODE_AUTO) {
        *ret = session->settings.mode == CTES_MODE_ARCHIVE ? CTES_DEPOT_ARCHIVE : CTES_DEPOT_CHAMPS;
        return CTES_OK;
    }
    if (!session->mode_known) {
        char *known CTES_AUTO_FREE = NULL;
        CTES_TRY(ctes_register_noted(session, ARCHIVE_MODE, &known, err));
        session->archive_removed = known != NULL && strcmp(known, REMOVED) == 0;
        session->mode_known = true;
    }
    *ret = session->archive_removed ? CTES_DEPOT_CHAMPS : CTES_DEPOT_ARCHIVE;
    return CTES_OK;
}

static const char *mode_name(ctes_depot_mode mode) {
    return mode == CTES_DEPOT_ARCHIVE ? "archive" : "champs";
}

static ctes_status make_package(ctes_session *session, ctes_link *link, const ctes_acte *acte,
                                ctes_depot_mode mode, ctes_paquet *paquet, ctes_error *err) {
    CTES_TRY(ctes_paquet_write(session, acte, paquet, err));
    return ctes_paquet_number(session, link, mode == CTES_DEPOT_ARCHIVE, paquet, err);
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
    return ctes_register_intend(session, acte, &envoi, ret_envoi, err);
}

static ctes_status hand_over(ctes_link *link, const ctes_acte *acte, const ctes_paquet *paquet,
                             ctes_depot_mode mode, int64_t *ret_transaction, ctes_error *err) {
    /* S2LOW's form has no field for it: what the message says must not be lost on the way */
    if (mode == CTES_DEPOT_CHAMPS && acte->precedent[0] != '\0')
        return ctes_fail(err, CTES_E_OPERATOR_UNSUPPORTED, acte->numero,
                         "PrecedentIdentifiantActe");
    if (mode == CTES_DEPOT_CHAMPS) /* the files themselves leave, not the archive's copies */
        CTES_TRY(ctes_paquet_unchanged(paquet, err));
    size_t count = paquet->look_count - 1;
    ctes_depot_piece *annexes = calloc(count > 0 ? count : 1, sizeof *annexes);
    if (annexes == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        annexes[i] = ctes_look_depot(&paquet->looks[i + 1]);
    const ctes_depot depot = {
        .mode = mode,
        .acte = acte,
        .archive_path = paquet->archive_path,
        .archive_nom = paquet->archive_nom.text,
        .document = ctes_look_depot(&paquet->looks[0]),
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
                           const ctes_paquet *paquet, ctes_depot_mode *mode, int64_t envoi,
                           int64_t *ret_transaction, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = hand_over(link, acte, paquet, *mode, ret_transaction, &why);
    if (status != CTES_E_OPERATOR_UNSUPPORTED || *mode != CTES_DEPOT_ARCHIVE ||
        session->settings.mode != CTES_MODE_AUTO) {
        if (status != CTES_OK && err != NULL)
            *err = why;
        return status;
    }
    *mode = CTES_DEPOT_CHAMPS;
    CTES_TRY(ctes_register_other_mode(session, ARCHIVE_MODE, REMOVED, envoi,
                                      mode_name(CTES_DEPOT_CHAMPS), err));
    session->archive_removed = true;
    return hand_over(link, acte, paquet, CTES_DEPOT_CHAMPS, ret_transaction, err);
}

static void clear_listing(ctes_operator_listing *listing) {
    ctes_operator_listing_clear(listing);
}

/* The number is in use. By this act, if number, date and subject agree: an earlier attempt of ours
 * had arrived after all, or else it came by another way (another program, a register restored from
 * an old copy) and a person decides. Sent under a suffix, it would be received twice. */
static ctes_status judge_held(ctes_session *session, ctes_operator *op, const ctes_record *record,
                              int64_t *ret_transaction, ctes_error *why) {
    CTES_CLEANUP(clear_listing) ctes_operator_listing listing = { .transaction = 0 };
    bool open = false;
    if (ctes_depot_recognise(op, record, false, &listing, NULL) != CTES_OK)
        return CTES_E_OPERATOR_HOLDS; /* in the operator's words */
    /* not known to have been open, if it cannot be read: a person decides then too */
    if (ctes_depot_was_open(session, record, &open, NULL) != CTES_OK || !open)
        return ctes_fail(why, CTES_E_OPERATOR_TWIN, record->numero, "%lld, %s",
                         (long long)listing.transaction, listing.objet);
    *ret_transaction = listing.transaction;
    return CTES_OK;
}

/* What a failed deposit makes of the act. */
static ctes_state state_after(ctes_status status) {
    if (ctes_status_maybe_received(status))
        return CTES_STATE_UNSETTLED;
    return ctes_status_kind(status) == CTES_KIND_REFUSED ? CTES_STATE_REFUSED : CTES_STATE_PREPARED;
}

/* Of a deposit that went well too, if a file changed on the way: what arrived is then not known to
 * be what was recorded. */
static const char *reason_of(ctes_status status, const ctes_error *why, char *out, size_t size) {
    if (status == CTES_OK && why->code == CTES_OK)
        return "";
    if (status != CTES_OK && why->detail[0] != '\0')
        return why->detail;
    const char *subject = status == CTES_OK ? why->subject : "";
    (void)snprintf(out, size, "%s%s%s", ctes_status_name(status == CTES_OK ? why->code : status),
                   subject[0] != '\0' ? ": " : "", subject);
    return out;
}

/* Where an act is that was taken: at the operator, or beyond it where there is none. */
static ctes_state state_taken(const ctes_link *link) {
    return ctes_link_is_direct(link) ? CTES_STATE_TRANSMITTED : CTES_STATE_DEPOSITED;
}

static ctes_status record_result(ctes_session *session, const ctes_link *link, int64_t acte,
                                 ctes_status status, int64_t transaction, const ctes_error *why,
                                 ctes_record *ret, ctes_error *err) {
    char reason[CTES_DETAIL_MAX];
    const ctes_store_change change = {
        .to = status == CTES_OK ? state_taken(link) : state_after(status),
        .reason = reason_of(status, why, reason, sizeof reason),
        .transaction = transaction,
    };
    if (status == CTES_OK && session->looks_later) /* nothing more is done about it for now */
        return ctes_register_conclude(session, acte, CTES_STATE_TO_SEND, &change, ret, err);
    return ctes_register_change(session, acte, CTES_STATE_TO_SEND, &change, ret, err);
}

ctes_status ctes_depot_send(ctes_session *session, ctes_link *link, const ctes_acte *acte,
                            ctes_record *record, ctes_paquet *paquet, ctes_error *err) {
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
    status = deposit(session, link, acte, paquet, &mode, envoi, &transaction, &why);
    if (status == CTES_OK && mode == CTES_DEPOT_CHAMPS)
        (void)!ctes_paquet_unchanged(paquet, &why); /* too late to stop it, not to say it */
    if (status == CTES_E_OPERATOR_HOLDS)
        status = judge_held(session, link->operator_, record, &transaction, &why);
    session->acte = 0;
    CTES_TRY(record_result(session, link, record->id, status, transaction, &why, record, err));
    if (status == CTES_OK)
        return CTES_OK;
    if (err != NULL)
        *err = why;
    return ctes_fail_at(err, status, CTES_STAGE_SUBMISSION, record->numero);
}
