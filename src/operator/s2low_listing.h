/* The JSON of list_actes.php (S2LOW sheet § 3.6), read for one act. */
#ifndef CTES_OPERATOR_S2LOW_LISTING_H
#define CTES_OPERATOR_S2LOW_LISTING_H

#include "operator/operator.h"

typedef struct ctes_s2low_page {
    size_t count;     /**< transactions listed */
    int64_t limit;    /**< most the server lists on a page, as it says; 0 if it does not */
    int64_t first_id; /**< of the page, 0 if empty: a server that ignores `offset` repeats it */
    bool found;
    ctes_operator_listing match; /**< owned by the page; `native` is left to the caller */
} ctes_s2low_page;

#define CTES_S2LOW_PAGE_INIT                                                                       \
    { .count = 0 }
void ctes_s2low_page_clear(ctes_s2low_page *page);
#define CTES_AUTO_S2LOW_PAGE CTES_CLEANUP(ctes_s2low_page_clear)

/** Looks through a page for the act (type 1) of that number. Numbers may be JSON numbers or strings
 *  (T22). @return CTES_OK, CTES_E_OPERATOR_REPLY when the body is no such listing, CTES_E_MEMORY.
 */
ctes_status ctes_s2low_page_read(const char *body, size_t length, const char *numero,
                                 ctes_s2low_page *ret, ctes_error *err) CTES_MUST_CHECK;

#endif
