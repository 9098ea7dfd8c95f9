/* What came by mail (norm sheet § 9.4): each mail into a file, then to the folder of those that are
 * done or of those that a person looks at. Nothing is deleted. */
#include "operator/direct_internal.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"

typedef struct collection {
    const ctes_direct_operator *self;
    const char *folder;
    uint32_t validity;
    ctes_parcel_fn each;
    void *user;
    bool left; /* the caller wants no more */
} collection;

/* of a mail that is too large: whom it is from and what about */
enum { START_MAX = 64 * 1024 };

/* The mail into the file; of one that is too large its beginning, with its size in `ret`. */
static ctes_status bring(const collection *c, uint32_t uid, const char *path, uint64_t *ret,
                         ctes_error *err) {
    ctes_mailbox *mailbox = c->self->mailbox;
    ctes_error why = CTES_ERROR_INIT;
    uint64_t size = 0;
    CTES_TRY(ctes_mailbox_size(mailbox, uid, &size, err));
    ctes_status status = size > CTES_MAILBOX_MAIL_MAX
                             ? CTES_E_NET_REPLY_TOO_LARGE
                             : ctes_mailbox_fetch(mailbox, uid, path, &why);
    if (status == CTES_E_NET_REPLY_TOO_LARGE) {
        CTES_TRY(ctes_mailbox_fetch_start(mailbox, uid, START_MAX, path, err));
        /* a server may count less than it sends */
        *ret = size > CTES_MAILBOX_MAIL_MAX ? size : (uint64_t)CTES_MAILBOX_MAIL_MAX + 1;
        return CTES_OK;
    }
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

/* A mail that is gone has been dealt with by another run. */
static ctes_status fetch(collection *c, uint32_t uid, const char *source, ctes_error *err) {
    char name[64];
    char *path CTES_AUTO_FREE = NULL;
    (void)snprintf(name, sizeof name, "mail-%u-%u.eml", (unsigned)c->validity, (unsigned)uid);
    CTES_TRY(ctes_path_join(c->folder, name, &path, err));
    uint64_t beyond = 0;
    ctes_status status = bring(c, uid, path, &beyond, err);
    if (status == CTES_E_NOT_FOUND)
        return CTES_OK;
    CTES_TRY(status);
    const ctes_parcel parcel = {
        .form = CTES_PARCEL_MAIL, .path = path, .beyond = beyond, .source = source
    };
    switch (c->each(c->user, &parcel)) {
    case CTES_PARCEL_RECORDED:
        return ctes_mailbox_move(c->self->mailbox, uid, c->self->done, err);
    case CTES_PARCEL_ASIDE:
        return ctes_mailbox_move(c->self->mailbox, uid, c->self->aside, err);
    case CTES_PARCEL_LEFT:
    default:
        c->left = true;
        return CTES_OK;
    }
}

static ctes_status fetch_all(collection *c, const uint32_t *uids, size_t count, ctes_error *err) {
    const ctes_context *context = c->self->wire.context;
    ctes_failures failures = CTES_FAILURES_INIT;
    bool over = false;
    for (size_t i = 0; i < count && !c->left && !over; i++) {
        CTES_AUTO_BUFFER ctes_buffer source = CTES_BUFFER_INIT(4096);
        ctes_error why = CTES_ERROR_INIT;
        CTES_TRY(
            ctes_buffer_printf(&source, err, "%s %u", c->self->mailbox_url, (unsigned)uids[i]));
        ctes_status status = ctes_stop_asked(context) ? ctes_fail(&why, CTES_E_INTERRUPTED, NULL,
                                                                  "%zu of %zu mails", i, count)
                                                      : fetch(c, uids[i], source.data, &why);
        over = ctes_failures_note(&failures, context, source.data, status, &why);
    }
    return ctes_failures_tell(&failures, err);
}

ctes_status ctes_direct_collect(ctes_operator *table, const char *folder, ctes_parcel_fn each,
                                void *user, ctes_error *err) {
    collection c = {
        .self = (ctes_direct_operator *)table, .folder = folder, .each = each, .user = user
    };
    uint32_t *uids = NULL;
    size_t count = 0;
    if (c.self->mailbox == NULL)
        return ctes_fail(err, CTES_E_CONFIG_MISSING, "direct", "imap = ?");
    if (access(folder, W_OK | X_OK) != 0) /* told here: a mail that is not found is no failure */
        return ctes_fail_errno(err, errno, folder);
    CTES_TRY(ctes_mailbox_list(c.self->mailbox, &uids, &count, &c.validity, err));
    ctes_status status = fetch_all(&c, uids, count, err);
    free(uids);
    return status;
}
