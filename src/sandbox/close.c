/* Closing acts (sheet § 4): one or several, refusals hidden among successes. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sandbox/endpoint.h"
#include "sandbox/status_name.h"

#define TWO_MONTHS_MS (INT64_C(61) * 24 * 3600 * 1000)
#define SEVERAL_MAX   256

static int wanted_status(const char *word) {
    return strcmp(word, "valid") == 0     ? STATUS_VALIDATED
           : strcmp(word, "invalid") == 0 ? STATUS_REFUSED
           : strcmp(word, "sae") == 0     ? STATUS_TO_SAE
                                          : STATUS_ERROR;
}

static bool may_close(sb_exchange *x, const sb_transac *t, int target, ctes_error *err) {
    if (!account_can_view(x->account, accounts_by_name(&x->box->accounts, t->owner), t->siren))
        return false;
    if (t->status == STATUS_TO_SIGN)
        return target == STATUS_REFUSED;
    if (t->status != STATUS_ACKNOWLEDGED && t->status != STATUS_VALIDATED && t->status != 14 &&
        t->status != 20)
        return false;
    int64_t at = 0;
    if (target == STATUS_TO_SAE || x->box->options.always_validate)
        return true;
    return store_status_get(x->box->store, t->id, STATUS_ACKNOWLEDGED, NULL, NULL, &at, err) ==
               CTES_OK &&
           at + TWO_MONTHS_MS <= box_now_ms();
}

/* True when this one was processed. */
static bool close_one(sb_exchange *x, int64_t id, int target, ctes_buffer *lines) {
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status;
    bool done = store_transac_get(x->box->store, id, &t, &err) == CTES_OK &&
                may_close(x, &t, target, &err) &&
                store_status_set(x->box->store, id, target, "Clôture", NULL, 0, NULL, box_now_ms(),
                                 &err) == CTES_OK;
    if (done)
        status = ctes_buffer_printf(
            lines, NULL, "Passage de la transaction n°%lld à l'état « %s ». Résultat ok.\n",
            (long long)id, status_name(target));
    else
        status = ctes_buffer_printf(lines, NULL,
                                    "Cette transaction %lld ne peut pas encore être clôturée.\n",
                                    (long long)id);
    if (status != CTES_OK)
        x->reply.failed = true;
    return done;
}

static size_t read_ids(const sb_exchange *x, int64_t *ids) {
    size_t count = 0;
    for (long i = 0; i < SEVERAL_MAX; i++) {
        if (form_digits(form_item(&x->post, "liste_id", i), &ids[count]))
            count++;
    }
    if (count == 0 && parameter_id(x, "id", true, &ids[0]) && ids[0] != 0)
        count = 1;
    return count;
}

void page_close(sb_exchange *x) {
    int64_t ids[SEVERAL_MAX];
    if (!enter(x, STYLE_GENERIC, RIGHT_ENTER, false))
        return;
    int target = wanted_status(form_value(&x->post, "status"));
    size_t count = read_ids(x, ids);
    if (target == STATUS_ERROR || count == 0) {
        reply_failure(x, target == STATUS_ERROR ? "État incorrect."
                                                : "Pas d'identifiant de transaction spécifié");
        return;
    }
    CTES_AUTO_BUFFER ctes_buffer lines = CTES_BUFFER_INIT(1u << 16);
    bool any = false;
    store_lock(x->box->store);
    for (size_t i = 0; i < count; i++)
        any = close_one(x, ids[i], target, &lines) || any;
    store_unlock(x->box->store);
    /* what was refused only adds a line: OK may hide it */
    const char *text = lines.data != NULL ? lines.data : "";
    if (any)
        reply_success_text(x, text);
    else
        reply_failure(x, text);
}
