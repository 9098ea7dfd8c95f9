/*
 * Reading the authority's listings page after page (sheet § 3.6).
 */
#include "operator/s2low_listing.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/runtime.h"

enum {
    PAGE = 100,       /* the script's own default */
    PAGES_MAX = 2000, /* of all listings together: 200 000 acts */
};

static ctes_status fetch(ctes_s2low *self, ctes_s2low_search *what, int state, size_t offset,
                         ctes_s2low_page *ret, ctes_error *err) {
    if (ctes_stop_asked(self->wire.context))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    if (++what->pages > PAGES_MAX) /* concerns the act that is sought: others go on */
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "list_actes: %d pages", PAGES_MAX);
    char path[256], since[11];
    ctes_date_format(what->since, since);
    /* the dates bound the day a state was reached, which is never before the decision; servers
     * before 5.0.38 list all */
    (void)snprintf(path, sizeof path, CTES_S2LOW_LIST "?api=1&status_id=%d&offset=%zu&limit=%d%s%s",
                   state, offset, PAGE, since[0] != '\0' ? "&min_date=" : "", since);
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_TRY(ctes_s2low_get(self, path, &response, err));
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, false);
    if (reply.verdict == CTES_S2LOW_KO) /* a failed login: JSON has no KO of its own */
        return ctes_s2low_judge_refusal(self, CTES_S2LOW_READ, &reply, err);
    return ctes_s2low_page_read(response.body.data, response.body.length, what->each, what->user,
                                ret, err);
}

ctes_status ctes_s2low_pages(ctes_s2low *self, ctes_s2low_search *what, int state, bool *ret_ended,
                             ctes_error *err) {
    int64_t previous_first = 0;
    for (size_t offset = 0;;) {
        ctes_s2low_page page = { .count = 0 };
        CTES_TRY(fetch(self, what, state, offset, &page, err));
        size_t full = page.limit > 0 && page.limit < PAGE ? (size_t)page.limit : PAGE;
        if (page.ended || page.count < full) {
            *ret_ended = page.ended;
            return CTES_OK;
        }
        if (page.first_id == previous_first)
            return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "list_actes: offset is ignored");
        previous_first = page.first_id;
        offset += page.count;
    }
}
