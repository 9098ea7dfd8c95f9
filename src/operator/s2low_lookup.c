/*
 * What the listings tell (sheet § 3.6, § 6): the identifier of an act whose reply was lost, which
 * nothing else tells, and the acts that are on their way.
 */
#include "operator/s2low_listing.h"

#include <string.h>

#include "base/fail.h"
#include "base/text.h"

/* Every state an act can be in, along its way: an act that moves on while we look is met in the
 * next listing, not missed. Those of letters (7 to 11, 21) are left out. The first WAYSIDE are the
 * states from which an act goes on to its acknowledgement. */
enum { WAYSIDE = 5 };
static const int STATES[] = { 17, 18, 1, 2, 3, 4, -1, 0, 5, 6, 19, 12, 15, 13, 14, 20, 22, 16 };

/* --- one act -------------------------------------------------------------------------------- */

typedef struct sought {
    const char *numero;
    ctes_operator_listing listing; /* owned */
    bool found;
    bool no_memory;
} sought;

static void clear_sought(sought *s) {
    ctes_operator_listing_clear(&s->listing);
}

/* A date that cannot be read stays "not given": it only helps people recognise the act. */
static bool compare(void *user, const ctes_s2low_row *row) {
    sought *s = user;
    if (strcmp(row->numero, s->numero) != 0)
        return true;
    s->found = true;
    s->listing.transaction = row->id;
    if (row->date != NULL)
        (void)ctes_date_parse(row->date, &s->listing.date, NULL);
    s->no_memory = ctes_text_dup(row->objet, &s->listing.objet, NULL) != CTES_OK;
    if (s->listing.objet != NULL)
        ctes_text_clean(s->listing.objet);
    return false;
}

ctes_status ctes_s2low_lookup(ctes_operator *table, const char *numero_interne, ctes_date since,
                              ctes_operator_listing *ret, ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    CTES_CLEANUP(clear_sought) sought s = { .numero = numero_interne };
    ctes_s2low_search search = { .since = since, .each = compare, .user = &s };
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0] && !s.found; i++) {
        bool ended = false;
        CTES_TRY(ctes_s2low_pages(self, &search, STATES[i], &ended, err));
        s.listing.native = STATES[i];
    }
    if (s.no_memory)
        return ctes_fail_memory(err);
    if (!s.found)
        return ctes_fail(err, CTES_E_OPERATOR_NOT_FOUND, NULL, "%s", numero_interne);
    ctes_operator_listing_clear(ret);
    *ret = s.listing;
    s.listing = (ctes_operator_listing){ .transaction = 0 };
    return CTES_OK;
}

/* --- all that wait -------------------------------------------------------------------------- */

typedef struct teller {
    ctes_listed_fn each;
    void *user;
    int native;
} teller;

static bool tell(void *user, const ctes_s2low_row *row) {
    const teller *t = user;
    t->each(t->user, row->id, ctes_s2low_state(t->native), t->native);
    return true;
}

ctes_status ctes_s2low_waiting(ctes_operator *table, ctes_listed_fn each, void *user,
                               ctes_error *err) {
    ctes_s2low *self = (ctes_s2low *)table;
    teller t = { .each = each, .user = user };
    ctes_s2low_search search = { .each = tell, .user = &t };
    for (size_t i = 0; i < WAYSIDE; i++) {
        bool ended = false;
        t.native = STATES[i];
        CTES_TRY(ctes_s2low_pages(self, &search, STATES[i], &ended, err));
    }
    return CTES_OK;
}
