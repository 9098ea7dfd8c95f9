#include "sandbox/account.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "norm/regles.h"

/* One section of the file, as text, until the next begins. */
typedef struct sb_draft {
    char section[64];
    authority_default where;
    char *certificate, *login, *password_file, *service, *name, *email;
    account_perm perm;
    account_role role;
    bool rgs, disabled, registered, papier;
} sb_draft;

typedef struct sb_loader {
    sb_accounts *accounts;
    const authority_default *where;
    char *folder;
    sb_draft draft;
    ctes_error *err;
    ctes_status status;
} sb_loader;

static void draft_begin(sb_draft *draft, const char *section, const authority_default *where) {
    *draft = (struct sb_draft){ .where = *where, .perm = PERM_RW, .rgs = true, .registered = true };
    (void)ctes_text_copy(draft->section, sizeof draft->section, section);
}

static void draft_clear(sb_draft *draft) {
    free(draft->certificate);
    free(draft->login);
    free(draft->password_file);
    free(draft->service);
    free(draft->name);
    free(draft->email);
    *draft = (struct sb_draft){ .certificate = NULL };
}

static ctes_status read_fingerprint(const char *path, uint8_t ret[FINGERPRINT_SIZE],
                                    ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer pem = CTES_BUFFER_INIT(1u << 20);
    CTES_TRY(ctes_file_read(path, &pem, err));
    gnutls_datum_t datum = { .data = (unsigned char *)pem.data, .size = (unsigned)pem.length };
    gnutls_x509_crt_t certificate;
    if (gnutls_x509_crt_init(&certificate) < 0)
        return ctes_fail_memory(err);
    size_t size = FINGERPRINT_SIZE;
    uint8_t made[FINGERPRINT_SIZE];
    int done = gnutls_x509_crt_import(certificate, &datum, GNUTLS_X509_FMT_PEM);
    if (done >= 0)
        done = gnutls_x509_crt_get_fingerprint(certificate, GNUTLS_DIG_SHA1, made, &size);
    gnutls_x509_crt_deinit(certificate);
    if (done < 0)
        return ctes_fail(err, CTES_E_CERT_UNREADABLE, path, "%s", gnutls_strerror(done));
    memcpy(ret, made, sizeof made);
    return CTES_OK;
}

static ctes_status read_password(const char *path, sb_account *account, ctes_error *err) {
    CTES_AUTO_SECRET ctes_secret secret = CTES_SECRET_INIT;
    CTES_TRY(ctes_secret_read(path, &secret, err));
    if (gnutls_hash_fast(GNUTLS_DIG_SHA256, secret.text, secret.length, account->password) < 0)
        return ctes_fail(err, CTES_E_CRYPTO, path, "SHA-256");
    account->has_password = true;
    return CTES_OK;
}

/* Accounts of one SIREN share one authority. */
static ctes_status find_authority(sb_accounts *accounts, const sb_draft *draft,
                                  const sb_authority **ret, ctes_error *err) {
    const sb_authority *known = accounts_authority(accounts, draft->where.siren);
    if (known != NULL) {
        *ret = known;
        return CTES_OK;
    }
    CTES_TRY(ctes_siren_check(draft->where.siren, err));
    size_t count = accounts->authority_count;
    sb_authority **list = realloc(accounts->authorities, (count + 1) * sizeof(sb_authority *));
    if (list == NULL)
        return ctes_fail_memory(err);
    accounts->authorities = list;
    sb_authority *made = calloc(1, sizeof *made);
    if (made == NULL)
        return ctes_fail_memory(err);
    *made = (sb_authority){ .id = (int64_t)count + 1,
                            .registered = draft->registered,
                            .papier = draft->papier,
                            .name = strdup(draft->name != NULL ? draft->name : draft->where.siren),
                            .email = strdup(draft->email != NULL ? draft->email : "") };
    memcpy(made->siren, draft->where.siren, sizeof made->siren);
    memcpy(made->departement, draft->where.departement, sizeof made->departement);
    memcpy(made->arrondissement, draft->where.arrondissement, sizeof made->arrondissement);
    memcpy(made->nature, draft->where.nature, sizeof made->nature);
    list[accounts->authority_count++] = made;
    *ret = made;
    return made->name == NULL || made->email == NULL ? ctes_fail_memory(err) : CTES_OK;
}

static ctes_status draft_finish(sb_accounts *accounts, sb_draft *draft, ctes_error *err) {
    if (draft->certificate == NULL)
        return ctes_fail(err, CTES_E_CONFIG_MISSING, draft->section, "certificate");
    sb_account *items = realloc(accounts->items, (accounts->count + 1) * sizeof *items);
    if (items == NULL)
        return ctes_fail_memory(err);
    accounts->items = items;
    sb_account made = { .id = (int64_t)accounts->count + 1,
                        .perm = draft->perm,
                        .role = draft->role,
                        .rgs = draft->rgs,
                        .disabled = draft->disabled };
    CTES_TRY(read_fingerprint(draft->certificate, made.fingerprint, err));
    if (draft->password_file != NULL)
        CTES_TRY(read_password(draft->password_file, &made, err));
    CTES_TRY(find_authority(accounts, draft, &made.authority, err));
    made.name = strdup(draft->section);
    made.login = strdup(draft->login != NULL ? draft->login : "");
    made.service = strdup(draft->service != NULL ? draft->service : "");
    items[accounts->count++] = made; /* from here on accounts_clear releases it */
    if (made.name == NULL || made.login == NULL || made.service == NULL)
        return ctes_fail_memory(err);
    return CTES_OK;
}

