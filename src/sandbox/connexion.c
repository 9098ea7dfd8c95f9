/* Connection helpers (sheet § 1.5) and the list of logins (§ 1.2). */
#include <microhttpd.h>
#include <string.h>

#include "base/secret.h"
#include "sandbox/endpoint.h"

void page_test_connexion(sb_exchange *x) {
    x->api = true; /* failures are always spelt out here */
    if (enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        reply_puts(x, "OK");
}

void page_test_rgs(sb_exchange *x) {
    x->api = true;
    if (enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        reply_puts(x, x->account->rgs ? "OK" : "KO");
}

static void put_pair(sb_exchange *x, const char *name, const char *value, bool last) {
    reply_printf(x, "        \"%s\": ", name);
    reply_json(x, value);
    reply_puts(x, last ? "\n" : ",\n");
}

void page_info_connexion(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        return;
    const sb_account *account = x->account;
    const sb_authority *authority = account->authority;
    reply_printf(x, "{\n    \"user_info\": {\n        \"id\": %lld,\n", (long long)account->id);
    put_pair(x, "name", account->name, false);
    put_pair(x, "login", account->login, true);
    reply_printf(x,
                 "    },\n    \"authority_info\": {\n        \"id\": %lld,\n"
                 "        \"authority_type_id\": %s,\n        \"status\": 1,\n",
                 (long long)authority->id, authority->nature);
    put_pair(x, "name", authority->name, false);
    put_pair(x, "email", authority->email, false);
    put_pair(x, "address", "", false);
    put_pair(x, "postal_code", "", false);
    put_pair(x, "city", "", false);
    put_pair(x, "telephone", "", false);
    put_pair(x, "department", authority->departement, false);
    put_pair(x, "district", authority->arrondissement, false);
    reply_puts(x, "        \"authority_group_id\": 1\n    }\n}");
}

void page_nounce(sb_exchange *x) {
    if (!enter(x, STYLE_GENERIC, RIGHT_LOGIN, false))
        return;
    if (x->basic_login == NULL) {
        x->reply.http = MHD_HTTP_UNAUTHORIZED;
        reply_header(x, "WWW-Authenticate", "Basic realm=\"API S2low\"");
        reply_type(x, "text/plain");
        reply_puts(x, "Vous devez fournir un login et un mot de passe");
        return;
    }
    char *password = NULL, nounce[NOUNCE_SIZE];
    char *login_text = MHD_basic_auth_get_username_password(x->connection, &password);
    nounce_make(x->box->sessions, x->basic_login, password != NULL ? password : "",
                x->account->authority->id, box_now_ms(), nounce);
    if (password != NULL)
        ctes_wipe(password, strlen(password));
    MHD_free(password);
    MHD_free(login_text);
    reply_printf(x, "{\"nounce\":\"%s\"}", nounce);
}

/* No login is needed: it is what tells a client which one to use. */
void page_list_login(sb_exchange *x) {
    const sb_accounts *all = &x->box->accounts;
    for (size_t i = 0; i < all->count; i++) {
        if (memcmp(all->items[i].fingerprint, x->fingerprint, FINGERPRINT_SIZE) == 0)
            reply_printf(x, "%s\n", all->items[i].login);
    }
}
