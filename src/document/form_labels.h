/* The labels that forms use, in the many ways of writing them. */
#ifndef CTES_DOCUMENT_FORM_LABELS_H
#define CTES_DOCUMENT_FORM_LABELS_H

#include "document/form.h"

/** Finds the label that a cell's text starts with (the longest one) and how many bytes it takes.
 *  `*ret` is CTES_FORM_NONE when there is none. */
ctes_status ctes_form_label(ctes_form_span text, ctes_form_field *ret, size_t *ret_length,
                            ctes_error *err) CTES_MUST_CHECK;

#endif
