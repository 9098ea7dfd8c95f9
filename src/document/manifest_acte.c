/* A row of a manifest to an act. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "document/manifest.h"
#include "norm/regles.h"

/* What the readers of single fields work on. */
typedef struct row_reading {
    const ctes_manifest *manifest;
    const ctes_csv_row *row;
    ctes_acte *acte;
    ctes_error *err;
} row_reading;

static const char *cell(const row_reading *reading, ctes_column column) {
    return ctes_manifest_cell(reading->manifest, reading->row, column);
}

static ctes_status fail_cell(const row_reading *reading, ctes_column column, ctes_status code) {
    return ctes_fail(reading->err, code, NULL, "%s: %s", ctes_column_name(column),
                     cell(reading, column));
}

/* A delimiter that nobody quoted shifts every cell behind it: such a row is not understood. */
static ctes_status check_shape(const row_reading *reading) {
    const ctes_csv_row *row = reading->row;
    for (size_t i = reading->manifest->columns; i < row->count; i++)
        if (row->cells[i][0] != '\0')
            return ctes_fail(reading->err, CTES_E_MANIFEST_ROW, NULL, "%zu > %zu (%zu-%zu)",
                             row->count, reading->manifest->columns, row->line, row->last_line);
    return CTES_OK;
}

static ctes_status read_numero(const row_reading *reading) {
    const char *text = cell(reading, CTES_COLUMN_ID);
    if (text[0] == '\0')
        return fail_cell(reading, CTES_COLUMN_ID, CTES_E_NUMERO_MISSING);
    CTES_TRY(ctes_text_dup(text, &reading->acte->numero, reading->err));
    (void)ctes_text_trim(reading->acte->numero);
    return CTES_OK;
}

/* A bad SIREN is the row's fault, not the configuration's. */
static ctes_status read_siren(const row_reading *reading) {
    const char *text = cell(reading, CTES_COLUMN_SIRET);
    char siren[10] = "";
    size_t digits = 0;
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == ' ')
            continue;
        if (*at < '0' || *at > '9')
            return fail_cell(reading, CTES_COLUMN_SIRET, CTES_E_MANIFEST_ROW);
        if (digits < sizeof siren - 1)
            siren[digits] = *at;
        digits++;
    }
    if (digits == 0)
        return CTES_OK;
    if ((digits != 9 && digits != 14) || ctes_siren_check(siren, NULL) != CTES_OK)
        return fail_cell(reading, CTES_COLUMN_SIRET, CTES_E_MANIFEST_ROW);
    (void)ctes_text_copy(reading->acte->siren, sizeof reading->acte->siren, siren);
    return CTES_OK;
}

static ctes_status read_dates(const row_reading *reading) {
    const char *date = cell(reading, CTES_COLUMN_DATE);
    const char *version = cell(reading, CTES_COLUMN_CLASSIFICATION_DATE);
    if (date[0] == '\0')
        return fail_cell(reading, CTES_COLUMN_DATE, CTES_E_DATE_MISSING);
    if (ctes_date_parse(date, &reading->acte->date, NULL) != CTES_OK)
        return fail_cell(reading, CTES_COLUMN_DATE, CTES_E_DATE_INVALID);
    if (version[0] != '\0' &&
        ctes_date_parse(version, &reading->acte->classification_date, NULL) != CTES_OK)
        return fail_cell(reading, CTES_COLUMN_CLASSIFICATION_DATE, CTES_E_DATE_INVALID);
    return CTES_OK;
}

/* 7.1 is what a spreadsheet leaves of 7.10, and both exist. */
static bool may_be_cut(const ctes_matiere *matiere, ctes_matiere *ret_whole) {
    *ret_whole = *matiere;
    ret_whole->level[1] = (uint16_t)(matiere->level[1] * 10u);
    return matiere->count == 2 && matiere->level[1] < 10 &&
           ctes_matiere_libelle(ret_whole, 2) != NULL;
}

/* SCDL sheet, traps: code and name that disagree are refused; so is a code that a spreadsheet may
 * have cut when neither its own name nor any two-digit code of the file says that it did not. */
static ctes_status check_matiere(const row_reading *reading, const ctes_matiere *matiere) {
    const char *nom = cell(reading, CTES_COLUMN_MATIERE_NOM);
    ctes_matiere_accord accord = CTES_ACCORD_SILENT;
    ctes_matiere other = { .count = 0 };
    CTES_TRY(ctes_matiere_compare(&reading->manifest->noms, matiere, nom, &accord, &other,
                                  reading->err));
    if (accord == CTES_ACCORD_DISAGREES ||
        (accord == CTES_ACCORD_SILENT && !reading->manifest->two_digits &&
         may_be_cut(matiere, &other)))
        return ctes_matiere_discord(matiere, nom, &other, reading->err);
    return CTES_OK;
}

static ctes_status read_matiere(const row_reading *reading) {
    ctes_column column = CTES_COLUMN_MATIERE;
    if (cell(reading, column)[0] == '\0')
        column = CTES_COLUMN_MATIERE_CODE;
    if (cell(reading, column)[0] == '\0')
        return fail_cell(reading, column, CTES_E_MATIERE_MISSING);
    ctes_matiere matiere;
    if (ctes_matiere_parse(cell(reading, column), &matiere, NULL) != CTES_OK)
        return fail_cell(reading, column, CTES_E_MATIERE_INVALID);
    CTES_TRY(check_matiere(reading, &matiere));
    reading->acte->matiere = matiere;
    return CTES_OK;
}

