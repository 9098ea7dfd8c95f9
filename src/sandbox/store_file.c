#include "sandbox/store.h"

#include <string.h>

#include "base/text.h"
#include "sandbox/store_sql.h"

ctes_status store_envelope_add(sb_store *store, const char *siren, const char *owner,
                               const char *path, const char *mode, int64_t at_ms, int64_t *ret,
                               ctes_error *err) {
    CTES_TRY(SQL_RUN(store, err,
                     "INSERT INTO envelope(siren, owner, path, mode, created_ms)"
                     " VALUES(?,?,?,?,?)",
                     "ssssi", siren, owner, path, mode, at_ms));
    *ret = sqlite3_last_insert_rowid(store->db);
    return CTES_OK;
}

ctes_status store_serial(sb_store *store, const char *siren, const char *day, unsigned *ret,
                         ctes_error *err) {
    int64_t last = 0;
    CTES_TRY(SQL_INT(store, err, 0, &last, "SELECT last FROM serial WHERE siren = ? AND day = ?",
                     "ss", siren, day));
    if (last >= 9999)
        return ctes_fail(err, CTES_E_LIMIT, NULL, "9999");
    CTES_TRY(SQL_RUN(store, err,
                     "INSERT INTO serial(siren, day, last) VALUES(?,?,1)"
                     " ON CONFLICT DO UPDATE SET last = last + 1",
                     "ss", siren, day));
    *ret = (unsigned)last + 1;
    return CTES_OK;
}

ctes_status store_file_add(sb_store *store, const stored_file *file, ctes_error *err) {
    return SQL_RUN(store, err,
                   "INSERT INTO file(transac, name, posted, mime, size, sign, code_pj)"
                   " VALUES(?,?,?,?,?,?,?)",
                   "isssiss", file->transac, file->name, file->posted, file->mime,
                   (int64_t)file->size, file->sign, file->code_pj);
}

static void read_file(sqlite3_stmt *row, stored_file *ret) {
    *ret = (stored_file){ .id = sqlite3_column_int64(row, 0),
                          .transac = sqlite3_column_int64(row, 1),
                          .name = sql_text(row, 2),
                          .posted = sql_text(row, 3),
                          .mime = sql_text(row, 4),
                          .size = (size_t)sqlite3_column_int64(row, 5),
                          .sign = sql_text(row, 6),
                          .code_pj = sql_text(row, 7) };
}

static ctes_status each_file(sb_store *store, sqlite3_stmt *statement,
                             void (*each)(void *user, const stored_file *file), void *user,
                             size_t *ret_count, ctes_error *err) {
    size_t count = 0;
    for (bool row = true;;) {
        CTES_TRY(sql_step(store, statement, &row, err));
        if (!row)
            break;
        stored_file file;
        read_file(statement, &file);
        each(user, &file);
        count++;
    }
    *ret_count = count;
    return CTES_OK;
}

#define FILE_COLUMNS "id, transac, name, posted, mime, size, sign, code_pj"

ctes_status store_files(sb_store *store, int64_t transac,
                        void (*each)(void *user, const stored_file *file), void *user,
                        ctes_error *err) {
    size_t count = 0;
    return each_file(store,
                     sql_bind(store, err,
                              "SELECT " FILE_COLUMNS " FROM file WHERE transac = ? ORDER BY id",
                              "i", transac),
                     each, user, &count, err);
}

ctes_status store_file_get(sb_store *store, int64_t id,
                           void (*each)(void *user, const stored_file *file), void *user,
                           ctes_error *err) {
    size_t count = 0;
    CTES_TRY(each_file(
        store, sql_bind(store, err, "SELECT " FILE_COLUMNS " FROM file WHERE id = ?", "i", id),
        each, user, &count, err));
    return count == 1 ? CTES_OK : ctes_fail(err, CTES_E_NOT_FOUND, NULL, "file");
}

ctes_status store_member_add(sb_store *store, const char *path, const char *name, const void *bytes,
                             size_t length, ctes_error *err) {
    return SQL_RUN(store, err, "INSERT INTO member(path, name, bytes) VALUES(?,?,?)", "ssb", path,
                   name, length > 0 ? bytes : "", length);
}

ctes_status store_member_replace(sb_store *store, const char *path, const char *name,
                                 const void *bytes, size_t length, ctes_error *err) {
    return SQL_RUN(store, err, "UPDATE member SET bytes = ? WHERE path = ? AND name = ?", "bss",
                   bytes, length, path, name);
}

ctes_status store_archive_delete(sb_store *store, const char *path, ctes_error *err) {
    return SQL_RUN(store, err, "DELETE FROM member WHERE path = ?", "s", path);
}

ctes_status store_member_get(sb_store *store, const char *path, const char *name, ctes_buffer *ret,
                             ctes_error *err) {
    sqlite3_stmt *statement = sql_bind(
        store, err, "SELECT bytes FROM member WHERE path = ? AND name = ?", "ss", path, name);
    bool row = false;
    CTES_TRY(sql_step(store, statement, &row, err));
    if (!row)
        return ctes_fail(err, CTES_E_NOT_FOUND, name, "archive");
    const void *bytes = sqlite3_column_blob(statement, 0);
    ctes_status status =
        ctes_buffer_append(ret, bytes, (size_t)sqlite3_column_bytes(statement, 0), err);
    (void)sqlite3_reset(statement);
    return status;
}

ctes_status store_members(sb_store *store, const char *path,
                          ctes_status (*each)(void *user, const char *name, const void *bytes,
                                              size_t length, ctes_error *err),
                          void *user, ctes_error *err) {
    sqlite3_stmt *statement = sql_bind(
        store, err, "SELECT name, bytes FROM member WHERE path = ? ORDER BY id", "s", path);
    for (bool row = true;;) {
        CTES_TRY(sql_step(store, statement, &row, err));
        if (!row)
            return CTES_OK;
        ctes_status status = each(user, sql_text(statement, 0), sqlite3_column_blob(statement, 1),
                                  (size_t)sqlite3_column_bytes(statement, 1), err);
        if (status != CTES_OK) {
            (void)sqlite3_reset(statement);
            return status;
        }
    }
}
