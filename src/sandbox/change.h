/* Messages that the operator writes itself: cancellation, answer, classification request. */
#ifndef CTES_SANDBOX_CHANGE_H
#define CTES_SANDBOX_CHANGE_H

#include "sandbox/deposit.h"
#include "sandbox/exchange.h"
#include "sandbox/store.h"

typedef struct own_message {
    int type;
    const char *name; /**< of the message: "…-6-1_0.xml" */
    const char *xml;
    const sb_transac *about; /**< the act, or the letter, whose number and date it carries; NULL */
    int64_t related;         /**< the act */
    const deposit_file *files;
    size_t file_count;
    bool answers; /**< a letter: noted as such */
} own_message;

/** Deposits it in an envelope of its own; the reply is the caller's. With the lock held. */
ctes_status own_message_put(sb_exchange *x, const own_message *message, int64_t *ret,
                            ctes_error *err) CTES_MUST_CHECK;

/** The same, and says `OK\n<id>\n\n`. */
void deposit_own_message(sb_exchange *x, const own_message *message);

#endif
