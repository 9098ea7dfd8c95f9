/* What a session is made of while it is opened; its own files alone include this. */
#ifndef CTES_WORKFLOW_SESSION_OPEN_H
#define CTES_WORKFLOW_SESSION_OPEN_H

#include <pthread.h>

#include "workflow/session.h"

/* An authority's account, what the operator said of it, and the préfecture of its matières, for all
 * threads. */
typedef struct ctes_account {
    ctes_secret password; /* empty: none */
    pthread_mutex_t mutex;
    bool asked;        /* preflight was made … */
    ctes_error answer; /* … with this result */
    bool arbre_read;   /* the register was asked for its classification … */
    ctes_arbre *arbre; /* … and had this one; NULL: none */
    bool stale;        /* the préfecture has a newer one */
} ctes_account;

/** The connections to the operator, with the client certificate (session_keys.c). */
ctes_status ctes_session_open_transport(ctes_session *session, ctes_error *err) CTES_MUST_CHECK;
/** What documents and messages are signed with (session_keys.c). */
ctes_status ctes_session_open_signer(ctes_session *session, ctes_error *err) CTES_MUST_CHECK;

/** One for each authority of the settings, nothing known of them yet (session_account.c). */
ctes_status ctes_session_open_accounts(ctes_session *session, ctes_error *err) CTES_MUST_CHECK;
/** Reads the account's password, where an operator is spoken to (session_account.c). */
ctes_status ctes_session_read_account(ctes_session *session, size_t autorite,
                                      ctes_error *err) CTES_MUST_CHECK;
void ctes_session_free_accounts(ctes_session *session);

#endif
