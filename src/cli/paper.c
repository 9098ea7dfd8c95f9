#include "cli/paper.h"

#include <string.h>

#include "cli/text.h"

#define TEST_PLATFORM "TACT"

void cli_paper_take(cli_paper *paper, int id, const char *value) {
    if (id == CLI_OPT_OUTPUT)
        paper->output = value;
    else if (id == CLI_OPT_FOLDER)
        paper->folder = value;
    else if (id == CLI_OPT_AUTORITE)
        paper->autorite = value;
}

ctes_status cli_paper_open(cli *self, cli_paper *paper, bool is_empty, bool are_many,
                           ctes_ledger **ret, ctes_error *err) {
    if (is_empty)
        return cli_usage(err, NULL, _("give the number of an act"));
    if (paper->output != NULL && paper->folder != NULL)
        return cli_usage(err, NULL, _("--output or --folder, not both"));
    if (paper->output != NULL && are_many)
        return cli_usage(err, NULL, _("--output names one file; give --folder for several acts"));
    ctes_status status = cli_ledger_open(self, ret, err);
    if (status == CTES_OK && paper->autorite != NULL)
        status = cli_config_siren(&self->config, paper->autorite, false, paper->siren, err);
    return status;
}

ctes_status cli_paper_get(const cli_paper *paper, ctes_ledger *ledger, const char *numero,
                          ctes_record *ret, ctes_error *err) {
    const char *siren = paper->siren[0] != '\0' ? paper->siren : NULL;
    return ctes_ledger_get(ledger, siren, numero, ret, err);
}

const ctes_autorite *cli_paper_autorite(const cli *self, const char *siren) {
    for (size_t i = 0; i < self->config.autorite_count; i++)
        if (strcmp(self->config.autorites[i].siren, siren) == 0)
            return &self->config.autorites[i];
    return NULL;
}

/* "SLO-TACT--218601946--20220628-1.tar.gz": the platform that was in force when the act left. */
bool cli_paper_is_simulated(const cli *self, const ctes_record *record) {
    if (record->archive != NULL)
        return strstr(record->archive, "-" TEST_PLATFORM "-") != NULL;
    return strcmp(self->config.quadrigramme, TEST_PLATFORM) == 0;
}
