/*
 * A mailbox over IMAPS (RFC 3501, 6851, 8314), carried by libcurl: what the préfecture sends to an
 * authority that has no operator. TLS from the first byte, certificates always verified.
 */
#ifndef CTES_NET_MAILBOX_H
#define CTES_NET_MAILBOX_H

#include <ctes/context.h>

#include "base/cleanup.h"
#include "base/secret.h"

#define CTES_MAILBOX_MAILS_MAX 10000        /**< listed at once: the oldest */
#define CTES_MAILBOX_MAIL_MAX  (220u << 20) /**< bytes: 150 MiB of archive in base64 */

/** All of it is copied. */
typedef struct ctes_mailbox_settings {
    const char *url; /**< "imaps://host[:port]/INBOX"; other boxes' names are percent-coded UTF-8 */
    const char *login;
    const ctes_secret *password;
    const char *ca;                    /**< PEM file; NULL: the system's authorities */
    long connect_timeout_s, timeout_s; /**< 0: the defaults */
} ctes_mailbox_settings;

typedef struct ctes_mailbox ctes_mailbox;

/** Checks the settings; connects at the first call.
 *  @return CTES_OK, CTES_E_CONFIG_INVALID for a URL that is not plain imaps, CTES_E_MEMORY. */
ctes_status ctes_mailbox_new(const ctes_context *context, const ctes_mailbox_settings *settings,
                             ctes_mailbox **ret, ctes_error *err) CTES_MUST_CHECK;
void ctes_mailbox_free(ctes_mailbox *mailbox);

/** Unique identifiers (UID) of the mails that lie in the box, oldest first; not of those marked as
 *  deleted. The caller frees `*ret`. `ret_validity` is the box's UIDVALIDITY: with another one, the
 *  same numbers are those of other mails.
 *  @return CTES_OK, CTES_E_OPERATOR_ACCESS (login refused), CTES_E_CONFIG_INVALID (no such box),
 *          CTES_E_OPERATOR_BUSY, CTES_E_OPERATOR_REPLY, the transport's. */
ctes_status ctes_mailbox_list(ctes_mailbox *mailbox, uint32_t **ret, size_t *count,
                              uint32_t *ret_validity, ctes_error *err) CTES_MUST_CHECK;

/** Writes a mail, as it lies there, to the new file `path`, durable when this returns. The mail is
 *  not marked as seen. A connection that broke is made again once, here and below.
 *  @return CTES_OK, CTES_E_NOT_FOUND (moved meanwhile, or the box was made anew since it was
 *          listed), CTES_E_NET_REPLY_TOO_LARGE, what list and files return. */
ctes_status ctes_mailbox_fetch(ctes_mailbox *mailbox, uint32_t uid, const char *path,
                               ctes_error *err) CTES_MUST_CHECK;

/** Bytes of a mail as the server counts them; not every server counts right.
 *  @return CTES_OK, CTES_E_NOT_FOUND, as fetch. */
ctes_status ctes_mailbox_size(ctes_mailbox *mailbox, uint32_t uid, uint64_t *ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** As fetch, but of the mail's first `most` bytes alone: not 0. */
ctes_status ctes_mailbox_fetch_start(ctes_mailbox *mailbox, uint32_t uid, uint32_t most,
                                     const char *path, ctes_error *err) CTES_MUST_CHECK;

/** Moves a mail to another folder, which is made if need be: UTF-8, with the separators of that
 *  server. Doing it twice is harmless. Never deletes a mail that is not in the other folder; where
 *  single mails cannot be deleted, it is marked as deleted.
 *  @return CTES_OK, CTES_E_CONFIG_INVALID (no name of a folder), CTES_E_OPERATOR_REFUSED,
 *          CTES_E_OPERATOR_RIGHTS, CTES_E_NOT_FOUND (the box was made anew), as fetch. */
ctes_status ctes_mailbox_move(ctes_mailbox *mailbox, uint32_t uid, const char *folder,
                              ctes_error *err) CTES_MUST_CHECK;

#endif
