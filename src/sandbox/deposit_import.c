#include "sandbox/deposit_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "sandbox/deposit.h"
#include "sandbox/prefecture.h"

#define CONFLICT                                                                                   \
    "Un numéro interne d'acte entre en conflit avec un acte existant dans la base de données."

/* One message being imported. */
typedef struct sb_importing {
    sb_import *import;
    const char *name; /* of the message */
    ctes_message message;
    ctes_buffer bytes;
    sb_transac transac;
    const mime_type *main_type;
} sb_importing;

static bool refuse_import(sb_importing *i, const char *text, const char *detail) {
    (void)snprintf(i->import->reason, sizeof i->import->reason, "%s%s", text, detail);
    return false;
}

static bool read_message(sb_importing *i, ctes_error *err) {
    ctes_error fault = CTES_ERROR_INIT;
    sb_store *store = i->import->x->box->store;
    if (store_member_get(store, i->import->path, i->name, &i->bytes, &fault) != CTES_OK)
        return refuse_import(i, "Fichier absent de l'archive : ", i->name);
    if (ctes_xml_read(NULL, i->bytes.data, i->bytes.length, &i->message, NULL, &fault) != CTES_OK) {
        *err = fault.code == CTES_E_MEMORY ? fault : *err;
        return refuse_import(i, "Fichier XML illisible : ", i->name);
    }
    return true;
}

int deposit_type(ctes_message_kind kind) {
    switch (kind) {
    case CTES_M_ACTE:
        return 1;
    case CTES_M_REPONSE_COURRIER_SIMPLE:
        return 2;
    case CTES_M_AR_DEMANDE_PIECE:
    case CTES_M_REFUS_PIECE:
    case CTES_M_PIECE:
        return 3;
    case CTES_M_AR_LETTRE_OBSERVATIONS:
    case CTES_M_REJET_LETTRE_OBSERVATIONS:
    case CTES_M_REPONSE_LETTRE_OBSERVATIONS:
        return 4;
    case CTES_M_ANNULATION:
        return 6;
    case CTES_M_DEMANDE_CLASSIFICATION:
        return 7;
    default:
        return 0;
    }
}

static bool describe_act(sb_importing *i) {
    const ctes_donnees_acte *acte = &i->message.acte;
    sb_transac *t = &i->transac;
    if (acte->numero_interne == NULL || !deposit_number_valid(acte->numero_interne))
        return refuse_import(i, "Le numéro n'est pas correct", "");
    if (acte->objet == NULL || acte->objet[0] == '\0')
        return refuse_import(i, "Objet de l'acte doit être présent.", "");
    if (ctes_text_count(acte->objet) > CTES_OBJET_MAX)
        return refuse_import(
            i, "Le champ Objet de l'acte est trop long (499 caractères maxi autorisés).", "");
    if (acte->matiere.count < 2)
        return refuse_import(i, "Les deux premiers niveaux de classification sont obligatoires.",
                             "");
    if (deposit_abrege(acte->nature)[0] == '\0')
        return refuse_import(i, "Description nature de l'acte doit être présent.", "");
    if (ctes_date_given(acte->date) &&
        ctes_date_compare(acte->date, box_today(i->import->x->box)) > 0)
        return refuse_import(i, "La date de décision est une date dans le futur", "");
    t->nature = acte->nature;
    (void)ctes_text_copy(t->number, sizeof t->number, acte->numero_interne);
    ctes_date_format(acte->date, t->date);
    (void)ctes_text_copy(t->abrege, sizeof t->abrege, deposit_abrege(acte->nature));
    deposit_classification(&acte->matiere, t->classification, sizeof t->classification);
    return true;
}

static bool find_related(sb_importing *i) {
    sb_transac act;
    const char *id = i->message.id_acte;
    ctes_error none = CTES_ERROR_INIT;
    if (id == NULL || store_transac_find(i->import->x->box->store, id, &act, &none) != CTES_OK)
        return refuse_import(i, "Acte inconnu : ", id != NULL ? id : "");
    i->transac.related = act.id;
    return true;
}

/* For ever, whatever became of the act that has the number (sheet § 6). */
static bool number_free(sb_importing *i, ctes_error *err) {
    int64_t held = 0;
    sb_store *store = i->import->x->box->store;
    if (store_number_taken(store, i->transac.siren, i->transac.number, &held, err) != CTES_OK)
        return false;
    return held == 0 || refuse_import(i, CONFLICT, "");
}

/* What `openssl pkcs7` and `openssl smime` read, which S2LOW runs: "CMS" is no label of theirs. */
static bool pem_of_pkcs7(const char *signature) {
    return strstr(signature, "-----BEGIN PKCS7-----") != NULL ||
           strstr(signature, "-----BEGIN PKCS #7 SIGNED DATA-----") != NULL;
}

static bool verify_document(sb_importing *i, const ctes_fichier *file, const ctes_buffer *bytes) {
    if (file->signature == NULL || file != &i->message.acte.document)
        return true; /* annexes are not verified here (sheet § 2.3) */
    ctes_error fault = CTES_ERROR_INIT;
    if (!pem_of_pkcs7(file->signature) ||
        ctes_signature_verify_bytes(file->signature, strlen(file->signature), bytes->data,
                                    bytes->length, i->import->x->box->trust, NULL,
                                    &fault) != CTES_OK)
        return refuse_import(i, "La signature du fichier n'est pas valide : ", file->nom);
    return true;
}

