/* The préfecture's voice: acknowledgement, anomaly, receipt of a cancellation, classification. */
#include "sandbox/prefecture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/classification.h"
#include "sandbox/mail.h"

#define XML_MAX     (4u << 20)
#define MESSAGE_MAX 2200 /* bytes of 512 characters */
#define SIBLINGS    256

/* The file ends with its root: what is told behind it is glued without a separator (trap T9). */
static ctes_status keep(sb_box *box, int64_t id, int status, const char *text,
                        const ctes_buffer *flow, const char *name, ctes_error *err) {
    size_t length = flow->length;
    while (length > 0 && flow->data[length - 1] == '\n')
        length--;
    return store_status_set(box->store, id, status, text, flow->data, length, name, box_now_ms(),
                            err);
}

ctes_status prefecture_reply(sb_box *box, const sb_transac *t, int status, const char *text,
                             const ctes_buffer *flow, const char *name, ctes_error *err) {
    CTES_TRY(keep(box, t->id, status, text, flow, name, err));
    return mail_answer(box, t, name, flow, err);
}

/* "086-218601946-20240105-NUM-DE", from what the message says. */
static void make_id_acte(const sb_dossier *dossier, const char *number, char *out, size_t size) {
    const ctes_enveloppe_cl *from = &dossier->envelope.enveloppe_cl;
    char day[9];
    ctes_date_compact(dossier->message.acte.date, day);
    (void)snprintf(out, size, "%s-%s-%s-%s-%s", from->departement != NULL ? from->departement : "",
                   from->siren != NULL ? from->siren : "", day, number, dossier->transac->abrege);
}

/* The answer borrows the message's body for the time of writing: it is an echo. */
static ctes_status write_echo(sb_box *box, sb_dossier *dossier, ctes_message *answer,
                              ctes_buffer *out, ctes_error *err) {
    answer->classification_en_cours = box->en_vigueur.date;
    answer->acte = dossier->message.acte;
    dossier->message.acte = (ctes_donnees_acte){ .numero_interne = NULL };
    /* what an operator's older message lacked, the ministry writes as "N" */
    if (answer->acte.document_papier == NULL)
        CTES_TRY(ctes_text_dup("N", &answer->acte.document_papier, err));
    return ctes_xml_write_retour(answer, out, err);
}

static ctes_status put_path(ctes_fichier *fichier, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer path = CTES_BUFFER_INIT(1024);
    if (fichier->nom == NULL)
        return CTES_OK;
    CTES_TRY(ctes_buffer_printf(&path, err, "/tmp/phpACTES/%s", fichier->nom));
    free(fichier->nom);
    fichier->nom = NULL;
    return ctes_buffer_take(&path, &fichier->nom, err);
}

/* The ministry's own folders, as they were seen in an acknowledgement (sheet actes-norm § 9.4). */
static ctes_status put_paths(ctes_donnees_acte *acte, ctes_error *err) {
    CTES_TRY(put_path(&acte->document, err));
    for (size_t i = 0; i < acte->annexes.count; i++)
        CTES_TRY(put_path(&acte->annexes.items[i], err));
    return CTES_OK;
}

