/* What a request brings, read the way PHP does: fields, arrays, files. Nothing is copied. */
#ifndef CTES_SANDBOX_FORM_H
#define CTES_SANDBOX_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_FIELDS_MAX 1024
#define FORM_NO_INDEX   (-1L)

/** `name` without its brackets. `index` is the place in an array (`type_pj[]`, `type_pj[3]`), or
 *  FORM_NO_INDEX for a plain field. */
typedef struct form_field {
    const char *name;
    long index;
    const char *value;    /**< NUL-terminated */
    size_t length;        /**< may count further NUL bytes */
    const char *filename; /**< NULL for a field that is no file; base name only, as PHP gives it */
} form_field;

typedef struct sb_form {
    form_field *items;
    size_t count;
} sb_form;

void form_clear(sb_form *form);

/** Adds a field; the strings must outlive the form. `name` is changed: brackets are cut off.
 *  Returns false when there is no more room. */
bool form_add(sb_form *form, char *name, const char *value, size_t length, const char *filename);

/** Takes a body apart by its Content-Type. It is changed in place and must outlive the form.
 *  `body` is followed by a NUL byte that does not count. What cannot be read yields no field. */
void form_read(sb_form *form, const char *content_type, char *body, size_t length);

/** Value of a plain field (the last one of that name wins), or "". */
const char *form_value(const sb_form *form, const char *name);
bool form_has(const sb_form *form, const char *name);
/** Decimal digits and nothing else; false for anything else, "" too. */
bool form_digits(const char *text, int64_t *ret);
/** Truth as PHP sees it: neither absent, nor "", nor "0". */
bool form_true(const sb_form *form, const char *name);

/** Value of an array's field, or "". */
const char *form_item(const sb_form *form, const char *name, long index);

/** A file, or NULL. For a plain file field `index` is FORM_NO_INDEX. */
const form_field *form_file(const sb_form *form, const char *name, long index);

/** Next place of a file array after `index` (begin with FORM_NO_INDEX), or FORM_NO_INDEX. */
long form_next_file(const sb_form *form, const char *name, long index);

/** How many file parts, and the sum of their bytes. */
size_t form_file_count(const sb_form *form);
size_t form_file_bytes(const sb_form *form);

#endif
