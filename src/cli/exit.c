#include "cli/exit.h"

static cli_exit exit_of_stage(ctes_stage stage, cli_exit otherwise) {
    switch (stage) {
    case CTES_STAGE_CONFIG:
        return CLI_EXIT_CONFIG;
    case CTES_STAGE_ACTE:
    case CTES_STAGE_DOCUMENT:
    case CTES_STAGE_SIGNATURE: /* one made elsewhere: keys have codes of their own */
        return CLI_EXIT_INPUT;
    case CTES_STAGE_SUBMISSION:
        return CLI_EXIT_UNKNOWN;
    case CTES_STAGE_ACQUITTEMENT: /* something came that nobody understood: a person looks */
        return CLI_EXIT_REFUSED;
    case CTES_STAGE_NONE:
    case CTES_STAGE_MESSAGE:
    case CTES_STAGE_PACKAGE:
    case CTES_STAGE_REGISTER:
        break;
    }
    return otherwise;
}

static bool is_about_a_file(ctes_status code) {
    return code == CTES_E_NOT_FOUND || code == CTES_E_PERMISSION || code == CTES_E_LIMIT;
}

cli_exit cli_exit_of_error(const ctes_error *error) {
    if (error->code == CTES_E_INTERRUPTED)
        return CLI_EXIT_STOPPED;
    switch (ctes_status_kind(error->code)) {
    case CTES_KIND_OK:
        return CLI_EXIT_DONE;
    case CTES_KIND_USAGE:
        return CLI_EXIT_USAGE;
    case CTES_KIND_CONFIG:
        return CLI_EXIT_CONFIG;
    case CTES_KIND_INPUT:
        return CLI_EXIT_INPUT;
    case CTES_KIND_REFUSED:
        return CLI_EXIT_REFUSED;
    case CTES_KIND_LATER:
        return CLI_EXIT_LATER;
    case CTES_KIND_UNKNOWN:
        /* a question that got no answer sent nothing: asking again is safe */
        return error->stage == CTES_STAGE_ACQUITTEMENT ? CLI_EXIT_LATER : CLI_EXIT_UNKNOWN;
    case CTES_KIND_HOSTILE:
        return exit_of_stage(error->stage, CLI_EXIT_SYSTEM);
    case CTES_KIND_SYSTEM:
        break;
    }
    if (is_about_a_file(error->code) && error->stage != CTES_STAGE_SUBMISSION &&
        error->stage != CTES_STAGE_ACQUITTEMENT)
        return exit_of_stage(error->stage, CLI_EXIT_SYSTEM);
    return CLI_EXIT_SYSTEM;
}

static bool is_refusal(ctes_state state) {
    return state == CTES_STATE_REFUSED || state == CTES_STATE_DISCORDANT ||
           state == CTES_STATE_ANOMALIE_ACTE || state == CTES_STATE_ANOMALIE_ENVELOPPE ||
           state == CTES_STATE_OPERATOR_ERROR || state == CTES_STATE_CLOSED ||
           state == CTES_STATE_CANCELLED;
}

static bool is_open(ctes_state state) {
    return state == CTES_STATE_UNSETTLED || state == CTES_STATE_TO_SEND;
}

ctes_error cli_error_of_outcome(const ctes_outcome *outcome) {
    ctes_error error = outcome->error;
    ctes_state state = outcome->record.state;
    if (state != CTES_STATE_NONE && !is_open(state) && ctes_status_maybe_received(error.code))
        error.stage = CTES_STAGE_ACQUITTEMENT; /* the act is settled: only a question was lost */
    return error;
}

cli_exit cli_exit_of_outcome(const ctes_outcome *outcome, bool asked) {
    const ctes_record *record = &outcome->record;
    const ctes_error error = cli_error_of_outcome(outcome);
    if (error.code == CTES_E_ACTE_LEASED) /* another process is at it and will tell */
        return CLI_EXIT_LATER;
    if (is_open(record->state))
        return CLI_EXIT_UNKNOWN;
    if (is_refusal(record->state)) {
        /* another act counts instead of this one; who asks for this very one is told so */
        bool settled = record->replaced_by != NULL && !(asked && error.code != CTES_OK);
        bool known = outcome->result == CTES_RESULT_UNCHANGED && !asked;
        if (settled || known)
            return CLI_EXIT_DONE;
    }
    if (error.code != CTES_OK)
        return cli_exit_of_error(&error);
    return is_refusal(record->state) || outcome->result == CTES_RESULT_REFUSED ? CLI_EXIT_REFUSED
                                                                               : CLI_EXIT_DONE;
}

static int gravity(cli_exit status) {
    static const cli_exit order[] = { CLI_EXIT_DONE,   CLI_EXIT_USAGE,   CLI_EXIT_LATER,
                                      CLI_EXIT_INPUT,  CLI_EXIT_REFUSED, CLI_EXIT_UNKNOWN,
                                      CLI_EXIT_CONFIG, CLI_EXIT_SYSTEM,  CLI_EXIT_STOPPED };
    for (int i = 0; i < (int)(sizeof order / sizeof order[0]); i++)
        if (order[i] == status)
            return i;
    return (int)(sizeof order / sizeof order[0]);
}

cli_exit cli_exit_worst(cli_exit a, cli_exit b) {
    return gravity(a) >= gravity(b) ? a : b;
}
