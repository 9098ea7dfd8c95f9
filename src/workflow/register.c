#include "workflow/register.h"

#include "base/fail.h"
#include "norm/regles.h"
#include "workflow/trace.h"

/* A step with what the operator said before it. */
typedef struct step_call {
    ctes_session *session;
    ctes_step step;
    void *data;
} step_call;

static ctes_status with_traces(ctes_store *store, void *data, ctes_error *err) {
    const step_call *call = data;
    ctes_trace_write(call->session, store);
    return call->step(store, call->data, err);
}

ctes_status ctes_register_run(ctes_session *session, ctes_step step, void *data, ctes_error *err) {
    step_call call = { session, step, data };
    if (session->recorder != NULL)
        return ctes_recorder_run(session->recorder, with_traces, &call, err);
    CTES_TRY(ctes_store_begin(session->store, err));
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = with_traces(session->store, &call, &why);
    ctes_status committed = ctes_store_commit(session->store, err);
    if (committed != CTES_OK) {
        ctes_store_rollback(session->store);
        return committed;
    }
    if (status != CTES_OK && err != NULL)
        *err = why;
    return status;
}

/* Gives a record that a step loaded to its caller, or drops it with the step's failure. */
static ctes_status deliver(ctes_status status, ctes_record *made, ctes_record *ret) {
    ctes_record_clear(status == CTES_OK ? ret : made);
    if (status == CTES_OK)
        *ret = *made;
    return status;
}

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct get_call {
    const char *siren, *numero;
    int64_t acte;
    ctes_record record;
    unsigned used;
} get_call;

static ctes_status get(ctes_store *store, void *data, ctes_error *err) {
    get_call *c = data;
    return ctes_ledger_get(store, c->siren, c->numero, &c->record, err);
}

ctes_status ctes_register_get(ctes_session *session, const char *siren, const char *numero,
                              ctes_record *ret, ctes_error *err) {
    get_call c = { .siren = siren, .numero = numero };
    return deliver(ctes_register_run(session, get, &c, err), &c.record, ret);
}

static ctes_status load(ctes_store *store, void *data, ctes_error *err) {
    get_call *c = data;
    return ctes_store_load(store, c->acte, &c->record, err);
}

ctes_status ctes_register_load(ctes_session *session, int64_t acte, ctes_record *ret,
                               ctes_error *err) {
    get_call c = { .acte = acte };
    return deliver(ctes_register_run(session, load, &c, err), &c.record, ret);
}

static ctes_status used(ctes_store *store, void *data, ctes_error *err) {
    get_call *c = data;
    int64_t newest = 0;
    return ctes_store_chain(store, c->acte, &newest, &c->used, err);
}

ctes_status ctes_register_used(ctes_session *session, int64_t acte, unsigned *ret,
                               ctes_error *err) {
    get_call c = { .acte = acte };
    CTES_TRY(ctes_register_run(session, used, &c, err));
    *ret = c.used;
    return CTES_OK;
}

typedef struct history_call {
    int64_t acte;
    void (*each)(void *user, const ctes_record_event *event);
    void *user;
} history_call;

static ctes_status history(ctes_store *store, void *data, ctes_error *err) {
    const history_call *c = data;
    return ctes_ledger_history(store, c->acte, c->each, c->user, err);
}

ctes_status ctes_register_history(ctes_session *session, int64_t acte,
                                  void (*each)(void *user, const ctes_record_event *event),
                                  void *user, ctes_error *err) {
    history_call c = { acte, each, user };
    return ctes_register_run(session, history, &c, err);
}

typedef struct arbre_call {
    const char *siren;
    ctes_arbre *arbre;
} arbre_call;

static ctes_status read_arbre(ctes_store *store, void *data, ctes_error *err) {
    arbre_call *c = data;
    ctes_arbre_free(c->arbre); /* of a group that could not be committed */
    c->arbre = NULL;
    return ctes_arbre_load(store, c->siren, &c->arbre, err);
}

ctes_status ctes_register_arbre(ctes_session *session, const char *siren, ctes_arbre **ret,
                                ctes_error *err) {
    arbre_call c = { .siren = siren };
    ctes_status status = ctes_register_run(session, read_arbre, &c, err);
    if (status == CTES_OK && ctes_date_given(ctes_arbre_date(c.arbre)))
        *ret = CTES_TAKE(c.arbre);
    ctes_arbre_free(c.arbre); /* the national one is what is known without any */
    return status;
}

