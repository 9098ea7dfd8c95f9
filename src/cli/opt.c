#include "cli/opt.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "cli/report.h"
#include "cli/text.h"

#define OPTIONS_MAX 48
#define WEEK        604800

const cli_option cli_global_options[] = {
    { CLI_OPT_CONFIG, "config", N_("FILE"), N_("configuration file; see ctes.conf(5)") },
    { CLI_OPT_JSON, "json", NULL, N_("one JSON object a line on standard output") },
    { 'q', "quiet", NULL, N_("say only what went wrong") },
    { 'v', "verbose", NULL, N_("say more; twice: everything") },
    { 'h', "help", NULL, N_("show this help") },
    { CLI_OPT_VERSION, "version", NULL, N_("show the version") },
    { 0, NULL, NULL, NULL },
};

ctes_status cli_usage(ctes_error *err, const char *subject, const char *text) {
    return cli_fail(err, CTES_E_USAGE, CTES_STAGE_NONE, subject, text);
}

ctes_status cli_seconds(const char *value, long least, long *ret, ctes_error *err) {
    char *end = NULL;
    errno = 0;
    long seconds = strtol(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || seconds < least || seconds > WEEK) {
        CLI_AUTO_FREE char *text =
            cli_format(_("\"%s\" is no number of seconds from %ld to %d"), value, least, WEEK);
        return cli_usage(err, NULL, text);
    }
    *ret = seconds;
    return CTES_OK;
}

ctes_status cli_date_of(const char *value, ctes_date *ret, ctes_error *err) {
    ctes_status status = ctes_date_parse(value, ret, err);
    if (status != CTES_OK && err->stage == CTES_STAGE_NONE)
        err->stage = CTES_STAGE_ACTE;
    return status;
}

/* The tables of the program and of a command in the form getopt_long takes. */
typedef struct option_list {
    struct option longs[OPTIONS_MAX + 1];
    char shorts[3 * OPTIONS_MAX + 4];
} option_list;

static void add_table(option_list *list, const cli_option *table, size_t *count) {
    for (; table != NULL && table->id != 0 && *count < OPTIONS_MAX; table++) {
        const char *argument = table->argument;
        list->longs[(*count)++] =
            (struct option){ .name = table->name,
                             .has_arg = argument == NULL                  ? no_argument
                                        : strncmp(argument, "[=", 2) == 0 ? optional_argument
                                                                          : required_argument,
                             .val = table->id };
        if (table->id < CLI_OPT_FIRST) {
            size_t length = strlen(list->shorts);
            list->shorts[length] = (char)table->id;
            if (argument != NULL)
                list->shorts[length + 1] = ':';
        }
    }
}

static option_list list_of(const cli_option *table, const char *mode) {
    option_list list = { .shorts = "" };
    size_t count = 0;
    (void)snprintf(list.shorts, sizeof list.shorts, "%s:", mode);
    add_table(&list, cli_global_options, &count);
    add_table(&list, table, &count);
    return list;
}

/* Takes an option of the program; returns false when it is none. */
static bool take_global(cli *self, int id, const char *value) {
    switch (id) {
    case CLI_OPT_CONFIG:
        self->config_path = value;
        return true;
    case CLI_OPT_JSON:
        self->json = true;
        return true;
    case 'q':
        self->quiet = true;
        return true;
    case 'v':
        self->verbosity++;
        return true;
    case 'h':
        self->help = true;
        return true;
    case CLI_OPT_VERSION:
        self->version = true;
        return true;
    default:
        return false;
    }
}

static ctes_status refuse(int id, char **argv, ctes_error *err) {
    const char *written = optind > 0 ? argv[optind - 1] : "";
    CLI_AUTO_FREE char *text =
        id == ':' ? cli_format(_("option \"%s\" needs a value"), written)
                  : cli_format(_("option \"%s\" is unknown, ambiguous or takes no value"), written);
    return cli_usage(err, NULL, text);
}

/* A failure is told in the form that was asked for, be it asked behind what failed. */
static void heed_json(cli *self, int argc, char **argv) {
    for (int i = optind; i < argc && strcmp(argv[i], "--") != 0; i++)
        self->json = self->json || strcmp(argv[i], "--json") == 0;
}

static ctes_status parse(cli *self, const cli_option *table, const char *mode, int argc,
                         char **argv, cli_option_fn each, void *user, ctes_error *err) {
    option_list list = list_of(table, mode);
    opterr = 0;
    optind = 0; /* start over, also after the options of the program were taken */
    int id;
    while ((id = getopt_long(argc, argv, list.shorts, list.longs, NULL)) != -1) {
        if (take_global(self, id, optarg))
            continue;
        bool refused = id == '?' || id == ':' || each == NULL;
        ctes_status status = refused ? refuse(id, argv, err) : each(user, id, optarg, err);
        if (status != CTES_OK) {
            heed_json(self, argc, argv);
            return status;
        }
    }
    return CTES_OK;
}

ctes_status cli_options_global(cli *self, int argc, char **argv, int *ret_first, ctes_error *err) {
    ctes_status status = parse(self, NULL, "+", argc, argv, NULL, NULL, err);
    if (status == CTES_OK)
        *ret_first = optind;
    return status;
}

bool cli_options_take(cli *self, int argc, char **argv, cli_option_fn each, void *user,
                      int *ret_first, cli_exit *ret_exit) {
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = parse(self, self->command->options, "", argc, argv, each, user, &err);
    if (self->help || self->version) {
        if (self->help)
            cli_help(stdout, self->command);
        else
            (void)printf("ctes %s\n", CTES_VERSION);
        *ret_exit = CLI_EXIT_DONE;
        return false;
    }
    if (status != CTES_OK) {
        *ret_exit = cli_report_failure(self, &err);
        return false;
    }
    *ret_first = optind;
    return true;
}
