/* POST /depot: who may, and what is not even stored. */
#include "sandbox/depot.h"

#include <microhttpd.h>
#include <string.h>

#include "norm/nom.h"
#include "sandbox/endpoint.h"
#include "sign/sign.h"

static const sb_account *holder(const sb_exchange *x) {
    const sb_accounts *all = &x->box->accounts;
    for (size_t i = 0; i < all->count; i++)
        if (memcmp(all->items[i].fingerprint, x->fingerprint, FINGERPRINT_SIZE) == 0)
            return &all->items[i];
    return NULL;
}

/* "LOGIN:PASSWORD" against what came, by the way that was agreed (sheet actes-norm § 9.1). */
static bool credentials_good(const sb_exchange *x) {
    const sb_options *options = &x->box->options;
    if (options->depot_access == DEPOT_OPEN)
        return true;
    size_t login = strcspn(options->depot_login, ":");
    const char *password = options->depot_login + login + (options->depot_login[login] == ':');
    if (options->depot_access == DEPOT_URL) {
        const char *user = form_value(&x->query, "user");
        return strlen(user) == login && strncmp(user, options->depot_login, login) == 0 &&
               strcmp(form_value(&x->query, "password"), password) == 0;
    }
    ctes_hash hash;
    return x->basic_login != NULL && strlen(x->basic_login) == login &&
           strncmp(x->basic_login, options->depot_login, login) == 0 &&
           ctes_hash_bytes(password, strlen(password), &hash, NULL) == CTES_OK &&
           memcmp(hash.bytes, x->basic_password, sizeof hash.bytes) == 0;
}

static bool enter_depot(sb_exchange *x) {
    x->session_new = false; /* no PHP here */
    if (x->box->options.maildir == NULL || strcmp(x->method, MHD_HTTP_METHOD_POST) != 0) {
        reply_error(x, MHD_HTTP_NOT_FOUND);
        return false;
    }
    x->account = holder(x);
    if (x->account == NULL) {
        reply_error(x, MHD_HTTP_FORBIDDEN);
        return false;
    }
    if (credentials_good(x))
        return true;
    if (x->box->options.depot_access == DEPOT_URL) {
        reply_error(x, MHD_HTTP_FORBIDDEN);
        return false;
    }
    reply_error(x, MHD_HTTP_UNAUTHORIZED);
    reply_header(x, "WWW-Authenticate", "Basic realm=\"ACTES\"");
    return false;
}

/* The first file of the form, whatever its field is called. */
static const form_field *archive_of(const sb_exchange *x) {
    for (size_t i = 0; i < x->post.count; i++)
        if (x->post.items[i].filename != NULL)
            return &x->post.items[i];
    return NULL;
}

/* The operator's prefix is all that tells the ministry whose archive it is. */
static bool name_good(const sb_exchange *x, const char *name) {
    ctes_nom_parts parts;
    const sb_options *options = &x->box->options;
    return ctes_nom_parse(name, &parts, NULL) == CTES_OK && parts.genre == CTES_NOM_ARCHIVE &&
           strcmp(parts.trigramme, options->trigramme) == 0 &&
           strcmp(parts.quadrigramme, options->quadrigramme) == 0;
}

void page_depot(sb_exchange *x) {
    if (!enter_depot(x))
        return;
    const form_field *file = archive_of(x);
    if (file == NULL || !name_good(x, file->filename)) {
        reply_error(x, MHD_HTTP_BAD_REQUEST);
        return;
    }
    ctes_error err = CTES_ERROR_INIT;
    store_lock(x->box->store);
    ctes_status status = depot_take(x, file->filename, file->value, file->length, &err);
    store_unlock(x->box->store);
    reply_type(x, "text/html; charset=iso-8859-1");
    reply_puts(x, "<html><body>Fichier bien recu</body></html>\n"); /* nobody reads it */
    if (status != CTES_OK)
        reply_exception(x, &err);
}
