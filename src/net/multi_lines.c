/* Whose turn it is: at most as many exchanges as there are lines, in the order they came. */
#include <time.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "net/multi_internal.h"

/* The stop hook is asked, it does not tell: how long it may go unasked. */
enum { STOP_ASKED_EVERY_MS = 200 };

static struct timespec in_ms(long ms) {
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    return until;
}

static void enqueue(ctes_multi *multi, ctes_waiter *waiter) {
    ctes_waiter **end = &multi->waiting;
    while (*end != NULL)
        end = &(*end)->next;
    *end = waiter;
}

static void dequeue(ctes_multi *multi, const ctes_waiter *waiter) {
    ctes_waiter **at = &multi->waiting;
    while (*at != waiter)
        at = &(*at)->next;
    *at = waiter->next;
}

/* `lock` is held, but not while the hook is asked */
static bool stop_asked(ctes_multi *multi) {
    (void)pthread_mutex_unlock(&multi->lock);
    bool asked = ctes_stop_asked(multi->context);
    (void)pthread_mutex_lock(&multi->lock);
    return asked;
}

/* Waits in the queue for a line; NULL when the program is to stop. `lock` is held. */
static ctes_line *wait_for_line(ctes_multi *multi, ctes_waiter *waiter) {
    enqueue(multi, waiter);
    while (waiter->line == NULL) {
        struct timespec until = in_ms(STOP_ASKED_EVERY_MS);
        (void)pthread_cond_timedwait(&waiter->changed, &multi->lock, &until);
        if (waiter->line == NULL && stop_asked(multi) && waiter->line == NULL) {
            dequeue(multi, waiter);
            return NULL;
        }
    }
    return waiter->line;
}

static ctes_line *queue_for_line(ctes_multi *multi) {
    ctes_waiter waiter = { .line = NULL };
    pthread_condattr_t monotonic;
    /* glibc's functions for these do not fail */
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&waiter.changed, &monotonic);
    ctes_line *line = wait_for_line(multi, &waiter);
    (void)pthread_cond_destroy(&waiter.changed);
    (void)pthread_condattr_destroy(&monotonic);
    return line;
}

ctes_status ctes_multi_take_line(ctes_multi *multi, ctes_line **ret, ctes_error *err) {
    (void)pthread_mutex_lock(&multi->lock);
    ctes_line *line = multi->free; /* there is none while anybody waits */
    if (line != NULL)
        multi->free = line->next;
    else
        line = queue_for_line(multi);
    (void)pthread_mutex_unlock(&multi->lock);
    if (line == NULL)
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "before anything was sent");
    *ret = line;
    return CTES_OK;
}

void ctes_multi_give_line(ctes_line *line) {
    ctes_multi *multi = line->multi;
    (void)pthread_mutex_lock(&multi->lock);
    ctes_waiter *first = multi->waiting;
    if (first != NULL) {
        multi->waiting = first->next;
        first->line = line;
        (void)pthread_cond_signal(&first->changed);
    } else {
        line->next = multi->free;
        multi->free = line;
    }
    (void)pthread_mutex_unlock(&multi->lock);
}
