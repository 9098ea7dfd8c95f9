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

/* The delimiter that the header line uses most, quoted text aside. */
static char find_delimiter(const char *text) {
    static const char CHOICE[] = ",;\t";
    size_t counts[sizeof CHOICE] = { 0 };
    bool quoted = false;
    for (; *text != '\0' && (quoted || (*text != '\n' && *text != '\r')); text++) {
        const char *found = strchr(CHOICE, *text);
        if (*text == '"')
            quoted = !quoted;
        else if (found != NULL && !quoted)
            counts[found - CHOICE]++;
    }
    size_t best = 0;
    for (size_t i = 1; i < sizeof CHOICE - 1; i++)
        if (counts[i] > counts[best])
            best = i;
    return CHOICE[best];
}

/* "sep=;" alone on the first line is a note from one spreadsheet to another. */
static const char *skip_note(const char *text, size_t *line, char *delimiter) {
    size_t length = strcspn(text, "\r\n");
    if (length == strlen("sep=;") && strncasecmp(text, "sep=", strlen("sep=")) == 0 &&
        strchr(",;\t", text[length - 1]) != NULL) {
        *delimiter = text[length - 1];
        text += length;
        text += *text == '\r';
        text += *text == '\n';
        (*line)++;
    }
    return text;
}

static ctes_status read_text(const char *text, ctes_manifest *manifest, ctes_manifest_fn each,
                             void *user, ctes_error *err) {
    size_t line = 1;
    char delimiter = '\0';
    text = skip_note(text, &line, &delimiter);
    const char *header = text + strspn(text, "\r\n");
    if (delimiter == '\0')
        delimiter = find_delimiter(header);
    size_t length = strlen(text);
    CTES_TRY(ctes_csv_read(text, length, delimiter, line, survey_row, manifest, err));
    if (manifest->columns == 0)
        return ctes_fail(err, CTES_E_MANIFEST_INVALID, NULL, "%s", "");
    CTES_TRY(ctes_matiere_noms_load(&manifest->noms, err));
    delivery state = { .manifest = manifest, .each = each, .user = user };
    return ctes_csv_read(text, length, delimiter, line, deliver_row, &state, err);
}

ctes_status ctes_manifest_read(const char *bytes, size_t length, const char *folder,
                               ctes_manifest_fn each, void *user, ctes_error *err) {
    if (length > CTES_MANIFEST_MAX)
        return ctes_source_fail(ctes_fail(err, CTES_E_LIMIT, NULL, "> %u", CTES_MANIFEST_MAX), 0,
                                err);
    char *text CTES_AUTO_FREE = NULL;
    ctes_status status = ctes_source_decode(bytes, length, false, &text, err);
    if (status != CTES_OK)
        return ctes_source_fail(status, 0, err);
    ctes_manifest manifest = { .folder = folder };
    for (size_t column = 0; column < CTES_COLUMN_COUNT; column++)
        manifest.position[column] = SIZE_MAX;
    status = read_text(text, &manifest, each, user, err);
    return status == CTES_OK ? CTES_OK : ctes_source_fail(status, 0, err);
}
