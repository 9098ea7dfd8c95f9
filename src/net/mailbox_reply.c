#include "net/mailbox_reply.h"

#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/fail.h"
#include "base/text.h"

/* Decimal digits at `text`, at most `max`; the rest behind them, or NULL for none or too many. */
static const char *read_number(const char *text, uint64_t max, uint64_t *ret) {
    uint64_t number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (number > (max - digit) / 10)
            return NULL;
        number = number * 10 + digit;
    }
    if (at == text)
        return NULL;
    *ret = number;
    return at;
}

bool ctes_imap_literal(const char *line, uint64_t *ret) {
    size_t length = strlen(line);
    if (length < 3 || line[length - 1] != '}')
        return false;
    const char *open = strrchr(line, '{');
    uint64_t size = 0;
    const char *rest = open != NULL ? read_number(open + 1, INT64_MAX, &size) : NULL;
    if (rest == NULL || rest != line + length - 1)
        return false;
    *ret = size;
    return true;
}

const char *ctes_imap_untagged(const char *line, const char *name) {
    size_t length = strlen(name);
    if (strncmp(line, "* ", 2) != 0 || strncasecmp(line + 2, name, length) != 0)
        return NULL;
    const char *behind = line + 2 + length;
    if (*behind == '\0')
        return behind;
    return *behind == ' ' ? behind + 1 : NULL;
}

bool ctes_imap_has_word(const char *words, const char *word) {
    size_t length = strlen(word);
    for (const char *at = words; *at != '\0';) {
        size_t here = strcspn(at, " ");
        if (here == length && strncasecmp(at, word, length) == 0)
            return true;
        at += here;
        at += strspn(at, " ");
    }
    return false;
}

/* "[CODE arguments] text": `code` is cut to its room, the text behind is returned */
static const char *read_code(const char *text, char *code, size_t size) {
    code[0] = '\0';
    const char *end = *text == '[' ? strchr(text, ']') : NULL;
    if (end == NULL)
        return text;
    size_t length = strcspn(text + 1, " ]");
    if (length < size) {
        memcpy(code, text + 1, length);
        code[length] = '\0';
    }
    return end[1] == ' ' ? end + 2 : end + 1;
}

bool ctes_imap_answer_read(const char *line, const char *tag, ctes_imap_answer *ret) {
    static const char *const NAMES[] = { "OK ", "NO ", "BAD " };
    size_t length = strlen(tag);
    if (strncmp(line, tag, length) != 0 || line[length] != ' ')
        return false;
    const char *at = line + length + 1;
    ret->outcome = CTES_IMAP_BAD;
    for (unsigned i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        size_t name = strlen(NAMES[i]);
        if (strncasecmp(at, NAMES[i], name) == 0) {
            ret->outcome = (ctes_imap_outcome)i;
            at += name;
            break;
        }
        if (strlen(at) == name - 1 && strncasecmp(at, NAMES[i], name - 1) == 0) { /* no text */
            ret->outcome = (ctes_imap_outcome)i;
            at += name - 1;
            break;
        }
    }
    ret->text = read_code(at, ret->code, sizeof ret->code);
    return true;
}

bool ctes_imap_number_code(const char *line, const char *name, uint32_t *ret) {
    const char *at = ctes_imap_untagged(line, "OK");
    size_t length = strlen(name);
    if (at == NULL || *at != '[' || strncasecmp(at + 1, name, length) != 0 || at[length + 1] != ' ')
        return false;
    uint64_t number = 0;
    const char *rest = read_number(at + length + 2, UINT32_MAX, &number);
    if (rest == NULL || *rest != ']')
        return false;
    *ret = (uint32_t)number;
    return true;
}

void ctes_imap_uids_clear(ctes_imap_uids *uids) {
    free(uids->items);
    *uids = (ctes_imap_uids){ .items = NULL };
}

