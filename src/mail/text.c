/* What a mail says in words. */
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "mail/internal.h"

/* encoded bytes of one text that are looked at: what is behind does not fit any more */
enum { ENCODED_MAX = 4 * CTES_MAIL_TEXT_MAX };

/* the longest beginning of whole characters of at most `max` bytes */
static size_t whole_characters(const char *utf8, size_t max) {
    size_t length = strlen(utf8);
    if (length <= max)
        return length;
    for (length = max; length > 0 && ((unsigned char)utf8[length] & 0xc0) == 0x80; length--) {
    }
    return length;
}

ctes_status ctes_mail_line(const char *said, size_t max, char **ret, ctes_error *err) {
    if (said == NULL) {
        *ret = NULL;
        return CTES_OK;
    }
    CTES_AUTO_FREE char *text = NULL;
    CTES_TRY(ctes_text_display(said, strlen(said), &text, err));
    for (char *newline = text; (newline = strchr(newline, '\n')) != NULL;)
        *newline = ' ';
    (void)ctes_text_trim(text);
    text[whole_characters(text, max)] = '\0';
    (void)ctes_text_trim(text);
    *ret = CTES_TAKE(text);
    return CTES_OK;
}

/* Decodes the beginning of the part, as UTF-8 where its charset is known. */
static GByteArray *decode(GMimePart *part, GMimeStream *memory) {
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *whole = content != NULL ? g_mime_data_wrapper_get_stream(content) : NULL;
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    if (whole == NULL)
        return bytes;
    gint64 end = whole->bound_end;
    if (end < 0 || end - whole->bound_start > ENCODED_MAX)
        end = whole->bound_start + ENCODED_MAX;
    CTES_AUTO_GOBJECT GMimeStream *some = g_mime_stream_substream(whole, whole->bound_start, end);
    CTES_AUTO_GOBJECT GMimeDataWrapper *wrapper =
        g_mime_data_wrapper_new_with_stream(some, g_mime_part_get_content_encoding(part));
    CTES_AUTO_GOBJECT GMimeStream *filtered = g_mime_stream_filter_new(memory);
    const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    CTES_AUTO_GOBJECT GMimeFilter *to_utf8 =
        charset != NULL ? g_mime_filter_charset_new(charset, "utf-8") : NULL;
    if (to_utf8 != NULL)
        (void)g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered), to_utf8);
    /* as much as can be read: it is for a person's eyes */
    (void)g_mime_data_wrapper_write_to_stream(wrapper, filtered);
    (void)g_mime_stream_flush(filtered);
    return bytes;
}

static ctes_status add_plain(const char *text, ctes_buffer *out, ctes_error *err) {
    return ctes_buffer_append(out, text, whole_characters(text, out->max - out->length), err);
}

ctes_status ctes_mail_add_text(GMimePart *part, bool html, ctes_buffer *text, ctes_error *err) {
    if (text->length + 1 >= text->max)
        return CTES_OK;
    CTES_AUTO_GOBJECT GMimeStream *memory = g_mime_stream_mem_new();
    GByteArray *bytes = decode(part, memory);
    if (bytes->len == 0)
        return CTES_OK;
    CTES_AUTO_FREE char *utf8 = NULL;
    CTES_TRY(ctes_text_display((const char *)bytes->data, bytes->len, &utf8, err));
    if (text->length > 0)
        CTES_TRY(ctes_buffer_puts(text, "\n", err));
    return html ? ctes_mail_words(utf8, text, err) : add_plain(utf8, text, err);
}
