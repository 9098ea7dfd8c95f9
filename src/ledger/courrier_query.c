#include <string.h>

#include "ledger/db.h"
#include "norm/nom.h"

ctes_status ctes_ledger_courrier(ctes_ledger *ledger, int64_t id, ctes_courrier *ret,
                                 ctes_error *err) {
    return ledger_courrier_load(ledger, id, ret, err);
}

/* Each list walks the index that its most telling condition has, already in the order asked for;
 * letters about one act are few. */
static ledger_sql list_by(const ctes_courrier_filter *filter) {
    if (filter->acte != 0)
        return SQL_COURRIERS_ACTE;
    if (filter->pending)
        return SQL_COURRIERS_PENDING;
    return filter->siren != NULL ? SQL_COURRIERS_SIREN : SQL_COURRIERS;
}

static void bind_filter(ledger_query *query, const ctes_courrier_filter *filter) {
    if (filter->acte != 0)
        ledger_bind_int(query, filter->acte);
    else
        ledger_bind_null(query);
    ledger_bind_text(query, filter->siren);
    ledger_bind_text(query, filter->pending ? "attente" : NULL);
    if (filter->received != filter->sent)
        ledger_bind_int(query, filter->received);
    else
        ledger_bind_null(query);
}

ctes_status ctes_ledger_courriers(ctes_ledger *ledger, const ctes_courrier_filter *filter,
                                  ctes_courrier_fn each, void *user, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, list_by(filter), &query, err));
    bind_filter(&query, filter);
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        ctes_courrier courrier = CTES_COURRIER_INIT;
        if (!row)
            return CTES_OK;
        CTES_TRY(ledger_courrier_view(&query, &courrier, err));
        if (!each(user, &courrier))
            return CTES_OK;
    }
}

/* A first step comes from none. */
static ctes_status column_state(const ledger_query *query, int column, ctes_courrier_state *ret,
                                ctes_error *err) {
    const char *name = NULL;
    CTES_TRY(ledger_column_text(query, column, &name, err));
    *ret = name != NULL ? ctes_courrier_state_of(name) : CTES_COURRIER_NONE;
    return CTES_OK;
}

ctes_status ctes_ledger_courrier_history(ctes_ledger *ledger, int64_t id,
                                         void (*each)(void *user, const ctes_courrier_event *event),
                                         void *user, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_COURRIER_HISTORY, &query, err));
    ledger_bind_int(&query, id);
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        ctes_courrier_event event = { .at_ms = ledger_column_int(&query, 0) };
        CTES_TRY(column_state(&query, 1, &event.from, err));
        CTES_TRY(column_state(&query, 2, &event.to, err));
        CTES_TRY(ledger_column_text(&query, 3, &event.detail, err));
        each(user, &event);
    }
}

ctes_status ctes_store_courrier_find(ctes_store *store, const char *siren, const char *id_acte,
                                     unsigned transaction, unsigned flux, ctes_date date,
                                     ctes_courrier *ret, ctes_error *err) {
    int64_t id = 0;
    bool found = false;
    {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_COURRIER_FIND, &query, err));
        ledger_bind_text(&query, siren);
        ledger_bind_text(&query, id_acte != NULL ? id_acte : "");
        ledger_bind_int(&query, transaction);
        ledger_bind_int(&query, flux);
        ledger_bind_date(&query, date);
        CTES_TRY(ledger_query_number(&query, &id, &found, err));
    }
    if (!found)
        return ledger_refuse(err, CTES_E_COURRIER_UNKNOWN, NULL, "%s %u-%u",
                             id_acte != NULL ? id_acte : siren, transaction, flux);
    return ledger_courrier_load(store, id, ret, err);
}

