#include "workflow/courrier_register.h"

#include "base/array.h"
#include "base/fail.h"
#include "workflow/register.h"

/* --- writing ---------------------------------------------------------------------------------- */

typedef struct add_call {
    const ctes_store_courrier *courrier;
    int64_t id;
    bool known;
} add_call;

static ctes_status add(ctes_store *store, void *data, ctes_error *err) {
    add_call *c = data;
    return ctes_store_courrier_add(store, c->courrier, &c->id, &c->known, err);
}

ctes_status ctes_courrier_add(ctes_session *session, const ctes_store_courrier *courrier,
                              int64_t *ret, bool *ret_known, ctes_error *err) {
    add_call c = { .courrier = courrier };
    CTES_TRY(ctes_register_run(session, add, &c, err));
    *ret = c.id;
    *ret_known = c.known;
    return CTES_OK;
}

typedef struct change_call {
    int64_t acte;
    ctes_state acte_from;
    const ctes_store_change *acte_change;
    int64_t id;
    ctes_courrier_state from;
    const ctes_store_courrier_change *change;
    int64_t other;
    ctes_courrier_state other_from;
    ctes_store_courrier_change other_change;
    bool wanted;
    ctes_courrier courrier;
} change_call;

static ctes_status change(ctes_store *store, void *data, ctes_error *err) {
    change_call *c = data;
    /* in this order: the letter waits until its consequence is recorded */
    if (c->acte_change != NULL)
        CTES_TRY(ctes_store_change_state(store, c->acte, c->acte_from, c->acte_change, err));
    if (c->other != 0) {
        ctes_status moved =
            ctes_store_courrier_change_state(store, c->other, c->other_from, &c->other_change, err);
        if (moved != CTES_E_ACTE_STATE)
            CTES_TRY(moved);
    }
    if (c->id != 0)
        CTES_TRY(ctes_store_courrier_change_state(store, c->id, c->from, c->change, err));
    return c->wanted ? ctes_ledger_courrier(store, c->id, &c->courrier, err) : CTES_OK;
}

/* Gives a letter that a step loaded to its caller, or drops it with the step's failure. */
static ctes_status deliver(ctes_status status, ctes_courrier *made, ctes_courrier *ret) {
    ctes_courrier_clear(status == CTES_OK ? ret : made);
    if (status == CTES_OK)
        *ret = *made;
    return status;
}

ctes_status ctes_courrier_change(ctes_session *session, int64_t courrier, ctes_courrier_state from,
                                 const ctes_store_courrier_change *to, ctes_courrier *ret,
                                 ctes_error *err) {
    change_call c = { .id = courrier, .from = from, .change = to, .wanted = ret != NULL };
    ctes_status status = ctes_register_run(session, change, &c, err);
    return ret != NULL ? deliver(status, &c.courrier, ret) : status;
}

ctes_status ctes_courrier_change_both(ctes_session *session, int64_t courrier,
                                      ctes_courrier_state from,
                                      const ctes_store_courrier_change *to, int64_t other,
                                      ctes_courrier_state other_from, ctes_courrier_state other_to,
                                      ctes_error *err) {
    change_call c = { .id = courrier,
                      .from = from,
                      .change = to,
                      .other = other,
                      .other_from = other_from,
                      .other_change = { .to = other_to } };
    return ctes_register_run(session, change, &c, err);
}

ctes_status ctes_courrier_change_acte(ctes_session *session, int64_t acte, ctes_state from,
                                      const ctes_store_change *acte_change, int64_t courrier,
                                      ctes_courrier_state courrier_from,
                                      const ctes_store_courrier_change *courrier_change,
                                      ctes_error *err) {
    change_call c = { .acte = acte,
                      .acte_from = from,
                      .acte_change = acte_change,
                      .id = courrier,
                      .from = courrier_from,
                      .change = courrier_change };
    return ctes_register_run(session, change, &c, err);
}

static ctes_status record_retour(ctes_store *store, void *data, ctes_error *err) {
    bool known = false;
    return ctes_store_retour_add(store, data, &known, err);
}

ctes_status ctes_retour_record(ctes_session *session, const ctes_store_retour *retour,
                               ctes_error *err) {
    ctes_store_retour row = *retour;
    return ctes_register_run(session, record_retour, &row, err);
}

typedef struct done_call {
    const char *key;
    bool done;
} done_call;

static ctes_status retour_done(ctes_store *store, void *data, ctes_error *err) {
    done_call *c = data;
    return ctes_store_retour_done(store, c->key, &c->done, err);
}

ctes_status ctes_retour_done(ctes_session *session, const char *key, bool *ret, ctes_error *err) {
    done_call c = { .key = key };
    CTES_TRY(ctes_register_run(session, retour_done, &c, err));
    *ret = c.done;
    return CTES_OK;
}

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct find_call {
    int64_t id;
    const char *siren, *id_acte;
    unsigned transaction, flux;
    ctes_date date;
    ctes_courrier courrier;
} find_call;

