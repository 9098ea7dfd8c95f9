/* An open session: what is loaded once and used for every act. */
#ifndef CTES_WORKFLOW_SESSION_H
#define CTES_WORKFLOW_SESSION_H

#include <ctes/workflow.h>

#include "base/secret.h"
#include "ledger/store.h"
#include "workflow/pace.h"
#include "workflow/recorder.h"
#include "workflow/seats.h"
#include "net/transport.h"
#include "norm/arbre.h"
#include "operator/operator.h"
#include "sign/sign.h"
#include "xml/xml.h"

/** One authority's way to the operator: its account, and whether the account was found good. */
typedef struct ctes_link {
    const ctes_autorite *autorite;
    ctes_operator *operator_;
    struct ctes_account *account; /**< shared by the sessions of all threads */
} ctes_link;

typedef struct ctes_trace ctes_trace;

struct ctes_session {
    const ctes_context *context;
    ctes_settings settings;
    ctes_schemas *schemas;
    ctes_signer *signer;           /**< NULL when nothing is signed */
    ctes_store *store;             /**< NULL for CTES_FOR_CHECK */
    const char *archives;          /**< folder of packages; NULL for CTES_FOR_CHECK */
    ctes_transport *transport;     /**< NULL for CTES_FOR_CHECK */
    ctes_link *links;              /**< one for each authority of the settings */
    ctes_link *turned_to;          /**< of a fork: the one that is open, if any */
    struct ctes_account *accounts; /**< as many */
    ctes_recorder *recorder;       /**< NULL while one act is under way at a time */
    ctes_seats *seats;             /**< NULL likewise */
    bool looks_later; /**< a deposit that went well is not asked about at once: a survey will */
    bool mode_known, archive_removed; /**< what the register notes of the operator, read once */
    unsigned holder; /**< of leases: tells this session from those it shares its store with */
    int64_t acte;    /**< the act that exchanges are now about, 0 for none */
    ctes_trace *traces, **last_trace; /**< exchanges not written yet */
    ctes_pace *pace;                  /**< shared with the forks */
    bool paced;                       /**< its attempt has entered the pace */
    bool patient;                     /**< waits as long as the operator's limits ask … */
    int64_t patience_end_ms;          /**< … or else until then */
    const struct ctes_session *owner; /**< of the shared parts; NULL: this session itself */
};

/** As ctes_session_open, over a transport of the caller's (taken over, also on failure). */
ctes_status ctes_session_open_over(const ctes_context *context, const ctes_settings *settings,
                                   ctes_purpose purpose, ctes_transport *transport,
                                   ctes_session **ret, ctes_error *err) CTES_MUST_CHECK;

/** A session for one more thread: it shares what does not change (schemas, signer, settings, the
 *  register through `recorder`, the connections) and has an operator's handle and traces of its
 *  own. `number`, from 1 on, tells those apart that live at the same time. Freed before `owner`. */
ctes_status ctes_session_fork(const ctes_session *owner, ctes_recorder *recorder, unsigned number,
                              ctes_session **ret, ctes_error *err) CTES_MUST_CHECK;

/** How many exchanges are under way at once (settings.in_flight, or its default). */
unsigned ctes_session_in_flight(const ctes_session *session);

/** How many acts are worked on at once: those, and some that are packaged and recorded meanwhile.
 *  One, when one exchange at a time was asked for: acts then go in their order. */
unsigned ctes_session_crew(const ctes_session *session);

/** The rank of an authority in the settings, -1 when it is not configured. */
int ctes_session_rank(const ctes_session *session, const char *siren);

/** The authority an act belongs to: by SIREN, or the only one when `siren` is NULL or empty. A fork
 *  closes its way to any other authority.
 *  @return CTES_OK, CTES_E_AUTORITE_UNKNOWN, CTES_E_MEMORY. */
ctes_status ctes_session_link(ctes_session *session, const char *siren, ctes_link **ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** From now on, waits at the pace last `settings.wait_s` seconds at most. A session that is patient
 *  already stays so. */
void ctes_session_be_patient(ctes_session *session);

/** The classification that the préfecture sent this authority, read once a session; NULL where
 * there is none, or no register. Borrowed: lives as long as the session that was opened. */
ctes_status ctes_session_arbre(ctes_session *session, ctes_link *link, const ctes_arbre **ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** An act was refused because the préfecture has a newer classification; and whether that was said
 *  since it was last asked. */
void ctes_session_note_stale(ctes_session *session, const char *siren);
bool ctes_session_take_stale(ctes_link *link);

/** Asks the operator once a session whether this account may deposit; later calls repeat the
 *  answer, so that a wrong account is met before anything is sent and not once per act. */
ctes_status ctes_session_preflight(ctes_session *session, ctes_link *link,
                                   ctes_error *err) CTES_MUST_CHECK;

#endif
