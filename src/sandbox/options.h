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
    uint16_t port;
    const char *ca, *certificate, *key, *crl;
    const char *wrong_certificate, *wrong_key;
    bool tls13;
    const char *accounts;
    option_list account; /**< certificates that are accounts with every right */
    authority_default authority;
    option_list unregistered;
    const char *schemas, *ledger, *pid_file, *signature_ca;
    const char *trigramme, *quadrigramme;
    int generation;
    bool submit_off;
    sb_pace pace;
    int64_t delay_ms, slow_ms, late_ms;
    ctes_date today;
    ctes_date classification_date; /**< of the classification served */
    bool classification_checked;   /**< acts with another date are refused */
    bool never_classified;
    const char *classification; /**< file served instead of the built-in tree */
    bool restrict_classification;
    bool always_validate;
    bool verbose;
    bool help, version;
    sb_limits limits;
    sb_rules rules;
    option_list faults;
} sb_options;

/** Reads the command line. @return CTES_OK or CTES_E_USAGE. */
ctes_status options_read(sb_options *options, int argc, char **argv,
                         ctes_error *err) CTES_MUST_CHECK;
void options_clear(sb_options *options);
void options_print_help(void);

#endif
