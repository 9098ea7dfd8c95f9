/*
 * The register's one writer when many acts are under way: steps from any thread are gathered into
 * one transaction, and each caller goes on only when its step is on disk. The more acts wait, the
 * more share one write to the disk.
 */
#ifndef CTES_WORKFLOW_RECORDER_H
#define CTES_WORKFLOW_RECORDER_H

#include "ledger/store.h"

typedef struct ctes_recorder ctes_recorder;

/** Starts the writer. Until it is freed, `store` is touched by its thread alone. */
ctes_status ctes_recorder_new(ctes_store *store, ctes_recorder **ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** Waits for the steps handed in, then ends the thread. Accepts NULL. */
void ctes_recorder_free(ctes_recorder *recorder);

/** Runs a step in the recorder's thread and returns when it is durable.
 *  @return what the step returned, or why its transaction could not be committed. */
ctes_status ctes_recorder_run(ctes_recorder *recorder, ctes_step step, void *data,
                              ctes_error *err) CTES_MUST_CHECK;

#endif
