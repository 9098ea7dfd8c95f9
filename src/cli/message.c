#include "cli/message.h"

#include <ctype.h>
#include <string.h>

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
    if (record->state == CTES_STATE_ACKNOWLEDGED || record->state == CTES_STATE_ACKNOWLEDGED_LATE)
        return _(
            "The prefecture has received this act although another was sent in its place: tell "
            "it which one stands.");
    return "";
}

const char *cli_stage_label(ctes_stage stage) {
    return translated(cli_stage_row_of(stage));
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

/* Words of the library and of the system that come as details, so that they are translated. */
static const char *const phrases[] = {
    N_("No such file or directory"), N_("Permission denied"),       N_("Is a directory"),
    N_("Not a directory"),           N_("No space left on device"), N_("Read-only file system"),
    N_("not a regular file"),        N_("Input/output error"),
};

static const char *phrase(const char *detail) {
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++)
        if (strcmp(phrases[i], detail) == 0)
            return gettext(phrases[i]);
    ctes_state state = ctes_state_of(detail);
    return state != CTES_STATE_NONE ? cli_state_label(state) : detail;
}

static const char *format_label(const char *extension) {
    static const char *const labels[][2] = { { "pdf", N_("a PDF") },
                                             { "png", N_("a PNG image") },
                                             { "jpg", N_("a JPEG image") },
                                             { "xml", N_("an XML file") } };
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i][0], extension) == 0)
            return gettext(labels[i][1]);
    return _("of an unknown kind");
}

/* A detail "png != pdf, xml" (with the sign of inequality) as two facts for the sentence. */
static bool split_formats(const char *detail, char **ret_found, char **ret_wanted) {
    static const char sign[] = " \xE2\x89\xA0 ";
    const char *at = strstr(detail, sign);
    if (at == NULL)
        return false;
    CLI_AUTO_FREE char *extension = cli_format("%.*s", (int)(at - detail), detail);
    *ret_found = cli_strdup(format_label(extension));
    *ret_wanted = cli_strdup(at + sizeof sign - 1);
    for (char *letter = *ret_wanted; *letter != '\0'; letter++)
        *letter = (char)toupper((unsigned char)*letter);
    return true;
}

char *cli_error_text(const ctes_error *error, const char *acte) {
    const char *sentence = cli_message(error->code);
    char line[16] = "";
    if (error->line > 0)
        (void)snprintf(line, sizeof line, "%d", error->line);
    CLI_AUTO_FREE char *found = NULL;
    CLI_AUTO_FREE char *wanted = NULL;
    bool split =
        error->code == CTES_E_DOCUMENT_TYPE && split_formats(error->detail, &found, &wanted);
    bool counts =
        *error->detail != '\0' && strspn(error->detail, "0123456789") == strlen(error->detail);
    bool is_named = acte != NULL && strcmp(acte, error->subject) == 0;
    const cli_fact facts[] = { { "subject", is_named ? "" : error->subject },
                               { "detail", split ? "" : phrase(error->detail) },
                               { "count", counts ? error->detail : "" },
                               { "line", line },
                               { "found", found },
                               { "wanted", wanted } };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        cli_out_of_memory();
    cli_sentence(out, sentence, facts, sizeof facts / sizeof facts[0]);
    if (fclose(out) != 0)
        cli_out_of_memory();
    while (size > 0 && (text[size - 1] == '.' || text[size - 1] == ' '))
        text[--size] = '\0'; /* a detail may be a whole sentence */
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
    return cli_message_advice(error->code);
}

/* About an act, the operator's name in the configuration tells nothing more. */
static bool is_worth_naming(const ctes_error *error, const char *acte) {
    if (error->subject[0] == '\0' || strstr(cli_message(error->code), "{subject}") != NULL)
        return false;
    return acte == NULL ||
           (strcmp(acte, error->subject) != 0 && error->stage != CTES_STAGE_SUBMISSION &&
            error->stage != CTES_STAGE_ACQUITTEMENT);
}

void cli_error_write(FILE *out, const ctes_error *error, const char *acte) {
    bool named = false;
    if (acte != NULL && *acte != '\0') {
        write_prefix(out, acte);
        named = true;
    }
    if (is_worth_naming(error, acte)) {
        write_prefix(out, error->subject);
        named = true;
    }
    if (!named)
        write_prefix(out, "ctes");
    if (error->line > 0) {
        CLI_AUTO_FREE char *line = cli_format(_("line %d"), error->line);
        write_prefix(out, line);
    }
    CLI_AUTO_FREE char *text = cli_error_text(error, acte);
    const char *advice = cli_error_advice(error);
    /* the text is already clean; it is written as it is */
    (void)fprintf(out, "%s.%s%s\n", text, *advice != '\0' ? " " : "", advice);
}
