/*
 * The making of papers, each in a child process that opens `libctes_papers` and ends: what others
 * wrote is read under bounds of memory and time, and what the libraries keep ends with it.
 */
#ifndef CTES_WORKFLOW_PAPERS_APART_H
#define CTES_WORKFLOW_PAPERS_APART_H

#include "paper/engine.h"

/** Lays a stamp on a document's pages. `ret_reason` is CTES_STAMP_ON_PAGES, or why `out` was left
 *  as it was; CTES_STAMP_TOO_LARGE also for a document beyond the bounds.
 *  @return CTES_OK, CTES_E_PAPERS_MISSING, CTES_E_MEMORY, CTES_E_IO, CTES_E_INTERNAL. */
ctes_status ctes_papers_lay(const ctes_stamp *stamp, const ctes_tampon *tampon,
                            const ctes_buffer *document, ctes_buffer *out,
                            ctes_stamp_reason *ret_reason, ctes_error *err) CTES_MUST_CHECK;

/** A cover page with the document in it. @return as ctes_papers_lay, and CTES_E_LIMIT. */
ctes_status ctes_papers_cover(const ctes_stamp *stamp, const ctes_cover *cover,
                              const ctes_pdf_attachment *document, ctes_buffer *out,
                              ctes_error *err) CTES_MUST_CHECK;

/** A slip. @return as ctes_papers_cover. */
ctes_status ctes_papers_bordereau(const ctes_bordereau *bordereau, ctes_buffer *out,
                                  ctes_error *err) CTES_MUST_CHECK;

#endif
