/* The nightly batch: every act of a manifest or of a folder of fiches, one bad act stopping none.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "base/text.h"
#include "document/scdl.h"
#include "workflow/describe.h"
#include "workflow/outcome.h"
#include "workflow/session.h"

/* --- numbers that collide inside one batch -------------------------------------------------------
 */

typedef struct batch_key {
    char siren[10];
    char numero_interne[CTES_NUMERO_MAX + 1];
} batch_key;

typedef struct batch {
    ctes_session *session;
    ctes_outcome_fn each;
    void *user;
    ctes_batch_summary summary;
    batch_key *keys; /* of all acts that have a usable number, sorted before the second pass */
    size_t key_count, key_room;
    bool sending; /* second pass */
} batch;

static void clear_batch(batch *b) {
    free(b->keys);
}

static int compare_keys(const void *a, const void *b) {
    return memcmp(a, b, sizeof(batch_key));
}

static bool key_of(const batch *b, const ctes_acte *acte, batch_key *ret) {
    ctes_link *link = NULL;
    batch_key key = { "", "" };
    if (ctes_session_link(b->session, acte->siren, &link, NULL) != CTES_OK ||
        ctes_numero_normalise(acte->numero, key.numero_interne, NULL, NULL) != CTES_OK)
        return false;
    (void)ctes_text_copy(key.siren, sizeof key.siren, link->autorite->siren);
    *ret = key;
    return true;
}

static ctes_status note_key(batch *b, const ctes_acte *acte, ctes_error *err) {
    batch_key key;
    if (!key_of(b, acte, &key))
        return CTES_OK;
    if (b->key_count == b->key_room) {
        size_t room = b->key_room > 0 ? b->key_room * 2 : 256;
        batch_key *keys = reallocarray(b->keys, room, sizeof *keys);
        if (keys == NULL)
            return ctes_fail_memory(err);
        b->keys = keys;
        b->key_room = room;
    }
    b->keys[b->key_count++] = key;
    return CTES_OK;
}

/* True when another act of the batch has the same number. */
static bool collides(const batch *b, const ctes_acte *acte) {
    batch_key key;
    if (!key_of(b, acte, &key) || b->key_count == 0)
        return false;
    const batch_key *found = bsearch(&key, b->keys, b->key_count, sizeof key, compare_keys);
    if (found == NULL)
        return false;
    size_t at = (size_t)(found - b->keys);
    return (at > 0 && compare_keys(&key, &b->keys[at - 1]) == 0) ||
           (at + 1 < b->key_count && compare_keys(&key, &b->keys[at + 1]) == 0);
}

/* --- one act
 * -------------------------------------------------------------------------------------- */

static void count(ctes_batch_summary *summary, const ctes_outcome *outcome) {
    summary->total++;
    switch (outcome->result) {
    case CTES_RESULT_SENT:
        summary->sent++;
        break;
    case CTES_RESULT_ALREADY:
        summary->already++;
        break;
    case CTES_RESULT_UNSETTLED:
        summary->unsettled++;
        return;
    case CTES_RESULT_REFUSED:
        summary->refused++;
        return;
    default:
        return;
    }
    ctes_state state = outcome->record.state;
    if (state == CTES_STATE_ACKNOWLEDGED || state == CTES_STATE_ACKNOWLEDGED_LATE)
        summary->acknowledged++;
    else if (ctes_state_final(state))
        summary->refused++;
    else
        summary->pending++;
}

static ctes_status send_acte(batch *b, ctes_acte *acte, ctes_outcome *ret, ctes_error *err) {
    if (collides(b, acte)) {
        (void)ctes_fail(&ret->error, CTES_E_NUMERO_COLLISION, acte->numero, "%s", acte->numero);
        ret->result = CTES_RESULT_REFUSED;
        return ctes_outcome_describe(ret, acte, err);
    }
    return b->session->store == NULL ? ctes_check(b->session, acte, ret, err)
                                     : ctes_send(b->session, acte, ret, err);
}

static ctes_status do_acte(batch *b, ctes_acte *acte, const ctes_error *bad, int line,
                           ctes_error *err) {
    CTES_CLEANUP(ctes_outcome_clear) ctes_outcome outcome = CTES_OUTCOME_INIT;
    if (ctes_stop_asked(b->session->context))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    if (bad != NULL) {
        outcome.result = CTES_RESULT_REFUSED;
        outcome.error = *bad;
        b->summary.invalid++;
        CTES_TRY(ctes_outcome_describe(&outcome, acte, err));
    } else {
        CTES_TRY(send_acte(b, acte, &outcome, err));
    }
    if (outcome.error.code != CTES_OK && outcome.error.line == 0)
        outcome.error.line = line;
    count(&b->summary, &outcome);
    if (b->each != NULL && !b->each(b->user, &outcome))
        return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    return CTES_OK;
}

/* --- from a manifest
 * ------------------------------------------------------------------------------ */

