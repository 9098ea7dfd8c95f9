/* The ministry's server of the direct channel: one page that takes archives (sheet actes-norm § 9).
 */
#ifndef CTES_SANDBOX_DEPOT_H
#define CTES_SANDBOX_DEPOT_H

#include "sandbox/exchange.h"

/** Takes an archive in, or counts it when one of that name was. What it holds is judged later: a
 *  reply of 200 says that it is stored, no more. With the store's lock held. */
ctes_status depot_take(sb_exchange *x, const char *name, const void *bytes, size_t length,
                       ctes_error *err) CTES_MUST_CHECK;

#endif
