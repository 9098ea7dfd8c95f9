/*
 * What the detail of an error says to a person. The library's details are values, short words of
 * its own, or the words of a system library: here they become words of the person's language, and
 * what only a technician understands is kept apart.
 */
#ifndef CTES_CLI_MESSAGE_DETAIL_H
#define CTES_CLI_MESSAGE_DETAIL_H

#include <ctes/ctes.h>

/** Parts for the places of a sentence; a part that is not known is NULL. */
typedef struct cli_detail {
    char *text;      /**< {detail} */
    char *found;     /**< {found} */
    char *wanted;    /**< {wanted} */
    char *count;     /**< {count} */
    char *technical; /**< said after the sentence, in brackets */
} cli_detail;

/** Reads the detail of `error` into `ret`, which the caller clears. */
void cli_detail_read(const ctes_error *error, cli_detail *ret);

void cli_detail_clear(cli_detail *detail);

/** What the library wrote (a detail, a line of its log), for a person; the caller frees it. NULL
 *  when it is none of the known phrases. */
char *cli_phrase(ctes_status code, const char *text);

/** The name of one of our codes that starts `reason`: that code, and what follows; else CTES_OK. */
ctes_status cli_leading_code(const char *reason, const char **ret_rest);

/** The reason that the register has for a state, for a person; the caller frees it. NULL when there
 *  is none. */
char *cli_reason(ctes_state state, const char *reason);

#endif
