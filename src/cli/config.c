#include "cli/config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/text.h"

#ifndef CTES_SCHEMADIR
#define CTES_SCHEMADIR "/usr/share/ctes/schemas"
#endif

#define SYSTEM_CONFIG "/etc/ctes/ctes.conf"

/* Dates are civil dates in France; spelled out so that it holds where no zone file is installed. */
#define ZONE_OF_FRANCE "CET-1CEST,M3.5.0,M10.5.0/3"

static void clear_strings(cli_config *config) {
    char **const texts[] = {
        &config->path,
        &config->url,
        &config->former_url,
        &config->trigramme,
        &config->quadrigramme,
        &config->closed_hours,
        &config->direct_field,
        &config->direct_pins,
        &config->direct_imap,
        &config->direct_imap_login,
        &config->direct_imap_password_file,
        &config->direct_done,
        &config->direct_aside,
        &config->tls_certificate,
        &config->tls_key,
        &config->tls_passphrase_file,
        &config->tls_ca,
        &config->sign_certificate,
        &config->sign_key,
        &config->sign_pkcs12,
        &config->sign_passphrase_file,
        &config->ledger,
        &config->archives,
        &config->schemas,
        &config->service_archives,
        &config->service_versant,
        &config->producteur,
        &config->accord,
        &config->profil,
        &config->niveau_service,
        &config->mode_entree,
        &config->regle_utilite,
        &config->regle_acces,
        &config->timezone,
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        cli_freep(texts[i]);
}

void cli_config_clear(cli_config *config) {
    for (size_t i = 0; i < config->autorite_count; i++)
        ctes_autorite_clear(&config->autorites[i]);
    free(config->autorites);
    clear_strings(config);
    *config = (cli_config){ .loaded = false };
}

/* Others who can write the file would choose where acts go and with which key: not trusted. */
static ctes_status check_file(const char *path, int fd, ctes_error *err) {
    struct stat status;
    if (fstat(fd, &status) != 0)
        return cli_fail(err, CTES_E_IO, CTES_STAGE_CONFIG, path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return cli_fail(err, CTES_E_CONFIG_INVALID, CTES_STAGE_CONFIG, path, _("not a file"));
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return cli_fail(err, CTES_E_CONFIG_INVALID, CTES_STAGE_CONFIG, path,
                        _("others can write this file and so choose where acts are sent; "
                          "forbid it: chmod go-w"));
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return cli_fail(err, CTES_E_CONFIG_INVALID, CTES_STAGE_CONFIG, path,
                        _("the file belongs to somebody else than you and root"));
    return CTES_OK;
}

static ctes_status open_file(const char *path, FILE **ret, ctes_error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        ctes_status code = errno == ENOENT || errno == ENOTDIR ? CTES_E_NOT_FOUND
                           : errno == EACCES                   ? CTES_E_PERMISSION
                                                               : CTES_E_IO;
        return cli_fail(err, code, CTES_STAGE_CONFIG, path, strerror(errno));
    }
    ctes_status status = check_file(path, fd, err);
    FILE *file = status == CTES_OK ? fdopen(fd, "r") : NULL;
    if (file == NULL) {
        (void)close(fd);
        return status != CTES_OK ? status
                                 : cli_fail(err, CTES_E_MEMORY, CTES_STAGE_CONFIG, path, "");
    }
    *ret = file;
    return CTES_OK;
}

static ctes_status find_file(const char *given, char **ret_path, FILE **ret, ctes_error *err) {
    if (given != NULL) {
        *ret_path = cli_strdup(given);
        return open_file(given, ret, err);
    }
    CLI_AUTO_FREE char *own = cli_path_xdg("XDG_CONFIG_HOME", ".config", "ctes/ctes.conf");
    const char *const places[] = { own, SYSTEM_CONFIG };
    for (size_t i = 0; i < 2; i++) {
        if (places[i] == NULL)
            continue;
        ctes_error none = CTES_ERROR_INIT;
        ctes_status status = open_file(places[i], ret, &none);
        if (status == CTES_E_NOT_FOUND)
            continue;
        if (status != CTES_OK)
            *err = none;
        else
            *ret_path = cli_strdup(places[i]);
        return status;
    }
    CLI_AUTO_FREE char *detail =
        cli_format(_("there is no configuration file: neither %s nor %s"),
                   own != NULL ? own : "~/.config/ctes/ctes.conf", places[1]);
    return cli_fail(err, CTES_E_CONFIG_MISSING, CTES_STAGE_CONFIG, NULL, detail);
}

/* The group may be the one that the service runs in. */
static ctes_status check_password(const cli_config *config, FILE *file, ctes_error *err) {
    struct stat status;
    if (config->ledger == NULL || !cli_tells_password(config->ledger) ||
        (fstat(fileno(file), &status) == 0 && (status.st_mode & S_IROTH) == 0))
        return CTES_OK;
    return cli_fail(err, CTES_E_CONFIG_INVALID, CTES_STAGE_CONFIG, config->path,
                    _("everybody can read the register's password in this file; keep it in "
                      "~/.pgpass, or forbid it: chmod o-r"));
}

/* A user's own TZ has the last word, as everywhere. */
static void set_zone(const cli_config *config) {
    (void)setenv("TZ", config->timezone != NULL ? config->timezone : ZONE_OF_FRANCE, 0);
    tzset();
}

ctes_status cli_config_load(cli_config *config, const char *given, ctes_error *err) {
    if (config->loaded)
        return CTES_OK;
    CLI_AUTO_FCLOSE FILE *file = NULL;
    ctes_status status = find_file(given, &config->path, &file, err);
    if (status == CTES_OK)
        status = cli_config_read(config, file, err);
    if (status == CTES_OK)
        status = check_password(config, file, err);
    if (status != CTES_OK)
        return status;
    if (config->trigramme == NULL)
        config->trigramme = cli_strdup("SLO");
    if (config->quadrigramme == NULL)
        config->quadrigramme = cli_strdup("EACT");
    if (config->ledger == NULL)
        config->ledger = cli_path_ledger(config->path);
    if (config->archives == NULL && cli_is_database(config->ledger))
        config->archives = cli_path_archives(config->path);
    if (config->schemas == NULL)
        config->schemas = cli_path_beside_program("schemas", CTES_SCHEMADIR);
    set_zone(config);
    config->loaded = true;
    return CTES_OK;
}

static ctes_status missing(const cli_config *config, const char *section, const char *key,
                           ctes_error *err) {
    CLI_AUTO_FREE char *detail = cli_format(_("\"%s\" is missing in [%s]"), key, section);
    return cli_fail(err, CTES_E_CONFIG_MISSING, CTES_STAGE_CONFIG, config->path, detail);
}

static ctes_status require_autorite(const cli_config *config, const ctes_autorite *autorite,
                                    ctes_error *err) {
    CLI_AUTO_FREE char *section = strcmp(autorite->key, "autorite") == 0
                                      ? cli_strdup("autorite")
                                      : cli_format("autorite %s", autorite->key);
    const struct {
        const char *key;
        bool there;
    } needed[] = {
        { "siren", autorite->siren[0] != '\0' },
        { "departement", autorite->departement[0] != '\0' },
        { "arrondissement", autorite->arrondissement[0] != '\0' },
        { "nature", autorite->nature[0] != '\0' },
        { "adresses_retour", autorite->adresse_count > 0 },
    };
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!needed[i].there)
            return missing(config, section, needed[i].key, err);
    return CTES_OK;
}

