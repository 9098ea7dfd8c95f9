/*
 * The archive of an attempt goes again, the same bytes under the same name (norm sheet § 9.2). It
 * was recorded with the attempt, before that one began; nothing new is intended here.
 */
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "workflow/depot.h"
#include "workflow/register.h"

/* The archive that was made then, if it still is that one. */
static ctes_status find_archive(ctes_session *session, const ctes_record *record,
                                const ctes_envoi_row *envoi, char **ret, uint64_t *ret_size,
                                ctes_error *err) {
    char *path CTES_AUTO_FREE = NULL;
    ctes_hash hash;
    char hex[65];
    CTES_TRY(ctes_path_join(session->archives, envoi->archive_path, &path, err));
    CTES_TRY(ctes_hash_file(path, &hash, ret_size, err));
    ctes_text_hex(hash.bytes, sizeof hash.bytes, hex);
    if (strcmp(hex, record->archive_sha256) != 0)
        return ctes_fail(err, CTES_E_DOCUMENT_CHANGED, record->numero, "%s", envoi->archive);
    *ret = CTES_TAKE(path);
    return CTES_OK;
}

/* An attempt under way has entered already: it would wait for itself to leave. */
static ctes_status submit_at_pace(ctes_session *session, ctes_link *link, const char *path,
                                  const char *nom, uint64_t size, ctes_error *err) {
    bool waited = false;
    if (session->paced)
        return link->operator_->submit(link->operator_, path, nom, err);
    CTES_TRY(ctes_pace_enter(session, size, &waited, err));
    ctes_status status = link->operator_->submit(link->operator_, path, nom, err);
    ctes_pace_leave(session, size, size);
    return status;
}

/* Its failure is noted where something may have arrived, or was refused: from then on the act waits
 * before it goes once more. Where nothing left, the next look tries again. */
static ctes_status note(ctes_session *session, const ctes_record *record, ctes_status status,
                        const ctes_error *why, ctes_error *err) {
    char reason[CTES_REASON_MAX];
    bool refused = ctes_status_kind(status) == CTES_KIND_REFUSED || status == CTES_E_NOT_NOW;
    (void)snprintf(reason, sizeof reason, "%s: %s", ctes_status_name(status), why->detail);
    if (ctes_status_maybe_received(status) || ctes_status_kind(status) == CTES_KIND_REFUSED) {
        const ctes_store_change open = { .to = CTES_STATE_UNSETTLED, .reason = reason };
        CTES_TRY(ctes_register_change(session, record->id, record->state, &open, NULL, err));
    }
    if (refused)
        return ctes_fail(err, CTES_E_UNSETTLED, record->numero, "%s", reason);
    if (err != NULL)
        *err = *why;
    return status;
}

ctes_status ctes_depot_again(ctes_session *session, ctes_link *link, const ctes_record *record,
                             ctes_error *err) {
    CTES_CLEANUP(ctes_envoi_row_clear) ctes_envoi_row envoi = { 0 };
    char *path CTES_AUTO_FREE = NULL;
    uint64_t size = 0;
    ctes_error why = CTES_ERROR_INIT;
    CTES_TRY(ctes_register_last_envoi(session, record->id, &envoi, err));
    CTES_TRY(find_archive(session, record, &envoi, &path, &size, err));
    ctes_status status = submit_at_pace(session, link, path, envoi.archive, size, &why);
    if (status != CTES_OK)
        return note(session, record, status, &why, err);
    const ctes_store_change taken = { .to = CTES_STATE_TRANSMITTED, .reason = "" };
    return ctes_register_change(session, record->id, record->state, &taken, NULL, err);
}
