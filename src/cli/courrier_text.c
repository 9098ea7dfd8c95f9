#include "cli/courrier_text.h"

#include <string.h>
#include <time.h>

#include "cli/message.h"
#include "cli/text.h"

static const struct {
    unsigned transaction, flux;
    const char *label;
} labels[] = {
    { 1, 2, N_("acknowledgement of an act") },
    { 1, 3, N_("refusal of an act") },
    { 2, 1, N_("letter") },
    { 2, 2, N_("answer to a letter") },
    { 3, 1, N_("request for further documents") },
    { 3, 2, N_("acknowledgement of a request for documents") },
    { 3, 3, N_("refusal to send documents") },
    { 3, 4, N_("further documents") },
    { 3, 5, N_("acknowledgement of documents") },
    { 4, 1, N_("letter of observations") },
    { 4, 2, N_("acknowledgement of a letter of observations") },
    { 4, 3, N_("refusal to answer observations") },
    { 4, 4, N_("answer to observations") },
    { 4, 5, N_("acknowledgement of an answer to observations") },
    { 5, 1, N_("referral to the administrative court") },
    { 6, 1, N_("request to cancel the act") },
    { 6, 2, N_("acknowledgement of a cancellation") },
    { 7, 1, N_("request for the classification") },
    { 7, 2, N_("classification") },
    { 7, 3, N_("classification without change") },
};

const char *cli_courrier_label(const ctes_courrier *courrier) {
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (labels[i].transaction == courrier->transaction && labels[i].flux == courrier->flux)
            return gettext(labels[i].label);
    return _("something that ctes does not understand");
}

static bool takes_answer(const ctes_courrier *courrier) {
    return courrier->flux == 1 && (courrier->transaction == 3 || courrier->transaction == 4);
}

const char *cli_courrier_state(const ctes_courrier *courrier) {
    switch (courrier->state) {
    case CTES_COURRIER_RECEIVED:
        return _("to be acknowledged by ctes, then to be answered");
    case CTES_COURRIER_OPEN:
        return takes_answer(courrier) ? _("to be answered") : _("to be read");
    case CTES_COURRIER_ANSWERED:
        return _("answer on its way");
    case CTES_COURRIER_CLOSED:
        return _("dealt with");
    case CTES_COURRIER_ASIDE:
        return _("put aside: a person has to look at it");
    case CTES_COURRIER_TO_SEND:
        return _("being sent");
    case CTES_COURRIER_UNSETTLED:
        return _("reception uncertain");
    case CTES_COURRIER_REFUSED:
        return _("not received");
    case CTES_COURRIER_SENT:
        return courrier->transaction == 2 /* nobody acknowledges the answer to a plain letter */
                   ? _("sent, on its way to the prefecture")
                   : _("sent, waiting for its acknowledgement");
    case CTES_COURRIER_DONE:
        return _("received by the prefecture");
    case CTES_COURRIER_FAILED:
        return _("refused by the operator or the prefecture");
    case CTES_COURRIER_NONE:
        break;
    }
    return "";
}

bool cli_courrier_is_sent(const ctes_courrier *courrier) {
    return courrier->state >= CTES_COURRIER_TO_SEND;
}

static const char *advice_of_sent(const ctes_courrier *courrier) {
    switch (courrier->state) {
    case CTES_COURRIER_TO_SEND:
    case CTES_COURRIER_UNSETTLED:
        return _("\"ctes status\" finds out whether it was received. Do not send it again by other "
                 "means.");
    case CTES_COURRIER_REFUSED:
    case CTES_COURRIER_FAILED:
        if (courrier->transaction == 6)
            return _("The act is not cancelled. See the reason; \"ctes cancel\" asks again.");
        return courrier->answers != 0
                   ? _("Correct what the reason says, then answer letter {answers} again.")
                   : _("See the reason; \"ctes status\" tries again what is due.");
    default:
        return NULL;
    }
}

