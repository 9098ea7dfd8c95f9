/* Looks for what the operator and the préfecture have to say of the acts that wait: of a few one
 * after the other, of many at once and with the operator's listings. */
#include "workflow/refresh.h"

#include <pthread.h>

#include <ctes/exchange.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "workflow/crew.h"
#include "workflow/poll.h"
#include "workflow/register.h"

enum { FIRST_PAUSE_S = 2, LAST_PAUSE_S = 30 };

/* From how many acts on the listings are read; into how many turns they are parted, if none of them
 * becomes too long. */
enum { MANY = 8, TURNS = 64, TURN_MAX = 32 };

static bool waits(const ctes_record *record) {
    return !ctes_state_final(record->state) && record->state != CTES_STATE_PREPARED;
}

/* --- a round over all of them ----------------------------------------------------------------- */

typedef struct watcher {
    ctes_outcome_fn each; /* or NULL */
    void *user;
    bool changes_only; /* is not told at the end what waits as it did */
} watcher;

typedef struct acts {
    ctes_waiting *items;
    size_t count;
} acts;

typedef struct round {
    const watcher *watch;
    ctes_survey *survey; /* NULL for few acts */
    bool last;
    pthread_mutex_t mutex; /* over what follows */
    size_t waiting;
    bool stopped;
    ctes_status status; /* the first failure that no other act could escape */
    ctes_error error;
} round;

/* A few acts that one after the other are looked at: most need no more than a look at the listings.
 */
typedef struct turn {
    round *round;
    ctes_waiting *first;
    size_t count;
} turn;

static bool over(round *r, const ctes_session *session) {
    (void)pthread_mutex_lock(&r->mutex);
    if (r->status == CTES_OK && ctes_stop_asked(session->context))
        r->status = ctes_fail(&r->error, CTES_E_INTERRUPTED, NULL, "%s", "");
    bool ends = r->stopped || r->status != CTES_OK;
    (void)pthread_mutex_unlock(&r->mutex);
    return ends;
}

static void count_waiting(round *r) {
    (void)pthread_mutex_lock(&r->mutex);
    r->waiting++;
    (void)pthread_mutex_unlock(&r->mutex);
}

static void tell(round *r, ctes_waiting *act, const ctes_outcome *outcome) {
    bool more = waits(&outcome->record);
    bool news = outcome->result == CTES_RESULT_CHANGED || !more || r->last;
    act->state = outcome->record.state;
    act->transaction = outcome->record.transaction;
    if (!more)
        act->acte = 0;
    (void)pthread_mutex_lock(&r->mutex);
    r->waiting += more;
    if (news && !r->stopped && r->watch->each != NULL && !r->watch->each(r->watch->user, outcome))
        r->stopped = true;
    (void)pthread_mutex_unlock(&r->mutex);
}

static void look_at(ctes_session *session, round *r, ctes_waiting *act) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_error why = CTES_ERROR_INIT;
    bool told_anyway = r->last && !r->watch->changes_only;
    if (!told_anyway && ctes_poll_unchanged(session, r->survey, act)) {
        count_waiting(r);
        return;
    }
    ctes_status status = ctes_poll_one(session, r->survey, act->acte, &outcome, &why);
    if (status == CTES_OK) {
        tell(r, act, &outcome);
        return;
    }
    (void)pthread_mutex_lock(&r->mutex);
    if (r->status == CTES_OK) {
        r->status = status;
        r->error = why;
    }
    (void)pthread_mutex_unlock(&r->mutex);
}

static void take_turn(ctes_session *session, void *data) {
    const turn *t = data;
    for (size_t i = 0; i < t->count; i++)
        if (t->first[i].acte != 0 && !over(t->round, session))
            look_at(session, t->round, &t->first[i]);
}

static ctes_status look_at_many(ctes_session *session, round *r, const acts *waiting,
                                ctes_error *err) {
    size_t each = waiting->count / TURNS;
    each = each < 1 ? 1 : each > TURN_MAX ? TURN_MAX : each;
    size_t count = (waiting->count + each - 1) / each;
    turn *turns = calloc(count, sizeof *turns);
    if (turns == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        size_t left = waiting->count - i * each;
        turns[i] = (turn){ r, &waiting->items[i * each], left < each ? left : each };
    }
    ctes_crew *crew = NULL;
    ctes_status status = ctes_survey_new(session, &r->survey, err);
    if (status == CTES_OK)
        status = ctes_crew_gather(session, take_turn, &crew, err);
    for (size_t i = 0; status == CTES_OK && i < count && !over(r, session); i++)
        ctes_crew_submit(crew, &turns[i]);
    ctes_crew_finish(crew);
    free(turns);
    return status;
}

static ctes_status look_at_all(ctes_session *session, round *r, const acts *waiting,
                               ctes_error *err) {
    size_t left = 0;
    for (size_t i = 0; i < waiting->count; i++)
        left += waiting->items[i].acte != 0;
    if (left >= MANY)
        return look_at_many(session, r, waiting, err);
    take_turn(session, &(turn){ r, waiting->items, waiting->count });
    return CTES_OK;
}

/* On the direct channel answers come by themselves: they are fetched, and told as what was learnt
 * of their acts. */
typedef struct postman {
    round *round;
    const acts *waiting;
} postman;

