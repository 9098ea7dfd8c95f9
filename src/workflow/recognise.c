/* Is this the operator, and is that the act? What keeps one act from being taken for another. */
#include <string.h>
#include <strings.h>

#include "base/fail.h"
#include "base/text.h"
#include "norm/regles.h"
#include "workflow/depot.h"
#include "workflow/register.h"

/* --- which operator --------------------------------------------------------------------------- */

/* "https://host:8443/x/" → host and its length, "/x" and its length. */
typedef struct place {
    const char *host, *prefix;
    size_t host_length, prefix_length;
} place;

static place place_of(const char *url) {
    const char *scheme = strstr(url, "://");
    place at = { .host = scheme != NULL ? scheme + 3 : url };
    size_t authority = strcspn(at.host, "/");
    at.prefix = at.host + authority;
    at.prefix_length = strlen(at.prefix);
    while (at.prefix_length > 0 && at.prefix[at.prefix_length - 1] == '/')
        at.prefix_length--;
    at.host_length = authority;
    const char *bracket = memchr(at.host, ']', authority); /* [::1]:8443 */
    size_t from = bracket != NULL ? (size_t)(bracket - at.host) : 0;
    const char *colon = memchr(at.host + from, ':', authority - from);
    if (colon != NULL)
        at.host_length = (size_t)(colon - at.host);
    return at;
}

static bool same_place(const char *a, const char *b) {
    const place one = place_of(a), other = place_of(b);
    return one.host_length == other.host_length && one.prefix_length == other.prefix_length &&
           strncasecmp(one.host, other.host, one.host_length) == 0 &&
           memcmp(one.prefix, other.prefix, one.prefix_length) == 0;
}

bool ctes_depot_here(const ctes_session *session, const char *url) {
    const char *const ours[] = { session->settings.operator_url, session->settings.former_url };
    bool here = url == NULL;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        here = here || (ours[i] != NULL && same_place(url, ours[i]));
    return here;
}

ctes_status ctes_depot_same_operator(ctes_session *session, const ctes_record *record,
                                     ctes_error *err) {
    CTES_CLEANUP(ctes_envoi_row_clear) ctes_envoi_row envoi = { 0 };
    if (record->sent_ms == 0)
        return CTES_OK;
    CTES_TRY(ctes_register_last_envoi(session, record->id, &envoi, err));
    if (ctes_depot_here(session, envoi.operator_url))
        return CTES_OK;
    return ctes_fail(err, CTES_E_OPERATOR_OTHER, record->numero, "%s", envoi.operator_url);
}

/* --- which act -------------------------------------------------------------------------------- */

/* Subjects alike but for case, accents and spaces; a '?' that the operator put in place of a
 * character stands for any. */
static bool alike(const char *listed, const char *ours) {
    char *a CTES_AUTO_FREE = NULL;
    char *b CTES_AUTO_FREE = NULL;
    if (ctes_text_fold(listed, &a, NULL) != CTES_OK || ctes_text_fold(ours, &b, NULL) != CTES_OK)
        return false;
    const char *at = b;
    for (const char *sign = a; *sign != '\0'; sign++) {
        if (*at == '\0' || (*sign != '?' && *sign != *at))
            return false;
        at++;
        while (*sign == '?' &&
               ((unsigned char)*at & 0xc0u) == 0x80u) /* the rest of one character */
            at++;
    }
    return *at == '\0';
}

ctes_status ctes_depot_recognise(ctes_operator *op, const ctes_record *record, bool unseen,
                                 ctes_operator_listing *ret, ctes_error *err) {
    ctes_operator_listing listing = { .transaction = 0 };
    CTES_TRY(op->lookup(op, record->numero_interne, record->date, &listing, err));
    bool same = listing.objet == NULL ? unseen
                                      : ctes_date_compare(listing.date, record->date) == 0 &&
                                            alike(listing.objet, record->objet_transmis);
    if (!same) {
        char date[11];
        ctes_date_format(listing.date, date);
        (void)ctes_fail(err, CTES_E_OPERATOR_HOLDS, record->numero, "%lld, %s, %s",
                        (long long)listing.transaction, date,
                        listing.objet != NULL ? listing.objet : "?");
        ctes_operator_listing_clear(&listing);
        return CTES_E_OPERATOR_HOLDS;
    }
    *ret = listing;
    return CTES_OK;
}
