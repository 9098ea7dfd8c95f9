#include "cli/message_detail.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "cli/message.h"
#include "cli/text.h"

/* What the library writes, and what a person reads. "{value}" and "{rest}" stand for any
 * text, "{number}" for digits, said as {value}. */
typedef struct phrase {
    ctes_status code; /* CTES_OK: under any code */
    const char *written;
    const char *said;
} phrase;

static const phrase phrases[] = {
    { CTES_OK, "not a regular file", N_("it is not an ordinary file") },
    { CTES_OK, "no file named", N_("no file is named") },
    { CTES_OK, "{value} = ?", N_("\"{value}\" is missing") },
    { CTES_OK, "→ {value}", N_("it was replaced by {value}") },
    /* what came from the operator or a mailbox, by its number there */
    { CTES_OK, "s2low {number}", N_("letter {value} at the operator") },
    { CTES_OK, "imaps://{value} {rest}", N_("mail {rest} of {value}") },
    { CTES_E_KEY_PASSPHRASE, "wrong passphrase", N_("the passphrase is wrong") },
    { CTES_E_KEY_PASSPHRASE, "none given", N_("no passphrase was given") },
    { CTES_E_KEY_PASSPHRASE, "too long", N_("the passphrase is too long") },
    { CTES_E_SIGNATURE_INVALID, "empty", N_("the file is empty") },
    { CTES_E_SIGNATURE_INVALID, "wrong signature", N_("it was made for something else") },
    { CTES_E_SIGNATURE_INVALID, "signer unknown", N_("its signer is not known") },
    { CTES_E_SIGNATURE_INVALID, "certificate not made for signing",
      N_("its certificate is not made for signing") },
    { CTES_E_SIGNATURE_LOST, "gone: {value}",
      N_("the package {value}, where it would be, is gone") },
    { CTES_E_SIGNATURE_LOST, "altered: {value}",
      N_("the package {value}, where it would be, is no longer what was sent") },
    { CTES_E_SIGNATURE_LOST, "misfit: {value}",
      N_("the one it had is not of the file \"{value}\"") },
    { CTES_E_SIGNATURE_LOST, "never sent",
      N_("the act was never sent, and nothing of it was kept") },
    { CTES_E_NUMERO_TAKEN, "date", N_("the date differs") },
    { CTES_E_NUMERO_TAKEN, "nature", N_("the nature differs") },
    { CTES_E_NUMERO_TAKEN, "matière", N_("the matiere differs") },
    { CTES_E_NUMERO_TAKEN, "objet", N_("the subject differs") },
    { CTES_E_NUMERO_TAKEN, "annexes", N_("the number of annexes differs") },
    { CTES_E_NUMERO_TAKEN, "{value}", N_("the file \"{value}\" differs") },
    { CTES_E_BUDGET_INVALID, "root {value}",
      N_("it begins with \"{value}\", not with \"DocumentBudgetaire\"") },
    { CTES_E_BUDGET_INVALID, "namespace {value}",
      N_("its namespace is \"{value}\", not that of TotEM's budgets") },
    { CTES_E_BUDGET_INVALID, "no seal", N_("it is not sealed (Scellement)") },
    { CTES_E_BUDGET_INVALID, "{number} seals", N_("it is sealed {value} times") },
    { CTES_E_BUDGET_INVALID, "seal: {value}",
      N_("its seal (Scellement) has no {value}, or one out of form") },
    { CTES_E_CHARSET, "NUL", N_("it is not text") },
    { CTES_E_CHARSET, "UTF-8", "" },
    { CTES_E_MANIFEST_INVALID, "*.txt", N_("it holds neither manifest.csv nor a form (*.txt)") },
    { CTES_E_MANIFEST_INVALID, "\"", N_("a quotation mark is not closed") },
    { CTES_E_MANIFEST_INVALID, "2 × {value}", N_("the column {value} is there twice") },
    { CTES_E_MANIFEST_INVALID, "{value}", N_("the column {value} is missing") },
    { CTES_E_MANIFEST_ROW, "{number} > {rest}", N_("it has more cells than the first line") },
    { CTES_E_OPERATOR_HOLDS, "{number}, {rest}", N_("its number there is {value}; {rest}") },
    { CTES_E_OPERATOR_TWIN, "{number}, {rest}", N_("its number there is {value}; {rest}") },
    { CTES_E_USAGE, "SIRET",
      N_("the open-data table needs \"nom\" and \"nic\" of the authority in the configuration") },
    { CTES_E_UNSETTLED, "{number} s", N_("it must be asked again, in {value} seconds or later") },
    { CTES_E_NOT_NOW, "closed: {value}", N_("transmissions are closed until {value}") },
    { CTES_E_NOT_NOW, "volume: {value}", N_("the volume of this hour is used up until {value}") },
    { CTES_E_NOT_NOW, "operator: {value}", N_("the operator is not to be asked before {value}") },
    { CTES_E_AR_DISCORDANT, "IDActe: {value}", N_("identifier {value}") },
    { CTES_E_AR_DISCORDANT, "DateReception: {value}",
      N_("received on {value}, before the decision") },
    { CTES_OK, "held by the operator, but deposited by another account: {value}",
      N_("another account deposited it: {value}") },
    /* what is logged as a warning */
    { CTES_OK, "the operator reports an error for an acknowledged act",
      N_("the operator reports an error, although the prefecture has acknowledged the act") },
    { CTES_OK, "state {number} of the operator is not known to ctes",
      N_("the operator gives it a state that ctes does not know: {value}") },
    { CTES_OK, "status not read: {value}", N_("its state could not be asked for ({value})") },
    { CTES_OK, "classification: {value}", N_("the classification was not fetched ({value})") },
    { CTES_OK, "exchange not recorded: {value}",
      N_("an exchange with the operator could not be recorded ({value})") },
    { CTES_OK, "PrecedentIdentifiantActe {value} cannot be sent field by field",
      N_("the operator's form has no field for the act that this one corrects, {value}") },
    /* notes in brackets behind the operator's words */
    { CTES_OK,
      "certificate unknown to the operator, or shared by several accounts while no login is set",
      N_("the operator does not know the certificate, or several accounts share it and no login is "
         "set") },
    { CTES_OK, "certificate unknown to the operator, or wrong login or password; login \"{value}\"",
      N_("the operator does not know the certificate, or login or password are wrong; login "
         "\"{value}\"") },
    { CTES_OK, "the server does not know itself by this host name",
      N_("the server does not know itself under the name that \"url\" has") },
    { CTES_OK, "the operator does not take the client certificate for RGS, which a deposit needs",
      N_("a deposit needs an RGS certificate, and the operator does not take this one for one") },
    { CTES_OK, "following acts needs the right RW in the module actes",
      N_("the account needs the right RW in the module ACTES") },
};

