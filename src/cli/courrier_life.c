/* What happened to a letter, and what proves it. */
#include "cli/courrier_report.h"
#include "cli/courrier_text.h"
#include "cli/quantity.h"
#include "cli/report.h"
#include "cli/text.h"

typedef struct life {
    const cli *self;
    const ctes_courrier *courrier;
    json_t *list; /* being filled, with --json */
    size_t count; /* printed of one kind */
} life;

static void put_title(life *own, const char *title) {
    if (own->count++ == 0)
        (void)printf("\n%s\n", title);
}

static void put_event(void *user, const ctes_courrier_event *event) {
    life *own = user;
    if (own->list != NULL) {
        json_t *object = json_object();
        cli_json_text(object, "at", cli_instant_iso(event->at_ms).text);
        cli_json_text(object, "from", ctes_courrier_state_name(event->from));
        cli_json_text(object, "to", ctes_courrier_state_name(event->to));
        cli_json_text(object, "detail", event->detail);
        cli_json_append(own->list, object);
        return;
    }
    /* as it stood then, for the words that depend on what kind of letter it is */
    ctes_courrier then = *own->courrier;
    then.state = event->to;
    then.reason = (char *)event->detail;
    CLI_AUTO_FREE char *detail = cli_courrier_reason(&then);
    const cli_fact facts[] = { { "state", cli_courrier_state(&then) }, { "detail", detail } };
    put_title(own, _("History:"));
    (void)printf("  %s  ", cli_instant(event->at_ms).text);
    cli_sentence(stdout, _("{state}[: {detail}]"), facts, 2);
    (void)fputc('\n', stdout);
}

static void put_evidence(void *user, const ctes_record_evidence *evidence) {
    life *own = user;
    if (own->list != NULL) {
        json_t *object = json_object();
        cli_json_text(object, "at", cli_instant_iso(evidence->at_ms).text);
        cli_json_text(object, "kind", evidence->kind);
        cli_json_count(object, "size", evidence->length);
        cli_json_text(object, "sha256", evidence->sha256);
        cli_json_text(object, "invalid", evidence->invalid);
        cli_json_append(own->list, object);
        return;
    }
    put_title(own, _("Evidence:"));
    (void)printf("  %s  %s  %s\n         sha256 %s\n", cli_instant(evidence->at_ms).text,
                 evidence->kind, cli_size(evidence->length).text,
                 evidence->sha256 != NULL ? evidence->sha256 : "");
}

static void put_package(life *own) {
    CLI_AUTO_FREE char *path = cli_courrier_path(&own->self->config, own->courrier->archive);
    put_title(own, _("Evidence:"));
    (void)fputs("  ", stdout);
    cli_put(stdout, path);
    (void)printf("\n         sha256 %s\n", own->courrier->archive_sha256);
}

ctes_status cli_put_courrier_life(const cli *self, ctes_ledger *ledger,
                                  const ctes_courrier *courrier, json_t *object, ctes_error *err) {
    life own = { .self = self, .courrier = courrier };
    if (object != NULL) {
        own.list = json_array();
        cli_json_set(object, "history", own.list);
    }
    ctes_status status = ctes_ledger_courrier_history(ledger, courrier->id, put_event, &own, err);
    if (status != CTES_OK)
        return status;
    own.count = 0;
    if (object != NULL) {
        own.list = json_array();
        cli_json_set(object, "evidence", own.list);
    } else if (courrier->archive != NULL) {
        put_package(&own);
    }
    return ctes_ledger_courrier_evidence(ledger, courrier->id, put_evidence, &own, err);
}
