/* S2LOW's generic reply (S2LOW sheet § 1.3): OK or KO, then lines, in a charset it does not name.
 */
#ifndef CTES_OPERATOR_S2LOW_REPLY_H
#define CTES_OPERATOR_S2LOW_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/cleanup.h"

typedef enum ctes_s2low_verdict {
    CTES_S2LOW_FOREIGN, /**< neither: a login page, a proxy's word, half a reply */
    CTES_S2LOW_OK,
    CTES_S2LOW_KO
} ctes_s2low_verdict;

/** `rest` is what follows the first line: borrowed from the body, never NULL. */
typedef struct ctes_s2low_reply {
    ctes_s2low_verdict verdict;
    const char *rest;
    size_t rest_length;
} ctes_s2low_reply;

/** Reads the first line. `bare`: the reply of /api/test-*, which ends without a newline. */
ctes_s2low_reply ctes_s2low_reply_read(const char *body, size_t length, bool bare);

/** Takes the next line as a whole decimal number, '-' allowed, with its newline (T12). Returns
 * false and takes nothing when the line is anything else, or is cut. */
bool ctes_s2low_reply_number(ctes_s2low_reply *reply, int64_t *ret);

/** Foreign bytes as text for people: charset found out, entities undone, trimmed (T2).
 *  @return CTES_OK or CTES_E_MEMORY. */
ctes_status ctes_s2low_text(const char *bytes, size_t length, char **ret,
                            ctes_error *err) CTES_MUST_CHECK;

/** What a refusal's words are about. They choose the advice, never whether a deposit was received:
 *  wording differs between versions. */
typedef enum ctes_s2low_words {
    CTES_S2LOW_WORDS_OTHER,
    CTES_S2LOW_WORDS_REMOVED,   /**< the message sends its reader to actes_transac_create.php */
    CTES_S2LOW_WORDS_DUPLICATE, /**< the number is in use */
    CTES_S2LOW_WORDS_LARGE,
    CTES_S2LOW_WORDS_ACCESS, /**< certificate, login or password */
    CTES_S2LOW_WORDS_RIGHTS,
    CTES_S2LOW_WORDS_PENDING, /**< a cancellation is under way */
    CTES_S2LOW_WORDS_TODAY,   /**< the classification was asked for today */
    CTES_S2LOW_WORDS_NO_TREE, /**< no classification was ever received */
    CTES_S2LOW_WORDS_NO_SUCH, /**< the sheet's words for a transaction that is not there */
    CTES_S2LOW_WORDS_FAULT    /**< speaks of an error of the server's own */
} ctes_s2low_words;

ctes_s2low_words ctes_s2low_words_of(const char *utf8);

#endif
