/* ctes classification: the codes that acts are filed under. */
#include <string.h>

#include "cli/describe.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_classification_options[] = {
    { CLI_OPT_REFRESH, "refresh", NULL,
      N_("fetch it; ask the prefecture for it if it is the same") },
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

typedef struct classification_run {
    cli *self;
    bool refresh;
    const char *autorite;
    char siren[10];
} classification_run;

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    classification_run *run = user;
    (void)err;
    if (id == CLI_OPT_REFRESH)
        run->refresh = true;
    else if (id == CLI_OPT_AUTORITE)
        run->autorite = value;
    return CTES_OK;
}

static void report(const classification_run *run, const char *siren,
                   ctes_classification_result result) {
    static const char *const names[] = { [CTES_CLASSIFICATION_NEW] = "new",
                                         [CTES_CLASSIFICATION_UNCHANGED] = "unchanged",
                                         [CTES_CLASSIFICATION_ASKED] = "asked" };
    if (run->self->json) {
        json_t *object = json_object();
        cli_json_text(object, "siren", siren);
        cli_json_text(object, "classification", names[result]);
        cli_json_print(object);
        return;
    }
    if (run->self->quiet)
        return;
    const char *sentence = result == CTES_CLASSIFICATION_NEW
                               ? _("{siren}: a newer classification was recorded.")
                           : result == CTES_CLASSIFICATION_UNCHANGED
                               ? _("{siren}: the classification has not changed.")
                               : _("{siren}: the prefecture was asked for its classification. It "
                                   "answers later: run the command again tomorrow.");
    const cli_fact fact = { "siren", siren };
    cli_sentence(stdout, sentence, &fact, 1);
    (void)fputc('\n', stdout);
}

static ctes_status refresh(const classification_run *run, ctes_session *session, ctes_error *err) {
    const cli_config *config = &run->self->config;
    for (size_t i = 0; i < config->autorite_count; i++) {
        const char *siren = config->autorites[i].siren;
        ctes_classification_result result = CTES_CLASSIFICATION_UNCHANGED;
        if (run->siren[0] != '\0' && strcmp(run->siren, siren) != 0)
            continue;
        ctes_status status = ctes_classification_refresh(session, siren, true, &result, err);
        if (status != CTES_OK)
            return status;
        report(run, siren, result);
    }
    return CTES_OK;
}

cli_exit cli_cmd_classification(cli *self, int argc, char **argv) {
    classification_run run = { .self = self };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    ctes_status status = CTES_OK;
    if (first < argc)
        status = cli_usage(&err, argv[first], _("unexpected word"));
    else if (!run.refresh)
        status = cli_usage(&err, NULL, _("say what to do: --refresh"));
    if (status == CTES_OK)
        status = cli_session_open(self, CTES_FOR_SEND, &session, &err);
    if (status == CTES_OK && run.autorite != NULL)
        status = cli_config_siren(&self->config, run.autorite, true, run.siren, &err);
    if (status == CTES_OK)
        status = refresh(&run, session, &err);
    return status == CTES_OK ? CLI_EXIT_DONE : cli_report_failure(self, &err);
}
