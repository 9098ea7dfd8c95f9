/*
 * Letters of the préfecture, made on demand: the message, its documents, its envelope, and how they
 * come in. Names are those that the ministry gives (sheet actes-norm § 3.2): the act's identifier,
 * and numbers that tell nothing.
 */
#ifndef CTES_SANDBOX_LETTER_H
#define CTES_SANDBOX_LETTER_H

#include "norm/message.h"
#include "sandbox/box.h"
#include "sandbox/store_courrier.h"

/* X(identifier, name): what may be odd about a letter; several at once. */
#define LETTER_FORM_LIST(X)                                                                        \
    X(LETTER_ENVELOPE_LAST, "envelope-last") /* the envelope is the last file of the archive */    \
    X(LETTER_INVALID, "invalid")             /* the message is not valid, though it can be read */ \
    X(LETTER_MISSING, "missing")             /* the document that it cites is not there */         \
    X(LETTER_PATHS, "paths")                 /* NomFichier begins with /tmp/… */                 \
    X(LETTER_UNKNOWN, "unknown")             /* about an act that nobody sent */                   \
    X(LETTER_DUPLICATE, "duplicate")         /* it comes in twice */

typedef enum letter_form {
#define LETTER_FORM_VALUE(id, name) id,
    LETTER_FORM_LIST(LETTER_FORM_VALUE)
#undef LETTER_FORM_VALUE
        LETTER_FORM_COUNT
} letter_form;

#define LETTER_DOCUMENTS_MAX 9

/** A letter to make. */
typedef struct sb_letter {
    int type;       /**< 2 to 5 */
    sb_transac act; /**< that it is about */
    ctes_date date; /**< of the letter; today when not given */
    const char *texte;
    int64_t
        documents;  /**< what a 5-1 cites; of another one, all but the first lie uncited beside */
    int64_t number; /**< of the message's file; its documents have others */
    unsigned forms; /**< bits 1 << letter_form */
    const char *form_names;
} sb_letter;

/** Reads "envelope-last,duplicate". Returns false for a name that is not known. */
bool letter_forms_read(const char *names, unsigned *ret);
static inline bool letter_has(const sb_letter *letter, letter_form form) {
    return (letter->forms & 1u << form) != 0;
}

/** A file of a letter. */
typedef struct letter_file {
    char name[128];
    ctes_buffer bytes;
} letter_file;

/** Everything that travels. `files[0]` is the message, then its documents. */
typedef struct letter_parcel {
    letter_file envelope;
    letter_file files[1 + LETTER_DOCUMENTS_MAX];
    size_t count;
    char id_acte[64];
} letter_parcel;

void letter_parcel_clear(letter_parcel *parcel);

/** Makes message, documents and envelope. `envelope_number` is the ministry's daily number. */
ctes_status letter_make(const sb_box *box, const sb_letter *letter, unsigned envelope_number,
                        letter_parcel *ret, ctes_error *err) CTES_MUST_CHECK;

/** A page that says `text`, as PDF. */
ctes_status letter_pdf(const char *text, ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

/** Envelope of what the ministry sends to an authority that names these messages. */
ctes_status letter_envelope(const sb_authority *to, const char *const *messages, size_t count,
                            ctes_buffer *out, ctes_error *err) CTES_MUST_CHECK;

/** The ministry's next number of the day. Changes the ledger. */
ctes_status letter_envelope_number(sb_box *box, unsigned *ret, ctes_error *err) CTES_MUST_CHECK;
/** Its name: "TACT--SPREF0863-218601946-20240108-10021.xml". */
void letter_envelope_name(const sb_box *box, const sb_authority *to, unsigned number, char *out,
                          size_t size);

/** Makes a letter and lets it come in, once or twice: at the operator's, or by mail for an act that
 *  came by the direct channel. `ret` takes the transaction(s), as many as
 *  `*ret_count`. With the store's lock held. */
ctes_status letter_send(sb_box *box, const sb_letter *letter, int64_t ret[static 2],
                        size_t *ret_count, ctes_error *err) CTES_MUST_CHECK;

#endif
