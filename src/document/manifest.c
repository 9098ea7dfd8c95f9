/* The batch's manifest: header, delimiter, and the walk over the rows. */
#include "document/manifest.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "document/source.h"

static const struct {
    const char *name;
    bool required;
} COLUMNS[] = {
#define COLUMN_ROW(id, name, required) { name, required },
    CTES_COLUMN_LIST(COLUMN_ROW)
#undef COLUMN_ROW
};

const char *ctes_column_name(ctes_column column) {
    return COLUMNS[column].name;
}

const char *ctes_manifest_cell(const ctes_manifest *manifest, const ctes_csv_row *row,
                               ctes_column column) {
    size_t position = manifest->position[column];
    return position < row->count ? row->cells[position] : "";
}

static ctes_status read_header(ctes_manifest *manifest, const ctes_csv_row *row, ctes_error *err) {
    manifest->columns = row->count;
    for (size_t i = 0; i < row->count; i++) {
        for (size_t column = 0; column < CTES_COLUMN_COUNT; column++) {
            if (!ctes_text_same(row->cells[i], COLUMNS[column].name))
                continue;
            if (manifest->position[column] != SIZE_MAX)
                return ctes_fail(err, CTES_E_MANIFEST_INVALID, NULL, "2 × %s",
                                 COLUMNS[column].name);
            manifest->position[column] = i;
        }
    }
    for (size_t column = 0; column < CTES_COLUMN_COUNT; column++)
        if (COLUMNS[column].required && manifest->position[column] == SIZE_MAX)
            return ctes_fail(err, CTES_E_MANIFEST_INVALID, NULL, "%s", COLUMNS[column].name);
    if (manifest->position[CTES_COLUMN_MATIERE_CODE] == SIZE_MAX &&
        manifest->position[CTES_COLUMN_MATIERE] == SIZE_MAX)
        return ctes_fail(err, CTES_E_MANIFEST_INVALID, NULL, "%s",
                         COLUMNS[CTES_COLUMN_MATIERE_CODE].name);
    return CTES_OK;
}

static bool has_two_digits(const char *code) {
    ctes_matiere matiere;
    return ctes_matiere_parse(code, &matiere, NULL) == CTES_OK && matiere.level[1] >= 10;
}

/* First reading: the header, and what only the whole file tells; nothing is handed over before the
 * file is known to be whole. */
static ctes_status survey_row(void *user, const ctes_csv_row *row, ctes_error *err) {
    ctes_manifest *manifest = user;
    if (manifest->columns == 0) {
        ctes_status status = read_header(manifest, row, err);
        return status == CTES_OK ? CTES_OK : ctes_source_fail(status, row->line, err);
    }
    manifest->two_digits =
        manifest->two_digits ||
        has_two_digits(ctes_manifest_cell(manifest, row, CTES_COLUMN_MATIERE_CODE)) ||
        has_two_digits(ctes_manifest_cell(manifest, row, CTES_COLUMN_MATIERE));
    return CTES_OK;
}

typedef struct delivery {
    const ctes_manifest *manifest;
    ctes_manifest_fn each;
    void *user;
    bool header_seen;
} delivery;

static bool is_empty(const ctes_csv_row *row) {
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i][0] != '\0')
            return false;
    return true;
}

static ctes_status deliver_row(void *user, const ctes_csv_row *row, ctes_error *err) {
    delivery *state = user;
    bool header = !state->header_seen;
    state->header_seen = true;
    if (header || is_empty(row)) /* spreadsheets leave rows of delimiters behind */
        return CTES_OK;
    ctes_manifest_row act = {
        .line = row->line, .acte = CTES_ACTE_INIT, .status = CTES_OK, .error = CTES_ERROR_INIT
    };
    act.status = ctes_manifest_acte(state->manifest, row, &act.acte, &act.error);
    if (act.status != CTES_OK) {
        act.error.line = (int)row->line;
        act.status = ctes_fail_at(&act.error, act.status, CTES_STAGE_DOCUMENT, act.acte.numero);
    }
    ctes_status status =
        act.status == CTES_E_MEMORY ? ctes_fail_memory(err) : state->each(state->user, &act, err);
    ctes_acte_clear(&act.acte);
    return status;
}

/* --- where the table begins, and what parts its cells ------------------------------------------
 */

static const char DELIMITERS[] = { ',', ';', '\t' };

