/* Pieces of a page that mail programs show: tables, styles beside what they style, no script and
 * nothing fetched from elsewhere. Colours are legible on white and on black. */
#ifndef CTES_CLI_HTML_H
#define CTES_CLI_HTML_H

#include "cli/text.h"

/** Writes foreign text, cleaned, with nothing in it that HTML interprets. */
void cli_html_put(FILE *out, const char *text);

/** The same between two tags of ours, unless there is none; its first letter a capital. */
void cli_html_wrap(FILE *out, const char *before, const char *text, const char *after);

/** From the document's first line to the heading of the page. */
void cli_html_begin(FILE *out, const char *title);
void cli_html_end(FILE *out);

/** A heading with a mark of that colour and, below it, what the section is about. */
void cli_html_section(FILE *out, const char *colour, const char *title, const char *about);

/** A table with the names of its columns, up to a NULL. */
void cli_html_table_begin(FILE *out, const char *const columns[]);
void cli_html_table_end(FILE *out);

/** A cell, as tags. */
#define CLI_HTML_CELL                                                                              \
    "<td style=\"border-top:1px solid #bbb;padding:6px 10px 6px 0;vertical-align:top\">"
#define CLI_HTML_CELL_END "</td>"
/** What matters less, on a line of its own. */
#define CLI_HTML_SMALL     "<br><small style=\"color:#767676\">"
#define CLI_HTML_SMALL_END "</small>"

#endif
