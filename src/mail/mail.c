#include "mail/mail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "mail/internal.h"

enum { LINE_MAX_BYTES = 1000 };

/* A mail that is being read. */
typedef struct reading {
    const char *folder;
    ctes_mail_fn each;
    void *user;
    size_t parts, pieces;
    ctes_buffer text;
    bool plain; /* some of the text was no HTML */
    /* what GMime noticed */
    bool truncated, too_deep, without_boundary;
} reading;

void ctes_mail_init(void) {
    g_mime_init();
}

void ctes_mail_clear(ctes_mail *mail) {
    free(mail->subject);
    free(mail->from);
    free(mail->message_id);
    free(mail->text);
    *mail = (ctes_mail)CTES_MAIL_INIT;
}

/* --- parts ------------------------------------------------------------------------------------ */

static ctes_status hand_over(reading *own, GMimePart *part, const char *said, ctes_error *err) {
    CTES_AUTO_FREE char *name = NULL;
    CTES_TRY(ctes_mail_name(said != NULL ? said : "", &name, err));
    CTES_AUTO_BUFFER ctes_buffer path = CTES_BUFFER_INIT(1 << 16);
    CTES_TRY(ctes_buffer_printf(&path, err, "%s/%03zu", own->folder, own->pieces));
    ctes_mail_piece piece = { .nom = name, .path = path.data };
    CTES_TRY(ctes_mail_decode(part, path.data, &piece.size, err));
    own->pieces++;
    return own->each(own->user, &piece, err);
}

static ctes_status read_leaf(reading *own, GMimePart *part, ctes_error *err) {
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const char *name = g_mime_part_get_filename(part);
    bool html = g_mime_content_type_is_type(type, "text", "html");
    bool text = html || g_mime_content_type_is_type(type, "text", "plain");
    if (name != NULL || !text || g_mime_part_is_attachment(part))
        return hand_over(own, part, name, err);
    if (html && own->plain) /* the same once more (multipart/alternative) */
        return CTES_OK;
    own->plain = own->plain || !html;
    return ctes_mail_add_text(part, html, &own->text, err);
}

static ctes_status read_part(reading *own, GMimeObject *object, unsigned depth, ctes_error *err);

static ctes_status read_children(reading *own, GMimeMultipart *multipart, unsigned depth,
                                 ctes_error *err) {
    int count = g_mime_multipart_get_count(multipart);
    if (count < 1)
        return ctes_fail(err, CTES_E_MAIL_MALFORMED, NULL, "a mail whose parts are not found");
    for (int i = 0; i < count; i++)
        CTES_TRY(read_part(own, g_mime_multipart_get_part(multipart, i), depth + 1, err));
    return CTES_OK;
}

static ctes_status read_part(reading *own, GMimeObject *object, unsigned depth, ctes_error *err) {
    if (depth > CTES_MAIL_DEPTH_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "a mail of too many levels");
    if (++own->parts > CTES_MAIL_PARTS_MAX)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "a mail of too many parts");
    if (GMIME_IS_MULTIPART(object))
        return read_children(own, GMIME_MULTIPART(object), depth, err);
    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        GMimeObject *content = inner != NULL ? g_mime_message_get_mime_part(inner) : NULL;
        return content != NULL ? read_part(own, content, depth + 1, err) : CTES_OK;
    }
    return GMIME_IS_PART(object) ? read_leaf(own, GMIME_PART(object), err) : CTES_OK;
}

/* --- the mail --------------------------------------------------------------------------------- */

static void on_warning(gint64 offset, GMimeParserWarning what, const gchar *item, gpointer user) {
    (void)offset;
    (void)item;
    reading *own = user;
    own->truncated = own->truncated || what == GMIME_WARN_TRUNCATED_MESSAGE;
    own->too_deep = own->too_deep || what == GMIME_CRIT_NESTING_OVERFLOW;
    own->without_boundary = own->without_boundary || what == GMIME_CRIT_MULTIPART_WITHOUT_BOUNDARY;
}

