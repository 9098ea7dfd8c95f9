#include "document/form.h"

#include <string.h>

#include "document/form_labels.h"

enum { COLUMNS_MAX = 64 }; /* of a line looked at: the value below a cell is found by counting */

static ctes_form_span span(const char *start, const char *end) {
    return (ctes_form_span){ start, (size_t)(end - start) };
}

static const char *span_end(ctes_form_span text) {
    return text.start + text.length;
}

/* Length of the white space that `at` starts with; 0 for none. */
static size_t space_at(const char *at, const char *end) {
    static const char *const SPACES[] = { " ", "\t", "\v", "\f", "\xc2\xa0", "\xe2\x80\xaf" };
    for (size_t i = 0; i < sizeof SPACES / sizeof SPACES[0]; i++) {
        size_t length = strlen(SPACES[i]);
        if ((size_t)(end - at) >= length && memcmp(at, SPACES[i], length) == 0)
            return length;
    }
    return 0;
}

/* Emphasis and headings of texts made by converters: "**Titre** …", "# Objet". */
static bool is_emphasis(char c) {
    return c == '*' || c == '#';
}

static ctes_form_span trim(ctes_form_span text) {
    const char *start = text.start, *end = span_end(text);
    while (start < end) {
        size_t step = is_emphasis(*start) ? 1 : space_at(start, end);
        if (step == 0)
            break;
        start += step;
    }
    const char *last = start;
    for (const char *at = start; at < end;) {
        size_t step = is_emphasis(*at) ? 1 : space_at(at, end);
        at += step > 0 ? step : 1;
        if (step == 0)
            last = at;
    }
    return span(start, last);
}

/* The line at `at` without its end, which may be LF, CRLF or CR; `*next` is the line after it. */
static ctes_form_span line_at(const char *at, const char **next) {
    size_t length = strcspn(at, "\r\n");
    const char *end = at + length;
    *next = end;
    if (**next == '\r')
        (*next)++;
    if (**next == '\n')
        (*next)++;
    return span(at, end);
}

static bool is_bar(char c) {
    return c == '\t' || c == '|';
}

static ctes_form_span cell_at(const char *at, const char *row_end) {
    const char *end = at;
    while (end < row_end && !is_bar(*end))
        end++;
    return span(at, end);
}

/* "-----  ---", "|---|:--|": a line that only draws. */
static bool is_rule(ctes_form_span row) {
    size_t dashes = 0;
    for (size_t i = 0; i < row.length; i++) {
        if (strchr("-=_", row.start[i]) != NULL)
            dashes++;
        else if (strchr("|+: \t", row.start[i]) == NULL)
            return false;
    }
    return dashes >= 3;
}

/* Placeholders that a person is meant to write over: "........", "__/__/____", "…". */
static bool is_placeholder(ctes_form_span text) {
    for (size_t i = 0; i < text.length; i++)
        if (strchr("._-/ \xe2\x80\xa6", text.start[i]) == NULL) /* the bytes of "…" among them */
            return false;
    return true;
}

static ctes_status is_label(ctes_form_span cell, bool *ret, ctes_error *err) {
    ctes_form_field field = CTES_FORM_NONE;
    size_t length = 0;
    CTES_TRY(ctes_form_label(trim(cell), &field, &length, err));
    *ret = field != CTES_FORM_NONE;
    return CTES_OK;
}

/* Takes ":" or a dash between blanks from the start of what follows a label. */
static bool take_separator(ctes_form_span *rest) {
    static const char *const SEPARATORS[] = { ":", "- ", "\xe2\x80\x93 ", "\xe2\x80\x94 " };
    ctes_form_span seen = trim(*rest);
    for (size_t i = 0; i < sizeof SEPARATORS / sizeof SEPARATORS[0]; i++) {
        size_t length = strlen(SEPARATORS[i]);
        const char *end = span_end(*rest);
        if ((size_t)(end - seen.start) < length || memcmp(seen.start, SEPARATORS[i], length) != 0)
            continue;
        const char *behind = seen.start + (i == 0 ? length : length - 1);
        *rest = span(behind, end);
        return true;
    }
    return false;
}