static const char *advice_of_received(const ctes_courrier *courrier) {
    if (courrier->state == CTES_COURRIER_ASIDE)
        return _("Read it and show it to the operator or the prefecture; then close it with \"ctes "
                 "inbox --close {id}\".");
    if (courrier->state != CTES_COURRIER_OPEN && courrier->state != CTES_COURRIER_RECEIVED)
        return NULL;
    if (takes_answer(courrier))
        return courrier->transaction == 3
                   ? _("Send the documents with \"ctes reply {id} FILE...\", or refuse with \"ctes "
                       "refuse {id} FILE\": silence counts as a refusal.")
                   : _("Answer with \"ctes reply {id} FILE\", or refuse with \"ctes refuse {id} "
                       "FILE\": silence counts as a refusal.");
    return courrier->transaction == 2
               ? _("Read it; answer with \"ctes reply {id} FILE\", or close it with \"ctes inbox "
                   "--close {id}\".")
               : _("Read it and hand it to your counsel; then close it with \"ctes inbox --close "
                   "{id}\".");
}

char *cli_courrier_advice(const ctes_courrier *courrier) {
    const char *sentence =
        cli_courrier_is_sent(courrier) ? advice_of_sent(courrier) : advice_of_received(courrier);
    const cli_short id = cli_count((uint64_t)courrier->id),
                    answers = cli_count((uint64_t)courrier->answers);
    const cli_fact facts[] = { { "id", id.text }, { "answers", answers.text } };
    return sentence != NULL ? cli_sentence_text(sentence, facts, 2) : NULL;
}

/* At noon, so that an hour more or less of a change of clocks makes no day. */
static time_t noon(int year, int month, int day) {
    struct tm civil = {
        .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = 12, .tm_isdst = -1
    };
    return mktime(&civil);
}

long cli_courrier_days_left(const ctes_courrier *courrier, int64_t now_ms) {
    time_t now = (time_t)(now_ms / 1000);
    struct tm today;
    const ctes_date last = courrier->deadline;
    if (last.year == 0 || localtime_r(&now, &today) == NULL)
        return 0;
    double seconds = difftime(noon(last.year, last.month, last.day),
                              noon(today.tm_year + 1900, today.tm_mon + 1, today.tm_mday));
    double days = seconds / 86400;
    return (long)(days < 0 ? days - 0.5 : days + 0.5);
}

static bool is_over(const ctes_courrier *courrier) {
    return courrier->state == CTES_COURRIER_CLOSED || courrier->state == CTES_COURRIER_ANSWERED;
}

char *cli_courrier_last_day(const ctes_courrier *courrier, int64_t now_ms) {
    if (courrier->deadline.year == 0)
        return cli_strdup("");
    const cli_short date = cli_date(courrier->deadline);
    long left = cli_courrier_days_left(courrier, now_ms);
    if (is_over(courrier))
        return cli_strdup(date.text);
    CLI_AUTO_FREE char *text =
        left > 0 ? cli_format(ngettext("%ld day left", "%ld days left", (unsigned long)left), left)
        : left == 0
            ? cli_strdup(_("today"))
            : cli_format(ngettext("%ld day late", "%ld days late", (unsigned long)-left), -left);
    return cli_format("%s (%s)", date.text, text);
}

const char *cli_courrier_acte(const ctes_courrier *courrier) {
    return courrier->numero != NULL ? courrier->numero : courrier->id_acte;
}

/* "document-missing plan.pdf" and "xml-root: ARActe" begin with the name of a code, "refus" does
 * not. */
static ctes_status code_of(const char *reason, size_t *ret_length) {
    size_t length = strcspn(reason, " :");
    for (int i = 1; i < CTES_STATUS_COUNT; i++) {
        const char *name = ctes_status_name((ctes_status)-i);
        if (strlen(name) == length && strncmp(name, reason, length) == 0) {
            *ret_length = length + strspn(reason + length, " :");
            return (ctes_status)-i;
        }
    }
    return CTES_OK;
}

char *cli_courrier_reason(const ctes_courrier *courrier) {
    size_t length = 0;
    if (courrier->reason == NULL || courrier->reason[0] == '\0')
        return NULL;
    ctes_status code = code_of(courrier->reason, &length);
    if (code == CTES_OK)
        return cli_strdup(courrier->reason);
    if (code == CTES_E_DOCUMENT_MISSING) {
        const cli_fact fact = { "name", courrier->reason + length };
        return cli_sentence_text(_("its document {name} did not come with it"), &fact, 1);
    }
    ctes_error error = CTES_ERROR_INIT;
    (void)cli_fail(&error, code, CTES_STAGE_ACQUITTEMENT, NULL, courrier->reason + length);
    return cli_error_text(&error, NULL);
}
