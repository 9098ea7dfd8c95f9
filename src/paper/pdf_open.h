/* The module's own side of pdf.h: files that are open in qpdf. */
#ifndef CTES_PAPER_PDF_OPEN_H
#define CTES_PAPER_PDF_OPEN_H

#include <qpdf/qpdf-c.h>

#include "paper/pdf.h"

/** An error that nobody asked for would be printed by qpdf. */
static inline void ctes_pdf_closep(qpdf_data *pdf) {
    if (*pdf == NULL)
        return;
    if (qpdf_has_error(*pdf))
        (void)qpdf_get_error(*pdf);
    qpdf_cleanup(pdf);
}
#define CTES_AUTO_PDF CTES_CLEANUP(ctes_pdf_closep)

/** Opens bytes, which must outlive the handle. `ret_reason` tells why a file cannot be had without
 *  guessing; CTES_STAMP_ON_PAGES when it can. @return CTES_OK or CTES_E_MEMORY. */
ctes_status ctes_pdf_open(const ctes_buffer *bytes, qpdf_data *ret, ctes_stamp_reason *ret_reason,
                          ctes_error *err) CTES_MUST_CHECK;

/** CTES_STAMP_ON_PAGES unless qpdf met something wrong since it was last asked: damage, or memory
 *  that it asked for in vain (CTES_STAMP_TOO_LARGE). Forgets it. */
ctes_stamp_reason ctes_pdf_complaint(qpdf_data pdf);

/** Whether a document carries a signature, or a field or a mark that announces one: it is looked
 *  for in its bytes, its form, its permissions and each of its objects. */
bool ctes_pdf_is_signed(qpdf_data pdf, const ctes_buffer *bytes);

/** Fills `err` with what qpdf could not do to a paper of ours.
 *  @return CTES_E_MEMORY when it asked for memory in vain, else CTES_E_INTERNAL. */
ctes_status ctes_pdf_fail(qpdf_data pdf, ctes_error *err);

/** Writes without changing a stream, with an identifier made from the content.
 *  @return CTES_OK, CTES_E_LIMIT, CTES_E_MEMORY, CTES_E_INTERNAL. */
ctes_status ctes_pdf_save(qpdf_data pdf, ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

/** A new indirect stream of these bytes. */
qpdf_oh ctes_pdf_stream(qpdf_data pdf, const char *bytes, size_t length);

#endif
