/* The command line: one table of options a command, from which parsing and help are made. */
#ifndef CTES_CLI_OPT_H
#define CTES_CLI_OPT_H

#include "cli/cli.h"

/** Ids of options without a letter. */
enum {
    CLI_OPT_FIRST = 256,
    CLI_OPT_CONFIG,
    CLI_OPT_JSON,
    CLI_OPT_VERSION,
    CLI_OPT_NUMERO,
    CLI_OPT_DATE,
    CLI_OPT_NATURE,
    CLI_OPT_MATIERE,
    CLI_OPT_OBJET,
    CLI_OPT_DOCUMENT,
    CLI_OPT_ANNEXE,
    CLI_OPT_TYPE,
    CLI_OPT_CLASSIFICATION_DATE,
    CLI_OPT_PRECEDENT,
    CLI_OPT_PAPIER,
    CLI_OPT_SIGNATURE,
    CLI_OPT_FICHE,
    CLI_OPT_AUTORITE,
    CLI_OPT_WAIT,
    CLI_OPT_EVERY,
    CLI_OPT_SUFFIX,
    CLI_OPT_AS,
    CLI_OPT_FORMAT,
    CLI_OPT_WITH_ID,
    CLI_OPT_SIREN,
    CLI_OPT_STATE,
    CLI_OPT_FROM,
    CLI_OPT_TO,
    CLI_OPT_PENDING,
    CLI_OPT_REPORT,
    CLI_OPT_OUTPUT,
    CLI_OPT_FOLDER,
    CLI_OPT_PUBLISHED,
    CLI_OPT_POSITION,
    CLI_OPT_PAGES,
    CLI_OPT_ALL,
    CLI_OPT_CLOSE,
    CLI_OPT_REFRESH,
    CLI_OPT_TREE,
    CLI_OPT_TYPES
};

/** Takes one option; `value` is NULL when it has none.
 *  Returns a failure (CTES_E_USAGE, a parser's code) to stop. */
typedef ctes_status (*cli_option_fn)(void *user, int id, const char *value, ctes_error *err);

/** Takes the options of the program that stand before the command; `*ret_first` is the rank of the
 *  command in `argv`. */
ctes_status cli_options_global(cli *self, int argc, char **argv, int *ret_first, ctes_error *err);

/** Starts a command: takes its options and those of the program. Returns true to go on, with the
 *  operands moved to argv[*ret_first …]; false when the command is over (help was asked, or an
 *  error was reported), with the status in `*ret_exit`. */
bool cli_options_take(cli *self, int argc, char **argv, cli_option_fn each, void *user,
                      int *ret_first, cli_exit *ret_exit);

/** CTES_E_USAGE with a translated text. */
ctes_status cli_usage(ctes_error *err, const char *subject, const char *text);

/** A number of seconds from `least` to a week. */
ctes_status cli_seconds(const char *value, long least, long *ret, ctes_error *err);

/** A date as people write it. */
ctes_status cli_date_of(const char *value, ctes_date *ret, ctes_error *err);

/** Writes the help of a command, or of the program when it is NULL. */
void cli_help(FILE *out, const cli_command *command);

#endif