static GMimeMessage *parse(int fd, reading *own) {
    static const char *FALLBACK[] = { "utf-8", "windows-1252", "iso-8859-1", NULL };
    GMimeParserOptions *options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, FALLBACK);
    g_mime_parser_options_set_warning_callback(options, on_warning, own);
    CTES_AUTO_GOBJECT GMimeStream *stream = g_mime_stream_fs_new(fd);
    g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
    CTES_AUTO_GOBJECT GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, options);
    g_mime_parser_options_free(options);
    return message;
}

static ctes_status check_parsed(const reading *own, GMimeMessage *message, ctes_error *err) {
    if (own->too_deep)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "a mail of too many levels");
    if (message == NULL || g_mime_message_get_mime_part(message) == NULL ||
        g_mime_header_list_get_count(g_mime_object_get_header_list(GMIME_OBJECT(message))) == 0)
        return ctes_fail(err, CTES_E_MAIL_MALFORMED, NULL, "no mail");
    if (own->truncated)
        return ctes_fail(err, CTES_E_MAIL_MALFORMED, NULL, "a mail that is cut short");
    if (own->without_boundary)
        return ctes_fail(err, CTES_E_MAIL_MALFORMED, NULL, "a mail whose parts are not found");
    return CTES_OK;
}

static ctes_status read_headers(GMimeMessage *message, ctes_mail *mail, ctes_error *err) {
    CTES_TRY(
        ctes_mail_line(g_mime_message_get_subject(message), LINE_MAX_BYTES, &mail->subject, err));
    CTES_TRY(ctes_mail_line(g_mime_message_get_message_id(message), LINE_MAX_BYTES,
                            &mail->message_id, err));
    InternetAddressList *from = g_mime_message_get_from(message);
    if (from == NULL || internet_address_list_length(from) == 0)
        return CTES_OK;
    char *text = internet_address_list_to_string(from, NULL, FALSE);
    ctes_status status = ctes_mail_line(text, LINE_MAX_BYTES, &mail->from, err);
    g_free(text);
    return status;
}

static ctes_status open_mail(const char *path, int *ret, ctes_error *err) {
    CTES_AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0)
        return ctes_fail_errno(err, errno, ctes_path_base(path));
    if (!S_ISREG(info.st_mode))
        return ctes_fail(err, CTES_E_MAIL_MALFORMED, ctes_path_base(path), "not a file");
    if ((uint64_t)info.st_size > CTES_MAIL_BYTES_MAX)
        return ctes_fail(err, CTES_E_LIMIT, ctes_path_base(path), "a mail of %jd bytes",
                         (intmax_t)info.st_size);
    CTES_TRY(ctes_mail_guard(fd, err));
    *ret = fd;
    fd = -1;
    return CTES_OK;
}

static ctes_status read_open(int fd, reading *own, ctes_mail *mail, ctes_error *err) {
    CTES_AUTO_GOBJECT GMimeMessage *message = parse(fd, own);
    CTES_TRY(check_parsed(own, message, err));
    CTES_TRY(read_headers(message, mail, err));
    CTES_TRY(read_part(own, g_mime_message_get_mime_part(message), 0, err));
    return ctes_buffer_take(&own->text, &mail->text, err);
}

ctes_status ctes_mail_read(const char *path, const char *folder, ctes_mail_fn each, void *user,
                           ctes_mail *ret, ctes_error *err) {
    CTES_AUTO_CLOSE int fd = -1;
    CTES_TRY(open_mail(path, &fd, err));
    reading own = {
        .folder = folder, .each = each, .user = user, .text = CTES_BUFFER_INIT(CTES_MAIL_TEXT_MAX)
    };
    ctes_mail mail = CTES_MAIL_INIT;
    ctes_status status = read_open(fd, &own, &mail, err);
    ctes_buffer_clear(&own.text);
    if (status == CTES_OK) {
        ctes_mail_clear(ret);
        *ret = mail;
        mail = (ctes_mail)CTES_MAIL_INIT;
    }
    ctes_mail_clear(&mail);
    return status;
}
