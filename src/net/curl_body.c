/*
 * The body of a submission: multipart/form-data, its files streamed from disk.
 *
 * libcurl repeats a request by itself when a connection used before dies without an answer. A
 * submission must never leave twice: it may have been received the first time. So no part can be
 * sought in: once anything of the body was taken, libcurl cannot begin it again, whatever happens,
 * and the exchange fails. (That is also why values do not go through curl_mime_data(): libcurl can
 * read those again.)
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "net/curl_internal.h"

/* a part on its way; owned by the mime part */
typedef struct streamed {
    int fd; /* -1 for bytes of memory */
    uint64_t left;
    const char *path; /* the request's */
    const char *at;   /* the request's bytes not taken yet */
    ctes_exchange *exchange;
} streamed;

/* Exactly the bytes announced are sent. A file that became shorter would leave the server waiting
 * for the rest, and bytes that came since are not what was announced: both end the exchange. */
static size_t on_read_file(char *out, size_t size, size_t count, void *user) {
    streamed *file = user;
    file->exchange->body_read = true;
    size_t room = size * count;
    if (file->left < room)
        room = (size_t)file->left;
    if (room == 0)
        return 0;
    ssize_t got;
    do
        got = read(file->fd, out, room);
    while (got < 0 && errno == EINTR);
    if (got <= 0) {
        file->exchange->bad_file = file->path;
        return CURL_READFUNC_ABORT;
    }
    file->left -= (uint64_t)got;
    return (size_t)got;
}

static size_t on_read_value(char *out, size_t size, size_t count, void *user) {
    streamed *value = user;
    value->exchange->body_read = true;
    size_t room = size * count;
    if (value->left < room)
        room = (size_t)value->left;
    if (room == 0)
        return 0;
    memcpy(out, value->at, room);
    value->at += room;
    value->left -= room;
    return room;
}

static void on_free(void *user) {
    streamed *file = user;
    ctes_closep(&file->fd);
    free(file);
}

static void streamed_freep(streamed **file) {
    if (*file != NULL)
        on_free(*file);
}

static ctes_status unreadable(const char *path, int error_number, ctes_error *err) {
    char text[128];
    return ctes_fail(err, CTES_E_DOCUMENT_UNREADABLE, ctes_path_base(path), "%s",
                     strerror_r(error_number, text, sizeof text));
}

/* `fd` is closed by the caller, on failure too */
static ctes_status open_file(const char *path, int *fd, uint64_t *ret_size, ctes_error *err) {
    /* O_NONBLOCK: a FIFO in place of a file must not hang the program */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat info;
    if (*fd < 0 || fstat(*fd, &info) != 0)
        return unreadable(path, errno, err);
    if (!S_ISREG(info.st_mode))
        return unreadable(path, S_ISDIR(info.st_mode) ? EISDIR : EINVAL, err);
    *ret_size = (uint64_t)info.st_size;
    return CTES_OK;
}

static ctes_status add_content(ctes_curl *curl, curl_mimepart *made, const ctes_part *part,
                               ctes_error *err) {
    CTES_AUTO_CLOSE int fd = -1;
    uint64_t size = part->value_length;
    if (part->path != NULL)
        CTES_TRY(open_file(part->path, &fd, &size, err));
    CTES_CLEANUP(streamed_freep) streamed *content = calloc(1, sizeof *content);
    if (content == NULL)
        return ctes_fail_memory(err);
    *content = (streamed){
        .fd = fd, .left = size, .path = part->path, .at = part->value, .exchange = &curl->exchange
    };
    fd = -1; /* the content's now */
    CURLcode result =
        curl_mime_data_cb(made, (curl_off_t)size, part->path != NULL ? on_read_file : on_read_value,
                          NULL, on_free, content);
    if (result != CURLE_OK)
        return ctes_curl_refused(result, err);
    (void)CTES_TAKE(content); /* the part's now */
    return CTES_OK;
}

/* Names and values go out byte for byte; libcurl only escapes quotes and line ends in names. */
static ctes_status add_part(ctes_curl *curl, curl_mime *body, const ctes_part *part,
                            ctes_error *err) {
    curl_mimepart *made = curl_mime_addpart(body);
    if (made == NULL)
        return ctes_fail_memory(err);
    CURLcode result = curl_mime_name(made, part->name);
    if (result != CURLE_OK)
        return ctes_curl_refused(result, err);
    CTES_TRY(add_content(curl, made, part, err));
    if (part->file_name == NULL)
        return CTES_OK;
    result = curl_mime_filename(made, part->file_name);
    if (result == CURLE_OK) /* given always, or libcurl guesses one from the file's name */
        result = curl_mime_type(made, part->content_type != NULL ? part->content_type
                                                                 : "application/octet-stream");
    return result == CURLE_OK ? CTES_OK : ctes_curl_refused(result, err);
}

ctes_status ctes_curl_body_new(ctes_curl *curl, const ctes_request *request, curl_mime **ret,
                               ctes_error *err) {
    curl_mime *body = curl_mime_init(curl->easy);
    if (body == NULL)
        return ctes_fail_memory(err);
    for (size_t i = 0; i < request->part_count; i++) {
        ctes_status status = add_part(curl, body, &request->parts[i], err);
        if (status != CTES_OK) {
            curl_mime_free(body);
            return status;
        }
    }
    *ret = body;
    return CTES_OK;
}
