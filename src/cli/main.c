/* ctes: sends the acts of an authority and keeps track of them. */
#include <locale.h>
#include <malloc.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/hooks.h"
#include "cli/opt.h"
#include "cli/report.h"
#include "cli/text.h"

#ifndef CTES_LOCALEDIR
#define CTES_LOCALEDIR "/usr/share/locale"
#endif

const cli_command cli_commands[] = {
    { "send", N_("[OPTIONS]"), N_("send one act"), cli_send_options, cli_cmd_send },
    { "check", N_("[OPTIONS] | FOLDER | TABLE"),
      N_("check one act or many, without sending anything"), cli_check_options, cli_cmd_check },
    { "batch", N_("FOLDER | TABLE [OPTIONS]"),
      N_("send what is new of a folder or table, ask about the rest"), cli_batch_options,
      cli_cmd_batch },
    { "resend", N_("NUMBER [OPTIONS]"), N_("send a refused act again, corrected"),
      cli_resend_options, cli_cmd_resend },
    { "status", N_("[NUMBER...] [OPTIONS]"), N_("ask the operator what became of the acts"),
      cli_status_options, cli_cmd_status },
    { "list", N_("[OPTIONS]"), N_("list the acts of the register"), cli_list_options,
      cli_cmd_list },
    { "show", N_("NUMBER [OPTIONS]"), N_("show one act: what was sent, when, what was answered"),
      cli_show_options, cli_cmd_show },
    { "inbox", N_("[ID] [OPTIONS]"), N_("show the letters of the prefecture and their last days"),
      cli_inbox_options, cli_cmd_inbox },
    { "reply", N_("ID [TYPE:]FILE..."), N_("answer a letter, send the documents it asks for"),
      cli_reply_options, cli_cmd_reply },
    { "refuse", N_("ID [TYPE:]FILE"), N_("refuse what a letter asks for; the file says why"),
      cli_reply_options, cli_cmd_refuse },
    { "cancel", N_("NUMBER [OPTIONS]"), N_("ask the prefecture to cancel an act it has received"),
      cli_cancel_options, cli_cmd_cancel },
    { "classification", N_("find WORD... | --tree | --types | --refresh"),
      N_("find the code of an act, bring the codes up to date"), cli_classification_options,
      cli_cmd_classification },
    { "register", N_("copy FROM TO"), N_("copy the register, into a database or a file"),
      cli_register_options, cli_cmd_register },
    { "archive", N_("NUMBER... --output FOLDER"),
      N_("make a folder of acknowledged acts for an archiving service"), cli_archive_options,
      cli_cmd_archive },
    { "stamp", N_("NUMBER... [OPTIONS]"), N_("write the stamped copy of an acknowledged act"),
      cli_stamp_options, cli_cmd_stamp },
    { "bordereau", N_("NUMBER... | --date=DATE [OPTIONS]"),
      N_("write the acknowledgement slip of an act or a session"), cli_bordereau_options,
      cli_cmd_bordereau },
    { "help", N_("[COMMAND | codes | states]"), N_("explain a command"), NULL, cli_cmd_help },
    { NULL, NULL, NULL, NULL, NULL },
};

