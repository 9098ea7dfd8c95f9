#include "sandbox/latch.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct sb_latch {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t released; /* how often */
};

sb_latch *latch_new(void) {
    sb_latch *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    if (pthread_mutex_init(&made->mutex, NULL) != 0) {
        free(made);
        return NULL;
    }
    if (pthread_cond_init(&made->changed, NULL) != 0) {
        (void)pthread_mutex_destroy(&made->mutex);
        free(made);
        return NULL;
    }
    return made;
}

void latch_free(sb_latch *latch) {
    if (latch == NULL)
        return;
    (void)pthread_cond_destroy(&latch->changed);
    (void)pthread_mutex_destroy(&latch->mutex);
    free(latch);
}

void latch_wait(sb_latch *latch, int64_t ms) {
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)pthread_mutex_lock(&latch->mutex);
    uint64_t before = latch->released;
    while (latch->released == before &&
           pthread_cond_timedwait(&latch->changed, &latch->mutex, &until) == 0)
        continue;
    (void)pthread_mutex_unlock(&latch->mutex);
}

void latch_release(sb_latch *latch) {
    (void)pthread_mutex_lock(&latch->mutex);
    latch->released++;
    (void)pthread_cond_broadcast(&latch->changed);
    (void)pthread_mutex_unlock(&latch->mutex);
}
