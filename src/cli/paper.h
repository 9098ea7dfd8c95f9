/* What the commands that make papers have in common: where these go, whose they are. */
#ifndef CTES_CLI_PAPER_H
#define CTES_CLI_PAPER_H

#include "cli/describe.h"
#include "cli/opt.h"

#define CLI_PAPER_OPTIONS                                                                          \
    { CLI_OPT_OUTPUT, "output", N_("FILE"), N_("the PDF to write") }, {                            \
        CLI_OPT_FOLDER, "folder", N_("FOLDER"), N_("write it there, under a name of its own")      \
    }

typedef struct cli_paper {
    const char *output, *folder, *autorite; /**< as given, or NULL */
    char siren[10];                         /**< of `autorite`, or "" */
} cli_paper;

void cli_paper_take(cli_paper *paper, int id, const char *value);

/** Opens the register and looks up the authority; refuses --output with --folder, --output for
 *  several papers, and no act at all. */
ctes_status cli_paper_open(cli *self, cli_paper *paper, bool is_empty, bool are_many,
                           ctes_ledger **ret, ctes_error *err);

ctes_status cli_paper_get(const cli_paper *paper, ctes_ledger *ledger, const char *numero,
                          ctes_record *ret, ctes_error *err);

/** The authority of the configuration; NULL for one that is no longer there. */
const ctes_autorite *cli_paper_autorite(const cli *self, const char *siren);

/** Whether an act went to a test platform: by the name of its package, or, without one, by what the
 *  configuration says. */
bool cli_paper_is_simulated(const cli *self, const ctes_record *record);

#endif
