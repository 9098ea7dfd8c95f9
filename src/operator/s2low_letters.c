#include "operator/s2low_letters.h"

#include <string.h>

#include "base/fail.h"
#include "operator/s2low_json.h"

/* Far more letters than an authority lets lie, and lines than an act has; more are not ours. */
enum { LETTERS_MAX = 10000, LINES_MAX = 10000 };

static const char LISTING[] = "list_document_prefecture";

/* --- all that are unread ---------------------------------------------------------------------- */

/* Whatever its type and state say: a letter of a kind that is not known is fetched all the same,
 * and looked at by a person. */
static bool read_letter(const json_t *json, ctes_s2low_letter *ret) {
    *ret = (ctes_s2low_letter){ .id = 0 };
    if (!ctes_s2low_json_number(json_object_get(json, "id"), &ret->id) || ret->id < 1)
        return false;
    if (!ctes_s2low_json_number(json_object_get(json, "related_transaction_id"), &ret->acte))
        ret->acte = 0;
    return true;
}

ctes_status ctes_s2low_letters_read(const char *body, size_t length, ctes_s2low_letter **ret,
                                    size_t *ret_count, size_t *ret_unreadable, ctes_error *err) {
    CTES_AUTO_JSON json_t *root = NULL;
    CTES_TRY(ctes_s2low_json_load(body, length, LISTING, &root, err));
    size_t rows = json_array_size(root);
    if (!json_is_array(root) || rows > LETTERS_MAX)
        return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "%s: no list of letters", LISTING);
    ctes_s2low_letter *letters = calloc(rows > 0 ? rows : 1, sizeof *letters);
    if (letters == NULL)
        return ctes_fail_memory(err);
    size_t count = 0;
    for (size_t i = 0; i < rows; i++)
        count += read_letter(json_array_get(root, i), &letters[count]);
    *ret = letters;
    *ret_count = count;
    *ret_unreadable = rows - count;
    return CTES_OK;
}

/* --- those about an act ----------------------------------------------------------------------- */

typedef struct line {
    int64_t type, state, id;
} line;

/* Takes digits; fails on none, and on a number past `max`. */
static bool take_number(const char **at, const char *end, int64_t max, int64_t *ret) {
    const char *start = *at;
    int64_t number = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
        number = number * 10 + (**at - '0');
        if (number > max)
            return false;
    }
    *ret = number;
    return *at > start;
}

static bool take_sign(const char **at, const char *end) {
    if (*at >= end || **at != '-')
        return false;
    ++*at;
    return true;
}

static bool take_line(const char **at, const char *end, line *ret) {
    enum { STATE_MAX = 9999 };
    if (!take_number(at, end, 9, &ret->type) || !take_sign(at, end))
        return false;
    bool negative = take_sign(at, end);
    if (!take_number(at, end, STATE_MAX, &ret->state) || !take_sign(at, end) ||
        !take_number(at, end, INT64_MAX / 16, &ret->id) || ret->id < 1)
        return false;
    if (negative)
        ret->state = -ret->state;
    if (*at < end && **at == '\r')
        ++*at;
    return *at < end && *(*at)++ == '\n'; /* a last line that is cut may name another letter */
}

bool ctes_s2low_letters_about(const char *body, size_t length, ctes_letter_fn each, void *user) {
    const char *end = body + length;
    line one;
    size_t lines = 0;
    for (const char *at = body; at < end; lines++)
        if (lines >= LINES_MAX || !take_line(&at, end, &one))
            return false;
    for (const char *at = body; at < end && take_line(&at, end, &one);)
        each(user, one.id, (unsigned)one.type, (int)one.state);
    return true;
}

/* --- where an enveloppe lies ------------------------------------------------------------------ */

/* The rest of `text` behind `start`, or NULL when it does not begin so. */
static const char *behind(const char *text, const char *start) {
    size_t length = strlen(start);
    return strncmp(text, start, length) == 0 ? text + length : NULL;
}

bool ctes_s2low_envelope_at(const char *base, const char *location, int64_t *ret) {
    static const char FOLDER[] = "/modules/actes/", FILE_OF[] = "actes_download_file.php?env=";
    const char *host = strstr(base, "://");
    const char *prefix = host != NULL ? strchr(host + strlen("://"), '/') : NULL;
    const char *at = location;
    if (behind(location, "https:") != NULL)
        at = behind(location, base);
    else if (location[0] == '/')
        at = prefix != NULL ? behind(location, prefix) : location;
    if (at != NULL && at[0] == '/')
        at = behind(at, FOLDER);
    else if (at != location)
        at = NULL; /* "https://host.elsewhere/…" */
    at = at != NULL ? behind(at, FILE_OF) : NULL;
    if (at == NULL)
        return false;
    const char *end = at + strlen(at);
    int64_t envelope = 0;
    if (!take_number(&at, end, INT64_MAX / 16, &envelope) || at != end || envelope < 1)
        return false;
    *ret = envelope;
    return true;
}
