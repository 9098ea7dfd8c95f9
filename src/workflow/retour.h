/*
 * A parcel taken apart: its files lie numbered in a folder of ours and are found by the names that
 * the parcel gives them. The enveloppe is found by its root, wherever it stands (norm sheet § 9.4).
 */
#ifndef CTES_WORKFLOW_RETOUR_H
#define CTES_WORKFLOW_RETOUR_H

#include "base/cleanup.h"
#include "norm/message.h"
#include "workflow/session.h"

#define CTES_RETOUR_FILES_MAX 1000

typedef struct ctes_retour_file {
    char *nom;  /**< what the parcel calls it, folders dropped: not a path */
    char *path; /**< where it lies */
    uint64_t size;
} ctes_retour_file;

typedef struct ctes_retour {
    ctes_retour_file *files;
    size_t count, room;
    char *words; /**< what a mail says besides its attachments; NULL for an archive */
    const ctes_retour_file *enveloppe; /**< NULL: there is none */
    ctes_message contents; /**< of the enveloppe: EnveloppeMISILLCL or AnomalieEnveloppe */
    bool holds_xml;        /**< some file is a document of the norm */
} ctes_retour;

#define CTES_RETOUR_INIT                                                                           \
    { .contents = CTES_MESSAGE_INIT }
void ctes_retour_clear(ctes_retour *retour);
#define CTES_AUTO_RETOUR CTES_CLEANUP(ctes_retour_clear)

/** Takes a parcel apart into the empty `folder` and looks for its enveloppe.
 *  @return CTES_OK (also without an enveloppe), or why it cannot be read: what reading archives and
 *          mails can give, CTES_E_ARCHIVE_LIMIT, CTES_E_ARCHIVE_MEMBER for two enveloppes; the
 *          disk's and CTES_E_MEMORY. */
ctes_status ctes_retour_open(ctes_session *session, const ctes_parcel *parcel, const char *folder,
                             ctes_retour *ret, ctes_error *err) CTES_MUST_CHECK;

/** The file that a message names; NULL if there is none. Folders in `nom` do not count. */
ctes_retour_file *ctes_retour_find(const ctes_retour *retour, const char *nom);

/** Reads a file that may be a message.
 *  @return CTES_OK, CTES_E_XML_LIMIT for one that is too large, the disk's. */
ctes_status ctes_retour_bytes(const ctes_retour_file *file, ctes_buffer *ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** Is the parcel the préfecture's reminder to send the paper, which is a mail without XML that
 *  speaks of "multi canal"? */
bool ctes_retour_is_reminder(const ctes_retour *retour);

/** Adds a file, for the readers of parcels. */
ctes_status ctes_retour_add(ctes_retour *retour, const char *nom, const char *path, uint64_t size,
                            ctes_error *err) CTES_MUST_CHECK;

#endif
