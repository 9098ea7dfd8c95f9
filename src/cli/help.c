/* Help, made from the tables of commands and options. */
#include <string.h>

#include "cli/opt.h"
#include "cli/text.h"

#define HELP_COLUMN    30
#define COMMAND_COLUMN 18

static void pad(FILE *out, size_t columns, size_t until) {
    for (; columns < until; columns++)
        (void)fputc(' ', out);
}

static void write_option(FILE *out, const cli_option *option) {
    const char *argument = option->argument != NULL ? gettext(option->argument) : "";
    const char *joint = *argument == '\0' || strncmp(argument, "[=", 2) == 0 ? "" : "=";
    char letter[8] = "    ";
    if (option->id < CLI_OPT_FIRST)
        (void)snprintf(letter, sizeof letter, "-%c, ", option->id);
    CLI_AUTO_FREE char *left = cli_format("  %s--%s%s%s", letter, option->name, joint, argument);
    size_t columns = cli_columns(left);
    (void)fputs(left, out);
    if (columns >= HELP_COLUMN) {
        (void)fputc('\n', out);
        columns = 0;
    }
    pad(out, columns, HELP_COLUMN);
    (void)fprintf(out, "%s\n", gettext(option->help));
}

static void write_options(FILE *out, const char *title, const cli_option *table) {
    if (table == NULL || table->id == 0)
        return;
    (void)fprintf(out, "\n%s\n", title);
    for (; table->id != 0; table++)
        write_option(out, table);
}

static void help_of_program(FILE *out) {
    (void)fprintf(out, "%s\n\n%s\n",
                  _("ctes sends the acts of an authority to the prefecture and keeps the register\n"
                    "of what became of them."),
                  _("Usage: ctes [OPTIONS] COMMAND ..."));
    (void)fprintf(out, "\n%s\n", _("Commands:"));
    for (const cli_command *command = cli_commands; command->name != NULL; command++) {
        (void)fprintf(out, "  %s", command->name);
        pad(out, strlen(command->name) + 2, COMMAND_COLUMN);
        (void)fprintf(out, "%s\n", gettext(command->summary));
    }
    write_options(out, _("Options:"), cli_global_options);
    (void)fprintf(
        out, "\n%s\n%s\n",
        _("Exit status: 0 done, 2 command line, 3 configuration, 4 refused by the rules,\n"
          "5 refused by the operator or the prefecture, 6 try later, 7 not known whether\n"
          "it was received, 8 system, 130 stopped."),
        _("\"ctes help COMMAND\" tells more; \"ctes help codes\" and \"ctes help states\"\n"
          "list what ctes can say."));
}

void cli_help(FILE *out, const cli_command *command) {
    if (command == NULL) {
        help_of_program(out);
        return;
    }
    (void)fprintf(out, _("Usage: ctes %s %s"), command->name, gettext(command->synopsis));
    (void)fprintf(out, "\n\n%s\n", gettext(command->summary));
    write_options(out, _("Options of the command:"), command->options);
    write_options(out, _("Options of the program:"), cli_global_options);
}
