/* What the operator holds: the state of a transaction, by its identifier or by the name of its
 * message (sheet § 3.1), and its acknowledgement (§ 3.2). */
#include "operator/s2low.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/text.h"

/* Sheet § 5. Letters of the préfecture have states of their own (7 to 11, 21), which no act takes.
 */
ctes_operator_state ctes_s2low_state(int native) {
    switch (native) {
    case -1:
        return CTES_OP_ERROR;
    case 0:
        return CTES_OP_CANCELLED;
    case 1:
        return CTES_OP_POSTED;
    case 2:
        return CTES_OP_WAITING;
    case 3:
        return CTES_OP_TRANSMITTED;
    case 4:
        return CTES_OP_ACKNOWLEDGED;
    case 17:
        return CTES_OP_PARKED;
    case 18:
        return CTES_OP_TO_SIGN;
    case 5:  /* validated */
    case 6:  /* refused by the authority's own closing, two months after the acknowledgement */
    case 12: /* 12 to 16, 19, 20, 22: archiving */
    case 13:
    case 14:
    case 15:
    case 16:
    case 19:
    case 20:
    case 22:
        return CTES_OP_ACKNOWLEDGED_AND_MORE;
    default:
        return CTES_OP_UNKNOWN;
    }
}

/* --- the clear no ---------------------------------------------------------------------------- */

/* Asked only when it matters; failing, it leaves us with the sheet's words alone. */
static bool knows_no_such(ctes_s2low *self) {
    return self->no_such != NULL || ctes_s2low_learn(self, NULL) == CTES_OK;
}

/*
 * A KO of the status script. "Not found" is said only if the server used the very words it has for
 * a transaction that cannot exist, or those of the sheet: an act thought missing would be sent
 * again. "Access refused" from a server that otherwise lets us ask (it answered about transaction
 * 0) means that the transaction is there, and belongs to another account (§ 1.4).
 */
ctes_status ctes_s2low_judge_no(ctes_s2low *self, const ctes_s2low_reply *reply, ctes_error *err) {
    char *words CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_s2low_text(reply->rest, reply->rest_length, &words, err));
    ctes_s2low_words kind = ctes_s2low_words_of(words);
    bool known =
        kind != CTES_S2LOW_WORDS_NO_SUCH && kind != CTES_S2LOW_WORDS_ACCESS && knows_no_such(self);
    if (kind == CTES_S2LOW_WORDS_NO_SUCH || (known && ctes_text_same(words, self->no_such)))
        return ctes_fail(err, CTES_E_OPERATOR_NOT_FOUND, NULL, "%s", words);
    if (known && kind == CTES_S2LOW_WORDS_RIGHTS)
        return ctes_fail(err, CTES_E_OPERATOR_RIGHTS, NULL,
                         "held by the operator, but deposited by another account: %s", words);
    return ctes_s2low_judge_refusal(self, CTES_S2LOW_READ, reply, err);
}

/* --- states ---------------------------------------------------------------------------------- */

/* First byte that is not white space; '\0' if there is none. */
static char first_byte(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (strchr(" \t\r\n", bytes[i]) == NULL)
            return bytes[i];
    return '\0';
}

/* "<status>\n" and all that follows. */
static ctes_status read_state(ctes_s2low_reply *reply, const ctes_response *response,
                              ctes_operator_status *ret, ctes_error *err) {
    int64_t native = 0;
    if (!ctes_s2low_reply_number(reply, &native) || native < -1 || native > 9999)
        return ctes_s2low_judge_foreign(response, "no state", err);
    CTES_AUTO_OPERATOR_STATUS ctes_operator_status status = CTES_OPERATOR_STATUS_INIT;
    status.native = (int)native;
    status.state = ctes_s2low_state(status.native);
    CTES_TRY(ctes_buffer_append(&status.flow, reply->rest, reply->rest_length, err));
    char first = first_byte(reply->rest, reply->rest_length);
    if (status.state == CTES_OP_ERROR && first != '\0' && first != '<')
        CTES_TRY(ctes_s2low_text(reply->rest, reply->rest_length, &status.message, err));
    ctes_operator_status_clear(ret);
    *ret = status;
    status = (ctes_operator_status)CTES_OPERATOR_STATUS_INIT;
    return CTES_OK;
}

