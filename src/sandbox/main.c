/* ctes-sandbox: the operator's API and the préfecture behind it, for rehearsal. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <limits.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/beside.h"
#include "sandbox/box.h"
#include "sandbox/classification.h"
#include "sandbox/i18n.h"
#include "sandbox/mail.h"
#include "sandbox/prefecture.h"
#include "sandbox/server.h"
#include "sandbox/tls.h"

enum { EXIT_USAGE = 64, EXIT_CONFIG = 78 };

#define TICK_MS 50 /* how late the direct channel may answer */

ctes_date box_today(const sb_box *box) {
    return ctes_date_given(box->options.today) ? box->options.today : ctes_today(NULL);
}

int64_t box_now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void box_clear(sb_box *box) {
    tls_free(box->tls);
    sessions_free(box->sessions);
    store_close(box->store);
    ctes_trust_free(box->trust);
    ctes_schemas_free(box->schemas);
    classification_clear(&box->en_vigueur);
    classification_clear(&box->classification);
    fault_plan_free(box->faults);
    latch_free(box->latch);
    accounts_clear(&box->accounts);
    options_clear(&box->options);
    if (box->stop_fd >= 0)
        (void)close(box->stop_fd);
}

/* client.pem beside the CA: what a test PKI has. */
static ctes_status add_default_account(sb_box *box, ctes_error *err) {
    const char *slash = strrchr(box->options.ca, '/');
    char path[4096];
    (void)snprintf(path, sizeof path, "%.*sclient.pem",
                   slash != NULL ? (int)(slash - box->options.ca) + 1 : 0, box->options.ca);
    return accounts_add_certificate(&box->accounts, path, &box->options.authority, err);
}

static ctes_status load_accounts(sb_box *box, ctes_error *err) {
    const sb_options *options = &box->options;
    if (options->accounts != NULL)
        CTES_TRY(accounts_load(&box->accounts, options->accounts, &options->authority, err));
    for (size_t i = 0; i < options->account.count; i++)
        CTES_TRY(accounts_add_certificate(&box->accounts, options->account.items[i],
                                          &options->authority, err));
    if (options->accounts == NULL && options->account.count == 0)
        CTES_TRY(add_default_account(box, err));
    for (size_t i = 0; i < options->unregistered.count; i++)
        accounts_unregister(&box->accounts, options->unregistered.items[i]);
    return CTES_OK;
}

static ctes_status load_faults(sb_box *box, ctes_error *err) {
    box->faults = fault_plan_new();
    box->sessions = sessions_new();
    box->latch = latch_new();
    if (box->faults == NULL || box->sessions == NULL || box->latch == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < box->options.faults.count; i++) {
        const char *spec = box->options.faults.items[i];
        if (!fault_plan_add(box->faults, spec))
            return ctes_fail(err, CTES_E_USAGE, "fault", _("cannot take '%s'"), spec);
        if (strncmp(spec, "wrong-certificate", 17) == 0 && box->options.wrong_certificate == NULL)
            return ctes_fail(err, CTES_E_USAGE, "fault", _("--wrong-certificate is needed"));
    }
    return CTES_OK;
}

static ctes_status box_load(sb_box *box, ctes_error *err) {
    CTES_TRY(load_faults(box, err));
    CTES_TRY(load_accounts(box, err));
    CTES_TRY(ctes_schemas_load(box->options.schemas, &box->schemas, err));
    if (box->options.signature_ca != NULL)
        CTES_TRY(ctes_trust_load(box->options.signature_ca, &box->trust, err));
    CTES_TRY(classification_load(box, err));
    CTES_TRY(tls_new(&box->options, &box->tls, err));
    CTES_TRY(store_open(box->options.ledger, &box->store, err));
    if (box->options.maildir != NULL)
        CTES_TRY(mail_prepare(box, err));
    box->stop_fd = eventfd(0, EFD_CLOEXEC);
    return box->stop_fd >= 0 ? CTES_OK : ctes_fail_errno(err, errno, "eventfd");
}

