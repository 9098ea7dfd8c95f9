/* What an act sends: its message and its files. An enveloppe carries one such or several (pli.h).
 */
#ifndef CTES_WORKFLOW_PAQUET_H
#define CTES_WORKFLOW_PAQUET_H

#include "workflow/piece.h"

typedef struct ctes_paquet {
    ctes_nom id_acte;   /**< IDActe to be, and stem of the names */
    ctes_nom unique_id; /**< name of the message without "_0.xml" */
    ctes_nom message_nom;
    ctes_look *looks; /**< [0] the document, then the annexes */
    size_t look_count;
    uint64_t volume; /**< bytes of the files looked at */
    ctes_buffer message;
    ctes_buffer message_signature; /**< PEM, empty for none */
    char message_sha256[65];
} ctes_paquet;

#define CTES_PAQUET_INIT                                                                           \
    {                                                                                              \
        .message = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX),                                            \
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

/** Are all files still those that were looked at? @return CTES_OK or CTES_E_DOCUMENT_CHANGED. */
ctes_status ctes_paquet_unchanged(const ctes_paquet *paquet, ctes_error *err) CTES_MUST_CHECK;

#endif
