/* A mail from within: what its parts share while they are gone through. */
#ifndef CTES_MAIL_INTERNAL_H
#define CTES_MAIL_INTERNAL_H

#include <gmime/gmime.h>

#include "base/buffer.h"
#include "mail/mail.h"

/** Scope-bound release of what GMime counts the users of. */
static inline void ctes_mail_unrefp(void *object) {
    void **held = object;
    if (*held != NULL)
        g_object_unref(*held);
    *held = NULL;
}
#define CTES_AUTO_GOBJECT CTES_CLEANUP(ctes_mail_unrefp)

/* --- guard.c ---------------------------------------------------------------------------------- */

/** Looks through the open file, from its beginning, for what would cost GMime more than it should:
 *  its parser recurses, and compares lines with all boundaries that are open.
 *  @return CTES_OK, CTES_E_LIMIT, CTES_E_IO. */
ctes_status ctes_mail_guard(int fd, ctes_error *err) CTES_MUST_CHECK;

/* --- piece.c ---------------------------------------------------------------------------------- */

/** The name in the mail without folders and control characters, at most 255 bytes of UTF-8.
 *  @return CTES_OK, CTES_E_MEMORY. */
ctes_status ctes_mail_name(const char *said, char **ret, ctes_error *err) CTES_MUST_CHECK;

/** Decodes a part into the new file `path`.
 *  @return CTES_OK, CTES_E_MAIL_MALFORMED, disk. */
ctes_status ctes_mail_decode(GMimePart *part, const char *path, uint64_t *ret_size,
                             ctes_error *err) CTES_MUST_CHECK;

/* --- text.c ----------------------------------------------------------------------------------- */

/** Copies foreign text as UTF-8 on one line, at most `max` bytes; NULL stays NULL. */
ctes_status ctes_mail_line(const char *said, size_t max, char **ret,
                           ctes_error *err) CTES_MUST_CHECK;

/** Adds the words of a text part, up to what `text` still takes. */
ctes_status ctes_mail_add_text(GMimePart *part, bool html, ctes_buffer *text,
                               ctes_error *err) CTES_MUST_CHECK;

/* --- html.c ----------------------------------------------------------------------------------- */

/** Appends the words of HTML (UTF-8, NUL-terminated), without tags, styles and scripts, as far as
 *  `out` has room. */
ctes_status ctes_mail_words(const char *html, ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

#endif
