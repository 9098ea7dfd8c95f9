#include "paper/sheet.h"

#include <stdio.h>

#define TOP        78.0
#define BOTTOM     (CTES_A4_HEIGHT - 62)
#define FACT_LABEL 128.0
#define CELL_PAD   5.0

static void put_frame(ctes_sheet *sheet) {
    const double left = CTES_SHEET_LEFT, width = CTES_SHEET_WIDTH;
    (void)ctes_paper_text(sheet->paper, CTES_PAPER_BOLD, CTES_PAPER_LEFT, left, 40, width * 0.6,
                          sheet->head);
    (void)ctes_paper_text(sheet->paper, CTES_PAPER_SMALL, CTES_PAPER_RIGHT, left + width * 0.6, 42,
                          width * 0.4, sheet->head_right);
    ctes_paper_rule(sheet->paper, left, 58, width, true);
    ctes_paper_rule(sheet->paper, left, CTES_A4_HEIGHT - 48, width, false);
    (void)ctes_paper_text(sheet->paper, CTES_PAPER_SMALL, CTES_PAPER_LEFT, left,
                          CTES_A4_HEIGHT - 42, width * 0.75, sheet->foot);
    char number[48];
    (void)snprintf(number, sizeof number, "Page %u sur %u", sheet->page, sheet->total);
    (void)ctes_paper_text(sheet->paper, CTES_PAPER_SMALL, CTES_PAPER_RIGHT, left + width * 0.75,
                          CTES_A4_HEIGHT - 42, width * 0.25, number);
}

void ctes_sheet_turn(ctes_sheet *sheet) {
    if (sheet->page > 0)
        ctes_paper_turn(sheet->paper);
    sheet->page++;
    put_frame(sheet);
    sheet->y = TOP;
}

bool ctes_sheet_room(ctes_sheet *sheet, double height) {
    if (sheet->y + height <= BOTTOM || sheet->y <= TOP)
        return false;
    ctes_sheet_turn(sheet);
    return true;
}

void ctes_sheet_title(ctes_sheet *sheet, const char *title, const char *below) {
    const double left = CTES_SHEET_LEFT, width = CTES_SHEET_WIDTH;
    sheet->y += ctes_paper_text(sheet->paper, CTES_PAPER_TITLE, CTES_PAPER_CENTRE, left, sheet->y,
                                width, title) +
                5;
    sheet->y += ctes_paper_text(sheet->paper, CTES_PAPER_BODY, CTES_PAPER_CENTRE, left, sheet->y,
                                width, below) +
                16;
}

void ctes_sheet_heading(ctes_sheet *sheet, const char *text) {
    const double width = CTES_SHEET_WIDTH - 16;
    double height = ctes_paper_measure(sheet->paper, CTES_PAPER_HEADING, width, text);
    (void)ctes_sheet_room(sheet, height + 60); /* never alone at the foot of a page */
    ctes_paper_band(sheet->paper, CTES_SHEET_LEFT, sheet->y, CTES_SHEET_WIDTH, height + 8);
    (void)ctes_paper_text(sheet->paper, CTES_PAPER_HEADING, CTES_PAPER_LEFT, CTES_SHEET_LEFT + 8,
                          sheet->y + 4, width, text);
    sheet->y += height + 16;
}

void ctes_sheet_fact(ctes_sheet *sheet, ctes_paper_style style, const char *label,
                     const char *value) {
    if (value == NULL || *value == '\0')
        return;
    const double x = CTES_SHEET_LEFT + 8, width = CTES_SHEET_WIDTH - FACT_LABEL - 16;
    double height = ctes_paper_measure(sheet->paper, style, width, value);
    (void)ctes_sheet_room(sheet, height);
    (void)ctes_paper_text(sheet->paper, CTES_PAPER_LABEL, CTES_PAPER_LEFT, x, sheet->y, FACT_LABEL,
                          label);
    (void)ctes_paper_text(sheet->paper, style, CTES_PAPER_LEFT, x + FACT_LABEL, sheet->y, width,
                          value);
    sheet->y += height + 5;
}

static double put_cells(ctes_sheet *sheet, const ctes_sheet_table *table, ctes_paper_style style,
                        const char *const cells[CTES_SHEET_CELLS]) {
    double x = CTES_SHEET_LEFT, highest = 0;
    for (size_t i = 0; i < table->cells; i++) {
        double height =
            ctes_paper_text(sheet->paper, style, CTES_PAPER_LEFT, x + CELL_PAD, sheet->y + 3,
                            table->widths[i] - 2 * CELL_PAD, cells[i] != NULL ? cells[i] : "");
        highest = height > highest ? height : highest;
        x += table->widths[i];
    }
    return highest + 6;
}

void ctes_sheet_table_head(ctes_sheet *sheet, const ctes_sheet_table *table) {
    double height = put_cells(sheet, table, CTES_PAPER_LABEL, table->heads);
    ctes_paper_rule(sheet->paper, CTES_SHEET_LEFT, sheet->y + height, CTES_SHEET_WIDTH, true);
    sheet->y += height + 2;
}

void ctes_sheet_table_row(ctes_sheet *sheet, const ctes_sheet_table *table,
                          const char *const cells[CTES_SHEET_CELLS]) {
    double highest = 0;
    for (size_t i = 0; i < table->cells; i++) {
        double height =
            ctes_paper_measure(sheet->paper, CTES_PAPER_SMALL, table->widths[i] - 2 * CELL_PAD,
                               cells[i] != NULL ? cells[i] : "");
        highest = height > highest ? height : highest;
    }
    if (ctes_sheet_room(sheet, highest + 8))
        ctes_sheet_table_head(sheet, table);
    sheet->y += put_cells(sheet, table, CTES_PAPER_SMALL, cells);
    ctes_paper_rule(sheet->paper, CTES_SHEET_LEFT, sheet->y, CTES_SHEET_WIDTH, false);
    sheet->y += 1;
}
