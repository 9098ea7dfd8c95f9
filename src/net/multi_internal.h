/* The transport for many exchanges from the inside: lines that carry one exchange each, and the
 * thread that drives them. */
#ifndef CTES_NET_MULTI_INTERNAL_H
#define CTES_NET_MULTI_INTERNAL_H

#include <pthread.h>
#include <semaphore.h>

#include "net/curl_internal.h"
#include "net/transport_multi.h"

typedef struct ctes_multi ctes_multi;

/** Carries one exchange at a time. Who has taken it owns it; between submission and `done` the
 *  driver does. */
typedef struct ctes_line {
    ctes_multi *multi;
    ctes_curl *curl;
    struct ctes_line *next; /**< free, or submitted */
    bool running;           /**< known to the multi handle; the driver's */
    CURLcode result;
    sem_t done;
} ctes_line;

/** A caller for whom there was no line; lives on its stack. */
typedef struct ctes_waiter {
    struct ctes_waiter *next;
    ctes_line *line; /**< handed to it */
    pthread_cond_t changed;
} ctes_waiter;

struct ctes_multi {
    ctes_transport vtable; /**< first: the transport's address is this struct's */
    const ctes_context *context;
    ctes_connections connections;
    CURLM *handle;
    CURLSH *share;
    ctes_line *lines;
    size_t line_count;
    size_t running; /**< lines known to `handle`; the driver's */
    pthread_t driver;
    bool driven;    /**< `driver` was started */
    bool lock_made; /**< `lock` and `work` exist */
    pthread_mutex_t lock;
    /* below: under `lock` */
    pthread_cond_t work;  /**< `submitted` or `ending` */
    ctes_line *free;      /**< lines nobody has */
    ctes_waiter *waiting; /**< longest first */
    ctes_line *submitted; /**< latest first */
    bool polling;         /**< the driver waits for sockets, not for `work` */
    bool ending;
};

/* --- multi_lines.c ---------------------------------------------------------------------------- */

/** Takes a line, waiting for one if need be.
 *  @return CTES_OK, CTES_E_INTERRUPTED, CTES_E_INTERNAL. */
ctes_status ctes_multi_take_line(ctes_multi *multi, ctes_line **ret,
                                 ctes_error *err) CTES_MUST_CHECK;
void ctes_multi_give_line(ctes_line *line);

/* --- multi_driver.c --------------------------------------------------------------------------- */

/** Runs the handle of a line (`user`) and waits for its end; a ctes_curl_run. */
CURLcode ctes_multi_run(ctes_curl *curl, void *user);

/** Starts libcurl and makes what the driver works with.
 *  @return CTES_OK, CTES_E_MEMORY, CTES_E_INTERNAL. */
ctes_status ctes_multi_make_handles(ctes_multi *multi, unsigned max_in_flight,
                                    ctes_error *err) CTES_MUST_CHECK;

/** Releases what ctes_multi_make_handles() made, or the part of it there is. */
void ctes_multi_free_handles(ctes_multi *multi);

/** @return CTES_OK or CTES_E_INTERNAL. */
ctes_status ctes_multi_start_driver(ctes_multi *multi, ctes_error *err) CTES_MUST_CHECK;
void ctes_multi_stop_driver(ctes_multi *multi);

#endif
