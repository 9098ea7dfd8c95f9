/*
 * Finding a transaction by its number in the authority's listings (sheet § 3.6, § 6): the only way
 * to an identifier whose reply was lost.
 */
#include "operator/s2low.h"
#include "operator/s2low_listing.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/runtime.h"

enum {
    PAGE = 100,      /* the script's own default */
    PAGES_MAX = 400, /* of all listings together: 40 000 acts */
};

/* Every state an act can be in, along its way: an act that moves on while we look is met in the
 * next listing, not missed. Those of letters (7 to 11, 21) are left out. */
static const int STATES[] = { 17, 18, 1, 2, 3, 4, -1, 0, 5, 6, 19, 12, 15, 13, 14, 20, 22, 16 };

typedef struct search {
    const char *numero;
    char since[11]; /* "YYYY-MM-DD", or empty */
    unsigned pages;
} search;

static ctes_status fetch(ctes_s2low *self, search *what, int state, size_t offset,
                         ctes_s2low_page *ret, ctes_error *err) {
    if (ctes_stop_asked(self->context))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    if (++what->pages > PAGES_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "list_actes: %d pages", PAGES_MAX);
    char path[256];
    /* the dates bound the day a state was reached, which is never before the decision; servers
     * before 5.0.38 list all */
    (void)snprintf(path, sizeof path, CTES_S2LOW_LIST "?api=1&status_id=%d&offset=%zu&limit=%d%s%s",
                   state, offset, PAGE, what->since[0] != '\0' ? "&min_date=" : "", what->since);
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_TRY(ctes_s2low_get(self, path, &response, err));
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, false);
    if (reply.verdict == CTES_S2LOW_KO) /* a failed login: JSON has no KO of its own */
        return ctes_s2low_judge_refusal(self, CTES_S2LOW_READ, &reply, err);
    return ctes_s2low_page_read(response.body.data, response.body.length, what->numero, ret, err);
}

/* All pages of one listing. */
static ctes_status search_state(ctes_s2low *self, search *what, int state, ctes_s2low_page *page,
                                ctes_error *err) {
    int64_t previous_first = 0;
    for (size_t offset = 0;;) {
        CTES_TRY(fetch(self, what, state, offset, page, err));
        if (page->found)
            return CTES_OK;
        size_t full = page->limit > 0 && page->limit < PAGE ? (size_t)page->limit : PAGE;
        if (page->count < full)
            return CTES_OK;
        if (page->first_id == previous_first)
            return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "list_actes: offset is ignored");
        previous_first = page->first_id;
        offset += page->count;
    }
}

ctes_status ctes_s2low_lookup(ctes_operator *table, const char *numero_interne, ctes_date since,
                              ctes_operator_listing *ret, ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    search what = { .numero = numero_interne };
    ctes_date_format(since, what.since);
    CTES_AUTO_S2LOW_PAGE ctes_s2low_page page = CTES_S2LOW_PAGE_INIT;
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++) {
        CTES_TRY(search_state(self, &what, STATES[i], &page, err));
        if (!page.found)
            continue;
        page.match.native = STATES[i];
        ctes_operator_listing_clear(ret);
        *ret = page.match;
        page.match = (ctes_operator_listing){ .transaction = 0 };
        return CTES_OK;
    }
    return ctes_fail(err, CTES_E_OPERATOR_NOT_FOUND, NULL, "%s", numero_interne);
}
