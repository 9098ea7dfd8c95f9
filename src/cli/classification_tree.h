/* The classification as people read it: the tree, what words find in it, the types of documents. */
#ifndef CTES_CLI_CLASSIFICATION_TREE_H
#define CTES_CLI_CLASSIFICATION_TREE_H

#include "cli/cli.h"

/** Says which version it is, then every matière; or only those below `root` (may be empty). */
void cli_tree_print(const cli *self, const ctes_arbre *arbre, const ctes_matiere *root);

/** What `words` find, the best first. @return whether anything was. */
bool cli_tree_find(const cli *self, const ctes_arbre *arbre, const char *words);

/** Types of documents that a nature takes; those of `matiere` (may be empty) before the generic
 *  ones. */
void cli_tree_types(const cli *self, const ctes_arbre *arbre, ctes_nature nature,
                    const ctes_matiere *matiere);

#endif
