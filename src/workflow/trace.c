#include "workflow/trace.h"

#include <string.h>

#include "base/array.h"
#include "base/runtime.h"
#include "base/text.h"
#include "workflow/session.h"

enum { DAY_S = 24 * 60 * 60 };

struct ctes_trace {
    int64_t acte;
    int64_t *more; /* other acts that it is about */
    size_t more_count, more_room;
    char *method, *url, *fields, *reply;
    size_t reply_length; /* of the whole reply */
    long http_status;
    ctes_status outcome;
    char reply_sha256[2 * CTES_SHA256_SIZE + 1];
    ctes_trace *next;
};

static void free_trace(ctes_trace *trace) {
    if (trace == NULL)
        return;
    free(trace->more);
    free(trace->method);
    free(trace->url);
    free(trace->fields);
    free(trace->reply);
    free(trace);
}

static void free_tracep(ctes_trace **trace) {
    free_trace(*trace);
}

static ctes_status copy_reply(const ctes_exchange *exchange, ctes_trace *trace, ctes_error *err) {
    ctes_hash hash;
    CTES_TRY(ctes_hash_bytes(exchange->reply, exchange->reply_length, &hash, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, trace->reply_sha256);
    trace->reply_length = exchange->reply_length;
    trace->reply = malloc(exchange->reply_length > 0 ? exchange->reply_length : 1);
    if (trace->reply == NULL)
        return CTES_E_MEMORY;
    memcpy(trace->reply, exchange->reply, exchange->reply_length);
    return CTES_OK;
}

static ctes_status keep(ctes_session *session, const ctes_exchange *exchange, ctes_error *err) {
    CTES_CLEANUP(free_tracep) ctes_trace *trace = calloc(1, sizeof *trace);
    if (trace == NULL)
        return CTES_E_MEMORY;
    trace->acte = session->acte;
    trace->http_status = exchange->http_status;
    trace->outcome = exchange->outcome;
    CTES_TRY(ctes_text_dup(exchange->method, &trace->method, err));
    CTES_TRY(ctes_text_dup(exchange->url, &trace->url, err));
    CTES_TRY(ctes_text_dup(exchange->fields, &trace->fields, err));
    if (exchange->reply != NULL)
        CTES_TRY(copy_reply(exchange, trace, err));
    *session->last_trace = trace;
    session->last_trace = &trace->next;
    trace = NULL;
    return CTES_OK;
}

static void complain(const ctes_session *session, ctes_status status, const ctes_error *err) {
    ctes_log(session->context, CTES_LOG_ERROR, NULL, "exchange not recorded: %s (%s)",
             ctes_status_name(status), err->detail);
}

void ctes_trace_record(void *user, const ctes_exchange *exchange) {
    ctes_session *session = user;
    if (!exchange->done)
        return;
    ctes_log(session->context, CTES_LOG_DEBUG, NULL, "%s %s: HTTP %ld, %zu bytes (%s)",
             exchange->method, exchange->url, exchange->http_status, exchange->reply_length,
             ctes_status_name(exchange->outcome));
    /* whatever was asked about: who is told to come back later starts nothing before */
    if ((exchange->http_status == 429 || exchange->http_status == 503) &&
        exchange->retry_after >= 0)
        ctes_pace_hold(session, exchange->retry_after < DAY_S
                                    ? exchange->retry_after * INT64_C(1000)
                                    : DAY_S * INT64_C(1000));
    if (session->acte == 0 || session->store == NULL)
        return;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = keep(session, exchange, &err);
    if (status != CTES_OK)
        complain(session, status, &err);
}

static void write_one(const ctes_session *session, ctes_store *store, const ctes_trace *trace,
                      int64_t acte) {
    const ctes_store_exchange row = {
        .method = trace->method,
        .url = trace->url,
        .fields = trace->fields,
        .http_status = trace->http_status,
        .outcome = ctes_status_name(trace->outcome),
        .reply = trace->reply,
        .reply_length = trace->reply_length,
        .reply_sha256 = trace->reply != NULL ? trace->reply_sha256 : NULL,
    };
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = ctes_store_trace(store, acte, &row, &err);
    if (status != CTES_OK)
        complain(session, status, &err);
}

static void write_whole(const ctes_session *session, ctes_store *store, const ctes_trace *trace) {
    write_one(session, store, trace, trace->acte);
    for (size_t i = 0; i < trace->more_count; i++)
        write_one(session, store, trace, trace->more[i]);
}

void ctes_trace_write(ctes_session *session, ctes_store *store) {
    for (const ctes_trace *trace = session->traces; trace != NULL; trace = trace->next)
        write_whole(session, store, trace);
    ctes_trace_clear(session);
}

void ctes_trace_repeat(ctes_session *session, int64_t acte, int64_t other) {
    for (ctes_trace *trace = session->traces; trace != NULL; trace = trace->next) {
        if (trace->acte != acte)
            continue;
        int64_t *more =
            ctes_array_room(trace->more, trace->more_count, &trace->more_room, sizeof *more);
        if (more == NULL) {
            ctes_log(session->context, CTES_LOG_ERROR, NULL, "exchange not recorded: %s",
                     ctes_status_name(CTES_E_MEMORY));
            continue;
        }
        trace->more = more;
        trace->more[trace->more_count++] = other;
    }
}

void ctes_trace_clear(ctes_session *session) {
    while (session->traces != NULL) {
        ctes_trace *next = session->traces->next;
        free_trace(session->traces);
        session->traces = next;
    }
    session->last_trace = &session->traces;
}
