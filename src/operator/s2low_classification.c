/* The classification that the operator last received for the authority (sheet § 3.5). */
#include "operator/s2low.h"

#include "base/fail.h"

/* The operator has none: told by its words, the only thing that tells it from a fault. */
static ctes_status judge_none(const ctes_s2low *self, const ctes_s2low_reply *reply,
                              ctes_error *err) {
    char *words CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_s2low_text(reply->rest, reply->rest_length, &words, err));
    if (ctes_s2low_words_of(words) == CTES_S2LOW_WORDS_NO_TREE)
        return ctes_fail(err, CTES_E_NOT_YET, NULL, "%s", words);
    return ctes_s2low_judge_refusal(self, CTES_S2LOW_READ, reply, err);
}

ctes_status ctes_s2low_classification(ctes_operator *table, ctes_buffer *ret, ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_TRY(ctes_s2low_get(self, CTES_S2LOW_TREE "?api=1", &response, err));
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, false);
    if (reply.verdict == CTES_S2LOW_KO)
        return judge_none(self, &reply, err);
    return ctes_s2low_take_xml(&response, "no classification", ret, err);
}

ctes_status ctes_s2low_classification_ask(ctes_operator *table, int64_t *ret, ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_AUTO_S2LOW_FORM ctes_s2low_form form = CTES_S2LOW_FORM_INIT;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_TRY(ctes_s2low_form_value(&form, "api", "1", err));
    CTES_TRY(ctes_s2low_post(self, CTES_S2LOW_TREE_ASK "?api=1", &form, &response, err));
    return ctes_s2low_judge_made(self, CTES_S2LOW_ASK_TREE, &response, ret, err);
}