/* What comes back comes by mail only. */
static ctes_status require_mailbox(const cli_config *config, ctes_error *err) {
    const struct {
        const char *key, *value;
    } needed[] = {
        { "imap", config->direct_imap },
        { "imap_login", config->direct_imap_login },
        { "imap_password_file", config->direct_imap_password_file },
    };
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (needed[i].value == NULL)
            return missing(config, "direct", needed[i].key, err);
    return CTES_OK;
}

ctes_status cli_config_require(const cli_config *config, ctes_purpose purpose, ctes_error *err) {
    if (config->autorite_count == 0)
        return missing(config, "autorite", "siren", err);
    for (size_t i = 0; i < config->autorite_count; i++) {
        ctes_status status = require_autorite(config, &config->autorites[i], err);
        if (status != CTES_OK)
            return status;
    }
    if (purpose != CTES_FOR_CHECK && config->url == NULL)
        return missing(config, "operateur", "url", err);
    if (purpose != CTES_FOR_CHECK && config->tls_certificate == NULL)
        return missing(config, "tls", "certificate", err);
    if (purpose != CTES_FOR_CHECK && config->canal == CTES_CANAL_DIRECT) {
        ctes_status status = require_mailbox(config, err);
        if (status != CTES_OK)
            return status;
    }
    if (config->sign && config->sign_certificate == NULL && config->sign_pkcs12 == NULL)
        return missing(config, "signature", "certificate", err);
    if (config->sign && config->sign_certificate != NULL && config->sign_key == NULL)
        return missing(config, "signature", "key", err);
    return CTES_OK;
}

