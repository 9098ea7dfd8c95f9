/* What an authority sends about a letter (2-2, 3-2 … 4-4): recorded, judged, acknowledged. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "sandbox/prefecture.h"
#include "sandbox/store_courrier.h"

/* The sandbox's own number: no source gives the real ones. */
#define INCOHERENT "ODT-VERIF-98 : %s : %s"

bool courrier_codes(ctes_message_kind kind, unsigned *ret_transaction, unsigned *ret_flux) {
    static const struct {
        unsigned transaction, flux;
    } codes[] = {
#define CODE(id, root, transaction, flux) [id] = { transaction, flux },
        CTES_MESSAGE_LIST(CODE)
#undef CODE
    };
    *ret_transaction = codes[kind].transaction;
    *ret_flux = codes[kind].flux;
    return codes[kind].transaction >= 2 && codes[kind].transaction <= 4 && codes[kind].flux >= 2 &&
           codes[kind].flux <= 4;
}

static ctes_status find_letter(sb_box *box, const ctes_message *message, int64_t *ret,
                               ctes_error *err) {
    unsigned transaction = 0, flux = 0;
    char first[16], day[11];
    *ret = 0;
    if (!courrier_codes(message->kind, &transaction, &flux) || message->id_acte == NULL)
        return CTES_OK;
    (void)snprintf(first, sizeof first, "%u-1", transaction);
    ctes_date_format(message->date, day);
    return store_courrier_find(box->store, first, message->id_acte, day, ret, err);
}

ctes_status courrier_record(sb_box *box, int64_t transac, const ctes_message *message,
                            ctes_error *err) {
    unsigned transaction = 0, flux = 0;
    sb_courrier row = { .transac = transac };
    if (!courrier_codes(message->kind, &transaction, &flux))
        return CTES_OK;
    (void)snprintf(row.message, sizeof row.message, "%.1u-%.1u", transaction % 10, flux % 10);
    (void)ctes_text_copy(row.id_acte, sizeof row.id_acte,
                         message->id_acte != NULL ? message->id_acte : "");
    if (ctes_date_given(message->date))
        ctes_date_format(message->date, row.date);
    CTES_TRY(find_letter(box, message, &row.letter, err));
    return store_courrier_add(box->store, &row, "", "", err);
}

static ctes_status check_cited(sb_box *box, sb_dossier *dossier, sb_verdict *verdict,
                               ctes_error *err) {
    const ctes_fichiers *cited = &dossier->message.fichiers;
    for (size_t i = 0; i < cited->count; i++) {
        CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_ARCHIVE_MAX);
        ctes_error missing = CTES_ERROR_INIT;
        const char *name = cited->items[i].nom != NULL ? cited->items[i].nom : "";
        ctes_status status =
            store_member_get(box->store, dossier->transac->path, name, &bytes, &missing);
        if (status == CTES_E_NOT_FOUND)
            verdict_set(verdict, VERDICT_ENVELOPPE, "100", INCOHERENT, name,
                        "ce fichier manque dans l'archive");
        else if (status != CTES_OK)
            return ctes_fail(err, status, name, "%s", missing.detail);
    }
    return CTES_OK;
}

ctes_status prefecture_judge_courrier(sb_box *box, sb_dossier *dossier, sb_verdict *ret,
                                      ctes_error *err) {
    unsigned transaction = 0, flux = 0;
    ctes_nom_parts parts;
    int64_t letter = 0;
    const char *name = dossier->message_name;
    if (!courrier_codes(dossier->message.kind, &transaction, &flux))
        return CTES_OK;
    CTES_TRY(find_letter(box, &dossier->message, &letter, err));
    if (letter == 0)
        verdict_set(ret, VERDICT_ENVELOPPE, "100", INCOHERENT, name,
                    "aucun courrier de cette date pour cet acte");
    if (ctes_nom_parse(name, &parts, NULL) != CTES_OK || parts.transaction != transaction ||
        parts.flux != flux)
        verdict_set(ret, VERDICT_ENVELOPPE, "100", INCOHERENT, name,
                    "ce nom n'est pas celui de ce message");
    return check_cited(box, dossier, ret, err);
}

/* 3-5 and 4-5, with the letter's date. */
static ctes_status acknowledge(sb_box *box, sb_dossier *dossier, ctes_message_kind kind,
                               ctes_error *err) {
    const sb_transac *t = dossier->transac;
    CTES_AUTO_MESSAGE ctes_message answer = CTES_MESSAGE_INIT;
    answer.kind = kind;
    answer.reception = box_today(box);
    answer.date = dossier->message.date;
    CTES_TRY(ctes_text_dup(dossier->message.id_acte, &answer.id_acte, err));
    CTES_AUTO_BUFFER ctes_buffer flow = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    CTES_TRY(ctes_xml_write_retour(&answer, &flow, err));
    char day[11], text[64], name[128];
    ctes_date_format(answer.reception, day);
    (void)snprintf(text, sizeof text, "Reçu par le MI le %s", day);
    (void)snprintf(name, sizeof name, "%s-%d-5_%lld.xml", answer.id_acte, t->type,
                   (long long)t->id + PREFECTURE_NUMBER);
    return prefecture_reply(box, t, STATUS_ACKNOWLEDGED, text, &flow, name, err);
}

/* The acknowledgement that was due for a letter is there. */
static ctes_status take_ar(sb_box *box, const sb_dossier *dossier, ctes_error *err) {
    int64_t id = 0;
    sb_transac letter;
    CTES_TRY(find_letter(box, &dossier->message, &id, err));
    if (id == 0)
        return CTES_OK;
    CTES_TRY(store_transac_get(box->store, id, &letter, err));
    if (letter.status != STATUS_RECEIVED)
        return CTES_OK;
    return store_status_set(box->store, id, STATUS_AR_SENT, "Acquittement envoyé", NULL, 0, NULL,
                            box_now_ms(), err);
}

ctes_status prefecture_answer_courrier(sb_box *box, sb_dossier *dossier, ctes_error *err) {
    switch (dossier->message.kind) {
    case CTES_M_REFUS_PIECE:
    case CTES_M_PIECE:
        return acknowledge(box, dossier, CTES_M_AR_PIECE, err);
    case CTES_M_REJET_LETTRE_OBSERVATIONS:
    case CTES_M_REPONSE_LETTRE_OBSERVATIONS:
        return acknowledge(box, dossier, CTES_M_AR_REPONSE_LETTRE_OBSERVATIONS, err);
    case CTES_M_AR_DEMANDE_PIECE:
    case CTES_M_AR_LETTRE_OBSERVATIONS:
        return take_ar(box, dossier, err);
    default:
        return CTES_OK; /* none is known for 2-2 (sheet § 5): it stays where it is */
    }
}
