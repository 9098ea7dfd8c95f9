/* Is the operator ready to take a deposit from us? And its daily counter. */
#include "operator/s2low.h"

#include <assert.h>

#include "base/fail.h"
#include "base/text.h"

/* "OK" or "KO" without newline (sheet § 1.5); a refusal's words in `*ret_words`. */
static ctes_status bare_check(ctes_s2low *self, const char *path, ctes_s2low_verdict *ret_verdict,
                              char **ret_words, ctes_error *err) {
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_TRY(ctes_s2low_get(self, path, &response, err));
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, true);
    if (reply.verdict == CTES_S2LOW_FOREIGN)
        return ctes_s2low_judge_foreign(&response, "neither OK nor KO", err);
    CTES_TRY(ctes_s2low_text(reply.rest, reply.rest_length, ret_words, err));
    *ret_verdict = reply.verdict;
    return CTES_OK;
}

/* Whatever the words: a KO here is a failed login, the script does nothing else. */
static ctes_status check_login(ctes_s2low *self, ctes_error *err) {
    char *words CTES_AUTO_FREE = NULL;
    ctes_s2low_verdict verdict = CTES_S2LOW_FOREIGN;
    CTES_TRY(bare_check(self, "/api/test-connexion.php?api=1", &verdict, &words, err));
    return verdict == CTES_S2LOW_OK ? CTES_OK : ctes_s2low_fail_access(self, words, err);
}

/* Deposits need an RGS certificate (§ 2.1 check 5, § 2.2); the account is known all the same. */
static ctes_status check_rgs(ctes_s2low *self, ctes_error *err) {
    char *words CTES_AUTO_FREE = NULL;
    ctes_s2low_verdict verdict = CTES_S2LOW_FOREIGN;
    CTES_TRY(bare_check(self, "/api/test-rgs.php?api=1", &verdict, &words, err));
    if (verdict == CTES_S2LOW_OK)
        return CTES_OK;
    assert(words != NULL);
    return ctes_fail(err, CTES_E_OPERATOR_ACCESS, NULL,
                     "%s%s[the operator does not take the client certificate for RGS, which a "
                     "deposit needs]",
                     words, words[0] != '\0' ? " " : "");
}

/*
 * The status script refuses for want of right RW before it looks for the transaction (§ 1.4, § 3.1,
 * T6). Asked for a transaction that cannot exist it therefore answers, to an account that has
 * the right, with its words for "there is no such transaction": those are kept, so that a later
 * "no" is recognised whatever the wording of this version.
 */
ctes_status ctes_s2low_learn(ctes_s2low *self, ctes_error *err) {
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_TRY(ctes_s2low_get(self, CTES_S2LOW_STATUS "?transaction=0&api=1", &response, err));
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, false);
    if (reply.verdict != CTES_S2LOW_KO)
        return ctes_s2low_judge_foreign(&response, "status of transaction 0", err);
    char *words CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_s2low_text(reply.rest, reply.rest_length, &words, err));
    switch (ctes_s2low_words_of(words)) {
    case CTES_S2LOW_WORDS_ACCESS:
        return ctes_s2low_fail_access(self, words, err);
    case CTES_S2LOW_WORDS_RIGHTS:
        return ctes_fail(err, CTES_E_OPERATOR_RIGHTS, NULL,
                         "%s [following acts needs the right RW in the module actes]", words);
    case CTES_S2LOW_WORDS_FAULT:
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "%s", words);
    default:
        break;
    }
    if (words[0] == '\0')
        return ctes_s2low_judge_foreign(&response, "status of transaction 0", err);
    free(self->no_such);
    self->no_such = CTES_TAKE(words);
    return CTES_OK;
}

ctes_status ctes_s2low_preflight(ctes_operator *table, ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_TRY(check_login(self, err));
    CTES_TRY(check_rgs(self, err));
    return ctes_s2low_learn(self, err);
}

ctes_status ctes_s2low_serial(ctes_operator *table, unsigned *ret, ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    ctes_s2low_reply reply;
    CTES_TRY(ctes_s2low_get(self, CTES_S2LOW_SERIAL "?api=1", &response, err));
    CTES_TRY(ctes_s2low_judge(self, CTES_S2LOW_TAKE_SERIAL, &response, &reply, err));
    int64_t serial = 0;
    if (!ctes_s2low_reply_number(&reply, &serial) || serial < 1 || serial > 9999)
        return ctes_s2low_judge_foreign(&response, "no serial from 1 to 9999", err);
    *ret = (unsigned)serial;
    return CTES_OK;
}
