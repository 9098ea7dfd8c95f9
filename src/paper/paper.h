/*
 * Pages drawn: text set by Pango, PDF made by cairo, in points from the page's top left corner. A
 * failure is kept and told by ctes_paper_finish.
 */
#ifndef CTES_PAPER_PAPER_H
#define CTES_PAPER_PAPER_H

#include "base/buffer.h"

#define CTES_A4_WIDTH  595.0
#define CTES_A4_HEIGHT 842.0

typedef struct ctes_paper ctes_paper;

typedef enum ctes_paper_style {
    CTES_PAPER_TITLE,
    CTES_PAPER_HEADING,
    CTES_PAPER_BOLD,
    CTES_PAPER_BODY,
    CTES_PAPER_LABEL, /**< grey */
    CTES_PAPER_SMALL,
    CTES_PAPER_STAMP,
    CTES_PAPER_STAMP_SMALL,
    CTES_PAPER_STYLES
} ctes_paper_style;

typedef enum ctes_paper_align {
    CTES_PAPER_LEFT,
    CTES_PAPER_CENTRE,
    CTES_PAPER_RIGHT
} ctes_paper_align;

/** Starts a document of its first page; `title` NULL makes a bare drawing (no title, no structure),
 *  `made_ms` is its date of creation.
 *  @return CTES_OK or CTES_E_MEMORY. */
ctes_status ctes_paper_new(double width, double height, const char *title, int64_t made_ms,
                           ctes_paper **ret, ctes_error *err) CTES_MUST_CHECK;
void ctes_paper_free(ctes_paper *paper);

/** A further page of the same size. */
void ctes_paper_turn(ctes_paper *paper);

/** Height that `text` (foreign: cleaned first) takes when wrapped at `width`. */
double ctes_paper_measure(ctes_paper *paper, ctes_paper_style style, double width,
                          const char *text);

/** Width of `text` on one line. */
double ctes_paper_extent(ctes_paper *paper, ctes_paper_style style, const char *text);

/** Sets text with its top left corner at x, y, wrapped at `width`; returns its height. */
double ctes_paper_text(ctes_paper *paper, ctes_paper_style style, ctes_paper_align align, double x,
                       double y, double width, const char *text);

/** A horizontal line; `strong` ones carry the colour. */
void ctes_paper_rule(ctes_paper *paper, double x, double y, double width, bool strong);

/** A light band behind a heading. */
void ctes_paper_band(ctes_paper *paper, double x, double y, double width, double height);

/** The stamp's double frame, on white that lets a little of what it covers through. */
void ctes_paper_frame(ctes_paper *paper, double x, double y, double width, double height);

/** Ends the document and appends its bytes. @return CTES_OK, CTES_E_LIMIT, CTES_E_MEMORY,
 *  CTES_E_INTERNAL (no font at all, say). */
ctes_status ctes_paper_finish(ctes_paper *paper, ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

static inline void ctes_paperp(ctes_paper **p) {
    ctes_paper_free(*p);
    *p = NULL;
}
#define CTES_AUTO_PAPER CTES_CLEANUP(ctes_paperp)

#endif
