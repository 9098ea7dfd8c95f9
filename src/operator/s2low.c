/*
 * S2LOW: the table, its settings, and the exchange that every call goes through.
 *
 * No cookies (the server ties a session to the first account that used it, T13) and no redirects
 * (a login page would come back as HTML with 200, T5): the transport has neither. Login and
 * password go out as UTF-8, which an instance expects unless set otherwise (sheet § 1.2).
 */
#include "operator/s2low.h"

#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"

/* --- exchanges ------------------------------------------------------------------------------- */

static void tell(const ctes_s2low *self, const ctes_request *request, const char *fields,
                 const ctes_response *response, ctes_status outcome, bool done) {
    if (self->trace == NULL)
        return;
    ctes_exchange exchange = {
        .done = done,
        .method = request->part_count > 0 ? "POST" : "GET",
        .url = request->url, /* the base was checked to hold no credentials */
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
    self->trace(self->trace_user, &exchange);
}

/* `file`: where the reply goes, or NULL */
static ctes_status exchange(ctes_s2low *self, const char *path, const ctes_s2low_form *form,
                            const char *file, ctes_response *ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer url = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&url, err, "%s%s", self->base, path));
    const ctes_request request = {
        .reply_path = file,
        .reply_max = file != NULL ? CTES_S2LOW_SIZE_MAX : 0,
        .url = url.data,
        .parts = form != NULL ? form->parts : NULL,
        .part_count = form != NULL ? form->part_count : 0,
        .login = self->login,
        .password = self->login != NULL ? &self->password : NULL,
    };
    const char *fields = form != NULL ? form->fields.data : NULL;
    tell(self, &request, fields, NULL, CTES_OK, false);
    ctes_status status = self->transport->perform(self->transport, &request, ret, err);
    tell(self, &request, fields, ret, status, true);
    if (status == CTES_OK)
        ctes_log(self->context, CTES_LOG_DEBUG, NULL, "%s: HTTP %ld, %zu bytes", url.data,
                 ret->status, ret->body.length);
    else
        ctes_log(self->context, CTES_LOG_DEBUG, NULL, "%s: %s", url.data, ctes_status_name(status));
    return status;
}

ctes_status ctes_s2low_get(ctes_s2low *self, const char *path, ctes_response *ret,
                           ctes_error *err) {
    return exchange(self, path, NULL, NULL, ret, err);
}

ctes_status ctes_s2low_download(ctes_s2low *self, const char *path, const char *file,
                                ctes_response *ret, ctes_error *err) {
    return exchange(self, path, NULL, file, ret, err);
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

ctes_status ctes_s2low_post(ctes_s2low *self, const char *path, const ctes_s2low_form *form,
                            ctes_response *ret, ctes_error *err) {
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = exchange(self, path, form, NULL, ret, &why);
    if (status == CTES_OK)
        return CTES_OK;
    if (!nothing_left(status) && !ctes_status_maybe_received(status))
        return ctes_fail(err, CTES_E_NET_BROKEN, NULL, "%s: %s", ctes_status_name(status),
                         why.detail);
    if (err != NULL)
        *err = why;
    return status;
}

/* --- life ------------------------------------------------------------------------------------ */

static void s2low_free(ctes_operator *table) {
    ctes_s2low *self = (ctes_s2low *)table;
    ctes_secret_wipe(&self->password);
    free(self->base);
    free(self->login);
    free(self->no_such);
    free(self);
}

static void freep(ctes_s2low **self) {
    if (*self != NULL)
        s2low_free(&(*self)->table);
}

/* Plain https, without credentials: the URL is recorded with every exchange. The error does not
 * repeat it, there may be a password in it. */
static ctes_status check_url(const char *url, ctes_error *err) {
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

ctes_status ctes_operator_s2low_new(const ctes_operator_settings *settings, ctes_operator **ret,
                                    ctes_error *err) {
    CTES_TRY(check_url(settings->url, err));
    CTES_CLEANUP(freep) ctes_s2low *self = calloc(1, sizeof *self);
    if (self == NULL)
        return ctes_fail_memory(err);
    self->table = (ctes_operator){
        .name = "s2low",
        .preflight = ctes_s2low_preflight,
        .serial = ctes_s2low_serial,
        .deposit = ctes_s2low_deposit,
        .find = ctes_s2low_find,
        .lookup = ctes_s2low_lookup,
        .waiting = ctes_s2low_waiting,
        .status = ctes_s2low_status,
        .acknowledgement = ctes_s2low_acknowledgement,
        .collect = ctes_s2low_collect,
        .letters = ctes_s2low_letters,
        .answer = ctes_s2low_answer,
        .cancel = ctes_s2low_cancel,
        .classification = ctes_s2low_classification,
        .classification_ask = ctes_s2low_classification_ask,
        .free = s2low_free,
    };
    CTES_TRY(ctes_text_dup(settings->url, &self->base, err));
    for (size_t length = strlen(self->base); self->base[length - 1] == '/'; length--)
        self->base[length - 1] = '\0';
    CTES_TRY(ctes_text_dup(settings->login, &self->login, err));
    if (settings->password != NULL)
        self->password = *settings->password;
    self->transport = settings->transport;
    self->context = settings->context;
    self->trace = settings->trace;
    self->trace_user = settings->trace_user;
    *ret = &CTES_TAKE(self)->table;
    return CTES_OK;
}
