/*
 * The préfecture's letters (sheet § 3.4): the list of those that are unread, each one's archive,
 * and the mark that it was read, which is only made once the caller has it on disk. The operator
 * acknowledges 3-1 and 4-1 by itself.
 */
#include "operator/s2low_letters.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/runtime.h"
#include "operator/s2low_json.h"

/* --- asking ----------------------------------------------------------------------------------- */

/* HTTP 200 without KO: what these scripts answer is no "OK" (§ 3.4). */
static ctes_status ask(ctes_s2low *self, const char *path, ctes_response *ret, ctes_error *err) {
    CTES_TRY(ctes_s2low_get(self, path, ret, err));
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, ret, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(ret->body.data, ret->body.length, false);
    return reply.verdict == CTES_S2LOW_KO
               ? ctes_s2low_judge_refusal(self, CTES_S2LOW_READ, &reply, err)
               : CTES_OK;
}

/* --- one letter ------------------------------------------------------------------------------- */

static ctes_status find_envelope(ctes_s2low *self, int64_t letter, int64_t *ret, ctes_error *err) {
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    char path[128];
    (void)snprintf(path, sizeof path, CTES_S2LOW_DOCUMENT "?id=%" PRId64 "&api=1", letter);
    CTES_TRY(ctes_s2low_get(self, path, &response, err));
    bool redirect = response.status >= 300 && response.status < 400 && response.location != NULL;
    if (redirect && ctes_s2low_envelope_at(self->base, response.location, ret))
        return CTES_OK;
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, false);
    if (reply.verdict == CTES_S2LOW_KO)
        return ctes_s2low_judge_refusal(self, CTES_S2LOW_READ, &reply, err);
    return ctes_s2low_judge_foreign(&response, "no letter", err);
}

/* What was stored as an archive must begin as one (T11); else it is read as the reply it is. */
static ctes_status check_archive(ctes_s2low *self, const char *file, ctes_response *response,
                                 ctes_error *err) {
    char head[512];
    int fd CTES_AUTO_CLOSE = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? pread(fd, head, sizeof head, 0) : -1;
    if (got < 0)
        return ctes_fail_errno(err, errno, file);
    size_t length = (size_t)got;
    if (length > 2 && memcmp(head, "\x1f\x8b", 2) == 0)
        return CTES_OK;
    ctes_s2low_reply reply = ctes_s2low_reply_read(head, length, false);
    if (reply.verdict == CTES_S2LOW_KO)
        return ctes_s2low_judge_refusal(self, CTES_S2LOW_READ, &reply, err);
    CTES_TRY(ctes_buffer_append(&response->body, head, length, err));
    return ctes_s2low_judge_foreign(response, "no archive", err);
}

static ctes_status download(ctes_s2low *self, int64_t envelope, const char *file, ctes_error *err) {
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    char path[128];
    (void)snprintf(path, sizeof path, CTES_S2LOW_DOWNLOAD "?env=%" PRId64, envelope);
    CTES_TRY(ctes_s2low_download(self, path, file, &response, err));
    ctes_status status = ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err);
    if (status == CTES_OK)
        status = check_archive(self, file, &response, err);
    if (status != CTES_OK)
        (void)unlink(file);
    return status;
}

/* The answer is the same whether anything was marked or not (§ 3.4). */
static ctes_status mark_as_read(ctes_s2low *self, int64_t letter, ctes_error *err) {
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    CTES_AUTO_JSON json_t *root = NULL;
    char path[128];
    (void)snprintf(path, sizeof path, CTES_S2LOW_LETTER_READ "?transaction_id=%" PRId64 "&api=1",
                   letter);
    CTES_TRY(ask(self, path, &response, err));
    CTES_TRY(
        ctes_s2low_json_load(response.body.data, response.body.length, "mark_as_read", &root, err));
    const char *result = json_string_value(json_object_get(root, "result"));
    if (result == NULL || strcmp(result, "ok") != 0)
        return ctes_s2low_judge_foreign(&response, "not marked as read", err);
    return CTES_OK;
}

