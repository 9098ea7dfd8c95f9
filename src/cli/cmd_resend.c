/* ctes resend: a recorded act once more, corrected by a person. */
#include "cli/describe.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_resend_options[] = {
    { CLI_OPT_SUFFIX, "suffix", NULL, N_("under the next number: a refused one stays taken") },
    { CLI_OPT_AS, "as", N_("NUMBER"), N_("under this number") },
    { CLI_OPT_DATE, "date", N_("DATE"), N_("corrected date of the decision") },
    { CLI_OPT_NATURE, "nature", N_("NATURE"), N_("corrected nature") },
    { CLI_OPT_MATIERE, "matiere", N_("CODE"), N_("corrected code of the classification") },
    { CLI_OPT_OBJET, "objet", N_("TEXT"), N_("corrected subject") },
    { CLI_OPT_DOCUMENT, "document", N_("FILE"), N_("corrected document") },
    { CLI_OPT_SIGNATURE, "signature", N_("FILE"),
      N_("detached signature of the document, made elsewhere") },
    { CLI_OPT_ANNEXE, "annexe", N_("[TYPE:]FILE"), N_("all annexes anew; may be repeated") },
    { CLI_OPT_CLASSIFICATION_DATE, "classification-date", N_("DATE"),
      N_("corrected version of the classification") },
    CLI_AUTORITE_OPTION,
    CLI_WAIT_OPTIONS,
    CLI_OPTION_END,
};

typedef struct resend_options {
    cli_description description;
    cli_waiting waiting;
    bool suffix;
    const char *as;
} resend_options;

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    resend_options *options = user;
    bool taken = false;
    ctes_status status = cli_waiting_option(&options->waiting, id, value, &taken, err);
    if (taken)
        return status;
    if (id == CLI_OPT_SUFFIX)
        options->suffix = true;
    else if (id == CLI_OPT_AS)
        options->as = value;
    else
        return cli_description_option(&options->description, id, value, err);
    return CTES_OK;
}

static void clear(resend_options *options) {
    cli_description_clear(&options->description);
}

static ctes_correction correction_of(const resend_options *options) {
    const ctes_acte *acte = &options->description.acte;
    ctes_correction correction = CTES_CORRECTION_INIT;
    correction.suffix = options->suffix;
    correction.numero = options->as;
    correction.objet = acte->objet;
    correction.document = acte->document.path;
    correction.signature = acte->document.signature_path;
    correction.matiere = acte->matiere;
    correction.nature = acte->nature;
    correction.date = acte->date;
    correction.classification_date = acte->classification_date;
    correction.annexes = acte->annexes;
    correction.annexe_count = acte->annexe_count;
    correction.annexes_given = acte->annexe_count > 0;
    return correction;
}

static ctes_status resend(cli *self, const resend_options *options, const char *numero,
                          ctes_session *session, ctes_outcome *outcome, ctes_error *err) {
    char siren[10] = "";
    if (options->description.autorite != NULL) {
        ctes_status status =
            cli_config_siren(&self->config, options->description.autorite, true, siren, err);
        if (status != CTES_OK)
            return status;
    }
    ctes_correction correction = correction_of(options);
    return ctes_resend(session, siren[0] != '\0' ? siren : NULL, numero, &correction, outcome, err);
}

cli_exit cli_cmd_resend(cli *self, int argc, char **argv) {
    __attribute__((cleanup(clear))) resend_options options = { .waiting = CLI_WAITING_INIT };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &options, &first, &exit))
        return exit;
    ctes_error err = CTES_ERROR_INIT;
    CLI_AUTO_SESSION ctes_session *session = NULL;
    CLI_AUTO_OUTCOME ctes_outcome outcome = CTES_OUTCOME_INIT;
    ctes_status status = CTES_OK;
    if (first + 1 != argc)
        status = cli_usage(&err, NULL, _("give the number of one act"));
    else if (options.suffix && options.as != NULL)
        status = cli_usage(&err, NULL, _("--suffix and --as exclude each other"));
    self->wait = options.waiting.wait;
    if (status == CTES_OK)
        status = cli_session_open(self, CTES_FOR_SEND, &session, &err);
    if (status == CTES_OK)
        status = resend(self, &options, argv[first], session, &outcome, &err);
    if (status != CTES_OK)
        return cli_report_failure(self, &err);
    return cli_finish_sending(self, session, &outcome, &options.waiting);
}
