/* The row that an act has in the page of a batch, and where it stands there. */
#ifndef CTES_CLI_HTML_ACTE_H
#define CTES_CLI_HTML_ACTE_H

#include "cli/cli.h"

/** In the order of the page: what needs a person first. */
typedef enum cli_html_place {
    CLI_HTML_PERSON,
    CLI_HTML_UNCERTAIN,
    CLI_HTML_LATER, /**< not sent, though nothing was wrong with it */
    CLI_HTML_PENDING,
    CLI_HTML_ACKNOWLEDGED,
    CLI_HTML_REPLACED, /**< another act counts instead */
    CLI_HTML_PLACES
} cli_html_place;

cli_html_place cli_html_place_of(const ctes_outcome *outcome);

/** Names of the columns of that place, up to a NULL; translated. */
void cli_html_columns(cli_html_place place, const char *ret[static 5]);

/** Writes its row. */
void cli_html_acte(FILE *out, const cli *self, const ctes_outcome *outcome);

#endif
