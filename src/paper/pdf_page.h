/* A page as its reader sees it, and a stamp laid on it. */
#ifndef CTES_PAPER_PDF_PAGE_H
#define CTES_PAPER_PDF_PAGE_H

#include "paper/pdf_open.h"

/** Draws form `form` (an object's number) on `page`. Handles of `pdf` stay the caller's.
 *  Returns CTES_STAMP_ON_PAGES, or why the page was left as it was (no room, too large, damaged).
 */
ctes_stamp_reason ctes_pdf_page_draw(qpdf_data pdf, qpdf_oh page, int form,
                                     const ctes_pdf_laying *laying) CTES_MUST_CHECK;

#endif
