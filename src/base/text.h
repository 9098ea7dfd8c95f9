/* Text: copies, comparison, charsets, cleaning of foreign text. */
#ifndef CTES_BASE_TEXT_H
#define CTES_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/buffer.h"

/** Copies into a fixed array, always NUL-terminated; returns false if it did not fit whole. */
bool ctes_text_copy(char *out, size_t size, const char *text);

/** strdup with an error. `text` may be NULL: `*ret` is NULL then. */
ctes_status ctes_text_dup(const char *text, char **ret, ctes_error *err) CTES_MUST_CHECK;

/** Removes ASCII white space, NBSP and BOM at both ends, in place; returns `text`. */
char *ctes_text_trim(char *text);

/** Compares without regard to case, accents, typographic apostrophes and repeated white space:
 *  "N° Identifiant" equals "n° identifiant", "Délibérations" equals "deliberations". */
bool ctes_text_same(const char *a, const char *b);

/** The folded form that ctes_text_same compares: lower case, no accents, single spaces. */
ctes_status ctes_text_fold(const char *text, char **ret, ctes_error *err) CTES_MUST_CHECK;

/** Number of Unicode characters of valid UTF-8. */
size_t ctes_text_count(const char *utf8);

/** True if the bytes are valid UTF-8 without NUL. */
bool ctes_text_is_utf8(const char *bytes, size_t length);

/** True if `length` bytes are all ASCII. */
bool ctes_text_is_ascii(const char *bytes, size_t length);

/** Unicode composition (NFC) of UTF-8: what a Mac writes as e + accent becomes é.
 *  @return CTES_OK, CTES_E_CHARSET if not UTF-8, CTES_E_MEMORY. */
ctes_status ctes_text_compose(const char *utf8, char **ret, ctes_error *err) CTES_MUST_CHECK;

/** ISO-8859-1 bytes to UTF-8. Every byte has a meaning, so only memory can fail. */
ctes_status ctes_text_from_latin1(const char *bytes, size_t length, char **ret,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Windows-1252 bytes to UTF-8; the five bytes it leaves undefined are CTES_E_CHARSET. */
ctes_status ctes_text_from_cp1252(const char *bytes, size_t length, char **ret,
                                  ctes_error *err) CTES_MUST_CHECK;

/** UTF-8 to ISO-8859-1 bytes appended to `out`.
 *  @return CTES_OK, CTES_E_CHARSET for a character outside Latin-1. */
ctes_status ctes_text_to_latin1(const char *utf8, ctes_buffer *out,
                                ctes_error *err) CTES_MUST_CHECK;

/** Foreign bytes of unknown charset to UTF-8 for display: UTF-8 if valid, else ISO-8859-1
 *  (S2LOW sheet T2); control characters but newline become spaces. */
ctes_status ctes_text_display(const char *bytes, size_t length, char **ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** Replaces control characters (C0, DEL, C1) by spaces, in place. */
void ctes_text_clean(char *utf8);

/** Lower-case hexadecimal of `length` bytes; `out` holds 2 × length + 1. */
void ctes_text_hex(const uint8_t *bytes, size_t length, char *out);

#endif