static bool tell_answer(void *user, const ctes_outcome *outcome) {
    const postman *p = user;
    ctes_waiting *act = NULL;
    for (size_t i = 0; i < p->waiting->count; i++)
        if (p->waiting->items[i].acte == outcome->record.id)
            act = &p->waiting->items[i];
    if (act != NULL)
        tell(p->round, act, outcome);
    return !p->round->stopped;
}

static ctes_status fetch_answers(ctes_session *session, const acts *waiting, round *r,
                                 ctes_error *err) {
    postman p = { r, waiting };
    const ctes_inbox_watch watch = { .acte = tell_answer, .acte_user = &p };
    if (session->settings.canal != CTES_CANAL_DIRECT)
        return CTES_OK;
    return ctes_inbox_fetch(session, NULL, &watch, err);
}

static ctes_status one_round(ctes_session *session, const acts *waiting, bool last,
                             const watcher *watch, round *r, ctes_error *err) {
    *r = (round){ .watch = watch, .last = last };
    (void)pthread_mutex_init(&r->mutex, NULL); /* cannot fail with default attributes */
    ctes_status status = fetch_answers(session, waiting, r, err);
    if (status == CTES_OK && !r->stopped) {
        r->waiting = 0; /* counted anew */
        status = look_at_all(session, r, waiting, err);
    }
    (void)pthread_mutex_destroy(&r->mutex);
    ctes_survey_free(r->survey);
    if (status != CTES_OK || r->status == CTES_OK)
        return status;
    if (err != NULL)
        *err = r->error;
    return r->status;
}

static ctes_status select_acts(ctes_session *session, const char *siren, const char *numero,
                               acts *ret, ctes_error *err) {
    if (numero == NULL)
        return ctes_waiting_read(session, siren, &ret->items, &ret->count, err);
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    CTES_TRY(ctes_register_get(session, siren, numero, &record, err));
    ctes_waiting *items = malloc(sizeof *items);
    if (items == NULL)
        return ctes_fail_memory(err);
    items[0] = ctes_waiting_of(session, &record);
    *ret = (acts){ items, 1 };
    return CTES_OK;
}

/* Waits until the next round: as the caller wishes, but not before the operator does. */
static ctes_status pause_for(const ctes_session *session, int64_t every, int64_t left,
                             ctes_error *err) {
    int64_t held = ctes_pace_held_ms(session);
    int64_t ms = held > every ? held : every;
    if (left > 0 && !ctes_sleep_ms(session->context, left < ms ? left : ms))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    return CTES_OK;
}

static ctes_status rounds(ctes_session *session, const acts *waiting, long wait_s, long every_s,
                          const watcher *watch, ctes_error *err) {
    int64_t end = ctes_now_ms(session->context) + (int64_t)wait_s * 1000;
    int64_t every = (every_s > 0 ? every_s : FIRST_PAUSE_S) * (int64_t)1000;
    for (;;) {
        bool last = end - ctes_now_ms(session->context) <= 0;
        round r;
        ctes_error why = CTES_ERROR_INIT;
        ctes_status status = one_round(session, waiting, last, watch, &r, &why);
        bool comes_back = status == CTES_E_OPERATOR_BUSY && !last; /* when it was asked to */
        if (status != CTES_OK && !comes_back) {
            if (err != NULL)
                *err = why;
            return status;
        }
        if (r.stopped || (r.waiting == 0 && !comes_back))
            return CTES_OK;
        if (last)
            return wait_s > 0 ? ctes_fail(err, CTES_E_NOT_YET, NULL, "%zu", r.waiting) : CTES_OK;
        CTES_TRY(pause_for(session, every, end - ctes_now_ms(session->context), err));
        if (every_s <= 0 && every < LAST_PAUSE_S * INT64_C(1000)) /* soon at first, then calmly */
            every *= 2;
    }
}

/* What was refused for an older classification goes out with the newest: it is asked for at once.
 * That it cannot be had now is no failure of what was asked: the next refusal asks again. */
static void catch_up(ctes_session *session) {
    for (size_t i = 0; i < session->settings.autorite_count; i++) {
        const char *siren = session->links[i].autorite->siren;
        ctes_classification_result result;
        ctes_error why = CTES_ERROR_INIT;
        if (ctes_session_take_stale(&session->links[i]) &&
            ctes_classification_refresh(session, siren, true, &result, &why) != CTES_OK)
            ctes_log(session->context, CTES_LOG_WARNING, siren, "classification: %s", why.detail);
    }
}

static ctes_status refresh(ctes_session *session, const char *siren, const char *numero,
                           long wait_s, long every_s, const watcher *watch, ctes_error *err) {
    acts waiting = { .count = 0 };
    CTES_TRY(select_acts(session, siren, numero, &waiting, err));
    ctes_status status = rounds(session, &waiting, wait_s, every_s, watch, err);
    free(waiting.items);
    catch_up(session);
    return status;
}

ctes_status ctes_refresh(ctes_session *session, const char *siren, const char *numero, long wait_s,
                         long every_s, ctes_outcome_fn each, void *user, ctes_error *err) {
    const watcher watch = { .each = each, .user = user };
    return refresh(session, siren, numero, wait_s, every_s, &watch, err);
}

ctes_status ctes_refresh_changes(ctes_session *session, ctes_outcome_fn each, void *user,
                                 ctes_error *err) {
    const watcher watch = { .each = each, .user = user, .changes_only = true };
    return refresh(session, NULL, NULL, 0, 0, &watch, err);
}