static bool put_document(sb_importing *i, const ctes_fichier *file, ctes_error *err) {
    sb_store *store = i->import->x->box->store;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_ARCHIVE_MAX);
    ctes_error missing = CTES_ERROR_INIT;
    if (file->nom == NULL ||
        store_member_get(store, i->import->path, file->nom, &bytes, &missing) != CTES_OK)
        return refuse_import(i,
                             "Fichier absent de l'archive : ", file->nom != NULL ? file->nom : "");
    const mime_type *type = mime_sniff(bytes.data != NULL ? bytes.data : "", bytes.length);
    char code[6] = "", reason[1024];
    if (strlen(file->nom) > 6 && file->nom[5] == '-')
        (void)snprintf(code, sizeof code, "%.5s", file->nom);
    deposit_judge_file(type, file->nom, code, i->message.acte.nature, &i->message.acte.matiere,
                       i->main_type, reason, sizeof reason);
    if (reason[0] != '\0')
        return refuse_import(i, reason, "");
    if (!verify_document(i, file, &bytes))
        return false;
    if (i->main_type == NULL)
        i->main_type = type;
    return store_file_add(store,
                          &(stored_file){ .transac = i->transac.id,
                                          .name = file->nom,
                                          .posted = file->nom,
                                          .mime = type->mime,
                                          .size = bytes.length,
                                          .sign = file->signature != NULL ? file->signature : "",
                                          .code_pj = code },
                          err) == CTES_OK;
}

static bool put_transac(sb_importing *i, ctes_error *err) {
    sb_store *store = i->import->x->box->store;
    const char *subject = i->message.acte.objet != NULL ? i->message.acte.objet : "";
    return store_transac_add(store, &i->transac, subject, err) == CTES_OK &&
           store_file_add(store,
                          &(stored_file){ .transac = i->transac.id,
                                          .name = i->name,
                                          .posted = "",
                                          .mime = "text/xml",
                                          .size = i->bytes.length,
                                          .sign = "",
                                          .code_pj = "" },
                          err) == CTES_OK &&
           courrier_record(i->import->x->box, i->transac.id, &i->message, err) == CTES_OK &&
           store_status_set(store, i->transac.id, i->transac.status, "Dépôt initial", NULL, 0, NULL,
                            i->transac.created_ms, err) == CTES_OK;
}

static bool put_documents(sb_importing *i, ctes_error *err) {
    if (i->transac.type != 1)
        return true;
    const ctes_donnees_acte *acte = &i->message.acte;
    if (!put_document(i, &acte->document, err))
        return false;
    for (size_t n = 0; n < acte->annexes.count; n++) {
        if (!put_document(i, &acte->annexes.items[n], err))
            return false;
    }
    return true;
}

static void begin_transac(sb_importing *i) {
    const sb_exchange *x = i->import->x;
    i->transac = (sb_transac){ .envelope = i->import->envelope_id,
                               .type = deposit_type(i->message.kind),
                               .created_ms = box_now_ms() };
    i->transac.due_ms = prefecture_due(x->box, i->transac.created_ms);
    (void)ctes_text_copy(i->transac.siren, sizeof i->transac.siren, x->account->authority->siren);
    (void)ctes_text_copy(i->transac.owner, sizeof i->transac.owner, x->account->name);
    (void)ctes_text_copy(i->transac.path, sizeof i->transac.path, i->import->path);
}

static void record_conflict(const sb_importing *i) {
    if (strcmp(i->import->reason, CONFLICT) != 0)
        return;
    int64_t held = 0;
    ctes_error err = CTES_ERROR_INIT;
    sb_store *store = i->import->x->box->store;
    /* outside of what is rolled back: the try is a fact, whatever happens to the deposit */
    store_rollback(store);
    if (store_number_taken(store, i->transac.siren, i->transac.number, &held, &err) == CTES_OK &&
        store_duplicate_add(store, i->transac.siren, i->transac.number, "submit",
                            i->message.acte.objet, held, box_now_ms(), &err) != CTES_OK)
        (void)fprintf(stderr, "ctes-sandbox: %s\n", err.detail);
}

static bool import_one(sb_importing *i, ctes_error *err) {
    if (!read_message(i, err))
        return false;
    begin_transac(i);
    if (i->transac.type == 0)
        return refuse_import(i, "Type de transaction inconnu : ", i->name);
    if (i->transac.type == 1 && !describe_act(i))
        return false;
    if (i->transac.type == 6 && !find_related(i))
        return false;
    if (i->transac.number[0] != '\0' && !number_free(i, err))
        return false;
    i->transac.status = deposit_first_status(i->import->x, i->transac.number, false);
    return put_transac(i, err) && put_documents(i, err);
}

bool import_formulaire(sb_import *import, const ctes_fichier *formulaire, ctes_error *err) {
    sb_importing i = { .import = import,
                       .name = formulaire->nom != NULL ? formulaire->nom : "",
                       .bytes = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX) };
    bool done = import_one(&i, err);
    if (done)
        import->ids[import->count++] = i.transac.id;
    else
        record_conflict(&i);
    ctes_message_clear(&i.message);
    ctes_buffer_clear(&i.bytes);
    return done;
}
