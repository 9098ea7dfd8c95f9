/* Inside of the manifest's reading: its columns, and what is known of the whole file. */
#ifndef CTES_DOCUMENT_MANIFEST_H
#define CTES_DOCUMENT_MANIFEST_H

#include "document/csv.h"
#include "document/matiere_nom.h"
#include "document/scdl.h"

/* X(identifier, name, required) */
#define CTES_COLUMN_LIST(X)                                                                        \
    X(CTES_COLUMN_SIRET, "COLL_SIRET", false)                                                      \
    X(CTES_COLUMN_ID, "DELIB_ID", true)                                                            \
    X(CTES_COLUMN_DATE, "DELIB_DATE", true)                                                        \
    X(CTES_COLUMN_MATIERE_CODE, "DELIB_MATIERE_CODE", false) /* or the next but one */             \
    X(CTES_COLUMN_MATIERE_NOM, "DELIB_MATIERE_NOM", false)                                         \
    X(CTES_COLUMN_MATIERE, "ACTE_MATIERE", false)                                                  \
    X(CTES_COLUMN_OBJET, "DELIB_OBJET", true)                                                      \
    X(CTES_COLUMN_NATURE, "ACTE_NATURE", false)                                                    \
    X(CTES_COLUMN_DOCUMENT, "ACTE_DOCUMENT", true)                                                 \
    X(CTES_COLUMN_DOCUMENT_TYPE, "ACTE_DOCUMENT_TYPE", false)                                      \
    X(CTES_COLUMN_SIGNATURE, "ACTE_SIGNATURE", false)                                              \
    X(CTES_COLUMN_ANNEXES, "ACTE_ANNEXES", false)                                                  \
    X(CTES_COLUMN_CLASSIFICATION_DATE, "ACTE_CLASSIFICATION_DATE", false)                          \
    X(CTES_COLUMN_PRECEDENT, "ACTE_PRECEDENT", false)                                              \
    X(CTES_COLUMN_PAPIER, "ACTE_PAPIER", false)

typedef enum ctes_column {
#define CTES_COLUMN_VALUE(id, name, required) id,
    CTES_COLUMN_LIST(CTES_COLUMN_VALUE)
#undef CTES_COLUMN_VALUE
        CTES_COLUMN_COUNT
} ctes_column;

/** A manifest being read. */
typedef struct ctes_manifest {
    const char *folder;
    size_t position[CTES_COLUMN_COUNT]; /**< index of the cell, or SIZE_MAX */
    size_t columns;                     /**< of the header */
    bool two_digits; /**< some code has a second level of two digits: no spreadsheet cut them */
    ctes_matiere_noms noms;
} ctes_manifest;

/** Text of a cell, "" when the row or the manifest lacks it. */
const char *ctes_manifest_cell(const ctes_manifest *manifest, const ctes_csv_row *row,
                               ctes_column column);

/** The name of a column. */
const char *ctes_column_name(ctes_column column);

/** Makes an act of a row. On failure `acte` holds what was understood, its number above all. */
ctes_status ctes_manifest_acte(const ctes_manifest *manifest, const ctes_csv_row *row,
                               ctes_acte *acte, ctes_error *err) CTES_MUST_CHECK;

#endif
