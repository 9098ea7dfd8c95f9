/* The state of a transaction, and its acknowledgement (sheet § 3.1, 3.2). */
#include <string.h>

#include "base/text.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"

#define FLOW_MAX     (4u << 20)
#define MESSAGE_MAX  8192
#define MESSAGE_SEEN 512 /* characters */

/* By unique_id if given, else by number; moved first when its turn has come. */
static ctes_status find(sb_exchange *x, int64_t id, sb_transac *ret, ctes_error *err) {
    sb_store *store = x->box->store;
    const char *unique_id = form_value(&x->query, "unique_id");
    if (*unique_id != '\0')
        CTES_TRY(store_transac_find(store, unique_id, ret, err));
    else
        CTES_TRY(store_transac_get(store, id, ret, err));
    CTES_TRY(prefecture_asked(x->box, ret->id, err));
    return store_transac_get(store, ret->id, ret, err);
}

static void cut(char *utf8, size_t characters) {
    for (char *in = utf8; *in != '\0'; in++) {
        if ((*in & 0xc0) != 0x80 && characters-- == 0) {
            *in = '\0';
            return;
        }
    }
}

static bool empty_ar(sb_exchange *x) {
    return fault_take_kind(x->box->faults, FAULT_EMPTY_AR, endpoint_script(x->endpoint),
                           x->endpoint->alias);
}

/* The flow is that of the current state only: trap T8. */
static ctes_status say_status(sb_exchange *x, const sb_transac *t, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer flow = CTES_BUFFER_INIT(FLOW_MAX);
    CTES_AUTO_BUFFER ctes_buffer message = CTES_BUFFER_INIT(MESSAGE_MAX);
    CTES_TRY(store_status_get(x->box->store, t->id, t->status, &flow, &message, NULL, err));
    reply_printf(x, "OK\n%d\n", t->status);
    if (flow.length > 0 && !(t->status == STATUS_ACKNOWLEDGED && empty_ar(x)))
        reply_put(x, flow.data, flow.length);
    if (t->status == STATUS_ERROR && message.data != NULL) {
        cut(message.data, MESSAGE_SEEN);
        reply_latin1(x, message.data);
    }
    return CTES_OK;
}

void page_status(sb_exchange *x) {
    int64_t id = 0;
    if (!enter(x, STYLE_PLAIN, RIGHT_EDIT, true))
        return;
    if (!parameter_id(x, "transaction", false, &id)) {
        reply_exception(x, NULL);
        return;
    }
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    store_lock(x->box->store);
    ctes_status status = find(x, id, &t, &err);
    if (status == CTES_E_NOT_FOUND)
        reply_plain_failure(x, "Numéro de transaction invalide.");
    else if (status == CTES_OK &&
             !account_can_follow(x->account, accounts_by_name(&x->box->accounts, t.owner), t.siren))
        reply_plain_failure(x, "Accès refusé");
    else if (status == CTES_OK)
        status = say_status(x, &t, &err);
    store_unlock(x->box->store);
    if (status != CTES_OK && status != CTES_E_NOT_FOUND)
        reply_exception(x, &err);
}

static ctes_status say_ar(sb_exchange *x, int64_t id, ctes_error *err) {
    sb_transac t;
    ctes_error unknown = CTES_ERROR_INIT;
    if (store_transac_get(x->box->store, id, &t, &unknown) != CTES_OK) {
        reply_failure(x, "Erreur d'initialisation de la transaction.");
        return CTES_OK;
    }
    if (!account_can_view(x->account, accounts_by_name(&x->box->accounts, t.owner), t.siren)) {
        reply_failure(x, "Accès refusé");
        return CTES_OK;
    }
    CTES_TRY(prefecture_asked(x->box, id, err));
    CTES_AUTO_BUFFER ctes_buffer flow = CTES_BUFFER_INIT(FLOW_MAX);
    CTES_TRY(store_status_get(x->box->store, id, STATUS_ACKNOWLEDGED, &flow, NULL, NULL, err));
    reply_type(x, "application/xml");
    if (flow.length > 0 && !empty_ar(x))
        reply_put(x, flow.data, flow.length);
    return CTES_OK;
}

void page_ar(sb_exchange *x) {
    int64_t id = 0;
    if (!login(x))
        return;
    /* a first check of the module answers with a redirect whatever the mode (sheet § 10) */
    if (!account_can_access(x->account)) {
        reply_redirect(x, "/");
        return;
    }
    if (x->box->options.generation <= 4) /* made for the API with 5.0.47 */
        x->api = false;
    if (!enter(x, STYLE_GENERIC, RIGHT_ACCESS, false))
        return;
    if (!parameter_id(x, "id", false, &id)) {
        reply_exception(x, NULL);
        return;
    }
    ctes_error err = CTES_ERROR_INIT;
    store_lock(x->box->store);
    ctes_status status = say_ar(x, id, &err);
    store_unlock(x->box->store);
    if (status != CTES_OK)
        reply_exception(x, &err);
}
