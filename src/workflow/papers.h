/* What papers of every kind have in common: where they may be written, and how. */
#ifndef CTES_WORKFLOW_PAPERS_H
#define CTES_WORKFLOW_PAPERS_H

#include <ctes/document.h>

#include "base/buffer.h"

/** What was sent is evidence: no paper is ever written over it.
 *  @return CTES_OK or CTES_E_USAGE (`output` is a file of the act, by whatever name). */
ctes_status ctes_papers_spare(const ctes_record *record, const char *output,
                              ctes_error *err) CTES_MUST_CHECK;

/** Writes a paper, at once and whole: read by the services that publish, their group's, not
 *  everybody's. @return CTES_OK and what writing gives. */
ctes_status ctes_papers_publish(const char *output, const ctes_buffer *bytes,
                                ctes_error *err) CTES_MUST_CHECK;

#endif
