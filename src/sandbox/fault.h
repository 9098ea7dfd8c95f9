/* Faults on demand: which requests go wrong, how, and how many of them. */
#ifndef CTES_SANDBOX_FAULT_H
#define CTES_SANDBOX_FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* X(identifier, name, moment). Moments: 'c' at the connection; 'u' during the upload; 'r' instead
 * of doing anything (the request is read, nothing is kept); 'a' after the work was done and
 * committed; 'p' at the point of one page where it bites. */
#define FAULT_LIST(X)                                                                              \
    X(FAULT_WRONG_CERTIFICATE, "wrong-certificate", 'c')                                           \
    X(FAULT_CUT_BEFORE, "cut-before", 'u')                                                         \
    X(FAULT_500, "500", 'r')                                                                       \
    X(FAULT_503, "503", 'r')                                                                       \
    X(FAULT_429, "429", 'r')                                                                       \
    X(FAULT_413, "413", 'r')                                                                       \
    X(FAULT_HTML_200, "html-200", 'r')                                                             \
    X(FAULT_G6_GARBLED, "g6-garbled", 'r')                                                         \
    X(FAULT_REDIRECT, "redirect", 'r')                                                             \
    X(FAULT_STALL_BEFORE, "stall-before", 'r')                                                     \
    X(FAULT_STALL, "stall", 'a')                                                                   \
    X(FAULT_REPLY_LOST, "reply-lost", 'a')                                                         \
    X(FAULT_503_KEPT, "503-kept", 'a')                                                             \
    X(FAULT_TRUNCATED, "truncated", 'a')                                                           \
    X(FAULT_SLOW, "slow", 'a')                                                                     \
    X(FAULT_CHARSET_UTF8, "charset-utf8", 'a')                                                     \
    X(FAULT_CHARSET_BROKEN, "charset-broken", 'a')                                                 \
    X(FAULT_LATE_COMMIT, "late-commit", 'a')                                                       \
    X(FAULT_EMPTY_AR, "empty-ar", 'p')                                                             \
    X(FAULT_UNSTAMPED, "unstamped", 'p')

typedef enum fault_kind {
    FAULT_NONE,
#define FAULT_VALUE(id, name, moment) id,
    FAULT_LIST(FAULT_VALUE)
#undef FAULT_VALUE
} fault_kind;

const char *fault_name(fault_kind kind); /**< "" for FAULT_NONE */
char fault_moment(fault_kind kind);      /**< ' ' for FAULT_NONE */

typedef struct fault_plan fault_plan;

/** @return NULL when memory is short. */
fault_plan *fault_plan_new(void);
void fault_plan_free(fault_plan *plan);

/** Adds `KIND[@ENDPOINT][:COUNT]`; COUNT is a number or `*`, 1 when absent. ENDPOINT is a script's
 *  name, with or without `.php`, or its short name. Returns false if it cannot be read. */
bool fault_plan_add(fault_plan *plan, const char *spec);

/** Takes the first fault planned for a request to this script, counting it down. Faults of the
 *  moments 'c' and 'p' are left alone. `script` and `alias` may be NULL. */
fault_kind fault_take(fault_plan *plan, const char *script, const char *alias);

/** Takes this very fault if it is planned here; the same counting. */
bool fault_take_kind(fault_plan *plan, fault_kind kind, const char *script, const char *alias);

#endif
