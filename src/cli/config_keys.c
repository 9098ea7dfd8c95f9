/* The keys of ctes.conf: one table, from which setting, checking and suggesting are made. */
#include "cli/config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/text.h"

typedef enum key_kind {
    KEY_TEXT,
    KEY_PATH,
    KEY_LEDGER, /* a path, "sqlite:" and a path, or a database's URL */
    KEY_URL,
    KEY_LIST,     /* parts after commas; member is char **, its count beside it */
    KEY_FIXED,    /* member is char[width + 1]; the text has exactly `width` characters */
    KEY_CODE,     /* same, of digits */
    KEY_LETTERS,  /* `width` letters; member is char * */
    KEY_CAPITALS, /* the same, capitals only */
    KEY_SECONDS,
    KEY_NUMBER, /* from 1 to `width` */
    KEY_SIZE,   /* bytes, or kB, MB, GB of a thousand each */
    KEY_DATE,
    KEY_MODE,
    KEY_CANAL,
    KEY_IMAP, /* a mailbox: imaps://host/BOX */
    KEY_HTTP, /* a status of HTTP */
    KEY_YES_NO,
    KEY_ZONE,
    KEY_PLACE,
    KEY_PAGES
} key_kind;

typedef struct key {
    const char *section;
    const char *name;
    key_kind kind;
    size_t width;
    size_t offset; /* in ctes_autorite for section "autorite", else in cli_config */
} key;

#define OF_AUTORITE(member) offsetof(ctes_autorite, member)
#define OF_CONFIG(member)   offsetof(cli_config, member)

