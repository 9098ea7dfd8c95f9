#include "workflow/trace.h"

#include "base/runtime.h"
#include "base/text.h"
#include "workflow/session.h"

void ctes_trace_record(void *user, const ctes_exchange *exchange) {
    ctes_session *session = user;
    if (exchange->done)
        ctes_log(session->context, CTES_LOG_DEBUG, NULL, "%s %s: HTTP %ld, %zu bytes (%s)",
                 exchange->method, exchange->url, exchange->http_status, exchange->reply_length,
                 ctes_status_name(exchange->outcome));
    if (!exchange->done || session->acte == 0 || session->store == NULL)
        return;
    ctes_error err = CTES_ERROR_INIT;
    ctes_hash hash = { { 0 } };
    char hex[2 * CTES_SHA256_SIZE + 1] = "";
    ctes_status status = CTES_OK;
    if (exchange->reply != NULL) {
        status = ctes_hash_bytes(exchange->reply, exchange->reply_length, &hash, &err);
        ctes_text_hex(hash.bytes, sizeof hash.bytes, hex);
    }
    const ctes_store_exchange row = {
        .method = exchange->method,
        .url = exchange->url,
        .fields = exchange->fields,
        .http_status = exchange->http_status,
        .outcome = ctes_status_name(exchange->outcome),
        .reply = exchange->reply,
        .reply_length = exchange->reply_length,
        .reply_sha256 = exchange->reply != NULL ? hex : NULL,
    };
    if (status == CTES_OK)
        status = ctes_store_trace(session->store, session->acte, &row, &err);
    /* the exchange took place whether or not it can be written: what follows must go on, and a
     * register that cannot be written says so again at the next step */
    if (status != CTES_OK)
        ctes_log(session->context, CTES_LOG_ERROR, NULL, "exchange not recorded: %s (%s)",
                 ctes_status_name(status), err.detail);
}
