#include <stdlib.h>

#include "base/fail.h"
#include "base/text.h"
#include "ledger/db.h"

static void clear_pieces(ctes_courrier_piece *pieces, size_t count) {
    for (size_t i = 0; i < count; i++) {
        free(pieces[i].nom);
        free(pieces[i].path);
        free(pieces[i].type_pj);
    }
    free(pieces);
}

void ctes_courrier_clear(ctes_courrier *courrier) {
    if (courrier == NULL)
        return;
    free(courrier->numero);
    free(courrier->texte);
    free(courrier->reason);
    free(courrier->nom);
    free(courrier->archive);
    clear_pieces(courrier->pieces, courrier->piece_count);
    *courrier = (ctes_courrier)CTES_COURRIER_INIT;
}

/* The members are not const because others own theirs; nobody writes to these. */
static ctes_status borrow(const ledger_query *query, int column, char **ret, ctes_error *err) {
    const char *text = NULL;
    CTES_TRY(ledger_column_text(query, column, &text, err));
    *ret = (char *)text;
    return CTES_OK;
}

static ctes_status view_state(const ledger_query *query, ctes_courrier *courrier, ctes_error *err) {
    char state[32];
    CTES_TRY(ledger_column_copy(query, COURRIER_STATE, state, sizeof state, err));
    courrier->state = ctes_courrier_state_of(state);
    if (courrier->state == CTES_COURRIER_NONE)
        return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, query->ledger->path, "%s", state);
    courrier->state_ms = ledger_column_int(query, COURRIER_STATE_MS);
    return borrow(query, COURRIER_REASON, &courrier->reason, err);
}

ctes_status ledger_courrier_view(const ledger_query *query, ctes_courrier *ret, ctes_error *err) {
    ctes_courrier courrier = { .id = ledger_column_int(query, COURRIER_ID),
                               .transaction = (unsigned)ledger_column_int(query, COURRIER_TRANSAC),
                               .flux = (unsigned)ledger_column_int(query, COURRIER_FLUX),
                               .acte = ledger_column_int(query, COURRIER_ACTE),
                               .at_ms = ledger_column_int(query, COURRIER_AT_MS),
                               .answers = ledger_column_int(query, COURRIER_ANSWERS),
                               .answered_by = ledger_column_int(query, COURRIER_ANSWERED_BY),
                               .transaction_id = ledger_column_int(query, COURRIER_TRANSACTION) };
    CTES_TRY(ledger_column_copy(query, COURRIER_SIREN, courrier.siren, sizeof courrier.siren, err));
    CTES_TRY(borrow(query, COURRIER_NUMERO, &courrier.numero, err));
    CTES_TRY(ledger_column_copy(query, COURRIER_ID_ACTE, courrier.id_acte, sizeof courrier.id_acte,
                                err));
    CTES_TRY(ledger_column_date(query, COURRIER_DATE, &courrier.date, err));
    CTES_TRY(ledger_column_date(query, COURRIER_DEADLINE, &courrier.deadline, err));
    CTES_TRY(borrow(query, COURRIER_TEXTE, &courrier.texte, err));
    CTES_TRY(view_state(query, &courrier, err));
    CTES_TRY(ledger_column_date(query, COURRIER_RECEPTION, &courrier.reception, err));
    CTES_TRY(borrow(query, COURRIER_NOM, &courrier.nom, err));
    CTES_TRY(borrow(query, COURRIER_ARCHIVE, &courrier.archive, err));
    CTES_TRY(ledger_column_copy(query, COURRIER_ARCHIVE_SHA256, courrier.archive_sha256,
                                sizeof courrier.archive_sha256, err));
    *ret = courrier;
    return CTES_OK;
}

/* Makes a letter of its own from one whose text is borrowed. */
static ctes_status own_text(const ctes_courrier *view, ctes_courrier *ret, ctes_error *err) {
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier own = *view;
    own.numero = own.texte = own.reason = own.nom = own.archive = NULL;
    CTES_TRY(ctes_text_dup(view->numero, &own.numero, err));
    CTES_TRY(ctes_text_dup(view->texte, &own.texte, err));
    CTES_TRY(ctes_text_dup(view->reason, &own.reason, err));
    CTES_TRY(ctes_text_dup(view->nom, &own.nom, err));
    CTES_TRY(ctes_text_dup(view->archive, &own.archive, err));
    *ret = own;
    own = (ctes_courrier)CTES_COURRIER_INIT;
    return CTES_OK;
}

static ctes_status load_letter(ctes_ledger *ledger, int64_t id, ctes_courrier *ret,
                               ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_COURRIER, &query, err));
    ledger_bind_int(&query, id);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return ledger_refuse(err, CTES_E_COURRIER_UNKNOWN, NULL, "%lld", (long long)id);
    ctes_courrier view = CTES_COURRIER_INIT;
    CTES_TRY(ledger_courrier_view(&query, &view, err));
    return own_text(&view, ret, err);
}

static ctes_status read_piece(const ledger_query *query, ctes_courrier_piece *piece,
                              ctes_error *err) {
    CTES_TRY(ledger_column_dup(query, 0, &piece->nom, err));
    CTES_TRY(ledger_column_dup(query, 1, &piece->path, err));
    CTES_TRY(ledger_column_dup(query, 2, &piece->type_pj, err));
    piece->size = (uint64_t)ledger_column_int(query, 3);
    return ledger_column_copy(query, 4, piece->sha256, sizeof piece->sha256, err);
}

/* Pieces are added to `courrier` as they are read, so that its _clear releases them on failure. */
static ctes_status load_pieces(ctes_ledger *ledger, ctes_courrier *courrier, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_COURRIER_PIECES, &query, err));
    ledger_bind_int(&query, courrier->id);
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        ctes_courrier_piece *grown =
            reallocarray(courrier->pieces, courrier->piece_count + 1, sizeof *grown);
        if (grown == NULL)
            return ctes_fail_memory(err);
        courrier->pieces = grown;
        ctes_courrier_piece *piece = &grown[courrier->piece_count++];
        *piece = (ctes_courrier_piece){ .path = NULL };
        CTES_TRY(read_piece(&query, piece, err));
    }
}

ctes_status ledger_courrier_load(ctes_ledger *ledger, int64_t courrier, ctes_courrier *ret,
                                 ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_read(ledger, &step, err));
    CTES_CLEANUP(ctes_courrier_clear) ctes_courrier loaded = CTES_COURRIER_INIT;
    CTES_TRY(load_letter(ledger, courrier, &loaded, err));
    CTES_TRY(load_pieces(ledger, &loaded, err));
    CTES_TRY(ledger_step_commit(&step, err));
    *ret = loaded;
    loaded = (ctes_courrier)CTES_COURRIER_INIT;
    return CTES_OK;
}
