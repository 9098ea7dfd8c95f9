/* The files of an act, looked at before anything is made of them. */
#ifndef CTES_WORKFLOW_PIECE_H
#define CTES_WORKFLOW_PIECE_H

#include "norm/nom.h"
#include "norm/regles.h"
#include "sign/sign.h"
#include "workflow/session.h"

/** What is known of a file once it was looked at. */
typedef struct ctes_look {
    const ctes_piece *piece; /**< borrowed from the act */
    char *path;              /**< absolute: the register is read from other folders too */
    ctes_format format;
    uint64_t size; /**< bytes */
    ctes_hash hash;
    char sha256[65]; /**< the same, in hexadecimal */
    int64_t mtime_s, mtime_ns;
    uint64_t inode;
    ctes_nom nom;          /**< name of the norm */
    ctes_buffer signature; /**< PEM, empty for none */
} ctes_look;

#define CTES_LOOK_INIT                                                                             \
    { .signature = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX) }
void ctes_look_clear(ctes_look *look);

/** Opens, measures, hashes and sniffs a file; refuses a locked PDF.
 *  @return CTES_OK, CTES_E_DOCUMENT_MISSING, _UNREADABLE, _EMPTY, _LOCKED, CTES_E_TOO_LARGE. */
ctes_status ctes_look_at(const ctes_piece *piece, ctes_look *ret, ctes_error *err) CTES_MUST_CHECK;

/** Appends the signature that was handed over with a file, as PEM, once it is found to be of the
 *  file; nothing when there is none.
 *  @return CTES_OK, CTES_E_SIGNATURE_INVALID, or why it or the file cannot be read. */
ctes_status ctes_piece_signature(const ctes_piece *piece, ctes_buffer *out,
                                 ctes_error *err) CTES_MUST_CHECK;

/** The detached signature of a file into the empty `look->signature`: the one handed over, checked
 * against the file, or ours when the session signs, or none. */
ctes_status ctes_look_sign(ctes_session *session, ctes_look *look, int64_t now_ms,
                           ctes_error *err) CTES_MUST_CHECK;

/** The file as an operator's form takes it; borrowed from `look`. */
ctes_depot_piece ctes_look_depot(const ctes_look *look);

/** Is the file still the one that was looked at? @return CTES_OK or CTES_E_DOCUMENT_CHANGED. */
ctes_status ctes_look_again(const ctes_look *look, ctes_error *err) CTES_MUST_CHECK;

#endif