static const key keys[] = {
    { "autorite", "siren", KEY_CODE, 9, OF_AUTORITE(siren) },
    { "autorite", "nic", KEY_CODE, 5, OF_AUTORITE(nic) },
    { "autorite", "nom", KEY_TEXT, 0, OF_AUTORITE(nom) },
    { "autorite", "departement", KEY_FIXED, 3, OF_AUTORITE(departement) },
    { "autorite", "arrondissement", KEY_CODE, 1, OF_AUTORITE(arrondissement) },
    { "autorite", "nature", KEY_CODE, 2, OF_AUTORITE(nature) },
    { "autorite", "adresses_retour", KEY_LIST, 0, OF_AUTORITE(adresses_retour) },
    { "autorite", "referent_nom", KEY_TEXT, 0, OF_AUTORITE(referent_nom) },
    { "autorite", "referent_telephone", KEY_TEXT, 0, OF_AUTORITE(referent_telephone) },
    { "autorite", "referent_email", KEY_TEXT, 0, OF_AUTORITE(referent_email) },
    { "autorite", "classification_date", KEY_DATE, 0, OF_AUTORITE(classification_date) },
    { "autorite", "login", KEY_TEXT, 0, OF_AUTORITE(login) },
    { "autorite", "password_file", KEY_PATH, 0, OF_AUTORITE(password_file) },
    { "autorite", "tampon_position", KEY_PLACE, 0, OF_AUTORITE(tampon.place) },
    { "autorite", "tampon_pages", KEY_PAGES, 0, OF_AUTORITE(tampon.pages) },
    { "operateur", "canal", KEY_CANAL, 0, OF_CONFIG(canal) },
    { "operateur", "url", KEY_URL, 0, OF_CONFIG(url) },
    { "operateur", "former_url", KEY_URL, 0, OF_CONFIG(former_url) },
    { "operateur", "login_latin1", KEY_YES_NO, 0, OF_CONFIG(login_latin1) },
    { "operateur", "mode", KEY_MODE, 0, OF_CONFIG(mode) },
    { "operateur", "trigramme", KEY_LETTERS, 3, OF_CONFIG(trigramme) },
    { "operateur", "quadrigramme", KEY_CAPITALS, 4, OF_CONFIG(quadrigramme) },
    { "operateur", "connect_timeout", KEY_SECONDS, 0, OF_CONFIG(connect_timeout) },
    { "operateur", "timeout", KEY_SECONDS, 0, OF_CONFIG(timeout) },
    { "operateur", "settle_after", KEY_SECONDS, 0, OF_CONFIG(settle_after) },
    { "operateur", "in_flight", KEY_NUMBER, 64, OF_CONFIG(in_flight) },
    { "operateur", "acts_per_enveloppe", KEY_NUMBER, 50, OF_CONFIG(acts_per_enveloppe) },
    { "operateur", "closed_hours", KEY_TEXT, 0, OF_CONFIG(closed_hours) },
    { "operateur", "hourly_volume", KEY_SIZE, 0, OF_CONFIG(hourly_volume) },
    { "operateur", "tries", KEY_NUMBER, 64, OF_CONFIG(tries) },
    { "operateur", "retry_for", KEY_SECONDS, 0, OF_CONFIG(retry_for) },
    { "direct", "field", KEY_TEXT, 0, OF_CONFIG(direct_field) },
    { "direct", "url_account", KEY_YES_NO, 0, OF_CONFIG(direct_url_account) },
    { "direct", "pins", KEY_TEXT, 0, OF_CONFIG(direct_pins) },
    { "direct", "success", KEY_HTTP, 0, OF_CONFIG(direct_success) },
    { "direct", "imap", KEY_IMAP, 0, OF_CONFIG(direct_imap) },
    { "direct", "imap_login", KEY_TEXT, 0, OF_CONFIG(direct_imap_login) },
    { "direct", "imap_password_file", KEY_PATH, 0, OF_CONFIG(direct_imap_password_file) },
    { "direct", "done", KEY_TEXT, 0, OF_CONFIG(direct_done) },
    { "direct", "aside", KEY_TEXT, 0, OF_CONFIG(direct_aside) },
    { "tls", "certificate", KEY_PATH, 0, OF_CONFIG(tls_certificate) },
    { "tls", "key", KEY_PATH, 0, OF_CONFIG(tls_key) },
    { "tls", "passphrase_file", KEY_PATH, 0, OF_CONFIG(tls_passphrase_file) },
    { "tls", "ca", KEY_PATH, 0, OF_CONFIG(tls_ca) },
    { "signature", "sign", KEY_YES_NO, 0, OF_CONFIG(sign) },
    { "signature", "certificate", KEY_PATH, 0, OF_CONFIG(sign_certificate) },
    { "signature", "key", KEY_PATH, 0, OF_CONFIG(sign_key) },
    { "signature", "pkcs12", KEY_PATH, 0, OF_CONFIG(sign_pkcs12) },
    { "signature", "passphrase_file", KEY_PATH, 0, OF_CONFIG(sign_passphrase_file) },
    { "chemins", "register", KEY_LEDGER, 0, OF_CONFIG(ledger) },
    { "chemins", "archives", KEY_PATH, 0, OF_CONFIG(archives) },
    { "chemins", "schemas", KEY_PATH, 0, OF_CONFIG(schemas) },
    { "archivage", "service_archives", KEY_TEXT, 0, OF_CONFIG(service_archives) },
    { "archivage", "service_versant", KEY_TEXT, 0, OF_CONFIG(service_versant) },
    { "archivage", "producteur", KEY_TEXT, 0, OF_CONFIG(producteur) },
    { "archivage", "accord", KEY_TEXT, 0, OF_CONFIG(accord) },
    { "archivage", "profil", KEY_TEXT, 0, OF_CONFIG(profil) },
    { "archivage", "niveau_service", KEY_TEXT, 0, OF_CONFIG(niveau_service) },
    { "archivage", "mode_entree", KEY_TEXT, 0, OF_CONFIG(mode_entree) },
    { "archivage", "regle_utilite", KEY_TEXT, 0, OF_CONFIG(regle_utilite) },
    { "archivage", "detruire", KEY_YES_NO, 0, OF_CONFIG(detruire) },
    { "archivage", "regle_acces", KEY_TEXT, 0, OF_CONFIG(regle_acces) },
    { "tampon", "position", KEY_PLACE, 0, OF_CONFIG(tampon.place) },
    { "tampon", "pages", KEY_PAGES, 0, OF_CONFIG(tampon.pages) },
    { "general", "timezone", KEY_ZONE, 0, OF_CONFIG(timezone) },
};
#define KEY_COUNT ((int)(sizeof keys / sizeof keys[0]))
_Static_assert(sizeof keys / sizeof keys[0] <= CLI_KEYS_MAX, "ranks");

