/* What the program gives the library: log lines on stderr, the request to stop, waiting. */
#ifndef CTES_CLI_HOOKS_H
#define CTES_CLI_HOOKS_H

#include <termios.h>

#include "cli/cli.h"

/** Makes SIGINT, SIGTERM and SIGHUP a request to stop: the first lets what is in flight finish,
 *  the second ends the program with CLI_EXIT_STOPPED. A closed pipe becomes a write error. */
void cli_signals_install(void);

/** True once a signal asked to stop. */
bool cli_stop_asked(void);

/** Waits until `fd` can be read; false once a signal asked to stop, be it just before the wait. */
bool cli_wait_readable(int fd);

/** The terminal whose settings a second signal puts back before it ends the program; NULL when
 * there is nothing to put back. `settings` must live until then. */
void cli_terminal_to_restore(int fd, const struct termios *settings);

/** Tells that a line stands on the terminal that the end of the program must not leave there. */
void cli_bar_shown(bool shown);

/** Fills the context with the hooks; `self` is their user. */
void cli_hooks_install(cli *self);

/** ctes_ask_fn: asks on the terminal, without echo. */
bool cli_passphrase_ask(void *user, const char *what, char *out, size_t size);

#endif
