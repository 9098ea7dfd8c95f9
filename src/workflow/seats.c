#include "workflow/seats.h"

#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>

#include "base/fail.h"

enum { SEATS_A_CORE = 2 };

struct ctes_seats {
    sem_t free;
};

static unsigned count_cores(void) {
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
    return count > 0 ? (unsigned)count : 1;
}

ctes_status ctes_seats_new(ctes_seats **ret, ctes_error *err) {
    ctes_seats *seats = malloc(sizeof *seats);
    if (seats == NULL)
        return ctes_fail_memory(err);
    (void)sem_init(&seats->free, 0, SEATS_A_CORE * count_cores()); /* cannot fail for this value */
    *ret = seats;
    return CTES_OK;
}

void ctes_seats_free(ctes_seats *seats) {
    if (seats == NULL)
        return;
    (void)sem_destroy(&seats->free);
    free(seats);
}

void ctes_seats_take(ctes_seats *seats) {
    while (seats != NULL && sem_wait(&seats->free) != 0) /* a signal came between */
        ;
}

void ctes_seats_leave(ctes_seats *seats) {
    if (seats != NULL)
        (void)sem_post(&seats->free);
}
