#include <ctes/exchange.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "workflow/arrival.h"
#include "workflow/courrier_outcome.h"
#include "workflow/courrier_register.h"
#include "workflow/courrier_settle.h"
#include "workflow/delivery.h"
#include "workflow/link.h"
#include "workflow/poll.h"

typedef struct fetching {
    ctes_session *session;
    const ctes_link *link; /* through which it is fetched */
    const ctes_inbox_watch *watch;
    const ctes_arrival *arrival;
    bool stopped;
    ctes_status status; /* the first failure that has nothing to do with a parcel */
    ctes_error error;
} fetching;

/* --- one parcel ------------------------------------------------------------------------------- */

static ctes_status measure(ctes_delivery *delivery, ctes_error *err) {
    ctes_hash hash;
    CTES_TRY(ctes_hash_file(delivery->parcel->path, &hash, &delivery->size, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, delivery->sha256);
    return CTES_OK;
}

/* The enveloppe tells whom it is for; the refusal of one of ours, whose it was. */
static ctes_status address(ctes_delivery *delivery, ctes_error *err) {
    const ctes_message *contents = &delivery->retour->contents;
    const char *siren = contents->kind == CTES_M_ANOMALIE_ENVELOPPE
                            ? contents->enveloppe_cl.siren
                            : contents->enveloppe_mi.destinataire;
    ctes_link *link = NULL;
    if (siren == NULL)
        return contents->kind == CTES_M_ANOMALIE_ENVELOPPE
                   ? CTES_OK
                   : ctes_fail(err, CTES_E_XML_FIELD, NULL, "Destinataire");
    CTES_TRY(ctes_session_link(delivery->session, siren, &link, err));
    delivery->link = link;
    return CTES_OK;
}

static ctes_status deliver_messages(ctes_delivery *delivery, ctes_error *err) {
    const ctes_retour *retour = delivery->retour;
    if (retour->contents.kind == CTES_M_ANOMALIE_ENVELOPPE)
        return ctes_retour_dispatch_anomalie(delivery, err);
    const ctes_fichiers *formulaires = &retour->contents.enveloppe_mi.formulaires;
    ctes_error missing = CTES_ERROR_INIT;
    for (size_t i = 0; i < formulaires->count; i++) {
        const char *nom = formulaires->items[i].nom != NULL ? formulaires->items[i].nom : "";
        const ctes_retour_file *file = ctes_retour_find(retour, nom);
        if (file != NULL)
            CTES_TRY(ctes_retour_dispatch(delivery, file, err));
        else if (missing.code == CTES_OK)
            (void)ctes_fail(&missing, CTES_E_NOM_FICHIER, NULL, "%s", nom);
    }
    if (formulaires->count == 0)
        (void)ctes_fail(&missing, CTES_E_XML_FIELD, NULL, "FormulairesEnvoyes");
    return missing.code == CTES_OK ? CTES_OK : ctes_delivery_aside_whole(delivery, &missing, err);
}

/* What came is read, or why not; its bytes have their place in either case. */
static ctes_status deliver(ctes_delivery *delivery, ctes_status opened, ctes_error *why,
                           bool *ret_reminder, ctes_error *err) {
    const ctes_retour *retour = delivery->retour;
    *ret_reminder = opened == CTES_OK && ctes_retour_is_reminder(retour);
    if (opened == CTES_OK && retour->enveloppe != NULL)
        opened = address(delivery, why);
    else if (opened == CTES_OK && !*ret_reminder)
        opened =
            ctes_fail(why, CTES_E_XML_ROOT, NULL, "%s", ctes_message_root(CTES_M_ENVELOPPE_MI));
    CTES_TRY(ctes_delivery_keep(delivery, err));
    if (*ret_reminder)
        return CTES_OK;
    return opened == CTES_OK ? deliver_messages(delivery, err)
                             : ctes_delivery_aside_whole(delivery, why, err);
}

static ctes_status record_parcel(const ctes_delivery *delivery, bool reminder, ctes_error *err) {
    char reason[CTES_REASON_MAX];
    bool aside = delivery->aside.code != CTES_OK;
    (void)snprintf(reason, sizeof reason, "%s %s", ctes_status_name(delivery->aside.code),
                   delivery->aside.detail);
    const ctes_store_retour row = {
        .key = delivery->sha256,
        .source = delivery->parcel->source,
        .path = delivery->raw,
        .size = delivery->parcel->beyond > 0 ? delivery->parcel->beyond : delivery->size,
        .outcome = aside      ? "aside"
                   : reminder ? "reminder"
                              : "recorded",
        .reason = aside ? reason : NULL,
    };
    return ctes_retour_record(delivery->session, &row, err);
}

/* What came is only its beginning, which is kept and not read. */
static ctes_status too_large(const ctes_parcel *parcel, ctes_error *err) {
    return ctes_fail(err, CTES_E_MAIL_TOO_LARGE, NULL, "%ju: %s", (uintmax_t)parcel->beyond,
                     parcel->source);
}

static ctes_status take_parcel(fetching *f, const ctes_parcel *parcel, ctes_parcel_fate *ret,
                               ctes_error *err) {
    ctes_retour retour CTES_AUTO_RETOUR = CTES_RETOUR_INIT;
    CTES_CLEANUP(ctes_delivery_clear)
    ctes_delivery delivery = { .session = f->session,
                               .link = f->link,
                               .parcel = parcel,
                               .retour = &retour,
                               .watch = f->watch,
                               .aside = CTES_ERROR_INIT };
    char *folder CTES_AUTO_FREE = NULL;
    ctes_error why = CTES_ERROR_INIT;
    bool reminder = false;
    CTES_TRY(measure(&delivery, err));
    CTES_TRY(ctes_retour_done(f->session, delivery.sha256, &delivery.again, err));
    CTES_TRY(ctes_arrival_folder(f->arrival, &folder, err));
    ctes_status opened = parcel->beyond > 0
                             ? too_large(parcel, &why)
                             : ctes_retour_open(f->session, parcel, folder, &retour, &why);
    if (opened != CTES_OK && !ctes_about_the_parcel(opened)) {
        if (err != NULL)
            *err = why;
        return opened;
    }
    if (opened != CTES_OK)
        ctes_retour_clear(&retour); /* half of an archive is none */
    CTES_TRY(deliver(&delivery, opened, &why, &reminder, err));
    CTES_TRY(record_parcel(&delivery, reminder, err));
    f->stopped = delivery.stopped;
    *ret = delivery.aside.code != CTES_OK ? CTES_PARCEL_ASIDE : CTES_PARCEL_RECORDED;
    return CTES_OK;
}

static ctes_parcel_fate take(void *user, const ctes_parcel *parcel) {
    fetching *f = user;
    ctes_parcel_fate fate = CTES_PARCEL_LEFT;
    if (f->stopped || f->status != CTES_OK)
        return CTES_PARCEL_LEFT;
    f->status = take_parcel(f, parcel, &fate, &f->error);
    if (f->status != CTES_OK)
        (void)ctes_fail_at(&f->error, f->status, CTES_STAGE_ACQUITTEMENT, parcel->source);
    return f->status == CTES_OK ? fate : CTES_PARCEL_LEFT;
}

/* --- all that lies there ---------------------------------------------------------------------- */

static ctes_status fetch(ctes_session *session, ctes_link *link, const ctes_inbox_watch *watch,
                         bool *ret_stopped, ctes_error *err) {
    ctes_arrival arrival CTES_AUTO_ARRIVAL = CTES_ARRIVAL_INIT;
    ctes_operator *op = link->operator_;
    if (op->collect == NULL)
        return CTES_OK;
    CTES_TRY(ctes_session_preflight(session, link, err));
    CTES_TRY(ctes_arrival_open(session, &arrival, err));
    fetching f = { .session = session,
                   .link = link,
                   .watch = watch,
                   .arrival = &arrival,
                   .error = CTES_ERROR_INIT };
    ctes_status status = op->collect(op, arrival.path, take, &f, err);
    *ret_stopped = f.stopped;
    if (f.status != CTES_OK && err != NULL)
        *err = f.error;
    return f.status != CTES_OK ? f.status : status;
}

/* --- what is due ------------------------------------------------------------------------------ */

static ctes_status follow_up(ctes_session *session, int64_t id, const ctes_inbox_watch *watch,
                             bool *ret_stopped, ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_outcome_clear)
    ctes_courrier_outcome outcome = CTES_COURRIER_OUTCOME_INIT;
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier courrier = CTES_COURRIER_INIT;
    ctes_link *link = NULL;
    bool changed = false;
    CTES_TRY(ctes_courrier_load(session, id, &courrier, err));
    if (ctes_session_link(session, courrier.siren, &link, NULL) != CTES_OK)
        return CTES_OK; /* of an authority that is no longer configured */
    ctes_status status =
        ctes_courrier_follow_up(session, link, &courrier, &changed, &outcome.error);
    if (status != CTES_OK && ctes_stops_all(session, status)) {
        if (err != NULL)
            *err = outcome.error;
        return status;
    }
    if ((!changed && status == CTES_OK) || watch->each == NULL || *ret_stopped)
        return CTES_OK;
    CTES_TRY(ctes_courrier_load(session, id, &outcome.courrier, err));
    *ret_stopped = !watch->each(watch->user, &outcome);
    return CTES_OK;
}

