#include <stdlib.h>

#include "base/runtime.h"
#include "ledger/db.h"

#define SERIAL_MAX 9999 /* norm sheet § 3: NumeroEnveloppe has four digits at most */

ctes_status ctes_store_serial(ctes_store *store, const char *siren, ctes_date day, unsigned floor,
                              unsigned *ret, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    int64_t serial = 0;
    {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_SERIE_NEXT, &query, err));
        ledger_bind_text(&query, siren);
        ledger_bind_date(&query, day);
        ledger_bind_int(&query, floor > 0 ? floor : 1);
        bool found = false;
        CTES_TRY(ledger_query_number(&query, &serial, &found, err));
    }
    if (serial > SERIAL_MAX)
        return ledger_refuse(err, CTES_E_LIMIT, siren, "%d", SERIAL_MAX);
    CTES_TRY(ledger_step_commit(&step, err));
    *ret = (unsigned)serial;
    return CTES_OK;
}

/* The operator and the préfecture know an archive by its name: it names one attempt for ever. */
static ctes_status insert_envoi(ctes_store *store, int64_t acte, const ctes_store_envoi *envoi,
                                int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ENVOI_INSERT, &query, err));
    ledger_bind_int(&query, acte);
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    ledger_bind_text(&query, envoi->archive);
    ledger_bind_text(&query, envoi->archive_path);
    ledger_bind_text(&query, envoi->archive_sha256);
    ledger_bind_int(&query, (int64_t)envoi->archive_size);
    ledger_bind_text(&query, envoi->message_nom);
    ledger_bind_text(&query, envoi->message_sha256);
    ledger_bind_text(&query, envoi->enveloppe_nom);
    ledger_bind_text(&query, envoi->enveloppe_sha256);
    ledger_bind_text(&query, envoi->unique_id);
    ledger_bind_text(&query, envoi->operator_name);
    ledger_bind_text(&query, envoi->operator_url);
    ledger_bind_text(&query, envoi->mode);
    bool inserted = false;
    CTES_TRY(ledger_query_number(&query, ret, &inserted, err));
    return inserted ? CTES_OK : ledger_refuse(err, CTES_E_NUMERO_TAKEN, NULL, "%s", envoi->archive);
}

static ctes_status move_to_send(ctes_store *store, int64_t acte, int64_t envoi, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_INTEND, &query, err));
    ledger_bind_int(&query, acte);
    ledger_bind_text(&query, ctes_state_name(CTES_STATE_TO_SEND));
    ledger_bind_text(&query, ledger_suivi(CTES_STATE_TO_SEND));
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    ledger_bind_int(&query, envoi);
    return ledger_query_run(&query, err);
}

/* The rule that everything else is built for: what may be held is not deposited again. */
static ctes_status check_free(ctes_store *store, int64_t acte, ctes_state *ret, ctes_error *err) {
    CTES_TRY(ledger_acte_state(store, acte, ret, err));
    if (ctes_state_held(*ret))
        return ledger_refuse(err, CTES_E_ACTE_STATE, NULL, "%s", ctes_state_name(*ret));
    return CTES_OK;
}

static ctes_status attach(ctes_store *store, int64_t acte, ctes_state from, int64_t envoi,
                          ctes_error *err) {
    CTES_TRY(move_to_send(store, acte, envoi, err));
    return ledger_add_event(store, acte, from, CTES_STATE_TO_SEND, NULL, err);
}

static ctes_status insert_message(ctes_store *store, int64_t envoi, size_t rang,
                                  const ctes_store_message *message, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ENVOI_MESSAGE_INSERT, &query, err));
    ledger_bind_int(&query, envoi);
    ledger_bind_int(&query, (int64_t)rang);
    ledger_bind_int(&query, message->acte);
    ledger_bind_text(&query, message->message_nom);
    ledger_bind_text(&query, message->message_sha256);
    ledger_bind_text(&query, message->unique_id);
    return ledger_query_run(&query, err);
}

static ctes_status attach_more(ctes_store *store, const ctes_store_envoi *envoi, int64_t id,
                               ctes_error *err) {
    for (size_t i = 0; i < envoi->more_count; i++) {
        const ctes_store_message *message = &envoi->more[i];
        ctes_state state = CTES_STATE_NONE;
        CTES_TRY(check_free(store, message->acte, &state, err));
        CTES_TRY(insert_message(store, id, i + 2, message, err));
        CTES_TRY(attach(store, message->acte, state, id, err));
    }
    return CTES_OK;
}