ctes_status ctes_store_courrier_answer(ctes_store *store, const char *siren, const char *id_acte,
                                       unsigned transaction, ctes_date date, ctes_courrier *ret,
                                       ctes_error *err) {
    int64_t id = 0;
    bool found = false;
    {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        CTES_TRY(ledger_query_start(store, SQL_COURRIER_ANSWER, &query, err));
        ledger_bind_text(&query, siren);
        ledger_bind_text(&query, id_acte);
        ledger_bind_int(&query, transaction);
        ledger_bind_date(&query, date);
        CTES_TRY(ledger_query_number(&query, &id, &found, err));
    }
    if (!found)
        return ledger_refuse(err, CTES_E_COURRIER_UNKNOWN, NULL, "%s %u", id_acte, transaction);
    return ledger_courrier_load(store, id, ret, err);
}

static ctes_status find_actes(ctes_store *store, const char *archive, ctes_store_sent *sent,
                              ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ENVOI_BY_ARCHIVE, &query, err));
    ledger_bind_text(&query, archive);
    bool row = true;
    while (sent->acte_count < CTES_ENVOI_MAX) {
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            break;
        sent->actes[sent->acte_count++] = ledger_column_int(&query, 0);
    }
    return CTES_OK;
}

static ctes_status find_letter(ctes_store *store, const char *siren, const char *archive,
                               int64_t *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_COURRIER_BY_ARCHIVE, &query, err));
    ledger_bind_text(&query, archive);
    ledger_bind_text(&query, siren);
    bool found = false;
    return ledger_query_number(&query, ret, &found, err);
}

ctes_status ctes_store_sent_in(ctes_store *store, const char *siren, const char *archive,
                               ctes_store_sent *ret, ctes_error *err) {
    ctes_store_sent sent = { .courrier = 0 };
    CTES_TRY(find_actes(store, archive, &sent, err));
    if (sent.acte_count == 0)
        CTES_TRY(find_letter(store, siren, archive, &sent.courrier, err));
    if (sent.acte_count == 0 && sent.courrier == 0)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, NULL, "%s", archive);
    *ret = sent;
    return CTES_OK;
}

/* --- the act that a letter is about --- */

static ctes_status find_acknowledged(ctes_store *store, const char *siren, const char *id_acte,
                                     int64_t *ret, bool *ret_found, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_BY_ID_ACTE, &query, err));
    ledger_bind_text(&query, id_acte);
    ledger_bind_text(&query, siren);
    return ledger_query_number(&query, ret, ret_found, err);
}

/* An act whose acknowledgement was lost: its IDActe is made of what it is (norm sheet § 5.4). */
static ctes_status find_by_parts(ctes_store *store, const char *siren, const char *id_acte,
                                 int64_t *ret, bool *ret_found, ctes_error *err) {
    ctes_nom_parts parts;
    ctes_nature nature = CTES_NATURE_NONE;
    if (ctes_nom_id_acte_parse(id_acte, &parts, NULL) != CTES_OK ||
        ctes_nature_parse(parts.nature, &nature, NULL) != CTES_OK ||
        strcmp(parts.siren, siren) != 0)
        return CTES_OK;
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_ACTE_BY_PARTS, &query, err));
    ledger_bind_text(&query, parts.numero_interne);
    ledger_bind_text(&query, siren);
    ledger_bind_date(&query, parts.date);
    ledger_bind_int(&query, nature);
    return ledger_query_number(&query, ret, ret_found, err);
}

ctes_status ctes_store_acte_of(ctes_store *store, const char *siren, const char *id_acte,
                               int64_t *ret, ctes_error *err) {
    int64_t id = 0;
    bool found = false;
    if (id_acte != NULL)
        CTES_TRY(find_acknowledged(store, siren, id_acte, &id, &found, err));
    if (id_acte != NULL && !found)
        CTES_TRY(find_by_parts(store, siren, id_acte, &id, &found, err));
    if (!found)
        return ledger_refuse(err, CTES_E_ACTE_UNKNOWN, NULL, "%s", id_acte != NULL ? id_acte : "");
    *ret = id;
    return CTES_OK;
}
