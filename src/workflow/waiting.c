#include "workflow/waiting.h"

#include <string.h>

#include "base/array.h"
#include "base/fail.h"
#include "workflow/depot.h"
#include "workflow/register.h"

typedef struct reading {
    ctes_session *session;
    const char *siren;
    ctes_waiting *acts;
    size_t count, room;
} reading;

/* `guess` first: acts of an authority often follow each other. */
static int rank_of(const ctes_session *session, const char *siren, int guess) {
    if (siren == NULL)
        return -1;
    if (guess >= 0 && strcmp(session->links[guess].autorite->siren, siren) == 0)
        return guess;
    return ctes_session_rank(session, siren);
}

static ctes_status add(void *user, const ctes_store_waiting *act, ctes_error *err) {
    reading *r = user;
    ctes_waiting *acts = ctes_array_room(r->acts, r->count, &r->room, sizeof *acts);
    if (acts == NULL)
        return ctes_fail_memory(err);
    r->acts = acts;
    int guess = r->count > 0 ? acts[r->count - 1].autorite : -1;
    acts[r->count++] = (ctes_waiting){ .acte = act->acte,
                                       .transaction = act->transaction,
                                       .autorite = rank_of(r->session, act->siren, guess),
                                       .state = act->state,
                                       .here = ctes_depot_here(r->session, act->operator_url) };
    return CTES_OK;
}

static ctes_status read_all(ctes_store *store, void *data, ctes_error *err) {
    reading *r = data;
    r->count = 0; /* a step may have to begin again */
    return ctes_store_to_check(store, r->siren, add, r, err);
}

ctes_status ctes_waiting_read(ctes_session *session, const char *siren, ctes_waiting **ret,
                              size_t *ret_count, ctes_error *err) {
    reading r = { .session = session, .siren = siren };
    ctes_status status = ctes_register_run(session, read_all, &r, err);
    if (status != CTES_OK) {
        free(r.acts);
        return status;
    }
    *ret = r.acts;
    *ret_count = r.count;
    return CTES_OK;
}

ctes_waiting ctes_waiting_of(ctes_session *session, const ctes_record *record) {
    return (ctes_waiting){ .acte = record->id,
                           .transaction = record->transaction,
                           .autorite = rank_of(session, record->siren, -1),
                           .state = record->state,
                           .here = ctes_depot_same_operator(session, record, NULL) == CTES_OK };
}