const cli_command *cli_command_find(const char *name) {
    for (const cli_command *command = cli_commands; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

/* What a variable of the environment says; an unset one says nothing. */
static const char *environment(const char *variable) {
    const char *value = getenv(variable);
    return value != NULL ? value : "";
}

/* Texts are UTF-8 whatever the locale says: numbers and subjects are, and a cron job has none.
 * Where a French locale is asked for but not installed, French still is what was asked for. */
static void set_language(void) {
    bool is_known = setlocale(LC_CTYPE, "") != NULL && setlocale(LC_MESSAGES, "") != NULL;
    if (!is_known) {
        static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
        const char *wanted = "";
        for (size_t i = 0; i < 3 && *wanted == '\0'; i++)
            wanted = environment(variables[i]);
        CLI_AUTO_FREE char *language = cli_format("%.*s", (int)strcspn(wanted, ".@"), wanted);
        if (setlocale(LC_CTYPE, "C.UTF-8") != NULL && setlocale(LC_MESSAGES, "C.UTF-8") != NULL)
            (void)setenv("LANGUAGE", language, *environment("LANGUAGE") == '\0');
    }
    CLI_AUTO_FREE char *folder = cli_path_beside_program("locale", CTES_LOCALEDIR);
    (void)bindtextdomain("ctes", folder);
    (void)bind_textdomain_codeset("ctes", "UTF-8");
    (void)textdomain("ctes");
}

ctes_status cli_session_open(cli *self, ctes_purpose purpose, ctes_session **ret, ctes_error *err) {
    ctes_status status = cli_config_load(&self->config, self->config_path, err);
    if (status == CTES_OK)
        status = cli_config_require(&self->config, purpose, err);
    if (status != CTES_OK)
        return status;
    ctes_settings settings = cli_config_settings(&self->config);
    settings.wait_s = self->wait;
    if (isatty(STDIN_FILENO))
        settings.ask = cli_passphrase_ask;
    status = ctes_session_open(&self->context, &settings, purpose, ret, err);
    if (status == CTES_E_KEY_PASSPHRASE && cli_stop_asked()) /* Ctrl-C in place of an answer */
        return cli_fail(err, CTES_E_INTERRUPTED, CTES_STAGE_CONFIG, NULL, NULL);
    return status;
}

ctes_status cli_no_ledger(ctes_error *err) {
    char subject[CTES_SUBJECT_MAX]; /* the library's name of it: a URL may hold a password */
    (void)snprintf(subject, sizeof subject, "%s", err->subject);
    return cli_fail(err, CTES_E_LEDGER_OPEN, CTES_STAGE_REGISTER, subject,
                    _("it does not exist yet, nothing was sent from here"));
}

ctes_status cli_ledger_open(cli *self, ctes_ledger **ret, ctes_error *err) {
    ctes_status status = cli_config_load(&self->config, self->config_path, err);
    if (status != CTES_OK)
        return status;
    status = ctes_ledger_open(&self->context, self->config.ledger, ret, err);
    return status == CTES_E_NOT_FOUND ? cli_no_ledger(err) : status;
}

static bool reader_is_gone(void) {
    struct pollfd output = { .fd = STDOUT_FILENO, .events = POLLOUT };
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/* Standard output is checked at the end: a list cut short by a full disk is no list. A reader that
 * had enough ("| head") is no fault. */
static cli_exit close_output(cli_exit exit) {
    bool is_broken = ferror(stdout) != 0;
    is_broken = fflush(stdout) != 0 || is_broken;
    if (!is_broken || reader_is_gone())
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    (void)cli_fail(&err, CTES_E_IO, CTES_STAGE_NONE, _("standard output"), NULL);
    cli_error_write(stderr, &err, NULL, NULL);
    return cli_exit_worst(exit, CLI_EXIT_SYSTEM);
}

static cli_exit run(cli *self, int argc, char **argv) {
    ctes_error err = CTES_ERROR_INIT;
    int first = 0;
    if (cli_options_global(self, argc, argv, &first, &err) != CTES_OK)
        return cli_report_failure(self, &err);
    if (self->version) {
        (void)printf("ctes %s\n", CTES_VERSION);
        return CLI_EXIT_DONE;
    }
    if (self->help && first == argc) {
        cli_help(stdout, NULL);
        return CLI_EXIT_DONE;
    }
    if (first == argc) {
        (void)cli_usage(&err, NULL, _("a command is missing"));
        return cli_report_failure(self, &err);
    }
    self->command = cli_command_find(argv[first]);
    if (self->command == NULL) {
        (void)cli_usage(&err, argv[first], _("unknown command"));
        return cli_report_failure(self, &err);
    }
    return self->command->run(self, argc - first, argv + first);
}

/* Keys and passphrases are in memory: a crash must not leave them on a disk. Where the limit is not
 * heeded (a core handed to a program), the flag is. */
static void forbid_core(void) {
    const struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* An act takes and releases the same few hundred kilobytes as the one before it. Given back to the
 * kernel in between, they cost more than the signatures: each page is cleared and mapped anew. And
 * most threads of a batch wait while others use that memory: two arenas serve them all, where one
 * for each would hold what its thread needed at most. */
static void keep_memory(void) {
#ifdef __GLIBC__
    enum { KEPT = 2 << 20, MAPPED = 1 << 20, ARENAS = 2 };
    (void)mallopt(M_TRIM_THRESHOLD, KEPT);
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED);
    (void)mallopt(M_ARENA_MAX, ARENAS);
#endif
}

int main(int argc, char **argv) {
    forbid_core();
    keep_memory();
    set_language();
    cli_signals_install();
    cli self = { .command = NULL };
    cli_hooks_install(&self);
    cli_exit exit = run(&self, argc, argv);
    cli_config_clear(&self.config);
    return (int)close_output(exit);
}
