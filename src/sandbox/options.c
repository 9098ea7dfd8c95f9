#include "sandbox/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"
#include "sandbox/i18n.h"
#include "sandbox/mail.h"

typedef bool (*sb_setter)(sb_options *options, const char *value, int detail);

typedef struct option_row {
    const char *name;
    const char *value; /* what it takes, for the help; NULL: nothing */
    size_t place;      /* of a text or a flag in `options`, when there is no setter */
    sb_setter set;
    int detail; /* handed to the setter */
    const char *help;
} option_row;

static bool set_port(sb_options *options, const char *value, int detail) {
    (void)detail;
    char *end = NULL;
    long port = strtol(value, &end, 10);
    options->port = (uint16_t)port;
    return end != value && *end == '\0' && port >= 0 && port <= 65535;
}

/* Nothing but loopback: this is a rehearsal, not a server. */
static bool set_listen(sb_options *options, const char *value, int detail) {
    (void)detail;
    options->listen = value;
    return strcmp(value, "127.0.0.1") == 0 || strcmp(value, "::1") == 0;
}

static bool set_generation(sb_options *options, const char *value, int detail) {
    (void)detail;
    options->generation = value[0] - '0';
    return strlen(value) == 1 && options->generation >= 4 && options->generation <= 6;
}

static bool read_seconds(const char *value, int64_t *ret_ms) {
    char *end = NULL;
    double seconds = strtod(value, &end);
    if (end == value || *end != '\0' || !(seconds >= 0) || seconds > 1e7)
        return false;
    *ret_ms = (int64_t)(seconds * 1000);
    return true;
}

static bool set_delay(sb_options *options, const char *value, int detail) {
    (void)detail;
    if (!read_seconds(value, &options->delay_ms))
        return false;
    options->pace = options->delay_ms == 0 ? PACE_ON_STATUS : PACE_DELAY;
    return true;
}

static bool set_slow(sb_options *options, const char *value, int detail) {
    return read_seconds(value, detail == 0   ? &options->slow_ms
                               : detail == 1 ? &options->late_ms
                                             : &options->retry_after_ms);
}

static bool set_pace(sb_options *options, const char *value, int detail) {
    (void)value;
    options->pace = (sb_pace)detail;
    return true;
}

static bool set_authority(sb_options *options, const char *value, int detail) {
    (void)detail;
    authority_default *a = &options->authority;
    char rest = '\0';
    return sscanf(value, "%9[0-9]:%3[0-9AB]:%1[0-9]:%2[0-9]%c", a->siren, a->departement,
                  a->arrondissement, a->nature, &rest) == 4;
}

static bool set_date(sb_options *options, const char *value, int detail) {
    ctes_date date;
    if (ctes_date_parse(value, &date, NULL) != CTES_OK)
        return false;
    if (detail == 0) {
        options->today = date;
    } else {
        options->classification_date = date;
        options->classification_checked = true;
    }
    return true;
}

static bool set_submit(sb_options *options, const char *value, int detail) {
    (void)detail;
    options->submit_off = strcmp(value, "off") == 0;
    return options->submit_off || strcmp(value, "on") == 0;
}

/* "none", "basic=LOGIN:PASSWORD", "url=LOGIN:PASSWORD" */
static bool set_depot(sb_options *options, const char *value, int detail) {
    (void)detail;
    bool basic = strncmp(value, "basic=", 6) == 0, url = strncmp(value, "url=", 4) == 0;
    options->depot_access = basic ? DEPOT_BASIC : url ? DEPOT_URL : DEPOT_OPEN;
    options->depot_login = value + strcspn(value, "=") + (basic || url);
    return basic || url ? strchr(options->depot_login, ':') != NULL : strcmp(value, "none") == 0;
}

static bool set_mail(sb_options *options, const char *value, int detail) {
    (void)detail;
    return mail_forms_read(value, &options->mail_forms);
}

static bool set_rule(sb_options *options, const char *value, int detail) {
    return rules_add(&options->rules, (rule_kind)detail, value);
}

static bool add_item(option_list *list, const char *value) {
    if (list->count == OPTION_LIST_MAX)
        return false;
    list->items[list->count++] = value;
    return true;
}

enum { LIST_ACCOUNT, LIST_UNREGISTERED, LIST_FAULT };

static bool set_item(sb_options *options, const char *value, int detail) {
    option_list *const lists[] = { &options->account, &options->unregistered, &options->faults };
    return add_item(lists[detail], value);
}

static bool set_limit(sb_options *options, const char *value, int detail) {
    (void)detail;
    sb_limits *limits = &options->limits;
    const struct {
        const char *name;
        size_t *place;
    } rows[] = { { "body=", &limits->body },
                 { "post=", &limits->post },
                 { "file=", &limits->file },
                 { "files=", &limits->files },
                 { "total=", &limits->total } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t length = strlen(rows[i].name);
        if (strncmp(value, rows[i].name, length) != 0)
            continue;
        char *end = NULL;
        unsigned long long number = strtoull(value + length, &end, 10);
        *rows[i].place = (size_t)number;
        return end != value + length && *end == '\0' && number > 0;
    }
    return false;
}

