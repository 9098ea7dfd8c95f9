/*
 * Tables of deliberations: the batch's manifest, read as spreadsheets really write it, and the
 * national open-data schema SCDL « délibérations » (../shared/spec/scdl-deliberations.md), written.
 */
#ifndef CTES_DOCUMENT_SCDL_H
#define CTES_DOCUMENT_SCDL_H

#include <stdio.h>

#include <ctes/acte.h>
#include <ctes/ledger.h>

#include "base/buffer.h"

#define CTES_MANIFEST_MAX     (64u << 20) /**< bytes */
#define CTES_MANIFEST_ROWS    200000
#define CTES_MANIFEST_COLUMNS 128
#define CTES_MANIFEST_CELL    (64u << 10)

/** A row of a manifest. `status` tells whether the row can be an act; a bad row is reported and the
 *  reading goes on. */
typedef struct ctes_manifest_row {
    size_t line;    /**< line of the file at which the row starts, from 1 */
    ctes_acte acte; /**< the callback may take it by clearing the original */
    ctes_status status;
    ctes_error error;
} ctes_manifest_row;

/** Return a failure to stop. */
typedef ctes_status (*ctes_manifest_fn)(void *user, ctes_manifest_row *row, ctes_error *err);

/** Reads a manifest, a line at a time: a header line naming SCDL's columns and ours, in any order
 * and case, then one act a line. Delimiter `,` `;` or tab; UTF-8 with or without BOM, or
 * Windows-1252; dates 2022-06-27 or 27/06/2022. Columns read: COLL_SIRET (→ siren), DELIB_ID,
 * DELIB_DATE, DELIB_MATIERE_CODE, DELIB_MATIERE_NOM, DELIB_OBJET; ours: ACTE_NATURE (default DE),
 *  ACTE_MATIERE (full code, 3 to 5 levels, in place of DELIB_MATIERE_CODE), ACTE_DOCUMENT (path,
 *  relative to `folder`), ACTE_DOCUMENT_TYPE, ACTE_SIGNATURE, ACTE_ANNEXES ("TYPE:path|TYPE:path"),
 *  ACTE_CLASSIFICATION_DATE, ACTE_PRECEDENT, ACTE_PAPIER (O/N). Other columns are left alone.
 *
 *  A code and a name that disagree (7.1 beside "finances locales/divers": a spreadsheet's doing)
 *  is CTES_E_MATIERE_DISCORDANT for the row. So is a 7.1 whose row does not name the second level,
 *  unless the file has a code of two digits somewhere: both exist, and none of it is guessed.
 *  The whole file is looked at before the first row is handed over; it can be sought in.
 *  @return CTES_OK, CTES_E_MANIFEST_INVALID (no header, a required column missing, twice the same
 *          column, a quote that is never closed), CTES_E_CHARSET, CTES_E_LIMIT, or
 *          what `each` returned. */
ctes_status ctes_manifest_read(FILE *file, const char *folder, ctes_manifest_fn each, void *user,
                               ctes_error *err) CTES_MUST_CHECK;

/** Header line of the SCDL table, with our column ACTE_ID at the end if `with_id`. */
ctes_status ctes_scdl_header(bool with_id, ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

/** One line: DELIB_ID is the number as its authority writes it, PREF_ID the supervising body made
 *  from the département ("PREF086"), PREF_DATE the date of reception, only when acknowledged.
 *  Subjects are quoted per RFC 4180; a cell that a spreadsheet would run as a formula is not
 *  altered (the schema takes text as it is).
 *  @return CTES_OK, CTES_E_USAGE for an act that is no deliberation or an authority without NIC
 *          or of another SIREN, CTES_E_MATIERE_UNKNOWN for a code outside the national tree. */
ctes_status ctes_scdl_row(const ctes_record *record, const ctes_autorite *autorite, bool with_id,
                          ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

#endif
