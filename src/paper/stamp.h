/* The stamp (« tampon », norm sheet § 11): its four lines, and the cover page that bears it. */
#ifndef CTES_PAPER_STAMP_H
#define CTES_PAPER_STAMP_H

#include <ctes/document.h>

#include "paper/pdf.h"

/** What the stamp says; text is borrowed. */
typedef struct ctes_stamp {
    ctes_date sent, received;
    ctes_date published; /**< not given: a blank to be filled in by hand */
    const char *id_acte;
    bool simulated;
    int64_t made_ms; /**< date of the PDF */
} ctes_stamp;

/** Lays the stamp on the pages of `document` (ctes_pdf_lay).
 *  @return CTES_OK, CTES_E_LIMIT, CTES_E_MEMORY, CTES_E_INTERNAL. */
ctes_status ctes_stamp_lay(const ctes_stamp *stamp, const ctes_tampon *tampon,
                           const ctes_buffer *document, ctes_buffer *out,
                           ctes_stamp_reason *ret_reason, ctes_error *err) CTES_MUST_CHECK;

/** What the cover page says beside the stamp. */
typedef struct ctes_cover {
    const ctes_record *record;
    const char *autorite; /**< or NULL */
    const char *sha256;
    ctes_stamp_reason reason;
} ctes_cover;

/** Draws the cover page of a document that is not to be altered: A4, with the stamp, and the
 *  document in it as it is.
 *  @return as ctes_stamp_lay. */
ctes_status ctes_stamp_cover(const ctes_stamp *stamp, const ctes_cover *cover,
                             const ctes_pdf_attachment *document, ctes_buffer *out,
                             ctes_error *err) CTES_MUST_CHECK;

#endif