static const struct {
    int number;
    const char *said;
} system_phrases[] = {
    { ENOENT, N_("the file does not exist") },
    { EACCES, N_("access is denied") },
    { EPERM, N_("access is denied") },
    { EISDIR, N_("it is a folder") },
    { ENOTDIR, N_("a part of the path is no folder") },
    { ENOSPC, N_("no room is left on the disk") },
    { EROFS, N_("the disk is read-only") },
    { EIO, N_("the disk has a failure") },
};

/* Whose details are words of a library that we did not write, or of a protocol. */
static bool is_technical(ctes_status code) {
    switch (code) {
    case CTES_E_BUDGET_INVALID:
    case CTES_E_KEY_UNREADABLE:
    case CTES_E_KEY_PASSPHRASE:
    case CTES_E_KEY_MISMATCH:
    case CTES_E_CERT_UNREADABLE:
    case CTES_E_SCHEMA_MISSING:
    case CTES_E_SIGNATURE_INVALID:
    case CTES_E_TLS_SERVER:
    case CTES_E_TLS_CLIENT:
    case CTES_E_OPERATOR_BUSY:
    case CTES_E_OPERATOR_UNAVAILABLE:
    case CTES_E_OPERATOR_REPLY:
    case CTES_E_NET_RESOLVE:
    case CTES_E_NET_CONNECT:
    case CTES_E_TLS_HANDSHAKE:
    case CTES_E_NET_BROKEN:
    case CTES_E_NET_TIMEOUT:
    case CTES_E_NET_REPLY_TOO_LARGE:
        return true;
    default:
        break;
    }
    ctes_kind kind = ctes_status_kind(code);
    return (kind == CTES_KIND_HOSTILE && code != CTES_E_CHARSET && code != CTES_E_NOM_FICHIER) ||
           (kind == CTES_KIND_SYSTEM && code != CTES_E_LEDGER_OPEN && code != CTES_E_NOT_FOUND);
}

