/*
 * An archive goes to the ministry (norm sheet § 9.1).
 *
 *   what came back              received?  code
 *   --------------------------  ---------  -----------------------------------------------------
 *   the status set as success   yes        CTES_OK: stored; the acknowledgement comes by mail
 *   401 403 407                 no         ACCESS: the account or the certificate
 *   413                         no         TOO_LARGE
 *   429, 503 with Retry-After   no         BUSY
 *   other 4xx but 408           no         REFUSED
 *   408 5xx                     perhaps    UNAVAILABLE: whoever answers may have stored it before
 *   any other                   perhaps    REPLY: another page or machine answered
 *   transport failed            as the transport says
 *
 * "Perhaps" is settled by sending the same archive again under the same name (§ 9.2).
 */
#include "operator/direct_internal.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"

/* "HTTP 404: the server's words", one line of them. */
static ctes_status fail_words(const ctes_response *response, ctes_status code, ctes_error *err) {
    enum { WORDS_MAX = 400 };
    char *words CTES_AUTO_FREE = NULL;
    size_t length = response->body.length < WORDS_MAX ? response->body.length : WORDS_MAX;
    const char *bytes = response->body.data != NULL ? response->body.data : "";
    bool shown = length > 0 && ctes_text_display(bytes, length, &words, NULL) == CTES_OK;
    if (shown)
        (void)ctes_text_trim(words);
    return ctes_fail(err, code, NULL, "HTTP %ld%s%s", response->status, shown ? ": " : "",
                     shown ? words : "");
}

static ctes_status judge(const ctes_direct_operator *self, const ctes_response *response,
                         ctes_error *err) {
    long status = response->status;
    if (status == self->success)
        return CTES_OK;
    if (status == 401 || status == 403 || status == 407)
        return fail_words(response, CTES_E_OPERATOR_ACCESS, err);
    if (status == 413)
        return fail_words(response, CTES_E_OPERATOR_TOO_LARGE, err);
    if (status == 408 || status == 429 || status >= 500)
        return ctes_wire_judge_unavailable(response, err);
    if (status >= 400)
        return fail_words(response, CTES_E_OPERATOR_REFUSED, err);
    if (response->location == NULL)
        return fail_words(response, CTES_E_OPERATOR_REPLY, err);
    /* a query may repeat what ours held */
    return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "HTTP %ld → %.*s", status,
                     (int)strcspn(response->location, "?#"), response->location);
}

ctes_status ctes_direct_submit(ctes_operator *table, const char *path, const char *nom,
                               ctes_error *err) {
    const ctes_direct_operator *self = (const ctes_direct_operator *)table;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_AUTO_BUFFER ctes_buffer fields = CTES_BUFFER_INIT(1024);
    const ctes_part part = { .name = self->field != NULL ? self->field : nom,
                             .file_name = nom,
                             .content_type = "application/gzip",
                             .path = path };
    const ctes_request request = { .url = self->url,
                                   .parts = &part,
                                   .part_count = 1,
                                   .login = self->login,
                                   .password = self->login != NULL ? &self->password : NULL,
                                   .account_in_url = self->url_account };
    CTES_TRY(ctes_buffer_printf(&fields, err, "%s=%s\n", part.name, nom));
    CTES_TRY(ctes_wire_submit(&self->wire, &request, fields.data, &response, err));
    return judge(self, &response, err);
}

ctes_status ctes_direct_deposit(ctes_operator *table, const ctes_depot *depot,
                                int64_t *ret_transaction, ctes_error *err) {
    if (depot->mode != CTES_DEPOT_ARCHIVE)
        return ctes_fail(err, CTES_E_OPERATOR_UNSUPPORTED, NULL, "champs");
    CTES_TRY(ctes_direct_submit(table, depot->archive_path, depot->archive_nom, err));
    for (size_t i = 0; i <= depot->more; i++)
        ret_transaction[i] = 0; /* it gives none */
    return CTES_OK;
}
