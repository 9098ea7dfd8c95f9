#include "workflow/session_open.h"

#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"
#include "mail/mail.h"
#include "norm/nom.h"
#include "norm/regles.h"
#include "operator/direct.h"
#include "workflow/trace.h"

/* A deposit waits for the operator most of its time; this many keep two cores busy. Meanwhile the
 * next acts are packaged and recorded: the more are recorded together, the less each one costs.
 * Enveloppes of several acts are few and long to make: with fewer acts ahead the lines stood idle
 * half of the time. */
enum { DEFAULT_IN_FLIGHT = 8, MAX_IN_FLIGHT = 64, AHEAD = 40, AHEAD_TOGETHER = 80 };

unsigned ctes_session_in_flight(const ctes_session *session) {
    long wanted = session->settings.in_flight;
    if (wanted <= 0)
        return DEFAULT_IN_FLIGHT;
    return wanted < MAX_IN_FLIGHT ? (unsigned)wanted : MAX_IN_FLIGHT;
}

unsigned ctes_session_crew(const ctes_session *session) {
    unsigned in_flight = ctes_session_in_flight(session);
    long together = session->settings.acts_per_enveloppe; /* by each of the crew */
    unsigned ahead = together > 1 ? AHEAD_TOGETHER / (unsigned)together + 1 : AHEAD;
    return in_flight > 1 ? in_flight + ahead : 1;
}

/* Its mailbox is opened by the session that others are forked from: they only send. */
static ctes_status open_direct(ctes_session *session, const ctes_operator_settings *common,
                               ctes_operator **ret, ctes_error *err) {
    const ctes_settings *s = &session->settings;
    const ctes_direct *direct = &s->direct;
    ctes_secret password CTES_AUTO_SECRET = CTES_SECRET_INIT;
    bool collects = session->owner == NULL;
    if (collects)
        CTES_TRY(ctes_secret_read(direct->imap_password_file, &password, err));
    const ctes_mailbox_settings mailbox = {
        .url = direct->imap,
        .login = direct->imap_login,
        .password = &password,
        .ca = s->tls_ca,
        .connect_timeout_s = s->connect_timeout_s,
        .timeout_s = s->timeout_s,
    };
    const ctes_operator_direct_settings settings = {
        .common = *common,
        .field = direct->field,
        .url_account = direct->url_account,
        .success = direct->success,
        .mailbox = collects ? &mailbox : NULL,
        .done = direct->imap_done,
        .aside = direct->imap_aside,
    };
    return ctes_operator_direct_new(&settings, ret, err);
}

static ctes_status open_operator(ctes_session *session, ctes_link *link, ctes_error *err) {
    if (session->transport == NULL)
        return CTES_OK;
    const ctes_secret *password = &link->account->password;
    const ctes_operator_settings settings = {
        .url = session->settings.operator_url,
        .login = link->autorite->login,
        .password = password->length > 0 ? password : NULL,
        .login_latin1 = session->settings.login_latin1,
        .transport = session->transport,
        .context = session->context,
        .trace = ctes_trace_record,
        .trace_user = session,
    };
    return session->settings.canal == CTES_CANAL_DIRECT
               ? open_direct(session, &settings, &link->operator_, err)
               : ctes_operator_s2low_new(&settings, &link->operator_, err);
}

/* A fork works on one act at a time and has the operator's handle for its authority alone: those of
 * hundreds of authorities for each of many threads would be most of a batch's memory. */
static ctes_status turn_to(ctes_session *session, ctes_link *link, ctes_error *err) {
    if (session->owner == NULL || session->turned_to == link)
        return CTES_OK;
    if (session->turned_to != NULL) {
        ctes_operator_free(session->turned_to->operator_);
        session->turned_to->operator_ = NULL;
        session->turned_to = NULL;
    }
    CTES_TRY(open_operator(session, link, err));
    session->turned_to = link;
    return CTES_OK;
}

static ctes_status list_links(ctes_session *session, ctes_error *err) {
    size_t count = session->settings.autorite_count;
    session->links = calloc(count, sizeof *session->links);
    if (session->links == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        session->links[i].autorite = &session->settings.autorites[i];
        session->links[i].account = &session->accounts[i];
    }
    return CTES_OK;
}

static ctes_status open_links(ctes_session *session, ctes_error *err) {
    size_t count = session->settings.autorite_count;
    if (count == 0)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "autorite", "siren = ?");
    CTES_TRY(ctes_session_open_accounts(session, err));
    CTES_TRY(list_links(session, err));
    for (size_t i = 0; i < count; i++) {
        CTES_TRY(ctes_session_read_account(session, i, err));
        CTES_TRY(open_operator(session, &session->links[i], err));
    }
    return CTES_OK;
}

/* Prefixes are judged here, so that a wrong one never makes a name. */
static ctes_status check_prefixe(const ctes_settings *settings, ctes_error *err) {
    ctes_prefixe prefixe = { "", "" };
    ctes_nom nom;
    bool fits =
        settings->trigramme != NULL && settings->quadrigramme != NULL &&
        ctes_text_copy(prefixe.trigramme, sizeof prefixe.trigramme, settings->trigramme) &&
        ctes_text_copy(prefixe.quadrigramme, sizeof prefixe.quadrigramme, settings->quadrigramme);
    if (!fits)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "operateur", "trigramme, quadrigramme");
    return ctes_nom_archive(&prefixe, "000000000", (ctes_date){ 2000, 1, 1 }, 1, &nom, err);
}

static ctes_status missing(const char *what, ctes_error *err) {
    return ctes_fail(err, CTES_E_CONFIG_MISSING, "direct", "%s = ?", what);
}

