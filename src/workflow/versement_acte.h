/* One act of a transfer: its files taken out of the package that was sent, and its description. */
#ifndef CTES_WORKFLOW_VERSEMENT_ACTE_H
#define CTES_WORKFLOW_VERSEMENT_ACTE_H

#include "ledger/store.h"
#include "xml/seda.h"

/** The texts that an object of the manifest points to. */
typedef struct ctes_versement_textes {
    char *uri, *nom, *titre;
    char sha256[65];
} ctes_versement_textes;

/** What a ctes_seda_dossier points into. */
typedef struct ctes_versement_acte {
    ctes_seda_objet
        *objets; /**< document, annexes, message, acknowledgement; `uri` NULL: not yet */
    ctes_versement_textes *textes; /**< as many */
    size_t count;
    char *titre, *matiere;
} ctes_versement_acte;
void ctes_versement_acte_clear(ctes_versement_acte *acte);

/** Writes the act's files into the folder `content` and describes them; `dossier` borrows from
 *  `record` and `acte`. What was written stands in `acte` also on failure.
 *  @return CTES_OK, CTES_E_NOT_FOUND, CTES_E_DOCUMENT_CHANGED, or what reading and writing give. */
ctes_status ctes_versement_acte_fill(ctes_ledger *ledger, const char *archives,
                                     const ctes_record *record, const char *content,
                                     ctes_versement_acte *acte, ctes_seda_dossier *dossier,
                                     ctes_error *err) CTES_MUST_CHECK;

#endif
