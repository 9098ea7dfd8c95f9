/*
 * What is said to people: a sentence for every status code and every state, and what to do next.
 * Sentences are English here and translated through gettext; facts are put in by cli_sentence.
 */
#ifndef CTES_CLI_MESSAGE_H
#define CTES_CLI_MESSAGE_H

#include <stdio.h>

#include <ctes/ctes.h>

/** Sentence of a code, with places {subject}, {detail}, {line}; translated. */
const char *cli_message(ctes_status code);

/** What to do next; "" when there is nothing to add. Translated. */
const char *cli_message_advice(ctes_status code);

/** Same for an error, whose stage may tell more than its code. */
const char *cli_error_advice(const ctes_error *error);

/** Label of a state ("waiting for the acknowledgement"); "" for CTES_STATE_NONE. Translated. */
const char *cli_state_label(ctes_state state);

/** What a person does about an act in this state; "" for nothing. Translated. */
const char *cli_state_advice(ctes_state state);

/** Same for a recorded act: one that was replaced needs nothing, unless the préfecture has received
 * it all the same. */
const char *cli_record_advice(const ctes_record *record);

/** Fills `err` and returns `code`; `subject` and `detail` may be NULL. `detail` is text in the
 *  person's language or a value. */
ctes_status cli_fail(ctes_error *err, ctes_status code, ctes_stage stage, const char *subject,
                     const char *detail);

/** Writes "2022-0160: line 12: the document is not a PDF (PNG). Export it ..." and a newline.
 *  `acte` (may be NULL) is the number of the act at stake. `advice` replaces that of
 *  cli_error_advice unless it is NULL. */
void cli_error_write(FILE *out, const ctes_error *error, const char *acte, const char *advice);

/** The same as a text without newline; the caller frees it. */
char *cli_error_line(const ctes_error *error, const char *acte, const char *advice);

/** Same without what precedes the sentence, nor newline; the caller frees it. */
char *cli_error_text(const ctes_error *error, const char *acte);

/** A line of the library's log, translated where it is a warning; the caller frees it. */
char *cli_log_text(const char *text);

#endif
