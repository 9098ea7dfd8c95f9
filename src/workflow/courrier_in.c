/* Letters of the préfecture, and what nobody understands: recorded with their documents. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "workflow/courrier_kind.h"
#include "workflow/courrier_register.h"
#include "workflow/delivery.h"
#include "workflow/link.h"

enum { MONTHS_TO_ANSWER = 2 };

/* --- the last day to answer ------------------------------------------------------------------- */

static uint8_t days_of(int year, unsigned month) {
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

/* The day it was sent: the one in the name of its enveloppe (norm sheet § 3.1), which the mail and
 * the operator's copy both have. It was received on that day or later: what counts is its
 * acknowledgement (3-2, 4-2), and that of an operator leaves unseen from here, before the letter is
 * fetched. So this day never promises time that there is not. A day that cannot be is not believed:
 * no letter is sent before it is written, nor after it came. */
static ctes_date sent_on(const ctes_delivery *delivery, const ctes_message *letter) {
    ctes_date today = ctes_today(delivery->session->context), day = today;
    const ctes_retour_file *enveloppe = delivery->retour->enveloppe;
    ctes_nom_parts parts;
    if (enveloppe != NULL && ctes_nom_parse(enveloppe->nom, &parts, NULL) == CTES_OK &&
        parts.genre == CTES_NOM_ENVELOPPE && parts.date.year != 0)
        day = parts.date;
    if (ctes_date_compare(day, letter->date) < 0)
        day = letter->date;
    return ctes_date_compare(day, today) > 0 ? today : day;
}

/* Silence of two months is a refusal. They run from date to date (Code de procédure civile,
 * art. 641): from 31 December to 28 or 29 February. */
static ctes_date deadline_of(ctes_message_kind kind, ctes_date since) {
    if (!ctes_kind_wants_ar(kind))
        return (ctes_date){ 0 };
    unsigned month = since.month + MONTHS_TO_ANSWER;
    ctes_date last = since;
    if (month > 12)
        last.year++;
    last.month = (uint8_t)(month > 12 ? month - 12 : month);
    uint8_t days = days_of(last.year, last.month);
    last.day = since.day < days ? since.day : days;
    return last;
}

/* --- its documents ---------------------------------------------------------------------------- */

typedef struct documents {
    ctes_store_courrier_piece *pieces;
    char (*hashes)[65];
    char **paths;
    size_t count, room;
    char *missing; /* the first document that is named and did not come */
} documents;

static void clear_documents(documents *d) {
    for (size_t i = 0; i < d->count; i++)
        free(d->paths[i]);
    free(d->pieces);
    free(d->hashes);
    free(d->paths);
    free(d->missing);
}

static ctes_status make_room(documents *d, size_t count, ctes_error *err) {
    d->room = count;
    d->pieces = calloc(count > 0 ? count : 1, sizeof *d->pieces);
    d->hashes = calloc(count > 0 ? count : 1, sizeof *d->hashes);
    d->paths = calloc(count > 0 ? count : 1, sizeof *d->paths);
    return d->pieces != NULL && d->hashes != NULL && d->paths != NULL ? CTES_OK
                                                                      : ctes_fail_memory(err);
}

static ctes_status keep_document(const ctes_delivery *delivery, ctes_retour_file *file,
                                 documents *d, ctes_error *err) {
    size_t i = d->count;
    CTES_TRY(ctes_delivery_keep_file(delivery, file, &d->paths[i], d->hashes[i], err));
    d->pieces[i] = (ctes_store_courrier_piece){
        .nom = file->nom, .path = d->paths[i], .size = file->size, .sha256 = d->hashes[i]
    };
    d->count++;
    return CTES_OK;
}

static ctes_status keep_named(const ctes_delivery *delivery, const ctes_fichiers *named,
                              documents *d, ctes_error *err) {
    CTES_TRY(make_room(d, named->count, err));
    for (size_t i = 0; i < named->count; i++) {
        const char *nom = named->items[i].nom != NULL ? named->items[i].nom : "";
        ctes_retour_file *file = ctes_retour_find(delivery->retour, nom);
        if (file != NULL)
            CTES_TRY(keep_document(delivery, file, d, err));
        else if (d->missing == NULL)
            CTES_TRY(ctes_text_dup(nom, &d->missing, err));
    }
    return CTES_OK;
}

static ctes_status keep_all(const ctes_delivery *delivery, documents *d, ctes_error *err) {
    CTES_TRY(make_room(d, delivery->retour->count, err));
    for (size_t i = 0; i < delivery->retour->count; i++)
        CTES_TRY(keep_document(delivery, &delivery->retour->files[i], d, err));
    return CTES_OK;
}

/* --- recording -------------------------------------------------------------------------------- */

static ctes_status act_of(const ctes_delivery *delivery, const char *id_acte, int64_t *ret,
                          ctes_error *err) {
    ctes_error unknown = CTES_ERROR_INIT;
    *ret = 0;
    if (id_acte == NULL)
        return CTES_OK;
    ctes_status status = ctes_courrier_acte_of(delivery->session, delivery->link->autorite->siren,
                                               id_acte, ret, &unknown);
    if (status == CTES_OK || status == CTES_E_ACTE_UNKNOWN)
        return CTES_OK;
    if (err != NULL)
        *err = unknown;
    return status;
}

/* An identifier longer than any is no identifier; the message keeps it. */
static const char *usable_id(const char *id_acte) {
    return id_acte != NULL && strlen(id_acte) < CTES_ID_ACTE_MAX ? id_acte : NULL;
}

static ctes_status record(ctes_delivery *delivery, const ctes_store_courrier *courrier,
                          const char *sha256, const documents *d, const ctes_error *why,
                          ctes_error *err) {
    char key[104];
    int64_t id = 0;
    bool known = false;
    const char *siren = delivery->link->autorite->siren;
    int length = snprintf(key, sizeof key, "%s %s", siren, sha256);
    /* two letters in the same words on one day are two, where the operator tells them apart */
    if (delivery->parcel->transaction != 0)
        (void)snprintf(key + length, sizeof key - (size_t)length, " %lld",
                       (long long)delivery->parcel->transaction);
    ctes_store_courrier whole = *courrier;
    whole.key = key;
    whole.siren = siren;
    whole.transaction_id = delivery->parcel->transaction;
    whole.archive_path = delivery->raw;
    whole.archive_sha256 = delivery->sha256;
    whole.pieces = d->pieces;
    whole.piece_count = d->count;
    CTES_TRY(act_of(delivery, whole.id_acte, &whole.acte, err));
    CTES_TRY(ctes_courrier_add(delivery->session, &whole, &id, &known, err));
    return ctes_delivery_tell(delivery, id, known, why, err);
}

static ctes_store_courrier courrier_of(const ctes_delivered *delivered) {
    const ctes_message *message = &delivered->message;
    return (ctes_store_courrier){
        .transaction = ctes_kind_transaction(message->kind),
        .flux = ctes_kind_flux(message->kind),
        .id_acte = usable_id(message->id_acte),
        .date = message->date,
        .texte = message->texte,
        .nom = delivered->file->nom,
        .message = delivered->bytes.data,
        .message_length = delivered->bytes.length,
        .message_sha256 = delivered->sha256,
        .invalid = delivered->invalid,
    };
}

/* S2LOW acknowledges by itself (its state 7 becomes 8); on the direct channel that is ours to do.
 */
static ctes_courrier_state first_state(const ctes_delivery *delivery, ctes_message_kind kind) {
    return ctes_link_is_direct(delivery->link) && ctes_kind_wants_ar(kind) ? CTES_COURRIER_RECEIVED
                                                                           : CTES_COURRIER_OPEN;
}

ctes_status ctes_courrier_receive(ctes_delivery *delivery, const ctes_delivered *delivered,
                                  ctes_error *err) {
    CTES_CLEANUP(clear_documents) documents d = { .pieces = NULL };
    CTES_TRY(keep_named(delivery, &delivered->message.fichiers, &d, err));
    char reason[CTES_REASON_MAX];
    ctes_store_courrier courrier = courrier_of(delivered);
    courrier.state = first_state(delivery, delivered->message.kind);
    courrier.deadline =
        deadline_of(delivered->message.kind, sent_on(delivery, &delivered->message));
    if (d.missing != NULL) { /* it counts as received all the same: its time runs */
        ctes_error missing = CTES_ERROR_INIT; /* of any length, in the message */
        (void)ctes_fail(&missing, CTES_E_DOCUMENT_MISSING, NULL, "%s", d.missing);
        (void)snprintf(reason, sizeof reason, "%s %s", ctes_status_name(missing.code),
                       missing.detail);
        courrier.reason = reason;
    }
    return record(delivery, &courrier, delivered->sha256, &d, NULL, err);
}

static void reason_of(const ctes_error *why, char *out, size_t size) {
    (void)snprintf(out, size, "%s%s%s", ctes_status_name(why->code),
                   why->detail[0] != '\0' ? ": " : "", why->detail);
}

ctes_status ctes_delivery_aside(ctes_delivery *delivery, const ctes_delivered *delivered,
                                const ctes_error *why, ctes_error *err) {
    CTES_CLEANUP(clear_documents) documents d = { .pieces = NULL };
    char reason[CTES_REASON_MAX];
    CTES_TRY(keep_named(delivery, &delivered->message.fichiers, &d, err));
    reason_of(why, reason, sizeof reason);
    ctes_store_courrier courrier = courrier_of(delivered);
    courrier.state = CTES_COURRIER_ASIDE;
    courrier.reason = reason;
    if (delivery->aside.code == CTES_OK)
        delivery->aside = *why;
    return record(delivery, &courrier, delivered->sha256, &d, why, err);
}

ctes_status ctes_delivery_aside_whole(ctes_delivery *delivery, const ctes_error *why,
                                      ctes_error *err) {
    CTES_CLEANUP(clear_documents) documents d = { .pieces = NULL };
    char reason[CTES_REASON_MAX];
    CTES_TRY(keep_all(delivery, &d, err));
    reason_of(why, reason, sizeof reason);
    ctes_store_courrier courrier = { .state = CTES_COURRIER_ASIDE, .reason = reason };
    delivery->aside = *why;
    return record(delivery, &courrier, delivery->sha256, &d, why, err);
}
