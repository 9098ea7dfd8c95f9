/* ctes help: of the program, of a command, and the lists of what ctes can say. */
#include <string.h>

#include "cli/opt.h"
#include "cli/report.h"
#include "cli/text.h"

static void put_code(const cli *self, ctes_status code) {
    const ctes_error error = { .code = code };
    if (self->json) {
        json_t *object = json_object();
        cli_json_text(object, "code", ctes_status_name(code));
        cli_json_set(object, "exit_status", json_integer(cli_exit_of_error(&error)));
        cli_json_text(object, "sentence", cli_message(code));
        cli_json_text(object, "advice", cli_message_advice(code));
        cli_json_print(object);
        return;
    }
    CLI_AUTO_FREE char *text = cli_error_text(&error, NULL);
    (void)printf("%s (%d)\n    %s.\n    %s\n", ctes_status_name(code), cli_exit_of_error(&error),
                 text, cli_message_advice(code));
}

static void put_state(const cli *self, ctes_state state) {
    if (self->json) {
        json_t *object = json_object();
        cli_json_text(object, "state", ctes_state_name(state));
        cli_json_set(object, "held", json_boolean(ctes_state_held(state)));
        cli_json_set(object, "final", json_boolean(ctes_state_final(state)));
        cli_json_text(object, "sentence", cli_state_label(state));
        cli_json_text(object, "advice", cli_state_advice(state));
        cli_json_print(object);
        return;
    }
    (void)printf("%s\n    %s.\n", ctes_state_name(state), cli_state_label(state));
    if (*cli_state_advice(state) != '\0')
        (void)printf("    %s\n", cli_state_advice(state));
}

static bool put_list(const cli *self, const char *topic) {
    if (strcmp(topic, "codes") == 0) {
        for (int rank = 1; rank < CTES_STATUS_COUNT; rank++)
            put_code(self, (ctes_status)-rank);
        return true;
    }
    if (strcmp(topic, "states") == 0) {
        for (int state = CTES_STATE_NONE + 1; state < CTES_STATE_COUNT; state++)
            put_state(self, (ctes_state)state);
        return true;
    }
    return false;
}

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    (void)user;
    (void)id;
    (void)value;
    (void)err;
    return CTES_OK;
}

cli_exit cli_cmd_help(cli *self, int argc, char **argv) {
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, NULL, &first, &exit))
        return exit;
    if (first == argc) {
        cli_help(stdout, NULL);
        return CLI_EXIT_DONE;
    }
    const cli_command *command = cli_command_find(argv[first]);
    if (command != NULL) {
        cli_help(stdout, command);
        return CLI_EXIT_DONE;
    }
    if (put_list(self, argv[first]))
        return CLI_EXIT_DONE;
    ctes_error err = CTES_ERROR_INIT;
    (void)cli_usage(&err, argv[first], _("there is no help about this"));
    return cli_report_failure(self, &err);
}
