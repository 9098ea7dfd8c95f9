/* Readers of the parts that messages share, inside the module. Each fills an empty value; what it
 * had filled when it fails is released by the caller. All return CTES_OK or CTES_E_MEMORY. */
#ifndef CTES_XML_READ_H
#define CTES_XML_READ_H

#include "xml/tree.h"

/** FichierSigne: one file, skipped when it has no name. */
ctes_status ctes_read_fichier(const xmlNode *node, ctes_fichiers *out,
                              ctes_error *err) CTES_MUST_CHECK;
/** Every child called `name`. */
ctes_status ctes_read_fichiers(const xmlNode *parent, const char *name, ctes_fichiers *out,
                               ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_read_donnees_acte(const xmlNode *node, ctes_donnees_acte *out,
                                   ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_read_enveloppe_cl(const xmlNode *node, ctes_enveloppe_cl *out,
                                   ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_read_enveloppe_mi(const xmlNode *node, ctes_enveloppe_mi *out,
                                   ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_read_natures(const xmlNode *node, ctes_classification *out,
                              ctes_error *err) CTES_MUST_CHECK;
ctes_status ctes_read_matieres(const xmlNode *node, ctes_classification *out,
                               ctes_error *err) CTES_MUST_CHECK;

#endif
