/* One run of the program: what the command line and the configuration say, and its commands. */
#ifndef CTES_CLI_CLI_H
#define CTES_CLI_CLI_H

#include <ctes/ctes.h>

#include "cli/config.h"
#include "cli/exit.h"

/** An option of a command; a table of them ends with an `id` of 0. `id` is the option's letter when
 *  it has one. `argument` names its value: NULL none, "[=SECONDS]" one that may be left out. */
typedef struct cli_option {
    int id;
    const char *name;
    const char *argument;
    const char *help; /**< marked for translation */
} cli_option;

typedef struct cli cli;

/** A command; the table of them ends with a `name` of NULL. Texts are marked for translation. */
typedef struct cli_command {
    const char *name;
    const char *synopsis;
    const char *summary;
    const cli_option *options;
    cli_exit (*run)(cli *self, int argc, char **argv); /**< argv[0] is the command's name */
} cli_command;

struct cli {
    bool json, quiet, help, version;
    int verbosity;
    const char *config_path; /**< given by --config, or NULL */
    const cli_command *command;
    cli_config config;
    ctes_context context;
    long wait; /**< seconds that a sending may wait for the operator, of --wait */
    struct cli_progress *progress; /**< what is shown of a batch under way, or NULL */
};

extern const cli_command cli_commands[];
extern const cli_option cli_global_options[];

/** Finds a command by its name; NULL if there is none. */
const cli_command *cli_command_find(const char *name);

/** Loads the configuration if that was not done yet and opens a session for `purpose`. */
ctes_status cli_session_open(cli *self, ctes_purpose purpose, ctes_session **ret, ctes_error *err);

/** Loads the configuration and opens the register for reading. */
ctes_status cli_ledger_open(cli *self, ctes_ledger **ret, ctes_error *err);

/** Says of a register that was not found (in `err`) that there is none yet; returns the code. */
ctes_status cli_no_ledger(ctes_error *err);

static inline void cli_sessionp(ctes_session **p) {
    ctes_session_free(*p);
    *p = NULL;
}
static inline void cli_ledgerp(ctes_ledger **p) {
    ctes_ledger_close(*p);
    *p = NULL;
}
#define CLI_AUTO_SESSION  __attribute__((cleanup(cli_sessionp)))
#define CLI_AUTO_LEDGER   __attribute__((cleanup(cli_ledgerp)))
#define CLI_AUTO_ACTE     __attribute__((cleanup(ctes_acte_clear)))
#define CLI_AUTO_OUTCOME  __attribute__((cleanup(ctes_outcome_clear)))
#define CLI_AUTO_COURRIER __attribute__((cleanup(ctes_courrier_clear)))
#define CLI_AUTO_LETTER   __attribute__((cleanup(ctes_courrier_outcome_clear)))
#define CLI_AUTO_RECORD   __attribute__((cleanup(ctes_record_clear)))

cli_exit cli_cmd_send(cli *self, int argc, char **argv);
cli_exit cli_cmd_check(cli *self, int argc, char **argv);
cli_exit cli_cmd_batch(cli *self, int argc, char **argv);
cli_exit cli_cmd_resend(cli *self, int argc, char **argv);
cli_exit cli_cmd_status(cli *self, int argc, char **argv);
cli_exit cli_cmd_list(cli *self, int argc, char **argv);
cli_exit cli_cmd_show(cli *self, int argc, char **argv);
cli_exit cli_cmd_register(cli *self, int argc, char **argv);
cli_exit cli_cmd_archive(cli *self, int argc, char **argv);
cli_exit cli_cmd_stamp(cli *self, int argc, char **argv);
cli_exit cli_cmd_bordereau(cli *self, int argc, char **argv);
cli_exit cli_cmd_inbox(cli *self, int argc, char **argv);
cli_exit cli_cmd_reply(cli *self, int argc, char **argv);
cli_exit cli_cmd_refuse(cli *self, int argc, char **argv);
cli_exit cli_cmd_cancel(cli *self, int argc, char **argv);
cli_exit cli_cmd_classification(cli *self, int argc, char **argv);
cli_exit cli_cmd_help(cli *self, int argc, char **argv);

extern const cli_option cli_send_options[], cli_check_options[], cli_batch_options[],
    cli_resend_options[], cli_status_options[], cli_list_options[], cli_show_options[],
    cli_register_options[], cli_archive_options[], cli_stamp_options[], cli_bordereau_options[],
    cli_inbox_options[], cli_reply_options[], cli_cancel_options[], cli_classification_options[];

#endif
