/* What a message of the préfecture is about, and who deals with it. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/nom.h"
#include "workflow/acquittement.h"
#include "workflow/annulation.h"
#include "workflow/courrier_register.h"
#include "workflow/courrier_settle.h"
#include "workflow/delivery.h"
#include "workflow/nomenclature.h"
#include "workflow/register.h"

/* --- acts ------------------------------------------------------------------------------------- */

/* What is done to an act that this run has taken. */
typedef ctes_status (*acte_step)(ctes_session *session, const ctes_record *record,
                                 const void *bytes, size_t length, ctes_error *err);

/* Under its lease: the act may be on its way in another process this very moment. */
static ctes_status with_acte(ctes_delivery *delivery, int64_t acte, acte_step step,
                             const ctes_delivered *delivered, ctes_error *err) {
    ctes_session *session = delivery->session;
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    CTES_TRY(ctes_register_take(session, acte, CTES_LEASE_LOOK_MS, &record, err));
    ctes_status status =
        step(session, &record, delivered->bytes.data, delivered->bytes.length, err);
    ctes_status released = ctes_register_release(session, acte, status == CTES_OK ? err : NULL);
    if (status != CTES_OK || released != CTES_OK)
        return status != CTES_OK ? status : released;
    ctes_delivery_tell_acte(delivery, &record, acte);
    return CTES_OK;
}

static ctes_status take_ar(ctes_delivery *delivery, const ctes_delivered *delivered,
                           ctes_error *err) {
    int64_t acte = 0;
    CTES_TRY(ctes_courrier_acte_of(delivery->session, delivery->link->autorite->siren,
                                   delivered->message.id_acte, &acte, err));
    return with_acte(delivery, acte, ctes_acquittement_ar, delivered, err);
}

/* An anomaly names no IDActe: what it echoes makes one (norm sheet § 8). */
static ctes_status id_of_echo(const ctes_delivery *delivery, const ctes_donnees_acte *echo,
                              ctes_nom *ret, ctes_error *err) {
    const ctes_acte acte = { .date = echo->date, .nature = (ctes_nature)echo->nature };
    ctes_acte named = acte;
    if (echo->numero_interne == NULL ||
        !ctes_text_copy(named.numero_interne, sizeof named.numero_interne, echo->numero_interne))
        return ctes_fail(err, CTES_E_XML_FIELD, NULL, "NumeroInterne");
    return ctes_nom_id_acte(delivery->link->autorite, &named, ret, err);
}

static ctes_status take_anomalie(ctes_delivery *delivery, const ctes_delivered *delivered,
                                 ctes_error *err) {
    ctes_nom id;
    int64_t acte = 0;
    CTES_TRY(id_of_echo(delivery, &delivered->message.acte, &id, err));
    CTES_TRY(ctes_courrier_acte_of(delivery->session, delivery->link->autorite->siren, id.text,
                                   &acte, err));
    return with_acte(delivery, acte, ctes_acquittement_anomalie, delivered, err);
}

/* --- all -------------------------------------------------------------------------------------- */

static ctes_status deal_with(ctes_delivery *delivery, const ctes_delivered *delivered,
                             ctes_error *err) {
    switch (delivered->message.kind) {
    case CTES_M_AR_ACTE:
        return take_ar(delivery, delivered, err);
    case CTES_M_ANOMALIE_ACTE:
        return take_anomalie(delivery, delivered, err);
    case CTES_M_COURRIER_SIMPLE:
    case CTES_M_DEMANDE_PIECE:
    case CTES_M_LETTRE_OBSERVATIONS:
    case CTES_M_DEFERE_TA:
        return ctes_courrier_receive(delivery, delivered, err);
    case CTES_M_AR_PIECE:
    case CTES_M_AR_REPONSE_LETTRE_OBSERVATIONS:
        return ctes_courrier_acknowledged(delivery, delivered, err);
    case CTES_M_AR_ANNULATION:
        return ctes_annulation_acknowledged(delivery, delivered, err);
    case CTES_M_RETOUR_CLASSIFICATION:
    case CTES_M_CLASSIFICATION_SANS_CHANGEMENT:
        return ctes_nomenclature_received(delivery, delivered, err);
    default: /* what only the authority's side sends, or an enveloppe in the place of a message */
        return ctes_fail(err, CTES_E_XML_ROOT, NULL, "%s",
                         ctes_message_root(delivered->message.kind));
    }
}

/* Deals with it; what is the message's own fault puts it aside. */
static ctes_status deal_or_aside(ctes_delivery *delivery, const ctes_delivered *delivered,
                                 ctes_status read, ctes_error *why, ctes_error *err) {
    ctes_status status = read == CTES_OK ? deal_with(delivery, delivered, why) : read;
    if (status == CTES_OK)
        return CTES_OK;
    if (ctes_about_the_parcel(status))
        return ctes_delivery_aside(delivery, delivered, why, err);
    if (err != NULL)
        *err = *why;
    return status;
}

/* Of the file: a message too large to be read is told from another by it, too. */
static ctes_status hash(ctes_delivered *delivered, ctes_error *err) {
    ctes_hash sum;
    CTES_TRY(ctes_hash_file(delivered->file->path, &sum, NULL, err));
    ctes_text_hex(sum.bytes, sizeof sum.bytes, delivered->sha256);
    return CTES_OK;
}

