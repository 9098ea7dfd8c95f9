/* The list of an act's files, and the pages that lead to them (sheet § 3.3). */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "sandbox/endpoint.h"
#include "sandbox/prefecture.h"

typedef struct sb_lister {
    sb_exchange *x;
    size_t count;
    int64_t stamped; /* first file that the stamp is for */
} sb_lister;

static void put_text(sb_exchange *x, const char *name, const char *value) {
    reply_printf(x, ",\"%s\":", name);
    reply_json(x, value);
}

static void list_file(void *user, const stored_file *file) {
    sb_lister *lister = user;
    sb_exchange *x = lister->x;
    reply_printf(x, "%s{\"id\":%lld", lister->count++ > 0 ? "," : "", (long long)file->id);
    put_text(x, "name", file->name);
    put_text(x, "posted_filename", file->posted);
    put_text(x, "mimetype", file->mime);
    reply_printf(x, ",\"size\":%zu", file->size);
    put_text(x, "sign", file->sign);
    put_text(x, "code_pj", file->code_pj);
    reply_puts(x, "}");
}

typedef bool may_fn(const sb_account *account, const sb_account *owner, const char *siren);

/* With the lock held: the transaction if this account may have it; else the reply is made. */
static bool find(sb_exchange *x, const char *unique_id, may_fn *may, sb_transac *ret,
                 ctes_error *err) {
    int64_t id = 0;
    (void)parameter_id(x, "transaction", false, &id);
    ctes_status status = *unique_id != '\0' ? store_transac_find(x->box->store, unique_id, ret, err)
                                            : store_transac_get(x->box->store, id, ret, err);
    if (status != CTES_OK) {
        reply_plain_failure(x, "Numéro de transaction invalide.");
        return false;
    }
    if (!may(x->account, accounts_by_name(&x->box->accounts, ret->owner), ret->siren)) {
        reply_plain_failure(x, "Accès refusé");
        return false;
    }
    bool past = false;
    if (prefecture_asked(x->box, ret->id, err) != CTES_OK ||
        store_past_sending(x->box->store, ret->id, &past, err) != CTES_OK) {
        reply_exception(x, err);
        return false;
    }
    if (!past)
        reply_plain_failure(x, "Pas d'acquittement recu");
    return past;
}

void page_files(sb_exchange *x) {
    if (!enter(x, STYLE_PLAIN, RIGHT_ACCESS, true))
        return;
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    sb_lister lister = { .x = x };
    store_lock(x->box->store);
    /* unique_id goes through intval there: unusable */
    if (find(x, "", account_can_follow, &t, &err)) {
        reply_puts(x, "[");
        if (store_files(x->box->store, t.id, list_file, &lister, &err) != CTES_OK)
            reply_exception(x, &err);
        else
            reply_puts(x, "]");
    }
    store_unlock(x->box->store);
}

static void choose_stamped(void *user, const stored_file *file) {
    sb_lister *lister = user;
    size_t length = strlen(file->posted);
    if (lister->stamped == 0 && length >= 3 && strcasecmp(file->posted + length - 3, "pdf") == 0)
        lister->stamped = file->id;
}

void page_tampon(sb_exchange *x) {
    int64_t id = 0;
    if (!enter(x, STYLE_PLAIN, RIGHT_EDIT, true))
        return;
    if (!parameter_id(x, "transaction", false, &id)) {
        reply_puts(x, "transaction n'est pas un entier"); /* without KO */
        return;
    }
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    sb_lister lister = { .x = x };
    store_lock(x->box->store);
    if (find(x, form_value(&x->query, "unique_id"), account_can_view, &t, &err) &&
        store_files(x->box->store, t.id, choose_stamped, &lister, &err) != CTES_OK)
        reply_exception(x, &err);
    store_unlock(x->box->store);
    if (lister.stamped != 0) {
        char target[80];
        (void)snprintf(target, sizeof target, "actes_download_file.php?file=%lld&tampon=true",
                       (long long)lister.stamped);
        reply_redirect(x, target);
    }
}
