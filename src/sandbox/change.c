/* Cancelling (sheet § 4) and what the operator deposits on its own account. */
#include "sandbox/change.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/deposit.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"

static ctes_status write_envelope(const sb_exchange *x, const char *message_name, ctes_buffer *out,
                                  ctes_error *err) {
    const sb_authority *a = x->account->authority;
    CTES_CLEANUP(ctes_enveloppe_cl_clear) ctes_enveloppe_cl envelope = { .siren = NULL };
    CTES_TRY(ctes_text_dup(a->siren, &envelope.siren, err));
    CTES_TRY(ctes_text_dup(a->departement, &envelope.departement, err));
    CTES_TRY(ctes_text_dup(a->arrondissement, &envelope.arrondissement, err));
    CTES_TRY(ctes_text_dup(a->nature, &envelope.nature, err));
    CTES_TRY(ctes_adresse_add(&envelope, RETURN_MAILBOX, err));
    CTES_TRY(ctes_fichiers_add(&envelope.formulaires, message_name, NULL, err));
    return ctes_xml_write_enveloppe(&envelope, out, err);
}

static void describe(const sb_exchange *x, const own_message *message, unsigned serial,
                     sb_transac *t) {
    const sb_options *options = &x->box->options;
    const char *siren = x->account->authority->siren;
    char day[9];
    ctes_date_compact(box_today(x->box), day);
    if (message->about != NULL)
        *t = *message->about; /* it carries the act's number, date and nature */
    else
        *t = (sb_transac){ .nature = 0 };
    t->related = message->related;
    t->type = message->type;
    t->status = STATUS_POSTED;
    t->lag = 0;
    t->late = false;
    t->created_ms = box_now_ms();
    t->due_ms = prefecture_due(x->box, t->created_ms);
    t->unique_id[0] = '\0';
    (void)ctes_text_copy(t->siren, sizeof t->siren, siren);
    (void)ctes_text_copy(t->owner, sizeof t->owner, x->account->name);
    (void)snprintf(t->path, sizeof t->path, "%s/%s-%s--%s--%s-%u.tar.gz", siren, options->trigramme,
                   options->quadrigramme, siren, day, serial);
}

static ctes_status record_answer(sb_box *box, int64_t transac, const own_message *own,
                                 ctes_error *err) {
    CTES_AUTO_MESSAGE ctes_message message = CTES_MESSAGE_INIT;
    CTES_TRY(ctes_xml_read(NULL, own->xml, strlen(own->xml), &message, NULL, err));
    return courrier_record(box, transac, &message, err);
}

static ctes_status put_all(sb_exchange *x, const own_message *message, sb_transac *t,
                           ctes_error *err) {
    sb_store *store = x->box->store;
    CTES_AUTO_BUFFER ctes_buffer envelope = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX);
    char day[11], envelope_name[128];
    unsigned serial = 0;
    ctes_date_format(box_today(x->box), day);
    CTES_TRY(store_serial(store, x->account->authority->siren, day, &serial, err));
    describe(x, message, serial, t);
    CTES_TRY(write_envelope(x, message->name, &envelope, err));
    const char *base = strchr(strchr(t->path, '/'), '-') + 1;
    (void)snprintf(envelope_name, sizeof envelope_name, "%.*s.xml", (int)(strlen(base) - 7), base);
    CTES_TRY(store_envelope_add(store, t->siren, t->owner, t->path, "own", t->created_ms,
                                &t->envelope, err));
    CTES_TRY(store_transac_add(store, t, "", err));
    CTES_TRY(store_member_add(store, t->path, envelope_name, envelope.data, envelope.length, err));
    size_t length = strlen(message->xml);
    CTES_TRY(store_member_add(store, t->path, message->name, message->xml, length, err));
    CTES_TRY(store_file_add(store,
                            &(stored_file){ .transac = t->id,
                                            .name = message->name,
                                            .posted = "",
                                            .mime = "text/xml",
                                            .size = length,
                                            .sign = "",
                                            .code_pj = "" },
                            err));
    for (size_t i = 0; i < message->file_count; i++)
        CTES_TRY(deposit_put_file(store, t->path, t->id, &message->files[i], err));
    if (message->answers)
        CTES_TRY(record_answer(x->box, t->id, message, err));
    return store_status_set(store, t->id, t->status, "Dépôt initial", NULL, 0, NULL, t->created_ms,
                            err);
}

ctes_status own_message_put(sb_exchange *x, const own_message *message, int64_t *ret,
                            ctes_error *err) {
    sb_transac t;
    CTES_TRY(store_begin(x->box->store, err));
    ctes_status status = put_all(x, message, &t, err);
    if (status == CTES_OK)
        status = store_commit(x->box->store, err);
    if (status != CTES_OK) {
        store_rollback(x->box->store);
        return status;
    }
    *ret = t.id;
    return prefecture_deposited(x->box, t.id, err);
}

void deposit_own_message(sb_exchange *x, const own_message *message) {
    char payload[32];
    int64_t id = 0;
    ctes_error err = CTES_ERROR_INIT;
    if (own_message_put(x, message, &id, &err) != CTES_OK) {
        reply_exception(x, &err);
        return;
    }
    (void)snprintf(payload, sizeof payload, "%lld\n", (long long)id);
    reply_success(x, payload);
}

/* In the order of the sheet's § 4; NULL when it may be cancelled. */
static const char *why_not(sb_exchange *x, int64_t id, sb_transac *ret, ctes_error *err) {
    int64_t pending = 0;
    if (id == 0)
        return "Pas d'identifiant de transaction à annuler spécifié.";
    if (store_transac_get(x->box->store, id, ret, err) != CTES_OK)
        return "Erreur d'initialisation de la transaction.";
    if (ret->type != 1)
        return "Ce type de transaction ne peut pas être annulé.";
    if (store_cancel_pending(x->box->store, id, &pending, err) != CTES_OK || pending != 0)
        return "Une demande d'annulation est déjà en cours pour cette transaction.";
    if (ret->status != STATUS_ACKNOWLEDGED)
        return "Impossible d'annuler une transaction qui n'est pas en état « Acquittement reçu ».";
    if (!account_can_view(x->account, accounts_by_name(&x->box->accounts, ret->owner), ret->siren))
        return "Accès refusé";
    return NULL;
}

static void cancel(sb_exchange *x, int64_t id) {
    sb_transac act;
    ctes_error err = CTES_ERROR_INIT;
    const char *reason = why_not(x, id, &act, &err);
    if (reason != NULL) {
        reply_failure(x, reason);
        return;
    }
    char name[128], xml[512];
    (void)snprintf(name, sizeof name, "%s-6-1_0.xml", act.unique_id);
    (void)snprintf(xml, sizeof xml,
                   "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<actes:Annulation "
                   "xmlns:actes=\"" CTES_XML_NS_ACTES "\" actes:IDActe=\"%s\"/>\n",
                   act.unique_id);
    own_message message = { .type = 6, .name = name, .xml = xml, .about = &act, .related = act.id };
    deposit_own_message(x, &message);
}

void page_cancel(sb_exchange *x) {
    int64_t id = 0;
    if (!enter(x, STYLE_GENERIC, RIGHT_SEND, true))
        return;
    if (!parameter_id(x, "id", true, &id)) {
        reply_exception(x, NULL);
        return;
    }
    store_lock(x->box->store);
    cancel(x, id);
    store_unlock(x->box->store);
}
