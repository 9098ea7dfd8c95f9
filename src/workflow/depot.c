#include "workflow/depot.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "workflow/link.h"
#include "workflow/register.h"
#include "workflow/trace.h"

static const char ARCHIVE_MODE[] = "archive-mode";
static const char REMOVED[] = "removed";
/* A page that is not there now may be back: what removed it may have been a proxy, an update. */
enum { REMOVED_HOURS = 20 };

/* Which way to deposit: as configured, or as this operator was found to take. */
static ctes_status choose_mode(ctes_session *session, ctes_depot_mode *ret, ctes_error *err) {
    if (session->settings.mode != CTES_MODE_AUTO) {
        *ret = session->settings.mode == CTES_MODE_ARCHIVE ? CTES_DEPOT_ARCHIVE : CTES_DEPOT_CHAMPS;
        return CTES_OK;
    }
    if (!session->mode_known) {
        char *known CTES_AUTO_FREE = NULL;
        int64_t after_ms = ctes_now_ms(session->context) - REMOVED_HOURS * INT64_C(3600000);
        CTES_TRY(ctes_register_noted(session, ARCHIVE_MODE, after_ms, &known, err));
        session->archive_removed = known != NULL && strcmp(known, REMOVED) == 0;
        session->mode_known = true;
    }
    *ret = session->archive_removed ? CTES_DEPOT_CHAMPS : CTES_DEPOT_ARCHIVE;
    return CTES_OK;
}

static const char *mode_name(ctes_depot_mode mode) {
    return mode == CTES_DEPOT_ARCHIVE ? "archive" : "champs";
}

ctes_status ctes_depot_takes_several(ctes_session *session, bool *ret, ctes_error *err) {
    ctes_depot_mode mode = CTES_DEPOT_CHAMPS;
    CTES_TRY(choose_mode(session, &mode, err));
    *ret = mode == CTES_DEPOT_ARCHIVE;
    return CTES_OK;
}

/* Acts on their way together. */
typedef struct load {
    ctes_link *link;
    ctes_depot_acte *actes;
    size_t count;
    ctes_depot_mode mode;
    ctes_pli pli;
    int64_t envoi;
} load;

/* --- the package ------------------------------------------------------------------------------ */

/* Each act's part of the archive's bytes, as its files have of all files; the first has the rest.
 */
static void share(load *l) {
    uint64_t all = 0, given = 0;
    for (size_t i = 0; i < l->count; i++)
        all += l->actes[i].paquet->volume;
    for (size_t i = 1; i < l->count; i++) {
        double part = (double)l->actes[i].paquet->volume / (double)all;
        l->actes[i].size = (uint64_t)((double)l->pli.archive_size * part);
        given += l->actes[i].size;
    }
    l->actes[0].size = l->pli.archive_size - given;
}

static ctes_status write_messages(ctes_session *session, load *l, ctes_error *err) {
    ctes_status status = CTES_OK;
    ctes_seats_take(session->seats);
    for (size_t i = 0; status == CTES_OK && i < l->count; i++)
        status = ctes_paquet_write(session, l->actes[i].acte, l->actes[i].paquet, err);
    ctes_seats_leave(session->seats);
    return status;
}

static ctes_status make_package(ctes_session *session, load *l, ctes_error *err) {
    const ctes_paquet *paquets[CTES_ENVOI_MAX];
    if (l->count > CTES_ENVOI_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "%d", CTES_ENVOI_MAX);
    CTES_TRY(write_messages(session, l, err));
    for (size_t i = 0; i < l->count; i++)
        paquets[i] = l->actes[i].paquet;
    CTES_TRY(ctes_pli_make(session, l->link, l->mode == CTES_DEPOT_ARCHIVE, paquets, l->count,
                           &l->pli, err));
    share(l);
    return CTES_OK;
}