#define TEXT(member) offsetof(sb_options, member), NULL, 0
#define FLAG(member) offsetof(sb_options, member), NULL, 0

static const option_row rows[] = {
    { "ca", N_("FILE"), TEXT(ca), N_("authorities that sign client certificates (PEM)") },
    { "certificate", N_("FILE"), TEXT(certificate), N_("the server's certificate (PEM)") },
    { "key", N_("FILE"), TEXT(key), N_("its private key (PEM)") },
    { "crl", N_("FILE"), TEXT(crl), N_("revoked client certificates (PEM)") },
    { "listen", N_("ADDRESS"), 0, set_listen, 0, N_("127.0.0.1 (default) or ::1") },
    { "port", N_("PORT"), 0, set_port, 0, N_("0 (default): any free port") },
    { "tls13", NULL, FLAG(tls13), N_("offer TLS 1.3 too") },
    { "accounts", N_("FILE"), TEXT(accounts), N_("accounts and authorities (INI)") },
    { "account", N_("FILE"), 0, set_item, LIST_ACCOUNT,
      N_("a certificate that is an account with every right; may be repeated. Without any: "
         "client.pem beside the CA") },
    { "authority", "SIREN:DEP:ARR:NATURE", 0, set_authority, 0,
      N_("authority of accounts that name none (218601946:086:3:31)") },
    { "schemas", N_("FOLDER"), TEXT(schemas), N_("folder of actes.xsd") },
    { "ledger", N_("FILE"), TEXT(ledger), N_("keep the ledger in this SQLite file") },
    { "pid-file", N_("FILE"), TEXT(pid_file), N_("write the process number there") },
    { "signature-ca", N_("FILE"), TEXT(signature_ca),
      N_("authorities that signers' certificates must come from (default: any signer)") },
    { "generation", "4|5|6", 0, set_generation, 0, N_("generation of the API (5)") },
    { "submit", "on|off", 0, set_submit, 0, N_("whether archives are taken") },
    { "trigramme", "XXX", TEXT(trigramme), N_("first letters of an archive's name (SLO)") },
    { "quadrigramme", "XXXX", TEXT(quadrigramme), N_("and the next four (TACT)") },
    { "limit", N_("NAME=NUMBER"), 0, set_limit, 0,
      N_("body, post, file, total (bytes), files (number)") },
    { "delay", N_("SECONDS"), 0, set_delay, 0,
      N_("time of each step towards the acknowledgement (1); 0: a step each time the status is "
         "asked") },
    { "immediate", NULL, 0, set_pace, PACE_IMMEDIATE, N_("acknowledge at the deposit") },
    { "manual", NULL, 0, set_pace, PACE_MANUAL,
      N_("step only on SIGUSR1 or POST /sandbox/advance") },
    { "today", N_("DATE"), 0, set_date, 0, N_("today's date for the operator and the prefecture") },
    { "classification-date", N_("DATE"), 0, set_date, 1,
      N_("date of the classification in force: acts with another are refused (002)") },
    { "classification", N_("FILE"), TEXT(classification), N_("classification to serve (XML)") },
    { "never-classified", NULL, FLAG(never_classified),
      N_("as an authority that never received a classification") },
    { "restrict-classification", NULL, FLAG(restrict_classification),
      N_("one classification request a day") },
    { "always-validate", NULL, FLAG(always_validate), N_("acts may be closed without 2 months") },
    { "unregistered", "SIREN", 0, set_item, LIST_UNREGISTERED,
      N_("the prefecture does not know this SIREN (005)") },
    { "anomalie", N_("NUMBER=CODE[:TEXT]"), 0, set_rule, RULE_ANOMALIE,
      N_("the prefecture answers this act with an anomaly") },
    { "refuse", N_("NUMBER[=CODE[:TEXT]]"), 0, set_rule, RULE_REFUSE,
      N_("the ministry refuses the whole envelope") },
    { "invalid", N_("NUMBER[=:TEXT]"), 0, set_rule, RULE_INVALID,
      N_("the operator's own checks fail") },
    { "virus", N_("NUMBER"), 0, set_rule, RULE_VIRUS, N_("its antivirus finds something") },
    { "park", N_("NUMBER"), 0, set_rule, RULE_PARK, N_("the act waits for a person (17)") },
    { "late-ar", N_("NUMBER"), 0, set_rule, RULE_LATE_AR,
      N_("an error first, the acknowledgement afterwards") },
    { "close", N_("NUMBER"), 0, set_rule, RULE_CLOSE, N_("closed after \"30 days\"") },
    { "discordant", N_("NUMBER"), 0, set_rule, RULE_DISCORDANT,
      N_("the acknowledgement answers another act") },
    { "keep", N_("NUMBER[=CODE[:TEXT]]"), 0, set_rule, RULE_KEEP,
      N_("the ministry refuses to cancel this act") },
    { "maildir", N_("FOLDER"), TEXT(maildir),
      N_("take archives at /depot (the direct channel) and answer by mail into this Maildir") },
    { "depot", "none|basic=...|url=...", 0, set_depot, 0,
      N_("LOGIN:PASSWORD that /depot asks for, by HTTP Basic or in the URL (none)") },
    { "mail", N_("FORM[,FORM...]"), 0, set_mail, 0,
      N_("what mails look like: envelope-last, alternative, paths, twice") },
    { "fault", "KIND[@PAGE][:COUNT]", 0, set_item, LIST_FAULT,
      N_("a fault for the first COUNT requests (1; *: all); see ctes-sandbox(1)") },
    { "wrong-certificate", N_("FILE"), TEXT(wrong_certificate),
      N_("certificate that --fault wrong-certificate shows") },
    { "wrong-key", N_("FILE"), TEXT(wrong_key), N_("its key") },
    { "slow", N_("SECONDS"), 0, set_slow, 0, N_("pause between pieces of --fault slow (0.1)") },
    { "late", N_("SECONDS"), 0, set_slow, 1,
      N_("time after which --fault late-commit does its work, unless told to advance (2)") },
    { "retry-after", N_("SECONDS"), 0, set_slow, 2,
      N_("what --fault 503, 503-kept and 429 ask to wait (30)") },
    { "verbose", NULL, FLAG(verbose), N_("a line for each request on stderr") },
    { "help", NULL, FLAG(help), N_("this text") },
    { "version", NULL, FLAG(version), N_("the version") },
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

static bool set_row(sb_options *options, const option_row *row, const char *value) {
    if (row->set != NULL)
        return row->set(options, value, row->detail);
    char *place = (char *)options + row->place;
    if (row->value == NULL)
        *(bool *)(void *)place = true;
    else
        *(const char **)(void *)place = value;
    return true;
}

static ctes_status check(const sb_options *options, ctes_error *err) {
    if (options->help || options->version)
        return CTES_OK;
    if (options->ca == NULL || options->certificate == NULL || options->key == NULL)
        return ctes_fail(err, CTES_E_USAGE, NULL, _("--ca, --certificate and --key are needed"));
    if ((options->wrong_certificate == NULL) != (options->wrong_key == NULL))
        return ctes_fail(err, CTES_E_USAGE, NULL,
                         _("--wrong-certificate and --wrong-key go together"));
    return CTES_OK;
}

static void set_defaults(sb_options *options) {
    *options = (struct sb_options){
        .listen = "127.0.0.1",
        .authority = { "218601946", "086", "3", "31" },
        .trigramme = "SLO",
        .quadrigramme = "TACT",
        .generation = 5,
        .pace = PACE_DELAY,
        .delay_ms = 1000,
        .slow_ms = 100,
        .late_ms = 2000,
        .retry_after_ms = 30000,
        .classification_date = { 2019, 4, 18 },
        .limits = { .body = 200486000,
                    .post = 209715200,
                    .file = 209715200,
                    .files = 200,
                    .total = CTES_ARCHIVE_MAX },
    };
}

ctes_status options_read(sb_options *options, int argc, char **argv, ctes_error *err) {
    struct option table[ROW_COUNT + 1] = { 0 };
    for (size_t i = 0; i < ROW_COUNT; i++)
        table[i] =
            (struct option){ rows[i].name, rows[i].value != NULL ? required_argument : no_argument,
                             NULL, (int)i + 1000 };
    set_defaults(options);
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, ":", table, NULL)) != -1;) {
        if (found < 1000)
            return ctes_fail(err, CTES_E_USAGE, argv[optind - 1],
                             found == ':' ? _("a value is missing") : _("unknown option"));
        const option_row *row = &rows[found - 1000];
        if (!set_row(options, row, optarg))
            return ctes_fail(err, CTES_E_USAGE, row->name, _("cannot take '%s'"), optarg);
    }
    if (optind < argc)
        return ctes_fail(err, CTES_E_USAGE, argv[optind], _("unexpected argument"));
    return check(options, err);
}

void options_clear(sb_options *options) {
    rules_clear(&options->rules);
}

void options_print_help(void) {
    printf("%s\n\n", _("Usage: ctes-sandbox --ca FILE --certificate FILE --key FILE [OPTION]..."));
    printf("%s\n\n",
           _("A rehearsal of the operator (S2LOW's ACTES API) and of the prefecture behind it, "
             "on this\nmachine only. Prints \"ready https://localhost:PORT\" once it listens."));
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char left[64];
        (void)snprintf(left, sizeof left, "--%s%s%s", rows[i].name,
                       rows[i].value != NULL ? " " : "",
                       rows[i].value != NULL ? _(rows[i].value) : "");
        printf("  %-34s%s%s\n", left,
               strlen(left) > 33 ? "\n                                    " : "", _(rows[i].help));
    }
    printf("\n%s\n",
           _("For an account's certificate: POST /sandbox/advance[?steps=N], GET /sandbox/ledger "
             "(JSON),\nPOST /sandbox/fault?spec=KIND[@PAGE][:COUNT], "
             "POST /sandbox/letter?act=ID&type=2|3|4|5,\nPOST /sandbox/classification?date=DATE; "
             "see ctes-sandbox(1). SIGUSR1: one step for all. SIGTERM: stop."));
}