/* The value in the cells behind the label's: the next one, or behind tabs that only align. */
static ctes_status value_in_row(ctes_form_span row, const char *label_end, ctes_form_hit *hit,
                                ctes_error *err) {
    const char *row_end = span_end(row);
    bool first = true;
    for (const char *at = label_end; at < row_end; first = false) {
        if (!first && *at == '|') /* an empty cell of a table is a blank, not an alignment */
            break;
        ctes_form_span cell = cell_at(at + 1, row_end);
        bool label = false;
        ctes_form_span value = trim(cell);
        if (value.length > 0)
            CTES_TRY(is_label(cell, &label, err));
        if (label)
            break;
        if (first || value.length > 0) {
            hit->slot = cell;
            hit->slot_is_cell = true;
        }
        if (value.length > 0) {
            hit->value = value;
            break;
        }
        at = span_end(cell);
    }
    return CTES_OK;
}

/* The value below the label: same column of the next line, drawn lines skipped. */
static ctes_status value_below(const ctes_form *form, size_t column, ctes_form_hit *hit,
                               ctes_error *err) {
    const char *next = form->next;
    ctes_form_span row = line_at(next, &next);
    if (is_rule(row))
        row = line_at(next, &next);
    const char *row_end = span_end(row);
    ctes_form_span cell = cell_at(row.start, row_end);
    for (; column > 0 && span_end(cell) < row_end; column--)
        cell = cell_at(span_end(cell) + 1, row_end);
    ctes_form_span value = trim(cell);
    if (column > 0 || value.length == 0)
        return CTES_OK;
    bool label = false;
    CTES_TRY(is_label(cell, &label, err));
    if (!label) {
        hit->value = value;
        hit->same_line = false;
    }
    return CTES_OK;
}

/* Closing marks of an emphasised label stay with it: a value is written behind them. */
static void skip_emphasis(ctes_form_span *text) {
    while (text->length > 0 && is_emphasis(text->start[0])) {
        text->start++;
        text->length--;
    }
}

static ctes_status complete(const ctes_form *form, ctes_form_span cell, size_t column,
                            ctes_form_hit *hit, ctes_error *err) {
    const char *row_end = span_end(form->row);
    hit->same_line = true;
    skip_emphasis(&hit->slot);
    hit->separated = take_separator(&hit->slot);
    skip_emphasis(&hit->slot);
    hit->value = trim(hit->slot);
    if (hit->value.length == 0) {
        CTES_TRY(value_in_row(form->row, span_end(cell), hit, err));
        if (hit->value.length == 0)
            CTES_TRY(value_below(form, column, hit, err));
        hit->separated = true;
    }
    hit->slot_is_barred = span_end(hit->slot) < row_end && *span_end(hit->slot) == '|';
    if (is_placeholder(hit->value))
        hit->value.length = 0;
    return CTES_OK;
}

void ctes_form_begin(ctes_form *form, const char *text) {
    *form = (ctes_form){ .next = text };
}

ctes_status ctes_form_next(ctes_form *form, ctes_form_hit *ret, bool *ret_found, ctes_error *err) {
    for (;;) {
        if (form->cell == NULL) {
            if (*form->next == '\0') {
                *ret_found = false;
                return CTES_OK;
            }
            form->row = line_at(form->next, &form->next);
            form->cell = form->row.start;
            form->column = 0;
            form->line++;
        }
        const char *row_end = span_end(form->row);
        ctes_form_span cell = cell_at(form->cell, row_end);
        size_t column = form->column++;
        bool more = span_end(cell) < row_end && form->column < COLUMNS_MAX;
        form->cell = more ? span_end(cell) + 1 : NULL;
        ctes_form_span text = trim(cell);
        if (text.length == 0)
            continue;
        ctes_form_hit hit = { .field = CTES_FORM_NONE, .line = form->line };
        size_t taken = 0;
        CTES_TRY(ctes_form_label(text, &hit.field, &taken, err));
        if (hit.field == CTES_FORM_NONE)
            continue;
        hit.slot = span(text.start + taken, span_end(cell));
        CTES_TRY(complete(form, cell, column, &hit, err));
        *ret = hit;
        *ret_found = true;
        return CTES_OK;
    }
}
