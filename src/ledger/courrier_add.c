#include <assert.h>

#include "base/runtime.h"
#include "ledger/db.h"

static void bind_number(ledger_query *query, int64_t id) {
    if (id != 0)
        ledger_bind_int(query, id);
    else
        ledger_bind_null(query);
}

static ctes_status insert(ctes_store *store, const ctes_store_courrier *courrier, int64_t *ret,
                          bool *ret_inserted, ctes_error *err) {
    char date[11];
    char deadline[11];
    ctes_date_format(courrier->date, date);
    ctes_date_format(courrier->deadline, deadline);
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_COURRIER_INSERT, &query, err));
    ledger_bind_text(&query, courrier->key);
    ledger_bind_text(&query, courrier->siren);
    ledger_bind_int(&query, courrier->transaction);
    ledger_bind_int(&query, courrier->flux);
    ledger_bind_int(&query, !ledger_courrier_is_sent(courrier->state));
    bind_number(&query, courrier->acte);
    ledger_bind_text(&query, courrier->id_acte != NULL ? courrier->id_acte : "");
    ledger_bind_given(&query, date);
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    ledger_bind_given(&query, courrier->texte);
    bind_number(&query, courrier->answers);
    ledger_bind_given(&query, courrier->nom);
    ledger_bind_given(&query, courrier->archive_path);
    ledger_bind_given(&query, courrier->archive_sha256);
    ledger_bind_given(&query, deadline);
    ledger_bind_text(&query, ctes_courrier_state_name(courrier->state));
    ledger_bind_text(&query, ledger_courrier_suivi(courrier->state));
    ledger_bind_given(&query, courrier->reason);
    ledger_bind_int(&query, courrier->transaction_id);
    return ledger_query_number(&query, ret, ret_inserted, err);
}

static ctes_status find_key(ctes_store *store, const char *key, int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_COURRIER_BY_CLE, &query, err));
    ledger_bind_text(&query, key);
    bool found = false;
    CTES_TRY(ledger_query_number(&query, ret, &found, err));
    return found ? CTES_OK : ledger_refuse(err, CTES_E_LEDGER_BUSY, NULL, "%s", key);
}

static ctes_status add_pieces(ctes_store *store, int64_t id, const ctes_store_courrier *courrier,
                              ctes_error *err) {
    for (size_t i = 0; i < courrier->piece_count; i++) {
        const ctes_store_courrier_piece *piece = &courrier->pieces[i];
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_COURRIER_PIECE_INSERT, &query, err));
        ledger_bind_int(&query, id);
        ledger_bind_int(&query, (int64_t)i);
        ledger_bind_text(&query, piece->path != NULL ? piece->path : "");
        ledger_bind_given(&query, piece->nom);
        ledger_bind_given(&query, piece->type_pj);
        ledger_bind_int(&query, (int64_t)piece->size);
        ledger_bind_given(&query, piece->sha256);
        CTES_TRY(ledger_query_run(&query, err));
    }
    return CTES_OK;
}

/* What stands beside a new letter. */
static ctes_status add_rest(ctes_store *store, int64_t id, const ctes_store_courrier *courrier,
                            ctes_error *err) {
    CTES_TRY(add_pieces(store, id, courrier, err));
    CTES_TRY(ledger_courrier_event(store, id, CTES_COURRIER_NONE, courrier->state, courrier->reason,
                                   err));
    if (courrier->message != NULL) {
        const ledger_evidence message = { "message", courrier->message, courrier->message_length,
                                          courrier->message_sha256, courrier->invalid };
        CTES_TRY(ledger_courrier_evidence(store, id, &message, err));
    }
    return courrier->answers == 0 ? CTES_OK
                                  : ledger_courrier_follow(store, courrier->answers, id,
                                                           courrier->state, courrier->reason, err);
}

ctes_status ctes_store_courrier_add(ctes_store *store, const ctes_store_courrier *courrier,
                                    int64_t *ret, bool *ret_known, ctes_error *err) {
    assert(courrier->key != NULL && courrier->state != CTES_COURRIER_NONE);
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    int64_t id = 0;
    bool inserted = false;
    CTES_TRY(insert(store, courrier, &id, &inserted, err));
    if (inserted)
        CTES_TRY(add_rest(store, id, courrier, err));
    else
        CTES_TRY(find_key(store, courrier->key, &id, err));
    CTES_TRY(ledger_step_commit(&step, err));
    *ret = id;
    *ret_known = !inserted;
    return CTES_OK;
}
