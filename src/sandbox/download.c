/* Files and archives given back (sheet § 3.3); every refusal is a redirect. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "pack/pack.h"
#include "sandbox/endpoint.h"

typedef struct sb_wanted {
    int64_t transac;
    char name[128], mime[64], posted[520];
} sb_wanted;

static void keep(void *user, const stored_file *file) {
    sb_wanted *wanted = user;
    wanted->transac = file->transac;
    (void)ctes_text_copy(wanted->name, sizeof wanted->name, file->name);
    (void)ctes_text_copy(wanted->mime, sizeof wanted->mime, file->mime);
    (void)ctes_text_copy(wanted->posted, sizeof wanted->posted, file->posted);
}

/* The stamp of a rehearsal: a comment behind the document, which leaves it readable. */
static void put_stamp(sb_exchange *x, const sb_transac *t) {
    if (fault_take_kind(x->box->faults, FAULT_UNSTAMPED, endpoint_script(x->endpoint),
                        x->endpoint->alias))
        return;
    int64_t at = 0;
    const char *shown = form_value(&x->query, "date_affichage");
    char received[11] = "";
    if (store_status_get(x->box->store, t->id, STATUS_ACKNOWLEDGED, NULL, NULL, &at, NULL) ==
            CTES_OK &&
        at != 0)
        ctes_date_format(box_today(x->box), received);
    reply_printf(x,
                 "\n%% Recu en prefecture (simule) le %s\n%% Publie le %s\n%% ID : %s\n%%%%EOF\n",
                 received, shown, t->unique_id);
}

/* The type of a document under a name that outlives its row. */
static const char *lasting(const char *mime) {
    static const char *const TYPES[] = { "text/xml", "application/xml", "image/png", "image/jpeg" };
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (strcmp(mime, TYPES[i]) == 0)
            return TYPES[i];
    return "application/pdf";
}

static void say_file(sb_exchange *x, const sb_wanted *wanted, const sb_transac *t) {
    ctes_error err = CTES_ERROR_INIT;
    if (store_member_get(x->box->store, t->path, wanted->name, &x->reply.body, &err) != CTES_OK) {
        reply_redirect(x, "/modules/actes/index.php"); /* the archive is not there any more */
        return;
    }
    size_t length = strlen(wanted->name);
    bool stamped = form_value(&x->query, "tampon")[0] != '\0' && length > 4 &&
                   strcmp(wanted->name + length - 4, ".pdf") == 0;
    if (stamped) { /* whatever its value, "false" too: trap T17 */
        put_stamp(x, t);
        reply_type(x, "application/pdf");
        reply_header(x, "Content-disposition", "attachment; filename=%s", wanted->name);
        return;
    }
    reply_type(x, lasting(wanted->mime));
    reply_header(x, "Content-disposition", "attachment; filename=\"%s\"",
                 wanted->posted[0] != '\0' ? wanted->posted : wanted->name);
}

static bool may_view(const sb_exchange *x, const sb_transac *t) {
    return account_can_view(x->account, accounts_by_name(&x->box->accounts, t->owner), t->siren);
}

static void download_file(sb_exchange *x, int64_t id) {
    sb_wanted wanted = { .transac = 0 };
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    if (store_file_get(x->box->store, id, keep, &wanted, &err) != CTES_OK ||
        store_transac_get(x->box->store, wanted.transac, &t, &err) != CTES_OK)
        reply_exception(x, &err); /* a null dereference there */
    else if (!may_view(x, &t))
        reply_redirect(x, "/");
    else
        say_file(x, &wanted, &t);
}

/* --- an archive, packed anew from what is kept of it --- */

typedef struct sb_packing {
    ctes_member members[512];
    char *names[512]; /* what the members borrow */
    void *bytes[512];
    size_t count;
} sb_packing;

static ctes_status add_member(void *user, const char *name, const void *bytes, size_t length,
                              ctes_error *err) {
    sb_packing *packing = user;
    if (packing->count == sizeof packing->members / sizeof packing->members[0])
        return CTES_E_LIMIT;
    char *copy = NULL, *own = malloc(length + 1);
    if (own == NULL)
        return CTES_E_MEMORY;
    if (length > 0)
        memcpy(own, bytes, length);
    ctes_status status = ctes_text_dup(name, &copy, err);
    if (status != CTES_OK) {
        free(own);
        return status;
    }
    packing->names[packing->count] = copy;
    packing->bytes[packing->count] = own;
    packing->members[packing->count++] =
        (ctes_member){ .name = copy, .bytes = own, .length = length };
    return CTES_OK;
}

static void packing_clear(sb_packing *packing) {
    for (size_t i = 0; i < packing->count; i++) {
        free(packing->names[i]);
        free(packing->bytes[i]);
    }
}

static ctes_status pack(sb_exchange *x, const sb_packing *packing, ctes_error *err) {
    const char *tmp = getenv("TMPDIR");
    char folder[PATH_MAX], path[PATH_MAX + 16];
    (void)snprintf(folder, sizeof folder, "%s/ctes-sandbox.XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(folder) == NULL)
        return CTES_E_IO;
    (void)snprintf(path, sizeof path, "%s/a.tar.gz", folder);
    ctes_status status = ctes_pack_write(path, packing->members, packing->count, 0,
                                         x->box->options.limits.total, NULL, NULL, NULL, err);
    if (status == CTES_OK)
        status = ctes_file_read(path, &x->reply.body, err);
    (void)unlink(path);
    (void)rmdir(folder);
    return status;
}

static void download_envelope(sb_exchange *x, int64_t id) {
    int64_t first = 0;
    size_t count = 0;
    sb_transac t;
    ctes_error err = CTES_ERROR_INIT;
    if (store_siblings(x->box->store, id, &first, 1, &count, &err) != CTES_OK || count == 0 ||
        store_transac_get(x->box->store, first, &t, &err) != CTES_OK || !may_view(x, &t)) {
        reply_redirect(x, "/");
        return;
    }
    sb_packing packing = { .count = 0 };
    ctes_status status = store_members(x->box->store, t.path, add_member, &packing, &err);
    if (status == CTES_OK && packing.count == 0) {
        reply_redirect(x, "/modules/actes/index.php");
    } else if (status != CTES_OK || pack(x, &packing, &err) != CTES_OK) {
        reply_exception(x, &err);
    } else {
        reply_type(x, "application/x-gzip");
        reply_header(x, "Content-disposition", "attachment; filename=\"%s\"",
                     ctes_path_base(t.path));
    }
    packing_clear(&packing);
}

void page_download(sb_exchange *x) {
    int64_t file = 0, envelope = 0;
    if (!enter(x, STYLE_REDIRECT, RIGHT_ACCESS, false))
        return;
    if (!parameter_id(x, "file", false, &file) || !parameter_id(x, "env", false, &envelope)) {
        reply_exception(x, NULL);
        return;
    }
    store_lock(x->box->store);
    if (file != 0)
        download_file(x, file);
    else if (envelope != 0)
        download_envelope(x, envelope);
    else
        reply_redirect(x, "/");
    store_unlock(x->box->store);
}
