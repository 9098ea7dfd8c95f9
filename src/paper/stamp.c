#include "paper/stamp.h"

#include <stdio.h>

#include "paper/paper.h"
#include "norm/regles.h"

#define STAMP_WIDTH  190.0
#define STAMP_HEIGHT 55.0

/* of the cover page */
#define MARGIN 57.0
#define WIDTH  (CTES_A4_WIDTH - 2 * MARGIN)
#define LABEL  140.0

enum { DRAWING_MAX = 1 << 20 };

/* "28/06/2022": the form that stamps have everywhere. */
static void put_date(char out[static 16], ctes_date date) {
    if (ctes_date_given(date))
        (void)snprintf(out, 16, "%02u/%02u/%04d", date.day, date.month, date.year);
    else
        (void)snprintf(out, 16, "%s", "");
}

static void put_line(ctes_paper *paper, double x, double y, int row, const char *text) {
    const double inset = 9;
    double room = STAMP_WIDTH - 2 * inset;
    ctes_paper_style style = ctes_paper_extent(paper, CTES_PAPER_STAMP, text) > room
                                 ? CTES_PAPER_STAMP_SMALL
                                 : CTES_PAPER_STAMP;
    (void)ctes_paper_text(paper, style, CTES_PAPER_LEFT, x + inset, y + 6 + 11 * row, 0, text);
}

/* Test platforms say so on the stamp: what they acknowledge has no legal effect (sheet § 11). */
static void draw_at(ctes_paper *paper, double x, double y, const ctes_stamp *stamp) {
    char date[16], text[128];
    ctes_paper_frame(paper, x, y, STAMP_WIDTH, STAMP_HEIGHT);
    put_date(date, stamp->sent);
    (void)snprintf(text, sizeof text, "%s en préfecture le %s",
                   stamp->simulated ? "Envoi simulé" : "Envoyé", date);
    put_line(paper, x, y, 0, text);
    put_date(date, stamp->received);
    (void)snprintf(text, sizeof text, "%s en préfecture le %s",
                   stamp->simulated ? "Réception simulée" : "Reçu", date);
    put_line(paper, x, y, 1, text);
    put_date(date, stamp->published);
    (void)snprintf(text, sizeof text, "Publié le %s", date);
    put_line(paper, x, y, 2, text);
    (void)snprintf(text, sizeof text, "ID : %s", stamp->id_acte);
    put_line(paper, x, y, 3, text);
}

ctes_status ctes_stamp_lay(const ctes_stamp *stamp, const ctes_tampon *tampon,
                           const ctes_buffer *document, ctes_buffer *out,
                           ctes_stamp_reason *ret_reason, ctes_error *err) {
    CTES_AUTO_PAPER ctes_paper *paper = NULL;
    CTES_TRY(ctes_paper_new(STAMP_WIDTH, STAMP_HEIGHT, NULL, stamp->made_ms, &paper, err));
    draw_at(paper, 0, 0, stamp);
    CTES_AUTO_BUFFER ctes_buffer drawing = CTES_BUFFER_INIT(DRAWING_MAX);
    CTES_TRY(ctes_paper_finish(paper, &drawing, err));
    const ctes_pdf_laying laying = { STAMP_WIDTH, STAMP_HEIGHT, *tampon };
    return ctes_pdf_lay(document, &drawing, &laying, out, ret_reason, err);
}

static const char *reason_text(ctes_stamp_reason reason) {
    switch (reason) {
    case CTES_STAMP_SIGNED:
        return "Ce document porte une signature électronique, qu'un tampon romprait";
    case CTES_STAMP_ENCRYPTED:
        return "Ce document est protégé contre la modification";
    case CTES_STAMP_DAMAGED:
        return "La structure de ce document ne permet pas d'y apposer un tampon sans risque";
    case CTES_STAMP_NOT_PDF:
        return "Ce document n'est pas un PDF";
    case CTES_STAMP_TOO_LARGE:
        return "Ce document est trop volumineux pour recevoir un tampon";
    case CTES_STAMP_NO_ROOM:
    case CTES_STAMP_ON_PAGES:
        break;
    }
    return "Les pages de ce document n'ont pas la place d'un tampon lisible";
}

static double put_fact(ctes_paper *paper, double y, const char *label, const char *value) {
    (void)ctes_paper_text(paper, CTES_PAPER_LABEL, CTES_PAPER_LEFT, MARGIN, y, LABEL, label);
    double height = ctes_paper_text(paper, CTES_PAPER_BODY, CTES_PAPER_LEFT, MARGIN + LABEL, y,
                                    WIDTH - LABEL, value);
    return y + height + 6;
}

static ctes_status draw_cover(const ctes_stamp *stamp, const ctes_cover *cover, const char *file,
                              ctes_buffer *out, ctes_error *err) {
    const ctes_record *record = cover->record;
    char title[160], date[24], text[256];
    CTES_AUTO_PAPER ctes_paper *paper = NULL;
    (void)snprintf(title, sizeof title, "Acte %s - page de tampon", record->numero_interne);
    CTES_TRY(ctes_paper_new(CTES_A4_WIDTH, CTES_A4_HEIGHT, title, stamp->made_ms, &paper, err));
    draw_at(paper, CTES_A4_WIDTH - STAMP_WIDTH - 28, 28, stamp);
    (void)ctes_paper_text(paper, CTES_PAPER_BOLD, CTES_PAPER_LEFT, MARGIN, 34, 260,
                          cover->autorite != NULL ? cover->autorite : record->siren);
    double y = 130;
    y += ctes_paper_text(paper, CTES_PAPER_TITLE, CTES_PAPER_LEFT, MARGIN, y, WIDTH,
                         "Acte transmis au représentant de l'État") +
         8;
    ctes_paper_rule(paper, MARGIN, y, WIDTH, true);
    y = put_fact(paper, y + 14, "Numéro de l'acte", record->numero);
    y = put_fact(paper, y, "Objet", record->objet != NULL ? record->objet : "");
    ctes_date_francais(record->date, date);
    y = put_fact(paper, y, "Date de la décision", date);
    y = put_fact(paper, y, "Nature", ctes_nature_libelle(record->nature));
    y = put_fact(paper, y, "Identifiant", record->id_acte);
    y = put_fact(paper, y, "Document", file);
    y = put_fact(paper, y, "Empreinte SHA-256", cover->sha256);
    ctes_paper_rule(paper, MARGIN, y + 6, WIDTH, false);
    (void)snprintf(text, sizeof text, "%s : le tampon est apposé sur cette page.",
                   reason_text(cover->reason));
    y += 18;
    y += ctes_paper_text(paper, CTES_PAPER_BODY, CTES_PAPER_LEFT, MARGIN, y, WIDTH, text) + 6;
    (void)ctes_paper_text(paper, CTES_PAPER_BODY, CTES_PAPER_LEFT, MARGIN, y, WIDTH,
                          "Le document original y est joint, inchangé à l'octet près ; il s'ouvre "
                          "par les pièces jointes du lecteur PDF.");
    return ctes_paper_finish(paper, out, err);
}

ctes_status ctes_stamp_cover(const ctes_stamp *stamp, const ctes_cover *cover,
                             const ctes_pdf_attachment *document, ctes_buffer *out,
                             ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer paper = CTES_BUFFER_INIT(DRAWING_MAX);
    CTES_TRY(draw_cover(stamp, cover, document->name, &paper, err));
    return ctes_pdf_dress(&paper, document, out, err);
}
