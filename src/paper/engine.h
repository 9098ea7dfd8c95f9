/*
 * The door of `libctes_papers`, which draws and edits PDF. It is a library of its own, opened when
 * a paper is to be made: the thirty libraries behind it would slow every run of the program down.
 */
#ifndef CTES_PAPER_ENGINE_H
#define CTES_PAPER_ENGINE_H

#include "paper/bordereau.h"
#include "paper/pdf.h"
#include "paper/stamp.h"

#define CTES_PAPER_LIBRARY "libctes_papers.so.0"
#define CTES_PAPER_ENGINE  "ctes_paper_engine_made"

/** What it does; each member is the function of that name in the module's headers. */
typedef struct ctes_paper_engine {
    const char *version; /**< CTES_VERSION: one that was not built with the caller is refused */
    ctes_status (*stamp_lay)(const ctes_stamp *stamp, const ctes_tampon *tampon,
                             const ctes_buffer *document, ctes_buffer *out,
                             ctes_stamp_reason *ret_reason, ctes_error *err);
    ctes_status (*stamp_cover)(const ctes_stamp *stamp, const ctes_cover *cover,
                               const ctes_pdf_attachment *document, ctes_buffer *out,
                               ctes_error *err);
    ctes_status (*bordereau_draw)(const ctes_bordereau *bordereau, ctes_buffer *out,
                                  ctes_error *err);
} ctes_paper_engine;

#pragma GCC visibility push(default)
extern const ctes_paper_engine ctes_paper_engine_made;
#pragma GCC visibility pop

#endif
