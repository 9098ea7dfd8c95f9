/*
 * Papers made from the register: the stamped copy of an act (« tampon ») and the acknowledgement
 * slip (« bordereau d'acquittement »), both PDF. The document that was sent is never written to.
 */
#ifndef CTES_DOCUMENT_H
#define CTES_DOCUMENT_H

#include <ctes/acte.h>
#include <ctes/context.h>
#include <ctes/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** "haut-droite", "haut", "haut-gauche", "bas-droite", "bas", "bas-gauche", or two percentages
 *  "70% 10%": how far from the left and from the top, of the room that the page leaves.
 *  @return CTES_OK or CTES_E_CONFIG_INVALID. */
ctes_status ctes_tampon_place_parse(const char *text, ctes_tampon_place *ret, ctes_error *err);

/** "first" ("premiere"), "all" ("toutes"). @return CTES_OK or CTES_E_CONFIG_INVALID. */
ctes_status ctes_tampon_pages_parse(const char *text, ctes_tampon_pages *ret, ctes_error *err);

/** Why the stamp went on a cover page and the document into it, byte for byte. */
typedef enum ctes_stamp_reason {
    CTES_STAMP_ON_PAGES,  /**< it did not: the pages bear the stamp */
    CTES_STAMP_SIGNED,    /**< the document carries a signature (or a field for one) */
    CTES_STAMP_ENCRYPTED, /**< with or without a password to open it */
    CTES_STAMP_DAMAGED,   /**< its structure would have to be guessed */
    CTES_STAMP_NOT_PDF,
    CTES_STAMP_TOO_LARGE, /**< more pages, or larger ones in bytes, than are handled */
    CTES_STAMP_NO_ROOM    /**< a page on which the stamp could not be read */
} ctes_stamp_reason;

/** Stable machine name ("signed"); "on-pages" for CTES_STAMP_ON_PAGES. */
const char *ctes_stamp_reason_name(ctes_stamp_reason reason);

typedef struct ctes_stamp_options {
    ctes_tampon tampon;   /**< where, and on which pages; unset members: top right, first page */
    ctes_date published;  /**< « Publié le »; not given: left blank */
    bool simulated;       /**< a test platform: « simulé » is written on it */
    const char *autorite; /**< name of the authority for the cover page, or NULL */
} ctes_stamp_options;

/** Writes the stamped copy of an acknowledged act's document to `output`, at once and whole,
 *  readable by the group (0640). The document must still be the one that was sent.
 *  @return CTES_OK, CTES_E_NOT_YET (no acknowledgement), CTES_E_ACTE_STATE (none will come, or the
 *          act was cancelled), CTES_E_DOCUMENT_MISSING,
 *          CTES_E_DOCUMENT_UNREADABLE, CTES_E_DOCUMENT_CHANGED (other bytes than were sent),
 *          CTES_E_USAGE (`output` is a file of the act), CTES_E_TOO_LARGE, and what writing gives.
 */
ctes_status ctes_stamp_write(const ctes_context *context, const ctes_record *record,
                             const ctes_stamp_options *options, const char *output,
                             ctes_stamp_reason *ret, ctes_error *err);

typedef struct ctes_bordereau_options {
    const char *autorite; /**< name of the authority, or NULL */
    bool simulated;
} ctes_bordereau_options;

/** Writes one slip for `count` acts (a session of the council) of one authority, with their files
 *  and what happened to each; acts that wait for their acknowledgement are shown so.
 *  @return CTES_OK, CTES_E_USAGE (no act, several authorities, `output` is a file of an act), and
 *          what the register and writing give. */
ctes_status ctes_bordereau_write(const ctes_context *context, ctes_ledger *ledger,
                                 const ctes_record *records, size_t count,
                                 const ctes_bordereau_options *options, const char *output,
                                 ctes_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