/* What stood in the places of a phrase. */
typedef struct places {
    char *value;
    char *rest; /* behind the second place's mark */
} places;

static void clear_places(places *found) {
    free(found->value);
    free(found->rest);
}

/* Does `text` read as `written`? That has one place, or two of which the second ends it. */
static bool reads_as(const char *written, const char *text, places *ret) {
    static const char number[] = "{number}";
    const char *hole = strchr(written, '{');
    if (hole == NULL)
        return strcmp(written, text) == 0;
    size_t before = (size_t)(hole - written), length = strlen(text);
    const char *after = strchr(hole, '}') + 1;
    size_t between = strcspn(after, "{");
    bool ends = after[between] == '\0';
    if (strncmp(written, text, before) != 0 || length <= before + between)
        return false;
    const char *value = text + before;
    const char *end = ends ? text + length - between : memmem(value, strlen(value), after, between);
    if (end == NULL || strncmp(end, after, between) != 0)
        return false;
    if (strncmp(hole, number, sizeof number - 1) == 0 &&
        strspn(value, "0123456789") != (size_t)(end - value))
        return false;
    ret->value = cli_format("%.*s", (int)(end - value), value);
    ret->rest = cli_strdup(ends ? "" : end + between);
    return true;
}

/* A date, or one with an hour, as the person writes it, whatever else as it is. */
static char *value_said(const char *value) {
    ctes_date date;
    CLI_AUTO_FREE char *day = cli_format("%.10s", value);
    const char *hour = value + strlen(day);
    bool is_hour = strlen(hour) == strlen(" 00:00:00") && strspn(hour, " 0123456789:") == 9;
    bool is_date = strlen(day) == 10 && strspn(day, "0123456789-") == 10 &&
                   (*hour == '\0' || is_hour) && ctes_date_parse(day, &date, NULL) == CTES_OK;
    if (!is_date)
        return cli_strdup(value);
    int shown = is_hour && strcmp(hour + 6, ":00") == 0 ? 6 : 9; /* whole minutes without seconds */
    return cli_format("%s%.*s", cli_date(date).text, shown, hour);
}

char *cli_phrase(ctes_status code, const char *text) {
    for (size_t i = 0; i < sizeof system_phrases / sizeof system_phrases[0]; i++) {
        int number = system_phrases[i].number;
        if (strcmp(text, strerrordesc_np(number)) == 0 || strcmp(text, strerror(number)) == 0)
            return cli_strdup(gettext(system_phrases[i].said));
    }
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        __attribute__((cleanup(clear_places))) places found = { .value = NULL };
        if ((phrases[i].code != CTES_OK && phrases[i].code != code) ||
            !reads_as(phrases[i].written, text, &found))
            continue;
        CLI_AUTO_FREE char *said = found.value != NULL ? value_said(found.value) : NULL;
        const cli_fact facts[] = { { "value", said }, { "rest", found.rest } };
        return cli_sentence_text(*phrases[i].said != '\0' ? gettext(phrases[i].said) : "", facts,
                                 2);
    }
    ctes_state state = ctes_state_of(text);
    return state != CTES_STATE_NONE ? cli_strdup(cli_state_label(state)) : NULL;
}