/* --- all of them ------------------------------------------------------------------------------ */

typedef struct collection {
    ctes_s2low *self;
    const char *folder;
    ctes_parcel_fn each;
    void *user;
    bool left; /* the caller wants no more */
} collection;

static ctes_status fetch(collection *c, const ctes_s2low_letter *letter, const char *source,
                         ctes_error *err) {
    char name[64];
    char *file CTES_AUTO_FREE = NULL;
    int64_t envelope = 0;
    (void)snprintf(name, sizeof name, "s2low-%" PRId64 ".tar.gz", letter->id);
    CTES_TRY(ctes_path_join(c->folder, name, &file, err));
    CTES_TRY(find_envelope(c->self, letter->id, &envelope, err));
    CTES_TRY(download(c->self, envelope, file, err));
    const ctes_parcel parcel = { .form = CTES_PARCEL_ARCHIVE,
                                 .path = file,
                                 .source = source,
                                 .transaction = letter->id,
                                 .related = letter->acte };
    c->left = c->each(c->user, &parcel) == CTES_PARCEL_LEFT;
    return c->left ? CTES_OK : mark_as_read(c->self, letter->id, err);
}

static ctes_status fetch_all(collection *c, const ctes_s2low_letter *letters, size_t count,
                             ctes_error *err) {
    const ctes_context *context = c->self->wire.context;
    ctes_failures failures = CTES_FAILURES_INIT;
    bool over = false;
    for (size_t i = 0; i < count && !c->left && !over; i++) {
        char source[48];
        ctes_error why = CTES_ERROR_INIT;
        (void)snprintf(source, sizeof source, "s2low %" PRId64, letters[i].id);
        ctes_status status = ctes_stop_asked(context) ? ctes_fail(&why, CTES_E_INTERRUPTED, NULL,
                                                                  "%zu of %zu letters", i, count)
                                                      : fetch(c, &letters[i], source, &why);
        over = ctes_failures_note(&failures, context, source, status, &why);
    }
    return ctes_failures_tell(&failures, err);
}

ctes_status ctes_s2low_collect(ctes_operator *table, const char *folder, ctes_parcel_fn each,
                               void *user, ctes_error *err) {
    collection c = { .self = (ctes_s2low *)table, .folder = folder, .each = each, .user = user };
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    ctes_s2low_letter *letters = NULL;
    size_t count = 0, unreadable = 0;
    CTES_TRY(ask(c.self, CTES_S2LOW_LETTERS "?api=1", &response, err));
    CTES_TRY(ctes_s2low_letters_read(response.body.data, response.body.length, &letters, &count,
                                     &unreadable, err));
    ctes_status status = fetch_all(&c, letters, count, err);
    free(letters);
    if (status == CTES_OK && unreadable > 0)
        return ctes_s2low_judge_foreign(&response, "letters without identifier", err);
    return status;
}

/* --- those about an act ----------------------------------------------------------------------- */

ctes_status ctes_s2low_letters(ctes_operator *table, int64_t acte, ctes_letter_fn each, void *user,
                               ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_AUTO_RESPONSE ctes_response response = CTES_RESPONSE_INIT;
    char path[128];
    (void)snprintf(path, sizeof path, CTES_S2LOW_DOCUMENT "?id=%" PRId64 "&api=1", acte);
    CTES_TRY(ctes_s2low_get(self, path, &response, err));
    CTES_TRY(ctes_s2low_judge_http(self, CTES_S2LOW_READ, &response, err));
    ctes_s2low_reply reply = ctes_s2low_reply_read(response.body.data, response.body.length, false);
    if (reply.verdict == CTES_S2LOW_KO)
        return ctes_s2low_judge_no(self, &reply, err);
    const char *body = response.body.data != NULL ? response.body.data : "";
    if (!ctes_s2low_letters_about(body, response.body.length, each, user))
        return ctes_s2low_judge_foreign(&response, "no letters", err);
    return CTES_OK;
}
