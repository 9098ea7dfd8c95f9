#include "cli/progress_line.h"

#include <string.h>

#include "cli/quantity.h"

/* Parts of the line in their order, and what they are worth when there is no room for all. */
typedef enum part { PART_COUNT, PART_BYTES, PART_RATE, PART_LEFT, PART_REFUSED, PARTS } part;

static const part first_to_go[] = { PART_BYTES, PART_RATE, PART_LEFT, PART_REFUSED };

typedef struct line {
    char *text[PARTS]; /* NULL: not known, or no room */
    const char *between;
} line;

static void clear_line(line *l) {
    for (int i = 0; i < PARTS; i++)
        cli_freep(&l->text[i]);
}

/* --- what is said ----------------------------------------------------------------------------- */

static char *say(const char *sentence, const char *name, const char *value) {
    const cli_fact fact = { name, value };
    return *value != '\0' ? cli_sentence_text(sentence, &fact, 1) : NULL;
}

static char *say_count(const cli_progress_facts *facts) {
    const cli_short done = cli_grouped(facts->done), total = cli_grouped(facts->total);
    const cli_fact counts[] = { { "done", done.text }, { "total", total.text } };
    /* TRANSLATORS: acts of the batch that are done, and all of them */
    return cli_sentence_text(_("{done}/{total} acts"), counts, 2);
}

/* "12 refused, 1 uncertain" */
static char *say_refused(const cli_progress_facts *facts) {
    const cli_short refused = cli_grouped(facts->refused),
                    uncertain = cli_grouped(facts->uncertain);
    const cli_fact counts[] = { { "refused", facts->refused > 0 ? refused.text : "" },
                                { "uncertain", facts->uncertain > 0 ? uncertain.text : "" } };
    if (facts->refused == 0 && facts->uncertain == 0)
        return NULL;
    return cli_sentence_text(facts->refused > 0 && facts->uncertain > 0
                                 ? _("{refused} refused, {uncertain} uncertain")
                             : facts->refused > 0 ? _("{refused} refused")
                                                  : _("{uncertain} uncertain"),
                             counts, 2);
}

/* A near instant is told as what is left, today's by its hour, another by its day as well. */
static cli_short until(int64_t until_ms, int64_t now_ms) {
    enum { NEAR_MS = 2 * 60 * 1000 };
    if (until_ms - now_ms < NEAR_MS) {
        const cli_short left = cli_duration_about(until_ms > now_ms ? until_ms - now_ms : 0);
        const cli_fact fact = { "left", left.text };
        return cli_sentence_short(_("for another {left}"), &fact, 1);
    }
    const cli_short at = cli_hour(until_ms, now_ms);
    const cli_fact fact = { "time", at.text };
    return cli_sentence_short(_("until {time}"), &fact, 1);
}

static const char *wait_short(ctes_wait why) {
    switch (why) {
    case CTES_WAIT_WINDOW:
        return _("outside the hours of sending, {until}");
    case CTES_WAIT_VOLUME:
        return _("volume of the hour used up, {until}");
    case CTES_WAIT_RETRY:
        break;
    }
    return _("operator unavailable, waiting {until}");
}

static char *say_left(const cli_progress_facts *facts) {
    if (facts->is_stopping)
        return cli_strdup(_("finishing what is under way"));
    if (facts->is_waiting)
        return say(wait_short(facts->why), "until", until(facts->until_ms, facts->now_ms).text);
    if (facts->done >= facts->total && facts->total > 0)
        return cli_strdup(_("asking for the answers"));
    if (facts->rate <= 0)
        return NULL;
    double left_ms = (double)(facts->total - facts->done) / facts->rate * 1000;
    return say(_("{left} left"), "left", cli_duration_about((int64_t)left_ms).text);
}

static void say_all(const cli_progress_facts *facts, line *ret) {
    bool is_moving = !facts->is_waiting && !facts->is_stopping && facts->done < facts->total;
    ret->text[PART_COUNT] = say_count(facts);
    ret->text[PART_BYTES] = facts->bytes > 0 ? cli_strdup(cli_size(facts->bytes).text) : NULL;
    ret->text[PART_RATE] = is_moving ? say("{rate}", "rate", cli_rate(facts->rate).text) : NULL;
    ret->text[PART_LEFT] = say_left(facts);
    ret->text[PART_REFUSED] = say_refused(facts);
}

