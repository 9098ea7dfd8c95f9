/*
 * The direct channel (norm sheet § 9): archives POSTed to the one URL that the ministry gave, what
 * comes back fetched from a mailbox. It takes and never tells: there is no asking what it holds, so
 * an archive whose answer was lost goes again under its name (§ 9.2).
 */
#ifndef CTES_OPERATOR_DIRECT_H
#define CTES_OPERATOR_DIRECT_H

#include "net/mailbox.h"
#include "operator/operator.h"

typedef struct ctes_operator_direct_settings {
    ctes_operator_settings common;
    const char *field; /**< name of the form's file part; NULL: the archive's name */
    bool url_account;  /**< login and password in the URL's query, not HTTP Basic */
    long success;      /**< HTTP status that means received; 0: 200 */
    const ctes_mailbox_settings *mailbox; /**< NULL: this one collects nothing */
    const char *done, *aside; /**< folders of the mailbox; NULL: "ctes/done", "ctes/aside" */
} ctes_operator_direct_settings;

/** The strings are copied. `deposit` takes archives only; `find`, `lookup`, `waiting`, `status`,
 *  `acknowledgement` and `serial` are CTES_E_OPERATOR_UNSUPPORTED; of what the URL leads to nothing
 *  is known before a deposit, so `preflight` is always CTES_OK.
 *  @return CTES_OK, CTES_E_CONFIG_INVALID (a URL that is not plain https, or imaps; the field's
 *          name; the status), CTES_E_MEMORY. */
ctes_status ctes_operator_direct_new(const ctes_operator_direct_settings *settings,
                                     ctes_operator **ret, ctes_error *err) CTES_MUST_CHECK;

#endif
