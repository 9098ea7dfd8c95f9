/* The acts of the register that a command works on: named, or decided in a period. */
#ifndef CTES_CLI_SELECTION_H
#define CTES_CLI_SELECTION_H

#include <ctes/ctes.h>

/** Whole records, in the order they were found. */
typedef struct cli_selection {
    ctes_record *records;
    size_t count;
} cli_selection;

void cli_selection_clear(cli_selection *selection);
#define CLI_AUTO_SELECTION __attribute__((cleanup(cli_selection_clear)))

/** Adds the act of this number, once; `siren` NULL: of any authority. @return as ctes_ledger_get.
 */
ctes_status cli_selection_add(cli_selection *selection, ctes_ledger *ledger, const char *siren,
                              const char *numero, ctes_error *err);

/** Adds every act that `filter` lists and `wanted` takes. @return as ctes_ledger_list, _get. */
ctes_status cli_selection_list(cli_selection *selection, ctes_ledger *ledger,
                               const ctes_filter *filter, bool (*wanted)(const ctes_record *record),
                               ctes_error *err);

#endif