static ctes_status acknowledge(sb_box *box, sb_dossier *dossier, ctes_error *err) {
    const sb_transac *t = dossier->transac;
    CTES_AUTO_MESSAGE ctes_message answer = CTES_MESSAGE_INIT;
    answer.kind = CTES_M_AR_ACTE;
    answer.reception = box_today(box);
    bool direct = false;
    bool discordant = rules_find(&box->options.rules, RULE_DISCORDANT, t->number) != NULL;
    const char *number = dossier->message.acte.numero_interne;
    char id[CTES_ID_ACTE_MAX + 32];
    make_id_acte(dossier, discordant || number == NULL ? "AUTRE_ACTE" : number, id, sizeof id);
    CTES_TRY(ctes_text_dup(id, &answer.id_acte, err));
    if (discordant) {
        free(dossier->message.acte.numero_interne);
        dossier->message.acte.numero_interne = NULL;
        CTES_TRY(ctes_text_dup("AUTRE_ACTE", &dossier->message.acte.numero_interne, err));
    }
    CTES_TRY(mail_direct(box, t, &direct, err));
    if (direct && mail_has(box, MAIL_PATHS))
        CTES_TRY(put_paths(&dossier->message.acte, err));
    CTES_AUTO_BUFFER ctes_buffer flow = CTES_BUFFER_INIT(XML_MAX);
    CTES_TRY(write_echo(box, dossier, &answer, &flow, err));
    char day[11], text[64], name[128];
    ctes_date_format(answer.reception, day);
    (void)snprintf(text, sizeof text, "Reçu par le MI le %s", day);
    (void)snprintf(name, sizeof name, "%s-1-2_%lld.xml", id, (long long)t->id + PREFECTURE_NUMBER);
    CTES_TRY(store_unique_id_set(box->store, t->id, id, err));
    CTES_TRY(prefecture_reply(box, t, STATUS_ACKNOWLEDGED, text, &flow, name, err));
    const char *papier = answer.acte.document_papier;
    bool follows = strcmp(papier, "O") == 0 || strcmp(papier, "1") == 0; /* sheet § 5.4 */
    return follows ? mail_remind(box, t, id, err) : CTES_OK;
}

static ctes_status refuse_acte(sb_box *box, sb_dossier *dossier, const sb_verdict *verdict,
                               ctes_error *err) {
    CTES_AUTO_MESSAGE ctes_message answer = CTES_MESSAGE_INIT;
    answer.kind = CTES_M_ANOMALIE_ACTE;
    answer.date = box_today(box);
    CTES_TRY(ctes_text_dup(verdict->code, &answer.code, err));
    CTES_TRY(ctes_text_dup(verdict->text, &answer.texte, err));
    CTES_AUTO_BUFFER ctes_buffer flow = CTES_BUFFER_INIT(XML_MAX);
    CTES_TRY(write_echo(box, dossier, &answer, &flow, err));
    char text[MESSAGE_MAX], name[128];
    (void)snprintf(text, sizeof text, "Anomalie signalee par le MI : %s - %s", verdict->code,
                   verdict->text);
    (void)snprintf(name, sizeof name, "%s-%s----1-3_%lld.xml",
                   dossier->envelope.enveloppe_cl.departement, dossier->transac->siren,
                   (long long)dossier->transac->id);
    return prefecture_reply(box, dossier->transac, STATUS_ERROR, text, &flow, name, err);
}

/* Kept re-encoded to UTF-8 under a prolog that still says ISO-8859-1 (trap T9). */
static ctes_status reencode(ctes_buffer *flow, ctes_error *err) {
    CTES_AUTO_FREE char *utf8 = NULL;
    CTES_TRY(ctes_text_from_latin1(flow->data, flow->length, &utf8, err));
    ctes_buffer_reset(flow);
    return ctes_buffer_puts(flow, utf8, err);
}

static ctes_status refuse_envelope(sb_box *box, sb_dossier *dossier, const sb_verdict *verdict,
                                   ctes_error *err) {
    CTES_AUTO_MESSAGE ctes_message answer = CTES_MESSAGE_INIT;
    answer.kind = CTES_M_ANOMALIE_ENVELOPPE;
    answer.date = box_today(box);
    CTES_TRY(ctes_text_dup(verdict->code, &answer.code, err));
    CTES_TRY(ctes_text_dup(verdict->text, &answer.texte, err));
    answer.enveloppe_cl = dossier->envelope.enveloppe_cl;
    dossier->envelope.enveloppe_cl = (ctes_enveloppe_cl){ .siren = NULL };
    CTES_AUTO_BUFFER ctes_buffer flow = CTES_BUFFER_INIT(XML_MAX);
    CTES_TRY(ctes_xml_write_retour(&answer, &flow, err));
    char text[MESSAGE_MAX], name[160];
    (void)snprintf(text, sizeof text, "Enveloppe rejetée par le MI (%s : %s)", verdict->code,
                   verdict->text);
    (void)snprintf(name, sizeof name, "ANO_%s", dossier->envelope_name);
    CTES_TRY(mail_answer(box, dossier->transac, name, &flow, err));
    CTES_TRY(reencode(&flow, err));
    int64_t ids[SIBLINGS];
    size_t count = 0;
    CTES_TRY(store_siblings(box->store, dossier->transac->envelope, ids, SIBLINGS, &count, err));
    for (size_t i = 0; i < count; i++)
        CTES_TRY(keep(box, ids[i], STATUS_ERROR, text, &flow, name, err));
    return CTES_OK;
}

