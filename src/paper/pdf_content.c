#include "paper/pdf_content.h"

#include <string.h>

typedef struct scan {
    const char *at, *end;
    size_t saved;    /* q without Q */
    size_t nested;   /* [ and << without their ends */
    bool is_in_text; /* BT without ET */
    bool is_wrong;
} scan;

static bool is_space(char c) {
    return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static bool is_delimiter(char c) {
    return c != '\0' && strchr("()<>[]{}/%", c) != NULL;
}

static void skip_comment(scan *s) {
    while (s->at < s->end && *s->at != '\n' && *s->at != '\r')
        s->at++;
    if (s->at == s->end) /* what is put behind would be comment too */
        s->is_wrong = true;
}

static void skip_string(scan *s) {
    size_t depth = 1;
    for (; s->at < s->end && depth > 0; s->at++) {
        if (*s->at == '\\' && s->at + 1 < s->end)
            s->at++;
        else if (*s->at == '(')
            depth++;
        else if (*s->at == ')')
            depth--;
    }
    s->is_wrong |= depth > 0;
}

static void skip_hex(scan *s) {
    const char *close = memchr(s->at, '>', (size_t)(s->end - s->at));
    s->is_wrong |= close == NULL;
    s->at = close != NULL ? close + 1 : s->end;
}

/* The data of an inline image may hold anything: it ends at "EI" between white space. A false end
 * within the data makes wrong tokens, hence at worst a page that is called unbalanced. */
static void skip_image(scan *s) {
    for (; s->end - s->at >= 3; s->at++) {
        if (is_space(s->at[0]) && s->at[1] == 'E' && s->at[2] == 'I' &&
            (s->end - s->at == 3 || is_space(s->at[3]))) {
            s->at += 3;
            return;
        }
    }
    s->at = s->end;
    s->is_wrong = true;
}

static void take_word(scan *s, const char *word, size_t length) {
    if (length == 1 && *word == 'q') {
        s->is_wrong |= s->is_in_text;
        s->saved++;
    } else if (length == 1 && *word == 'Q') {
        s->is_wrong |= s->is_in_text || s->saved == 0;
        s->saved -= s->saved > 0;
    } else if (length == 2 && memcmp(word, "BT", 2) == 0) {
        s->is_wrong |= s->is_in_text;
        s->is_in_text = true;
    } else if (length == 2 && memcmp(word, "ET", 2) == 0) {
        s->is_wrong |= !s->is_in_text;
        s->is_in_text = false;
    } else if (length == 2 && memcmp(word, "ID", 2) == 0) {
        skip_image(s);
    }
}

static void skip_word(scan *s, bool is_name) {
    const char *word = s->at;
    while (s->at < s->end && !is_space(*s->at) && !is_delimiter(*s->at))
        s->at++;
    if (!is_name)
        take_word(s, word, (size_t)(s->at - word));
}

static void close_nested(scan *s) {
    s->is_wrong |= s->nested == 0;
    s->nested -= s->nested > 0;
}

static void take_token(scan *s) {
    bool is_double = s->end - s->at >= 2 && s->at[0] == s->at[1];
    char first = *s->at;
    if (!is_delimiter(first)) {
        skip_word(s, false);
        return;
    }
    s->at += is_double && (first == '<' || first == '>') ? 2 : 1;
    if (first == '/')
        skip_word(s, true);
    else if (first == '%')
        skip_comment(s);
    else if (first == '(')
        skip_string(s);
    else if (first == '<' && !is_double)
        skip_hex(s);
    else if (first == '[' || first == '<')
        s->nested++;
    else if (first == ']' || (first == '>' && is_double))
        close_nested(s);
    else
        s->is_wrong = true;
}

bool ctes_pdf_content_is_balanced(const char *bytes, size_t length) {
    scan s = { .at = bytes, .end = bytes + length };
    while (s.at < s.end && !s.is_wrong) {
        if (is_space(*s.at))
            s.at++;
        else
            take_token(&s);
    }
    return !s.is_wrong && s.saved == 0 && s.nested == 0 && !s.is_in_text;
}
