/*
 * A mail into another folder: with MOVE (RFC 6851) where the server has it. Else it is copied, and
 * marked as deleted once the copy is certain; it is removed only where this can be done to it alone
 * (UIDPLUS, RFC 4315), because EXPUNGE would remove what others have marked as well.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "net/mailbox_internal.h"

typedef struct moving {
    uint32_t uid;
    const char *name; /* "/" between a folder and those in it */
    char *folder;     /* as commands take it */
} moving;

static void clear_moving(moving *own) {
    free(own->folder);
}

static ctes_status name_folder(const ctes_mailbox *mailbox, moving *own, ctes_error *err) {
    CTES_AUTO_FREE char *name = strdup(own->name);
    char *folder = NULL;
    if (name == NULL)
        return ctes_fail_memory(err);
    for (char *at = name; mailbox->separator != '\0' && (at = strchr(at, '/')) != NULL; at++)
        *at = mailbox->separator;
    CTES_TRY(ctes_imap_quote(name, &folder, err));
    free(own->folder);
    own->folder = folder;
    return CTES_OK;
}

static ctes_status on_list(ctes_mailbox *mailbox, ctes_imap_part *part, void *user,
                           ctes_error *err) {
    (void)user;
    (void)err;
    char separator = part->first ? ctes_imap_separator(part->text) : '\0';
    if (separator != '\0')
        mailbox->separator = separator;
    return CTES_OK;
}

/* Servers part folders by "/" or by "."; which one matters only once a name is not taken. True in
 * `ret` when it is another than the name was made with. */
static ctes_status learn_separator(ctes_mailbox *mailbox, moving *own, bool *ret, ctes_error *err) {
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    *ret = false;
    if (mailbox->separator != '\0' || strchr(own->name, '/') == NULL)
        return CTES_OK;
    mailbox->separator = '/';
    CTES_TRY(ctes_mailbox_command(mailbox, "LIST \"\" \"\"", on_list, NULL, &outcome, err));
    *ret = mailbox->separator != '/';
    return name_folder(mailbox, own, err);
}

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

static ctes_status put_into(ctes_mailbox *mailbox, const char *verb, const moving *own,
                            ctes_imap_outcome *ret, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer behind = CTES_BUFFER_INIT(4096);
    CTES_TRY(ctes_buffer_printf(&behind, err, " %s", own->folder));
    return command_on(mailbox, verb, own, behind.data, ret, err);
}

/* "UID MOVE" or "UID COPY"; a refusal may mean that the folder has to be made first. */
static ctes_status into_folder(ctes_mailbox *mailbox, const char *verb, moving *own,
                               ctes_error *err) {
    bool renamed = false;
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    CTES_TRY(put_into(mailbox, verb, own, &outcome, err));
    if (outcome == CTES_IMAP_NO)
        CTES_TRY(learn_separator(mailbox, own, &renamed, err));
    if (outcome == CTES_IMAP_NO && renamed)
        CTES_TRY(put_into(mailbox, verb, own, &outcome, err));
    if (outcome == CTES_IMAP_NO) {
        CTES_TRY(make_folder(mailbox, own->folder, err));
        CTES_TRY(put_into(mailbox, verb, own, &outcome, err));
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

static ctes_status copy_and_remove(ctes_mailbox *mailbox, moving *own, ctes_error *err) {
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
    moving *own = user;
    CTES_TRY(name_folder(mailbox, own, err)); /* on a new connection perhaps to another server */
    return mailbox->can_move ? into_folder(mailbox, "UID MOVE", own, err)
                             : copy_and_remove(mailbox, own, err);
}

ctes_status ctes_mailbox_move(ctes_mailbox *mailbox, uint32_t uid, const char *folder,
                              ctes_error *err) {
    CTES_CLEANUP(clear_moving) moving own = { .uid = uid, .name = folder };
    return ctes_mailbox_do(mailbox, false, move_now, &own, err);
}
