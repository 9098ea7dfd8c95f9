#include "workflow/paquet.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "pack/pack.h"
#include "xml/xml.h"

void ctes_paquet_clear(ctes_paquet *paquet) {
    if (paquet == NULL)
        return;
    for (size_t i = 0; i < paquet->look_count; i++)
        ctes_look_clear(&paquet->looks[i]);
    free(paquet->looks);
    ctes_buffer_clear(&paquet->message);
    ctes_buffer_clear(&paquet->message_signature);
    *paquet = (ctes_paquet)CTES_PAQUET_INIT;
}

static ctes_status name_files(ctes_paquet *paquet, ctes_error *err) {
    CTES_TRY(ctes_nom_message(paquet->id_acte.text, 1, 1, 0, &paquet->message_nom, err));
    (void)snprintf(paquet->unique_id.text, sizeof paquet->unique_id.text, "%.*s-1-1",
                   CTES_NOM_MAX - 4, paquet->id_acte.text);
    for (size_t i = 0; i < paquet->look_count; i++) {
        ctes_look *look = &paquet->looks[i];
        CTES_TRY(ctes_nom_document(look->piece->type_pj, paquet->id_acte.text, 1, 1,
                                   (unsigned)i + 1, ctes_format_extension(look->format), &look->nom,
                                   err));
    }
    return CTES_OK;
}

/* A document in XML is a budget: ctes_format_check takes no other. */
static ctes_status check_budget(const ctes_look *document, ctes_error *err) {
    if (document->format != CTES_FORMAT_XML)
        return CTES_OK;
    ctes_status status = ctes_xml_budget_check(document->path, err);
    return status == CTES_OK ? CTES_OK
                             : ctes_fail_at(err, status, CTES_STAGE_ACTE, document->piece->path);
}

ctes_status ctes_paquet_look(const ctes_acte *acte, const ctes_autorite *autorite, ctes_paquet *ret,
                             ctes_error *err) {
    ctes_paquet_clear(ret);
    CTES_TRY(ctes_nom_id_acte(autorite, acte, &ret->id_acte, err));
    ret->looks = calloc(acte->annexe_count + 1, sizeof *ret->looks);
    if (ret->looks == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i <= acte->annexe_count; i++) {
        const ctes_piece *piece = i == 0 ? &acte->document : &acte->annexes[i - 1];
        CTES_TRY(ctes_look_at(piece, &ret->looks[i], err));
        ret->look_count = i + 1;
        ret->volume += ret->looks[i].size;
    }
    if (ret->volume > CTES_ARCHIVE_MAX)
        return ctes_fail(err, CTES_E_TOO_LARGE, acte->numero, "%llu > %d",
                         (unsigned long long)ret->volume, CTES_ARCHIVE_MAX);
    for (size_t i = 0; i < ret->look_count; i++) {
        ctes_status status =
            ctes_format_check(acte, ret->looks[0].format, ret->looks[i].format, i > 0, err);
        if (status != CTES_OK)
            return ctes_fail_at(err, status, CTES_STAGE_ACTE, ret->looks[i].piece->path);
    }
    CTES_TRY(check_budget(&ret->looks[0], err));
    return name_files(ret, err);
}

/* The act as the message carries it. */
static ctes_status describe(const ctes_acte *acte, const ctes_paquet *paquet,
                            ctes_donnees_acte *ret, ctes_error *err) {
    ret->date = acte->date;
    ret->nature = (int)acte->nature;
    ret->matiere = acte->matiere;
    ret->classification_date = acte->classification_date;
    ret->annexes_nombre = (long)acte->annexe_count;
    CTES_TRY(ctes_text_dup(acte->numero_interne, &ret->numero_interne, err));
    CTES_TRY(ctes_text_dup(acte->objet_transmis, &ret->objet, err));
    CTES_TRY(ctes_text_dup(acte->document_papier ? "O" : "N", &ret->document_papier, err));
    if (acte->precedent[0] != '\0')
        CTES_TRY(ctes_text_dup(acte->precedent, &ret->precedent, err));
    const ctes_look *document = &paquet->looks[0];
    CTES_TRY(ctes_text_dup(document->nom.text, &ret->document.nom, err));
    CTES_TRY(ctes_text_dup(document->signature.data, &ret->document.signature, err));
    for (size_t i = 1; i < paquet->look_count; i++)
        CTES_TRY(ctes_fichiers_add(&ret->annexes, paquet->looks[i].nom.text,
                                   paquet->looks[i].signature.data, err));
    return CTES_OK;
}

ctes_status ctes_paquet_seal(ctes_session *session, int64_t now_ms, ctes_paquet *paquet,
                             ctes_error *err) {
    ctes_hash hash;
    ctes_buffer_reset(&paquet->message_signature);
    CTES_TRY(
        ctes_xml_validate(session->schemas, paquet->message.data, paquet->message.length, err));
    CTES_TRY(ctes_hash_bytes(paquet->message.data, paquet->message.length, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, paquet->message_sha256);
    if (session->signer == NULL)
        return CTES_OK;
    return ctes_sign_hash(session->signer, &hash, now_ms, &paquet->message_signature, err);
}

static ctes_status write_message(ctes_session *session, const ctes_acte *acte, int64_t now_ms,
                                 ctes_paquet *paquet, ctes_error *err) {
    CTES_CLEANUP(ctes_donnees_acte_clear) ctes_donnees_acte donnees = { .annexes_nombre = -1 };
    CTES_TRY(describe(acte, paquet, &donnees, err));
    ctes_buffer_reset(&paquet->message);
    CTES_TRY(ctes_xml_write_acte(&donnees, &paquet->message, err));
    return ctes_paquet_seal(session, now_ms, paquet, err);
}

ctes_status ctes_paquet_write(ctes_session *session, const ctes_acte *acte, ctes_paquet *paquet,
                              ctes_error *err) {
    int64_t now_ms = ctes_now_ms(session->context);
    for (size_t i = 0; i < paquet->look_count; i++) {
        ctes_buffer_reset(&paquet->looks[i].signature);
        ctes_status status = ctes_look_sign(session, &paquet->looks[i], now_ms, err);
        if (status != CTES_OK)
            return ctes_fail_at(err, status, CTES_STAGE_SIGNATURE, acte->numero);
    }
    ctes_status status = write_message(session, acte, now_ms, paquet, err);
    return status == CTES_OK ? CTES_OK
                             : ctes_fail_at(err, status, CTES_STAGE_MESSAGE, acte->numero);
}

ctes_status ctes_paquet_unchanged(const ctes_paquet *paquet, ctes_error *err) {
    for (size_t i = 0; i < paquet->look_count; i++)
        CTES_TRY(ctes_look_again(&paquet->looks[i], err));
    return CTES_OK;
}
