/* Who may come in: authorities and their accounts, keyed by certificate and login. */
#ifndef CTES_SANDBOX_ACCOUNT_H
#define CTES_SANDBOX_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/cleanup.h"

#define FINGERPRINT_SIZE 20 /**< SHA-1 of the DER certificate: S2LOW's key (sheet § 1.2) */

typedef enum account_perm { PERM_NONE, PERM_RO, PERM_RW, PERM_CS, PERM_TT } account_perm;
typedef enum account_role { ROLE_USER, ROLE_ADM, ROLE_ARCH, ROLE_GADM, ROLE_SADM } account_role;

typedef struct sb_authority {
    int64_t id;
    char siren[10];
    char departement[4];
    char arrondissement[2];
    char nature[3];
    char *name;
    char *email;
    bool registered; /**< the préfecture knows this SIREN */
    bool papier;     /**< « mode papier » */
} sb_authority;

typedef struct sb_account {
    int64_t id;
    char *name; /**< for the log and the ledger */
    uint8_t fingerprint[FINGERPRINT_SIZE];
    char *login; /**< "" for an account without login */
    bool has_password;
    uint8_t password[32]; /**< SHA-256: the password itself is not kept */
    account_perm perm;
    account_role role;
    char *service;
    bool rgs;
    bool disabled;
    const sb_authority *authority;
} sb_account;

typedef struct sb_accounts {
    sb_account *items;
    size_t count;
    sb_authority **authorities;
    size_t authority_count;
} sb_accounts;

/** The authority of accounts that name none. */
typedef struct authority_default {
    char siren[10], departement[4], arrondissement[2], nature[3];
} authority_default;

/** Reads an accounts file (ctes-sandbox(1) tells its form); paths in it are relative to its folder.
 *  @return CTES_OK, CTES_E_CONFIG_INVALID, or what reading its files answered. */
ctes_status accounts_load(sb_accounts *accounts, const char *path,
                          const authority_default *authority, ctes_error *err) CTES_MUST_CHECK;

/** Adds an account with every right, known by the certificate in this PEM file alone. */
ctes_status accounts_add_certificate(sb_accounts *accounts, const char *path,
                                     const authority_default *authority,
                                     ctes_error *err) CTES_MUST_CHECK;

/** Marks a SIREN as unknown to the préfecture. */
void accounts_unregister(sb_accounts *accounts, const char *siren);

void accounts_clear(sb_accounts *accounts);

/** First authority with this SIREN, or NULL. */
const sb_authority *accounts_authority(const sb_accounts *accounts, const char *siren);

/** Rights of the sheet's § 1.4. */
bool account_can_access(const sb_account *account);
bool account_can_edit(const sb_account *account);  /**< RW and nothing less */
bool account_can_enter(const sb_account *account); /**< "CS" */
bool account_can_send(const sb_account *account);  /**< "TT" */
bool account_is_group(const sb_account *account);  /**< group or super administrator */

/** Whose transaction it is, and who looks. `owner` may be NULL (an account of an earlier run). */
bool account_can_view(const sb_account *account, const sb_account *owner, const char *siren);
/** The narrower rule of the status and of the list of files: owner, ADM or ARCH only. */
bool account_can_follow(const sb_account *account, const sb_account *owner, const char *siren);

const sb_account *accounts_by_name(const sb_accounts *accounts, const char *name);

#endif