/* --- taking and giving back ------------------------------------------------------------------- */

typedef struct lease_call {
    int64_t acte, lease_ms;
    unsigned holder;
    ctes_record record;
} lease_call;

static ctes_status take(ctes_store *store, void *data, ctes_error *err) {
    lease_call *c = data;
    CTES_TRY(ctes_store_lease(store, c->acte, c->holder, c->lease_ms, err));
    ctes_status status = ctes_store_load(store, c->acte, &c->record, err);
    if (status != CTES_OK && ctes_store_release(store, c->acte, c->holder, NULL) != CTES_OK)
        return status; /* the lease ends with this process */
    return status;
}

ctes_status ctes_register_take(ctes_session *session, int64_t acte, int64_t lease_ms,
                               ctes_record *ret, ctes_error *err) {
    lease_call c = { .acte = acte, .lease_ms = lease_ms, .holder = session->holder };
    ctes_status status = ctes_register_run(session, take, &c, err);
    return deliver(status, &c.record, ret);
}

static ctes_status give_back(ctes_store *store, void *data, ctes_error *err) {
    lease_call *c = data;
    ctes_status loaded = ctes_store_load(store, c->acte, &c->record, err);
    ctes_status released =
        ctes_store_release(store, c->acte, c->holder, loaded == CTES_OK ? err : NULL);
    return loaded != CTES_OK ? loaded : released;
}

ctes_status ctes_register_give_back(ctes_session *session, int64_t acte, ctes_record *ret,
                                    ctes_error *err) {
    lease_call c = { .acte = acte, .holder = session->holder };
    return deliver(ctes_register_run(session, give_back, &c, err), &c.record, ret);
}

static ctes_status release(ctes_store *store, void *data, ctes_error *err) {
    const lease_call *c = data;
    return ctes_store_release(store, c->acte, c->holder, err);
}

ctes_status ctes_register_release(ctes_session *session, int64_t acte, ctes_error *err) {
    lease_call c = { .acte = acte, .holder = session->holder };
    return ctes_register_run(session, release, &c, err);
}

static ctes_status find_or_add(ctes_store *store, ctes_admission *a, int64_t *ret,
                               ctes_error *err) {
    ctes_status status =
        ctes_store_add(store, a->acte, a->pieces, a->piece_count, a->replaces, ret, err);
    if (status != CTES_E_NUMERO_TAKEN || a->replaces != 0)
        return status;
    CTES_CLEANUP(ctes_record_clear) ctes_record known = CTES_RECORD_INIT;
    CTES_TRY(ctes_ledger_get(store, a->acte->siren, a->acte->numero_interne, &known, err));
    a->known = true;
    *ret = known.id;
    return CTES_OK;
}

static ctes_status admit(ctes_store *store, void *data, ctes_error *err) {
    ctes_admission *a = data;
    lease_call c = { .lease_ms = a->lease_ms, .holder = a->holder };
    CTES_TRY(find_or_add(store, a, &c.acte, err));
    CTES_TRY(take(store, &c, err));
    a->record = c.record;
    return CTES_OK;
}

typedef struct admit_call {
    ctes_admission *items;
    size_t count;
} admit_call;

/* What is wrong with one act is its own: its number, its text, another run that has it. */
static bool about_one(ctes_status status) {
    ctes_kind kind = ctes_status_kind(status);
    return status == CTES_E_ACTE_LEASED || kind == CTES_KIND_INPUT || kind == CTES_KIND_HOSTILE ||
           kind == CTES_KIND_REFUSED;
}

/* A register that cannot be written stops all. */
static ctes_status admit_each(ctes_store *store, void *data, ctes_error *err) {
    const admit_call *c = data;
    for (size_t i = 0; i < c->count; i++) {
        ctes_admission *a = &c->items[i];
        ctes_record_clear(&a->record); /* of a try that had to be made again */
        a->known = false;
        a->error = (ctes_error)CTES_ERROR_INIT;
        ctes_error why = CTES_ERROR_INIT; /* also of a number that is then found */
        ctes_status status = admit(store, a, &why);
        if (about_one(status))
            a->error = why;
        else if (status != CTES_OK && err != NULL)
            *err = why;
        if (status != CTES_OK && !about_one(status))
            return status;
    }
    return CTES_OK;
}

