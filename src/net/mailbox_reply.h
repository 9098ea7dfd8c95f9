/*
 * What an IMAP server answers, read line by line (RFC 3501 § 7 and 9). Pure: foreign bytes in,
 * values out. A line is given without its end, holds no NUL byte and is followed by one.
 */
#ifndef CTES_NET_MAILBOX_REPLY_H
#define CTES_NET_MAILBOX_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#include <ctes/error.h>

/** True if the line goes on behind so many bytes ("… {123}"). */
bool ctes_imap_literal(const char *line, uint64_t *ret);

/** The words behind "* NAME " (case does not count), or NULL when it is another reply. */
const char *ctes_imap_untagged(const char *line, const char *name);

/** True if the space-separated `words` hold `word`. */
bool ctes_imap_has_word(const char *words, const char *word);

typedef enum ctes_imap_outcome { CTES_IMAP_OK, CTES_IMAP_NO, CTES_IMAP_BAD } ctes_imap_outcome;

/** How a command ended. `text` lies in the line, behind outcome and code. */
typedef struct ctes_imap_answer {
    ctes_imap_outcome outcome;
    char code[32]; /**< "TRYCREATE", "" for none; without its arguments */
    const char *text;
} ctes_imap_answer;

/** Reads "TAG OK [CODE …] text"; false when the line does not begin with that tag. An outcome that
 *  is none of the three counts as BAD. */
bool ctes_imap_answer_read(const char *line, const char *tag, ctes_imap_answer *ret);

/** The number in "* OK [NAME number] …"; false when it is another reply. */
bool ctes_imap_number_code(const char *line, const char *name, uint32_t *ret);

/** Growing list of unique identifiers; init with {0}. */
typedef struct ctes_imap_uids {
    uint32_t *items;
    size_t count, room;
} ctes_imap_uids;
void ctes_imap_uids_clear(ctes_imap_uids *uids);

/** Adds the numbers of "* SEARCH 1 2 3"; other replies add none.
 *  @return CTES_OK, CTES_E_OPERATOR_REPLY, CTES_E_MEMORY. */
ctes_status ctes_imap_search_read(const char *line, ctes_imap_uids *uids,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Sorts and drops what is there twice. */
void ctes_imap_uids_sort(ctes_imap_uids *uids);

/** What a "* 3 FETCH (UID 5 BODY[] …)" says, or "BODY[]<0>", its beginning; literals are left out
 * of the text behind their "{n}".
 */
typedef struct ctes_imap_fetch {
    uint32_t uid;       /**< 0: not said */
    const char *quoted; /**< the mail as a quoted string, with its quotes; or NULL */
    bool sized;         /**< `size` is said: RFC822.SIZE */
    uint64_t size;
} ctes_imap_fetch;

/** False when it is another reply, or none that can be read. */
bool ctes_imap_fetch_read(const char *line, ctes_imap_fetch *ret);

/** True if the literal that ends this part of a FETCH reply is the mail. */
bool ctes_imap_literal_is_body(const char *line);

/** The hierarchy separator in "* LIST (\Noselect) "." """ (RFC 3501 § 7.2.2): NUL when the server
 * has none, or it is another reply. */
char ctes_imap_separator(const char *line);

/** A folder's name as a command takes it: modified UTF-7 (§ 5.1.3) in quotes.
 *  @return CTES_OK, CTES_E_CONFIG_INVALID (not UTF-8, empty, longer than 255 bytes, control
 *          characters), CTES_E_MEMORY. */
ctes_status ctes_imap_quote(const char *name, char **ret, ctes_error *err) CTES_MUST_CHECK;

#endif
