#include "paper/paper.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/text.h"

/* Liberation is what the package asks for; the others stand in for it and for rare letters. */
#define FAMILY "Liberation Sans, DejaVu Sans, sans-serif"

static const struct {
    double size;
    bool bold;
    double red, green, blue;
    const char *role; /* in the document's structure */
} styles[CTES_PAPER_STYLES] = {
    [CTES_PAPER_TITLE] = { 17, true, 0.06, 0.18, 0.42, "H1" },
    [CTES_PAPER_HEADING] = { 10.5, true, 0.06, 0.18, 0.42, "H2" },
    [CTES_PAPER_BOLD] = { 10, true, 0, 0, 0, "P" },
    [CTES_PAPER_BODY] = { 9.5, false, 0, 0, 0, "P" },
    [CTES_PAPER_LABEL] = { 9.5, false, 0.36, 0.38, 0.42, "P" },
    [CTES_PAPER_SMALL] = { 8, false, 0.2, 0.2, 0.22, "P" },
    [CTES_PAPER_STAMP] = { 7.6, false, 0.06, 0.18, 0.42, "P" },
    [CTES_PAPER_STAMP_SMALL] = { 6.2, false, 0.06, 0.18, 0.42, "P" },
};

struct ctes_paper {
    ctes_buffer bytes;
    bool has_structure;
    ctes_status status; /* of the first write or text that failed */
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoFontMap *fonts;
    PangoContext *context;
    PangoLayout *layout;
};

static cairo_status_t take_bytes(void *user, const unsigned char *bytes, unsigned length) {
    ctes_paper *paper = user;
    if (paper->status == CTES_OK)
        paper->status = ctes_buffer_append(&paper->bytes, bytes, length, NULL);
    return paper->status == CTES_OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void describe(ctes_paper *paper, const char *title, int64_t made_ms) {
    time_t seconds = (time_t)(made_ms / 1000);
    struct tm utc;
    char made[32] = "";
    if (gmtime_r(&seconds, &utc) != NULL)
        (void)strftime(made, sizeof made, "%Y-%m-%dT%H:%M:%SZ", &utc);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_MOD_DATE, made);
    if (title == NULL)
        return;
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(paper->surface, CAIRO_PDF_METADATA_CREATOR, "ctes");
}

/* A font map of its own: the library keeps nothing of it between two documents. */
static void make_layout(ctes_paper *paper) {
    paper->fonts = pango_cairo_font_map_new();
    paper->context = pango_font_map_create_context(paper->fonts);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(paper->context, options);
    cairo_font_options_destroy(options);
    pango_context_set_language(paper->context, pango_language_from_string("fr"));
    paper->layout = pango_layout_new(paper->context);
    pango_layout_set_wrap(paper->layout, PANGO_WRAP_WORD_CHAR);
}

ctes_status ctes_paper_new(double width, double height, const char *title, int64_t made_ms,
                           ctes_paper **ret, ctes_error *err) {
    CTES_AUTO_PAPER ctes_paper *paper = calloc(1, sizeof *paper);
    if (paper == NULL)
        return ctes_fail_memory(err);
    paper->bytes = (ctes_buffer)CTES_BUFFER_INIT((size_t)64 << 20);
    paper->has_structure = title != NULL;
    paper->surface = cairo_pdf_surface_create_for_stream(take_bytes, paper, width, height);
    describe(paper, title, made_ms);
    paper->cairo = cairo_create(paper->surface);
    make_layout(paper);
    if (cairo_status(paper->cairo) != CAIRO_STATUS_SUCCESS)
        return ctes_fail_memory(err);
    *ret = CTES_TAKE(paper);
    return CTES_OK;
}

void ctes_paper_free(ctes_paper *paper) {
    if (paper == NULL)
        return;
    if (paper->layout != NULL)
        g_object_unref(paper->layout);
    if (paper->context != NULL)
        g_object_unref(paper->context);
    if (paper->fonts != NULL)
        g_object_unref(paper->fonts);
    if (paper->cairo != NULL)
        cairo_destroy(paper->cairo);
    if (paper->surface != NULL) {
        cairo_surface_finish(paper->surface); /* may still write: before the buffer goes */
        cairo_surface_destroy(paper->surface);
    }
    ctes_buffer_clear(&paper->bytes);
    free(paper);
}

void ctes_paper_turn(ctes_paper *paper) {
    cairo_show_page(paper->cairo);
}

