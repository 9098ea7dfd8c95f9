/* The thread that drives libcurl: it alone touches the multi handle and what belongs to it. */
#include <signal.h>
#include <string.h>

#include "base/fail.h"
#include "net/multi_internal.h"

/* libcurl asks the progress callback, and that the stop hook, at least so often */
enum { POLL_MS = 250 };

/* --- in the threads of the callers ------------------------------------------------------------ */

CURLcode ctes_multi_run(ctes_curl *curl, void *user) {
    (void)curl;
    ctes_line *line = user;
    ctes_multi *multi = line->multi;
    (void)pthread_mutex_lock(&multi->lock);
    line->next = multi->submitted;
    multi->submitted = line;
    bool polling = multi->polling;
    (void)pthread_mutex_unlock(&multi->lock); /* who is woken under the lock has to wait for it */
    if (polling)
        (void)curl_multi_wakeup(multi->handle); /* should it fail: the poll ends soon by itself */
    else
        (void)pthread_cond_signal(&multi->work);
    while (sem_wait(&line->done) != 0) /* a signal came between */
        ;
    return line->result;
}

/* --- in the driver's -------------------------------------------------------------------------- */

static void finish(ctes_line *line, CURLcode result) {
    ctes_multi *multi = line->multi;
    if (line->running) {
        (void)curl_multi_remove_handle(multi->handle, line->curl->easy);
        line->running = false;
        multi->running--;
    }
    ctes_curl_leave_connection(line->curl);
    line->result = result;
    (void)sem_post(&line->done);
}

static void begin(ctes_line *line) {
    ctes_multi *multi = line->multi;
    if (curl_multi_add_handle(multi->handle, line->curl->easy) != CURLM_OK) {
        finish(line, CURLE_OUT_OF_MEMORY);
        return;
    }
    line->running = true;
    multi->running++;
}

static void finish_all(ctes_multi *multi, CURLcode result) {
    for (size_t i = 0; i < multi->line_count; i++) {
        if (multi->lines[i].running)
            finish(&multi->lines[i], result);
    }
}

static void advance(ctes_multi *multi) {
    int unused = 0;
    if (curl_multi_perform(multi->handle, &unused) != CURLM_OK) {
        finish_all(multi, CURLE_OUT_OF_MEMORY); /* what was sent is found out from each handle */
        return;
    }
    CURLMsg *message = NULL;
    while ((message = curl_multi_info_read(multi->handle, &unused)) != NULL) {
        CURLcode result = message->data.result;
        char *line = NULL;
        if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &line) == CURLE_OK)
            finish((ctes_line *)(void *)line, result);
    }
}

/* Waits until there is something to do; returns the lines that were submitted, earliest first. */
static ctes_line *next_work(ctes_multi *multi, bool *ret_end) {
    (void)pthread_mutex_lock(&multi->lock);
    if (multi->submitted == NULL && multi->running > 0) {
        multi->polling = true;
        (void)pthread_mutex_unlock(&multi->lock);
        CURLMcode result = curl_multi_poll(multi->handle, NULL, 0, POLL_MS, NULL);
        if (result != CURLM_OK)
            finish_all(multi, CURLE_OUT_OF_MEMORY);
        (void)pthread_mutex_lock(&multi->lock);
        multi->polling = false;
    }
    while (multi->submitted == NULL && multi->running == 0 && !multi->ending)
        (void)pthread_cond_wait(&multi->work, &multi->lock);
    ctes_line *lines = NULL;
    while (multi->submitted != NULL) {
        ctes_line *line = multi->submitted;
        multi->submitted = line->next;
        line->next = lines;
        lines = line;
    }
    *ret_end = lines == NULL && multi->running == 0; /* then `ending` */
    (void)pthread_mutex_unlock(&multi->lock);
    return lines;
}

static void *drive(void *user) {
    ctes_multi *multi = user;
    for (;;) {
        bool end = false;
        ctes_line *lines = next_work(multi, &end);
        if (end)
            return NULL;
        while (lines != NULL) {
            ctes_line *line = lines;
            lines = line->next; /* before its owner has it again */
            begin(line);
        }
        advance(multi);
    }
}

/* --- life ------------------------------------------------------------------------------------- */

static bool set_handle(CURLM *handle, long max) {
    return curl_multi_setopt(handle, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) == CURLM_OK &&
           curl_multi_setopt(handle, CURLMOPT_MAX_CONCURRENT_STREAMS, max) == CURLM_OK &&
           curl_multi_setopt(handle, CURLMOPT_MAXCONNECTS, max) == CURLM_OK &&
           curl_multi_setopt(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, max) == CURLM_OK;
}

/* The share needs no locks: after this thread only the driver's uses it. */
ctes_status ctes_multi_make_handles(ctes_multi *multi, unsigned max_in_flight, ctes_error *err) {
    CTES_TRY(ctes_curl_start_library(err));
    /* glibc's functions for these do not fail */
    (void)pthread_mutex_init(&multi->lock, NULL);
    (void)pthread_cond_init(&multi->work, NULL);
    multi->lock_made = true;
    multi->handle = curl_multi_init();
    multi->share = curl_share_init();
    if (multi->handle == NULL || multi->share == NULL)
        return ctes_fail_memory(err);
    if (!set_handle(multi->handle, (long)max_in_flight) ||
        curl_share_setopt(multi->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "libcurl refuses the settings");
    return CTES_OK;
}

void ctes_multi_free_handles(ctes_multi *multi) {
    if (multi->handle != NULL)
        (void)curl_multi_cleanup(multi->handle); /* closes the connections */
    ctes_connections_clear(&multi->connections);
    if (multi->share != NULL)
        (void)curl_share_cleanup(multi->share);
    if (multi->lock_made) {
        (void)pthread_cond_destroy(&multi->work);
        (void)pthread_mutex_destroy(&multi->lock);
        ctes_curl_stop_library();
    }
}

ctes_status ctes_multi_start_driver(ctes_multi *multi, ctes_error *err) {
    /* signals are the program's: its own threads handle them. And OpenSSL writes without
     * MSG_NOSIGNAL: a connection that ended must not end the program. */
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    int failure = pthread_create(&multi->driver, NULL, drive, multi);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    char text[128];
    if (failure != 0)
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "thread: %s",
                         strerror_r(failure, text, sizeof text));
    multi->driven = true;
    return CTES_OK;
}

void ctes_multi_stop_driver(ctes_multi *multi) {
    if (!multi->driven)
        return;
    (void)pthread_mutex_lock(&multi->lock);
    multi->ending = true;
    (void)pthread_cond_signal(&multi->work);
    (void)pthread_mutex_unlock(&multi->lock);
    (void)pthread_join(multi->driver, NULL);
}