/* "sep=;" alone on the first line is a note from one spreadsheet to another. */
static bool is_note(const char *line, size_t length, char *ret_delimiter) {
    static const char NOTE[] = "sep=";
    size_t end = length;
    while (end > 0 && (line[end - 1] == '\n' || line[end - 1] == '\r'))
        end--;
    if (end != sizeof NOTE || strncasecmp(line, NOTE, strlen(NOTE)) != 0 ||
        memchr(DELIMITERS, line[end - 1], sizeof DELIMITERS) == NULL)
        return false;
    *ret_delimiter = line[end - 1];
    return true;
}

/* Counts delimiters outside of quotes; returns whether the line ends within some. */
static bool count_delimiters(const char *line, size_t length, bool quoted,
                             size_t counts[static sizeof DELIMITERS]) {
    for (size_t i = 0; i < length; i++) {
        const char *found = memchr(DELIMITERS, line[i], sizeof DELIMITERS);
        if (line[i] == '"')
            quoted = !quoted;
        else if (found != NULL && !quoted)
            counts[found - DELIMITERS]++;
    }
    return quoted;
}

/* The delimiter that the header uses most: the first line with anything in it, and those that its
 * quotes go on into. Without a note the table begins at the first line, else at the second. */
static ctes_status find_start(ctes_lines *lines, char *ret_delimiter, size_t *ret_line,
                              ctes_error *err) {
    const char *line = NULL;
    size_t length = 0, counts[sizeof DELIMITERS] = { 0 }, best = 0;
    CTES_TRY(ctes_lines_next(lines, &line, &length, err));
    *ret_line = is_note(line, length, ret_delimiter) ? 2 : 1;
    if (*ret_line == 2)
        return CTES_OK;
    bool seen = false, quoted = false;
    while (length > 0 && (quoted || !seen)) {
        seen = seen || (line[0] != '\r' && line[0] != '\n');
        quoted = count_delimiters(line, length, quoted, counts);
        CTES_TRY(ctes_lines_next(lines, &line, &length, err));
    }
    for (size_t i = 1; i < sizeof DELIMITERS; i++)
        if (counts[i] > counts[best])
            best = i;
    *ret_delimiter = DELIMITERS[best];
    return CTES_OK;
}

static ctes_status go_to(ctes_lines *lines, size_t first_line, ctes_error *err) {
    const char *note = NULL;
    size_t length = 0;
    CTES_TRY(ctes_lines_rewind(lines, err));
    return first_line > 1 ? ctes_lines_next(lines, &note, &length, err) : CTES_OK;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static ctes_status read_table(ctes_lines *lines, ctes_manifest *manifest, ctes_manifest_fn each,
                              void *user, ctes_error *err) {
    size_t first = 1;
    char delimiter = '\0';
    CTES_TRY(find_start(lines, &delimiter, &first, err));
    CTES_TRY(go_to(lines, first, err));
    CTES_TRY(ctes_csv_read(lines, delimiter, first, survey_row, manifest, err));
    if (manifest->columns == 0)
        return ctes_fail(err, CTES_E_MANIFEST_INVALID, NULL, "%s", "");
    CTES_TRY(ctes_matiere_noms_load(&manifest->noms, err));
    CTES_TRY(go_to(lines, first, err));
    delivery state = { .manifest = manifest, .each = each, .user = user };
    return ctes_csv_read(lines, delimiter, first, deliver_row, &state, err);
}

static ctes_status read_lines(FILE *file, ctes_manifest *manifest, ctes_manifest_fn each,
                              void *user, ctes_error *err) {
    ctes_lines lines CTES_CLEANUP(ctes_lines_clear) = { .file = NULL };
    CTES_TRY(ctes_lines_open(file, CTES_MANIFEST_MAX, &lines, err));
    return read_table(&lines, manifest, each, user, err);
}

ctes_status ctes_manifest_read(FILE *file, const char *folder, ctes_manifest_fn each, void *user,
                               ctes_error *err) {
    ctes_manifest manifest = { .folder = folder };
    for (size_t column = 0; column < CTES_COLUMN_COUNT; column++)
        manifest.position[column] = SIZE_MAX;
    ctes_status status = read_lines(file, &manifest, each, user, err);
    return status == CTES_OK ? CTES_OK : ctes_source_fail(status, 0, err);
}