static ctes_status admit_whole(ctes_store *store, void *data, ctes_error *err) {
    return ctes_store_whole(store, admit_each, data, err);
}

ctes_status ctes_register_admit(ctes_session *session, ctes_admission *admissions, size_t count,
                                ctes_error *err) {
    admit_call c = { admissions, count };
    for (size_t i = 0; i < count; i++)
        admissions[i].holder = session->holder;
    ctes_status status = ctes_register_run(session, admit_whole, &c, err);
    for (size_t i = 0; status != CTES_OK && i < count; i++)
        ctes_record_clear(&admissions[i].record);
    return status;
}

typedef struct describe_call {
    int64_t acte;
    const ctes_acte *description;
    const ctes_store_piece *pieces;
    size_t piece_count;
    ctes_record record;
} describe_call;

static ctes_status redescribe(ctes_store *store, void *data, ctes_error *err) {
    describe_call *c = data;
    CTES_TRY(ctes_store_redescribe(store, c->acte, c->description, c->pieces, c->piece_count, err));
    return ctes_store_load(store, c->acte, &c->record, err);
}

ctes_status ctes_register_redescribe(ctes_session *session, int64_t acte,
                                     const ctes_acte *description, const ctes_store_piece *pieces,
                                     size_t piece_count, ctes_record *ret, ctes_error *err) {
    describe_call c = { acte, description, pieces, piece_count, CTES_RECORD_INIT };
    return deliver(ctes_register_run(session, redescribe, &c, err), &c.record, ret);
}

/* --- what is known of the operator ------------------------------------------------------------ */

typedef struct note_call {
    const char *url, *key, *value;
    int64_t envoi;
    const char *mode;
    int64_t after_ms;
    char *noted;
} note_call;

static ctes_status noted(ctes_store *store, void *data, ctes_error *err) {
    note_call *c = data;
    return ctes_store_noted(store, c->url, c->key, c->after_ms, &c->noted, err);
}

ctes_status ctes_register_noted(ctes_session *session, const char *key, int64_t after_ms,
                                char **ret, ctes_error *err) {
    note_call c = { .url = session->settings.operator_url, .key = key, .after_ms = after_ms };
    ctes_status status = ctes_register_run(session, noted, &c, err);
    if (status != CTES_OK) { /* of the group: the step itself may have read it */
        free(c.noted);
        return status;
    }
    *ret = c.noted;
    return CTES_OK;
}

static ctes_status other_mode(ctes_store *store, void *data, ctes_error *err) {
    const note_call *c = data;
    CTES_TRY(ctes_store_note(store, c->url, c->key, c->value, err));
    return ctes_store_envoi_mode(store, c->envoi, c->mode, err);
}

ctes_status ctes_register_other_mode(ctes_session *session, const char *key, const char *value,
                                     int64_t envoi, const char *mode, ctes_error *err) {
    note_call c = { session->settings.operator_url, key, value, envoi, mode, 0, NULL };
    return ctes_register_run(session, other_mode, &c, err);
}

/* --- attempts and states ---------------------------------------------------------------------- */

typedef struct serial_call {
    const char *siren;
    ctes_date day;
    unsigned floor, numero;
} serial_call;

static ctes_status serial(ctes_store *store, void *data, ctes_error *err) {
    serial_call *c = data;
    return ctes_store_serial(store, c->siren, c->day, c->floor, &c->numero, err);
}

ctes_status ctes_register_serial(ctes_session *session, const char *siren, ctes_date day,
                                 unsigned floor, unsigned *ret, ctes_error *err) {
    serial_call c = { siren, day, floor, 0 };
    CTES_TRY(ctes_register_run(session, serial, &c, err));
    *ret = c.numero;
    return CTES_OK;
}

typedef struct envoi_call {
    int64_t acte;
    const ctes_store_envoi *envoi;
    int64_t id;
    ctes_envoi_row row;
} envoi_call;

static ctes_status intend(ctes_store *store, void *data, ctes_error *err) {
    envoi_call *c = data;
    return ctes_store_intend(store, c->acte, c->envoi, &c->id, err);
}

ctes_status ctes_register_intend(ctes_session *session, int64_t acte, const ctes_store_envoi *envoi,
                                 int64_t *ret, ctes_error *err) {
    envoi_call c = { .acte = acte, .envoi = envoi };
    CTES_TRY(ctes_register_run(session, intend, &c, err));
    *ret = c.id;
    return CTES_OK;
}

