/* The national table of deliberations, written. */
#include "document/scdl.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "document/csv.h"
#include "document/matiere_nom.h"
#include "norm/regles.h"

/* The schema's columns in its order */
#define SCDL_COLUMNS(X)                                                                            \
    X(COLL_NOM)                                                                                    \
    X(COLL_SIRET)                                                                                  \
    X(DELIB_ID)                                                                                    \
    X(DELIB_DATE)                                                                                  \
    X(DELIB_MATIERE_CODE)                                                                          \
    X(DELIB_MATIERE_NOM)                                                                           \
    X(DELIB_OBJET)                                                                                 \
    X(BUDGET_ANNEE)                                                                                \
    X(BUDGET_NOM)                                                                                  \
    X(PREF_ID)                                                                                     \
    X(PREF_DATE)                                                                                   \
    X(VOTE_EFFECTIF)                                                                               \
    X(VOTE_REEL)                                                                                   \
    X(VOTE_POUR)                                                                                   \
    X(VOTE_CONTRE)                                                                                 \
    X(VOTE_ABSTENTION)                                                                             \
    X(DELIB_URL)                                                                                   \
    X(ACTE_ID) /* ours */

enum {
#define COLUMN_VALUE(name) name,
    SCDL_COLUMNS(COLUMN_VALUE)
#undef COLUMN_VALUE
        COLUMN_COUNT
};

static ctes_status write_line(const char *const cells[static COLUMN_COUNT], bool with_id,
                              ctes_buffer *out, ctes_error *err) {
    ctes_buffer line CTES_AUTO_BUFFER = CTES_BUFFER_INIT(out->max);
    size_t count = with_id ? COLUMN_COUNT : ACTE_ID;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            CTES_TRY(ctes_buffer_puts(&line, ",", err));
        CTES_TRY(ctes_csv_cell(&line, cells[i], err));
    }
    CTES_TRY(ctes_buffer_puts(&line, "\r\n", err)); /* RFC 4180 § 2 */
    return ctes_buffer_append(out, line.data, line.length, err);
}

ctes_status ctes_scdl_header(bool with_id, ctes_buffer *out, ctes_error *err) {
    static const char *const NAMES[COLUMN_COUNT] = {
#define COLUMN_NAME(name) #name,
        SCDL_COLUMNS(COLUMN_NAME)
#undef COLUMN_NAME
    };
    ctes_status status = write_line(NAMES, with_id, out, err);
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, NULL);
}

static ctes_status check_row(const ctes_record *record, const ctes_autorite *autorite,
                             ctes_error *err) {
    if (record->nature != CTES_NATURE_DELIBERATION)
        return ctes_fail(err, CTES_E_USAGE, record->numero, "%s",
                         ctes_nature_abrege(record->nature));
    if (strspn(autorite->nic, "0123456789") != 5 || autorite->nom == NULL)
        return ctes_fail(err, CTES_E_USAGE, record->numero, "SIRET");
    if (strcmp(record->siren, autorite->siren) != 0)
        return ctes_fail(err, CTES_E_USAGE, record->numero, "SIREN %s", record->siren);
    return CTES_OK;
}

static ctes_status write_row(const ctes_record *record, const ctes_autorite *autorite, bool with_id,
                             ctes_buffer *out, ctes_error *err) {
    char siret[15], date[11], reception[11] = "", code[32], prefecture[8];
    char nom[CTES_MATIERE_NOM_MAX + 1];
    CTES_TRY(check_row(record, autorite, err));
    (void)snprintf(siret, sizeof siret, "%s%s", autorite->siren, autorite->nic);
    (void)snprintf(prefecture, sizeof prefecture, "PREF%s", autorite->departement);
    ctes_date_format(record->date, date);
    if (ctes_state_acknowledged(record->state)) /* refused or cancelled acts have none */
        ctes_date_format(record->reception, reception);
    ctes_matiere matiere = record->matiere;
    CTES_TRY(ctes_matiere_nom(&matiere, nom, err));
    matiere.count = 2; /* the schema takes two levels */
    ctes_matiere_format(&matiere, code);
    const char *cells[COLUMN_COUNT] = {
        [COLL_NOM] = autorite->nom,
        [COLL_SIRET] = siret,
        [DELIB_ID] = record->numero,
        [DELIB_DATE] = date,
        [DELIB_MATIERE_CODE] = code,
        [DELIB_MATIERE_NOM] = nom,
        [DELIB_OBJET] = record->objet,
        [PREF_ID] = prefecture,
        [PREF_DATE] = reception,
        [ACTE_ID] = ctes_state_acknowledged(record->state) ? record->id_acte : NULL,
    };
    return write_line(cells, with_id, out, err);
}

ctes_status ctes_scdl_row(const ctes_record *record, const ctes_autorite *autorite, bool with_id,
                          ctes_buffer *out, ctes_error *err) {
    ctes_status status = write_row(record, autorite, with_id, out, err);
    return status == CTES_OK ? CTES_OK
                             : ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, record->numero);
}
