#include <stdlib.h>

#include "base/fail.h"
#include "base/text.h"
#include "ledger/db.h"

static void clear_pieces(ctes_record_piece *pieces, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(pieces[i].path);
        free(pieces[i].nom);
        free(pieces[i].mime);
    }
    free(pieces);
}

void ctes_record_clear(ctes_record *record) {
    if (record == NULL)
        return;
    free(record->numero);
    free(record->objet);
    free(record->objet_transmis);
    free(record->fiche);
    free(record->reason);
    free(record->archive);
    free(record->anomalie_code);
    free(record->replaces);
    free(record->replaced_by);
    clear_pieces(record->pieces, record->piece_count);
    *record = (ctes_record)CTES_RECORD_INIT;
}

/* Ownership goes from one record to the other. */
static void move_record(ctes_record *from, ctes_record *to) {
    *to = *from;
    *from = (ctes_record)CTES_RECORD_INIT;
}

/* The record's members are not const because others own theirs; nobody writes to these. */
static ctes_status borrow(const ledger_query *query, int column, char **ret, ctes_error *err) {
    const char *text = NULL;
    CTES_TRY(ledger_column_text(query, column, &text, err));
    *ret = (char *)text;
    return CTES_OK;
}

static ctes_status view_description(const ledger_query *query, ctes_record *record,
                                    ctes_error *err) {
    char matiere[32];
    CTES_TRY(ledger_column_copy(query, COL_SIREN, record->siren, sizeof record->siren, err));
    CTES_TRY(borrow(query, COL_NUMERO, &record->numero, err));
    CTES_TRY(ledger_column_copy(query, COL_NUMERO_INTERNE, record->numero_interne,
                                sizeof record->numero_interne, err));
    CTES_TRY(ledger_column_date(query, COL_DATE, &record->date, err));
    record->nature = (ctes_nature)ledger_column_int(query, COL_NATURE);
    CTES_TRY(ledger_column_copy(query, COL_MATIERE, matiere, sizeof matiere, err));
    if (matiere[0] != '\0' && ctes_matiere_parse(matiere, &record->matiere, NULL) != CTES_OK)
        return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, query->ledger->path, "%s", matiere);
    CTES_TRY(borrow(query, COL_OBJET, &record->objet, err));
    CTES_TRY(borrow(query, COL_OBJET_TRANSMIS, &record->objet_transmis, err));
    CTES_TRY(ledger_column_date(query, COL_CLASSIFICATION_DATE, &record->classification_date, err));
    CTES_TRY(
        ledger_column_copy(query, COL_PRECEDENT, record->precedent, sizeof record->precedent, err));
    record->document_papier = ledger_column_int(query, COL_DOCUMENT_PAPIER) != 0;
    return borrow(query, COL_FICHE, &record->fiche, err);
}

static ctes_status view_state(const ledger_query *query, ctes_record *record, ctes_error *err) {
    char state[32];
    CTES_TRY(ledger_column_copy(query, COL_STATE, state, sizeof state, err));
    record->state = ctes_state_of(state);
    if (record->state == CTES_STATE_NONE)
        return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, query->ledger->path, "%s", state);
    record->state_ms = ledger_column_int(query, COL_STATE_MS);
    record->created_ms = ledger_column_int(query, COL_CREATED_MS);
    CTES_TRY(borrow(query, COL_REASON, &record->reason, err));
    CTES_TRY(borrow(query, COL_ARCHIVE, &record->archive, err));
    CTES_TRY(ledger_column_copy(query, COL_ARCHIVE_SHA256, record->archive_sha256,
                                sizeof record->archive_sha256, err));
    record->sent_ms = ledger_column_int(query, COL_SENT_MS);
    record->transaction = ledger_column_int(query, COL_TRANSACTION);
    record->native = (int)ledger_column_int(query, COL_NATIVE);
    CTES_TRY(ledger_column_copy(query, COL_ID_ACTE, record->id_acte, sizeof record->id_acte, err));
    CTES_TRY(ledger_column_date(query, COL_RECEPTION, &record->reception, err));
    CTES_TRY(borrow(query, COL_ANOMALIE_CODE, &record->anomalie_code, err));
    CTES_TRY(borrow(query, COL_REPLACES, &record->replaces, err));
    return borrow(query, COL_REPLACED_BY, &record->replaced_by, err);
}

