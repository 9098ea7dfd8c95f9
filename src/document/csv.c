#include "document/csv.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "document/scdl.h"

enum {
    BLOCK = 4096,                     /* bytes by which libcsv grows its cell */
    ROWS_MAX = CTES_MANIFEST_ROWS + 1 /* and the header */
};

/* Cells lie one behind the other in `text`; they become pointers when their row is whole. */
typedef struct reading {
    ctes_csv_fn each;
    void *user;
    ctes_error *err;
    ctes_status status; /* the first failure: libcsv cannot be stopped from a callback */
    ctes_buffer text;
    size_t offsets[CTES_MANIFEST_COLUMNS];
    char *cells[CTES_MANIFEST_COLUMNS];
    size_t count;
    size_t rows;
    size_t line, last_line;
    bool between_rows; /* nothing of a row was seen since the last one ended */
} reading;

static void reading_clear(reading *state) {
    ctes_buffer_clear(&state->text);
}

static void parser_clear(struct csv_parser *parser) {
    csv_free(parser);
}

static void fail_limit(reading *state, const char *what, size_t limit) {
    state->status = ctes_fail(state->err, CTES_E_LIMIT, NULL, "%s > %zu", what, limit);
    if (state->err != NULL)
        state->err->line = (int)state->line;
}

static void on_cell(void *cell, size_t length, void *user) {
    reading *state = user;
    if (state->status != CTES_OK)
        return;
    if (state->count == CTES_MANIFEST_COLUMNS) {
        fail_limit(state, "columns", CTES_MANIFEST_COLUMNS);
    } else if (length > CTES_MANIFEST_CELL) {
        fail_limit(state, "cell", CTES_MANIFEST_CELL);
    } else {
        state->offsets[state->count++] = state->text.length;
        if (length > 0)
            state->status = ctes_buffer_append(&state->text, cell, length, state->err);
        if (state->status == CTES_OK)
            state->status = ctes_buffer_append(&state->text, "", 1, state->err);
    }
}

static void on_row(int end, void *user) {
    (void)end;
    reading *state = user;
    state->between_rows = true;
    if (state->status == CTES_OK && state->count > 0) { /* 0: a line end by itself */
        if (state->rows++ == ROWS_MAX) {
            fail_limit(state, "rows", ROWS_MAX);
            return;
        }
        for (size_t i = 0; i < state->count; i++)
            state->cells[i] = state->text.data + state->offsets[i];
        ctes_csv_row row = { state->line, state->last_line, state->cells, state->count };
        state->status = state->each(state->user, &row, state->err);
    }
    state->count = 0;
    ctes_buffer_reset(&state->text);
}

static ctes_status feed(struct csv_parser *parser, reading *state, const char *text,
                        size_t length) {
    size_t taken = csv_parse(parser, text, length, on_cell, on_row, state);
    if (state->status == CTES_OK && taken != length)
        return ctes_fail_memory(state->err);
    /* libcsv hands a cell over at its end only: one without end must not fill the memory */
    if (state->status == CTES_OK && csv_get_buffer_size(parser) > CTES_MANIFEST_CELL + 2u * BLOCK)
        fail_limit(state, "cell", CTES_MANIFEST_CELL);
    return state->status;
}

/* Line by line, so that a row knows where it starts and libcsv stops soon after a failure. */
static ctes_status read_lines(struct csv_parser *parser, reading *state, ctes_lines *lines,
                              size_t first_line) {
    for (size_t line = first_line;; line++) {
        const char *text = NULL;
        size_t length = 0;
        CTES_TRY(ctes_lines_next(lines, &text, &length, state->err));
        if (length == 0)
            break;
        if (state->between_rows)
            state->line = line;
        state->last_line = line;
        state->between_rows = false;
        CTES_TRY(feed(parser, state, text, length));
    }
    CTES_TRY(feed(parser, state, "\n", 1));
    if (state->between_rows)
        return CTES_OK;
    /* a line end ends the row, unless it lies between quotes */
    state->status = ctes_fail(state->err, CTES_E_MANIFEST_INVALID, NULL, "\"");
    if (state->err != NULL)
        state->err->line = (int)state->line;
    return state->status;
}

ctes_status ctes_csv_read(ctes_lines *lines, char delimiter, size_t first_line, ctes_csv_fn each,
                          void *user, ctes_error *err) {
    reading state CTES_CLEANUP(reading_clear) = {
        .each = each,
        .user = user,
        .err = err,
        .text = CTES_BUFFER_INIT((size_t)CTES_MANIFEST_COLUMNS * (CTES_MANIFEST_CELL + 1u)),
        .line = first_line,
        .last_line = first_line,
        .between_rows = true,
    };
    struct csv_parser parser CTES_CLEANUP(parser_clear) = { .delim_char = 0 };
    /* each line end is told of, so that a row's first line is known behind empty lines too */
    if (csv_init(&parser, CSV_REPALL_NL) != 0)
        return ctes_fail_memory(err);
    csv_set_blk_size(&parser, BLOCK);
    csv_set_delim(&parser, (unsigned char)delimiter);
    return read_lines(&parser, &state, lines, first_line);
}

ctes_status ctes_csv_cell(ctes_buffer *out, const char *text, ctes_error *err) {
    if (text == NULL || text[0] == '\0')
        return CTES_OK;
    size_t length = strlen(text);
    bool plain = strpbrk(text, ",\"\r\n;\t") == NULL && text[0] != ' ' && text[length - 1] != ' ';
    if (plain)
        return ctes_buffer_append(out, text, length, err);
    size_t size = 2 * length + 2; /* every character a quote, and the two around */
    char *quoted CTES_AUTO_FREE = malloc(size);
    if (quoted == NULL)
        return ctes_fail_memory(err);
    return ctes_buffer_append(out, quoted, csv_write(quoted, size, text, length), err);
}