static ctes_status intend(ctes_session *session, load *l, ctes_error *err) {
    const ctes_paquet *first = l->actes[0].paquet;
    const ctes_pli *pli = &l->pli;
    ctes_store_message more[CTES_ENVOI_MAX];
    for (size_t i = 1; i < l->count; i++)
        more[i - 1] = (ctes_store_message){ .acte = l->actes[i].record->id,
                                            .message_nom = l->actes[i].paquet->message_nom.text,
                                            .message_sha256 = l->actes[i].paquet->message_sha256,
                                            .unique_id = l->actes[i].paquet->unique_id.text };
    const ctes_store_envoi envoi = {
        .archive = pli->archive_nom.text,
        .archive_path = pli->archive_relative,
        .archive_sha256 = pli->archive_sha256,
        .archive_size = pli->archive_size,
        .message_nom = first->message_nom.text,
        .message_sha256 = first->message_sha256,
        .enveloppe_nom = pli->enveloppe_nom.text,
        .enveloppe_sha256 = pli->enveloppe_sha256,
        .unique_id = first->unique_id.text,
        .operator_name = l->link->operator_->name,
        .operator_url = session->settings.operator_url,
        .mode = mode_name(l->mode),
        .more = more,
        .more_count = l->count - 1,
    };
    CTES_TRY(ctes_register_intend(session, l->actes[0].record->id, &envoi, &l->envoi, err));
    for (size_t i = 0; i < l->count; i++) { /* what stays true if no result can be written down */
        l->actes[i].record->state = CTES_STATE_TO_SEND;
        l->actes[i].record->sent_ms = ctes_now_ms(session->context);
    }
    return CTES_OK;
}

/* --- handing over ----------------------------------------------------------------------------- */

static ctes_status hand_over_archive(const load *l, int64_t *ret_transactions, ctes_error *err) {
    const ctes_depot depot = { .mode = CTES_DEPOT_ARCHIVE,
                               .acte = l->actes[0].acte,
                               .archive_path = l->pli.archive_path,
                               .archive_nom = l->pli.archive_nom.text,
                               .more = l->count - 1 };
    return l->link->operator_->deposit(l->link->operator_, &depot, ret_transactions, err);
}

