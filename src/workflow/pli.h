/*
 * What leaves in one piece: an enveloppe with the messages of one authority that it names, and the
 * files of those messages, in one archive. Mostly one message; several acts may travel together
 * (norm sheet § 1: `Formulaire` is unbounded), each is acknowledged on its own all the same.
 */
#ifndef CTES_WORKFLOW_PLI_H
#define CTES_WORKFLOW_PLI_H

#include "workflow/paquet.h"

typedef struct ctes_pli {
    ctes_nom enveloppe_nom, archive_nom;
    ctes_buffer enveloppe;
    char enveloppe_sha256[65], archive_sha256[65];
    char *archive_path;     /**< absolute; NULL until written */
    char *archive_relative; /**< to the register's folder */
    uint64_t archive_size;  /**< bytes */
} ctes_pli;

#define CTES_PLI_INIT                                                                              \
    { .enveloppe = CTES_BUFFER_INIT(CTES_XML_SIZE_MAX) }
void ctes_pli_clear(ctes_pli *pli);
#define CTES_AUTO_PLI CTES_CLEANUP(ctes_pli_clear)

/** Takes serials until the archive's name is free among the evidence, and writes enveloppe and
 *  archive of the messages, in their order, under it: archives/SIREN/DAY/NAME below the register's
 *  folder. With `theirs` the operator's own counter gives the serials, if it has one.
 *  @return CTES_OK, CTES_E_DOCUMENT_CHANGED, CTES_E_TOO_LARGE, CTES_E_LIMIT, or why it could not be
 *          written. */
ctes_status ctes_pli_make(ctes_session *session, const ctes_link *link, bool theirs,
                          const ctes_paquet *const *paquets, size_t count, ctes_pli *ret,
                          ctes_error *err) CTES_MUST_CHECK;

/** Writes and validates the enveloppe alone, of serial `numero` of the day. */
ctes_status ctes_pli_envelop(ctes_session *session, const ctes_autorite *autorite, ctes_date day,
                             unsigned numero, const ctes_paquet *const *paquets, size_t count,
                             ctes_pli *ret, ctes_error *err) CTES_MUST_CHECK;

#endif