static ctes_status write_pid(const char *path, ctes_error *err) {
    CTES_AUTO_FILE_WRITER ctes_file_writer writer = CTES_FILE_WRITER_INIT;
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    CTES_TRY(ctes_file_create(&writer, path, err));
    CTES_TRY(ctes_file_write(&writer, text, (size_t)length, err));
    return ctes_file_commit(&writer, err);
}

static void report(const ctes_error *err) {
    (void)fprintf(stderr, "ctes-sandbox: %s%s%s (%s)\n", err->subject,
                  err->subject[0] != '\0' ? ": " : "", err->detail, ctes_status_name(err->code));
}

/* The direct channel answers by itself: nobody asks for a state there. */
static int wait_signal(const sb_box *box, const sigset_t *signals) {
    const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
    bool ticks = box->options.maildir != NULL && box->options.pace == PACE_DELAY;
    int got = ticks ? sigtimedwait(signals, NULL, &tick) : sigwaitinfo(signals, NULL);
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : got;
}

/* SIGUSR1 moves everything one step; SIGTERM and SIGINT end it. */
static void serve_until_told(sb_box *box, const sigset_t *signals) {
    for (;;) {
        int got = wait_signal(box, signals);
        if (got != 0 && got != SIGUSR1)
            return;
        ctes_error err = CTES_ERROR_INIT;
        if (got == SIGUSR1)
            latch_release(box->latch);
        store_lock(box->store);
        ctes_status status =
            got == SIGUSR1 ? prefecture_advance(box, &err) : prefecture_listed(box, &err);
        store_unlock(box->store);
        if (status != CTES_OK)
            report(&err);
    }
}

/* Signals are blocked before any thread starts, so that they come here alone. */
static ctes_status run(sb_box *box, ctes_error *err) {
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGUSR1);
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    CTES_TRY(box_load(box, err));
    sb_server *server = NULL;
    CTES_TRY(server_start(box, &server, err));
    ctes_status status = CTES_OK;
    if (box->options.pid_file != NULL)
        status = write_pid(box->options.pid_file, err);
    if (status == CTES_OK) {
        printf("ready %s\n", box->base_url);
        (void)fflush(stdout);
        serve_until_told(box, &signals);
    }
    const uint64_t one = 1;
    (void)!write(box->stop_fd, &one, sizeof one);
    latch_release(box->latch);
    server_stop(server);
    if (box->options.pid_file != NULL)
        (void)unlink(box->options.pid_file);
    return status;
}

int main(int argc, char **argv) {
    /* not LC_NUMERIC: "--delay 0.5" means the same everywhere */
    (void)setlocale(LC_CTYPE, "");
    (void)setlocale(LC_MESSAGES, "");
    /* buffers of a request's size come and go: giving each back to the system costs more than the
     * rest of the request */
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    char locale[PATH_MAX], schemas[PATH_MAX];
    beside_program("locale", CTES_LOCALEDIR, locale, sizeof locale);
    beside_program("schemas", CTES_SCHEMADIR, schemas, sizeof schemas);
    (void)bindtextdomain("ctes", locale);
    (void)bind_textdomain_codeset("ctes", "UTF-8");
    (void)textdomain("ctes");
    sb_box box = { .stop_fd = -1 };
    ctes_error err = CTES_ERROR_INIT;
    ctes_status status = options_read(&box.options, argc, argv, &err);
    if (status == CTES_OK && box.options.help) {
        options_print_help();
    } else if (status == CTES_OK && box.options.version) {
        printf("ctes-sandbox %s\n", CTES_VERSION);
    } else if (status == CTES_OK) {
        if (box.options.schemas == NULL)
            box.options.schemas = schemas;
        ctes_xml_init();
        status = run(&box, &err);
    }
    if (status != CTES_OK)
        report(&err);
    box_clear(&box);
    ctes_xml_cleanup();
    if (status == CTES_OK)
        return EXIT_SUCCESS;
    return status == CTES_E_USAGE ? EXIT_USAGE : EXIT_CONFIG;
}
