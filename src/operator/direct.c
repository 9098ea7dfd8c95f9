/* The direct channel's table: what it can, and what nobody can ask of it. */
#include "operator/direct_internal.h"

#include "base/fail.h"
#include "base/text.h"

/* --- what is not there ------------------------------------------------------------------------ */

static ctes_status unsupported(const char *what, ctes_error *err) {
    return ctes_fail(err, CTES_E_OPERATOR_UNSUPPORTED, NULL, "%s", what);
}

static ctes_status no_serial(ctes_operator *self, unsigned *ret, ctes_error *err) {
    (void)self;
    (void)ret;
    return unsupported("serial", err);
}

static ctes_status no_find(ctes_operator *self, const char *unique_id, ctes_operator_status *ret,
                           ctes_error *err) {
    (void)self;
    (void)unique_id;
    (void)ret;
    return unsupported("find", err);
}

static ctes_status no_lookup(ctes_operator *self, const char *numero_interne, ctes_date since,
                             ctes_operator_listing *ret, ctes_error *err) {
    (void)self;
    (void)numero_interne;
    (void)since;
    (void)ret;
    return unsupported("lookup", err);
}

static ctes_status no_waiting(ctes_operator *self, ctes_listed_fn each, void *user,
                              ctes_error *err) {
    (void)self;
    (void)each;
    (void)user;
    return unsupported("waiting", err);
}

static ctes_status no_status(ctes_operator *self, int64_t transaction, ctes_operator_status *ret,
                             ctes_error *err) {
    (void)self;
    (void)transaction;
    (void)ret;
    return unsupported("status", err);
}

static ctes_status no_acknowledgement(ctes_operator *self, int64_t transaction, ctes_buffer *ret,
                                      ctes_error *err) {
    (void)self;
    (void)transaction;
    (void)ret;
    return unsupported("acknowledgement", err);
}

/* Nothing can be asked without sending; a wrong certificate, key or name of the server is met by
 * the first deposit, before any of it leaves. */
static ctes_status preflight(ctes_operator *self, ctes_error *err) {
    (void)self;
    (void)err;
    return CTES_OK;
}

/* --- life ------------------------------------------------------------------------------------- */

static void direct_free(ctes_operator *table) {
    ctes_direct_operator *self = (ctes_direct_operator *)table;
    ctes_mailbox_free(self->mailbox);
    ctes_secret_wipe(&self->password);
    free(self->url);
    free(self->login);
    free(self->field);
    free(self->mailbox_url);
    free(self->done);
    free(self->aside);
    free(self);
}

static void freep(ctes_direct_operator **self) {
    if (*self != NULL)
        direct_free(&(*self)->table);
}

static ctes_status check(const ctes_operator_direct_settings *settings, ctes_error *err) {
    CTES_TRY(ctes_wire_check_url(settings->common.url, err));
    bool named = settings->field == NULL || settings->field[0] != '\0';
    for (const char *at = settings->field; at != NULL && *at != '\0'; at++)
        named = named && (unsigned char)*at > 0x20u && (unsigned char)*at < 0x7fu && *at != '"';
    if (!named)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "field = %s", settings->field);
    if (settings->success != 0 && (settings->success < 200 || settings->success > 599))
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "success = %ld", settings->success);
    return CTES_OK;
}

static ctes_status open_mailbox(ctes_direct_operator *self,
                                const ctes_operator_direct_settings *settings, ctes_error *err) {
    if (settings->mailbox == NULL)
        return CTES_OK;
    CTES_TRY(ctes_mailbox_new(self->wire.context, settings->mailbox, &self->mailbox, err));
    CTES_TRY(ctes_text_dup(settings->mailbox->url, &self->mailbox_url, err));
    CTES_TRY(
        ctes_text_dup(settings->done != NULL ? settings->done : "ctes/done", &self->done, err));
    return ctes_text_dup(settings->aside != NULL ? settings->aside : "ctes/aside", &self->aside,
                         err);
}

static const ctes_operator TABLE = {
    .name = "direct",
    .preflight = preflight,
    .serial = no_serial,
    .deposit = ctes_direct_deposit,
    .find = no_find,
    .lookup = no_lookup,
    .waiting = no_waiting,
    .status = no_status,
    .acknowledgement = no_acknowledgement,
    .collect = ctes_direct_collect,
    .submit = ctes_direct_submit,
    .free = direct_free,
};

ctes_status ctes_operator_direct_new(const ctes_operator_direct_settings *settings,
                                     ctes_operator **ret, ctes_error *err) {
    const ctes_operator_settings *common = &settings->common;
    CTES_TRY(check(settings, err));
    CTES_CLEANUP(freep) ctes_direct_operator *self = calloc(1, sizeof *self);
    if (self == NULL)
        return ctes_fail_memory(err);
    self->table = TABLE;
    self->wire = ctes_wire_of(common);
    self->url_account = settings->url_account;
    self->success = settings->success != 0 ? settings->success : 200;
    CTES_TRY(ctes_text_dup(common->url, &self->url, err));
    CTES_TRY(ctes_text_dup(common->login, &self->login, err));
    CTES_TRY(ctes_text_dup(settings->field, &self->field, err));
    if (common->password != NULL && common->password->length > 0) {
        self->password = *common->password;
        self->wire.hidden = &self->password;
    }
    CTES_TRY(open_mailbox(self, settings, err));
    *ret = &CTES_TAKE(self)->table;
    return CTES_OK;
}
