#include "sandbox/exchange.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>
#include <string.h>

/* Texts of the sheet's § 1.2. */
#define NO_ACCOUNT "Le certificat n'est pas valide : aucun compte trouvé"
#define SEVERAL    "La connexion n'a pas pu être établie"
#define NO_PASSWORD                                                                                \
    "Connexion Impossible. Aucun mot de passe ne correspond à cet identifiant de "                \
    "connexion."
#define STATUS_PAGE "/connexion-status"
#define LOGIN_PAGE  "/login.php"

/* What generation 6 says whatever the cause; the question marks are its own. */
static void say_garbled(sb_exchange *x) {
    reply_puts(x, "KO\nLa connexion n&#039;a pas pu ?tre ?tablie\n");
}

static bool failed(sb_exchange *x, const char *text, const char *page) {
    if (x->api)
        reply_failure(x, text);
    else
        reply_redirect(x, page);
    return false;
}

static bool no_account(sb_exchange *x, bool with_password) {
    if (x->box->options.generation < 6)
        return failed(x, NO_ACCOUNT, STATUS_PAGE);
    if (!with_password)
        reply_redirect(x, STATUS_PAGE);
    else if (strstr(x->path, "/api") != NULL)
        say_garbled(x);
    else
        reply_redirect(x, LOGIN_PAGE "?error=Invalid%20credentials.");
    return false;
}

static bool several_accounts(sb_exchange *x) {
    if (x->box->options.generation < 6 || !x->api)
        return failed(x, SEVERAL, LOGIN_PAGE);
    say_garbled(x);
    return false;
}

static bool holds_certificate(const sb_exchange *x, const sb_account *account) {
    return memcmp(account->fingerprint, x->fingerprint, FINGERPRINT_SIZE) == 0;
}

static bool login_basic(sb_exchange *x) {
    const sb_accounts *all = &x->box->accounts;
    for (size_t i = 0; i < all->count; i++) {
        const sb_account *account = &all->items[i];
        if (!holds_certificate(x, account) || strcmp(account->login, x->basic_login) != 0)
            continue;
        if (!account->has_password)
            return failed(x, NO_PASSWORD, LOGIN_PAGE);
        if (gnutls_memcmp(account->password, x->basic_password, sizeof account->password) != 0)
            break; /* said like an unknown certificate: trap T7 */
        x->account = account;
        return true;
    }
    return no_account(x, true);
}

static bool login_certificate(sb_exchange *x) {
    const sb_accounts *all = &x->box->accounts;
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (holds_certificate(x, &all->items[i])) {
            x->account = &all->items[i];
            count++;
        }
    }
    if (count == 1)
        return true;
    x->account = NULL;
    return count == 0 ? no_account(x, false) : several_accounts(x);
}

/* The first account that holds the presented certificate in the nounce's authority. */
static const sb_account *nounce_account(sb_exchange *x) {
    int64_t authority =
        nounce_check(x->box->sessions, form_value(&x->query, "login"),
                     form_value(&x->query, "nounce"), form_value(&x->query, "hash"), box_now_ms());
    for (size_t i = 0; authority != 0 && i < x->box->accounts.count; i++) {
        const sb_account *account = &x->box->accounts.items[i];
        if (account->authority->id == authority && holds_certificate(x, account))
            return account;
    }
    return NULL;
}

static bool nounce_failed_g6(sb_exchange *x) {
    const char *back = form_value(&x->query, "url_return");
    if (*back != '\0')
        reply_redirect(x, back);
    else
        say_garbled(x);
    return false;
}

/* A session that holds an account pins it: the Basic login is not looked at any more (trap T13). */
static bool login_session(sb_exchange *x, bool *ret_held) {
    int64_t held = x->session[0] == '\0' || x->session_new
                       ? 0
                       : session_account(x->box->sessions, x->session, box_now_ms());
    *ret_held = held > 0 && (size_t)held <= x->box->accounts.count;
    if (!*ret_held)
        return false;
    const sb_account *account = &x->box->accounts.items[held - 1];
    if (!holds_certificate(x, account))
        return no_account(x, false);
    x->account = account;
    return true;
}

bool login(sb_exchange *x) {
    bool held = false, done = login_session(x, &held);
    if (held)
        return done;
    if (form_has(&x->query, "nounce") && form_has(&x->query, "login")) {
        x->account = nounce_account(x);
        if (x->account == NULL && x->box->options.generation >= 6)
            return nounce_failed_g6(x);
    }
    if (x->account == NULL)
        done = x->basic_login != NULL ? login_basic(x) : login_certificate(x);
    if (x->account != NULL) {
        session_hold(x->box->sessions, x->session, x->account->id, box_now_ms());
        return true;
    }
    return done;
}

void refuse(sb_exchange *x, page_style style, const char *message) {
    if (style == STYLE_PLAIN)
        reply_plain_failure(x, message);
    else if (style == STYLE_GENERIC)
        reply_failure(x, message);
    else
        reply_redirect(x, "/");
}

static bool allowed(const sb_account *account, page_right right) {
    switch (right) {
    case RIGHT_EDIT:
        return account_can_edit(account);
    case RIGHT_ENTER:
        return account_can_enter(account);
    case RIGHT_SEND:
        return account_can_send(account);
    case RIGHT_ACCESS:
        return account_can_access(account);
    default:
        return true;
    }
}

const char *no_right(const sb_account *account, page_right right, bool no_group) {
    if (right == RIGHT_LOGIN)
        return NULL;
    if (account->disabled)
        return "Échec de l'authentification";
    bool kept_out = no_group && account_is_group(account);
    return kept_out || !allowed(account, right) ? "Accès refusé" : NULL;
}

bool enter(sb_exchange *x, page_style style, page_right right, bool no_group) {
    if (!login(x))
        return false;
    const char *why = no_right(x->account, right, no_group);
    if (why == NULL)
        return true;
    if (x->account->disabled && style != STYLE_PLAIN && !x->api)
        reply_redirect(x, STATUS_PAGE);
    else
        refuse(x, style, why);
    return false;
}

bool require_rgs(sb_exchange *x) {
    if (!x->account->rgs)
        reply_failure(x, RGS_TEXT);
    return x->account->rgs;
}

bool parameter_id(const sb_exchange *x, const char *name, bool post, int64_t *ret) {
    const char *text = post ? form_value(&x->post, name) : "";
    if (*text == '\0')
        text = form_value(&x->query, name);
    *ret = 0;
    return *text == '\0' || form_digits(text, ret);
}
