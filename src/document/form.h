/*
 * The labels of a form: a walk over the text that stops at each label at the start of a line or of
 * a table cell, and says where its value stands or would stand.
 */
#ifndef CTES_DOCUMENT_FORM_H
#define CTES_DOCUMENT_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include <ctes/acte.h>

#include "base/cleanup.h"

typedef enum ctes_form_field {
    CTES_FORM_NONE,
    CTES_FORM_NUMERO,
    CTES_FORM_DATE,   /**< of the decision, by its own name */
    CTES_FORM_SEANCE, /**< of the decision, by the sitting of an assembly */
    CTES_FORM_OBJET,
    CTES_FORM_MATIERE, /**< code or name, whatever the value is */
    CTES_FORM_NATURE,
    CTES_FORM_SIREN,
    CTES_FORM_RECEPTION,    /**< first blank */
    CTES_FORM_IDENTIFIANT,  /**< second blank */
    CTES_FORM_DELIBERATION, /**< no value: the form calls itself a deliberation */
    CTES_FORM_OTHER         /**< known labels whose value is not read: they end other values */
} ctes_form_field;

/** A piece of the text; not NUL-terminated. */
typedef struct ctes_form_span {
    const char *start;
    size_t length;
} ctes_form_span;

typedef struct ctes_form_hit {
    ctes_form_field field;
    size_t line;          /**< of the label, from 1 */
    ctes_form_span value; /**< without white space and emphasis around; empty for a blank */
    bool separated;       /**< colon, cell or line end before the value: no prose looks like this */
    bool same_line;       /**< the value stands on the label's line */
    ctes_form_span slot;  /**< on the label's line: the value with the white space around it */
    bool slot_is_cell;    /**< the slot is a table cell of its own */
    bool slot_is_barred;  /**< a `|` follows the slot */
} ctes_form_hit;

/** Where the walk stands. */
typedef struct ctes_form {
    const char *next; /**< line after `row` */
    ctes_form_span row;
    const char *cell; /**< next cell of `row`, or NULL when the row is over */
    size_t column;    /**< of that cell */
    size_t line;
} ctes_form;

/** Begins at the start of a UTF-8 text, which must outlive the walk. */
void ctes_form_begin(ctes_form *form, const char *text);

/** Goes to the next label. `*ret_found` is false, and `*ret` untouched, at the end of the text.
 *  @return CTES_OK, CTES_E_CHARSET (the text is no UTF-8), CTES_E_MEMORY. */
ctes_status ctes_form_next(ctes_form *form, ctes_form_hit *ret, bool *ret_found,
                           ctes_error *err) CTES_MUST_CHECK;

/** Copy of a value with every run of white space (NBSP too) as one space. */
ctes_status ctes_form_value(ctes_form_span value, char **ret, ctes_error *err) CTES_MUST_CHECK;

/** Reads a date at the start of a value: "27 juin 2022 à 18h00", "lundi 27 juin 2022". `*ret_rest`
 *  (may be NULL) points behind it in `value`. Returns false when there is no valid date. */
bool ctes_form_date(const char *value, ctes_date *ret, const char **ret_rest);

#endif
