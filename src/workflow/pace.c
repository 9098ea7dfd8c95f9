#include "workflow/pace.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/hours.h"
#include "workflow/register.h"
#include "workflow/volume.h"

enum {
    HOLD_MAX_MS = 60 * 60 * 1000,
    LOOK_MS = 1000,  /* the register is asked for others' attempts once in this time */
    SLICE_MS = 1000, /* a wait looks around this often: clocks are set, others make room, or stop */
    MOMENT_MS = 2000 /* shorter waits are not worth telling */
};

struct ctes_pace {
    ctes_hours hours;
    uint64_t limit;        /* bytes an hour; 0: none */
    pthread_mutex_t mutex; /* over all that follows */
    ctes_wait_fn tell;
    void *user;
    ctes_wait told;
    int64_t told_until_ms; /* 0: nothing told yet */
    bool stopped;
    int64_t closed_from_ms, closed_until_ms; /* as last asked of `hours` */
    int64_t held_from_ms, held_until_ms;
    ctes_volume volume;
    int64_t last_envoi, looked_ms; /* up to which attempt, and when, the register was read */
    uint64_t inside;               /* of attempts that have entered and not left */
    uint64_t left;                 /* of those that left since the register was read */
};

ctes_status ctes_pace_new(const ctes_settings *settings, ctes_pace **ret, ctes_error *err) {
    ctes_hours hours;
    if (ctes_hours_read(settings->closed_hours, &hours, err) != CTES_OK)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, "operateur", "closed_hours = %s",
                         settings->closed_hours);
    ctes_pace *pace = calloc(1, sizeof *pace);
    if (pace == NULL)
        return ctes_fail_memory(err);
    pace->hours = hours;
    pace->limit = settings->hourly_volume;
    (void)pthread_mutex_init(&pace->mutex, NULL); /* cannot fail with default attributes */
    *ret = pace;
    return CTES_OK;
}

void ctes_pace_free(ctes_pace *pace) {
    if (pace == NULL)
        return;
    (void)pthread_mutex_destroy(&pace->mutex);
    free(pace);
}

void ctes_pace_watch(ctes_pace *pace, ctes_wait_fn tell, void *user) {
    (void)pthread_mutex_lock(&pace->mutex);
    pace->tell = tell;
    pace->user = user;
    pace->told_until_ms = 0;
    pace->stopped = false;
    (void)pthread_mutex_unlock(&pace->mutex);
}

void ctes_pace_stop(ctes_pace *pace) {
    (void)pthread_mutex_lock(&pace->mutex);
    pace->stopped = true;
    (void)pthread_mutex_unlock(&pace->mutex);
}

/* --- the operator's wish ---------------------------------------------------------------------- */

void ctes_pace_hold(ctes_session *session, int64_t ms) {
    ctes_pace *pace = session->pace;
    int64_t now = ctes_now_ms(session->context);
    (void)pthread_mutex_lock(&pace->mutex);
    int64_t until = now + (ms < HOLD_MAX_MS ? ms : HOLD_MAX_MS);
    if (until > pace->held_until_ms || now < pace->held_from_ms) {
        pace->held_from_ms = now;
        pace->held_until_ms = until;
    }
    (void)pthread_mutex_unlock(&pace->mutex);
}

/* Call with the mutex held. A wish noted later than now is of a clock that was set back. */
static bool held(const ctes_pace *pace, int64_t now) {
    return now >= pace->held_from_ms && now < pace->held_until_ms;
}

int64_t ctes_pace_held_ms(const ctes_session *session) {
    ctes_pace *pace = session->pace;
    int64_t now = ctes_now_ms(session->context);
    (void)pthread_mutex_lock(&pace->mutex);
    int64_t left = held(pace, now) ? pace->held_until_ms - now : 0;
    (void)pthread_mutex_unlock(&pace->mutex);
    return left;
}

/* --- the hour's volume ------------------------------------------------------------------------ */

typedef struct reading {
    ctes_pace *pace;
    int64_t now, newest;
} reading;

static void add_envoi(void *user, const ctes_recent_envoi *envoi) {
    reading *r = user;
    if (envoi->id > r->newest)
        r->newest = envoi->id;
    ctes_volume_add(&r->pace->volume, r->now, envoi->at_ms, envoi->bytes);
}

/* Call with the mutex held: who comes meanwhile waits for what this one reads. */
static ctes_status look(ctes_session *session, int64_t now, ctes_error *err) {
    ctes_pace *pace = session->pace;
    bool recent = pace->looked_ms <= now && now < pace->looked_ms + LOOK_MS;
    if (recent)
        return CTES_OK;
    reading r = { pace, now, pace->last_envoi };
    CTES_TRY(ctes_register_recent(session, pace->last_envoi, now - CTES_VOLUME_HOUR_MS, add_envoi,
                                  &r, err));
    pace->last_envoi = r.newest;
    pace->looked_ms = now;
    pace->left = 0;
    return CTES_OK;
}

