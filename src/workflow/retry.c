#include "workflow/retry.h"

#include "base/runtime.h"

enum {
    BASE_MS = 1000,
    CAP_MS = 5 * 60 * 1000,
    DOUBLINGS = 10, /* past the cap */
    DEFAULT_TRIES = 20,
    DEFAULT_RETRY_FOR_S = 60 * 60
};

bool ctes_temporary(ctes_status status) {
    switch (status) {
    case CTES_E_NET_RESOLVE:
    case CTES_E_NET_CONNECT:
    case CTES_E_NET_BROKEN:
    case CTES_E_NET_TIMEOUT:
    case CTES_E_TLS_HANDSHAKE:
    case CTES_E_OPERATOR_BUSY:
    case CTES_E_OPERATOR_UNAVAILABLE:
        return true;
    default:
        return false;
    }
}

int64_t ctes_backoff_ms(const ctes_context *context, unsigned failed) {
    unsigned doublings = failed > 1 ? failed - 1 : 0;
    uint64_t most = (uint64_t)BASE_MS << (doublings < DOUBLINGS ? doublings : DOUBLINGS);
    if (most > CAP_MS)
        most = CAP_MS;
    uint64_t chance = 0;
    if (ctes_random(context, &chance, sizeof chance, NULL) != CTES_OK)
        return (int64_t)most; /* no chance to be had: at least later */
    return (int64_t)(chance % (most + 1));
}

static int64_t retry_for_ms(const ctes_session *session) {
    long seconds = session->settings.retry_for_s;
    return (seconds > 0 ? seconds : DEFAULT_RETRY_FOR_S) * INT64_C(1000);
}

bool ctes_attempts_another(ctes_attempts *attempts, ctes_session *session, ctes_state state,
                           const ctes_error *why) {
    int64_t now = ctes_now_ms(session->context);
    long tries = session->settings.tries > 0 ? session->settings.tries : DEFAULT_TRIES;
    if (!ctes_temporary(why->code) || ctes_state_held(state))
        return false;
    if (attempts->failed++ == 0)
        attempts->first_ms = now;
    /* the operator's own wish comes first, chance on top of it */
    int64_t wait = ctes_pace_held_ms(session) + ctes_backoff_ms(session->context, attempts->failed);
    int64_t end = now + wait;
    if (attempts->failed >= (unsigned long)tries ||
        end - attempts->first_ms > retry_for_ms(session) ||
        (!session->patient && end > session->patience_end_ms))
        return false;
    ctes_log(session->context, CTES_LOG_INFO, why->subject, "attempt %u: %s (%s); again in %lld s",
             attempts->failed, ctes_status_name(why->code), why->detail,
             (long long)((wait + 999) / 1000));
    ctes_pace_hold(session, wait);
    return true;
}