static ctes_status hand_over_champs(const load *l, int64_t *ret_transaction, ctes_error *err) {
    const ctes_acte *acte = l->actes[0].acte;
    const ctes_paquet *paquet = l->actes[0].paquet;
    /* S2LOW's form has no field for it: what the message says must not be lost on the way */
    if (acte->precedent[0] != '\0')
        return ctes_fail(err, CTES_E_OPERATOR_UNSUPPORTED, acte->numero,
                         "PrecedentIdentifiantActe");
    CTES_TRY(ctes_paquet_unchanged(paquet, err)); /* they leave, not the archive's copies */
    size_t count = paquet->look_count - 1;
    ctes_depot_piece *annexes = calloc(count > 0 ? count : 1, sizeof *annexes);
    if (annexes == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        annexes[i] = ctes_look_depot(&paquet->looks[i + 1]);
    const ctes_depot depot = {
        .mode = CTES_DEPOT_CHAMPS,
        .acte = acte,
        .archive_path = l->pli.archive_path,
        .archive_nom = l->pli.archive_nom.text,
        .document = ctes_look_depot(&paquet->looks[0]),
        .annexes = annexes,
        .annexe_count = count,
    };
    ctes_status status =
        l->link->operator_->deposit(l->link->operator_, &depot, ret_transaction, err);
    free(annexes);
    return status;
}

/* Deposits in the chosen mode; one act also in the other, when the operator has removed the first:
 * a clear refusal, after which the same package serves as evidence of what was meant. */
static ctes_status deposit(ctes_session *session, load *l, int64_t *ret_transactions,
                           ctes_error *err) {
    if (l->mode == CTES_DEPOT_CHAMPS)
        return hand_over_champs(l, ret_transactions, err);
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = hand_over_archive(l, ret_transactions, &why);
    if (status != CTES_E_OPERATOR_UNSUPPORTED || l->count > 1 ||
        session->settings.mode != CTES_MODE_AUTO) {
        if (status != CTES_OK && err != NULL)
            *err = why;
        return status;
    }
    l->mode = CTES_DEPOT_CHAMPS;
    CTES_TRY(ctes_register_other_mode(session, ARCHIVE_MODE, REMOVED, l->envoi,
                                      mode_name(CTES_DEPOT_CHAMPS), err));
    session->archive_removed = true;
    return hand_over_champs(l, ret_transactions, err);
}

/* --- how it went ------------------------------------------------------------------------------ */

/* The number is in use. By this act, if number, date and subject agree: an earlier attempt of ours
 * had arrived after all, or else it came by another way (another program, a register restored from
 * an old copy) and a person decides. Sent under a suffix, it would be received twice. */
static ctes_status judge_held(ctes_session *session, ctes_operator *op, const ctes_record *record,
                              int64_t *ret_transaction, ctes_error *why) {
    CTES_CLEANUP(ctes_operator_listing_clear) ctes_operator_listing listing = { .transaction = 0 };
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

static ctes_status record_failure(ctes_session *session, load *l, const ctes_store_change *change,
                                  ctes_error *err) {
    for (size_t i = 0; i < l->count; i++)
        CTES_TRY(ctes_register_change(session, l->actes[i].record->id, CTES_STATE_TO_SEND, change,
                                      l->actes[i].record, err));
    return CTES_OK;
}

/* Nothing more is done about acts that were taken, for now: they are given back with their state.
 */
static ctes_status conclude(ctes_session *session, load *l, const ctes_store_change *changes,
                            ctes_error *err) {
    ctes_conclusion items[CTES_ENVOI_MAX];
    for (size_t i = 0; i < l->count; i++)
        items[i] = (ctes_conclusion){ .acte = l->actes[i].record->id,
                                      .from = CTES_STATE_TO_SEND,
                                      .change = &changes[i],
                                      .ret = l->actes[i].record };
    CTES_TRY(ctes_register_conclude(session, items, l->count, err));
    for (size_t i = 0; i < l->count; i++)
        l->actes[i].given_back = true;
    return CTES_OK;
}

static ctes_status record_result(ctes_session *session, load *l, ctes_status status,
                                 const int64_t *transactions, const ctes_error *why,
                                 ctes_error *err) {
    char reason[CTES_DETAIL_MAX];
    ctes_store_change changes[CTES_ENVOI_MAX];
    for (size_t i = 0; i < l->count; i++) {
        changes[i] = (ctes_store_change){
            .to = status == CTES_OK ? state_taken(l->link) : state_after(status),
            .reason = reason_of(status, why, reason, sizeof reason),
            .transaction = status == CTES_OK ? transactions[i] : 0,
        };
        if (i > 0)
            ctes_trace_repeat(session, l->actes[0].record->id, l->actes[i].record->id);
    }
    if (status != CTES_OK)
        return record_failure(session, l, &changes[0], err);
    if (l->count > 1 || session->looks_later)
        return conclude(session, l, changes, err);
    return ctes_register_change(session, l->actes[0].record->id, CTES_STATE_TO_SEND, &changes[0],
                                l->actes[0].record, err);
}

/* --- the whole -------------------------------------------------------------------------------- */

static ctes_status send_load(ctes_session *session, load *l, ctes_error *err) {
    int64_t transactions[CTES_ENVOI_MAX] = { 0 };
    ctes_record *record = l->actes[0].record;
    ctes_error why = CTES_ERROR_INIT;
    session->acte = record->id;
    ctes_status status = make_package(session, l, err);
    if (status == CTES_OK)
        status = intend(session, l, err);
    if (status != CTES_OK) {
        session->acte = 0;
        return ctes_fail_at(err, status, CTES_STAGE_PACKAGE, record->numero);
    }
    status = deposit(session, l, transactions, &why);
    if (status == CTES_OK && l->mode == CTES_DEPOT_CHAMPS)
        (void)!ctes_paquet_unchanged(l->actes[0].paquet, &why); /* too late to stop it */
    ctes_file_forget(l->pli.archive_path);                      /* nobody reads it again soon */
    if (status == CTES_E_OPERATOR_HOLDS && l->count == 1)
        status = judge_held(session, l->link->operator_, record, transactions, &why);
    session->acte = 0;
    CTES_TRY(record_result(session, l, status, transactions, &why, err));
    if (status == CTES_OK)
        return CTES_OK;
    if (err != NULL)
        *err = why;
    return ctes_fail_at(err, status, CTES_STAGE_SUBMISSION, record->numero);
}

ctes_status ctes_depot_send(ctes_session *session, ctes_link *link, ctes_depot_acte *actes,
                            size_t count, ctes_error *err) {
    load l = { .link = link, .actes = actes, .count = count, .pli = CTES_PLI_INIT };
    ctes_status status = choose_mode(session, &l.mode, err);
    if (status == CTES_OK && l.mode == CTES_DEPOT_CHAMPS && count > 1)
        status = ctes_fail(err, CTES_E_OPERATOR_UNSUPPORTED, NULL, "%zu > 1", count);
    if (status == CTES_OK)
        status = send_load(session, &l, err);
    else
        status = ctes_fail_at(err, status, CTES_STAGE_PACKAGE, actes[0].record->numero);
    ctes_pli_clear(&l.pli);
    return status;
}