static ctes_status load(ctes_store *store, void *data, ctes_error *err) {
    find_call *c = data;
    return ctes_ledger_courrier(store, c->id, &c->courrier, err);
}

ctes_status ctes_courrier_load(ctes_session *session, int64_t id, ctes_courrier *ret,
                               ctes_error *err) {
    find_call c = { .id = id };
    return deliver(ctes_register_run(session, load, &c, err), &c.courrier, ret);
}

static ctes_status find(ctes_store *store, void *data, ctes_error *err) {
    find_call *c = data;
    return ctes_store_courrier_find(store, c->siren, c->id_acte, c->transaction, c->flux, c->date,
                                    &c->courrier, err);
}

ctes_status ctes_courrier_find(ctes_session *session, const char *siren, const char *id_acte,
                               unsigned transaction, unsigned flux, ctes_date date,
                               ctes_courrier *ret, ctes_error *err) {
    find_call c = { 0, siren, id_acte, transaction, flux, date, CTES_COURRIER_INIT };
    return deliver(ctes_register_run(session, find, &c, err), &c.courrier, ret);
}

static ctes_status find_answer(ctes_store *store, void *data, ctes_error *err) {
    find_call *c = data;
    return ctes_store_courrier_answer(store, c->siren, c->id_acte, c->transaction, c->date,
                                      &c->courrier, err);
}

ctes_status ctes_courrier_find_answer(ctes_session *session, const char *siren, const char *id_acte,
                                      unsigned transaction, ctes_date date, ctes_courrier *ret,
                                      ctes_error *err) {
    find_call c = { 0, siren, id_acte, transaction, 0, date, CTES_COURRIER_INIT };
    return deliver(ctes_register_run(session, find_answer, &c, err), &c.courrier, ret);
}

static ctes_status acte_of(ctes_store *store, void *data, ctes_error *err) {
    find_call *c = data;
    return ctes_store_acte_of(store, c->siren, c->id_acte, &c->id, err);
}

ctes_status ctes_courrier_acte_of(ctes_session *session, const char *siren, const char *id_acte,
                                  int64_t *ret, ctes_error *err) {
    find_call c = { .siren = siren, .id_acte = id_acte };
    CTES_TRY(ctes_register_run(session, acte_of, &c, err));
    *ret = c.id;
    return CTES_OK;
}

typedef struct archive_call {
    const char *siren, *archive;
    ctes_store_sent *sent;
} archive_call;

static ctes_status sent_in(ctes_store *store, void *data, ctes_error *err) {
    const archive_call *c = data;
    return ctes_store_sent_in(store, c->siren, c->archive, c->sent, err);
}

ctes_status ctes_courrier_sent_in(ctes_session *session, const char *siren, const char *archive,
                                  ctes_store_sent *ret, ctes_error *err) {
    archive_call c = { .siren = siren, .archive = archive, .sent = ret };
    return ctes_register_run(session, sent_in, &c, err);
}

/* --- lists ------------------------------------------------------------------------------------ */

typedef struct list_call {
    ctes_courrier_filter filter;
    int64_t transaction; /* looked for; 0: all are gathered */
    bool found, out_of_memory;
    int64_t *ids;
    size_t count, room;
} list_call;

static bool gather(void *user, const ctes_courrier *courrier) {
    list_call *c = user;
    if (c->transaction != 0) {
        c->found = c->found || courrier->transaction_id == c->transaction;
        return !c->found;
    }
    void *ids = ctes_array_room(c->ids, c->count, &c->room, sizeof *c->ids);
    c->out_of_memory = ids == NULL;
    if (ids == NULL)
        return false;
    c->ids = ids;
    c->ids[c->count++] = courrier->id;
    return true;
}

static ctes_status list(ctes_store *store, void *data, ctes_error *err) {
    list_call *c = data;
    CTES_TRY(ctes_ledger_courriers(store, &c->filter, gather, c, err));
    return c->out_of_memory ? ctes_fail_memory(err) : CTES_OK;
}

ctes_status ctes_courrier_pending_ids(ctes_session *session, const char *siren, int64_t **ret,
                                      size_t *count, ctes_error *err) {
    list_call c = { .filter = { .siren = siren, .pending = true } };
    ctes_status status = ctes_register_run(session, list, &c, err);
    if (status != CTES_OK) { /* of the group: the step itself may have read it */
        free(c.ids);
        return status;
    }
    *ret = c.ids;
    *count = c.count;
    return CTES_OK;
}

ctes_status ctes_courrier_has_transaction(ctes_session *session, const char *siren,
                                          int64_t transaction, bool *ret, ctes_error *err) {
    list_call c = { .filter = { .siren = siren }, .transaction = transaction };
    CTES_TRY(ctes_register_run(session, list, &c, err));
    *ret = c.found;
    return CTES_OK;
}
