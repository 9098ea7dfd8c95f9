/*
 * A transfer to an archiving service (« versement »): a directory with the manifest of SEDA 2.1 and
 * the files of acknowledged acts, as they were sent, with what the préfecture answered.
 */
#ifndef CTES_VERSEMENT_H
#define CTES_VERSEMENT_H

#include <ctes/acte.h>
#include <ctes/context.h>
#include <ctes/ledger.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define CTES_VERSEMENT_ACTES_MAX 5000

/** What the archiving service agreed on. The strings are borrowed. */
typedef struct ctes_versement_options {
    const char *service_archives; /**< identifier of the archiving service */
    const char *service_versant;  /**< of who transfers; NULL: SIREN of the authority */
    const char *producteur;       /**< who made the acts, as the archiving service knows them; NULL:
                                       SIREN of their authority */
    const char *accord;           /**< transfer agreement, or NULL */
    const char *profil;           /**< profile of the archives, or NULL */
    const char *niveau_service;   /**< level of service, or NULL */
    const char *mode_entree;      /**< how they enter ("Versement"), or NULL */
    const char *regle_utilite;    /**< rule of retention ("APP-00005"), or NULL */
    bool detruire;                /**< what that rule ends with: destroyed, else kept */
    const char *regle_acces;      /**< rule of access ("ACC-00002"), or NULL */
    const char *archives;         /**< folder of the packages that were sent; NULL: that of the
                                       register's file */
    const char *schemas;          /**< folder of the XSD files */
} ctes_versement_options;

/** Makes the new folder `output` with manifest.xml and content/; it appears whole or not at all.
 *  The documents come from the package that was sent, and must be what the register says: the
 *  files that the act was made from are not needed any more.
 *  @return CTES_OK, CTES_E_USAGE (no act, too many, `output` exists), CTES_E_CONFIG_INVALID (no
 *          service_archives), CTES_E_NOT_YET for an act without acknowledgement,
 *          CTES_E_ACTE_STATE for one that gets none or was cancelled, CTES_E_NOT_FOUND
 *          when its package is gone, CTES_E_DOCUMENT_CHANGED when it is not what was sent,
 *          CTES_E_SCHEMA_MISSING, CTES_E_XML_INVALID, and what reading and writing give. */
ctes_status ctes_versement_write(const ctes_context *context, ctes_ledger *ledger,
                                 const ctes_record *records, size_t count,
                                 const ctes_versement_options *options, const char *output,
                                 ctes_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
