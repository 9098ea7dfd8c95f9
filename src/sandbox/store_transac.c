#include "sandbox/store.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sandbox/store_sql.h"

void sql_transac(sqlite3_stmt *row, sb_transac *ret) {
    *ret = (sb_transac){ .id = sqlite3_column_int64(row, 0),
                         .envelope = sqlite3_column_int64(row, 1),
                         .related = sqlite3_column_int64(row, 2),
                         .type = sqlite3_column_int(row, 3),
                         .status = sqlite3_column_int(row, 4),
                         .nature = sqlite3_column_int(row, 5),
                         .lag = sqlite3_column_int(row, 6),
                         .late = sqlite3_column_int(row, 7) != 0,
                         .due_ms = sqlite3_column_int64(row, 8),
                         .created_ms = sqlite3_column_int64(row, 9) };
    sql_copy(row, 10, ret->siren, sizeof ret->siren);
    sql_copy(row, 11, ret->owner, sizeof ret->owner);
    sql_copy(row, 12, ret->number, sizeof ret->number);
    sql_copy(row, 13, ret->date, sizeof ret->date);
    sql_copy(row, 14, ret->abrege, sizeof ret->abrege);
    sql_copy(row, 15, ret->classification, sizeof ret->classification);
    sql_copy(row, 16, ret->unique_id, sizeof ret->unique_id);
    sql_copy(row, 17, ret->path, sizeof ret->path);
}

ctes_status store_transac_add(sb_store *store, sb_transac *t, const char *subject,
                              ctes_error *err) {
    CTES_TRY(SQL_RUN(store, err,
                     "INSERT INTO transac(envelope, related, type, status, nature, lag, late,"
                     " due_ms, created_ms, siren, owner, number, date, abrege, classification,"
                     " unique_id, path, subject)"
                     " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'',?,?)",
                     "iiiiiiiiissssssss", t->envelope, t->related, (int64_t)t->type,
                     (int64_t)t->status, (int64_t)t->nature, (int64_t)t->lag, (int64_t)t->late,
                     t->due_ms, t->created_ms, t->siren, t->owner, t->number, t->date, t->abrege,
                     t->classification, t->path, subject));
    t->id = sqlite3_last_insert_rowid(store->db);
    return CTES_OK;
}

static ctes_status get_one(sb_store *store, sqlite3_stmt *statement, sb_transac *ret,
                           ctes_error *err) {
    bool row = false;
    CTES_TRY(sql_step(store, statement, &row, err));
    if (!row)
        return ctes_fail(err, CTES_E_NOT_FOUND, NULL, "transaction");
    sql_transac(statement, ret);
    (void)sqlite3_reset(statement);
    return CTES_OK;
}

ctes_status store_transac_get(sb_store *store, int64_t id, sb_transac *ret, ctes_error *err) {
    return get_one(
        store,
        sql_bind(store, err, "SELECT " TRANSAC_COLUMNS " FROM transac WHERE id = ?", "i", id), ret,
        err);
}

ctes_status store_transac_find(sb_store *store, const char *unique_id, sb_transac *ret,
                               ctes_error *err) {
    char name[128];
    if ((size_t)snprintf(name, sizeof name, "%s_0.xml", unique_id) >= sizeof name)
        return ctes_fail(err, CTES_E_NOT_FOUND, NULL, "transaction");
    if (unique_id[0] != '\0') {
        ctes_error none = CTES_ERROR_INIT;
        ctes_status status =
            get_one(store,
                    sql_bind(store, err,
                             "SELECT " TRANSAC_COLUMNS " FROM transac WHERE unique_id = ?"
                             " AND unique_id <> '' AND type = 1",
                             "s", unique_id),
                    ret, &none);
        if (status == CTES_OK)
            return status;
    }
    return get_one(store,
                   sql_bind(store, err,
                            "SELECT " TRANSAC_COLUMNS
                            " FROM transac WHERE id = (SELECT min(transac)"
                            " FROM file WHERE name = ? HAVING count(*) = 1)",
                            "s", name),
                   ret, err);
}

ctes_status store_number_taken(sb_store *store, const char *siren, const char *number, int64_t *ret,
                               ctes_error *err) {
    return SQL_INT(store, err, 0, ret,
                   "SELECT id FROM transac WHERE siren = ? AND number = ? ORDER BY id LIMIT 1",
                   "ss", siren, number);
}

ctes_status store_cancel_pending(sb_store *store, int64_t act, int64_t *ret, ctes_error *err) {
    return SQL_INT(store, err, 0, ret,
                   "SELECT id FROM transac WHERE related = ? AND related <> 0 AND type = 6"
                   " AND status IN (1, 2, 3)",
                   "i", act);
}

ctes_status store_type_pending(sb_store *store, const char *siren, int type, int64_t since_ms,
                               int64_t *ret, ctes_error *err) {
    return SQL_INT(store, err, 0, ret,
                   "SELECT id FROM transac WHERE siren = ? AND type = ? AND created_ms >= ?"
                   " AND status IN (1, 2, 3)",
                   "sii", siren, (int64_t)type, since_ms);
}

