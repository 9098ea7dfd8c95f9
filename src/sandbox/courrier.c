/* Letters of the préfecture as the operator shows them (sheet § 3.4). */
#include <stdio.h>
#include <string.h>

#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"
#include "sandbox/store_courrier.h"

#define RELATED_MAX 256

/* One line for what came or went about an act; the state may be negative: "3--1-55". */
static void put_line(void *user, const sb_transac *t) {
    reply_printf(user, "%d-%d-%lld\n", t->type, t->status, (long long)t->id);
}

static ctes_status say_lines(sb_exchange *x, int64_t act, ctes_error *err) {
    int64_t ids[RELATED_MAX];
    size_t count = 0;
    CTES_TRY(store_related_ids(x->box->store, act, ids, RELATED_MAX, &count, err));
    for (size_t i = 0; i < count; i++)
        CTES_TRY(prefecture_asked(x->box, ids[i], err));
    reply_type(x, "text/plain");
    return store_related(x->box->store, act, put_line, x, err);
}

/* With the lock held. Anything but an act leads to its archive. */
static void say_document(sb_exchange *x, int64_t id) {
    const char *unique_id = form_value(&x->query, "unique_id");
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = *unique_id != '\0' ? store_transac_find(x->box->store, unique_id, &t, &err)
                                            : store_transac_get(x->box->store, id, &t, &err);
    if (status != CTES_OK) {
        reply_plain_failure(x, "Numéro de transaction invalide.");
    } else if (!account_can_view(x->account, accounts_by_name(&x->box->accounts, t.owner),
                                 t.siren)) {
        reply_failure(x, "Accès refusé");
    } else if (t.type != 1) {
        char target[64];
        (void)snprintf(target, sizeof target, "actes_download_file.php?env=%lld",
                       (long long)t.envelope);
        reply_redirect(x, target);
    } else if (say_lines(x, t.id, &err) != CTES_OK) {
        reply_exception(x, &err);
    }
}

void page_document(sb_exchange *x) {
    int64_t id = 0;
    if (!enter(x, STYLE_GENERIC, RIGHT_ACCESS, false))
        return;
    if (!parameter_id(x, "id", false, &id)) {
        reply_exception(x, NULL);
        return;
    }
    store_lock(x->box->store);
    say_document(x, id);
    store_unlock(x->box->store);
}

static void list_one(void *user, const sb_transac *t) {
    sb_exchange *x = user;
    bool first = x->reply.body.length == 1;
    reply_printf(x, "%s{\"id\":%lld,\"type\":\"%d\",\"related_transaction_id\":", first ? "" : ",",
                 (long long)t->id, t->type);
    if (t->related != 0)
        reply_printf(x, "%lld", (long long)t->related);
    else
        reply_puts(x, "null"); /* of an act that did not pass here */
    reply_puts(x, ",\"number\":");
    reply_json(x, t->number);
    reply_puts(x, ",\"unique_id\":");
    reply_json(x, t->unique_id);
    reply_printf(x, ",\"last_status_id\":%d}", t->status);
}

void page_list_documents(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        return;
    ctes_error err = CTES_ERROR_INIT;
    reply_puts(x, "[");
    store_lock(x->box->store);
    ctes_status status = prefecture_listed(x->box, &err);
    if (status == CTES_OK)
        status = store_unread(x->box->store, x->account->authority->siren, list_one, x, &err);
    store_unlock(x->box->store);
    reply_puts(x, "]");
    if (status != CTES_OK)
        reply_exception(x, &err);
}

/* "ok" whatever was found (sheet § 3.4). */
void page_mark_as_read(sb_exchange *x) {
    int64_t id = 0;
    if (!enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        return;
    if (!parameter_id(x, "transaction_id", false, &id)) {
        reply_exception(x, NULL);
        return;
    }
    ctes_error err = CTES_ERROR_INIT;
    store_lock(x->box->store);
    ctes_status status = store_courrier_read(x->box->store, x->account->authority->siren, id, &err);
    store_unlock(x->box->store);
    reply_puts(x, "{\"result\":\"ok\"}");
    if (status != CTES_OK)
        reply_exception(x, &err);
}
