/*
 * What a command says: to people in sentences (what went well on standard output, what did not on
 * standard error), or with --json one object a line on standard output.
 */
#ifndef CTES_CLI_REPORT_H
#define CTES_CLI_REPORT_H

#include <jansson.h>

#include "cli/cli.h"
#include "cli/message.h"
#include "cli/outcome_text.h"

/** Reports a failure of the command as a whole and returns its exit status. */
cli_exit cli_report_failure(const cli *self, const ctes_error *error);

typedef enum cli_report_style {
    CLI_REPORT_WHOLE, /**< one act was asked about: its notes on lines of their own */
    CLI_REPORT_LINE   /**< one of many acts: one line */
} cli_report_style;

/** Reports what became of one act. */
void cli_report_outcome(const cli *self, const ctes_outcome *outcome, cli_report_style style);

/** Reports that nothing leaves until then. */
void cli_report_wait(const cli *self, ctes_wait why, int64_t until_ms, int64_t now_ms);

/* --- JSON: report_json.c; keys are documented in ctes(1) --- */

/** An object; the caller hands it to cli_json_print. Texts are cleaned. `advice` replaces that of
 *  cli_error_advice unless it is NULL. */
json_t *cli_json_error(const ctes_error *error, const char *advice);
json_t *cli_json_record(const ctes_record *record);
json_t *cli_json_outcome(const ctes_outcome *outcome);

/** Sets a member; a text that is NULL or "" gives null, a number 0 gives null. */
void cli_json_text(json_t *object, const char *key, const char *value);
void cli_json_number(json_t *object, const char *key, int64_t value);
void cli_json_count(json_t *object, const char *key, uint64_t value); /**< 0 is 0 */
void cli_json_set(json_t *object, const char *key, json_t *value);
void cli_json_append(json_t *list, json_t *value);
void cli_json_date(json_t *object, const char *key, ctes_date value);

/** Prints one line on standard output and releases the object. */
void cli_json_print(json_t *object);

#endif
