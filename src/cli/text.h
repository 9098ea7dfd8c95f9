/*
 * Text of the program: copies that end it when memory is out, foreign text made harmless for a
 * terminal, sentences with places to fill, dates as the person's language writes them.
 */
#ifndef CTES_CLI_TEXT_H
#define CTES_CLI_TEXT_H

#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>

#include <ctes/acte.h>

/** Translates now; marks for later translation. */
#define _(text)  gettext(text)
#define N_(text) text

static inline void cli_freep(char **p) {
    free(*p);
    *p = NULL;
}
static inline void cli_fclosep(FILE **p) {
    if (*p != NULL)
        (void)fclose(*p);
    *p = NULL;
}
#define CLI_AUTO_FREE   __attribute__((cleanup(cli_freep)))
#define CLI_AUTO_FCLOSE __attribute__((cleanup(cli_fclosep)))

/** These end the program with CLI_EXIT_SYSTEM when memory is out; the caller frees the result. */
char *cli_strdup(const char *text);
char *cli_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *cli_realloc(void *block, size_t count, size_t size);
void cli_out_of_memory(void) __attribute__((noreturn));

/** A copy in valid UTF-8 that a terminal and a JSON reader take: control characters (C0, DEL, C1)
 * and the marks that turn the writing direction become spaces, a byte that is no UTF-8 becomes
 * \xNN. NULL gives "". */
char *cli_clean(const char *text);

bool cli_is_utf8(const char *text);

/** Writes `text` cleaned. */
void cli_put(FILE *out, const char *text);

/** A line of standard output: a label and, in its column, a value; nothing for no value. */
void cli_put_field(const char *label, const char *value);

/** Before a line on standard error that systemd reads: its priority of syslog, "<3>" for what needs
 *  a person, "<4>" for what time settles, "<6>" for news. Nothing elsewhere. */
void cli_put_priority(FILE *out, int priority);

/** Number of terminal columns of valid UTF-8, one a character but combining marks. */
size_t cli_columns(const char *text);

/** What stands in a place `{name}` of a sentence; `value` NULL or "" is "nothing known". */
typedef struct cli_fact {
    const char *name;
    const char *value;
} cli_fact;

/** Writes a sentence. `{name}` is replaced by its cleaned value; a part in brackets is left out
 *  when one of its places has no value. Values are data: nothing in them is interpreted. */
void cli_sentence(FILE *out, const char *sentence, const cli_fact *facts, size_t count);

/** The same as a text; the caller frees it. */
char *cli_sentence_text(const char *sentence, const cli_fact *facts, size_t count);

/** A short text by value. */
typedef struct cli_short {
    char text[64];
} cli_short;

/** The same as a short text. */
cli_short cli_sentence_short(const char *sentence, const cli_fact *facts, size_t count);

/** "2022-06-28" in English, "28/06/2022" in French; "" for a date not given. */
cli_short cli_date(ctes_date date);

/** An instant in the zone in force, to the minute, for people. */
cli_short cli_instant(int64_t ms);

/** Its hour when it is on the day of `now_ms`, else the same as cli_instant. */
cli_short cli_hour(int64_t ms, int64_t now_ms);

/** "2022-06-28T12:34:56Z", for programs; "" for 0. */
cli_short cli_instant_iso(int64_t ms);

/** "12 kB", "3.4 MB" in the person's language. */
cli_short cli_size(uint64_t bytes);

/** Decimal digits, to be a sentence's fact. */
cli_short cli_count(uint64_t number);

#endif
