/* The package of an act: its message, its enveloppe, its archive. */
#ifndef CTES_WORKFLOW_PAQUET_H
#define CTES_WORKFLOW_PAQUET_H

#include "workflow/piece.h"

typedef struct ctes_paquet {
    ctes_nom id_acte;   /**< IDActe to be, and stem of the names */
    ctes_nom unique_id; /**< name of the message without "_0.xml" */
    ctes_nom message_nom, enveloppe_nom, archive_nom;
    ctes_look *looks; /**< [0] the document, then the annexes */
    size_t look_count;
    ctes_buffer message, enveloppe;
    ctes_buffer message_signature; /**< PEM, empty for none */
    char message_sha256[65], enveloppe_sha256[65], archive_sha256[65];
    char *archive_path;     /**< absolute; NULL until written */
    char *archive_relative; /**< to the register's folder */
    uint64_t archive_size;  /**< bytes */
} ctes_paquet;

#define CTES_PAQUET_INIT                                                                           \
    {                                                                                              \
        .message = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX),                                            \
        .enveloppe = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX),                                          \
        .message_signature = CTES_BUFFER_INIT(CTES_SIGNATURE_MAX)                                  \
    }
void ctes_paquet_clear(ctes_paquet *paquet);
#define CTES_AUTO_PAQUET CTES_CLEANUP(ctes_paquet_clear)

/** Looks at the files, names them, refuses what the norm does not take. `acte` is checked and
 *  outlives the package. */
ctes_status ctes_paquet_look(const ctes_acte *acte, const ctes_autorite *autorite, ctes_paquet *ret,
                             ctes_error *err) CTES_MUST_CHECK;

/** Signs the files, writes the message, validates and signs it. */
ctes_status ctes_paquet_write(ctes_session *session, const ctes_acte *acte, ctes_paquet *paquet,
                              ctes_error *err) CTES_MUST_CHECK;

/** Validates and signs the message that was written. */
ctes_status ctes_paquet_seal(ctes_session *session, int64_t now_ms, ctes_paquet *paquet,
                             ctes_error *err) CTES_MUST_CHECK;

/** Takes serials until the archive's name is free among the evidence, and writes enveloppe and
 *  archive under it. With `theirs` the operator's own counter gives them, if it has one. */
ctes_status ctes_paquet_number(ctes_session *session, const ctes_link *link, bool theirs,
                               ctes_paquet *paquet, ctes_error *err) CTES_MUST_CHECK;

/** Writes the enveloppe of serial `numero` of the day and validates it. */
ctes_status ctes_paquet_envelop(ctes_session *session, const ctes_autorite *autorite, ctes_date day,
                                unsigned numero, ctes_paquet *paquet,
                                ctes_error *err) CTES_MUST_CHECK;

/** Sets where the archive goes: archives/SIREN/DAY/NAME below the register's folder, which is
 *  made. */
ctes_status ctes_paquet_place(ctes_session *session, const ctes_autorite *autorite, ctes_date day,
                              ctes_paquet *paquet, ctes_error *err) CTES_MUST_CHECK;

/** Are all files still those that were looked at? @return CTES_OK or CTES_E_DOCUMENT_CHANGED. */
ctes_status ctes_paquet_unchanged(const ctes_paquet *paquet, ctes_error *err) CTES_MUST_CHECK;

/** Writes the archive to its place. */
ctes_status ctes_paquet_close(ctes_date day, ctes_paquet *paquet, ctes_error *err) CTES_MUST_CHECK;

#endif
