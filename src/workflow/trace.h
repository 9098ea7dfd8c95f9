/*
 * Every exchange with the operator goes into the register: gathered as it happens, written with the
 * next step, so that telling what was said costs no write of its own.
 */
#ifndef CTES_WORKFLOW_TRACE_H
#define CTES_WORKFLOW_TRACE_H

#include "ledger/store.h"
#include "operator/operator.h"

struct ctes_session;

/** A ctes_trace_fn; `user` is the ctes_session, whose `acte` says what the exchange is about. */
void ctes_trace_record(void *user, const ctes_exchange *exchange);

/** What was gathered about one act tells of another too: they travelled together. */
void ctes_trace_repeat(struct ctes_session *session, int64_t acte, int64_t other);

/** Writes what was gathered. The exchanges took place whether or not they can be written, so a
 *  failure is logged and what follows goes on: a register that cannot be written says so again. */
void ctes_trace_write(struct ctes_session *session, ctes_store *store);

/** Forgets what was gathered. */
void ctes_trace_clear(struct ctes_session *session);

#endif
