/* An act described by options, by a form, or by both: the options have the last word. */
#ifndef CTES_CLI_DESCRIBE_H
#define CTES_CLI_DESCRIBE_H

#include "cli/opt.h"

/** Rows for the option table of a command that takes a description. */
#define CLI_DESCRIPTION_OPTIONS                                                                    \
    { CLI_OPT_NUMERO, "numero", N_("NUMBER"), N_("number of the act, as you write it") },          \
        { CLI_OPT_DATE, "date", N_("DATE"), N_("date of the decision: 2022-06-27, 27/06/2022") },  \
        { CLI_OPT_NATURE, "nature", N_("NATURE"), N_("DE, AR, AI, CC, BF or AU") },                \
        { CLI_OPT_MATIERE, "matiere", N_("CODE"),                                                  \
          N_("code of the classification, such as 7.10") },                                        \
        { CLI_OPT_OBJET, "objet", N_("TEXT"), N_("subject of the act") },                          \
        { CLI_OPT_DOCUMENT, "document", N_("FILE"), N_("its text, a PDF") },                       \
        { CLI_OPT_ANNEXE, "annexe", N_("[TYPE:]FILE"), N_("an annexe; may be repeated") }, {       \
        CLI_OPT_CLASSIFICATION_DATE, "classification-date", N_("DATE"),                            \
            N_("version of the classification, if not the usual")                                  \
    }

/** Further rows that "send" and "check" share. */
#define CLI_NEW_ACTE_OPTIONS                                                                       \
    { CLI_OPT_TYPE, "type", N_("TYPE"), N_("type of the document, if not the usual") },            \
        { CLI_OPT_SIGNATURE, "signature", N_("FILE"),                                              \
          N_("its detached signature, made elsewhere") },                                          \
        { CLI_OPT_PRECEDENT, "precedent", N_("IDENTIFIER"),                                        \
          N_("identifier of the act that this one corrects") },                                    \
        { CLI_OPT_PAPIER, "papier", NULL, N_("a paper copy follows") },                            \
        { CLI_OPT_FICHE, "fiche", N_("FILE"), N_("form of the act, its files beside it") },        \
        CLI_AUTORITE_OPTION

#define CLI_AUTORITE_OPTION                                                                        \
    { CLI_OPT_AUTORITE, "autorite", N_("KEY|SIREN"), N_("the authority, if there are several") }

#define CLI_WAIT_OPTIONS                                                                           \
    { CLI_OPT_WAIT, "wait", N_("[=SECONDS]"), N_("wait for the acknowledgement (600 seconds)") },  \
    {                                                                                              \
        CLI_OPT_EVERY, "every", N_("SECONDS"), N_("time between two questions (30)")               \
    }

#define CLI_OPTION_END                                                                             \
    { 0, NULL, NULL, NULL }

typedef struct cli_waiting {
    long wait, every; /* seconds */
} cli_waiting;

#define CLI_WAITING_INIT                                                                           \
    { .wait = 0, .every = 30 }

/** Takes --wait and --every. Sets `*ret_taken` when `id` was one of them. */
ctes_status cli_waiting_option(cli_waiting *waiting, int id, const char *value, bool *ret_taken,
                               ctes_error *err);

typedef struct cli_description {
    ctes_acte acte;
    const char *fiche;
    const char *autorite;
    bool any; /* an option described the act */
} cli_description;

/** Takes one option of CLI_DESCRIPTION_OPTIONS or CLI_NEW_ACTE_OPTIONS. */
ctes_status cli_description_option(cli_description *self, int id, const char *value,
                                   ctes_error *err);

/** Adds "[TYPE:]FILE" to the annexes. */
ctes_status cli_annexe_add(ctes_acte *acte, const char *value, ctes_error *err);

/** Completes the act: reads the form, finds the authority. The configuration is loaded. */
ctes_status cli_description_finish(const cli *self, cli_description *description, ctes_error *err);

static inline void cli_description_clear(cli_description *description) {
    ctes_acte_clear(&description->acte);
}

/** Reports what became of an act that was to be sent and, when asked to, waits for its answer. */
cli_exit cli_finish_sending(const cli *self, ctes_session *session, const ctes_outcome *outcome,
                            const cli_waiting *waiting);

#endif
