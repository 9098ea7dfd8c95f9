#include "cli/progress.h"

#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/hooks.h"
#include "cli/progress_line.h"
#include "cli/quantity.h"
#include "cli/terminal.h"

enum {
    DRAW_MS = 100,       /* at most ten times a second */
    TICK_MS = 250,       /* the clock goes on, and the window may have changed its size */
    TELL_MS = 60 * 1000, /* a line in a log */
    SAMPLES = 30,        /* the rate is that of the last half minute */
    USUAL_COLUMNS = 80
};

/* How much was done when. */
typedef struct sample {
    int64_t at_ms;
    size_t done;
} sample;

struct cli_progress {
    cli *self;
    bool is_bar;
    pthread_t ticker;
    pthread_cond_t wake;   /* with the mutex: it ends */
    pthread_mutex_t mutex; /* over what follows, and over who writes on standard error */
    bool is_ending;
    cli_progress_facts facts;
    sample samples[SAMPLES];
    size_t sample_count, oldest;
    char *drawn; /* what stands on the terminal, or NULL */
    int64_t drawn_ms, told_ms;
    size_t told_done;
};

/* --- the rate --------------------------------------------------------------------------------- */

static void start_samples(cli_progress *p, int64_t now) {
    p->samples[0] = (sample){ now, p->facts.done };
    p->sample_count = 1;
    p->oldest = 0;
}

/* One sample a second; the oldest is dropped. */
static void take_sample(cli_progress *p, int64_t now) {
    const sample *last = &p->samples[(p->oldest + p->sample_count - 1) % SAMPLES];
    if (now - last->at_ms < 1000)
        return;
    if (p->sample_count < SAMPLES)
        p->sample_count++;
    else
        p->oldest = (p->oldest + 1) % SAMPLES;
    p->samples[(p->oldest + p->sample_count - 1) % SAMPLES] = (sample){ now, p->facts.done };
}

static double rate_of(const cli_progress *p, int64_t now) {
    enum { LEAST_MS = 1500 }; /* before, it would be a guess */
    const sample *first = &p->samples[p->oldest];
    int64_t span = now - first->at_ms;
    return span < LEAST_MS ? 0 : (double)(p->facts.done - first->done) * 1000 / (double)span;
}

static void look_at_clock(cli_progress *p) {
    int64_t now = cli_monotonic_ms();
    p->facts.now_ms = cli_now_ms();
    p->facts.is_stopping = cli_stop_asked();
    if (p->facts.is_waiting && p->facts.now_ms >= p->facts.until_ms) {
        p->facts.is_waiting = false;
        start_samples(p, now);
    }
    take_sample(p, now);
    p->facts.rate = rate_of(p, now);
}

/* --- showing ---------------------------------------------------------------------------------- */

static void erase(cli_progress *p) {
    if (p->drawn == NULL)
        return;
    (void)fputs(CLI_ERASE_LINE, stderr);
    cli_freep(&p->drawn);
    cli_bar_shown(false);
}

static void draw(cli_progress *p) {
    size_t columns = cli_terminal_columns(STDERR_FILENO);
    const cli_progress_look look = { .columns = columns > 0 ? columns : USUAL_COLUMNS,
                                     .utf8 = cli_terminal_utf8(),
                                     .colour = cli_terminal_colours() };
    p->drawn_ms = cli_monotonic_ms();
    look_at_clock(p);
    if (p->facts.total == 0)
        return;
    char *text = cli_progress_bar(&p->facts, &look);
    if (p->drawn == NULL || strcmp(text, p->drawn) != 0) {
        CLI_AUTO_FREE char *whole = cli_format("\r%s\033[K", text);
        cli_bar_shown(true);
        (void)fputs(whole, stderr);
        free(p->drawn);
        p->drawn = text;
    } else {
        free(text);
    }
}

/* A minute without news is not worth a line. */
static void tell(cli_progress *p) {
    int64_t now = cli_monotonic_ms();
    look_at_clock(p);
    if (now - p->told_ms < TELL_MS || p->facts.done == p->told_done)
        return;
    CLI_AUTO_FREE char *text = cli_progress_sentence(&p->facts);
    p->told_ms = now;
    p->told_done = p->facts.done;
    cli_put_priority(stderr, 6);
    (void)fprintf(stderr, "%s\n", text);
}

