#include <string.h>

#include "base/buffer.h"
#include "base/fail.h"
#include "base/runtime.h"
#include "ledger/db.h"

/*
 * A register moves from one place, or kind of database, to another: all rows of all tables in one
 * transaction, then read again on both sides and compared byte for byte, then committed. Tables
 * have the same columns in the same order everywhere (schema.c), so rows are taken as they are.
 */

#define LOOK_EVERY 1000 /* rows between two looks at a request to stop */
#define LEASE_MS   60000

typedef struct table {
    const char *name, *key;
    int columns;
    bool numbered; /* its `id` is given by the database */
} table;

static const table TABLES[] = {
    { "acte", "id", 26, true },
    { "piece", "acte, rang", 8, false },
    { "envoi", "id", 15, true },
    { "evenement", "id", 6, true },
    { "accuse", "id", 7, true },
    { "echange", "id", 11, true },
    { "serie", "siren, jour", 3, false },
    { "bail", "acte", 9, false },
    { "note", "operator_url, key", 4, false },
    { "courrier", "id", 22, true },
    { "courrier_piece", "courrier, rang", 7, false },
    { "courrier_evenement", "id", 6, true },
    { "courrier_accuse", "id", 7, true },
    { "retour", "id", 8, true },
    { "classification", "id", 7, true },
    { "envoi_message", "envoi, rang", 6, false },
};
#define TABLE_BAIL  7
#define TABLE_COUNT (sizeof TABLES / sizeof TABLES[0])

static ctes_status start_reading(ctes_ledger *ledger, const table *t, ledger_query *ret,
                                 ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer sql = CTES_BUFFER_INIT(256);
    CTES_TRY(ctes_buffer_printf(&sql, err, "SELECT * FROM %s ORDER BY %s", t->name, t->key));
    return ledger_query_start_text(ledger, sql.data, ret, err);
}

static ctes_status start_writing(ctes_ledger *ledger, const table *t, ledger_query *ret,
                                 ctes_error *err) {
    CTES_AUTO_BUFFER ctes_buffer sql = CTES_BUFFER_INIT(512);
    CTES_TRY(ctes_buffer_printf(&sql, err, "INSERT INTO %s VALUES (?1", t->name));
    for (int i = 2; i <= t->columns; i++)
        CTES_TRY(ctes_buffer_printf(&sql, err, ", ?%d", i));
    CTES_TRY(ctes_buffer_puts(&sql, ")", err));
    return ledger_query_start_text(ledger, sql.data, ret, err);
}

/* --- before --- */

static ctes_status check_empty(ctes_ledger *to, ctes_error *err) {
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
        bool row = false;
        CTES_TRY(start_reading(to, &TABLES[i], &query, err));
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (row)
            return ledger_refuse(err, CTES_E_LEDGER_NOT_EMPTY, to->path, "%s", TABLES[i].name);
    }
    return CTES_OK;
}

/* What is under way would be recorded where nobody looks any more: the copy takes every lease that
 * somebody has, or fails as any other worker would. */
static ctes_status check_leases(ctes_ledger *from, ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL }; /* undone: the rows go as they are */
    CTES_TRY(ledger_step_write(from, &step, err));
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(start_reading(from, &TABLES[TABLE_BAIL], &query, err));
    for (;;) {
        bool row = false;
        CTES_TRY(ledger_query_row(&query, &row, err));
        if (!row)
            return CTES_OK;
        CTES_TRY(ctes_store_lease(from, ledger_column_int(&query, 0), 0, LEASE_MS, err));
    }
}

/* Keeps everybody from writing until the step ends, where the register can be written at all. */
static ctes_status hold_still(ctes_ledger *from, ledger_step *ret, ctes_error *err) {
    if (!from->writable)
        return ledger_step_read(from, ret, err);
    CTES_TRY(ledger_step_write(from, ret, err));
    if (ledger_sql_text(SQL_LOCK_TABLES, from->driver->dialect) != NULL)
        CTES_TRY(ledger_execute(from, SQL_LOCK_TABLES, err));
    return check_leases(from, err);
}

static ctes_status open_source(const ctes_context *context, const char *url, ctes_ledger **ret,
                               ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *ledger = NULL;
    CTES_TRY(ctes_ledger_open(context, url, &ledger, err)); /* there is one, or this is the end */
    LEDGER_AUTO_CLOSE ctes_ledger *writer = NULL;
    ctes_error why = CTES_ERROR_INIT;
    ctes_status status = ctes_store_open(context, url, &writer, &why);
    if (status != CTES_OK && status != CTES_E_LEDGER_READONLY) {
        if (err != NULL)
            *err = why;
        return status;
    }
    *ret = status == CTES_OK ? CTES_TAKE(writer) : CTES_TAKE(ledger);
    return CTES_OK;
}

/* --- the rows --- */