ctes_status ctes_retour_dispatch(ctes_delivery *delivery, const ctes_retour_file *file,
                                 ctes_error *err) {
    CTES_CLEANUP(ctes_delivered_clear) ctes_delivered delivered = CTES_DELIVERED_INIT;
    ctes_error why = CTES_ERROR_INIT;
    delivered.file = file;
    ctes_status status = ctes_retour_bytes(file, &delivered.bytes, &why);
    CTES_TRY(hash(&delivered, err));
    if (status == CTES_OK)
        status =
            ctes_xml_read(delivery->session->schemas, delivered.bytes.data, delivered.bytes.length,
                          &delivered.message, &delivered.invalid, &why);
    return deal_or_aside(delivery, &delivered, status, &why, err);
}

/* --- an enveloppe refused whole --------------------------------------------------------------- */

/* The archive that an anomaly is about: its file is named after the enveloppe, and its text may
 * begin with the archive's name and an arrow (norm sheet § 3.1 and 8). */
static ctes_status archive_of(const ctes_delivery *delivery, ctes_nom *ret, ctes_error *err) {
    const ctes_retour *retour = delivery->retour;
    ctes_nom_parts parts;
    ctes_prefixe prefixe = { "", "" };
    const char *texte = retour->contents.texte != NULL ? retour->contents.texte : "";
    const char *arrow = strstr(texte, " -> ");
    if (arrow != NULL && arrow - texte <= CTES_NOM_MAX) {
        (void)snprintf(ret->text, sizeof ret->text, "%.*s", (int)(arrow - texte), texte);
        if (ctes_nom_parse(ret->text, &parts, NULL) == CTES_OK && parts.genre == CTES_NOM_ARCHIVE)
            return CTES_OK;
    }
    CTES_TRY(ctes_nom_parse(retour->enveloppe->nom, &parts, err));
    if (parts.genre != CTES_NOM_ANOMALIE_ENVELOPPE)
        return ctes_fail(err, CTES_E_NOM_FICHIER, NULL, "%s", retour->enveloppe->nom);
    (void)ctes_text_copy(prefixe.trigramme, sizeof prefixe.trigramme,
                         delivery->session->settings.trigramme);
    (void)ctes_text_copy(prefixe.quadrigramme, sizeof prefixe.quadrigramme, parts.quadrigramme);
    return ctes_nom_archive(&prefixe, parts.siren, parts.date, parts.numero, ret, err);
}

/* Of several acts some may have taken the refusal already, before a run that was stopped. */
static ctes_status anomalie_once(ctes_session *session, const ctes_record *record,
                                 const void *bytes, size_t length, ctes_error *err) {
    return record->state == CTES_STATE_ANOMALIE_ENVELOPPE
               ? CTES_OK
               : ctes_acquittement_anomalie(session, record, bytes, length, err);
}

/* It strikes every act of the enveloppe; one that it no longer concerns does not spare the others.
 */
static ctes_status refuse_all(ctes_delivery *delivery, const ctes_store_sent *sent,
                              const ctes_delivered *delivered, ctes_error *err) {
    ctes_status first = CTES_OK;
    for (size_t i = 0; i < sent->acte_count; i++) {
        ctes_error why = CTES_ERROR_INIT;
        ctes_status status = with_acte(delivery, sent->actes[i], anomalie_once, delivered, &why);
        if (status == CTES_OK || first != CTES_OK)
            continue;
        first = status;
        if (err != NULL)
            *err = why;
    }
    return first;
}

static ctes_status take_refusal(ctes_delivery *delivery, const ctes_delivered *delivered,
                                ctes_error *err) {
    ctes_nom archive;
    ctes_store_sent sent = { .courrier = 0 };
    CTES_TRY(archive_of(delivery, &archive, err));
    CTES_TRY(ctes_courrier_sent_in(delivery->session, delivery->link->autorite->siren, archive.text,
                                   &sent, err));
    if (sent.courrier != 0)
        return ctes_courrier_failed(delivery, sent.courrier, delivered, err);
    if (sent.acte_count > 1)
        return refuse_all(delivery, &sent, delivered, err);
    return with_acte(delivery, sent.actes[0], ctes_acquittement_anomalie, delivered, err);
}

ctes_status ctes_retour_dispatch_anomalie(ctes_delivery *delivery, ctes_error *err) {
    CTES_CLEANUP(ctes_delivered_clear) ctes_delivered delivered = CTES_DELIVERED_INIT;
    ctes_error why = CTES_ERROR_INIT;
    delivered.file = delivery->retour->enveloppe;
    CTES_TRY(ctes_retour_bytes(delivered.file, &delivered.bytes, err));
    CTES_TRY(hash(&delivered, err));
    CTES_TRY(ctes_xml_read(delivery->session->schemas, delivered.bytes.data, delivered.bytes.length,
                           &delivered.message, &delivered.invalid, err));
    ctes_status status = take_refusal(delivery, &delivered, &why);
    if (status == CTES_OK)
        return CTES_OK;
    if (ctes_about_the_parcel(status))
        return ctes_delivery_aside(delivery, &delivered, &why, err);
    if (err != NULL)
        *err = why;
    return status;
}
