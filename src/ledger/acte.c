#include <string.h>

#include "base/runtime.h"
#include "base/text.h"
#include "ledger/db.h"

/* The columns of a description, in the order that both statements have them. */
static void bind_description(ledger_query *query, const ctes_acte *acte, char date[static 11],
                             char matiere[static 32]) {
    ctes_date_format(acte->date, date);
    matiere[0] = '\0';
    if (acte->matiere.count > 0)
        ctes_matiere_format(&acte->matiere, matiere);
    ledger_bind_text(query, date);
    ledger_bind_int(query, acte->nature);
    ledger_bind_given(query, matiere);
    ledger_bind_text(query, acte->objet);
    ledger_bind_text(query, acte->objet_transmis);
    ledger_bind_date(query, acte->classification_date);
    ledger_bind_given(query, acte->precedent);
    ledger_bind_int(query, acte->document_papier);
    ledger_bind_text(query, acte->fiche);
}

static ctes_status add_pieces(ctes_store *store, int64_t acte, const ctes_store_piece *pieces,
                              size_t piece_count, ctes_error *err) {
    for (size_t i = 0; i < piece_count; i++) {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_PIECE_INSERT, &query, err));
        ledger_bind_int(&query, acte);
        ledger_bind_int(&query, (int64_t)i);
        ledger_bind_text(&query, pieces[i].path != NULL ? pieces[i].path : "");
        ledger_bind_given(&query, pieces[i].nom);
        ledger_bind_given(&query, pieces[i].type_pj);
        ledger_bind_given(&query, pieces[i].mime);
        ledger_bind_int(&query, (int64_t)pieces[i].size);
        ledger_bind_given(&query, pieces[i].sha256);
        CTES_TRY(ledger_query_run(&query, err));
    }
    return CTES_OK;
}

/* A number belongs to one act for ever: the préfecture refuses a second one, and two numbers that
 * it would see as one must be told apart by a person. */
static ctes_status check_numero(ctes_store *store, const ctes_acte *acte, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_BY_INTERNE, &query, err));
    ledger_bind_text(&query, acte->numero_interne);
    ledger_bind_text(&query, acte->siren);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return CTES_OK;
    const char *taken = NULL;
    CTES_TRY(ledger_column_text(&query, 0, &taken, err));
    bool same = taken != NULL && acte->numero != NULL && strcmp(taken, acte->numero) == 0;
    return ledger_refuse(err, same ? CTES_E_NUMERO_TAKEN : CTES_E_NUMERO_COLLISION, acte->numero,
                         "%s", taken != NULL ? taken : "");
}

/* Finds the chain that a replacement joins; each act is replaced once at most. */
static ctes_status find_chain(ctes_store *store, const ctes_acte *acte, int64_t replaces,
                              int64_t *ret_racine, ctes_error *err) {
    ctes_state state = CTES_STATE_NONE;
    CTES_TRY(
        ledger_acte_state(store, replaces, &state, err)); /* nobody else replaces it meanwhile */
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_LINK, &query, err));
    ledger_bind_int(&query, replaces);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    char siren[10] = "";
    if (row)
        CTES_TRY(ledger_column_copy(&query, 0, siren, sizeof siren, err));
    if (strcmp(siren, acte->siren) != 0)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, acte->numero, "%lld", (long long)replaces);
    const char *by = NULL;
    CTES_TRY(ledger_column_text(&query, 2, &by, err));
    if (by != NULL)
        return ledger_refuse(err, CTES_E_ACTE_STATE, acte->numero, "%s", by);
    *ret_racine = ledger_column_int(&query, 1);
    return CTES_OK;
}

static ctes_status insert_acte(ctes_store *store, const ctes_acte *acte, int64_t replaces,
                               int64_t racine, int64_t *ret, bool *ret_found, ctes_error *err) {
    char date[11];
    char matiere[32];
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_INSERT, &query, err));
    ledger_bind_text(&query, acte->siren);
    ledger_bind_text(&query, acte->numero);
    ledger_bind_text(&query, acte->numero_interne);
    ledger_bind_text(&query, ctes_state_name(CTES_STATE_PREPARED));
    ledger_bind_text(&query, ledger_suivi(CTES_STATE_PREPARED));
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    if (replaces != 0) {
        ledger_bind_int(&query, replaces);
        ledger_bind_int(&query, racine);
    } else {
        ledger_bind_null(&query);
        ledger_bind_null(&query);
    }
    bind_description(&query, acte, date, matiere);
    return ledger_query_number(&query, ret, ret_found, err);
}

ctes_status ctes_store_add(ctes_store *store, const ctes_acte *acte, const ctes_store_piece *pieces,
                           size_t piece_count, int64_t replaces, int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    CTES_TRY(check_numero(store, acte, err));
    int64_t racine = 0;
    if (replaces != 0)
        CTES_TRY(find_chain(store, acte, replaces, &racine, err));
    int64_t id = 0;
    bool inserted = false;
    CTES_TRY(insert_acte(store, acte, replaces, racine, &id, &inserted, err));
    if (!inserted) { /* another session took the number since it was looked at */
        CTES_TRY(check_numero(store, acte, err));
        return ledger_refuse(err, CTES_E_LEDGER_BUSY, acte->numero, "%s", "");
    }
    CTES_TRY(add_pieces(store, id, pieces, piece_count, err));
    CTES_TRY(ledger_add_event(store, id, CTES_STATE_NONE, CTES_STATE_PREPARED, NULL, err));
    CTES_TRY(ledger_step_commit(&step, err));
    *ret = id;
    return CTES_OK;
}

static ctes_status update_description(ctes_store *store, int64_t acte, const ctes_acte *description,
                                      ctes_error *err) {
    char date[11];
    char matiere[32];
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_REDESCRIBE, &query, err));
    ledger_bind_int(&query, acte);
    bind_description(&query, description, date, matiere);
    return ledger_query_run(&query, err);
}

static ctes_status remove_pieces(ctes_store *store, int64_t acte, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_PIECE_DELETE, &query, err));
    ledger_bind_int(&query, acte);
    return ledger_query_run(&query, err);
}

ctes_status ctes_store_redescribe(ctes_store *store, int64_t acte, const ctes_acte *description,
                                  const ctes_store_piece *pieces, size_t piece_count,
                                  ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    ctes_state state = CTES_STATE_NONE;
    CTES_TRY(ledger_acte_state(store, acte, &state, err));
    if (ctes_state_held(state))
        return ledger_refuse(err, CTES_E_ACTE_STATE, description->numero, "%s",
                             ctes_state_name(state));
    CTES_TRY(update_description(store, acte, description, err));
    CTES_TRY(remove_pieces(store, acte, err));
    CTES_TRY(add_pieces(store, acte, pieces, piece_count, err));
    return ledger_step_commit(&step, err);
}