int cli_config_rank(const char *section, const char *name) {
    for (int i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0)
            return i;
    return -1;
}

bool cli_config_section_exists(const char *section) {
    for (int i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].section, section) == 0)
            return true;
    return false;
}

/* Least number of letters to add, drop or change from `a` to `b`; both are short. */
static size_t distance(const char *a, const char *b) {
    size_t row[64];
    size_t width = strlen(b);
    if (width >= sizeof row / sizeof row[0])
        return SIZE_MAX;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 1; j <= width; j++) {
            size_t changed = diagonal + (tolower((unsigned char)a[i]) != b[j - 1]);
            size_t moved = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
            diagonal = row[j];
            row[j] = changed < moved ? changed : moved;
        }
    }
    return row[width];
}

const char *cli_config_nearest(const char *section, const char *name) {
    const char *nearest = NULL;
    size_t least = 4; /* three slips at most, else the guess is no help */
    for (int i = 0; i < KEY_COUNT; i++) {
        if (name != NULL && strcmp(keys[i].section, section) != 0)
            continue;
        const char *candidate = name != NULL ? keys[i].name : keys[i].section;
        size_t slips = distance(name != NULL ? name : section, candidate);
        if (slips < least) {
            least = slips;
            nearest = candidate;
        }
    }
    return nearest;
}

static ctes_status invalid(const char *name, const char *value, const char *expected,
                           ctes_error *err) {
    CLI_AUTO_FREE char *detail = cli_format(_("%s = %s: %s"), name, value, expected);
    return cli_fail(err, CTES_E_CONFIG_INVALID, CTES_STAGE_CONFIG, NULL, detail);
}

static bool is_all(const char *text, int (*kind)(int)) {
    for (const char *at = text; *at != '\0'; at++)
        if (kind((unsigned char)*at) == 0)
            return false;
    return true;
}

static ctes_status set_fixed(const key *entry, char *member, const char *value, ctes_error *err) {
    bool digits = entry->kind == KEY_CODE;
    if (strlen(value) != entry->width || !is_all(value, digits ? isdigit : isalnum)) {
        CLI_AUTO_FREE char *expected =
            digits ? cli_format(
                         ngettext("%zu digit is expected", "%zu digits are expected", entry->width),
                         entry->width)
                   : cli_format(_("%zu letters or digits are expected"), entry->width);
        return invalid(entry->name, value, expected, err);
    }
    memcpy(member, value, entry->width + 1);
    return CTES_OK;
}

static ctes_status set_seconds(const char *name, long *member, const char *value, ctes_error *err) {
    char *end = NULL;
    errno = 0;
    long seconds = strtol(value, &end, 10);
    if (errno != 0 || *end != '\0' || !isdigit((unsigned char)value[0]) || seconds < 1 ||
        seconds > 86400)
        return invalid(name, value, _("a number of seconds from 1 to 86400 is expected"), err);
    *member = seconds;
    return CTES_OK;
}

static ctes_status set_number(const key *entry, long *member, const char *value, ctes_error *err) {
    char *end = NULL;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno != 0 || *end != '\0' || !isdigit((unsigned char)value[0]) || number < 1 ||
        number > (long)entry->width)
        return invalid(entry->name, value, _("a number from 1 to 64 is expected"), err);
    *member = number;
    return CTES_OK;
}

/* "500 MB", "2 Go"; the units are those of operators' contracts, of a thousand each. */
static ctes_status set_size(const char *name, uint64_t *member, const char *value,
                            ctes_error *err) {
    static const struct {
        const char *name;
        uint64_t bytes;
    } units[] = { { "", 1 },         { "kB", 1000 },       { "ko", 1000 },      { "MB", 1000000 },
                  { "Mo", 1000000 }, { "GB", 1000000000 }, { "Go", 1000000000 } };
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (errno == 0 && isdigit((unsigned char)value[0]) && strcasecmp(end, units[i].name) == 0 &&
            number > 0 && number <= 1000000000000ULL / units[i].bytes) {
            *member = number * units[i].bytes;
            return CTES_OK;
        }
    return invalid(name, value, _("a size such as 500 MB is expected"), err);
}

