/* What is said about letters, in words that are not the norm's. */
#ifndef CTES_CLI_COURRIER_TEXT_H
#define CTES_CLI_COURRIER_TEXT_H

#include "cli/cli.h"

/** What it is: "request for further documents". Translated. */
const char *cli_courrier_label(const ctes_courrier *courrier);

/** Where it stands: "to be answered". Translated. */
const char *cli_courrier_state(const ctes_courrier *courrier);

/** What a person does about it; NULL for nothing. The caller frees it. */
char *cli_courrier_advice(const ctes_courrier *courrier);

/** "28/08/2022 (12 days left)"; "" without a last day. The caller frees it. */
char *cli_courrier_last_day(const ctes_courrier *courrier, int64_t now_ms);

/** Days from today to its last day, negative when it is past; 0 without one. */
long cli_courrier_days_left(const ctes_courrier *courrier, int64_t now_ms);

/** Number of the act it is about as people know it, or else its identifier; "" for none. */
const char *cli_courrier_acte(const ctes_courrier *courrier);

/** Was it sent by the authority? */
bool cli_courrier_is_sent(const ctes_courrier *courrier);

/** Why, for a person; NULL for no reason. The caller frees it. */
char *cli_courrier_reason(const ctes_courrier *courrier);

#endif