static ctes_direct direct_of(const cli_config *config) {
    return (ctes_direct){
        .field = config->direct_field,
        .url_account = config->direct_url_account,
        .pins = config->direct_pins,
        .success = config->direct_success,
        .imap = config->direct_imap,
        .imap_login = config->direct_imap_login,
        .imap_password_file = config->direct_imap_password_file,
        .imap_done = config->direct_done,
        .imap_aside = config->direct_aside,
    };
}

ctes_settings cli_config_settings(const cli_config *config) {
    ctes_settings settings = CTES_SETTINGS_INIT;
    settings.autorites = config->autorites;
    settings.autorite_count = config->autorite_count;
    settings.canal = config->canal;
    settings.direct = direct_of(config);
    settings.operator_url = config->url;
    settings.former_url = config->former_url;
    settings.login_latin1 = config->login_latin1;
    settings.mode = config->mode;
    settings.trigramme = config->trigramme;
    settings.quadrigramme = config->quadrigramme;
    settings.tls_certificate = config->tls_certificate;
    settings.tls_key = config->tls_key;
    settings.tls_passphrase_file = config->tls_passphrase_file;
    settings.tls_ca = config->tls_ca;
    settings.connect_timeout_s = config->connect_timeout;
    settings.timeout_s = config->timeout;
    settings.sign = config->sign;
    settings.sign_certificate = config->sign_certificate;
    settings.sign_key = config->sign_key;
    settings.sign_pkcs12 = config->sign_pkcs12;
    settings.sign_passphrase_file = config->sign_passphrase_file;
    settings.ledger = config->ledger;
    settings.archives = config->archives;
    settings.schemas = config->schemas;
    settings.settle_after_s = config->settle_after;
    settings.in_flight = config->in_flight;
    settings.acts_per_enveloppe = config->acts_per_enveloppe;
    settings.closed_hours = config->closed_hours;
    settings.hourly_volume = config->hourly_volume;
    settings.tries = config->tries;
    settings.retry_for_s = config->retry_for;
    return settings;
}

ctes_status cli_config_siren(const cli_config *config, const char *name, bool known_only,
                             char ret[static 10], ctes_error *err) {
    for (size_t i = 0; i < config->autorite_count; i++) {
        const ctes_autorite *autorite = &config->autorites[i];
        if (strcmp(autorite->key, name) == 0 || strcmp(autorite->siren, name) == 0) {
            memcpy(ret, autorite->siren, sizeof autorite->siren);
            return CTES_OK;
        }
    }
    if (!known_only && strlen(name) == 9 && strspn(name, "0123456789") == 9) {
        memcpy(ret, name, 10);
        return CTES_OK;
    }
    return cli_fail(err, CTES_E_AUTORITE_UNKNOWN, CTES_STAGE_CONFIG, name, config->path);
}

char *cli_config_authority(const cli_config *config, const char *siren) {
    for (size_t i = 0; i < config->autorite_count; i++)
        if (strcmp(config->autorites[i].siren, siren) == 0 && config->autorites[i].nom != NULL)
            return cli_format("%s (%s)", config->autorites[i].nom, siren);
    return cli_strdup(siren);
}
