/*
 * Exit statuses: part of the interface, documented in ctes(1). Status 1 is never used, so that it
 * can only come from something else (a shell, a loader).
 */
#ifndef CTES_CLI_EXIT_H
#define CTES_CLI_EXIT_H

#include <ctes/ctes.h>

typedef enum cli_exit {
    CLI_EXIT_DONE = 0,     /**< done, or nothing was left to do */
    CLI_EXIT_USAGE = 2,    /**< the command line is wrong */
    CLI_EXIT_CONFIG = 3,   /**< configuration, key, certificate, access at the operator */
    CLI_EXIT_INPUT = 4,    /**< an act or a file is refused by the rules: nothing was sent */
    CLI_EXIT_REFUSED = 5,  /**< the operator or the préfecture said no */
    CLI_EXIT_LATER = 6,    /**< nothing was sent, or no answer yet: try again later */
    CLI_EXIT_UNKNOWN = 7,  /**< perhaps received: `ctes status` settles it, nobody sends again */
    CLI_EXIT_SYSTEM = 8,   /**< disk, memory, register, a defect in ctes */
    CLI_EXIT_STOPPED = 130 /**< stopped by SIGINT or SIGTERM */
} cli_exit;

/** Exit status of an error. Its stage decides where its kind does not: a file that is not found is
 * a matter of configuration, of the act or of the machine. */
cli_exit cli_exit_of_error(const ctes_error *error);

/** The outcome's error, told apart: when the register knows the act's state for sure, an exchange
 * that broke was a question (CTES_STAGE_ACQUITTEMENT) and nothing is uncertain about the act. */
ctes_error cli_error_of_outcome(const ctes_outcome *outcome);

/** Exit status of what became of one act. `asked` tells that a person asked about this very act:
 *  then a refusal known for long counts, else only one learnt now. */
cli_exit cli_exit_of_outcome(const ctes_outcome *outcome, bool asked);

/** The status that matters more to a person: stopped, system, config, unknown, refused, input,
 *  later, usage, done. */
cli_exit cli_exit_worst(cli_exit a, cli_exit b);

#endif
