/* A transport in memory: scripted replies out, recorded requests in. */
#include "fake/fake_transport.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"

typedef struct scripted {
    fake_reply reply; /* its strings are owned here */
    bool used;
} scripted;

struct fake_transport {
    ctes_transport vtable; /* first: the vtable's address is the fake's */
    scripted *replies;
    size_t reply_count;
    fake_request **requests; /* pointers, so that one handed out stays where it is */
    size_t request_count;
    size_t unanswered;
    size_t free_count;
};

static void *must(void *pointer) {
    if (pointer == NULL)
        abort();
    return pointer;
}

static char *copy_text(const char *text) {
    return text == NULL ? NULL : must(strdup(text));
}

static char *copy_bytes(const void *bytes, size_t length) {
    char *copy = must(malloc(length + 1));
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

/* the whole file, or NULL as the real transport would find it unreadable */
static char *read_file(const char *path, size_t *ret_length) {
    CTES_AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    size_t length = 0;
    size_t capacity = 4096;
    char *bytes = must(malloc(capacity + 1));
    for (;;) {
        if (length == capacity) {
            capacity *= 2;
            char *larger = must(realloc(bytes, capacity + 1));
            bytes = larger;
        }
        ssize_t got = read(fd, bytes + length, capacity - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(bytes);
            return NULL;
        }
        if (got == 0)
            break;
        length += (size_t)got;
    }
    bytes[length] = '\0';
    *ret_length = length;
    return bytes;
}

/* --- recording -------------------------------------------------------------------------------- */

static ctes_status record_part(fake_part *out, const ctes_part *part, ctes_error *err) {
    out->name = copy_text(part->name);
    out->file_name = copy_text(part->file_name);
    out->content_type = copy_text(part->content_type);
    if (part->path == NULL) {
        out->length = part->value_length;
        out->content = copy_bytes(part->value, part->value_length);
        return CTES_OK;
    }
    out->content = read_file(part->path, &out->length);
    if (out->content == NULL)
        return ctes_fail(err, CTES_E_DOCUMENT_UNREADABLE, part->path, "%s", strerror(errno));
    return CTES_OK;
}

static ctes_status record(fake_transport *fake, const ctes_request *request, fake_request **ret,
                          ctes_error *err) {
    fake_request *made = must(calloc(1, sizeof *made));
    size_t count = fake->request_count;
    fake_request **larger = must(realloc(fake->requests, (count + 1) * sizeof(fake_request *)));
    fake->requests = larger;
    fake->requests[count] = made;
    fake->request_count = count + 1;
    *ret = made;
    made->url = copy_text(request->url);
    made->login = copy_text(request->login);
    if (request->password != NULL)
        made->password = copy_text(request->password->text);
    made->account_in_url = request->account_in_url;
    made->reply_max = request->reply_max;
    made->reply_path = copy_text(request->reply_path);
    if (request->part_count > 0)
        made->parts = must(calloc(request->part_count, sizeof *made->parts));
    for (size_t i = 0; i < request->part_count; i++) {
        made->part_count = i + 1;
        CTES_TRY(record_part(&made->parts[i], &request->parts[i], err));
    }
    return CTES_OK;
}

/* --- answering -------------------------------------------------------------------------------- */

static bool next_reply(fake_transport *fake, const char *url, fake_reply *ret) {
    for (size_t i = 0; i < fake->reply_count; i++) {
        scripted *candidate = &fake->replies[i];
        if (candidate->used)
            continue;
        const char *part = candidate->reply.url_contains;
        if (part != NULL && strstr(url, part) == NULL)
            continue;
        candidate->used = !candidate->reply.repeat;
        *ret = candidate->reply; /* a copy: `during` may add replies, which moves the array */
        return true;
    }
    return false;
}

static ctes_status write_reply(const char *path, const fake_reply *reply, ctes_error *err) {
    ctes_file_writer file CTES_AUTO_FILE_WRITER = CTES_FILE_WRITER_INIT;
    CTES_TRY(ctes_file_create(&file, path, err));
    CTES_TRY(ctes_file_write(&file, reply->body, reply->length, err));
    return ctes_file_commit(&file, err);
}

static ctes_status answer(const fake_request *request, const fake_reply *reply, ctes_response *ret,
                          ctes_error *err) {
    if (reply->failure != CTES_OK)
        return ctes_fail(err, reply->failure, NULL, "%s",
                         reply->detail != NULL ? reply->detail : "scripted");
    size_t max = request->reply_max > 0 ? request->reply_max : CTES_NET_REPLY_MAX;
    if (reply->length > max)
        return ctes_fail(err, CTES_E_NET_REPLY_TOO_LARGE, NULL, "%zu > %zu", reply->length, max);
    long http_status = reply->status != 0 ? reply->status : 200;
    bool filed = request->reply_path != NULL && http_status == 200;
    CTES_AUTO_BUFFER ctes_buffer body = CTES_BUFFER_INIT(max);
    if (filed)
        CTES_TRY(write_reply(request->reply_path, reply, err));
    else
        CTES_TRY(ctes_buffer_append(&body, reply->body, reply->length, err));
    ctes_response_clear(ret);
    ret->status = http_status;
    ret->stored = filed ? reply->length : 0;
    ret->location = copy_text(reply->location);
    ret->content_type = copy_text(reply->content_type);
    ret->retry_after = reply->retry_after > 0 ? reply->retry_after : -1;
    for (size_t i = 0; i < request->part_count; i++)
        ret->sent += request->parts[i].length;
    ret->body = body;
    body = (ctes_buffer)CTES_BUFFER_INIT(max);
    return CTES_OK;
}

static ctes_status fake_perform(ctes_transport *transport, const ctes_request *request,
                                ctes_response *ret, ctes_error *err) {
    fake_transport *fake = (fake_transport *)transport;
    fake_request *recorded = NULL;
    ctes_status status = record(fake, request, &recorded, err);
    if (status == CTES_OK) {
        fake_reply reply;
        if (!next_reply(fake, request->url, &reply)) {
            fake->unanswered++;
            status =
                ctes_fail(err, CTES_E_INTERNAL, NULL, "no reply scripted for %s", request->url);
        } else {
            if (reply.during != NULL)
                reply.during(reply.user);
            status = answer(recorded, &reply, ret, err);
        }
    }
    recorded->result = status;
    return status;
}

static void fake_free(ctes_transport *transport) {
    ((fake_transport *)transport)->free_count++;
}

/* --- life and script -------------------------------------------------------------------------- */

fake_transport *fake_transport_new(void) {
    fake_transport *fake = must(calloc(1, sizeof *fake));
    fake->vtable.perform = fake_perform;
    fake->vtable.free = fake_free;
    return fake;
}

ctes_transport *fake_transport_vtable(fake_transport *fake) {
    return &fake->vtable;
}

/* the reply's strings are const to the test that scripts them, but these copies are the fake's */
static void free_const(const void *owned) {
    free((void *)owned);
}

void fake_transport_forget(fake_transport *fake) {
    for (size_t i = 0; i < fake->reply_count; i++) {
        fake_reply *reply = &fake->replies[i].reply;
        free_const(reply->url_contains);
        free_const(reply->detail);
        free_const(reply->body);
        free_const(reply->content_type);
        free_const(reply->location);
    }
    free(fake->replies);
    fake->replies = NULL;
    fake->reply_count = 0;
}

static void free_request(fake_request *request) {
    for (size_t i = 0; i < request->part_count; i++) {
        free(request->parts[i].name);
        free(request->parts[i].file_name);
        free(request->parts[i].content_type);
        free(request->parts[i].content);
    }
    free(request->parts);
    free(request->url);
    free(request->login);
    free(request->password);
    free(request->reply_path);
    free(request);
}

void fake_transport_free(fake_transport *fake) {
    if (fake == NULL)
        return;
    fake_transport_forget(fake);
    for (size_t i = 0; i < fake->request_count; i++)
        free_request(fake->requests[i]);
    free(fake->requests);
    free(fake);
}

void fake_transport_reply(fake_transport *fake, const fake_reply *reply) {
    size_t count = fake->reply_count;
    scripted *larger = must(realloc(fake->replies, (count + 1) * sizeof *larger));
    fake->replies = larger;
    fake->replies[count] = (scripted){ .reply = *reply };
    fake_reply *copy = &fake->replies[count].reply;
    copy->url_contains = copy_text(reply->url_contains);
    copy->detail = copy_text(reply->detail);
    copy->body = copy_bytes(reply->body, reply->length);
    copy->content_type = copy_text(reply->content_type);
    copy->location = copy_text(reply->location);
    fake->reply_count = count + 1;
}

void fake_reply_text(fake_transport *fake, const char *url_contains, long status,
                     const char *body) {
    const fake_reply reply = {
        .url_contains = url_contains, .status = status, .body = body, .length = strlen(body)
    };
    fake_transport_reply(fake, &reply);
}

void fake_reply_failure(fake_transport *fake, const char *url_contains, ctes_status failure) {
    const fake_reply reply = { .url_contains = url_contains, .failure = failure };
    fake_transport_reply(fake, &reply);
}

/* --- looking ---------------------------------------------------------------------------------- */

size_t fake_request_count(const fake_transport *fake) {
    return fake->request_count;
}

const fake_request *fake_request_at(const fake_transport *fake, size_t index) {
    return index < fake->request_count ? fake->requests[index] : NULL;
}

const fake_request *fake_request_last(const fake_transport *fake) {
    return fake->request_count > 0 ? fake->requests[fake->request_count - 1] : NULL;
}

const fake_part *fake_part_at(const fake_request *request, const char *name, size_t nth) {
    for (size_t i = 0; request != NULL && i < request->part_count; i++) {
        if (strcmp(request->parts[i].name, name) == 0 && nth-- == 0)
            return &request->parts[i];
    }
    return NULL;
}

const char *fake_part_value(const fake_request *request, const char *name) {
    const fake_part *part = fake_part_at(request, name, 0);
    return part != NULL ? part->content : NULL;
}

size_t fake_part_count(const fake_request *request, const char *name) {
    size_t count = 0;
    while (fake_part_at(request, name, count) != NULL)
        count++;
    return count;
}

bool fake_transport_all_used(const fake_transport *fake) {
    for (size_t i = 0; i < fake->reply_count; i++) {
        if (!fake->replies[i].used && !fake->replies[i].reply.repeat)
            return false;
    }
    return fake->unanswered == 0;
}

size_t fake_transport_free_count(const fake_transport *fake) {
    return fake->free_count;
}
