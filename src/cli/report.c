#include "cli/report.h"

#include <string.h>
#include <unistd.h>

#include "cli/outcome_text.h"
#include "cli/progress.h"
#include "cli/progress_line.h"
#include "cli/text.h"

cli_exit cli_report_failure(const cli *self, const ctes_error *error) {
    CLI_AUTO_FREE char *help = NULL;
    if (error->code == CTES_E_USAGE && self->command != NULL && self->command->options != NULL)
        help = cli_format(_("See \"ctes help %s\"."), self->command->name);
    if (self->json) {
        json_t *object = json_object();
        cli_json_set(object, "error", cli_json_error(error, help));
        cli_json_print(object);
    } else {
        (void)fflush(stdout);
        cli_error_write(stderr, error, NULL, help);
    }
    return cli_exit_of_error(error);
}

/* For the journal: what time settles is a warning. */
static int priority_of(cli_exit exit) {
    return exit == CLI_EXIT_DONE ? 6 : exit == CLI_EXIT_LATER || exit == CLI_EXIT_UNKNOWN ? 4 : 3;
}

/* Each note on a line of its own, then what to do. */
static void put_whole(FILE *out, const char *head, const cli_notes *notes, const char *advice,
                      int priority) {
    cli_put_priority(out, priority);
    (void)fprintf(out, "%s\n", head);
    for (size_t i = 0; i < notes->count; i++) {
        cli_put_priority(out, priority);
        (void)fprintf(out, "  %s\n", notes->text[i]);
    }
    if (*advice != '\0') {
        cli_put_priority(out, priority);
        (void)fprintf(out, "  %s\n", advice);
    }
}

static void put_line(FILE *out, const char *head, const cli_notes *notes, const char *advice,
                     int priority) {
    cli_put_priority(out, priority);
    (void)fputs(head, out);
    for (size_t i = 0; i < notes->count; i++)
        /* TRANSLATORS: between facts about an act, in brackets */
        (void)fprintf(out, "%s%s", i == 0 ? " (" : _("; "), notes->text[i]);
    (void)fputs(notes->count > 0 ? ")" : "", out);
    (void)fprintf(out, "%s%s\n", *advice != '\0' ? ". " : "", advice);
}

void cli_report_outcome(const cli *self, const ctes_outcome *outcome, cli_report_style style) {
    if (self->json) {
        cli_json_print(cli_json_outcome(outcome));
        return;
    }
    /* among many acts, one that another replaces is no fault */
    bool asked = style == CLI_REPORT_WHOLE || outcome->record.replaced_by == NULL;
    cli_exit exit = cli_exit_of_outcome(outcome, asked);
    bool failed = exit != CLI_EXIT_DONE;
    bool is_held_up = cli_outcome_is_held_up(outcome);
    if (!failed && !is_held_up && self->quiet)
        return;
    bool is_warned =
        is_held_up && style == CLI_REPORT_LINE; /* among others; else it was asked for */
    FILE *out = failed || is_warned ? stderr : stdout;
    CLI_AUTO_NOTES cli_notes notes;
    cli_notes_of(outcome, &notes);
    CLI_AUTO_FREE char *head = NULL;
    const char *advice = "";
    if (!cli_outcome_is_state(outcome) && failed) {
        const ctes_error error = cli_error_of_outcome(outcome);
        head = cli_error_line(&error, cli_record_number(&outcome->record),
                              cli_outcome_advice(outcome));
    } else {
        head = cli_outcome_headline(outcome);
        advice = cli_outcome_is_state(outcome) ? cli_outcome_advice(outcome) : "";
    }
    cli_progress_pause(self->progress);
    if (out == stderr)
        (void)fflush(stdout); /* so that both keep their order in one log */
    int priority = is_held_up && !failed ? 3 : priority_of(exit);
    (style == CLI_REPORT_LINE ? put_line : put_whole)(out, head, &notes, advice, priority);
    (void)fflush(out);
    cli_progress_resume(self->progress);
}

static json_t *wait_json(ctes_wait why, int64_t until_ms) {
    static const char *const names[] = {
        [CTES_WAIT_WINDOW] = "window", [CTES_WAIT_VOLUME] = "volume", [CTES_WAIT_RETRY] = "retry"
    };
    json_t *object = json_object(), *inner = json_object();
    cli_json_text(inner, "why", names[why]);
    cli_json_text(inner, "until", cli_instant_iso(until_ms).text);
    cli_json_set(object, "wait", inner);
    return object;
}

void cli_report_wait(const cli *self, ctes_wait why, int64_t until_ms, int64_t now_ms) {
    if (self->json) {
        cli_json_print(wait_json(why, until_ms));
        return;
    }
    CLI_AUTO_FREE char *text = cli_wait_sentence(why, until_ms, now_ms);
    cli_progress_pause(self->progress);
    cli_put_priority(stderr, 6);
    (void)fprintf(stderr, "%s\n", text);
    cli_progress_resume(self->progress);
}
