/* The command line. */
#ifndef CTES_SANDBOX_OPTIONS_H
#define CTES_SANDBOX_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/acte.h>

#include "base/cleanup.h"
#include "sandbox/account.h"
#include "sandbox/rules.h"

/** When a transaction goes its next step. */
typedef enum pace {
    PACE_DELAY,     /**< after `delay_ms`, each step */
    PACE_ON_STATUS, /**< one step each time its status is asked */
    PACE_IMMEDIATE, /**< to the end, at the deposit */
    PACE_MANUAL     /**< when told: SIGUSR1 or POST /sandbox/advance */
} sb_pace;

/** What the direct channel asks for besides the client certificate. */
typedef enum depot_way { DEPOT_OPEN, DEPOT_BASIC, DEPOT_URL } depot_way;

/** Limits of the sheet's § 6. */
typedef struct sb_limits {
    size_t body;  /**< Apache's: HTTP 413 beyond */
    size_t post;  /**< PHP's post_max_size: no field is left beyond */
    size_t file;  /**< PHP's upload_max_filesize */
    size_t files; /**< PHP's max_file_uploads */
    size_t total; /**< files of a deposit, and archive */
} sb_limits;

#define OPTION_LIST_MAX 64

typedef struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t count;
} option_list;

/** Strings are borrowed from the command line. */
typedef struct sb_options {
    const char *listen;
    const char *ca, *certificate, *key, *crl;
    const char *wrong_certificate, *wrong_key;
    const char *accounts;
    const char *schemas, *ledger, *pid_file, *signature_ca;
    const char *maildir;     /**< the direct channel answers into it; NULL: there is none */
    const char *depot_login; /**< "LOGIN:PASSWORD" of the direct channel */
    depot_way depot_access;
    unsigned mail_forms;        /**< bits 1 << mail_form */
    const char *classification; /**< file served instead of the built-in tree */
    const char *trigramme, *quadrigramme;
    option_list account; /**< certificates that are accounts with every right */
    option_list unregistered, faults;
    sb_rules rules;
    sb_limits limits;
    int64_t delay_ms, slow_ms, late_ms, retry_after_ms;
    sb_pace pace;
    int generation;
    ctes_date today;
    ctes_date classification_date; /**< of the classification served */
    authority_default authority;
    uint16_t port;
    bool tls13;
    bool submit_off;
    bool classification_checked; /**< acts with another date are refused */
    bool never_classified;
    bool restrict_classification;
    bool always_validate;
    bool verbose;
    bool help, version;
} sb_options;

/** Reads the command line. @return CTES_OK or CTES_E_USAGE. */
ctes_status options_read(sb_options *options, int argc, char **argv,
                         ctes_error *err) CTES_MUST_CHECK;
void options_clear(sb_options *options);
void options_print_help(void);

#endif
