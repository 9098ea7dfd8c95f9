/*
 * S2LOW: the table, its settings, and the exchange that every call goes through.
 *
 * No cookies (the server ties a session to the first account that used it, T13) and no redirects
 * (a login page would come back as HTML with 200, T5): the transport has neither. Login and
 * password go out as UTF-8, or as ISO-8859-1 to an instance that was set so (sheet § 1.2).
 */
#include "operator/s2low.h"

#include <string.h>

#include "base/fail.h"
#include "base/runtime.h"
#include "base/text.h"

/* --- exchanges ------------------------------------------------------------------------------- */

typedef ctes_status (*carry_fn)(const ctes_wire *wire, const ctes_request *request,
                                const char *fields, ctes_response *ret, ctes_error *err);

/* `file`: where the reply goes, or NULL */
static ctes_status exchange(ctes_s2low *self, const char *path, const ctes_s2low_form *form,
                            const char *file, ctes_response *ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer url = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&url, err, "%s%s", self->base, path));
    const ctes_request request = {
        .url = url.data,
        .parts = form != NULL ? form->parts : NULL,
        .part_count = form != NULL ? form->part_count : 0,
        .login = self->login_sent,
        .password = self->login != NULL ? &self->password : NULL,
        .reply_path = file,
        .reply_max = file != NULL ? CTES_S2LOW_SIZE_MAX : 0,
    };
    const carry_fn carry = form != NULL ? ctes_wire_submit : ctes_wire_exchange;
    return carry(&self->wire, &request, form != NULL ? form->fields.data : NULL, ret, err);
}

ctes_status ctes_s2low_get(ctes_s2low *self, const char *path, ctes_response *ret,
                           ctes_error *err) {
    return exchange(self, path, NULL, NULL, ret, err);
}

ctes_status ctes_s2low_download(ctes_s2low *self, const char *path, const char *file,
                                ctes_response *ret, ctes_error *err) {
    return exchange(self, path, NULL, file, ret, err);
}

ctes_status ctes_s2low_post(ctes_s2low *self, const char *path, const ctes_s2low_form *form,
                            ctes_response *ret, ctes_error *err) {
    return exchange(self, path, form, NULL, ret, err);
}

/* --- life ------------------------------------------------------------------------------------ */

static void s2low_free(ctes_operator *table) {
    ctes_s2low *self = (ctes_s2low *)table;
    ctes_secret_wipe(&self->password);
    free(self->base);
    free(self->login);
    free(self->login_sent);
    free(self->no_such);
    free(self);
}

static void freep(ctes_s2low **self) {
    if (*self != NULL)
        s2low_free(&(*self)->table);
}

/* In its own place, so that no copy is left behind; it can only get shorter. */
static bool secret_to_latin1(ctes_secret *secret) {
    size_t length = 0;
    for (size_t i = 0; i < secret->length; i++) {
        unsigned char byte = (unsigned char)secret->text[i];
        if (byte >= 0x80) {
            unsigned char next = (unsigned char)secret->text[i + 1]; /* it ends with NUL */
            if ((byte != 0xc2 && byte != 0xc3) || (next & 0xc0) != 0x80)
                return false;
            byte = (unsigned char)((byte & 0x03u) << 6 | (next & 0x3fu));
            i++;
        }
        secret->text[length++] = (char)byte;
    }
    ctes_wipe(secret->text + length, secret->length - length);
    secret->length = length;
    return true;
}

static ctes_status encode_account(ctes_s2low *self, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer login = CTES_BUFFER_INIT(4096);
    if (ctes_text_to_latin1(self->login, &login, NULL) != CTES_OK)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "login = %s (ISO-8859-1)", self->login);
    if (!secret_to_latin1(&self->password))
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "password (ISO-8859-1)");
    return ctes_buffer_take(&login, &self->login_sent, err);
}

static ctes_status take_account(ctes_s2low *self, const ctes_operator_settings *settings,
                                ctes_error *err) {
    CTES_TRY(ctes_text_dup(settings->login, &self->login, err));
    if (settings->password != NULL)
        self->password = *settings->password;
    return settings->login != NULL && settings->login_latin1
               ? encode_account(self, err)
               : ctes_text_dup(settings->login, &self->login_sent, err);
}

ctes_status ctes_operator_s2low_new(const ctes_operator_settings *settings, ctes_operator **ret,
                                    ctes_error *err) {
    CTES_TRY(ctes_wire_check_url(settings->url, err));
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
    CTES_TRY(take_account(self, settings, err));
    self->wire = ctes_wire_of(settings);
    *ret = &CTES_TAKE(self)->table;
    return CTES_OK;
}