static ctes_status receive_cancellation(sb_box *box, sb_dossier *dossier, ctes_error *err) {
    CTES_AUTO_MESSAGE ctes_message answer = CTES_MESSAGE_INIT;
    answer.kind = CTES_M_AR_ANNULATION;
    answer.reception = box_today(box);
    CTES_TRY(ctes_text_dup(dossier->message.id_acte, &answer.id_acte, err));
    CTES_AUTO_BUFFER ctes_buffer flow = CTES_BUFFER_INIT(XML_MAX);
    CTES_TRY(ctes_xml_write_retour(&answer, &flow, err));
    char day[11], text[64], name[128];
    ctes_date_format(answer.reception, day);
    (void)snprintf(text, sizeof text, "Reçu par le MI le %s", day);
    (void)snprintf(name, sizeof name, "%s-6-2_%lld.xml", answer.id_acte,
                   (long long)dossier->transac->id);
    CTES_TRY(prefecture_reply(box, dossier->transac, STATUS_ACKNOWLEDGED, text, &flow, name, err));
    if (dossier->transac->related == 0)
        return CTES_OK;
    return keep(box, dossier->transac->related, STATUS_CANCELLED, text, &flow, name, err);
}

/* 7-3 for who has the one in force already; the operator, who names no date, gets it whole. */
static ctes_status write_classification(sb_box *box, const sb_dossier *dossier, ctes_buffer *out,
                                        const char **ret_flux, ctes_error *err) {
    CTES_AUTO_MESSAGE ctes_message same = CTES_MESSAGE_INIT;
    *ret_flux = "7-2";
    if (ctes_date_compare(dossier->message.date, box->en_vigueur.date) != 0)
        return ctes_buffer_append(out, box->en_vigueur.xml.data, box->en_vigueur.xml.length, err);
    *ret_flux = "7-3";
    same.kind = CTES_M_CLASSIFICATION_SANS_CHANGEMENT;
    same.classification.date = box->en_vigueur.date;
    return ctes_xml_write_retour(&same, out, err);
}

static ctes_status send_classification(sb_box *box, sb_dossier *dossier, ctes_error *err) {
    char day[11], text[64], name[64];
    const char *flux = "";
    bool direct = false;
    const char *departement = dossier->envelope.enveloppe_cl.departement;
    CTES_AUTO_BUFFER ctes_buffer flow = CTES_BUFFER_INIT(XML_MAX);
    CTES_TRY(write_classification(box, dossier, &flow, &flux, err));
    ctes_date_format(box_today(box), day);
    (void)snprintf(text, sizeof text, "Reçu par le MI le %s", day);
    (void)snprintf(name, sizeof name, "%s-%s----%s_%lld.xml",
                   departement != NULL ? departement : "", dossier->transac->siren, flux,
                   (long long)dossier->transac->id);
    CTES_TRY(mail_direct(box, dossier->transac, &direct, err));
    if (!direct) {
        box->options.never_classified = false;
        CTES_TRY(classification_deliver(box, err));
    }
    return prefecture_reply(box, dossier->transac, STATUS_ACKNOWLEDGED, text, &flow, name, err);
}

ctes_status prefecture_answer(sb_box *box, sb_dossier *dossier, const sb_verdict *verdict,
                              ctes_error *err) {
    if (verdict->kind == VERDICT_ENVELOPPE)
        return refuse_envelope(box, dossier, verdict, err);
    if (verdict->kind == VERDICT_ACTE)
        return refuse_acte(box, dossier, verdict, err);
    switch (dossier->message.kind) {
    case CTES_M_ACTE:
        return acknowledge(box, dossier, err);
    case CTES_M_ANNULATION:
        return receive_cancellation(box, dossier, err);
    case CTES_M_DEMANDE_CLASSIFICATION:
        return send_classification(box, dossier, err);
    default:
        return prefecture_answer_courrier(box, dossier, err);
    }
}
