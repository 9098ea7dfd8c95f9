/* Scope-bound release of what a local owns, and handing ownership on. */
#ifndef CTES_BASE_CLEANUP_H
#define CTES_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/** Declares that the local is released by `function(&local)` when its scope ends: a use of its own
 *  (clang knows no other than to be read). */
#define CTES_CLEANUP(function) __attribute__((cleanup(function), unused))

/** Gives the pointer's value away and sets the pointer to NULL. */
#define CTES_TAKE(pointer)                                                                         \
    (__extension__({                                                                               \
        __typeof__(pointer) *take_from_ = &(pointer);                                              \
        __typeof__(pointer) taken_ = *take_from_;                                                  \
        *take_from_ = NULL;                                                                        \
        taken_;                                                                                    \
    }))

/** Every function that can fail says so to the compiler. */
#define CTES_MUST_CHECK __attribute__((warn_unused_result))

/** Returns the status of `call` from the current function unless it is CTES_OK. */
#define CTES_TRY(call)                                                                             \
    do {                                                                                           \
        ctes_status try_status_ = (call);                                                          \
        if (try_status_ != CTES_OK)                                                                \
            return try_status_;                                                                    \
    } while (0)

static inline void ctes_free_charp(char **p) {
    free(*p);
    *p = NULL;
}
static inline void ctes_fclosep(FILE **p) {
    if (*p != NULL)
        (void)fclose(*p);
    *p = NULL;
}
/** For descriptors initialised to -1. */
static inline void ctes_closep(int *fd) {
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

#define CTES_AUTO_FREE   CTES_CLEANUP(ctes_free_charp)
#define CTES_AUTO_FCLOSE CTES_CLEANUP(ctes_fclosep)
#define CTES_AUTO_CLOSE  CTES_CLEANUP(ctes_closep)

#endif