static ctes_status set_mode(const char *name, ctes_mode *member, const char *value,
                            ctes_error *err) {
    if (strcmp(value, "auto") == 0)
        *member = CTES_MODE_AUTO;
    else if (strcmp(value, "archive") == 0)
        *member = CTES_MODE_ARCHIVE;
    else if (strcmp(value, "champs") == 0)
        *member = CTES_MODE_CHAMPS;
    else
        return invalid(name, value, _("auto, archive or champs is expected"), err);
    return CTES_OK;
}

static ctes_status set_canal(const char *name, ctes_canal *member, const char *value,
                             ctes_error *err) {
    if (strcmp(value, "s2low") == 0)
        *member = CTES_CANAL_S2LOW;
    else if (strcmp(value, "direct") == 0)
        *member = CTES_CANAL_DIRECT;
    else
        return invalid(name, value, _("s2low or direct is expected"), err);
    return CTES_OK;
}

static ctes_status set_imap(const char *name, char **member, const char *value, ctes_error *err) {
    static const char scheme[] = "imaps://";
    if (strncmp(value, scheme, sizeof scheme - 1) != 0 || value[sizeof scheme - 1] == '\0')
        return invalid(name, value, _("a mailbox such as imaps://host/INBOX is expected"), err);
    *member = cli_strdup(value);
    return CTES_OK;
}

static ctes_status set_http(const char *name, long *member, const char *value, ctes_error *err) {
    if (strlen(value) != 3 || !is_all(value, isdigit) || value[0] != '2')
        return invalid(name, value, _("a status of HTTP from 200 to 299 is expected"), err);
    *member = strtol(value, NULL, 10);
    return CTES_OK;
}

static ctes_status set_yes_no(const char *name, bool *member, const char *value, ctes_error *err) {
    static const char *const yes[] = { "yes", "oui", "true", "1" };
    static const char *const no[] = { "no", "non", "false", "0" };
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (strcasecmp(value, yes[i]) == 0 || strcasecmp(value, no[i]) == 0) {
            *member = strcasecmp(value, yes[i]) == 0;
            return CTES_OK;
        }
    }
    return invalid(name, value, _("yes or no is expected"), err);
}

static ctes_status set_date(const char *name, ctes_date *member, const char *value,
                            ctes_error *err) {
    ctes_date date;
    if (ctes_date_parse(value, &date, NULL) != CTES_OK)
        return invalid(name, value, _("a date such as 2019-04-18 is expected"), err);
    *member = date;
    return CTES_OK;
}

static ctes_status set_place(const char *name, ctes_tampon_place *member, const char *value,
                             ctes_error *err) {
    if (ctes_tampon_place_parse(value, member, NULL) != CTES_OK)
        return invalid(name, value,
                       _("haut-droite, haut, haut-gauche, bas-droite, bas, bas-gauche or two "
                         "percentages are expected"),
                       err);
    return CTES_OK;
}

static ctes_status set_pages(const char *name, ctes_tampon_pages *member, const char *value,
                             ctes_error *err) {
    if (ctes_tampon_pages_parse(value, member, NULL) != CTES_OK)
        return invalid(name, value, _("first or all is expected"), err);
    return CTES_OK;
}

static ctes_status set_letters(const key *entry, char **member, const char *value,
                               ctes_error *err) {
    bool capitals = entry->kind == KEY_CAPITALS;
    if (strlen(value) != entry->width || !is_all(value, capitals ? isupper : isalpha)) {
        CLI_AUTO_FREE char *expected = cli_format(capitals ? _("%zu capital letters are expected")
                                                           : _("%zu letters are expected"),
                                                  entry->width);
        return invalid(entry->name, value, expected, err);
    }
    *member = cli_strdup(value);
    return CTES_OK;
}

static ctes_status set_url(const char *name, char **member, const char *value, ctes_error *err) {
    static const char scheme[] = "https://";
    if (strncmp(value, scheme, sizeof scheme - 1) != 0 || value[sizeof scheme - 1] == '\0' ||
        strpbrk(value, " \t?#@") != NULL)
        return invalid(name, value, _("an address such as https://www.s2low.org is expected"), err);
    *member = cli_strdup(value);
    return CTES_OK;
}

