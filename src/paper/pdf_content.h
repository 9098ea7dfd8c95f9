/* What a page's content does to the graphics state, by its tokens alone (ISO 32000-1 § 7.8.2). */
#ifndef CTES_PAPER_PDF_CONTENT_H
#define CTES_PAPER_PDF_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

/** True when every q has its Q, no text object is left open, and the bytes do not end within a
 *  string, an array, a dictionary or an inline image: what stands between q and Q around such a
 *  content leaves no trace behind. */
bool ctes_pdf_content_is_balanced(const char *bytes, size_t length);

#endif
