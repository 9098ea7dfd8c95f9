/* The JSON of list_actes.php (S2LOW sheet § 3.6). */
#ifndef CTES_OPERATOR_S2LOW_LISTING_H
#define CTES_OPERATOR_S2LOW_LISTING_H

#include "operator/s2low.h"

/** A transaction of a listing; the strings are borrowed for the time of the call. */
typedef struct ctes_s2low_row {
    int64_t id;
    const char *numero; /**< "" when there is none */
    const char *objet;  /**< as written, or NULL */
    const char *date;   /**< or NULL */
} ctes_s2low_row;

/** Called with each act of a page. @return false: the one that was looked for, read no further. */
typedef bool (*ctes_s2low_row_fn)(void *user, const ctes_s2low_row *row);

typedef struct ctes_s2low_page {
    size_t count;     /**< transactions listed, letters and cancellations too */
    int64_t limit;    /**< most the server lists on a page, as it says; 0 if it does not */
    int64_t first_id; /**< of the page, 0 if empty: a server that ignores `offset` repeats it */
    bool ended;       /**< `each` wanted no more */
} ctes_s2low_page;

/** Tells the acts (type 1) of a page. Numbers may be JSON numbers or strings (T22).
 *  @return CTES_OK, CTES_E_OPERATOR_REPLY when the body is no such listing, CTES_E_MEMORY. */
ctes_status ctes_s2low_page_read(const char *body, size_t length, ctes_s2low_row_fn each,
                                 void *user, ctes_s2low_page *ret, ctes_error *err) CTES_MUST_CHECK;

/** What a reading of listings looks for. */
typedef struct ctes_s2low_search {
    ctes_date since; /**< states reached on that day or later; or not given */
    ctes_s2low_row_fn each;
    void *user;
    unsigned pages; /**< read so far, in all listings */
} ctes_s2low_search;

/** Reads all pages of the listing of one state, or up to where `each` wanted no more (true in
 *  `*ret_ended`). @return CTES_OK, CTES_E_INTERRUPTED, CTES_E_OPERATOR_REPLY (also after too many
 *  pages in all), … */
ctes_status ctes_s2low_pages(ctes_s2low *self, ctes_s2low_search *what, int state, bool *ret_ended,
                             ctes_error *err) CTES_MUST_CHECK;

#endif