static ctes_status copy_table(ctes_ledger *from, ctes_ledger *to, const table *t, uint64_t *ret,
                              ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query source = { .stmt = NULL };
    LEDGER_AUTO_QUERY ledger_query target = { .stmt = NULL };
    CTES_TRY(start_reading(from, t, &source, err));
    CTES_TRY(start_writing(to, t, &target, err));
    for (uint64_t rows = 0;; rows++) {
        bool row = false;
        CTES_TRY(ledger_query_row(&source, &row, err));
        if (!row) {
            *ret = rows;
            return CTES_OK;
        }
        if (rows % LOOK_EVERY == 0 && ctes_stop_asked(&to->context))
            return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
        for (int i = 0; i < t->columns; i++) {
            ledger_value value = ledger_column(&source, i);
            if (value.type != LEDGER_NULL && value.type != LEDGER_INT && value.bytes == NULL)
                return ctes_fail_memory(err);
            ledger_bind_value(&target, &value);
        }
        CTES_TRY(ledger_query_run(&target, err));
        ledger_query_again(&target);
    }
}

static bool same_value(const ledger_value *a, const ledger_value *b) {
    if (a->type != b->type)
        return false;
    if (a->type == LEDGER_INT)
        return a->number == b->number;
    return a->type == LEDGER_NULL ||
           (a->length == b->length && a->bytes != NULL && b->bytes != NULL &&
            memcmp(a->bytes, b->bytes, a->length) == 0);
}

/* Reads both sides again, in the order of their keys. */
static ctes_status compare_table(ctes_ledger *from, ctes_ledger *to, const table *t, uint64_t rows,
                                 ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query source = { .stmt = NULL };
    LEDGER_AUTO_QUERY ledger_query target = { .stmt = NULL };
    CTES_TRY(start_reading(from, t, &source, err));
    CTES_TRY(start_reading(to, t, &target, err));
    for (uint64_t at = 0;; at++) {
        bool here = false;
        bool there = false;
        CTES_TRY(ledger_query_row(&source, &here, err));
        CTES_TRY(ledger_query_row(&target, &there, err));
        bool same = here == there && here == (at < rows);
        for (int i = 0; same && here && i < t->columns; i++) {
            ledger_value a = ledger_column(&source, i);
            ledger_value b = ledger_column(&target, i);
            same = same_value(&a, &b);
        }
        if (!same)
            return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, to->path, "%s %llu", t->name,
                                 (unsigned long long)at + 1);
        if (!here)
            return CTES_OK;
        if (at % LOOK_EVERY == 0 && ctes_stop_asked(&to->context))
            return ctes_fail(err, CTES_E_INTERRUPTED, NULL, "%s", "");
    }
}

/* Numbers given from now on follow those that were copied. */
static ctes_status go_on_counting(ctes_ledger *to, const table *t, ctes_error *err) {
    if (!t->numbered || to->driver->dialect == LEDGER_SQLITE) /* which looks for the greatest */
        return CTES_OK;
    CTES_AUTO_BUFFER ctes_buffer sql = CTES_BUFFER_INIT(256);
    CTES_TRY(ctes_buffer_printf(&sql, err,
                                "SELECT setval(pg_get_serial_sequence('ctes.%s', 'id'), max(id))"
                                " FROM %s HAVING max(id) IS NOT NULL",
                                t->name, t->name));
    return to->driver->execute(to, sql.data, err);
}

static ctes_status copy_all(ctes_ledger *from, ctes_ledger *to, uint64_t counts[TABLE_COUNT],
                            ctes_error *err) {
    LEDGER_AUTO_STEP ledger_step still = { .ledger = NULL };
    CTES_TRY(hold_still(from, &still, err));
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(to, &step, err));
    CTES_TRY(check_empty(to, err));
    CTES_TRY(ledger_execute(to, SQL_DEFER, err)); /* acts and their attempts name each other */
    for (size_t i = 0; i < TABLE_COUNT; i++)
        CTES_TRY(copy_table(from, to, &TABLES[i], &counts[i], err));
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        CTES_TRY(compare_table(from, to, &TABLES[i], counts[i], err));
        CTES_TRY(go_on_counting(to, &TABLES[i], err));
    }
    return ledger_step_commit(&step, err);
}

ctes_status ctes_ledger_copy(const ctes_context *context, const char *from_url, const char *to_url,
                             ctes_copy_fn each, void *user, ctes_error *err) {
    LEDGER_AUTO_CLOSE ctes_ledger *from = NULL;
    LEDGER_AUTO_CLOSE ctes_ledger *to = NULL;
    CTES_TRY(open_source(context, from_url, &from, err));
    CTES_TRY(ctes_store_open(context, to_url, &to, err));
    CTES_TRY(check_empty(to, err)); /* before anybody is kept waiting */
    uint64_t counts[TABLE_COUNT] = { 0 };
    CTES_TRY(copy_all(from, to, counts, err));
    for (size_t i = 0; each != NULL && i < TABLE_COUNT; i++)
        each(user, TABLES[i].name, counts[i]);
    return CTES_OK;
}
