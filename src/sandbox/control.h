/* The sandbox's own pages. */
#ifndef CTES_SANDBOX_CONTROL_H
#define CTES_SANDBOX_CONTROL_H

#include "sandbox/exchange.h"

/** Lets in whoever holds an account's certificate and uses this method; else the reply is made. */
bool control_allowed(sb_exchange *x, const char *method);

/** HTTP 400 with a reason, as JSON: these pages are for scripts that people write. */
void control_refuse(sb_exchange *x, const char *reason);

#endif
