/*
 * What the library takes from its surroundings, given by the caller so that tests and other
 * programs replace it: the clock, the random source, the log, the stop request.
 */
#ifndef CTES_CONTEXT_H
#define CTES_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef enum ctes_log_level {
    CTES_LOG_ERROR,
    CTES_LOG_WARNING,
    CTES_LOG_INFO,
    CTES_LOG_DEBUG
} ctes_log_level;

/** Any member may be NULL: the system's own is used (for `log`: nothing, `stop`: never). */
typedef struct ctes_context {
    void *user; /**< handed to every hook; the caller's */
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    int64_t (*now_ms)(void *user);
    /** Waits; returns false if the wait was cut short by a request to stop. */
    bool (*sleep_ms)(void *user, int64_t ms);
    /** Fills `bytes` with unpredictable bytes; returns false if it cannot. */
    bool (*random)(void *user, void *bytes, size_t length);
    /** One line of log, UTF-8, without newline, never holding a secret. `acte` may be NULL. */
    void (*log)(void *user, ctes_log_level level, const char *acte, const char *text);
    /** True once the program was asked to stop: what is in flight is finished, nothing starts. */
    bool (*stop)(void *user);
} ctes_context;

#define CTES_CONTEXT_INIT                                                                          \
    { .user = NULL }

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
