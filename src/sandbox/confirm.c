/* Acts left in 17 are sent by a person with the right and an RGS certificate (sheet § 2.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"

#define NOT_FOUND "Erreur d'initialisation de la transaction."

static ctes_status post(sb_exchange *x, sb_transac *t, ctes_error *err) {
    t->due_ms = prefecture_due(x->box, box_now_ms());
    CTES_TRY(store_status_set(x->box->store, t->id, STATUS_POSTED, "Posté", NULL, 0, NULL,
                              box_now_ms(), err));
    CTES_TRY(store_transac_move(x->box->store, t, err));
    return prefecture_deposited(x->box, t->id, err);
}

/* Empty text: done. */
static const char *confirm(sb_exchange *x, int64_t id) {
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    const char *problem = "";
    if (id == 0)
        return "Pas d'identifiant de transaction spécifié";
    store_lock(x->box->store);
    if (store_transac_get(x->box->store, id, &t, &err) != CTES_OK)
        problem = NOT_FOUND;
    else if (!account_can_view(x->account, accounts_by_name(&x->box->accounts, t.owner), t.siren))
        problem = "Accès refusé";
    else if (t.status != STATUS_TO_POST)
        problem = "La transaction n'est pas dans le statut « En attente d'être posté»";
    else
        (void)post(x, &t, &err);
    store_unlock(x->box->store);
    return err.code == CTES_OK ? problem : NOT_FOUND;
}

/* Why this account may not; NULL if it may. The page never answers anything but a redirect. */
static const char *no_access(sb_exchange *x) {
    bool in = login(x);
    reply_reset(x);
    if (!in || x->account->disabled)
        return "Échec de l'authentification";
    if (!account_can_send(x->account))
        return "Accès refusé";
    return x->account->rgs ? NULL : RGS_TEXT;
}

static ctes_status put_replaced(ctes_buffer *out, const char *url, const char *message) {
    static const char error_mark[] = "%%ERROR%%", message_mark[] = "%%MESSAGE%%";
    while (*url != '\0') {
        if (strncmp(url, error_mark, sizeof error_mark - 1) == 0) {
            CTES_TRY(ctes_buffer_puts(out, *message != '\0' ? "1" : "0", NULL));
            url += sizeof error_mark - 1;
        } else if (strncmp(url, message_mark, sizeof message_mark - 1) == 0) {
            CTES_TRY(ctes_buffer_puts(out, message, NULL)); /* raw UTF-8, not url-encoded */
            url += sizeof message_mark - 1;
        } else {
            CTES_TRY(ctes_buffer_append(out, url++, 1, NULL));
        }
    }
    return CTES_OK;
}

void page_confirm(sb_exchange *x) {
    int64_t id = 0;
    const char *problem = no_access(x);
    if (problem == NULL)
        problem = parameter_id(x, "id", false, &id) ? confirm(x, id) : NOT_FOUND;
    CTES_AUTO_BUFFER ctes_buffer target = CTES_BUFFER_INIT(8192);
    if (put_replaced(&target, form_value(&x->query, "url_return"), problem) != CTES_OK)
        x->reply.failed = true;
    reply_reset(x);
    x->reply.http = 302;
    /* a second space behind the colon, as the real one sends it */
    reply_header(x, "Location", " %s", target.data != NULL ? target.data : "");
}

void page_confirm_multi(sb_exchange *x) {
    const char *back = form_value(&x->query, "url_return");
    if (no_access(x) == NULL) {
        for (long i = 0; i < FORM_FIELDS_MAX; i++) {
            int64_t id = 0;
            if (form_digits(form_item(&x->query, "id", i), &id))
                (void)confirm(x, id); /* no report: what cannot be sent is skipped */
        }
    }
    reply_redirect(x, *back != '\0' ? back : "/");
}
