#include <assert.h>
#include <string.h>

#include "base/runtime.h"
#include "ledger/db.h"

void ctes_store_classification_clear(ctes_store_classification *classification) {
    if (classification == NULL)
        return;
    ctes_buffer_clear(&classification->bytes);
    *classification = (ctes_store_classification)CTES_STORE_CLASSIFICATION_INIT;
}

/* The newest classification of an authority, `id` 0 when there is none. */
typedef struct newest {
    int64_t id;
    char date[11]; /* ISO dates are ordered as text */
    char sha256[65];
} newest;

static ctes_status read_newest(ctes_store *store, const char *siren, newest *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_CLASSIFICATION_GET, &query, err));
    ledger_bind_text(&query, siren);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return CTES_OK;
    CTES_TRY(ledger_column_copy(&query, 1, ret->date, sizeof ret->date, err));
    CTES_TRY(ledger_column_copy(&query, 4, ret->sha256, sizeof ret->sha256, err));
    ret->id = ledger_column_int(&query, 0);
    return CTES_OK;
}

static ctes_status confirm(ctes_store *store, int64_t id, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_CLASSIFICATION_CHECKED, &query, err));
    ledger_bind_int(&query, id);
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    return ledger_query_run(&query, err);
}

static ctes_status insert(ctes_store *store, const char *siren, ctes_date date, const void *bytes,
                          size_t length, const char *sha256, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_CLASSIFICATION_INSERT, &query, err));
    ledger_bind_text(&query, siren);
    ledger_bind_date(&query, date);
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    ledger_bind_blob(&query, bytes, length);
    ledger_bind_text(&query, sha256);
    return ledger_query_run(&query, err);
}

ctes_status ctes_store_classification_set(ctes_store *store, const char *siren, ctes_date date,
                                          const void *bytes, size_t length, const char *sha256,
                                          ctes_error *err) {
    assert(date.year != 0 && sha256 != NULL);
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    newest known = { .id = 0 };
    CTES_TRY(read_newest(store, siren, &known, err));
    char day[11];
    ctes_date_format(date, day);
    if (known.id != 0 && (strcmp(day, known.date) < 0 || strcmp(sha256, known.sha256) == 0))
        CTES_TRY(confirm(store, known.id, err));
    else
        CTES_TRY(insert(store, siren, date, bytes, length, sha256, err));
    return ledger_step_commit(&step, err);
}

ctes_status ctes_store_classification_checked(ctes_store *store, const char *siren,
                                              ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    newest known = { .id = 0 };
    CTES_TRY(read_newest(store, siren, &known, err));
    if (known.id == 0)
        return ledger_refuse(err, CTES_E_NOT_FOUND, siren, "%s", "");
    CTES_TRY(confirm(store, known.id, err));
    return ledger_step_commit(&step, err);
}

static ctes_status read_row(const ledger_query *query, ctes_store_classification *out,
                            ctes_error *err) {
    CTES_TRY(ledger_column_date(query, 1, &out->date, err));
    out->received_ms = ledger_column_int(query, 2);
    out->checked_ms = ledger_column_int(query, 3);
    ledger_value bytes = ledger_column(query, 5);
    if (bytes.type != LEDGER_BLOB || bytes.bytes == NULL)
        return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, query->ledger->path, "%s",
                             "classification");
    return ctes_buffer_append(&out->bytes, bytes.bytes, bytes.length, err);
}

ctes_status ctes_store_classification_get(ctes_store *store, const char *siren,
                                          ctes_store_classification *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_CLASSIFICATION_GET, &query, err));
    ledger_bind_text(&query, siren);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return ledger_refuse(err, CTES_E_NOT_FOUND, siren, "%s", "");
    CTES_CLEANUP(ctes_store_classification_clear)
    ctes_store_classification found = CTES_STORE_CLASSIFICATION_INIT;
    CTES_TRY(read_row(&query, &found, err));
    *ret = found;
    found = (ctes_store_classification)CTES_STORE_CLASSIFICATION_INIT;
    return CTES_OK;
}
