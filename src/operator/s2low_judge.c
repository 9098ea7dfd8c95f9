/*
 * What a response means, above all: was the act received?
 *
 * A deposit is stored by a script that answers OK or KO with HTTP 200 (sheet § 1.3, § 7). Only what
 * was decided before that script could store anything, or by the script itself, counts as "not
 * received"; everything else is left open, and settled by asking for the act afterwards.
 *
 *   what came back                     received?  code
 *   ---------------------------------  ---------  ------------------------------------------------
 *   200 "OK\n", whole identifier       yes        CTES_OK
 *   200 "OK\n", identifier cut/absent  perhaps    REPLY: stored, but as which transaction?
 *   200 "KO" …                         no         by its words: HOLDS, UNSUPPORTED, TOO_LARGE,
 *                                                 ACCESS, RIGHTS, else REFUSED. The script undoes
 *                                                 what it stored before it says KO (§ 2.1, § 2.2)
 *   200 anything else, empty, HTML     perhaps    REPLY: a page put in between, or a script that
 *                                                 died after storing
 *   3xx to login or connexion-status   no         ACCESS: login is looked at before the deposit
 *                                                 (T5)
 *   3xx elsewhere                      perhaps    REPLY: outside API mode success redirects too;
 *                                                 a body over post_max_size does the same (T3)
 *   401 403 421                        no         ACCESS: the web server's own refusal (§ 1.1, § 7)
 *   404 405 410                        no         UNSUPPORTED: there is no such script to run
 *                                                 (archives: removed in 6.0.0, § 2.2)
 *   413                                no         TOO_LARGE: the web server did not read the body
 *   429, 503 with Retry-After          no         BUSY: turned away for now, by whoever counts
 *                                                 requests or closes the house for a while; asked
 *                                                 about all the same before it is sent again
 *   408 5xx                            perhaps    UNAVAILABLE: a gateway may have lost the reply;
 *                                                 an exception may come after the storing
 *   any other                          perhaps    REPLY
 *   transport failed                   as the transport says; a cut reply is never read, were it
 *                                      "OK\n12" of "OK\n1234\n"
 *
 * Answers, cancellations and requests for the classification are judged alike. An answer too large
 * for PHP loses its `api` field and is redirected (T3): open, unlike a deposit that says it in the
 * URL too.
 *
 * For calls that only read, "received" has no meaning: 404 and the like and 413 are REPLY there,
 * and so is a KO whose words are not understood, because "no" must never be concluded from it.
 */
#include "operator/s2low.h"

#include <string.h>

#include "base/fail.h"

/* Text of a refusal for its detail; after a deposit nothing may hide the code that says whether it
 * arrived, so that running out of memory only costs the words. */
static const char *text_or_empty(const char *bytes, size_t length, char **owned) {
    if (length == 0 || ctes_s2low_text(bytes, length, owned, NULL) != CTES_OK)
        return "";
    return *owned;
}

ctes_status ctes_s2low_judge_foreign(const ctes_response *response, const char *why,
                                     ctes_error *err) {
    char *owned CTES_AUTO_FREE = NULL;
    const char *text = text_or_empty(response->body.data, response->body.length, &owned);
    return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "HTTP %ld, %s: %s", response->status, why,
                     text[0] != '\0' ? text : "(empty)");
}

ctes_status ctes_s2low_fail_access(const ctes_s2low *self, const char *words, ctes_error *err) {
    if (self->login == NULL)
        return ctes_fail(err, CTES_E_OPERATOR_ACCESS, NULL,
                         "%s [certificate unknown to the operator, or shared by several accounts "
                         "while no login is set]",
                         words);
    return ctes_fail(err, CTES_E_OPERATOR_ACCESS, NULL,
                     "%s [certificate unknown to the operator, or wrong login or password; "
                     "login \"%s\"]",
                     words, self->login);
}

/* Does the call make a transaction, so that it matters whether it was received? */
static bool makes(ctes_s2low_call call) {
    return call != CTES_S2LOW_READ && call != CTES_S2LOW_TAKE_SERIAL;
}

/* --- HTTP ------------------------------------------------------------------------------------ */

/* Is the redirect one of those that a failed login gives (sheet § 1.2)? Its path decides. */
static bool to_login(const char *location) {
    size_t length = strcspn(location, "?#");
    static const char *const PAGES[] = { "/login", "connexion-status", "connection-status" };
    for (size_t i = 0; i < sizeof PAGES / sizeof PAGES[0]; i++) {
        const void *found = memmem(location, length, PAGES[i], strlen(PAGES[i]));
        if (found != NULL)
            return true;
    }
    return false;
}