/* "words of the operator [a note of ours]" */
static char *noted_said(ctes_status code, const char *text) {
    const char *open = strrchr(text, '[');
    size_t length = strlen(text);
    if (open == NULL || text[length - 1] != ']')
        return NULL;
    CLI_AUTO_FREE char *note =
        cli_format("%.*s", (int)(length - 2 - (size_t)(open - text)), open + 1);
    CLI_AUTO_FREE char *said = cli_phrase(code, note);
    CLI_AUTO_FREE char *words = cli_format("%.*s", (int)(open - text), text);
    if (said == NULL)
        return NULL;
    for (size_t end = strlen(words); end > 0 && words[end - 1] == ' ';)
        words[--end] = '\0';
    return *words != '\0' ? cli_format("%s (%s)", words, said) : cli_strdup(said);
}

/* "one ≠ other" in its two halves. */
static bool halves(const char *text, const char *sign, char **ret_one, char **ret_other) {
    const char *at = strstr(text, sign);
    if (at == NULL)
        return false;
    CLI_AUTO_FREE char *one = cli_format("%.*s", (int)(at - text), text);
    *ret_one = value_said(one);
    *ret_other = value_said(at + strlen(sign));
    return true;
}

static const char *format_said(const char *extension) {
    static const char *const labels[][2] = { { "pdf", N_("it is a PDF") },
                                             { "png", N_("it is a PNG image") },
                                             { "jpg", N_("it is a JPEG image") },
                                             { "xml", N_("it is an XML file") } };
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i][0], extension) == 0)
            return gettext(labels[i][1]);
    return _("its content is of no known format");
}

static const char *field_said(const char *element) {
    static const char *const labels[][2] = {
        { "NumeroInterne", N_("number") },          { "Date", N_("date of the decision") },
        { "CodeNatureActe", N_("nature") },         { "CodeMatiere", N_("matiere") },
        { "Document", N_("name of the document") }, { "Annexes", N_("number of annexes") },
        { "Annexe", N_("name of an annexe") }
    };
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i][0], element) == 0)
            return gettext(labels[i][1]);
    return element;
}

/* "NumeroInterne: 2022_0160 ≠ 2022_0161": what differs, sent and acknowledged. */
static char *difference_said(const char *text) {
    CLI_AUTO_FREE char *field = NULL;
    CLI_AUTO_FREE char *values = NULL;
    CLI_AUTO_FREE char *sent = NULL;
    CLI_AUTO_FREE char *echo = NULL;
    if (!halves(text, ": ", &field, &values) || !halves(values, " ≠ ", &sent, &echo))
        return NULL;
    const cli_fact facts[] = { { "field", field_said(field) }, { "sent", sent }, { "echo", echo } };
    return cli_sentence_text(_("{field}: \"{echo}\" in place of \"{sent}\""), facts, 3);
}

static void take_format(const char *text, cli_detail *ret) {
    CLI_AUTO_FREE char *extension = NULL;
    if (!halves(text, " ≠ ", &extension, &ret->wanted))
        return;
    ret->found = cli_strdup(format_said(extension));
    for (char *letter = ret->wanted; *letter != '\0'; letter++)
        *letter = (char)toupper((unsigned char)*letter);
}

/* "157286401 > 157286400": how many there are, and may be. */
static void take_excess(ctes_status code, const char *text, cli_detail *ret) {
    CLI_AUTO_FREE char *number = NULL;
    if (!halves(text, " > ", &number, &ret->wanted))
        return;
    ret->text =
        cli_strdup(code == CTES_E_TOO_LARGE ? cli_size(strtoull(number, NULL, 10)).text : number);
}