static bool read_word(const char *value, const char *const words[], int *ret) {
    for (int i = 0; words[i] != NULL; i++) {
        if (strcasecmp(value, words[i]) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static bool read_bool(const char *value, bool *ret) {
    static const char *const words[] = { "no", "yes", "false", "true", "0", "1", NULL };
    int word = 0;
    if (!read_word(value, words, &word))
        return false;
    *ret = word % 2 == 1;
    return true;
}

static bool set_enum(sb_draft *draft, const char *key, const char *value) {
    static const char *const perms[] = { "NONE", "RO", "RW", "CS", "TT", NULL };
    static const char *const roles[] = { "USER", "ADM", "ARCH", "GADM", "SADM", NULL };
    int word = 0;
    if (strcmp(key, "perm") == 0) {
        bool known = read_word(value, perms, &word);
        draft->perm = (account_perm)word;
        return known;
    }
    bool known = read_word(value, roles, &word);
    draft->role = (account_role)word;
    return known;
}

static bool set_text(char **place, const char *value) {
    free(*place);
    *place = strdup(value);
    return *place != NULL;
}

static bool set_path(sb_loader *loader, char **place, const char *value) {
    free(*place);
    *place = NULL;
    return ctes_path_join(loader->folder, value, place, loader->err) == CTES_OK;
}

static bool set(sb_loader *loader, const char *key, const char *value) {
    sb_draft *draft = &loader->draft;
    const struct {
        const char *key;
        char **text;
        bool path;
        bool *flag;
        char *fixed;
        size_t size;
    } rows[] = {
        { "certificate", &draft->certificate, true, NULL, NULL, 0 },
        { "password-file", &draft->password_file, true, NULL, NULL, 0 },
        { "login", &draft->login, false, NULL, NULL, 0 },
        { "service", &draft->service, false, NULL, NULL, 0 },
        { "name", &draft->name, false, NULL, NULL, 0 },
        { "email", &draft->email, false, NULL, NULL, 0 },
        { "rgs", NULL, false, &draft->rgs, NULL, 0 },
        { "disabled", NULL, false, &draft->disabled, NULL, 0 },
        { "registered", NULL, false, &draft->registered, NULL, 0 },
        { "papier", NULL, false, &draft->papier, NULL, 0 },
        { "siren", NULL, false, NULL, draft->where.siren, sizeof draft->where.siren },
        { "departement", NULL, false, NULL, draft->where.departement, 4 },
        { "arrondissement", NULL, false, NULL, draft->where.arrondissement, 2 },
        { "nature", NULL, false, NULL, draft->where.nature, 3 },
    };
    if (strcmp(key, "perm") == 0 || strcmp(key, "role") == 0)
        return set_enum(draft, key, value);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(key, rows[i].key) != 0)
            continue;
        if (rows[i].flag != NULL)
            return read_bool(value, rows[i].flag);
        if (rows[i].fixed != NULL)
            return ctes_text_copy(rows[i].fixed, rows[i].size, value);
        return rows[i].path ? set_path(loader, rows[i].text, value) : set_text(rows[i].text, value);
    }
    return false;
}

static int each_value(void *user, const char *section, const char *key, const char *value) {
    sb_loader *loader = user;
    if (strcmp(section, loader->draft.section) != 0) {
        if (loader->draft.section[0] != '\0')
            loader->status = draft_finish(loader->accounts, &loader->draft, loader->err);
        draft_clear(&loader->draft);
        draft_begin(&loader->draft, section, loader->where);
    }
    if (loader->status == CTES_OK && !set(loader, key, value))
        loader->status = ctes_fail(loader->err, CTES_E_CONFIG_INVALID, section, "%s = %s", key,
                                   strstr(key, "password") != NULL ? "…" : value);
    return loader->status == CTES_OK;
}

static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
}

ctes_status accounts_load(sb_accounts *accounts, const char *path,
                          const authority_default *authority, ctes_error *err) {
    CTES_AUTO_FREE char *folder = folder_of(path);
    if (folder == NULL)
        return ctes_fail_memory(err);
    sb_loader loader = { .accounts = accounts, .where = authority, .folder = folder, .err = err };
    int line = ini_parse(path, each_value, &loader);
    if (loader.status == CTES_OK && line != 0)
        loader.status = ctes_fail(err, line < 0 ? CTES_E_NOT_FOUND : CTES_E_CONFIG_INVALID, path,
                                  "line %d", line);
    if (loader.status == CTES_OK && loader.draft.section[0] != '\0')
        loader.status = draft_finish(accounts, &loader.draft, err);
    draft_clear(&loader.draft);
    return loader.status;
}

ctes_status accounts_add_certificate(sb_accounts *accounts, const char *path,
                                     const authority_default *authority, ctes_error *err) {
    sb_draft draft;
    const char *base = ctes_path_base(path);
    char name[64];
    (void)ctes_text_copy(name, sizeof name, base);
    name[strcspn(name, ".")] = '\0';
    draft_begin(&draft, name, authority);
    draft.certificate = strdup(path);
    ctes_status status =
        draft.certificate == NULL ? ctes_fail_memory(err) : draft_finish(accounts, &draft, err);
    draft_clear(&draft);
    return status;
}