ctes_status ledger_record_view(const ledger_query *query, ctes_record *ret, ctes_error *err) {
    ctes_record record = CTES_RECORD_INIT;
    record.id = ledger_column_int(query, COL_ID);
    CTES_TRY(view_description(query, &record, err));
    CTES_TRY(view_state(query, &record, err));
    *ret = record;
    return CTES_OK;
}

/* Makes a record of its own from one whose text is borrowed. */
static ctes_status own_text(const ctes_record *view, ctes_record *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_record_clear) ctes_record own = *view;
    own.numero = own.objet = own.objet_transmis = own.fiche = own.reason = NULL;
    own.archive = own.anomalie_code = own.replaces = own.replaced_by = NULL;
    CTES_TRY(ctes_text_dup(view->numero, &own.numero, err));
    CTES_TRY(ctes_text_dup(view->objet, &own.objet, err));
    CTES_TRY(ctes_text_dup(view->objet_transmis, &own.objet_transmis, err));
    CTES_TRY(ctes_text_dup(view->fiche, &own.fiche, err));
    CTES_TRY(ctes_text_dup(view->reason, &own.reason, err));
    CTES_TRY(ctes_text_dup(view->archive, &own.archive, err));
    CTES_TRY(ctes_text_dup(view->anomalie_code, &own.anomalie_code, err));
    CTES_TRY(ctes_text_dup(view->replaces, &own.replaces, err));
    CTES_TRY(ctes_text_dup(view->replaced_by, &own.replaced_by, err));
    move_record(&own, ret);
    return CTES_OK;
}

static ctes_status load_acte(ctes_ledger *ledger, int64_t acte, ctes_record *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_RECORD, &query, err));
    ledger_bind_int(&query, acte);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, NULL, "%lld", (long long)acte);
    ctes_record view = CTES_RECORD_INIT;
    CTES_TRY(ledger_record_view(&query, &view, err));
    return own_text(&view, ret, err);
}

static ctes_status read_piece(const ledger_query *query, ctes_record_piece *piece,
                              ctes_error *err) {
    CTES_TRY(ledger_column_dup(query, 0, &piece->path, err));
    CTES_TRY(ledger_column_dup(query, 1, &piece->nom, err));
    CTES_TRY(ledger_column_copy(query, 2, piece->type_pj, sizeof piece->type_pj, err));
    CTES_TRY(ledger_column_dup(query, 3, &piece->mime, err));
    piece->size = (uint64_t)ledger_column_int(query, 4);
    return ledger_column_copy(query, 5, piece->sha256, sizeof piece->sha256, err);
}

/* Pieces are added to `record` as they are read, so that its _clear releases them on failure. */
static ctes_status load_pieces(ctes_ledger *ledger, ctes_record *record, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_PIECES, &query, err));
    ledger_bind_int(&query, record->id);
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        ctes_record_piece *grown =
            reallocarray(record->pieces, record->piece_count + 1, sizeof *grown);
        if (grown == NULL)
            return ctes_fail_memory(err);
        record->pieces = grown;
        ctes_record_piece *piece = &grown[record->piece_count++];
        *piece = (ctes_record_piece){ .path = NULL };
        CTES_TRY(read_piece(&query, piece, err));
    }
}

ctes_status ledger_record_load(ctes_ledger *ledger, int64_t acte, ctes_record *ret,
                               ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_read(ledger, &step, err));
    CTES_CLEANUP(ctes_record_clear) ctes_record record = CTES_RECORD_INIT;
    CTES_TRY(load_acte(ledger, acte, &record, err));
    CTES_TRY(load_pieces(ledger, &record, err));
    CTES_TRY(ledger_step_commit(&step, err));
    move_record(&record, ret);
    return CTES_OK;
}

ctes_status ctes_store_load(ctes_store *store, int64_t acte, ctes_record *ret, ctes_error *err) {
    return ledger_record_load(store, acte, ret, err);
}
