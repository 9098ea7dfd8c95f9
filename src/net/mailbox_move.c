/*
 * A mail into another folder: with MOVE (RFC 6851) where the server has it. Else it is copied, and
 * marked as deleted once the copy is certain; it is removed only where this can be done to it alone
 * (UIDPLUS, RFC 4315), because EXPUNGE would remove what others have marked as well.
 */
#include <string.h>

#include "base/fail.h"
#include "net/mailbox_internal.h"

typedef struct moving {
    uint32_t uid;
    const char *folder; /* as commands take it */
} moving;

static ctes_status command_on(ctes_mailbox *mailbox, const char *verb, const moving *own,
                              const char *behind, ctes_imap_outcome *ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&text, err, "%s %lu%s", verb, (unsigned long)own->uid, behind));
    return ctes_mailbox_command(mailbox, text.data, NULL, NULL, ret, err);
}

/* One more folder than there was; that a person's mail program shows it is not needed. */
static ctes_status make_folder(ctes_mailbox *mailbox, const char *folder, ctes_error *err) {
    static const char *const VERBS[] = { "CREATE", "SUBSCRIBE" };
    ctes_imap_outcome outcome = CTES_IMAP_OK;
    for (size_t i = 0; i < 2 && outcome == CTES_IMAP_OK; i++) {
        CTES_AUTO_BUFFER ctes_buffer text = CTES_BUFFER_INIT(4096);
        CTES_TRY(ctes_buffer_printf(&text, err, "%s %s", VERBS[i], folder));
        CTES_TRY(ctes_mailbox_command(mailbox, text.data, NULL, NULL, &outcome, err));
    }
    return CTES_OK;
}

/* "UID MOVE" or "UID COPY"; a refusal may mean that the folder has to be made first. */
static ctes_status into_folder(ctes_mailbox *mailbox, const char *verb, const moving *own,
                               ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer behind = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&behind, err, " %s", own->folder));
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    CTES_TRY(command_on(mailbox, verb, own, behind.data, &outcome, err));
    if (outcome == CTES_IMAP_NO) {
        CTES_TRY(make_folder(mailbox, own->folder, err));
        CTES_TRY(command_on(mailbox, verb, own, behind.data, &outcome, err));
    }
    return outcome == CTES_IMAP_OK ? CTES_OK : ctes_mailbox_refused(mailbox, own->folder, err);
}

static ctes_status is_there(ctes_mailbox *mailbox, const moving *own, bool *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_imap_uids_clear) ctes_imap_uids uids = { .items = NULL };
    char text[64];
    (void)snprintf(text, sizeof text, "UID SEARCH UNDELETED UID %lu", (unsigned long)own->uid);
    CTES_TRY(ctes_mailbox_search(mailbox, text, &uids, err));
    *ret = uids.count > 0;
    return CTES_OK;
}

static ctes_status copy_and_remove(ctes_mailbox *mailbox, const moving *own, ctes_error *err) {
    bool there = false;
    CTES_TRY(is_there(mailbox, own, &there, err));
    if (!there)
        return CTES_OK;
    CTES_TRY(into_folder(mailbox, "UID COPY", own, err));
    /* such a server names the copy it made (RFC 4315 § 3); without that there may be none */
    if (mailbox->can_expunge && strcasecmp(mailbox->code, "COPYUID") != 0)
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, own->folder, "no copy is named: %s",
                         mailbox->said);
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    CTES_TRY(command_on(mailbox, "UID STORE", own, " +FLAGS.SILENT (\\Deleted)", &outcome, err));
    if (outcome == CTES_IMAP_OK && mailbox->can_expunge)
        CTES_TRY(command_on(mailbox, "UID EXPUNGE", own, "", &outcome, err));
    return outcome == CTES_IMAP_OK ? CTES_OK : ctes_mailbox_refused(mailbox, own->folder, err);
}

static ctes_status move_now(ctes_mailbox *mailbox, void *user, ctes_error *err) {
    const moving *own = user;
    return mailbox->can_move ? into_folder(mailbox, "UID MOVE", own, err)
                             : copy_and_remove(mailbox, own, err);
}

ctes_status ctes_mailbox_move(ctes_mailbox *mailbox, uint32_t uid, const char *folder,
                              ctes_error *err) {
    CTES_AUTO_FREE char *quoted = NULL;
    CTES_TRY(ctes_imap_quote(folder, &quoted, err));
    moving own = { .uid = uid, .folder = quoted };
    return ctes_mailbox_do(mailbox, false, move_now, &own, err);
}
