/* Seats for work that keeps a processor busy: signing, hashing, deflating. More threads at it than
 * there are cores take the caches from each other, and each holds its memory longer. */
#ifndef CTES_WORKFLOW_SEATS_H
#define CTES_WORKFLOW_SEATS_H

#include <ctes/error.h>

#include "base/cleanup.h"

typedef struct ctes_seats ctes_seats;

/** Two for each core that this process may use: one of them waits for the disk now and then. */
ctes_status ctes_seats_new(ctes_seats **ret, ctes_error *err) CTES_MUST_CHECK;
void ctes_seats_free(ctes_seats *seats);

/** Waits for a seat and takes it. NULL has room for everybody: one act is under way at a time. */
void ctes_seats_take(ctes_seats *seats);
void ctes_seats_leave(ctes_seats *seats);

#endif
