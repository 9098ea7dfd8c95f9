/* ctes classification: the codes that acts are filed under. */
#include <string.h>

#include "cli/classification_tree.h"
#include "cli/describe.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_classification_options[] = {
    { CLI_OPT_REFRESH, "refresh", NULL, N_("fetch it, or ask the prefecture for a newer one") },
    { CLI_OPT_TREE, "tree", NULL, N_("the whole tree, or what lies below --matiere") },
    { CLI_OPT_TYPES, "types", NULL, N_("types of documents that --nature takes") },
    { CLI_OPT_NATURE, "nature", N_("NATURE"), N_("nature of the act, for --types") },
    { CLI_OPT_MATIERE, "matiere", N_("CODE"), N_("code of the classification, such as 7.10") },
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

typedef struct classification_run {
    cli *self;
    bool refresh, tree, types;
    ctes_nature nature;
    ctes_matiere matiere;
    const char *autorite;
    char siren[10];
} classification_run;

/* "7" is no code of an act, but names a branch. */
static ctes_status take_branch(const char *value, ctes_matiere *ret, ctes_error *err) {
    if (strlen(value) == 1 && value[0] >= '1' && value[0] <= '9') {
        *ret = (ctes_matiere){ .count = 1, .level = { (uint16_t)(value[0] - '0') } };
        return CTES_OK;
    }
    return ctes_matiere_parse(value, ret, err);
}

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    classification_run *run = user;
    switch (id) {
    case CLI_OPT_REFRESH:
        run->refresh = true;
        return CTES_OK;
    case CLI_OPT_TREE:
        run->tree = true;
        return CTES_OK;
    case CLI_OPT_TYPES:
        run->types = true;
        return CTES_OK;
    case CLI_OPT_NATURE:
        return ctes_nature_parse(value, &run->nature, err);
    case CLI_OPT_MATIERE:
        return take_branch(value, &run->matiere, err);
    default:
        run->autorite = value;
        return CTES_OK;
    }
}

/* --- bringing it up to date --- */

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

/* A fault of one authority's own, which the next one need not have. */
static bool is_of_one(ctes_status status) {
    ctes_kind kind = ctes_status_kind(status);
    return kind == CTES_KIND_CONFIG || kind == CTES_KIND_REFUSED || kind == CTES_KIND_HOSTILE ||
           status == CTES_E_OPERATOR_REPLY;
}

static cli_exit refresh_each(const classification_run *run, ctes_session *session) {
    const cli_config *config = &run->self->config;
    cli_exit exit = CLI_EXIT_DONE;
    for (size_t i = 0; i < config->autorite_count; i++) {
        const char *siren = config->autorites[i].siren;
        ctes_error err = CTES_ERROR_INIT;
        ctes_classification_result result = CTES_CLASSIFICATION_UNCHANGED;
        if (run->siren[0] != '\0' && strcmp(run->siren, siren) != 0)
            continue;
        ctes_status status = ctes_classification_refresh(session, siren, true, &result, &err);
        if (status == CTES_OK)
            report(run, siren, result);
        else
            exit = cli_exit_worst(exit, cli_report_failure(run->self, &err));
        if (status != CTES_OK && !is_of_one(status))
            break;
    }
    return exit;
}

static cli_exit refresh(classification_run *run) {
    CLI_AUTO_SESSION ctes_session *session = NULL;
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = cli_session_open(run->self, CTES_FOR_SEND, &session, &err);
    if (status == CTES_OK && run->autorite != NULL)
        status = cli_config_siren(&run->self->config, run->autorite, true, run->siren, &err);
    return status == CTES_OK ? refresh_each(run, session) : cli_report_failure(run->self, &err);
}

/* --- reading it --- */

static void free_arbre(ctes_arbre **arbre) {
    ctes_arbre_free(*arbre);
}

/* Without register or configuration the national tree still is of use. */
static ctes_status load(classification_run *run, ctes_arbre **ret, ctes_error *err) {
    CLI_AUTO_LEDGER ctes_ledger *ledger = NULL;
    const cli_config *config = &run->self->config;
    ctes_status status = cli_ledger_open(run->self, &ledger, err);
    if (status == CTES_E_LEDGER_OPEN || (status == CTES_E_CONFIG_MISSING && !run->autorite))
        return ctes_arbre_load(NULL, NULL, ret, err);
    if (status == CTES_OK && run->autorite != NULL)
        status = cli_config_siren(config, run->autorite, true, run->siren, err);
    else if (status == CTES_OK && config->autorite_count == 1)
        memcpy(run->siren, config->autorites[0].siren, sizeof run->siren);
    else if (status == CTES_OK && config->autorite_count == 0)
        return ctes_arbre_load(NULL, NULL, ret, err);
    else if (status == CTES_OK)
        status = cli_usage(err, NULL, _("there are several authorities: name one with --autorite"));
    return status == CTES_OK ? ctes_arbre_load(ledger, run->siren, ret, err) : status;
}

static cli_exit find(const classification_run *run, const ctes_arbre *arbre, int count,
                     char **words) {
    CLI_AUTO_FREE char *all = cli_strdup("");
    for (int i = 0; i < count; i++) {
        char *longer = cli_format("%s%s%s", all, i > 0 ? " " : "", words[i]);
        free(all);
        all = longer;
    }
    if (cli_tree_find(run->self, arbre, all))
        return CLI_EXIT_DONE;
    if (!run->self->json && !run->self->quiet)
        (void)puts(_("Nothing of the classification says that; see it whole with --tree."));
    return CLI_EXIT_INPUT;
}

static ctes_status check(const classification_run *run, int count, char **words, ctes_error *err) {
    bool finds = count > 0 && strcmp(words[0], "find") == 0;
    if (count > 0 && !finds)
        return cli_usage(err, words[0], _("unexpected word"));
    if (finds && count < 2)
        return cli_usage(err, NULL, _("say which words to find"));
    if (run->types && run->nature == CTES_NATURE_NONE)
        return cli_usage(err, NULL, _("say of which acts: --nature"));
    if (run->refresh + run->tree + run->types + finds != 1)
        return cli_usage(err, NULL, _("say what to do: --refresh, --tree, --types or find WORD"));
    return CTES_OK;
}

cli_exit cli_cmd_classification(cli *self, int argc, char **argv) {
    classification_run run = { .self = self };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    __attribute__((cleanup(free_arbre))) ctes_arbre *arbre = NULL;
    ctes_status status = check(&run, argc - first, argv + first, &err);
    if (status == CTES_OK && run.refresh)
        return refresh(&run);
    if (status == CTES_OK)
        status = load(&run, &arbre, &err);
    if (status != CTES_OK)
        return cli_report_failure(self, &err);
    if (run.tree)
        cli_tree_print(self, arbre, &run.matiere);
    else if (run.types)
        cli_tree_types(self, arbre, run.nature, &run.matiere);
    else
        return find(&run, arbre, argc - first - 1, argv + first + 1);
    return CLI_EXIT_DONE;
}
