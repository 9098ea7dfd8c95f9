/* What an authority asks of a transaction that is there: an answer to a letter, a cancellation
 * (sheet § 4). */
#include "operator/s2low.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"

/* PHP forgets the form when it is too large, and the script answers with a redirect that tells
 * nothing (T3). */
static ctes_status check_size(const ctes_reponse *reponse, ctes_error *err) {
    uint64_t total = 0;
    for (size_t i = 0; i < reponse->piece_count; i++) {
        struct stat info;
        char text[128];
        if (stat(reponse->pieces[i].path, &info) != 0)
            return ctes_fail(err, CTES_E_DOCUMENT_UNREADABLE, reponse->pieces[i].nom, "%s",
                             strerror_r(errno, text, sizeof text));
        total += (uint64_t)info.st_size;
    }
    if (total > CTES_S2LOW_SIZE_MAX)
        return ctes_fail(err, CTES_E_TOO_LARGE, NULL, "%" PRIu64 " > %u", total,
                         CTES_S2LOW_SIZE_MAX);
    return CTES_OK;
}

static ctes_status check_pieces(const ctes_reponse *reponse, ctes_error *err) {
    if (reponse->piece_count == 0)
        return ctes_fail(err, CTES_E_DOCUMENT_MISSING, NULL, "%s", "");
    /* further documents of any other answer would not get into its message */
    bool several = reponse->transaction == 3 && !reponse->refuses;
    if (reponse->piece_count > 1 && !several)
        return ctes_fail(err, CTES_E_TOO_MANY_FILES, NULL, "1");
    return check_size(reponse, err);
}

/* Only in the body: with `api` in the URL the script answers in another form (§ 4). */
static ctes_status add_answer(ctes_s2low_form *form, const ctes_reponse *reponse, ctes_error *err) {
    char text[32];
    CTES_TRY(ctes_s2low_form_value(form, "api", "1", err));
    (void)snprintf(text, sizeof text, "%" PRId64, reponse->letter);
    CTES_TRY(ctes_s2low_form_value(form, "id", text, err));
    if (reponse->transaction != 2) /* a simple letter has no other answer than a letter */
        CTES_TRY(ctes_s2low_form_value(form, "type_envoie", reponse->refuses ? "3" : "4", err));
    return ctes_s2low_form_pieces(form, &reponse->pieces[0], &reponse->pieces[1],
                                  reponse->piece_count - 1, err);
}

ctes_status ctes_s2low_answer(ctes_operator *table, const ctes_reponse *reponse, int64_t *ret,
                              ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_AUTO_S2LOW_FORM ctes_s2low_form form = CTES_S2LOW_FORM_INIT;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    assert(reponse->transaction >= 2 && reponse->transaction <= 4);
    assert(reponse->transaction != 2 || !reponse->refuses);
    CTES_TRY(check_pieces(reponse, err));
    CTES_TRY(add_answer(&form, reponse, err));
    CTES_TRY(ctes_s2low_post(self, CTES_S2LOW_ANSWER_FORM, &form, &response, err));
    return ctes_s2low_judge_made(self, CTES_S2LOW_ANSWER, &response, ret, err);
}

ctes_status ctes_s2low_cancel(ctes_operator *table, int64_t transaction, int64_t *ret,
                              ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_AUTO_S2LOW_FORM ctes_s2low_form form = CTES_S2LOW_FORM_INIT;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRId64, transaction);
    CTES_TRY(ctes_s2low_form_value(&form, "api", "1", err));
    CTES_TRY(ctes_s2low_form_value(&form, "id", text, err));
    CTES_TRY(ctes_s2low_post(self, CTES_S2LOW_CANCEL_FORM "?api=1", &form, &response, err));
    return ctes_s2low_judge_made(self, CTES_S2LOW_CANCEL, &response, ret, err);
}