/* "231000000: imaps://host/INBOX 17": its size, and which one it was */
static void take_mail(const char *text, cli_detail *ret) {
    CLI_AUTO_FREE char *number = NULL;
    if (halves(text, ": ", &number, &ret->found))
        ret->text = cli_strdup(cli_size(strtoull(number, NULL, 10)).text);
}

void cli_detail_read(const ctes_error *error, cli_detail *ret) {
    const char *text = error->detail;
    *ret = (cli_detail){ .text = NULL };
    if (*text == '\0')
        return;
    if (error->code == CTES_E_NOT_YET && strspn(text, "0123456789") == strlen(text))
        ret->count = cli_strdup(text);
    if (error->code == CTES_E_DOCUMENT_TYPE)
        take_format(text, ret);
    else if (error->code == CTES_E_OBJET_TOO_LONG || error->code == CTES_E_TOO_LARGE)
        take_excess(error->code, text, ret);
    else if (error->code == CTES_E_MAIL_TOO_LARGE)
        take_mail(text, ret);
    else if (error->code == CTES_E_TYPE_PJ_FORBIDDEN)
        (void)halves(text, ": ", &ret->found, &ret->wanted);
    else if (error->code == CTES_E_MATIERE_DISCORDANT || error->code == CTES_E_FICHE_INVALID)
        (void)halves(text, " ≠ ", &ret->found, &ret->wanted);
    else if (error->code == CTES_E_AR_DISCORDANT)
        ret->text = difference_said(text);
    if (ret->text != NULL || ret->found != NULL || ret->count != NULL)
        return;
    ret->text = cli_phrase(error->code, text);
    if (ret->text == NULL)
        ret->text = noted_said(error->code, text);
    if (ret->text == NULL && is_technical(error->code))
        ret->technical = cli_strdup(text);
    else if (ret->text == NULL)
        ret->text = value_said(text);
}

void cli_detail_clear(cli_detail *detail) {
    free(detail->text);
    free(detail->found);
    free(detail->wanted);
    free(detail->count);
    free(detail->technical);
    *detail = (cli_detail){ .text = NULL };
}

/* A reason may start with the name of one of our codes: "net-timeout", "xml-invalid 1f2e3d: ...".
 */
ctes_status cli_leading_code(const char *reason, const char **ret_rest) {
    size_t length = strcspn(reason, " :");
    for (int rank = 1; rank < CTES_STATUS_COUNT; rank++) {
        const char *name = ctes_status_name((ctes_status)-rank);
        if (strlen(name) == length && strncmp(name, reason, length) == 0) {
            *ret_rest = reason + length + strspn(reason + length, " :");
            return (ctes_status)-rank;
        }
    }
    return CTES_OK;
}

char *cli_reason(ctes_state state, const char *reason) {
    if (reason == NULL || *reason == '\0' || strcmp(reason, "clock") == 0)
        return NULL;
    const char *rest = reason;
    ctes_error error = CTES_ERROR_INIT;
    ctes_status code = cli_leading_code(reason, &rest);
    if (code == CTES_OK && state != CTES_STATE_DISCORDANT) {
        char *said = noted_said(CTES_OK, reason);
        return said != NULL ? said : cli_strdup(reason);
    }
    if (code != CTES_OK) {
        (void)cli_fail(&error, code, CTES_STAGE_NONE, NULL, rest);
        return cli_error_text(&error, NULL);
    }
    (void)cli_fail(&error, CTES_E_AR_DISCORDANT, CTES_STAGE_NONE, NULL, reason);
    cli_detail detail;
    cli_detail_read(&error, &detail);
    char *said = detail.text != NULL ? detail.text : cli_strdup(reason);
    detail.text = NULL;
    cli_detail_clear(&detail);
    return said;
}
