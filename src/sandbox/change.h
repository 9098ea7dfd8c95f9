/* Messages that the operator writes itself: cancellation, classification request. */
#ifndef CTES_SANDBOX_CHANGE_H
#define CTES_SANDBOX_CHANGE_H

#include "sandbox/exchange.h"
#include "sandbox/store.h"

typedef struct own_message {
    int type;
    const char *name; /**< of the message: "…-6-1_0.xml" */
    const char *xml;
    const sb_transac *act; /**< the one it is about, or NULL */
} own_message;

/** Deposits it in an envelope of its own and says `OK\n<id>\n\n`. With the lock held. */
void deposit_own_message(sb_exchange *x, const own_message *message);

#endif
