/*
 * The configuration: an INI file, ctes.conf(5), read whole and checked key by key before anything
 * is done with it.
 */
#ifndef CTES_CLI_CONFIG_H
#define CTES_CLI_CONFIG_H

#include <stdio.h>

#include <ctes/ctes.h>

/** What the file says. Texts are owned; paths are complete. */
typedef struct cli_config {
    bool loaded, sign, login_latin1, direct_url_account, detruire;
    ctes_mode mode;
    ctes_canal canal;
    char *path;
    ctes_autorite *autorites;
    size_t autorite_count;

    char *url, *former_url, *trigramme, *quadrigramme;
    long connect_timeout, timeout, settle_after, in_flight, tries, retry_for, acts_per_enveloppe;
    char *closed_hours;
    uint64_t hourly_volume;
    char *direct_field, *direct_pins, *direct_imap, *direct_imap_login, *direct_imap_password_file;
    char *direct_done, *direct_aside;
    long direct_success;
    char *tls_certificate, *tls_key, *tls_passphrase_file, *tls_ca;
    char *sign_certificate, *sign_key, *sign_pkcs12, *sign_passphrase_file;
    char *ledger, *archives, *schemas;
    char *service_archives, *service_versant, *producteur, *accord, *profil, *niveau_service;
    char *mode_entree, *regle_utilite, *regle_acces;
    char *timezone;
    ctes_tampon tampon; /**< of every authority that has none of its own */
} cli_config;

void cli_config_clear(cli_config *config);

/** Finds and reads the configuration: `given` or, when NULL, $XDG_CONFIG_HOME/ctes/ctes.conf,
 *  ~/.config/ctes/ctes.conf, /etc/ctes/ctes.conf. Fills in the defaults of what it leaves out and
 *  sets the time zone of the process.
 *  @return CTES_OK, CTES_E_CONFIG_MISSING (no file), CTES_E_CONFIG_INVALID (`err->line`),
 *          CTES_E_PERMISSION, CTES_E_NOT_FOUND. */
ctes_status cli_config_load(cli_config *config, const char *given, ctes_error *err);

/** Refuses a configuration that lacks what `purpose` needs: CTES_E_CONFIG_MISSING. */
ctes_status cli_config_require(const cli_config *config, ctes_purpose purpose, ctes_error *err);

/** Settings for a session, borrowed from `config`. */
ctes_settings cli_config_settings(const cli_config *config);

/** SIREN of the authority whose section or SIREN is `name`; `known_only` refuses a SIREN that the
 *  configuration lacks. @return CTES_OK or CTES_E_AUTORITE_UNKNOWN. */
ctes_status cli_config_siren(const cli_config *config, const char *name, bool known_only,
                             char ret[static 10], ctes_error *err);

/* --- parts, each in its own file --- */

/** Reads an open file into `config`, whose path is set. */
ctes_status cli_config_read(cli_config *config, FILE *file, ctes_error *err);

/** Sets one key; `autorite` is the section's, or NULL for another section.
 *  @return CTES_OK or CTES_E_CONFIG_INVALID (the line is the caller's to add). */
ctes_status cli_config_set(cli_config *config, ctes_autorite *autorite, const char *section,
                           const char *name, const char *value, const char *folder,
                           ctes_error *err);

/** Rank of a key among all, below CLI_KEYS_MAX, to notice one given twice; -1 for an unknown key.
 */
#define CLI_KEYS_MAX 128
int cli_config_rank(const char *section, const char *name);

/** The known key or section nearest to what was written; NULL when none resembles it. */
const char *cli_config_nearest(const char *section, const char *name);
bool cli_config_section_exists(const char *section);

/** "Ville de Poitiers (218601946)", or the SIREN alone where no name is configured; the caller
 * frees it. */
char *cli_config_authority(const cli_config *config, const char *siren);

/** A path as written in a file that lies in `folder`: "~/x", "%d/x" ($CREDENTIALS_DIRECTORY), a
 *  relative one. @return CTES_OK or CTES_E_CONFIG_INVALID. */
ctes_status cli_path_expand(const char *text, const char *folder, char **ret, ctes_error *err);

/** Folder of a path: "/etc/ctes" for "/etc/ctes/ctes.conf". */
char *cli_path_folder(const char *path);

/** Folder `name` beside the program if there is one (a build tree), else `installed`. */
char *cli_path_beside_program(const char *name, const char *installed);

/** Where the register lies when nobody says so. `config_path` may be NULL. */
char *cli_path_ledger(const char *config_path);

/** Where what was sent lies when the register is in a database and nobody says so. */
char *cli_path_archives(const char *config_path);

/** True for the URL of a database, which is no path. */
bool cli_is_database(const char *ledger);

/** True for a database's URL with a password in it. */
bool cli_tells_password(const char *ledger);

/** Path below $`variable`, or below $HOME/`fallback`; NULL when neither is set. */
char *cli_path_xdg(const char *variable, const char *fallback, const char *name);

#endif
