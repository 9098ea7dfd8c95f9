/*
 * The folder in which what arrives is unpacked before it has its place: one for each run, on the
 * file system of the archives. What a killed run left there is removed by the next one: the
 * operator still has it.
 */
#ifndef CTES_WORKFLOW_ARRIVAL_H
#define CTES_WORKFLOW_ARRIVAL_H

#include "base/cleanup.h"
#include "workflow/session.h"

typedef struct ctes_arrival {
    char *path; /**< NULL: none */
    int lock;   /**< held while the folder is in use; -1: none */
} ctes_arrival;

#define CTES_ARRIVAL_INIT                                                                          \
    { .lock = -1 }

ctes_status ctes_arrival_open(const ctes_session *session, ctes_arrival *ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** Removes the folder with all it holds. */
void ctes_arrival_close(ctes_arrival *arrival);
#define CTES_AUTO_ARRIVAL CTES_CLEANUP(ctes_arrival_close)

/** Makes an empty folder in it for the files of one parcel; the caller frees its name. */
ctes_status ctes_arrival_folder(const ctes_arrival *arrival, char **ret,
                                ctes_error *err) CTES_MUST_CHECK;

#endif