static ctes_status ask_state(ctes_s2low *self, const char *path, ctes_operator_status *ret,
                             ctes_error *err) {
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_TRY(ctes_s2low_get(self, path, &response, err));
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, false);
    if (reply.verdict == CTES_S2LOW_KO)
        return ctes_s2low_judge_no(self, &reply, err);
    if (reply.verdict == CTES_S2LOW_FOREIGN)
        return ctes_s2low_judge_foreign(&response, "neither OK nor KO", err);
    return read_state(&reply, &response, ret, err);
}

ctes_status ctes_s2low_status(ctes_operator *table, int64_t transaction, ctes_operator_status *ret,
                              ctes_error *err) {
    char path[128];
    (void)snprintf(path, sizeof path, CTES_S2LOW_STATUS "?transaction=%" PRId64 "&api=1",
                   transaction);
    return ask_state((ctes_s2low *)table, path, ret, err);
}

ctes_status ctes_s2low_find(ctes_operator *table, const char *unique_id, ctes_operator_status *ret,
                            ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer path = CTES_BUFFER_INIT(1024);
    CTES_TRY(ctes_buffer_puts(&path, CTES_S2LOW_STATUS "?unique_id=", err));
    CTES_TRY(ctes_wire_escape(&path, unique_id, err));
    CTES_TRY(ctes_buffer_puts(&path, "&api=1", err));
    return ask_state((ctes_s2low *)table, path.data, ret, err);
}

/* --- acknowledgement ------------------------------------------------------------------------- */

static bool is_html(const ctes_buffer *body) {
    static const char *const STARTS[] = { "<!doctype html", "<html" };
    for (size_t i = 0; i < sizeof STARTS / sizeof STARTS[0]; i++)
        if (strncasecmp(body->data, STARTS[i], strlen(STARTS[i])) == 0)
            return true;
    return false;
}

ctes_status ctes_s2low_take_xml(const ctes_response *response, const char *what, ctes_buffer *ret,
                                ctes_error *err) {
    const ctes_buffer *body = &response->body;
    if (body->length == 0 || body->data[0] != '<' || is_html(body))
        return ctes_s2low_judge_foreign(response, what, err);
    size_t max = ret->max;
    if (body->length > max)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "%zu > %zu", body->length, max);
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(max);
    CTES_TRY(ctes_buffer_append(&bytes, body->data, body->length, err));
    ctes_buffer_clear(ret);
    *ret = bytes;
    bytes = (ctes_buffer)CTES_BUFFER_INIT(max);
    return CTES_OK;
}

/* A second look at the rights, after the script's own, redirects to the site's root even with api=1
 * (sheet § 10). */
static bool to_root(const ctes_s2low *self, const ctes_response *response) {
    if (response->status < 300 || response->status >= 400 || response->location == NULL)
        return false;
    const char *path = response->location;
    size_t base = strlen(self->base);
    if (strncmp(path, self->base, base) == 0)
        path += base;
    return path[0] == '\0' || strcmp(path, "/") == 0 || strcmp(path, "/index.php") == 0;
}

ctes_status ctes_s2low_acknowledgement(ctes_operator *table, int64_t transaction, ctes_buffer *ret,
                                       ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    char path[128];
    (void)snprintf(path, sizeof path, CTES_S2LOW_AR "?id=%" PRId64 "&api=1", transaction);
    CTES_TRY(ctes_s2low_get(self, path, &response, err));
    if (to_root(self, &response))
        return ctes_fail(err, CTES_E_OPERATOR_RIGHTS, NULL, "HTTP %ld → %s", response.status,
                         response.location);
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    if (response.body.length == 0) /* the script's way to say that there is none (T10) */
        return ctes_fail(err, CTES_E_NOT_YET, NULL, "%s", "ARActe");
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, false);
    if (reply.verdict == CTES_S2LOW_KO)
        return ctes_s2low_judge_refusal(self, CTES_S2LOW_READ, &reply, err);
    return ctes_s2low_take_xml(&response, "no ARActe", ret, err);
}