static ctes_status judge_redirect(const ctes_s2low *self, const ctes_response *response,
                                  ctes_error *err) {
    const char *location = response->location != NULL ? response->location : "?";
    if (!to_login(location))
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "HTTP %ld → %s", response->status,
                         location);
    char *words CTES_AUTO_FREE = NULL;
    if (asprintf(&words, "HTTP %ld → %s", response->status, location) < 0)
        words = NULL;
    return ctes_s2low_fail_access(self, words != NULL ? words : "", err);
}

ctes_status ctes_s2low_judge_http(const ctes_s2low *self, ctes_s2low_call call,
                                  const ctes_response *response, ctes_error *err) {
    long status = response->status;
    if (status == 200)
        return CTES_OK;
    if (status >= 300 && status < 400)
        return judge_redirect(self, response, err);
    if (status == 401 || status == 403)
        return ctes_s2low_fail_access(self, status == 401 ? "HTTP 401" : "HTTP 403", err);
    if (status == 421)
        return ctes_fail(err, CTES_E_OPERATOR_ACCESS, NULL,
                         "HTTP 421 [the server does not know itself by this host name]");
    if ((status == 404 || status == 405 || status == 410) && call != CTES_S2LOW_READ)
        return ctes_fail(err, CTES_E_OPERATOR_UNSUPPORTED, NULL, "HTTP %ld", status);
    if (status == 413 && makes(call))
        return ctes_fail(err, CTES_E_OPERATOR_TOO_LARGE, NULL, "HTTP 413");
    if (status == 408 || status == 429 || status >= 500)
        return ctes_wire_judge_unavailable(response, err);
    return ctes_s2low_judge_foreign(response, "not expected", err);
}

/* --- OK and KO ------------------------------------------------------------------------------- */

ctes_status ctes_s2low_judge_refusal(const ctes_s2low *self, ctes_s2low_call call,
                                     const ctes_s2low_reply *reply, ctes_error *err) {
    char *owned CTES_AUTO_FREE = NULL;
    const char *text = text_or_empty(reply->rest, reply->rest_length, &owned);
    bool deposit = makes(call);
    ctes_status code = deposit ? CTES_E_OPERATOR_REFUSED : CTES_E_OPERATOR_REPLY;
    switch (ctes_s2low_words_of(text)) {
    case CTES_S2LOW_WORDS_ACCESS:
        return ctes_s2low_fail_access(self, text, err);
    case CTES_S2LOW_WORDS_RIGHTS:
        code = CTES_E_OPERATOR_RIGHTS;
        break;
    case CTES_S2LOW_WORDS_REMOVED:
        if (call == CTES_S2LOW_DEPOSIT_ARCHIVE)
            code = CTES_E_OPERATOR_UNSUPPORTED;
        break;
    case CTES_S2LOW_WORDS_DUPLICATE:
        if (deposit)
            code = CTES_E_OPERATOR_HOLDS;
        break;
    case CTES_S2LOW_WORDS_LARGE:
        if (deposit)
            code = CTES_E_OPERATOR_TOO_LARGE;
        break;
    case CTES_S2LOW_WORDS_PENDING:
        if (call == CTES_S2LOW_CANCEL)
            code = CTES_E_OPERATOR_HOLDS;
        break;
    case CTES_S2LOW_WORDS_TODAY:
        if (call == CTES_S2LOW_ASK_TREE)
            code = CTES_E_NOT_NOW;
        break;
    case CTES_S2LOW_WORDS_NO_TREE:
    case CTES_S2LOW_WORDS_NO_SUCH:
    case CTES_S2LOW_WORDS_FAULT:
    case CTES_S2LOW_WORDS_OTHER:
        break;
    }
    return ctes_fail(err, code, NULL, "%s", text[0] != '\0' ? text : "KO");
}

ctes_status ctes_s2low_judge(const ctes_s2low *self, ctes_s2low_call call,
                             const ctes_response *response, ctes_s2low_reply *ret,
                             ctes_error *err) {
    CTES_TRY(ctes_s2low_judge_http(self, call, response, err));
    ctes_s2low_reply reply =
        ctes_s2low_reply_read(response->body.data, response->body.length, false);
    if (reply.verdict == CTES_S2LOW_KO)
        return ctes_s2low_judge_refusal(self, call, &reply, err);
    if (reply.verdict == CTES_S2LOW_FOREIGN)
        return ctes_s2low_judge_foreign(response, "neither OK nor KO", err);
    *ret = reply;
    return CTES_OK;
}

ctes_status ctes_s2low_judge_made(const ctes_s2low *self, ctes_s2low_call call,
                                  const ctes_response *response, int64_t *ret, ctes_error *err) {
    ctes_s2low_reply reply;
    int64_t transaction = 0;
    CTES_TRY(ctes_s2low_judge(self, call, response, &reply, err));
    if (!ctes_s2low_reply_number(&reply, &transaction) || transaction < 1)
        return ctes_s2low_judge_foreign(response, "no identifier", err);
    *ret = transaction;
    return CTES_OK;
}
