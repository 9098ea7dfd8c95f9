/*
 * The fiche: the form that authorities really hold for a deliberation, read and given back with
 * its two blanks filled in ("Date de réception en préfecture", "Identifiant de télétransmission").
 */
#ifndef CTES_DOCUMENT_FICHE_H
#define CTES_DOCUMENT_FICHE_H

#include <ctes/acte.h>

#include "base/buffer.h"

#define CTES_FICHE_MAX (1u << 20) /**< bytes */

/** Reads number, decision date, subject, matière and nature from a form's text into `acte`; what is
 *  already set there stays, and what the form says of it is not looked at. Labels are recognised
 *  at the start of a line or table cell, without regard to case, accents, typographic signs or
 *  spacing; values may stand on the label's line, behind tabs or table bars, or on the next line.
 *  UTF-8 (with or without BOM), Windows-1252 or ISO-8859-1. The whole text (as UTF-8) is kept in
 *  `acte->fiche`.
 *  @return CTES_OK (also when fields are missing: the act's own check tells), CTES_E_LIMIT,
 *          CTES_E_CHARSET (UTF-16, a NUL byte), CTES_E_FICHE_INVALID (no label of a fiche at all),
 *          CTES_E_MATIERE_DISCORDANT when "7.1" and "Divers" disagree, and the parsers' codes;
 *          `err->line` is the line. On failure `acte` is as it was. */
ctes_status ctes_fiche_read(const char *bytes, size_t length, ctes_acte *acte,
                            ctes_error *err) CTES_MUST_CHECK;

/** Writes the form again, changed only in the two blanks (and "Affichée le" never): `reception`
 *  as "28 juin 2022". A blank already filled in with the same value stays; one with another value
 *  is CTES_E_FICHE_INVALID: a date of reception is never overwritten. Blanks that the form lacks
 * are added at its end. */
ctes_status ctes_fiche_fill(const char *fiche, ctes_date reception, const char *id_acte,
                            ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

#endif