static ctes_status collect(sb_store *store, sqlite3_stmt *statement, int64_t *ids, size_t max,
                           size_t *ret, ctes_error *err) {
    size_t count = 0;
    bool row = true;
    while (count < max) {
        CTES_TRY(sql_step(store, statement, &row, err));
        if (!row)
            break;
        ids[count++] = sqlite3_column_int64(statement, 0);
    }
    if (row && statement != NULL)
        (void)sqlite3_reset(statement);
    *ret = count;
    return CTES_OK;
}

ctes_status store_pending(sb_store *store, int64_t due_ms, int64_t *ids, size_t max, size_t *ret,
                          ctes_error *err) {
    return collect(store,
                   sql_bind(store, err,
                            "SELECT id FROM transac WHERE (status IN (1, 2, 3, 7) OR late = 1)"
                            " AND due_ms <= ? ORDER BY id",
                            "i", due_ms),
                   ids, max, ret, err);
}

ctes_status store_siblings(sb_store *store, int64_t envelope, int64_t *ids, size_t max, size_t *ret,
                           ctes_error *err) {
    return collect(store,
                   sql_bind(store, err, "SELECT id FROM transac WHERE envelope = ? ORDER BY id",
                            "i", envelope),
                   ids, max, ret, err);
}

ctes_status store_transac_move(sb_store *store, const sb_transac *t, ctes_error *err) {
    return SQL_RUN(store, err, "UPDATE transac SET due_ms = ?, lag = ?, late = ? WHERE id = ?",
                   "iiii", t->due_ms, (int64_t)t->lag, (int64_t)t->late, t->id);
}

ctes_status store_unique_id_set(sb_store *store, int64_t id, const char *unique_id,
                                ctes_error *err) {
    return SQL_RUN(store, err, "UPDATE transac SET unique_id = ? WHERE id = ?", "si", unique_id,
                   id);
}

ctes_status store_status_set(sb_store *store, int64_t id, int status, const char *message,
                             const void *flow, size_t flow_length, const char *flow_name,
                             int64_t at_ms, ctes_error *err) {
    CTES_TRY(SQL_RUN(store, err, "UPDATE transac SET status = ? WHERE id = ?", "ii",
                     (int64_t)status, id));
    return SQL_RUN(store, err,
                   "INSERT INTO workflow(transac, status, at_ms, message, flow, flow_name)"
                   " VALUES(?,?,?,?,?,?)",
                   "iiisbs", id, (int64_t)status, at_ms, message, flow, flow_length, flow_name);
}

ctes_status store_status_get(sb_store *store, int64_t id, int status, ctes_buffer *ret_flow,
                             ctes_buffer *ret_message, int64_t *ret_at_ms, ctes_error *err) {
    sqlite3_stmt *statement = sql_bind(store, err,
                                       "SELECT flow, message, at_ms FROM workflow WHERE transac = ?"
                                       " AND status = ? ORDER BY id DESC LIMIT 1",
                                       "ii", id, (int64_t)status);
    bool row = false;
    CTES_TRY(sql_step(store, statement, &row, err));
    if (!row)
        return CTES_OK;
    ctes_status result = CTES_OK;
    const void *flow = sqlite3_column_blob(statement, 0);
    if (flow != NULL && ret_flow != NULL)
        result =
            ctes_buffer_append(ret_flow, flow, (size_t)sqlite3_column_bytes(statement, 0), err);
    if (result == CTES_OK && ret_message != NULL)
        result = ctes_buffer_puts(ret_message, sql_text(statement, 1), err);
    if (ret_at_ms != NULL)
        *ret_at_ms = sqlite3_column_int64(statement, 2);
    (void)sqlite3_reset(statement);
    return result;
}

ctes_status store_past_sending(sb_store *store, int64_t id, bool *ret, ctes_error *err) {
    int64_t found = 0;
    CTES_TRY(SQL_INT(store, err, 0, &found,
                     "SELECT 1 FROM workflow WHERE transac = ? AND status NOT IN (1, 2, 3) LIMIT 1",
                     "i", id));
    *ret = found != 0;
    return CTES_OK;
}

ctes_status store_list(sb_store *store, const list_filter *filter,
                       void (*each)(void *user, const sb_listed *listed), void *user,
                       ctes_error *err) {
    sqlite3_stmt *statement =
        sql_bind(store, err,
                 "SELECT " TRANSAC_COLUMNS ", subject FROM transac WHERE siren = ?1 AND status = ?2"
                 " AND (?5 = 0 AND ?6 = 0 OR (SELECT max(at_ms) FROM workflow"
                 " WHERE workflow.transac = transac.id AND workflow.status = ?2)"
                 " BETWEEN ?5 AND ?6) ORDER BY id DESC LIMIT ?4 OFFSET ?3",
                 "siiiii", filter->siren, (int64_t)filter->status, filter->offset, filter->limit,
                 filter->min_ms, filter->max_ms);
    bool row = true;
    for (;;) {
        CTES_TRY(sql_step(store, statement, &row, err));
        if (!row)
            return CTES_OK;
        sb_listed item;
        sql_transac(statement, &item.transac);
        item.subject = sql_text(statement, TRANSAC_COLUMN_COUNT);
        each(user, &item);
    }
}

ctes_status store_count(sb_store *store, const char *siren, int status, int64_t *ret,
                        ctes_error *err) {
    return SQL_INT(store, err, 0, ret,
                   "SELECT count(*) FROM transac WHERE siren = ? AND status = ?", "si", siren,
                   (int64_t)status);
}