static ctes_status follow_up_all(ctes_session *session, const char *siren,
                                 const ctes_inbox_watch *watch, ctes_error *err) {
    int64_t *ids = NULL;
    size_t count = 0;
    bool stopped = false;
    CTES_TRY(ctes_courrier_pending_ids(session, siren, &ids, &count, err));
    ctes_status status = CTES_OK;
    for (size_t i = 0; i < count && !stopped && status == CTES_OK; i++) {
        status = ctes_stop_asked(session->context)
                     ? ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "")
                     : follow_up(session, ids[i], watch, &stopped, err);
    }
    free(ids);
    return status;
}

/* One mailbox serves all authorities on the direct channel: it is looked into once. */
static ctes_status fetch_all(ctes_session *session, const char *siren,
                             const ctes_inbox_watch *watch, bool *ret_stopped, ctes_error *err) {
    ctes_status first = CTES_OK;
    if (siren != NULL) {
        ctes_link *link = NULL;
        CTES_TRY(ctes_session_link(session, siren, &link, err));
        return fetch(session, link, watch, ret_stopped, err);
    }
    for (size_t i = 0; i < session->settings.autorite_count && !*ret_stopped; i++) {
        ctes_error why = CTES_ERROR_INIT;
        ctes_link *link = &session->links[i];
        ctes_status status = fetch(session, link, watch, ret_stopped, &why);
        if (status != CTES_OK && first == CTES_OK && err != NULL)
            *err = why;
        first = first == CTES_OK ? status : first;
        if (ctes_link_is_direct(link) || (status != CTES_OK && ctes_stops_all(session, status)))
            break;
    }
    return first;
}

ctes_status ctes_inbox_fetch(ctes_session *session, const char *siren,
                             const ctes_inbox_watch *watch, ctes_error *err) {
    static const ctes_inbox_watch nobody = { .each = NULL };
    watch = watch != NULL ? watch : &nobody;
    bool stopped = false;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = fetch_all(session, siren, watch, &stopped, &why);
    /* what is due is due even when nothing could be fetched */
    ctes_status followed = stopped || (status != CTES_OK && ctes_stops_all(session, status))
                               ? CTES_OK
                               : follow_up_all(session, siren, watch, err);
    if (status != CTES_OK && err != NULL)
        *err = why;
    status = status != CTES_OK ? status : followed;
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_ACQUITTEMENT, NULL);
}