static ctes_status read_objet(const row_reading *reading) {
    const char *text = cell(reading, CTES_COLUMN_OBJET);
    if (text[0] == '\0')
        return fail_cell(reading, CTES_COLUMN_OBJET, CTES_E_OBJET_MISSING);
    return ctes_text_dup(text, &reading->acte->objet, reading->err);
}

static ctes_status read_nature(const row_reading *reading) {
    const char *text = cell(reading, CTES_COLUMN_NATURE);
    reading->acte->nature = CTES_NATURE_DELIBERATION; /* what an SCDL table holds */
    if (text[0] != '\0' && ctes_nature_parse(text, &reading->acte->nature, NULL) != CTES_OK)
        return fail_cell(reading, CTES_COLUMN_NATURE, CTES_E_NATURE_INVALID);
    return CTES_OK;
}

static ctes_status read_path(const row_reading *reading, ctes_column column, char **ret) {
    const char *text = cell(reading, column);
    return text[0] == '\0' ? CTES_OK
                           : ctes_path_join(reading->manifest->folder, text, ret, reading->err);
}

static ctes_status read_document(const row_reading *reading) {
    ctes_piece *document = &reading->acte->document;
    if (cell(reading, CTES_COLUMN_DOCUMENT)[0] == '\0')
        return fail_cell(reading, CTES_COLUMN_DOCUMENT, CTES_E_DOCUMENT_MISSING);
    CTES_TRY(read_path(reading, CTES_COLUMN_DOCUMENT, &document->path));
    CTES_TRY(read_path(reading, CTES_COLUMN_SIGNATURE, &document->signature_path));
    const char *type = cell(reading, CTES_COLUMN_DOCUMENT_TYPE);
    if (!ctes_text_copy(document->type_pj, sizeof document->type_pj, type))
        return fail_cell(reading, CTES_COLUMN_DOCUMENT_TYPE, CTES_E_TYPE_PJ_INVALID);
    return CTES_OK;
}

/* "21_RP:plan.pdf" or "plan.pdf"; a colon elsewhere belongs to the name. */
static ctes_status read_annexe(const row_reading *reading, char *text) {
    enum { TYPE_LENGTH = 5 };
    text = ctes_text_trim(text);
    const char *type = NULL;
    size_t signs = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    if (signs == TYPE_LENGTH && text[TYPE_LENGTH] == ':') {
        text[TYPE_LENGTH] = '\0';
        type = text;
        text = ctes_text_trim(text + TYPE_LENGTH + 1);
    }
    if (text[0] == '\0')
        return fail_cell(reading, CTES_COLUMN_ANNEXES, CTES_E_MANIFEST_ROW);
    char *path CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_path_join(reading->manifest->folder, text, &path, reading->err));
    return ctes_acte_add_annexe(reading->acte, path, type, NULL, reading->err);
}

static ctes_status read_annexes(const row_reading *reading) {
    char *list CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_dup(cell(reading, CTES_COLUMN_ANNEXES), &list, reading->err));
    char *rest = list[0] != '\0' ? list : NULL;
    for (char *item; (item = strsep(&rest, "|")) != NULL;)
        CTES_TRY(read_annexe(reading, item));
    return CTES_OK;
}

static ctes_status read_rest(const row_reading *reading) {
    ctes_acte *acte = reading->acte;
    if (!ctes_text_copy(acte->precedent, sizeof acte->precedent,
                        cell(reading, CTES_COLUMN_PRECEDENT)))
        return fail_cell(reading, CTES_COLUMN_PRECEDENT, CTES_E_PRECEDENT_INVALID);
    static const char *const YES[] = { "O", "oui", "1" }, *const NO[] = { "", "N", "non", "0" };
    const char *papier = cell(reading, CTES_COLUMN_PAPIER);
    for (size_t i = 0; i < sizeof YES / sizeof YES[0]; i++)
        acte->document_papier = acte->document_papier || ctes_text_same(papier, YES[i]);
    for (size_t i = 0; i < sizeof NO / sizeof NO[0]; i++)
        if (acte->document_papier || ctes_text_same(papier, NO[i]))
            return CTES_OK;
    return fail_cell(reading, CTES_COLUMN_PAPIER, CTES_E_MANIFEST_ROW);
}

ctes_status ctes_manifest_acte(const ctes_manifest *manifest, const ctes_csv_row *row,
                               ctes_acte *acte, ctes_error *err) {
    /* number and authority first: they name the act in whatever is reported about it */
    static ctes_status (*const READERS[])(const row_reading *) = {
        read_numero, read_siren,  check_shape,   read_dates,   read_matiere,
        read_objet,  read_nature, read_document, read_annexes, read_rest,
    };
    row_reading reading = { manifest, row, acte, err };
    for (size_t i = 0; i < sizeof READERS / sizeof READERS[0]; i++)
        CTES_TRY(READERS[i](&reading));
    return CTES_OK;
}
