#include "operator/wire.h"

#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"

ctes_status ctes_wire_check_url(const char *url, ctes_error *err) {
    static const char SCHEME[] = "https://";
    bool sane = url != NULL && strncmp(url, SCHEME, strlen(SCHEME)) == 0;
    const char *host = sane ? url + strlen(SCHEME) : "";
    sane = host[0] != '\0' && host[0] != '/' && strpbrk(host, "@?#\\\"<>") == NULL;
    for (const char *at = host; *at != '\0'; at++)
        sane = sane && (unsigned char)*at > 0x20u && (unsigned char)*at < 0x7fu;
    if (!sane)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "URL: https://host[:port][/prefix]");
    return CTES_OK;
}

ctes_status ctes_wire_escape(ctes_buffer *url, const char *text, ctes_error *err) {
    for (const char *at = text; *at != '\0'; at++) {
        bool plain = (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
                     (*at >= 'a' && *at <= 'z') || *at == '-' || *at == '_' || *at == '.';
        if (plain)
            CTES_TRY(ctes_buffer_append(url, at, 1, err));
        else
            CTES_TRY(ctes_buffer_printf(url, err, "%%%02X", (unsigned)(unsigned char)*at));
    }
    return CTES_OK;
}

/* --- exchanges ------------------------------------------------------------------------------- */

static void tell(const ctes_wire *wire, const ctes_request *request, const char *fields,
                 const ctes_response *response, ctes_status outcome, bool done) {
    if (wire->trace == NULL)
        return;
    ctes_exchange exchange = {
        .done = done,
        .method = request->part_count > 0 ? "POST" : "GET",
        .url = request->url, /* it was checked to hold no credentials */
        .fields = fields,
        .retry_after = -1,
        .outcome = outcome,
    };
    if (done && outcome == CTES_OK) {
        exchange.http_status = response->status;
        exchange.retry_after = response->retry_after;
        exchange.reply = response->body.data; /* of what went to a file there is none */
        exchange.reply_length = response->body.length;
    }
    wire->trace(wire->trace_user, &exchange);
}

static bool holds(const char *bytes, size_t length, const char *text) {
    return bytes != NULL && memmem(bytes, length, text, strlen(text)) != NULL;
}

/* Error pages like to repeat what was asked, the password in the URL included. A password that
 * cannot be escaped for want of memory costs the reply's words, which nothing is decided by. */
static void drop_echo(const ctes_secret *hidden, ctes_response *response) {
    CTES_AUTO_BUFFER ctes_buffer escaped = CTES_BUFFER_INIT(4096);
    bool known = ctes_wire_escape(&escaped, hidden->text, NULL) == CTES_OK && escaped.length > 0;
    const char *const forms[] = { hidden->text, known ? escaped.data : hidden->text };
    bool echo = !known;
    for (size_t i = 0; i < 2 && !echo; i++)
        echo = holds(response->body.data, response->body.length, forms[i]) ||
               (response->location != NULL && strstr(response->location, forms[i]) != NULL);
    if (escaped.data != NULL)
        ctes_wipe(escaped.data, escaped.length);
    if (!echo)
        return;
    ctes_buffer_clear(&response->body);
    free(response->location);
    response->location = NULL;
}

ctes_status ctes_wire_exchange(const ctes_wire *wire, const ctes_request *request,
                               const char *fields, ctes_response *ret, ctes_error *err) {
    tell(wire, request, fields, NULL, CTES_OK, false);
    ctes_status status = wire->transport->perform(wire->transport, request, ret, err);
    if (status == CTES_OK && wire->hidden != NULL)
        drop_echo(wire->hidden, ret);
    tell(wire, request, fields, ret, status, true);
    if (status == CTES_OK)
        ctes_log(wire->context, CTES_LOG_DEBUG, NULL, "%s: HTTP %ld, %zu bytes", request->url,
                 ret->status, ret->body.length);
    else
        ctes_log(wire->context, CTES_LOG_DEBUG, NULL, "%s: %s", request->url,
                 ctes_status_name(status));
    return status;
}

/* Does the failure say that the deposit did not arrive, by the transport's contract? Running out of
 * memory while the reply comes in is a failure of this machine, but the act may well be there. */
static bool nothing_left(ctes_status status) {
    switch (status) {
    case CTES_E_NET_RESOLVE:
    case CTES_E_NET_CONNECT:
    case CTES_E_TLS_SERVER:
    case CTES_E_TLS_CLIENT:
    case CTES_E_TLS_HANDSHAKE:
    case CTES_E_KEY_PASSPHRASE:
    case CTES_E_DOCUMENT_UNREADABLE:
    case CTES_E_INTERRUPTED: /* what is in flight is finished, nothing starts (context.h) */
        return true;
    default:
        return false;
    }
}

ctes_status ctes_wire_submit(const ctes_wire *wire, const ctes_request *request, const char *fields,
                             ctes_response *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_wire_exchange(wire, request, fields, ret, &why);
    if (status == CTES_OK)
        return CTES_OK;
    if (!nothing_left(status) && !ctes_status_maybe_received(status))
        return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "%s: %s", ctes_status_name(status),
                         why.detail);
    if (err != NULL)
        *err = why;
    return status;
}

/* A gateway that lost its server gives a bare 503; one that says when to come back means it. */
ctes_status ctes_wire_judge_unavailable(const ctes_response *response, ctes_error *err) {
    bool asks = response->retry_after >= 0;
    bool busy = response->status == 429 || (response->status == 503 && asks);
    ctes_status code = busy ? CTES_E_OPERATOR_BUSY : CTES_E_OPERATOR_UNAVAILABLE;
    if (asks)
        return ctes_fail(err, code, NULL, "HTTP %ld, Retry-After: %ld s", response->status,
                         response->retry_after);
    return ctes_fail(err, code, NULL, "HTTP %ld", response->status);
}

/* --- failures among several ------------------------------------------------------------------ */

/* A parcel may be out of this account's sight, and is then the only one (S2LOW sheet § 1.4). */
static bool ends_all(ctes_status status) {
    ctes_kind kind = ctes_status_kind(status);
    return status != CTES_E_OPERATOR_RIGHTS &&
           (kind == CTES_KIND_CONFIG || kind == CTES_KIND_LATER || kind == CTES_KIND_SYSTEM);
}

bool ctes_failures_note(ctes_failures *failures, const ctes_context *context, const char *source,
                        ctes_status status, ctes_error *why) {
    if (status == CTES_OK)
        return false;
    (void)ctes_fail_at(why, status, CTES_STAGE_ACQUITTEMENT, source);
    bool is_first = failures->first == CTES_OK; /* it is told in the end */
    ctes_log(context, is_first ? CTES_LOG_INFO : CTES_LOG_WARNING, NULL, "%s: %s: %s", source,
             ctes_status_name(status), why->detail);
    if (is_first) {
        failures->first = status;
        failures->error = *why;
    }
    return ends_all(status);
}

ctes_status ctes_failures_tell(const ctes_failures *failures, ctes_error *err) {
    if (failures->first != CTES_OK && err != NULL)
        *err = failures->error;
    return failures->first;
}
