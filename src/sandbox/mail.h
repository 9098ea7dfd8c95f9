/*
 * Mails of the ministry (sheet actes-norm § 9.4): an envelope, messages and documents as
 * attachments, delivered into a Maildir as a mail server would.
 */
#ifndef CTES_SANDBOX_MAIL_H
#define CTES_SANDBOX_MAIL_H

#include "sandbox/box.h"

/* X(identifier, name): what mails look like besides the plain way; several at once. */
#define MAIL_FORM_LIST(X)                                                                          \
    X(MAIL_ENVELOPE_LAST, "envelope-last") /* behind the messages */                               \
    X(MAIL_ALTERNATIVE, "alternative")     /* attachments wrapped in multipart/alternative */      \
    X(MAIL_PATHS, "paths")                 /* NomFichier of an acknowledgement: "/tmp/…" */      \
    X(MAIL_TWICE, "twice")                 /* every mail comes twice */

typedef enum mail_form {
#define MAIL_FORM_VALUE(id, name) id,
    MAIL_FORM_LIST(MAIL_FORM_VALUE)
#undef MAIL_FORM_VALUE
        MAIL_FORM_COUNT
} mail_form;

/** Reads "envelope-last,twice"; "" is the plain way. Returns false for a name not known. */
bool mail_forms_read(const char *names, unsigned *ret);
bool mail_has(const sb_box *box, mail_form form);

#define MAIL_PIECES_MAX 16

/** An attachment; borrowed. */
typedef struct mail_piece {
    const char *name;
    const void *bytes;
    size_t length;
} mail_piece;

/** A mail to write. */
typedef struct sb_mail {
    int64_t transac; /**< what it is about */
    const char *to;  /**< addresses with commas between */
    const char *subject;
    const char *html; /**< a mail without attachments says only this; else NULL */
    mail_piece pieces[MAIL_PIECES_MAX];
    size_t count;
} sb_mail;

/** The mail as RFC 5322 bytes, lines ended as a Maildir has them. */
ctes_status mail_write(const sb_mail *mail, int64_t number, int64_t at_ms, bool alternative,
                       ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

/** Makes tmp/, new/ and cur/ of the Maildir. */
ctes_status mail_prepare(const sb_box *box, ctes_error *err) CTES_MUST_CHECK;
/** Writes the mail and delivers it, once or as often as the forms say. */
ctes_status mail_deliver(sb_box *box, const sb_mail *mail, ctes_error *err) CTES_MUST_CHECK;

/** Where the answers to an archive go: the AdressesRetour of its envelope, commas between. */
ctes_status mail_addresses(sb_box *box, const char *path, char *out, size_t size,
                           ctes_error *err) CTES_MUST_CHECK;

/** Did it come by the direct channel? */
ctes_status mail_direct(sb_box *box, const sb_transac *transac, bool *ret,
                        ctes_error *err) CTES_MUST_CHECK;

/** Sends the message that answers a transaction, in an envelope; an anomaly of the envelope goes
 *  alone. Nothing for what did not come by the direct channel. */
ctes_status mail_answer(sb_box *box, const sb_transac *transac, const char *name,
                        const ctes_buffer *message, ctes_error *err) CTES_MUST_CHECK;
/** The reminder to send the paper too: no attachment, words only. */
ctes_status mail_remind(sb_box *box, const sb_transac *transac, const char *id_acte,
                        ctes_error *err) CTES_MUST_CHECK;

#endif
