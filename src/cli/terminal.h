/* Where output goes: a terminal, the journal of systemd, or neither. */
#ifndef CTES_CLI_TERMINAL_H
#define CTES_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/** Back to the start of the line and nothing left on it. */
#define CLI_ERASE_LINE "\r\033[K"

/** Columns of the terminal that `fd` is, as it is now; 0 when it is none or does not tell. */
size_t cli_terminal_columns(int fd);

/** Whether `fd` is a terminal on which a line can be erased and written anew. */
bool cli_terminal_erases(int fd);

/** Whether colours are welcome there: https://no-color.org */
bool cli_terminal_colours(void);

/** Whether the locale shows more than ASCII. */
bool cli_terminal_utf8(void);

/** Whether `fd` is the stream that systemd connected to the journal: sd-daemon(3), and
 *  $JOURNAL_STREAM in systemd.exec(5), which a child may have inherited with another output. */
bool cli_is_journal(int fd);

#endif