ctes_status ctes_store_intend(ctes_store *store, int64_t acte, const ctes_store_envoi *envoi,
                              int64_t *ret_envoi, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    ctes_state state = CTES_STATE_NONE;
    int64_t id = 0;
    CTES_TRY(check_free(store, acte, &state, err));
    CTES_TRY(insert_envoi(store, acte, envoi, &id, err));
    CTES_TRY(attach(store, acte, state, id, err));
    CTES_TRY(attach_more(store, envoi, id, err));
    CTES_TRY(ledger_step_commit(&step, err));
    *ret_envoi = id;
    return CTES_OK;
}

void ctes_envoi_row_clear(ctes_envoi_row *row) {
    if (row == NULL)
        return;
    free(row->archive);
    free(row->archive_path);
    free(row->unique_id);
    free(row->operator_url);
    free(row->mode);
    *row = (ctes_envoi_row){ .id = 0 };
}

static ctes_status read_envoi(const ledger_query *query, ctes_envoi_row *envoi, ctes_error *err) {
    envoi->id = ledger_column_int(query, 0);
    envoi->at_ms = ledger_column_int(query, 1);
    CTES_TRY(ledger_column_dup(query, 2, &envoi->archive, err));
    CTES_TRY(ledger_column_dup(query, 3, &envoi->archive_path, err));
    CTES_TRY(ledger_column_dup(query, 4, &envoi->unique_id, err));
    CTES_TRY(ledger_column_dup(query, 5, &envoi->operator_url, err));
    envoi->acte = ledger_column_int(query, 7);
    return ledger_column_dup(query, 6, &envoi->mode, err);
}

ctes_status ctes_store_last_envoi(ctes_store *store, int64_t acte, ctes_envoi_row *ret,
                                  ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ENVOI_LAST, &query, err));
    ledger_bind_int(&query, acte);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, NULL, "%lld", (long long)acte);
    ctes_envoi_row envoi = { .id = 0 };
    ctes_status status = read_envoi(&query, &envoi, err);
    if (status == CTES_OK && envoi.id == 0)
        status = ledger_refuse(err, CTES_E_NOT_FOUND, NULL, "%lld", (long long)acte);
    if (status == CTES_OK)
        *ret = envoi;
    else
        ctes_envoi_row_clear(&envoi);
    return status;
}

ctes_status ctes_store_envoi_arrived(ctes_store *store, int64_t envoi, bool *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ENVOI_STATES, &query, err));
    ledger_bind_int(&query, envoi);
    bool arrived = false;
    for (;;) {
        bool row = false;
        const char *state = NULL;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            break;
        CTES_TRY(ledger_column_text(&query, 0, &state, err));
        arrived = arrived || (state != NULL && ctes_state_arrived(ctes_state_of(state)));
    }
    *ret = arrived;
    return CTES_OK;
}

typedef struct recent_walk {
    int64_t after, since_ms;
    ctes_recent_fn each;
    void *user;
} recent_walk;

/* One page of the walk, below `*below`; `*ret_more` is false once the walk is over. */
static ctes_status read_page(ctes_store *store, const recent_walk *walk, int64_t *below,
                             bool *ret_more, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ENVOI_RECENT, &query, err));
    ledger_bind_int(&query, walk->after);
    ledger_bind_int(&query, *below);
    *ret_more = false;
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        const ctes_recent_envoi envoi = { .id = ledger_column_int(&query, 0),
                                          .at_ms = ledger_column_int(&query, 1),
                                          .bytes = (uint64_t)ledger_column_int(&query, 2) };
        *below = envoi.id;
        *ret_more = envoi.at_ms >= walk->since_ms;
        if (!*ret_more)
            return CTES_OK;
        walk->each(walk->user, &envoi);
    }
}

ctes_status ctes_store_recent_envois(ctes_store *store, int64_t after, int64_t since_ms,
                                     ctes_recent_fn each, void *user, ctes_error *err) {
    const recent_walk walk = { after, since_ms, each, user };
    int64_t below = INT64_MAX;
    bool more = true;
    while (more)
        CTES_TRY(read_page(store, &walk, &below, &more, err));
    return CTES_OK;
}

ctes_status ctes_store_envoi_mode(ctes_store *store, int64_t envoi, const char *mode,
                                  ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    bool found = false;
    {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_ENVOI_MODE, &query, err));
        ledger_bind_int(&query, envoi);
        ledger_bind_text(&query, mode);
        int64_t id = 0;
        CTES_TRY(ledger_query_number(&query, &id, &found, err));
    }
    if (!found)
        return ledger_refuse(err, CTES_E_NOT_FOUND, NULL, "%lld", (long long)envoi);
    return ledger_step_commit(&step, err);
}