static ctes_status last_envoi(ctes_store *store, void *data, ctes_error *err) {
    envoi_call *c = data;
    return ctes_store_last_envoi(store, c->acte, &c->row, err);
}

ctes_status ctes_register_last_envoi(ctes_session *session, int64_t acte, ctes_envoi_row *ret,
                                     ctes_error *err) {
    envoi_call c = { .acte = acte };
    ctes_status status = ctes_register_run(session, last_envoi, &c, err);
    if (status != CTES_OK) { /* of the group: the step itself may have read it */
        ctes_envoi_row_clear(&c.row);
        return status;
    }
    *ret = c.row;
    return CTES_OK;
}

typedef struct arrived_call {
    int64_t envoi;
    bool arrived;
} arrived_call;

static ctes_status arrived(ctes_store *store, void *data, ctes_error *err) {
    arrived_call *c = data;
    return ctes_store_envoi_arrived(store, c->envoi, &c->arrived, err);
}

ctes_status ctes_register_arrived(ctes_session *session, int64_t envoi, bool *ret,
                                  ctes_error *err) {
    arrived_call c = { .envoi = envoi };
    CTES_TRY(ctes_register_run(session, arrived, &c, err));
    *ret = c.arrived;
    return CTES_OK;
}

typedef struct recent_call {
    int64_t after, since_ms;
    ctes_recent_fn each;
    void *user;
} recent_call;

static ctes_status recent(ctes_store *store, void *data, ctes_error *err) {
    const recent_call *c = data;
    return ctes_store_recent_envois(store, c->after, c->since_ms, c->each, c->user, err);
}

ctes_status ctes_register_recent(ctes_session *session, int64_t after, int64_t since_ms,
                                 ctes_recent_fn each, void *user, ctes_error *err) {
    recent_call c = { after, since_ms, each, user };
    return ctes_register_run(session, recent, &c, err);
}

typedef struct change_call {
    int64_t acte;
    ctes_state from;
    const ctes_store_change *change;
    bool wanted;
    ctes_record record;
} change_call;

static ctes_status change_state(ctes_store *store, void *data, ctes_error *err) {
    change_call *c = data;
    CTES_TRY(ctes_store_change_state(store, c->acte, c->from, c->change, err));
    return c->wanted ? ctes_store_load(store, c->acte, &c->record, err) : CTES_OK;
}

ctes_status ctes_register_change(ctes_session *session, int64_t acte, ctes_state from,
                                 const ctes_store_change *change, ctes_record *ret,
                                 ctes_error *err) {
    change_call c = { acte, from, change, ret != NULL, CTES_RECORD_INIT };
    ctes_status status = ctes_register_run(session, change_state, &c, err);
    return ret != NULL ? deliver(status, &c.record, ret) : status;
}

typedef struct conclude_call {
    const ctes_conclusion *items;
    size_t count;
    unsigned holder;
    ctes_record *records;
} conclude_call;

static ctes_status conclude(ctes_store *store, void *data, ctes_error *err) {
    conclude_call *c = data;
    for (size_t i = 0; i < c->count; i++) {
        const ctes_conclusion *item = &c->items[i];
        ctes_record_clear(&c->records[i]); /* of a try that had to be made again */
        CTES_TRY(ctes_store_change_state(store, item->acte, item->from, item->change, err));
        CTES_TRY(ctes_store_load(store, item->acte, &c->records[i], err));
    }
    for (size_t i = 0; i < c->count; i++)
        CTES_TRY(ctes_store_release(store, c->items[i].acte, c->holder, err));
    return CTES_OK;
}

static ctes_status conclude_whole(ctes_store *store, void *data, ctes_error *err) {
    return ctes_store_whole(store, conclude, data, err);
}

ctes_status ctes_register_conclude(ctes_session *session, const ctes_conclusion *items,
                                   size_t count, ctes_error *err) {
    ctes_record *records = calloc(count, sizeof *records);
    if (records == NULL)
        return ctes_fail_memory(err);
    conclude_call c = { items, count, session->holder, records };
    ctes_status status = ctes_register_run(session, conclude_whole, &c, err);
    for (size_t i = 0; i < count; i++)
        (void)deliver(status, &records[i], items[i].ret);
    free(records);
    return status;
}
