/* Names of folders as IMAP writes them. */
#include <iconv.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "net/mailbox_reply.h"

enum { NAME_MAX_BYTES = 255, ENCODED_MAX = 4 * NAME_MAX_BYTES, QUOTED_MAX = 2 * ENCODED_MAX };

static bool has_control(const char *name) {
    for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at++) {
        if (*at < 0x20 || *at == 0x7f)
            return true;
    }
    return false;
}

/* modified UTF-7, which glibc knows as a charset */
static ctes_status encode(const char *name, char *out, size_t size, ctes_error *err) {
    iconv_t converter = iconv_open("UTF-7-IMAP", "UTF-8");
    if ((intptr_t)converter == -1)
        return ctes_fail(err, CTES_E_INTERNAL, NULL, "iconv knows no UTF-7-IMAP");
    CTES_AUTO_FREE char *text = strdup(name);
    char *in = text;
    size_t left = strlen(name);
    size_t room = size - 1;
    bool done = text != NULL && iconv(converter, &in, &left, &out, &room) != (size_t)-1 &&
                iconv(converter, NULL, NULL, &out, &room) != (size_t)-1;
    (void)iconv_close(converter);
    if (text == NULL)
        return ctes_fail_memory(err);
    if (!done)
        return ctes_fail(err, CTES_E_CONFIG_INVALID, name, "not the name of a mail folder");
    *out = '\0';
    return CTES_OK;
}

ctes_status ctes_imap_quote(const char *name, char **ret, ctes_error *err) {
    size_t length = strlen(name);
    if (length == 0 || length > NAME_MAX_BYTES || !ctes_text_is_utf8(name, length) ||
        has_control(name))
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "not the name of a mail folder");
    char encoded[ENCODED_MAX] = "";
    CTES_TRY(encode(name, encoded, sizeof encoded, err));
    CTES_AUTO_BUFFER ctes_buffer quoted = CTES_BUFFER_INIT(QUOTED_MAX);
    CTES_TRY(ctes_buffer_puts(&quoted, "\"", err));
    for (const char *at = encoded; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            CTES_TRY(ctes_buffer_puts(&quoted, "\\", err));
        CTES_TRY(ctes_buffer_append(&quoted, at, 1, err));
    }
    CTES_TRY(ctes_buffer_puts(&quoted, "\"", err));
    return ctes_buffer_take(&quoted, ret, err);
}

char ctes_imap_separator(const char *line) {
    const char *words = ctes_imap_untagged(line, "LIST");
    const char *flags = words != NULL ? strchr(words, ')') : NULL;
    if (flags == NULL || flags[1] != ' ' || flags[2] != '"')
        return '\0';
    const char *at = flags + 3;
    at += *at == '\\';
    return *at != '\0' && at[1] == '"' ? *at : '\0';
}
