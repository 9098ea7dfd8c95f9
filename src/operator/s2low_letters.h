/* What S2LOW says of the préfecture's letters (S2LOW sheet § 3.4), read from foreign bytes. */
#ifndef CTES_OPERATOR_S2LOW_LETTERS_H
#define CTES_OPERATOR_S2LOW_LETTERS_H

#include "operator/s2low.h"

/** A letter that nobody has marked as read. */
typedef struct ctes_s2low_letter {
    int64_t id;
    int64_t acte; /**< identifier of the act it is about; 0: not told */
} ctes_s2low_letter;

/** Reads list_document_prefecture.php. The caller frees `*ret`. Entries without an identifier are
 *  counted in `ret_unreadable` and left out: they must not hide the other letters.
 *  @return CTES_OK, CTES_E_OPERATOR_REPLY when the body is no such list, CTES_E_MEMORY. */
ctes_status ctes_s2low_letters_read(const char *body, size_t length, ctes_s2low_letter **ret,
                                    size_t *ret_count, size_t *ret_unreadable,
                                    ctes_error *err) CTES_MUST_CHECK;

/** Reads what actes_transac_get_document.php says of an act, "type-state-identifier" lines where
 *  the state may be negative ("3--1-55"). Nothing is told of a body that is not wholly so.
 *  @return false in that case. */
bool ctes_s2low_letters_about(const char *body, size_t length, ctes_letter_fn each, void *user);

/** The enveloppe that a redirect leads to: only actes_download_file.php?env=N in its folder on the
 *  server whose URL is `base` (T5), however it is written. @return false for any other place. */
bool ctes_s2low_envelope_at(const char *base, const char *location, int64_t *ret);

#endif
