/* ctes stamp: the copy of an act that bears the stamp of its transmission. */
#include <string.h>

#include "cli/paper.h"
#include "cli/report.h"
#include "cli/text.h"

const cli_option cli_stamp_options[] = {
    CLI_PAPER_OPTIONS,
    { CLI_OPT_PUBLISHED, "published", N_("DATE"), N_("date of publication; left blank without") },
    { CLI_OPT_POSITION, "position", N_("PLACE"), N_("haut-droite, bas-gauche, \"70% 10%\" ...") },
    { CLI_OPT_PAGES, "pages", N_("PAGES"), N_("first or all") },
    CLI_AUTORITE_OPTION,
    CLI_OPTION_END,
};

typedef struct stamp_run {
    cli *self;
    cli_paper paper;
    ctes_stamp_options options;
} stamp_run;

static ctes_status take(void *user, int id, const char *value, ctes_error *err) {
    stamp_run *run = user;
    switch (id) {
    case CLI_OPT_PUBLISHED:
        return cli_date_of(value, &run->options.published, err);
    case CLI_OPT_POSITION:
        if (ctes_tampon_place_parse(value, &run->options.tampon.place, NULL) == CTES_OK)
            return CTES_OK;
        return cli_usage(err, value,
                         _("--position is a corner such as haut-droite, or \"70% 10%\""));
    case CLI_OPT_PAGES:
        if (ctes_tampon_pages_parse(value, &run->options.tampon.pages, NULL) == CTES_OK)
            return CTES_OK;
        return cli_usage(err, value, _("--pages is first or all"));
    default:
        cli_paper_take(&run->paper, id, value);
        return CTES_OK;
    }
}

static const char *reason_text(ctes_stamp_reason reason) {
    switch (reason) {
    case CTES_STAMP_SIGNED:
        return _("the document carries a signature");
    case CTES_STAMP_ENCRYPTED:
        return _("the document is protected");
    case CTES_STAMP_DAMAGED:
        return _("the document's structure is damaged");
    case CTES_STAMP_NOT_PDF:
        return _("the document is no PDF");
    case CTES_STAMP_TOO_LARGE:
        return _("the document is too large");
    case CTES_STAMP_NO_ROOM:
        return _("a page has no room for it");
    case CTES_STAMP_ON_PAGES:
        break;
    }
    return "";
}

static void say(const stamp_run *run, const ctes_record *record, const char *output,
                ctes_stamp_reason reason) {
    if (run->self->json) {
        json_t *object = json_object();
        cli_json_text(object, "numero", record->numero);
        cli_json_text(object, "output", output);
        cli_json_set(object, "cover", json_boolean(reason != CTES_STAMP_ON_PAGES));
        cli_json_text(object, "reason", ctes_stamp_reason_name(reason));
        cli_json_print(object);
    } else if (!run->self->quiet) {
        const cli_fact facts[] = { { "act", record->numero },
                                   { "file", output },
                                   { "reason", reason_text(reason) } };
        cli_sentence(stdout,
                     reason == CTES_STAMP_ON_PAGES
                         ? _("{act}: stamped, {file}")
                         : _("{act}: stamp on a cover page, the document attached to it unaltered "
                             "({reason}), {file}"),
                     facts, 3);
        (void)fputc('\n', stdout);
    }
}

/* What the command line leaves open is the authority's, then everybody's. */
static ctes_tampon tampon_of(const stamp_run *run, const ctes_autorite *autorite) {
    ctes_tampon tampon = run->options.tampon;
    const ctes_tampon *const others[] = { autorite != NULL ? &autorite->tampon : NULL,
                                          &run->self->config.tampon };
    for (size_t i = 0; i < 2; i++) {
        if (others[i] != NULL && !tampon.place.given)
            tampon.place = others[i]->place;
        if (others[i] != NULL && tampon.pages == CTES_TAMPON_UNSET)
            tampon.pages = others[i]->pages;
    }
    return tampon;
}

/* "deliberation.pdf" → "deliberation-tampon.pdf", beside it or in a folder. */
static char *output_of(const stamp_run *run, const ctes_record *record) {
    if (run->paper.output != NULL)
        return cli_strdup(run->paper.output);
    const char *path = record->piece_count > 0 ? record->pieces[0].path : record->numero_interne;
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    int stem = dot != NULL && dot > base ? (int)(dot - base) : (int)strlen(base);
    if (run->paper.folder != NULL) /* many acts may have a document of the same name */
        return cli_format("%s/%s-tampon.pdf", run->paper.folder, record->numero_interne);
    return cli_format("%.*s%.*s-tampon.pdf", (int)(base - path), path, stem, base);
}

static ctes_status stamp(stamp_run *run, const ctes_record *record, ctes_error *err) {
    const ctes_autorite *autorite = cli_paper_autorite(run->self, record->siren);
    ctes_stamp_options options = run->options;
    options.tampon = tampon_of(run, autorite);
    options.simulated = cli_paper_is_simulated(run->self, record);
    options.autorite = autorite != NULL ? autorite->nom : NULL;
    CLI_AUTO_FREE char *output = output_of(run, record);
    ctes_stamp_reason reason;
    ctes_status status =
        ctes_stamp_write(&run->self->context, record, &options, output, &reason, err);
    if (status == CTES_E_USAGE)
        return cli_usage(err, output, _("this is a file of the act: it is never written over"));
    if (status == CTES_OK)
        say(run, record, output, reason);
    return status;
}

/* One act that cannot be stamped stops no other; the worst status is the command's. */
cli_exit cli_cmd_stamp(cli *self, int argc, char **argv) {
    stamp_run run = { .self = self };
    int first = 0;
    cli_exit exit = CLI_EXIT_DONE;
    if (!cli_options_take(self, argc, argv, take, &run, &first, &exit))
        return exit;
    CLI_AUTO_LEDGER ctes_ledger *ledger = NULL;
    ctes_error err = CTES_ERROR_INIT;
    if (cli_paper_open(self, &run.paper, first == argc, argc - first > 1, &ledger, &err) != CTES_OK)
        return cli_report_failure(self, &err);
    for (int i = first; i < argc; i++) {
        CLI_AUTO_RECORD ctes_record record = CTES_RECORD_INIT;
        ctes_error one = CTES_ERROR_INIT;
        ctes_status status = cli_paper_get(&run.paper, ledger, argv[i], &record, &one);
        if (status == CTES_OK)
            status = stamp(&run, &record, &one);
        if (status != CTES_OK)
            exit = cli_exit_worst(exit, cli_report_failure(self, &one));
    }
    return exit;
}
