#include "cli/hooks.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/progress.h"
#include "cli/quantity.h"
#include "cli/terminal.h"

/* A signal handler reaches nothing but static objects: the only mutable state of the program that
 * is not handed from caller to callee. */
static volatile sig_atomic_t stop_asked;
static int wake_pipe[2] = { -1, -1 };
static char farewell[256];
static volatile sig_atomic_t bar_shown;
static volatile sig_atomic_t terminal_fd = -1;
static struct termios terminal_settings;

static void on_signal(int number) {
    (void)number;
    if (stop_asked) {
        if (terminal_fd >= 0)
            (void)tcsetattr(terminal_fd, TCSANOW, &terminal_settings);
        if (bar_shown)
            (void)!write(STDERR_FILENO, CLI_ERASE_LINE, strlen(CLI_ERASE_LINE));
        _exit(CLI_EXIT_STOPPED);
    }
    stop_asked = 1;
    (void)!write(wake_pipe[1], "", 1);
    (void)!write(STDERR_FILENO, farewell, strlen(farewell));
}

void cli_signals_install(void) {
    if (pipe2(wake_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        cli_out_of_memory();
    /* the handler must not translate: the sentence is made now */
    if (isatty(STDERR_FILENO))
        (void)snprintf(farewell, sizeof farewell, "%s%s\n",
                       cli_terminal_erases(STDERR_FILENO) ? CLI_ERASE_LINE : "\n",
                       _("Finishing what is under way; press Ctrl-C again to stop at once."));
    struct sigaction action = { .sa_handler = on_signal };
    (void)sigemptyset(&action.sa_mask);
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction before;
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            (void)sigaction(numbers[i], &action, NULL); /* nohup keeps its meaning */
    }
    (void)signal(SIGPIPE, SIG_IGN); /* a reader that leaves must not cut a sending short */
}

bool cli_stop_asked(void) {
    return stop_asked != 0;
}

void cli_bar_shown(bool shown) {
    bar_shown = shown;
}

void cli_terminal_to_restore(int fd, const struct termios *settings) {
    terminal_fd = -1;
    if (settings == NULL)
        return;
    terminal_settings = *settings;
    terminal_fd = fd;
}

static bool stop_hook(void *user) {
    (void)user;
    return cli_stop_asked();
}

/* The pipe, once written to, stays readable: a signal just before the wait is not missed. */
static bool sleep_hook(void *user, int64_t ms) {
    (void)user;
    int64_t end = cli_monotonic_ms() + ms;
    for (int64_t left = ms; left > 0 && !cli_stop_asked(); left = end - cli_monotonic_ms()) {
        struct pollfd wake = { .fd = wake_pipe[0], .events = POLLIN };
        (void)poll(&wake, 1, left > 3600000 ? 3600000 : (int)left);
    }
    return !cli_stop_asked();
}

bool cli_wait_readable(int fd) {
    while (!cli_stop_asked()) {
        struct pollfd both[] = { { .fd = fd, .events = POLLIN },
                                 { .fd = wake_pipe[0], .events = POLLIN } };
        if (poll(both, 2, -1) > 0 && both[0].revents != 0 && !cli_stop_asked())
            return true;
    }
    return false;
}

/* Under systemd the number is a priority of syslog that the journal understands. */
static void log_hook(void *user, ctes_log_level level, const char *acte, const char *text) {
    const cli *self = user;
    static const int priorities[] = { 3, 4, 6, 7 };
    static const char *const names[] = { N_("error"), N_("warning"), N_("info"), N_("debug") };
    ctes_log_level threshold = self->quiet            ? CTES_LOG_ERROR
                               : self->verbosity >= 2 ? CTES_LOG_DEBUG
                               : self->verbosity == 1 ? CTES_LOG_INFO
                                                      : CTES_LOG_WARNING;
    if (level > threshold)
        return;
    cli_progress_pause(self->progress);
    cli_put_priority(stderr, priorities[level]);
    if (!cli_is_journal(STDERR_FILENO))
        (void)fprintf(stderr, _("ctes: %s: "), gettext(names[level]));
    if (acte != NULL && *acte != '\0') {
        cli_put(stderr, acte);
        (void)fputs(": ", stderr);
    }
    CLI_AUTO_FREE char *said = level <= CTES_LOG_WARNING ? cli_log_text(text) : cli_strdup(text);
    cli_put(stderr, said);
    (void)fputc('\n', stderr);
    cli_progress_resume(self->progress);
}

void cli_hooks_install(cli *self) {
    self->context = (ctes_context)CTES_CONTEXT_INIT;
    self->context.user = self;
    self->context.sleep_ms = sleep_hook;
    self->context.log = log_hook;
    self->context.stop = stop_hook;
}
