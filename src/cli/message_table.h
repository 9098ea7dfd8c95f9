/* The tables of message_table.c, untranslated. */
#ifndef CTES_CLI_MESSAGE_TABLE_H
#define CTES_CLI_MESSAGE_TABLE_H

#include <ctes/ctes.h>

typedef struct cli_message_row {
    const char *sentence;
    const char *advice;
} cli_message_row;

const cli_message_row *cli_message_row_of(ctes_status code);
const cli_message_row *cli_state_row_of(ctes_state state);

#endif
