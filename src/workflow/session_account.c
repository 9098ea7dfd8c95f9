/* The accounts of a session's authorities: their passwords, what the operator said of them, and
 * what is known of their classification. */
#include "workflow/session_open.h"

#include <string.h>

#include "base/fail.h"
#include "norm/regles.h"
#include "workflow/register.h"

ctes_status ctes_session_open_accounts(ctes_session *session, ctes_error *err) {
    size_t count = session->settings.autorite_count;
    session->accounts = calloc(count, sizeof *session->accounts);
    if (session->accounts == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        (void)pthread_mutex_init(&session->accounts[i].mutex, NULL);
    return CTES_OK;
}

void ctes_session_free_accounts(ctes_session *session) {
    for (size_t i = 0; session->accounts != NULL && i < session->settings.autorite_count; i++) {
        ctes_secret_wipe(&session->accounts[i].password);
        ctes_arbre_free(session->accounts[i].arbre);
        (void)pthread_mutex_destroy(&session->accounts[i].mutex);
    }
    free(session->accounts);
}

/* HTTP Basic parts login and password at the first colon (RFC 7617 § 2), and takes both. */
static ctes_status check_account(const ctes_settings *settings, const ctes_autorite *autorite,
                                 const ctes_secret *password, ctes_error *err) {
    const char *login = autorite->login;
    bool basic = settings->canal != CTES_CANAL_DIRECT || !settings->direct.url_account;
    if (login != NULL && (login[0] == '\0' || (basic && strchr(login, ':') != NULL)))
        return ctes_fail(err, CTES_E_CONFIG_INVALID, autorite->key, "login = %s", login);
    if (login != NULL && password->length == 0)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, autorite->key, "password_file = %s",
                         autorite->password_file != NULL ? autorite->password_file : "?");
    if (login == NULL && autorite->password_file != NULL)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, autorite->key, "login = ?");
    return CTES_OK;
}

ctes_status ctes_session_read_account(ctes_session *session, size_t autorite, ctes_error *err) {
    const ctes_autorite *known = &session->settings.autorites[autorite];
    ctes_secret *password = &session->accounts[autorite].password;
    CTES_TRY(ctes_autorite_check(known, err));
    if (session->transport == NULL)
        return CTES_OK;
    if (known->password_file != NULL)
        CTES_TRY(ctes_secret_read(known->password_file, password, err));
    return check_account(&session->settings, known, password, err);
}

ctes_status ctes_session_arbre(ctes_session *session, ctes_link *link, const ctes_arbre **ret,
                               ctes_error *err) {
    ctes_account *known = link->account;
    ctes_status status = CTES_OK;
    (void)pthread_mutex_lock(&known->mutex);
    if (!known->arbre_read && session->store != NULL) {
        status = ctes_register_arbre(session, link->autorite->siren, &known->arbre, err);
        known->arbre_read = status == CTES_OK;
    }
    const ctes_arbre *arbre = known->arbre;
    (void)pthread_mutex_unlock(&known->mutex);
    if (status == CTES_OK)
        *ret = arbre;
    return status;
}

void ctes_session_note_stale(ctes_session *session, const char *siren) {
    ctes_link *link = NULL;
    if (ctes_session_link(session, siren, &link, NULL) != CTES_OK || link == NULL)
        return;
    (void)pthread_mutex_lock(&link->account->mutex);
    link->account->stale = true;
    (void)pthread_mutex_unlock(&link->account->mutex);
}

bool ctes_session_take_stale(ctes_link *link) {
    (void)pthread_mutex_lock(&link->account->mutex);
    bool stale = link->account->stale;
    link->account->stale = false;
    (void)pthread_mutex_unlock(&link->account->mutex);
    return stale;
}

ctes_status ctes_session_preflight(ctes_session *session, ctes_link *link, ctes_error *err) {
    ctes_account *known = link->account;
    (void)pthread_mutex_lock(&known->mutex); /* the others wait for the one that asks */
    if (!known->asked) {
        known->answer = (ctes_error)CTES_ERROR_INIT;
        session->acte = 0;
        ctes_status status = link->operator_->preflight(link->operator_, &known->answer);
        known->answer.code = status;
        /* what may mend by itself is asked again next time */
        known->asked = status == CTES_OK || ctes_status_kind(status) == CTES_KIND_CONFIG;
    }
    ctes_error answer = known->answer;
    (void)pthread_mutex_unlock(&known->mutex);
    if (answer.code == CTES_OK)
        return CTES_OK;
    if (err != NULL)
        *err = answer;
    return ctes_fail_at(err, answer.code, CTES_STAGE_SUBMISSION, link->autorite->key);
}