/* The C library takes an unknown zone for UTC without a word: the file must be there. */
static ctes_status set_zone(const char *name, char **member, const char *value, ctes_error *err) {
    const char *folder = getenv("TZDIR");
    CLI_AUTO_FREE char *path =
        cli_format("%s/%s", folder != NULL ? folder : "/usr/share/zoneinfo", value);
    if (strstr(value, "..") != NULL || access(path, R_OK) != 0)
        return invalid(name, value, _("a time zone such as Europe/Paris is expected"), err);
    *member = cli_strdup(value);
    return CTES_OK;
}

/* Adds the parts of a comma list to those already there: a list may go on in indented lines. */
static void add_parts(ctes_autorite *autorite, const char *value) {
    while (*value != '\0') {
        value += strspn(value, ", \t");
        size_t length = strcspn(value, ",");
        const char *next = value + length;
        while (length > 0 && isspace((unsigned char)value[length - 1]))
            length--;
        if (length > 0) {
            autorite->adresses_retour =
                cli_realloc(autorite->adresses_retour, autorite->adresse_count + 1,
                            sizeof *autorite->adresses_retour);
            autorite->adresses_retour[autorite->adresse_count++] =
                cli_format("%.*s", (int)length, value);
        }
        value = next;
    }
}

static ctes_status set_ledger(char **member, const char *value, const char *folder,
                              ctes_error *err) {
    static const char scheme[] = "sqlite:";
    if (cli_is_database(value)) {
        *member = cli_strdup(value);
        return CTES_OK;
    }
    bool prefixed = strncmp(value, scheme, sizeof scheme - 1) == 0;
    return cli_path_expand(prefixed ? value + sizeof scheme - 1 : value, folder, member, err);
}

ctes_status cli_config_set(cli_config *config, ctes_autorite *autorite, const char *section,
                           const char *name, const char *value, const char *folder,
                           ctes_error *err) {
    int rank = cli_config_rank(section, name);
    if (rank < 0)
        return cli_fail(err, CTES_E_CONFIG_INVALID, CTES_STAGE_CONFIG, NULL, name);
    const key *entry = &keys[rank];
    void *member = (autorite != NULL ? (char *)autorite : (char *)config) + entry->offset;
    if (value[0] == '\0')
        return invalid(name, value, _("a value is expected; remove the line to have the default"),
                       err);
    switch (entry->kind) {
    case KEY_TEXT:
        *(char **)member = cli_strdup(value);
        return CTES_OK;
    case KEY_PATH:
        return cli_path_expand(value, folder, member, err);
    case KEY_LEDGER:
        return set_ledger(member, value, folder, err);
    case KEY_URL:
        return set_url(name, member, value, err);
    case KEY_LIST:
        assert(autorite != NULL); /* the one list there is belongs to an authority */
        add_parts(autorite, value);
        return CTES_OK;
    case KEY_FIXED:
    case KEY_CODE:
        return set_fixed(entry, member, value, err);
    case KEY_LETTERS:
    case KEY_CAPITALS:
        return set_letters(entry, member, value, err);
    case KEY_SECONDS:
        return set_seconds(name, member, value, err);
    case KEY_NUMBER:
        return set_number(entry, member, value, err);
    case KEY_SIZE:
        return set_size(name, member, value, err);
    case KEY_DATE:
        return set_date(name, member, value, err);
    case KEY_MODE:
        return set_mode(name, member, value, err);
    case KEY_CANAL:
        return set_canal(name, member, value, err);
    case KEY_IMAP:
        return set_imap(name, member, value, err);
    case KEY_HTTP:
        return set_http(name, member, value, err);
    case KEY_YES_NO:
        return set_yes_no(name, member, value, err);
    case KEY_ZONE:
        return set_zone(name, member, value, err);
    case KEY_PLACE:
        return set_place(name, member, value, err);
    case KEY_PAGES:
        return set_pages(name, member, value, err);
    }
    return CTES_OK;
}