static void lay_out(ctes_paper *paper, ctes_paper_style style, ctes_paper_align align, double width,
                    const char *text) {
    char *clean CTES_AUTO_FREE = NULL;
    ctes_status status = ctes_text_display(text, strlen(text), &clean, NULL);
    if (status != CTES_OK) {
        paper->status = paper->status == CTES_OK ? status : paper->status;
        return;
    }
    PangoFontDescription *font = pango_font_description_from_string(FAMILY);
    pango_font_description_set_absolute_size(font, styles[style].size * PANGO_SCALE);
    if (styles[style].bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(paper->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(paper->layout, width > 0 ? (int)(width * PANGO_SCALE) : -1);
    pango_layout_set_alignment(paper->layout, align == CTES_PAPER_CENTRE  ? PANGO_ALIGN_CENTER
                                              : align == CTES_PAPER_RIGHT ? PANGO_ALIGN_RIGHT
                                                                          : PANGO_ALIGN_LEFT);
    pango_layout_set_text(paper->layout, clean, -1);
}

static double height_of(ctes_paper *paper) {
    PangoRectangle logical;
    pango_layout_get_extents(paper->layout, NULL, &logical);
    return (double)logical.height / PANGO_SCALE;
}

double ctes_paper_measure(ctes_paper *paper, ctes_paper_style style, double width,
                          const char *text) {
    lay_out(paper, style, CTES_PAPER_LEFT, width, text);
    return height_of(paper);
}

double ctes_paper_extent(ctes_paper *paper, ctes_paper_style style, const char *text) {
    lay_out(paper, style, CTES_PAPER_LEFT, 0, text);
    PangoRectangle logical;
    pango_layout_get_extents(paper->layout, NULL, &logical);
    return (double)logical.width / PANGO_SCALE;
}

double ctes_paper_text(ctes_paper *paper, ctes_paper_style style, ctes_paper_align align, double x,
                       double y, double width, const char *text) {
    lay_out(paper, style, align, width, text);
    if (paper->has_structure)
        cairo_tag_begin(paper->cairo, styles[style].role, "");
    cairo_set_source_rgb(paper->cairo, styles[style].red, styles[style].green, styles[style].blue);
    cairo_move_to(paper->cairo, x, y);
    pango_cairo_show_layout(paper->cairo, paper->layout);
    if (paper->has_structure)
        cairo_tag_end(paper->cairo, styles[style].role);
    return height_of(paper);
}

void ctes_paper_rule(ctes_paper *paper, double x, double y, double width, bool strong) {
    if (strong)
        cairo_set_source_rgb(paper->cairo, 0.06, 0.18, 0.42);
    else
        cairo_set_source_rgb(paper->cairo, 0.8, 0.81, 0.84);
    cairo_set_line_width(paper->cairo, strong ? 1.2 : 0.5);
    cairo_move_to(paper->cairo, x, y);
    cairo_line_to(paper->cairo, x + width, y);
    cairo_stroke(paper->cairo);
}

void ctes_paper_band(ctes_paper *paper, double x, double y, double width, double height) {
    cairo_set_source_rgb(paper->cairo, 0.92, 0.94, 0.975);
    cairo_rectangle(paper->cairo, x, y, width, height);
    cairo_fill(paper->cairo);
}

void ctes_paper_frame(ctes_paper *paper, double x, double y, double width, double height) {
    static const double lines[][2] = { { 0.6, 1.2 }, { 2.6, 0.4 } }; /* inset, thickness */
    cairo_set_source_rgba(paper->cairo, 1, 1, 1, 0.85);
    cairo_rectangle(paper->cairo, x, y, width, height);
    cairo_fill(paper->cairo);
    cairo_set_source_rgb(paper->cairo, 0.06, 0.18, 0.42);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        double inset = lines[i][0];
        cairo_set_line_width(paper->cairo, lines[i][1]);
        cairo_rectangle(paper->cairo, x + inset, y + inset, width - 2 * inset, height - 2 * inset);
        cairo_stroke(paper->cairo);
    }
}

ctes_status ctes_paper_finish(ctes_paper *paper, ctes_buffer *out, ctes_error *err) {
    cairo_show_page(paper->cairo);
    cairo_surface_finish(paper->surface);
    if (paper->status != CTES_OK)
        return ctes_fail(err, paper->status, NULL, "%s", "");
    cairo_status_t drawn = cairo_status(paper->cairo);
    if (drawn == CAIRO_STATUS_SUCCESS)
        drawn = cairo_surface_status(paper->surface);
    if (drawn == CAIRO_STATUS_NO_MEMORY)
        return ctes_fail_memory(err);
    if (drawn != CAIRO_STATUS_SUCCESS)
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "cairo: %s", cairo_status_to_string(drawn));
    return ctes_buffer_append(out, paper->bytes.data, paper->bytes.length, err);
}