static ctes_status each_row(void *user, ctes_manifest_row *row, ctes_error *err) {
    batch *b = user;
    if (!b->sending)
        return row->status == CTES_OK ? note_key(b, &row->acte, err) : CTES_OK;
    return do_acte(b, &row->acte, row->status == CTES_OK ? NULL : &row->error, (int)row->line, err);
}

static void sort_keys(batch *b) {
    if (b->key_count > 0)
        qsort(b->keys, b->key_count, sizeof *b->keys, compare_keys);
    b->sending = true;
}

/* Where the manifest's relative paths start. */
static ctes_status folder_of(const char *path, char **ret, ctes_error *err) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return ctes_text_dup(".", ret, err);
    CTES_TRY(ctes_text_dup(path, ret, err));
    (*ret)[slash == path ? 1 : slash - path] = '\0';
    return CTES_OK;
}

static ctes_status run_manifest(batch *b, const char *path, ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer bytes = CTES_BUFFER_INIT(CTES_MANIFEST_MAX);
    char *folder CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_file_read(path, &bytes, err));
    CTES_TRY(folder_of(path, &folder, err));
    const char *text = bytes.data != NULL ? bytes.data : "";
    ctes_status status = ctes_manifest_read(text, bytes.length, folder, each_row, b, err);
    if (status == CTES_OK) {
        sort_keys(b);
        status = ctes_manifest_read(text, bytes.length, folder, each_row, b, err);
    }
    return status == CTES_OK ? CTES_OK : ctes_fail_at(err, status, CTES_STAGE_DOCUMENT, path);
}

/* --- from a folder of fiches
 * ------------------------------------------------------------------------ */

static int is_fiche(const struct dirent *entry) {
    const char *dot = strrchr(entry->d_name, '.');
    return entry->d_name[0] != '.' && dot != NULL && strcasecmp(dot, ".txt") == 0;
}

static ctes_status do_fiche(batch *b, const char *folder, const char *name, ctes_error *err) {
    CTES_CLEANUP(ctes_acte_clear) ctes_acte acte = CTES_ACTE_INIT;
    ctes_error bad = CTES_ERROR_INIT;
    char *path CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_path_join(folder, name, &path, err));
    ctes_status status = ctes_fiche_load(path, true, &acte, &bad);
    if (!b->sending)
        return status == CTES_OK ? note_key(b, &acte, err) : CTES_OK;
    return do_acte(b, &acte, status == CTES_OK ? NULL : &bad, 0, err);
}

static ctes_status do_fiches(batch *b, const char *folder, struct dirent **entries, int count_,
                             ctes_error *err) {
    for (int i = 0; i < count_; i++)
        CTES_TRY(do_fiche(b, folder, entries[i]->d_name, err));
    return CTES_OK;
}

static ctes_status run_folder(batch *b, const char *folder, ctes_error *err) {
    struct dirent **entries = NULL;
    int found = scandir(folder, &entries, is_fiche, alphasort);
    if (found < 0)
        return ctes_fail_errno(err, errno, folder);
    ctes_status status = do_fiches(b, folder, entries, found, err);
    if (status == CTES_OK) {
        sort_keys(b);
        status = do_fiches(b, folder, entries, found, err);
    }
    for (int i = 0; i < found; i++)
        free(entries[i]);
    free(entries);
    if (status == CTES_OK && found == 0)
        return ctes_fail(err, CTES_E_MANIFEST_INVALID, folder, "*.txt");
    return status;
}

/* --- the whole
 * -------------------------------------------------------------------------------------- */

/* Of the acts that waited, those are told that an answer came for, or that went wrong. */
static bool tell_the_rest(void *user, const ctes_outcome *outcome) {
    const batch *b = user;
    bool news = outcome->error.code != CTES_OK ||
                (outcome->result == CTES_RESULT_CHANGED && ctes_state_final(outcome->record.state));
    return !news || b->each == NULL || b->each(b->user, outcome);
}

/* What still waited from before is looked at too: one command a night is enough. */
static ctes_status look_at_the_rest(batch *b, ctes_error *err) {
    if (b->session->store == NULL)
        return CTES_OK;
    return ctes_refresh(b->session, NULL, NULL, 0, 0, tell_the_rest, b, err);
}

static ctes_status run(batch *b, const char *path, ctes_error *err) {
    struct stat info;
    char *manifest CTES_AUTO_FREE = NULL;
    if (stat(path, &info) != 0)
        return ctes_fail_errno(err, errno, path);
    if (!S_ISDIR(info.st_mode))
        return run_manifest(b, path, err);
    CTES_TRY(ctes_path_join(path, "manifest.csv", &manifest, err));
    return stat(manifest, &info) == 0 ? run_manifest(b, manifest, err) : run_folder(b, path, err);
}

ctes_status ctes_batch(ctes_session *session, const char *path, ctes_outcome_fn each, void *user,
                       ctes_batch_summary *ret, ctes_error *err) {
    CTES_CLEANUP(clear_batch) batch b = { .session = session, .each = each, .user = user };
    ctes_status status = run(&b, path, err);
    if (status == CTES_OK)
        status = look_at_the_rest(&b, err);
    *ret = b.summary;
    return status;
}
