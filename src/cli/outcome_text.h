/* What is said about what became of an act. */
#ifndef CTES_CLI_OUTCOME_TEXT_H
#define CTES_CLI_OUTCOME_TEXT_H

#include "cli/cli.h"
#include "cli/message.h"

#define CLI_NOTES_MAX 10

/** What is added to the first line about an act. */
typedef struct cli_notes {
    char *text[CLI_NOTES_MAX];
    size_t count;
} cli_notes;

#define CLI_AUTO_NOTES __attribute__((cleanup(cli_notes_clear)))

/** Fills `ret`, which the caller clears. */
void cli_notes_of(const ctes_outcome *outcome, cli_notes *ret);
void cli_notes_clear(cli_notes *notes);

/** The number as its authority writes it, or else as it was sent. */
const char *cli_record_number(const ctes_record *record);

/** Names the outcome after its act when the register does not have it (yet). */
void cli_outcome_name(ctes_outcome *outcome, const ctes_acte *acte);

/** "2022-0160: sent; transmitted, waiting for the acknowledgement"; the caller frees it. */
char *cli_outcome_headline(const ctes_outcome *outcome);

/** Whether the state of the act tells what there is to tell: nothing went wrong now, or only that
 * it had come to an end before. */
bool cli_outcome_is_state(const ctes_outcome *outcome);

/** Whether a person has to do something at the operator before the act goes on. */
bool cli_outcome_is_held_up(const ctes_outcome *outcome);

/** What a person does now about an act; "" for nothing. Its state tells more than its error.
 *  Translated. */
const char *cli_outcome_advice(const ctes_outcome *outcome);

#endif
