#include "cli/message.h"

#include <string.h>

#include "cli/message_detail.h"
#include "cli/message_table.h"
#include "cli/text.h"

/* gettext answers "" with the header of the translations */
static const char *translated(const char *text) {
    return *text != '\0' ? gettext(text) : "";
}

const char *cli_message(ctes_status code) {
    return translated(cli_message_row_of(code)->sentence);
}

const char *cli_message_advice(ctes_status code) {
    return translated(cli_message_row_of(code)->advice);
}

const char *cli_state_label(ctes_state state) {
    return translated(cli_state_row_of(state)->sentence);
}

const char *cli_state_advice(ctes_state state) {
    return translated(cli_state_row_of(state)->advice);
}

const char *cli_record_advice(const ctes_record *record) {
    if (record->replaced_by == NULL)
        return cli_state_advice(record->state);
    if (ctes_state_acknowledged(record->state))
        return _(
            "The prefecture has received this act although another was sent in its place: tell "
            "it which one stands.");
    return "";
}

static void copy_bounded(char *out, size_t size, const char *text) {
    CLI_AUTO_FREE char *clean = cli_clean(text);
    size_t length = strlen(clean);
    if (length >= size) {
        length = size - 1;
        while (length > 0 && ((unsigned char)clean[length] & 0xC0) == 0x80)
            length--; /* not in the middle of a character */
    }
    memcpy(out, clean, length);
    out[length] = '\0';
}

ctes_status cli_fail(ctes_error *err, ctes_status code, ctes_stage stage, const char *subject,
                     const char *detail) {
    *err = (ctes_error){ .code = code, .stage = stage };
    copy_bounded(err->subject, sizeof err->subject, subject);
    copy_bounded(err->detail, sizeof err->detail, detail);
    return code;
}

/* What ends a sentence is written behind the whole; a question keeps its mark. */
static void strip_end(char *text) {
    for (size_t size = strlen(text); size > 0 && (text[size - 1] == '.' || text[size - 1] == ' ');)
        text[--size] = '\0'; /* a detail may be a whole sentence */
}

/* What came from the operator or a mailbox is told as what it is. */
static char *subject_said(const char *subject) {
    bool is_parcel = strncmp(subject, "s2low ", 6) == 0 || strncmp(subject, "imaps://", 8) == 0;
    char *said = is_parcel ? cli_phrase(CTES_OK, subject) : NULL;
    return said != NULL ? said : cli_strdup(subject);
}

char *cli_error_text(const ctes_error *error, const char *acte) {
    char line[16] = "";
    if (error->line > 0)
        (void)snprintf(line, sizeof line, "%d", error->line);
    bool is_named = acte != NULL && strcmp(acte, error->subject) == 0;
    __attribute__((cleanup(cli_detail_clear))) cli_detail detail;
    cli_detail_read(error, &detail);
    CLI_AUTO_FREE char *subject = subject_said(is_named ? "" : error->subject);
    const cli_fact facts[] = { { "subject", subject },    { "detail", detail.text },
                               { "count", detail.count }, { "line", line },
                               { "found", detail.found }, { "wanted", detail.wanted } };
    const cli_fact technical = { "detail", detail.technical };
    CLI_AUTO_FREE char *sentence =
        cli_sentence_text(cli_message(error->code), facts, sizeof facts / sizeof facts[0]);
    /* TRANSLATORS: words of a library or a protocol, for whoever looks after the machine */
    CLI_AUTO_FREE char *behind =
        cli_sentence_text(_("[ (technical detail: {detail})]"), &technical, 1);
    strip_end(sentence);
    char *text = cli_format("%s%s", sentence, behind);
    strip_end(text);
    return text;
}

static void write_prefix(FILE *out, const char *prefix) {
    const cli_fact fact = { "prefix", prefix };
    /* TRANSLATORS: what a message is about, then the message */
    cli_sentence(out, _("{prefix}: "), &fact, 1);
}