static void show(cli_progress *p) {
    if (!p->is_bar)
        tell(p);
    else if (cli_monotonic_ms() - p->drawn_ms >= DRAW_MS)
        draw(p);
}

static void *tick(void *data) {
    cli_progress *p = data;
    (void)pthread_mutex_lock(&p->mutex);
    while (!p->is_ending) {
        struct timespec end;
        (void)clock_gettime(CLOCK_MONOTONIC, &end);
        end.tv_nsec += TICK_MS * 1000000L;
        end.tv_sec += end.tv_nsec / 1000000000L;
        end.tv_nsec %= 1000000000L;
        if (pthread_cond_timedwait(&p->wake, &p->mutex, &end) != 0)
            show(p);
    }
    (void)pthread_mutex_unlock(&p->mutex);
    return NULL;
}

/* --- from the start to the end ---------------------------------------------------------------- */

cli_progress *cli_progress_start(cli *self) {
    if (self->quiet || self->json)
        return NULL;
    cli_progress *p = cli_realloc(NULL, 1, sizeof *p);
    *p = (cli_progress){ .self = self, .is_bar = cli_terminal_erases(STDERR_FILENO) };
    p->told_ms = cli_monotonic_ms();
    start_samples(p, p->told_ms);
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&p->wake, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)pthread_mutex_init(&p->mutex, NULL);
    if (pthread_create(&p->ticker, NULL, tick, p) != 0)
        cli_out_of_memory();
    self->progress = p;
    return p;
}

void cli_progress_end(cli_progress *p) {
    if (p == NULL)
        return;
    (void)pthread_mutex_lock(&p->mutex);
    p->is_ending = true;
    erase(p);
    (void)pthread_cond_signal(&p->wake);
    (void)pthread_mutex_unlock(&p->mutex);
    (void)pthread_join(p->ticker, NULL);
    (void)pthread_mutex_destroy(&p->mutex);
    (void)pthread_cond_destroy(&p->wake);
    p->self->progress = NULL;
    free(p);
}

void cli_progress_pause(cli_progress *p) {
    if (p == NULL)
        return;
    (void)pthread_mutex_lock(&p->mutex);
    erase(p);
}

void cli_progress_resume(cli_progress *p) {
    if (p == NULL)
        return;
    (void)fflush(stdout);
    show(p);
    (void)pthread_mutex_unlock(&p->mutex);
}

/* --- what happens ----------------------------------------------------------------------------- */

void cli_progress_total(cli_progress *p, size_t total) {
    if (p == NULL)
        return;
    (void)pthread_mutex_lock(&p->mutex);
    p->facts.total = total;
    start_samples(p, cli_monotonic_ms());
    show(p);
    (void)pthread_mutex_unlock(&p->mutex);
}

void cli_progress_advance(cli_progress *p, const ctes_outcome *outcome) {
    if (p == NULL)
        return;
    cli_exit exit = cli_exit_of_outcome(outcome, false);
    (void)pthread_mutex_lock(&p->mutex);
    cli_progress_facts *facts = &p->facts;
    if (facts->done < facts->total)
        facts->done++;
    else
        facts->answers += outcome->result == CTES_RESULT_CHANGED;
    facts->refused += exit != CLI_EXIT_DONE && exit != CLI_EXIT_UNKNOWN;
    facts->uncertain += exit == CLI_EXIT_UNKNOWN;
    facts->bytes += outcome->result == CTES_RESULT_SENT ? outcome->archive_size : 0;
    show(p);
    (void)pthread_mutex_unlock(&p->mutex);
}

void cli_progress_wait(cli_progress *p, ctes_wait why, int64_t until_ms) {
    if (p == NULL)
        return;
    (void)pthread_mutex_lock(&p->mutex);
    p->facts.is_waiting = true;
    p->facts.why = why;
    p->facts.until_ms = until_ms;
    show(p);
    (void)pthread_mutex_unlock(&p->mutex);
}
