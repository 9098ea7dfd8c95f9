/* How people write where the stamp goes. */
#include <ctype.h>
#include <string.h>

#include <ctes/document.h>

#include "base/fail.h"
#include "base/text.h"

static const struct {
    const char *french, *english;
    ctes_tampon_place place;
} places[] = {
    { "haut-droite", "top-right", { true, 100, 0 } },
    { "haut", "top", { true, 50, 0 } },
    { "haut-gauche", "top-left", { true, 0, 0 } },
    { "bas-droite", "bottom-right", { true, 100, 100 } },
    { "bas", "bottom", { true, 50, 100 } },
    { "bas-gauche", "bottom-left", { true, 0, 100 } },
};

/* "70%": one to three digits and the sign; the text behind it, or NULL. */
static const char *percent(const char *text, uint8_t *ret) {
    unsigned value = 0;
    const char *at = text;
    for (; isdigit((unsigned char)*at) && at - text < 3; at++)
        value = value * 10 + (unsigned)(*at - '0');
    if (at == text || *at != '%' || value > 100)
        return NULL;
    *ret = (uint8_t)value;
    return at + 1;
}

ctes_status ctes_tampon_place_parse(const char *text, ctes_tampon_place *ret, ctes_error *err) {
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (ctes_text_same(text, places[i].french) || ctes_text_same(text, places[i].english)) {
            *ret = places[i].place;
            return CTES_OK;
        }
    }
    ctes_tampon_place place = { .given = true };
    const char *at = percent(text, &place.x);
    at = at != NULL && *at == ' ' ? percent(at + 1, &place.y) : NULL;
    if (at == NULL || *at != '\0')
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "%s", text);
    *ret = place;
    return CTES_OK;
}

ctes_status ctes_tampon_pages_parse(const char *text, ctes_tampon_pages *ret, ctes_error *err) {
    if (ctes_text_same(text, "first") || ctes_text_same(text, "première"))
        *ret = CTES_TAMPON_FIRST;
    else if (ctes_text_same(text, "all") || ctes_text_same(text, "toutes"))
        *ret = CTES_TAMPON_ALL;
    else
        return ctes_fail(err, CTES_E_CONFIG_INVALID, NULL, "%s", text);
    return CTES_OK;
}

const char *ctes_stamp_reason_name(ctes_stamp_reason reason) {
    static const char *const names[] = { "on-pages", "signed",    "encrypted", "damaged",
                                         "not-pdf",  "too-large", "no-room" };
    return (size_t)reason < sizeof names / sizeof names[0] ? names[reason] : names[0];
}
