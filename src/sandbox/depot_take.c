/* An archive taken in: unpacked, its envelope read, a transaction for each message. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "norm/regles.h"
#include "pack/pack.h"
#include "sandbox/deposit.h"
#include "sandbox/depot.h"
#include "sandbox/prefecture.h"
#include "sandbox/store_depot.h"
#include "sign/sign.h"

#define MESSAGES_MAX 256

/* An archive on its way in. */
typedef struct sb_depot {
    sb_exchange *x;
    const char *name;
    char path[160];
    ctes_message envelope;
    int64_t envelope_id;
    const char *verdict; /* why nothing can be made of it, or "" */
    int64_t ids[MESSAGES_MAX];
    size_t count;
} sb_depot;

static ctes_status put_member(void *user, const char *name, const void *bytes, size_t length,
                              ctes_error *err) {
    const sb_depot *depot = user;
    return store_member_add(depot->x->box->store, depot->path, name, bytes, length, err);
}

/* What is no archive of the norm is stored and never answered: nobody knows whose it is. */
static ctes_status unpack(sb_depot *depot, const void *bytes, size_t length, ctes_error *err) {
    char name[128];
    ctes_error fault = CTES_ERROR_INIT;
    const ctes_pack_limits limits = CTES_PACK_LIMITS_INIT;
    CTES_AUTO_BUFFER ctes_buffer xml = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    ctes_status status = ctes_pack_read(bytes, length, &limits, put_member, depot, &fault);
    if (status == CTES_E_LEDGER_IO || status == CTES_E_MEMORY) {
        *err = fault;
        return status;
    }
    dossier_envelope_name(depot->path, name, sizeof name);
    if (status != CTES_OK)
        depot->verdict = "archive illisible";
    else if (store_member_get(depot->x->box->store, depot->path, name, &xml, &fault) != CTES_OK)
        depot->verdict = "enveloppe absente";
    else if (ctes_xml_read(NULL, xml.data, xml.length, &depot->envelope, NULL, &fault) != CTES_OK ||
             depot->envelope.kind != CTES_M_ENVELOPPE_CL)
        depot->verdict = "enveloppe illisible";
    return CTES_OK;
}

static void describe(const sb_depot *depot, const ctes_message *message, sb_transac *t) {
    const ctes_donnees_acte *acte = &message->acte;
    const char *siren = depot->envelope.enveloppe_cl.siren;
    *t = (sb_transac){ .envelope = depot->envelope_id,
                       .type = deposit_type(message->kind),
                       .status = STATUS_TRANSMITTED,
                       .created_ms = box_now_ms() };
    t->due_ms = prefecture_due(depot->x->box, t->created_ms);
    (void)ctes_text_copy(t->siren, sizeof t->siren, siren != NULL ? siren : "");
    (void)ctes_text_copy(t->owner, sizeof t->owner, depot->x->account->name);
    (void)ctes_text_copy(t->path, sizeof t->path, depot->path);
    if (message->kind != CTES_M_ACTE)
        return;
    t->nature = acte->nature;
    (void)ctes_text_copy(t->number, sizeof t->number,
                         acte->numero_interne != NULL ? acte->numero_interne : "");
    (void)ctes_text_copy(t->abrege, sizeof t->abrege, deposit_abrege(acte->nature));
    ctes_date_format(acte->date, t->date);
    deposit_classification(&acte->matiere, t->classification, sizeof t->classification);
}

/* What an answer or a cancellation is about: its number is shown with it. */
static void relate(const sb_depot *depot, const ctes_message *message, sb_transac *t) {
    sb_transac act;
    ctes_error none = CTES_ERROR_INIT;
    if (message->id_acte == NULL ||
        store_transac_find(depot->x->box->store, message->id_acte, &act, &none) != CTES_OK)
        return;
    t->related = act.id;
    t->nature = act.nature;
    (void)ctes_text_copy(t->number, sizeof t->number, act.number);
    (void)ctes_text_copy(t->date, sizeof t->date, act.date);
    (void)ctes_text_copy(t->abrege, sizeof t->abrege, act.abrege);
}

static ctes_status put_file(const sb_depot *depot, int64_t transac, const char *name, bool document,
                            ctes_error *err) {
    char code[6] = "";
    ctes_error missing = CTES_ERROR_INIT;
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_ARCHIVE_MAX);
    if (store_member_get(depot->x->box->store, depot->path, name, &bytes, &missing) != CTES_OK)
        return CTES_OK; /* the judgement will miss it */
    if (document && strlen(name) > 6 && name[5] == '-')
        (void)snprintf(code, sizeof code, "%.5s", name);
    stored_file row = {
        .transac = transac,
        .name = name,
        .posted = name,
        .mime = document ? mime_sniff(bytes.data != NULL ? bytes.data : "", bytes.length)->mime
                         : "text/xml",
        .size = bytes.length,
        .sign = "",
        .code_pj = code
    };
    return store_file_add(depot->x->box->store, &row, err);
}

