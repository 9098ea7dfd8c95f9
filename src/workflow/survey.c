#include "workflow/survey.h"

#include <pthread.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/runtime.h"

/* As many questions as the listings have pages at the least: for fewer acts they cost more. */
enum { FEW = 5 };

/* Far more acts than an authority has on their way; beyond, they are asked for one by one. */
enum { LISTED_MAX = 1000000 };

typedef struct listed {
    int64_t transaction;
    size_t rank; /* in the order told: of two the later one holds */
    ctes_operator_state state;
    int native;
} listed;

typedef struct authority {
    pthread_mutex_t mutex;
    size_t asked;
    bool read;
    listed *acts;
    size_t count, capacity;
    bool failed;
} authority;

struct ctes_survey {
    authority *authorities; /* as the session's links */
    size_t count;
};

ctes_status ctes_survey_new(const ctes_session *session, ctes_survey **ret, ctes_error *err) {
    CTES_CLEANUP(ctes_survey_freep) ctes_survey *survey = calloc(1, sizeof *survey);
    if (survey == NULL)
        return ctes_fail_memory(err);
    survey->authorities = calloc(session->settings.autorite_count, sizeof *survey->authorities);
    if (survey->authorities == NULL)
        return ctes_fail_memory(err);
    survey->count = session->settings.autorite_count;
    for (size_t i = 0; i < survey->count; i++)
        (void)pthread_mutex_init(&survey->authorities[i].mutex, NULL);
    *ret = CTES_TAKE(survey);
    return CTES_OK;
}

void ctes_survey_free(ctes_survey *survey) {
    if (survey == NULL)
        return;
    for (size_t i = 0; i < survey->count; i++) {
        (void)pthread_mutex_destroy(&survey->authorities[i].mutex);
        free(survey->authorities[i].acts);
    }
    free(survey->authorities);
    free(survey);
}

static void note(void *user, int64_t transaction, ctes_operator_state state, int native) {
    authority *a = user;
    listed *acts = a->count < LISTED_MAX
                       ? ctes_array_room(a->acts, a->count, &a->capacity, sizeof *acts)
                       : NULL;
    if (acts == NULL) {
        a->failed = true;
        return;
    }
    a->acts = acts;
    a->acts[a->count] = (listed){ transaction, a->count, state, native };
    a->count++;
}

static int by_transaction(const void *left, const void *right) {
    const listed *a = left, *b = right;
    if (a->transaction != b->transaction)
        return a->transaction < b->transaction ? -1 : 1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Whatever goes wrong here is no failure: each act is then asked for, and tells of it. */
static void read_listings(authority *a, ctes_session *session, const char *siren) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_link *link = NULL;
    a->read = true;
    ctes_status status = ctes_session_link(session, siren, &link, &why);
    if (status == CTES_OK)
        status = link->operator_->waiting(link->operator_, note, a, &why);
    if (status != CTES_OK || a->failed) {
        ctes_log(session->context, CTES_LOG_INFO, siren,
                 "listings not read (%s %s): each act is asked for", ctes_status_name(status),
                 why.detail);
        a->count = 0;
    }
    if (a->count > 0)
        qsort(a->acts, a->count, sizeof *a->acts, by_transaction);
}

static const listed *find(const authority *a, int64_t transaction) {
    size_t low = 0, high = a->count; /* the last of those up to `transaction` */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->acts[middle].transaction <= transaction)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && a->acts[low - 1].transaction == transaction ? &a->acts[low - 1] : NULL;
}

ctes_operator_state ctes_survey_state(ctes_survey *survey, ctes_session *session, size_t autorite,
                                      int64_t transaction, int *ret_native) {
    authority *a = &survey->authorities[autorite];
    ctes_operator_state state = CTES_OP_UNKNOWN;
    (void)pthread_mutex_lock(&a->mutex);
    if (!a->read && a->asked++ >= FEW)
        read_listings(a, session, session->links[autorite].autorite->siren);
    const listed *found = a->read ? find(a, transaction) : NULL;
    if (found != NULL) {
        state = found->state;
        *ret_native = found->native;
    }
    (void)pthread_mutex_unlock(&a->mutex);
    return state;
}
