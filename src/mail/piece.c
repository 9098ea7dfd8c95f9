/* An attachment: its name, and its bytes into a file. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/text.h"
#include "mail/internal.h"

enum { NAME_BYTES_MAX = 255 };

ctes_status ctes_mail_name(const char *said, char **ret, ctes_error *err) {
    const char *base = said;
    for (const char *at = said; *at != '\0'; at++) {
        if (*at == '/' || *at == '\\')
            base = at + 1;
    }
    CTES_AUTO_FREE char *name = NULL;
    CTES_TRY(ctes_mail_line(base, NAME_BYTES_MAX, &name, err));
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        name[0] = '\0';
    *ret = CTES_TAKE(name);
    return CTES_OK;
}

static ctes_status malformed(const char *what, ctes_error *err) {
    return ctes_fail(err, CTES_E_MAIL_MALFORMED, NULL, "%s", what);
}

/* GMime passes over what is no base64; a document that lacks something would go unnoticed. */
static ctes_status check_base64(GMimeStream *stream, ctes_error *err) {
    char bytes[1 << 14];
    size_t letters = 0;
    size_t padding = 0;
    (void)g_mime_stream_reset(stream); /* (of a stream on a file it cannot fail) */
    while (!g_mime_stream_eos(stream)) {
        ssize_t got = g_mime_stream_read(stream, bytes, sizeof bytes);
        if (got <= 0)
            return ctes_fail(err, CTES_E_IO, NULL, "the mail ends before its end");
        for (ssize_t i = 0; i < got; i++) {
            char one = bytes[i];
            if (one == '=')
                padding++;
            else if ((g_ascii_isalnum(one) || one == '+' || one == '/') && padding == 0)
                letters++;
            else if (one == '\0' || strchr(" \t\r\n", one) == NULL)
                return malformed("an attachment that is no base64", err);
        }
    }
    (void)g_mime_stream_reset(stream);
    if (padding > 2 || (letters + padding) % 4 != 0)
        return malformed("an attachment whose base64 is cut short", err);
    return CTES_OK;
}

static ctes_status check_encoding(GMimePart *part, GMimeDataWrapper *content, ctes_error *err) {
    const char *said = g_mime_object_get_header(GMIME_OBJECT(part), "Content-Transfer-Encoding");
    switch (g_mime_part_get_content_encoding(part)) {
    case GMIME_CONTENT_ENCODING_BASE64:
        return check_base64(g_mime_data_wrapper_get_stream(content), err);
    case GMIME_CONTENT_ENCODING_DEFAULT:
        return said == NULL ? CTES_OK : malformed("an attachment in an unknown encoding", err);
    case GMIME_CONTENT_ENCODING_7BIT:
    case GMIME_CONTENT_ENCODING_8BIT:
    case GMIME_CONTENT_ENCODING_BINARY:
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
        return CTES_OK;
    case GMIME_CONTENT_ENCODING_UUENCODE:
    default:
        return malformed("an attachment in uuencode", err);
    }
}

ctes_status ctes_mail_decode(GMimePart *part, const char *path, uint64_t *ret_size,
                             ctes_error *err) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (content != NULL)
        CTES_TRY(check_encoding(part, content, err));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return ctes_fail_errno(err, errno, ctes_path_base(path));
    CTES_AUTO_GOBJECT GMimeStream *out = g_mime_stream_fs_new(fd); /* the descriptor is its own */
    errno = 0;
    if (content != NULL && g_mime_data_wrapper_write_to_stream(content, out) < 0)
        return ctes_fail_errno(err, errno != 0 ? errno : EIO, ctes_path_base(path));
    struct stat info;
    if (fstat(fd, &info) != 0)
        return ctes_fail_errno(err, errno, ctes_path_base(path));
    *ret_size = (uint64_t)info.st_size;
    return CTES_OK;
}
