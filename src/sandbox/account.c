#include "sandbox/account.h"

#include <stdlib.h>
#include <string.h>

bool account_can_access(const sb_account *account) {
    return account->perm != PERM_NONE;
}

bool account_can_edit(const sb_account *account) {
    return account->perm == PERM_RW;
}

bool account_can_enter(const sb_account *account) {
    return account->perm == PERM_RW || account->perm == PERM_CS;
}

bool account_can_send(const sb_account *account) {
    return account->perm == PERM_RW || account->perm == PERM_TT;
}

bool account_is_group(const sb_account *account) {
    return account->role == ROLE_GADM || account->role == ROLE_SADM;
}

static bool watches_authority(const sb_account *account, const char *siren) {
    return (account->role == ROLE_ADM || account->role == ROLE_ARCH) &&
           strcmp(account->authority->siren, siren) == 0;
}

bool account_can_follow(const sb_account *account, const struct sb_account *owner,
                        const char *siren) {
    return account == owner || watches_authority(account, siren);
}

bool account_can_view(const sb_account *account, const struct sb_account *owner,
                      const char *siren) {
    if (account->role == ROLE_SADM || account_can_follow(account, owner, siren))
        return true;
    return owner != NULL && account->service[0] != '\0' && account->authority == owner->authority &&
           strcmp(account->service, owner->service) == 0;
}

const sb_account *accounts_by_name(const sb_accounts *accounts, const char *name) {
    for (size_t i = 0; i < accounts->count; i++) {
        if (strcmp(accounts->items[i].name, name) == 0)
            return &accounts->items[i];
    }
    return NULL;
}

const sb_authority *accounts_authority(const sb_accounts *accounts, const char *siren) {
    for (size_t i = 0; i < accounts->authority_count; i++) {
        if (strcmp(accounts->authorities[i]->siren, siren) == 0)
            return accounts->authorities[i];
    }
    return NULL;
}

void accounts_unregister(sb_accounts *accounts, const char *siren) {
    for (size_t i = 0; i < accounts->authority_count; i++) {
        if (strcmp(accounts->authorities[i]->siren, siren) == 0)
            accounts->authorities[i]->registered = false;
    }
}

void accounts_clear(sb_accounts *accounts) {
    for (size_t i = 0; i < accounts->count; i++) {
        free(accounts->items[i].name);
        free(accounts->items[i].login);
        free(accounts->items[i].service);
    }
    for (size_t i = 0; i < accounts->authority_count; i++) {
        free(accounts->authorities[i]->name);
        free(accounts->authorities[i]->email);
        free(accounts->authorities[i]);
    }
    free(accounts->items);
    free(accounts->authorities);
    *accounts = (struct sb_accounts){ .items = NULL };
}