/* Who sends without an operator receives without one: an act whose acknowledgement never comes is
 * not transmitted. Only archives go that way. */
static ctes_status check_canal(ctes_session *session, ctes_error *err) {
    ctes_settings *s = &session->settings;
    if (s->canal != CTES_CANAL_DIRECT)
        return CTES_OK;
    if (s->mode == CTES_MODE_CHAMPS)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "operateur", "mode = champs, canal = direct");
    s->mode = CTES_MODE_ARCHIVE;
    if (s->direct.imap == NULL)
        return missing("imap", err);
    if (s->direct.imap_login == NULL)
        return missing("imap_login", err);
    return s->direct.imap_password_file != NULL ? CTES_OK : missing("imap_password_file", err);
}

static ctes_status fill(ctes_session *session, ctes_purpose purpose, ctes_error *err) {
    const ctes_settings *s = &session->settings;
    CTES_TRY(check_prefixe(s, err));
    CTES_TRY(check_canal(session, err));
    CTES_TRY(ctes_pace_new(s, &session->pace, err));
    CTES_TRY(ctes_schemas_load(s->schemas, &session->schemas, err));
    if (s->sign && purpose != CTES_FOR_STATUS)
        CTES_TRY(ctes_session_open_signer(session, err));
    if (purpose != CTES_FOR_CHECK) {
        if (s->operator_url == NULL)
            return ctes_fail(err, CTES_E_CONFIG_INVALID, "operateur", "url = ?");
        if (session->transport == NULL)
            CTES_TRY(ctes_session_open_transport(session, err));
    }
    CTES_TRY(open_links(session, err));
    if (purpose == CTES_FOR_CHECK)
        return CTES_OK;
    CTES_TRY(ctes_store_open(session->context, s->ledger, &session->store, err));
    session->archives = s->archives != NULL ? s->archives : ctes_store_folder(session->store);
    return session->archives != NULL
               ? CTES_OK
               : ctes_fail(err, CTES_E_CONFIG_MISSING, "chemins", "archives = ?");
}

static void free_sessionp(ctes_session **session) {
    ctes_session_free(*session);
}

ctes_status ctes_session_open_over(const ctes_context *context, const ctes_settings *settings,
                                   ctes_purpose purpose, ctes_transport *transport,
                                   ctes_session **ret, ctes_error *err) {
    CTES_CLEANUP(free_sessionp) ctes_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        ctes_transport_free(transport);
        return ctes_fail_memory(err);
    }
    session->context = context;
    session->settings = *settings;
    session->transport = transport;
    session->last_trace = &session->traces;
    ctes_xml_init();
    ctes_mail_init();
    ctes_status status = fill(session, purpose, err);
    if (status != CTES_OK)
        return ctes_fail_at(err, status, CTES_STAGE_CONFIG, NULL);
    *ret = CTES_TAKE(session);
    return CTES_OK;
}

ctes_status ctes_session_open(const ctes_context *context, const ctes_settings *settings,
                              ctes_purpose purpose, ctes_session **ret, ctes_error *err) {
    return ctes_session_open_over(context, settings, purpose, NULL, ret, err);
}

ctes_status ctes_session_fork(const ctes_session *owner, ctes_recorder *recorder, unsigned number,
                              ctes_session **ret, ctes_error *err) {
    CTES_CLEANUP(free_sessionp) ctes_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return ctes_fail_memory(err);
    session->owner = owner;
    session->holder = number;
    session->context = owner->context;
    session->settings = owner->settings;
    session->accounts = owner->accounts;
    session->schemas = owner->schemas;
    session->signer = owner->signer;
    session->store = owner->store;
    session->archives = owner->archives;
    session->recorder = recorder;
    session->looks_later = owner->looks_later;
    session->transport = owner->transport;
    session->pace = owner->pace;
    session->patient = owner->patient;
    session->patience_end_ms = owner->patience_end_ms;
    session->last_trace = &session->traces;
    CTES_TRY(list_links(session, err));
    *ret = CTES_TAKE(session);
    return CTES_OK;
}

void ctes_session_free(ctes_session *session) {
    if (session == NULL)
        return;
    for (size_t i = 0; session->links != NULL && i < session->settings.autorite_count; i++)
        ctes_operator_free(session->links[i].operator_);
    free(session->links);
    ctes_trace_clear(session);
    if (session->owner == NULL) {
        ctes_session_free_accounts(session);
        ctes_transport_free(session->transport);
        ctes_ledger_close(session->store);
        ctes_signer_free(session->signer);
        ctes_schemas_free(session->schemas);
        ctes_pace_free(session->pace);
    }
    free(session);
}

void ctes_session_be_patient(ctes_session *session) {
    session->patience_end_ms =
        ctes_now_ms(session->context) + session->settings.wait_s * INT64_C(1000);
}

int ctes_session_rank(const ctes_session *session, const char *siren) {
    for (size_t i = 0; i < session->settings.autorite_count; i++)
        if (strcmp(session->links[i].autorite->siren, siren) == 0)
            return (int)i;
    return -1;
}

ctes_status ctes_session_link(ctes_session *session, const char *siren, ctes_link **ret,
                              ctes_error *err) {
    size_t count = session->settings.autorite_count;
    if (siren == NULL || siren[0] == '\0') {
        if (count != 1)
            return ctes_fail(err, CTES_E_AUTORITE_UNKNOWN, NULL, "%s", "");
        siren = session->links[0].autorite->siren;
    }
    int at = ctes_session_rank(session, siren);
    if (at < 0)
        return ctes_fail(err, CTES_E_AUTORITE_UNKNOWN, NULL, "%s", siren);
    CTES_TRY(turn_to(session, &session->links[at], err));
    *ret = &session->links[at];
    return CTES_OK;
}
