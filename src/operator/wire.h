/*
 * One exchange with an operator, told to the trace before and after it: what all connectors share.
 */
#ifndef CTES_OPERATOR_WIRE_H
#define CTES_OPERATOR_WIRE_H

#include "operator/operator.h"

typedef struct ctes_wire {
    ctes_transport *transport;
    const ctes_context *context;
    ctes_trace_fn trace;
    void *trace_user;
    const ctes_secret *hidden; /**< a reply that repeats it is not kept, nor told; or NULL */
} ctes_wire;

/** What the settings say of it. */
static inline ctes_wire ctes_wire_of(const ctes_operator_settings *settings) {
    return (ctes_wire){ .transport = settings->transport,
                        .context = settings->context,
                        .trace = settings->trace,
                        .trace_user = settings->trace_user };
}

/** Plain https, without credentials: the URL is recorded with every exchange. The error does not
 *  repeat it, there may be a password in it. @return CTES_OK or CTES_E_CONFIG_INVALID. */
ctes_status ctes_wire_check_url(const char *url, ctes_error *err) CTES_MUST_CHECK;

/** @return CTES_OK whatever the HTTP status, or the transport's. `fields` (may be NULL) is what the
 *  trace is told of the form. */
ctes_status ctes_wire_exchange(const ctes_wire *wire, const ctes_request *request,
                               const char *fields, ctes_response *ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** The same for a request that changes something: a failure after which it is open whether it
 *  arrived is always one with maybe_received. */
ctes_status ctes_wire_submit(const ctes_wire *wire, const ctes_request *request, const char *fields,
                             ctes_response *ret, ctes_error *err) CTES_MUST_CHECK;

/** CTES_E_OPERATOR_BUSY for a server that asks to come back later, CTES_E_OPERATOR_UNAVAILABLE for
 *  a 408 or 5xx that may hide anything. */
ctes_status ctes_wire_judge_unavailable(const ctes_response *response, ctes_error *err);

/** Appends `text` percent-coded, as it stands in a URL's query. */
ctes_status ctes_wire_escape(ctes_buffer *url, const char *text, ctes_error *err) CTES_MUST_CHECK;

/** Failures of single parcels, while the others are fetched: the first is told at the end. */
typedef struct ctes_failures {
    ctes_status first; /**< CTES_OK: none */
    ctes_error error;
} ctes_failures;

#define CTES_FAILURES_INIT                                                                         \
    { .first = CTES_OK, .error = CTES_ERROR_INIT }

/** Notes what became of the parcel `source`. @return true when the others would fare the same. */
bool ctes_failures_note(ctes_failures *failures, const ctes_context *context, const char *source,
                        ctes_status status, ctes_error *why);

/** The first failure, or CTES_OK. */
ctes_status ctes_failures_tell(const ctes_failures *failures, ctes_error *err) CTES_MUST_CHECK;

#endif