ctes_status ctes_imap_search_read(const char *line, ctes_imap_uids *uids, ctes_error *err) {
    const char *at = ctes_imap_untagged(line, "SEARCH");
    if (at == NULL)
        return CTES_OK;
    while (*(at += strspn(at, " ")) != '\0') {
        uint64_t number = 0;
        at = read_number(at, UINT32_MAX, &number);
        if (at == NULL || (*at != ' ' && *at != '\0') || number == 0)
            return ctes_fail(err, CTES_E_OPERATOR_REPLY, NULL, "SEARCH without numbers");
        uint32_t *items =
            ctes_array_room(uids->items, uids->count, &uids->room, sizeof uids->items[0]);
        if (items == NULL)
            return ctes_fail_memory(err);
        uids->items = items;
        uids->items[uids->count++] = (uint32_t)number;
    }
    return CTES_OK;
}

static int by_number(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

void ctes_imap_uids_sort(ctes_imap_uids *uids) {
    if (uids->count == 0)
        return;
    qsort(uids->items, uids->count, sizeof uids->items[0], by_number);
    size_t kept = 1;
    for (size_t i = 1; i < uids->count; i++) {
        if (uids->items[i] != uids->items[kept - 1])
            uids->items[kept++] = uids->items[i];
    }
    uids->count = kept;
}

/* --- FETCH ------------------------------------------------------------------------------------ */

/* Behind the value at `at`: a string in quotes, a list in parentheses, or what has no space; NULL
 * when it has no end. */
static const char *skip_value(const char *at) {
    unsigned depth = 0;
    do {
        if (*at == '"') {
            for (at++; *at != '"'; at++) {
                if (*at == '\\' && at[1] != '\0')
                    at++;
                if (*at == '\0')
                    return NULL;
            }
            at++;
        } else if (*at == '(') {
            depth++;
            at++;
        } else if (*at == ')' && depth > 0) {
            depth--;
            at++;
        } else if (*at == ' ' && depth > 0) {
            at++;
        } else {
            size_t plain = strcspn(at, " ()\"");
            if (plain == 0)
                return NULL;
            at += plain;
        }
    } while (depth > 0);
    return at;
}

static bool is_item(const char *name, size_t length, const char *expected) {
    return length == strlen(expected) && strncasecmp(name, expected, length) == 0;
}

/* The mail, or its beginning */
static bool is_body(const char *name, size_t length) {
    return is_item(name, length, "BODY[]") || is_item(name, length, "BODY[]<0>");
}

bool ctes_imap_fetch_read(const char *line, ctes_imap_fetch *ret) {
    uint64_t number = 0;
    const char *at =
        strncmp(line, "* ", 2) == 0 ? read_number(line + 2, UINT32_MAX, &number) : NULL;
    if (at == NULL || strncasecmp(at, " FETCH (", 8) != 0)
        return false;
    ctes_imap_fetch found = { .uid = 0 };
    at += 7;
    do { /* at the opening parenthesis, later at a space between items */
        const char *name = at + 1;
        size_t length = strcspn(name, " ()\"");
        const char *value = name + length + 1;
        if (length == 0 || name[length] != ' ')
            return false;
        at = skip_value(value);
        if (at == NULL)
            return false;
        if (is_item(name, length, "UID")) {
            if (read_number(value, UINT32_MAX, &number) != at)
                return false;
            found.uid = (uint32_t)number;
        } else if (is_item(name, length, "RFC822.SIZE")) {
            if (read_number(value, INT64_MAX, &found.size) != at)
                return false;
            found.sized = true;
        } else if (is_body(name, length) && *value == '"') {
            found.quoted = value;
        }
    } while (*at == ' ');
    if (strcmp(at, ")") != 0)
        return false;
    *ret = found;
    return true;
}

bool ctes_imap_literal_is_body(const char *line) {
    const char *end = strrchr(line, '{');
    if (end == NULL || end == line || *--end != ' ')
        return false;
    const char *name = end;
    while (name > line && name[-1] != ' ' && name[-1] != '(')
        name--;
    return name > line && is_body(name, (size_t)(end - name));
}