static bool fits(const ctes_pace *pace, int64_t now, uint64_t bytes, int64_t *ret_until) {
    uint64_t under_way = pace->inside + pace->left;
    uint64_t used = under_way + ctes_volume_hour(&pace->volume, now);
    if (used == 0 || (bytes <= pace->limit && used <= pace->limit - bytes))
        return true;
    uint64_t too_many = bytes <= pace->limit ? used - (pace->limit - bytes) : used;
    int64_t until = ctes_volume_free_ms(&pace->volume, now, too_many);
    *ret_until = until > now + LOOK_MS ? until : now + LOOK_MS; /* others are under way */
    return false;
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* Asked anew only outside what is known: finding the end walks through every minute until then.
 * Call with the mutex held. */
static bool closed(ctes_pace *pace, int64_t now, int64_t *ret_until) {
    if (now < pace->closed_from_ms || now >= pace->closed_until_ms) {
        pace->closed_from_ms = now;
        pace->closed_until_ms = now;
        (void)ctes_hours_closed(&pace->hours, now, &pace->closed_until_ms);
    }
    *ret_until = pace->closed_until_ms;
    return now < pace->closed_until_ms;
}

/* Is the way open? Then room is kept; else why not, and until when. Call with the mutex held. */
static ctes_status judge(ctes_session *session, int64_t now, uint64_t bytes, bool *ret_open,
                         ctes_wait *ret_why, int64_t *ret_until, ctes_error *err) {
    ctes_pace *pace = session->pace;
    *ret_open = false;
    *ret_why = CTES_WAIT_WINDOW;
    if (pace->stopped)
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    if (closed(pace, now, ret_until))
        return CTES_OK;
    *ret_why = CTES_WAIT_RETRY;
    *ret_until = pace->held_until_ms;
    if (held(pace, now))
        return CTES_OK;
    *ret_why = CTES_WAIT_VOLUME;
    if (pace->limit > 0) {
        CTES_TRY(look(session, now, err));
        if (!fits(pace, now, bytes, ret_until))
            return CTES_OK;
    }
    pace->inside += bytes;
    *ret_open = true;
    return CTES_OK;
}

/* Once for each wait, though many threads meet it; the end of a wait for room moves a little. */
static void tell(ctes_pace *pace, int64_t now, ctes_wait why, int64_t until) {
    (void)pthread_mutex_lock(&pace->mutex);
    bool known = why == pace->told && now < pace->told_until_ms &&
                 until <= pace->told_until_ms + 2 * CTES_VOLUME_SLOT_MS;
    ctes_wait_fn fn = known || until - now < MOMENT_MS ? NULL : pace->tell;
    if (fn != NULL) {
        pace->told = why;
        pace->told_until_ms = until;
    }
    void *user = pace->user;
    (void)pthread_mutex_unlock(&pace->mutex);
    if (fn != NULL)
        fn(user, why, until);
}

static ctes_status refuse(ctes_wait why, int64_t until, ctes_error *err) {
    static const char *const names[] = {
        [CTES_WAIT_WINDOW] = "closed", [CTES_WAIT_VOLUME] = "volume", [CTES_WAIT_RETRY] = "operator"
    };
    time_t seconds = (time_t)((until + 999) / 1000);
    struct tm local;
    char text[32] = "";
    if (localtime_r(&seconds, &local) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    return ctes_fail(err, CTES_E_NOT_NOW, NULL, "%s: %s", names[why], text);
}

ctes_status ctes_pace_enter(ctes_session *session, uint64_t bytes, bool *ret_waited,
                            ctes_error *err) {
    ctes_pace *pace = session->pace;
    for (;;) {
        int64_t now = ctes_now_ms(session->context), until = 0;
        ctes_wait why = CTES_WAIT_WINDOW;
        bool open = false;
        (void)pthread_mutex_lock(&pace->mutex);
        ctes_status status = judge(session, now, bytes, &open, &why, &until, err);
        (void)pthread_mutex_unlock(&pace->mutex);
        if (status != CTES_OK || open)
            return status;
        if (!session->patient && until > session->patience_end_ms)
            return refuse(why, until, err);
        tell(pace, now, why, until);
        *ret_waited = true;
        int64_t ms = until - now < SLICE_MS ? until - now : SLICE_MS;
        if (ctes_stop_asked(session->context) || !ctes_sleep_ms(session->context, ms))
            return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    }
}

void ctes_pace_leave(ctes_session *session, uint64_t bytes, uint64_t left) {
    ctes_pace *pace = session->pace;
    (void)pthread_mutex_lock(&pace->mutex);
    pace->inside -= bytes;
    pace->left += left;
    (void)pthread_mutex_unlock(&pace->mutex);
}
