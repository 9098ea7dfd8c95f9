#include "operator/s2low_reply.h"

#include <string.h>

#include "base/text.h"

static bool starts_with(const char *body, size_t length, const char *prefix) {
    size_t prefix_length = strlen(prefix);
    return length >= prefix_length && memcmp(body, prefix, prefix_length) == 0;
}

static bool only_space(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != ' ')
            return false;
    return true;
}

ctes_s2low_reply ctes_s2low_reply_read(const char *body, size_t length, bool bare) {
    const ctes_s2low_reply foreign = { .verdict = CTES_S2LOW_FOREIGN, .rest = "" };
    if (body == NULL)
        return foreign;
    if (bare && starts_with(body, length, "OK") && only_space(body + 2, length - 2))
        return (ctes_s2low_reply){ .verdict = CTES_S2LOW_OK, .rest = "" };
    if (!bare && starts_with(body, length, "OK\n"))
        return (ctes_s2low_reply){ CTES_S2LOW_OK, body + 3, length - 3 };
    /* no acceptance begins this way, so a KO is believed even when nothing follows it */
    if (starts_with(body, length, "KO") &&
        (length == 2 || body[2] == '\n' || starts_with(body, length, "KO\r\n")))
        return (ctes_s2low_reply){ CTES_S2LOW_KO, body + 2, length - 2 };
    return foreign;
}

bool ctes_s2low_reply_number(ctes_s2low_reply *reply, int64_t *ret) {
    const char *newline = memchr(reply->rest, '\n', reply->rest_length);
    if (newline == NULL)
        return false;
    size_t length = (size_t)(newline - reply->rest);
    size_t taken = length + 1;
    if (length > 0 && reply->rest[length - 1] == '\r')
        length--;
    bool negative = length > 0 && reply->rest[0] == '-';
    size_t at = negative ? 1 : 0;
    if (at == length)
        return false;
    int64_t value = 0;
    for (; at < length; at++) {
        unsigned digit = (unsigned)(unsigned char)reply->rest[at] - '0';
        if (digit > 9 || value > (INT64_MAX - (int64_t)digit) / 10)
            return false;
        value = value * 10 + (int64_t)digit;
    }
    *ret = negative ? -value : value;
    reply->rest += taken;
    reply->rest_length -= taken;
    return true;
}

/* The five entities that PHP's htmlspecialchars makes, undone once: "&amp;lt;" is "&lt;". */
static void unescape(char *text) {
    static const struct {
        const char *entity;
        char character;
    } ENTITIES[] = { { "&#039;", '\'' }, { "&quot;", '"' }, { "&lt;", '<' },
                     { "&gt;", '>' },    { "&amp;", '&' },  { "&#39;", '\'' } };
    char *out = text;
    for (const char *at = text; *at != '\0'; out++) {
        char character = *at;
        size_t step = 1;
        for (size_t i = 0; *at == '&' && i < sizeof ENTITIES / sizeof ENTITIES[0]; i++) {
            size_t length = strlen(ENTITIES[i].entity);
            if (strncmp(at, ENTITIES[i].entity, length) == 0) {
                character = ENTITIES[i].character;
                step = length;
                break;
            }
        }
        *out = character;
        at += step;
    }
    *out = '\0';
}

ctes_status ctes_s2low_text(const char *bytes, size_t length, char **ret, ctes_error *err) {
    char *text CTES_AUTO_FREE = NULL;
    CTES_TRY(ctes_text_display(bytes, length, &text, err));
    unescape(text);
    (void)ctes_text_trim(text);
    *ret = CTES_TAKE(text);
    return CTES_OK;
}

/* Does `pattern` stand in `text`, both folded? A '?' of the text may be any letter: generation 6
 * puts one for each accented letter ("n'a pas pu ?tre ?tablie", sheet § 1.2). */
static bool says(const char *text, const char *pattern) {
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (pattern[i] != '\0' && (text[i] == pattern[i] ||
                                      (text[i] == '?' && pattern[i] >= 'a' && pattern[i] <= 'z')))
            i++;
        if (pattern[i] == '\0')
            return true;
    }
    return false;
}

/* A clear no must be the whole message, a full stop aside: within a longer one the words may be
 * about something else. */
static bool whole(const char *text, const char *pattern) {
    return strlen(text) <= strlen(pattern) + 1;
}

ctes_s2low_words ctes_s2low_words_of(const char *utf8) {
    /* in this order: the narrow ones first. Folded: no accents, lower case, single spaces */
    static const struct {
        ctes_s2low_words words;
        const char *first, *second; /* both must stand there */
    } TABLE[] = {
        { CTES_S2LOW_WORDS_REMOVED, "actes_transac_create", "" },
        /* create, check 11 and step 21; submit (sheet § 2.1, 2.2) */
        { CTES_S2LOW_WORDS_DUPLICATE, "numero", "existe deja" },
        { CTES_S2LOW_WORDS_DUPLICATE, "numero", "en conflit" },
        { CTES_S2LOW_WORDS_DUPLICATE, "numero", "deja utilise" },
        /* checks 1, 10, 13 and 20 */
        { CTES_S2LOW_WORDS_LARGE, "taille", "trop importante" },
        { CTES_S2LOW_WORDS_LARGE, "taille", "trop elevee" },
        { CTES_S2LOW_WORDS_LARGE, "taille", "excede" },
        /* sheet § 1.2; the last is check 5 */
        { CTES_S2LOW_WORDS_ACCESS, "aucun compte", "" },
        { CTES_S2LOW_WORDS_ACCESS, "la connexion n'a pas pu", "" },
        { CTES_S2LOW_WORDS_ACCESS, "connexion impossible", "" },
        { CTES_S2LOW_WORDS_ACCESS, "mot de passe", "" },
        { CTES_S2LOW_WORDS_ACCESS, "authentification", "" },
        { CTES_S2LOW_WORDS_ACCESS, "necessite un certificat", "" },
        { CTES_S2LOW_WORDS_RIGHTS, "acces refuse", "" },
        { CTES_S2LOW_WORDS_RIGHTS, "acces interdit", "" },
        { CTES_S2LOW_WORDS_RIGHTS, "initialisation du module", "" },
        /* sheet § 4 and § 3.5 */
        { CTES_S2LOW_WORDS_PENDING, "annulation", "deja en cours" },
        { CTES_S2LOW_WORDS_TODAY, "classification", "moins d'un jour" },
        { CTES_S2LOW_WORDS_NO_TREE, "recuperation de la derniere classification", "" },
        { CTES_S2LOW_WORDS_NO_SUCH, "numero de transaction invalide", "" },
        { CTES_S2LOW_WORDS_FAULT, "erreur", "" },
        { CTES_S2LOW_WORDS_FAULT, "exception", "" },
        { CTES_S2LOW_WORDS_FAULT, "indisponible", "" },
        { CTES_S2LOW_WORDS_FAULT, "maintenance", "" },
    };
    char *folded CTES_AUTO_FREE = NULL;
    if (ctes_text_fold(utf8, &folded, NULL) != CTES_OK)
        return CTES_S2LOW_WORDS_OTHER;
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        if (says(folded, TABLE[i].first) && says(folded, TABLE[i].second) &&
            (TABLE[i].words != CTES_S2LOW_WORDS_NO_SUCH || whole(folded, TABLE[i].first)))
            return TABLE[i].words;
    return CTES_S2LOW_WORDS_OTHER;
}
