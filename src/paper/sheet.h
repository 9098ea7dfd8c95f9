/* A document that flows over A4 pages, each with its head and foot: facts, tables, headings. */
#ifndef CTES_PAPER_SHEET_H
#define CTES_PAPER_SHEET_H

#include "paper/paper.h"

#define CTES_SHEET_LEFT  51.0
#define CTES_SHEET_WIDTH (CTES_A4_WIDTH - 2 * CTES_SHEET_LEFT)
#define CTES_SHEET_CELLS 4

/** One pass over the pages; the total of the pass before is written in the feet. */
typedef struct ctes_sheet {
    ctes_paper *paper;
    const char *head, *head_right, *foot; /**< borrowed */
    unsigned page, total;
    double y;
} ctes_sheet;

typedef struct ctes_sheet_table {
    size_t cells;
    double widths[CTES_SHEET_CELLS];
    const char *heads[CTES_SHEET_CELLS];
} ctes_sheet_table;

/** Starts the first page (or, later, a new one). */
void ctes_sheet_turn(ctes_sheet *sheet);

/** Turns the page when fewer than `height` points are left; true when it did. */
bool ctes_sheet_room(ctes_sheet *sheet, double height);

void ctes_sheet_title(ctes_sheet *sheet, const char *title, const char *below);
void ctes_sheet_heading(ctes_sheet *sheet, const char *text);

/** A label and its value; nothing for a value that is NULL or "". */
void ctes_sheet_fact(ctes_sheet *sheet, ctes_paper_style style, const char *label,
                     const char *value);

/** A table's head, and a row; the head is repeated on the pages that follow. */
void ctes_sheet_table_head(ctes_sheet *sheet, const ctes_sheet_table *table);
void ctes_sheet_table_row(ctes_sheet *sheet, const ctes_sheet_table *table,
                          const char *const cells[CTES_SHEET_CELLS]);

#endif
