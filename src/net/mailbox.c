#include "net/mailbox.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "net/curl_internal.h"
#include "net/mailbox_internal.h"

/* --- settings --------------------------------------------------------------------------------- */

static void url_freep(CURLU **url) {
    curl_url_cleanup(*url);
}

static void curl_textp(char **text) {
    curl_free(*text);
}

static bool has_part(CURLU *url, CURLUPart part) {
    CTES_CLEANUP(curl_textp) char *text = NULL;
    return curl_url_get(url, part, &text, 0) == CURLUE_OK;
}

static ctes_status url_refused(const char *text, ctes_error *err) {
    return ctes_fail(err, CTES_E_CONFIG_INVALID, text, "not imaps://host[:port]/FOLDER");
}

/* "imaps://host:port/FOLDER" into the server's URL and the folder's name */
static ctes_status read_url(ctes_mailbox *mailbox, const char *text, ctes_error *err) {
    static const CURLUPart FORBIDDEN[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                           CURLUPART_QUERY, CURLUPART_FRAGMENT };
    CTES_CLEANUP(url_freep) CURLU *url = curl_url();
    if (url == NULL)
        return ctes_fail_memory(err);
    if (strncasecmp(text, "imaps://", 8) != 0 ||
        curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK)
        return url_refused(text, err);
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof FORBIDDEN[0]; i++) {
        if (has_part(url, FORBIDDEN[i])) /* not named: it may hold a password */
            return url_refused(NULL, err);
    }
    CTES_CLEANUP(curl_textp) char *path = NULL;
    CTES_CLEANUP(curl_textp) char *server = NULL;
    if (curl_url_get(url, CURLUPART_PATH, &path, CURLU_URLDECODE) != CURLUE_OK || path[0] != '/' ||
        path[1] == '\0' || strchr(path, ';') != NULL)
        return url_refused(text, err);
    CTES_TRY(ctes_imap_quote(path + 1, &mailbox->box, err));
    if (curl_url_set(url, CURLUPART_PATH, "/", 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_URL, &server, 0) != CURLUE_OK)
        return url_refused(text, err);
    return ctes_text_dup(server, &mailbox->url, err);
}

void ctes_mailbox_free(ctes_mailbox *mailbox) {
    if (mailbox == NULL)
        return;
    ctes_mailbox_drop(mailbox, false);
    if (mailbox->started)
        ctes_curl_stop_library();
    ctes_secret_wipe(&mailbox->password);
    free(mailbox->url);
    free(mailbox->box);
    free(mailbox->login);
    free(mailbox->ca);
    free(mailbox);
}

static void mailbox_freep(ctes_mailbox **mailbox) {
    ctes_mailbox_free(*mailbox);
}

ctes_status ctes_mailbox_new(const ctes_context *context, const ctes_mailbox_settings *settings,
                             ctes_mailbox **ret, ctes_error *err) {
    if (settings->url == NULL || settings->login == NULL || settings->password == NULL)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL,
                         "a mailbox has an address, a login and a password");
    CTES_CLEANUP(mailbox_freep) ctes_mailbox *made = calloc(1, sizeof *made);
    if (made == NULL)
        return ctes_fail_memory(err);
    made->context = context;
    made->socket = -1;
    made->password = *settings->password;
    made->limits = (ctes_net_limits)CTES_NET_LIMITS_INIT;
    if (settings->connect_timeout_s > 0)
        made->limits.connect_s = settings->connect_timeout_s;
    if (settings->timeout_s > 0)
        made->limits.total_s = settings->timeout_s;
    CTES_TRY(ctes_text_dup(settings->login, &made->login, err));
    CTES_TRY(ctes_text_dup(settings->ca, &made->ca, err));
    CTES_TRY(ctes_curl_start_library(err));
    made->started = true;
    CTES_TRY(read_url(made, settings->url, err));
    *ret = CTES_TAKE(made);
    return CTES_OK;
}

/* --- what lies in the box --------------------------------------------------------------------- */

static ctes_status on_search(ctes_mailbox *mailbox, ctes_imap_part *part, void *user,
                             ctes_error *err) {
    (void)mailbox;
    return part->first ? ctes_imap_search_read(part->text, user, err) : CTES_OK;
}

ctes_status ctes_mailbox_search(ctes_mailbox *mailbox, const char *command, ctes_imap_uids *uids,
                                ctes_error *err) {
    uids->count = 0;
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    CTES_TRY(ctes_mailbox_command(mailbox, command, on_search, uids, &outcome, err));
    return outcome == CTES_IMAP_OK ? CTES_OK : ctes_mailbox_refused(mailbox, NULL, err);
}

static ctes_status list_now(ctes_mailbox *mailbox, void *user, ctes_error *err) {
    ctes_imap_outcome outcome = CTES_IMAP_BAD;
    /* so that the server looks for new mails */
    CTES_TRY(ctes_mailbox_command(mailbox, "NOOP", NULL, NULL, &outcome, err));
    /* a mail that could only be copied and marked, not removed, has been moved as well */
    return ctes_mailbox_search(mailbox, "UID SEARCH UNDELETED", user, err);
}

ctes_status ctes_mailbox_list(ctes_mailbox *mailbox, uint32_t **ret, size_t *count,
                              uint32_t *ret_validity, ctes_error *err) {
    mailbox->known = 0;
    CTES_CLEANUP(ctes_imap_uids_clear) ctes_imap_uids uids = { .items = NULL };
    CTES_TRY(ctes_mailbox_do(mailbox, true, list_now, &uids, err));
    ctes_imap_uids_sort(&uids);
    mailbox->known = mailbox->validity;
    *count = uids.count <= CTES_MAILBOX_MAILS_MAX ? uids.count : CTES_MAILBOX_MAILS_MAX;
    *ret = CTES_TAKE(uids.items);
    *ret_validity = mailbox->known;
    return CTES_OK;
}