const char *cli_error_advice(const ctes_error *error) {
    if (error->stage == CTES_STAGE_ACQUITTEMENT && ctes_status_maybe_received(error->code))
        return _("Only a question went unanswered: ask again later with \"ctes status\".");
    bool is_file = error->detail[0] != '\0' || strchr(error->subject, '/') != NULL;
    if (error->code == CTES_E_DOCUMENT_MISSING && is_file)
        return _("Check its name and its place.");
    if (error->code == CTES_E_MANIFEST_INVALID && strcmp(error->detail, "*.txt") == 0)
        return _("Put the form of each act there (.txt), and its PDF of the same name beside it.");
    if (error->code == CTES_E_CHARSET && strcmp(error->detail, "NUL") == 0)
        return _("Give a form in plain text, or a table in CSV.");
    return cli_message_advice(error->code);
}

/* About an act, the operator's name in the configuration tells nothing more; nor does that of the
 * only authority. */
static bool is_worth_naming(const ctes_error *error, const char *acte) {
    if (error->subject[0] == '\0' || strstr(cli_message(error->code), "{subject}") != NULL)
        return false;
    if (strcmp(error->subject, "autorite") == 0 && error->code != CTES_E_CONFIG_INVALID &&
        error->code != CTES_E_CONFIG_MISSING)
        return false;
    return acte == NULL ||
           (strcmp(acte, error->subject) != 0 && error->stage != CTES_STAGE_SUBMISSION &&
            error->stage != CTES_STAGE_ACQUITTEMENT);
}

static void put_line(FILE *out, const ctes_error *error, const char *acte, const char *advice) {
    bool named = false;
    if (acte != NULL && *acte != '\0') {
        write_prefix(out, acte);
        named = true;
    }
    if (is_worth_naming(error, acte)) {
        CLI_AUTO_FREE char *subject = subject_said(error->subject);
        write_prefix(out, subject);
        named = true;
    }
    if (!named)
        write_prefix(out, "ctes");
    if (error->line > 0) {
        CLI_AUTO_FREE char *line = cli_format(_("line %d"), error->line);
        write_prefix(out, line);
    }
    CLI_AUTO_FREE char *text = cli_error_text(error, acte);
    if (advice == NULL)
        advice = cli_error_advice(error);
    size_t size = strlen(text);
    bool is_question = size > 0 && text[size - 1] == '?';
    /* the text is already clean; it is written as it is */
    (void)fprintf(out, "%s%s%s%s", text, is_question ? "" : ".", *advice != '\0' ? " " : "",
                  advice);
}

char *cli_error_line(const ctes_error *error, const char *acte, const char *advice) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        cli_out_of_memory();
    put_line(out, error, acte, advice);
    if (fclose(out) != 0)
        cli_out_of_memory();
    return text;
}

/* "s2low 12: net-timeout: after 30 s": what failed, beside the failure that the command ends with
 */
static char *failure_said(const char *text) {
    const char *mark = strstr(text, ": "), *rest = "";
    const char *code_at = mark != NULL ? mark + 2 : "";
    ctes_status code = cli_leading_code(code_at, &rest);
    ctes_error error;
    if (code == CTES_OK)
        return NULL;
    CLI_AUTO_FREE char *subject = cli_format("%.*s", (int)(mark - text), text);
    (void)cli_fail(&error, code, CTES_STAGE_ACQUITTEMENT, subject, rest);
    return cli_error_line(&error, NULL, NULL);
}

char *cli_log_text(const char *text) {
    char *said = cli_phrase(CTES_OK, text);
    if (said == NULL)
        said = failure_said(text);
    return said != NULL ? said : cli_strdup(text);
}

void cli_error_write(FILE *out, const ctes_error *error, const char *acte, const char *advice) {
    cli_put_priority(out, 3);
    put_line(out, error, acte, advice);
    (void)fputc('\n', out);
}
