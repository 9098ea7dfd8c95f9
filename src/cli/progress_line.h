/* How far a batch is, in one line: what progress.c shows, as a function of what is known. */
#ifndef CTES_CLI_PROGRESS_LINE_H
#define CTES_CLI_PROGRESS_LINE_H

#include <ctes/ctes.h>

/** What is known of a batch under way. */
typedef struct cli_progress_facts {
    size_t total; /**< 0: not counted yet */
    size_t done, refused, uncertain;
    size_t answers;   /**< to acts that waited; asked for once all are done */
    uint64_t bytes;   /**< sent */
    double rate;      /**< acts a second; 0: not known yet */
    bool is_stopping; /**< a signal came: what is under way is finished */
    bool is_waiting;  /**< nothing leaves: */
    ctes_wait why;
    int64_t until_ms, now_ms; /**< since the epoch */
} cli_progress_facts;

/** What the line is written on. */
typedef struct cli_progress_look {
    size_t columns;
    bool utf8, colour;
} cli_progress_look;

/** The bar and what stands beside it, never wider than the look; the caller frees it. Of what does
 *  not fit, what matters least is left out. */
char *cli_progress_bar(const cli_progress_facts *facts, const cli_progress_look *look);

/** The same as a sentence for a log; the caller frees it. */
char *cli_progress_sentence(const cli_progress_facts *facts);

/** Why nothing leaves and until when; the caller frees it. */
char *cli_wait_sentence(ctes_wait why, int64_t until_ms, int64_t now_ms);

#endif