static size_t width_of(const line *l) {
    size_t width = 0;
    for (int i = 0; i < PARTS; i++)
        if (l->text[i] != NULL)
            width += cli_columns(l->text[i]) + (width > 0 ? strlen("   ") : 0);
    return width;
}

/* --- the bar ---------------------------------------------------------------------------------- */

static void put_times(FILE *out, const char *sign, size_t times) {
    for (size_t i = 0; i < times; i++)
        (void)fputs(sign, out);
}

static void put_coloured(FILE *out, const cli_progress_look *look, const char *colour,
                         const char *sign, size_t times) {
    bool is_coloured = look->colour && *colour != '\0' && times > 0;
    (void)fputs(is_coloured ? colour : "", out);
    put_times(out, sign, times);
    (void)fputs(is_coloured ? "\033[0m" : "", out);
}

static void put_bar(FILE *out, const cli_progress_facts *facts, const cli_progress_look *look,
                    size_t width) {
    size_t inner = look->utf8 ? width : width - 2;
    size_t full =
        facts->total > 0 ? (size_t)((double)inner * (double)facts->done / (double)facts->total) : 0;
    full = full > inner ? inner : full;
    (void)fputs(look->utf8 ? "" : "[", out);
    put_coloured(out, look, "\033[32m", look->utf8 ? "█" : "#", full);
    put_coloured(out, look, "\033[2m", look->utf8 ? "░" : "-", inner - full);
    (void)fputs(look->utf8 ? " " : "] ", out);
}

static void put_line(FILE *out, const line *l, const cli_progress_look *look) {
    bool is_first = true;
    for (int i = 0; i < PARTS; i++) {
        if (l->text[i] == NULL)
            continue;
        (void)fputs(is_first ? "" : look->utf8 ? " · " : " - ", out);
        put_coloured(out, look, i == PART_REFUSED ? "\033[33m" : "", l->text[i], 1);
        is_first = false;
    }
}

char *cli_progress_bar(const cli_progress_facts *facts, const cli_progress_look *look) {
    enum { BAR_LEAST = 10, BAR_MOST = 40 };
    __attribute__((cleanup(clear_line))) line parts = { .text = { NULL } };
    size_t room = look->columns > 0 ? look->columns - 1 : 0; /* a full line would wrap */
    say_all(facts, &parts);
    for (size_t i = 0; i < sizeof first_to_go / sizeof first_to_go[0]; i++)
        if (width_of(&parts) + BAR_LEAST + 1 > room)
            cli_freep(&parts.text[first_to_go[i]]);
    size_t width = width_of(&parts);
    if (width > room)
        return cli_strdup("");
    size_t bar = room - width > BAR_LEAST ? room - width - 1 : 0;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        cli_out_of_memory();
    if (bar > 0)
        put_bar(out, facts, look, bar < BAR_MOST ? bar : BAR_MOST);
    put_line(out, &parts, look);
    if (fclose(out) != 0)
        cli_out_of_memory();
    return text;
}

/* --- for a log -------------------------------------------------------------------------------- */

char *cli_progress_sentence(const cli_progress_facts *facts) {
    CLI_AUTO_FREE char *left = say_left(facts), *refused = say_refused(facts);
    const cli_short done = cli_grouped(facts->done), total = cli_grouped(facts->total),
                    rate = cli_rate(facts->rate);
    const cli_fact values[] = { { "done", done.text },
                                { "total", total.text },
                                { "rate", facts->is_waiting ? "" : rate.text },
                                { "left", left },
                                { "refused", refused } };
    return cli_sentence_text(_("{done} of {total} acts[, {rate}][, {left}][; {refused}]"), values,
                             sizeof values / sizeof values[0]);
}

char *cli_wait_sentence(ctes_wait why, int64_t until_ms, int64_t now_ms) {
    const cli_short time = cli_hour(until_ms, now_ms);
    const char *sentence = "";
    switch (why) {
    case CTES_WAIT_WINDOW:
        sentence = _("Outside the hours of sending: nothing leaves before {time}.");
        break;
    case CTES_WAIT_VOLUME:
        sentence = _("The volume of this hour is used up: nothing leaves before {time}.");
        break;
    case CTES_WAIT_RETRY:
        sentence = _("The operator cannot take acts for now: nothing leaves before {time}.");
        break;
    }
    return say(sentence, "time", time.text);
}