static ctes_status put_list(const sb_depot *depot, int64_t transac, const ctes_fichiers *list,
                            ctes_error *err) {
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].nom != NULL)
            CTES_TRY(put_file(depot, transac, list->items[i].nom, true, err));
    return CTES_OK;
}

static ctes_status put_files(const sb_depot *depot, int64_t transac, const char *name,
                             const ctes_message *message, ctes_error *err) {
    CTES_TRY(put_file(depot, transac, name, false, err));
    if (message->acte.document.nom != NULL)
        CTES_TRY(put_file(depot, transac, message->acte.document.nom, true, err));
    CTES_TRY(put_list(depot, transac, &message->acte.annexes, err));
    return put_list(depot, transac, &message->fichiers, err);
}

static ctes_status note_twice(const sb_depot *depot, const sb_transac *t, const char *subject,
                              ctes_error *err) {
    int64_t held = 0;
    CTES_TRY(store_act_before(depot->x->box->store, t, &held, err));
    if (t->type != 1 || held == 0)
        return CTES_OK;
    return store_duplicate_add(depot->x->box->store, t->siren, t->number, "depot", subject, held,
                               t->created_ms, err);
}

/* A message that cannot be read is a transaction too: it is refused by its name. */
static ctes_status take_message(sb_depot *depot, const char *name, ctes_error *err) {
    sb_transac t;
    sb_store *store = depot->x->box->store;
    ctes_error fault = CTES_ERROR_INIT;
    CTES_AUTO_MESSAGE ctes_message message = CTES_MESSAGE_INIT;
    CTES_AUTO_BUFFER ctes_buffer xml = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    if (store_member_get(store, depot->path, name, &xml, &fault) == CTES_OK)
        (void)!ctes_xml_read(NULL, xml.data, xml.length, &message, NULL, &fault);
    const char *subject = message.acte.objet != NULL ? message.acte.objet : "";
    describe(depot, &message, &t);
    relate(depot, &message, &t);
    CTES_TRY(store_transac_add(store, &t, subject, err));
    CTES_TRY(note_twice(depot, &t, subject, err));
    CTES_TRY(put_files(depot, t.id, name, &message, err));
    CTES_TRY(courrier_record(depot->x->box, t.id, &message, err));
    depot->ids[depot->count++] = t.id;
    return store_status_set(store, t.id, t.status, "Reçu", NULL, 0, NULL, t.created_ms, err);
}

static ctes_status take_messages(sb_depot *depot, ctes_error *err) {
    const ctes_enveloppe_cl *envelope = &depot->envelope.enveloppe_cl;
    sb_store *store = depot->x->box->store;
    if (depot->verdict[0] == '\0') {
        CTES_TRY(store_envelope_add(store, envelope->siren, depot->x->account->name, depot->path,
                                    "depot", box_now_ms(), &depot->envelope_id, err));
        for (size_t i = 0; i < envelope->formulaires.count && i < MESSAGES_MAX; i++) {
            const char *name = envelope->formulaires.items[i].nom;
            CTES_TRY(take_message(depot, name != NULL ? name : "", err));
        }
    }
    return store_depot_set(store, depot->name, depot->envelope_id, depot->verdict, err);
}

static ctes_status take_once(sb_depot *depot, const void *bytes, size_t length, ctes_error *err) {
    ctes_hash hash;
    char hex[2 * CTES_SHA256_SIZE + 1];
    bool known = false;
    CTES_TRY(ctes_hash_bytes(bytes, length, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, hex);
    CTES_TRY(
        store_depot_add(depot->x->box->store, depot->name, length, hex, box_now_ms(), &known, err));
    if (known) /* sent again after a lost reply: nothing comes of it */
        return CTES_OK;
    CTES_TRY(unpack(depot, bytes, length, err));
    return take_messages(depot, err);
}

ctes_status depot_take(sb_exchange *x, const char *name, const void *bytes, size_t length,
                       ctes_error *err) {
    sb_depot depot = { .x = x, .name = name, .verdict = "" };
    (void)snprintf(depot.path, sizeof depot.path, "depot/%s", name);
    CTES_TRY(store_begin(x->box->store, err));
    ctes_status status = take_once(&depot, bytes, length, err);
    if (status == CTES_OK)
        status = store_commit(x->box->store, err);
    if (status != CTES_OK)
        store_rollback(x->box->store);
    ctes_message_clear(&depot.envelope);
    for (size_t i = 0; i < depot.count && status == CTES_OK; i++)
        status = prefecture_deposited_directly(x->box, depot.ids[i], err);
    return status;
}
