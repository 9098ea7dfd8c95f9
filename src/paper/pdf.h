/*
 * PDF files of others, hostile, read and written by qpdf in memory: the stamp laid on their pages,
 * or they themselves, byte for byte, attached to a page of ours.
 */
#ifndef CTES_PAPER_PDF_H
#define CTES_PAPER_PDF_H

#include <ctes/document.h>

#include "base/buffer.h"

/** How a stamp is laid. */
typedef struct ctes_pdf_laying {
    double width, height; /**< of the stamp, points */
    ctes_tampon tampon;   /**< all members set */
} ctes_pdf_laying;

/** Lays `stamp` (a PDF of one page) on the pages of `document`: upright and in the same corner for
 *  the reader whatever the page's rotation, crop box and unit; smaller where the page is small.
 *  `ret_reason` is CTES_STAMP_ON_PAGES, or why `out` was left as it was: the document is signed,
 *  encrypted, damaged, beyond the limits or without room.
 *  @return CTES_OK, CTES_E_LIMIT (of `out`), CTES_E_MEMORY, CTES_E_INTERNAL. */
ctes_status ctes_pdf_lay(const ctes_buffer *document, const ctes_buffer *stamp,
                         const ctes_pdf_laying *laying, ctes_buffer *out,
                         ctes_stamp_reason *ret_reason, ctes_error *err) CTES_MUST_CHECK;

/** A file put into a PDF as it is. */
typedef struct ctes_pdf_attachment {
    const char *name; /**< as a reader saves it */
    const char *mime;
    const ctes_buffer *bytes;
} ctes_pdf_attachment;

/** Gives a PDF of ours its language (fr-FR), has readers show its title, and attaches a file
 *  (NULL: none) whose bytes stand in the result as they are, neither compressed nor encrypted.
 *  @return CTES_OK, CTES_E_LIMIT, CTES_E_MEMORY, CTES_E_INTERNAL. */
ctes_status ctes_pdf_dress(const ctes_buffer *paper, const ctes_pdf_attachment *attachment,
                           ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

#endif
