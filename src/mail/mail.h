/*
 * A mail taken apart: its named attachments, each into a file. Foreign bytes: bounded in size, in
 * number of parts and in nesting. Sole user of GMime, which no header shows.
 */
#ifndef CTES_MAIL_MAIL_H
#define CTES_MAIL_MAIL_H

#include <stddef.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/cleanup.h"

#define CTES_MAIL_DEPTH_MAX 12
#define CTES_MAIL_PARTS_MAX 1000
#define CTES_MAIL_BYTES_MAX (220ull << 20) /**< as it lies in its file; decoded it is smaller */
#define CTES_MAIL_TEXT_MAX  (64u << 10)

/** Once per program, before any thread. */
void ctes_mail_init(void);

/** An attachment, decoded into a file. `nom` is what the mail says, without folders, control
 *  characters or more than 255 bytes: not a path; "" when it has none. Names may repeat. Borrowed
 *  for the time of the call. */
typedef struct ctes_mail_piece {
    const char *nom;
    const char *path; /**< "FOLDER/000", numbered; the caller's */
    uint64_t size;
} ctes_mail_piece;
typedef ctes_status (*ctes_mail_fn)(void *user, const ctes_mail_piece *piece, ctes_error *err);

/** What a mail says besides its attachments. */
typedef struct ctes_mail {
    char *subject, *from, *message_id; /**< UTF-8, or NULL */
    char *text; /**< the first 64 kB of its text parts, tags of HTML dropped; "" for none */
} ctes_mail;
#define CTES_MAIL_INIT                                                                             \
    { .subject = NULL }
void ctes_mail_clear(ctes_mail *mail);

/** Reads the mail in file `path`, writes its attachments into the existing `folder`, and calls
 *  `each` for every one in order; multipart, multipart/alternative and message/rfc822 are gone
 *  through. Whatever has a name or is no text to be read is an attachment. Files that were written
 *  stay there also when the call fails.
 *  @return CTES_OK, CTES_E_MAIL_MALFORMED (also: cut short, an encoding that is not as it says),
 *          CTES_E_LIMIT, what `each` returned, disk, memory. */
ctes_status ctes_mail_read(const char *path, const char *folder, ctes_mail_fn each, void *user,
                           ctes_mail *ret, ctes_error *err) CTES_MUST_CHECK;

#endif
