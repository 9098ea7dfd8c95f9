/* The direct connector inside: what its files share. */
#ifndef CTES_OPERATOR_DIRECT_INTERNAL_H
#define CTES_OPERATOR_DIRECT_INTERNAL_H

#include "operator/direct.h"
#include "operator/wire.h"

typedef struct ctes_direct_operator {
    ctes_operator table; /* first: the table's address is the connector's */
    ctes_wire wire;
    char *url;
    char *login; /* or NULL */
    ctes_secret password;
    char *field; /* or NULL */
    bool url_account;
    long success;
    ctes_mailbox *mailbox; /* or NULL */
    char *mailbox_url, *done, *aside;
} ctes_direct_operator;

ctes_status ctes_direct_deposit(ctes_operator *table, const ctes_depot *depot,
                                int64_t *ret_transaction, ctes_error *err);
ctes_status ctes_direct_submit(ctes_operator *table, const char *path, const char *nom,
                               ctes_error *err);
ctes_status ctes_direct_collect(ctes_operator *table, const char *folder, ctes_parcel_fn each,
                                void *user, ctes_error *err);

#endif
