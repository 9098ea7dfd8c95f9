#include "sandbox/store_courrier.h"

#include "base/fail.h"
#include "sandbox/store_sql.h"

ctes_status store_courrier_add(sb_store *store, const sb_courrier *courrier, const char *texte,
                               const char *form, ctes_error *err) {
    return SQL_RUN(store, err,
                   "INSERT INTO courrier(transac, letter, unread, message, id_acte, date, texte,"
                   " form) VALUES(?,?,?,?,?,?,?,?)",
                   "iiisssss", courrier->transac, courrier->letter, (int64_t)courrier->unread,
                   courrier->message, courrier->id_acte, courrier->date, texte, form);
}

ctes_status store_courrier_get(sb_store *store, int64_t transac, sb_courrier *ret,
                               ctes_error *err) {
    sqlite3_stmt *statement = sql_bind(store, err,
                                       "SELECT transac, letter, unread, message, id_acte, date"
                                       " FROM courrier WHERE transac = ?",
                                       "i", transac);
    bool row = false;
    CTES_TRY(sql_step(store, statement, &row, err));
    if (!row)
        return ctes_fail(err, CTES_E_NOT_FOUND, NULL, "courrier");
    *ret = (sb_courrier){ .transac = sqlite3_column_int64(statement, 0),
                          .letter = sqlite3_column_int64(statement, 1),
                          .unread = sqlite3_column_int(statement, 2) != 0 };
    sql_copy(statement, 3, ret->message, sizeof ret->message);
    sql_copy(statement, 4, ret->id_acte, sizeof ret->id_acte);
    sql_copy(statement, 5, ret->date, sizeof ret->date);
    (void)sqlite3_reset(statement);
    return CTES_OK;
}

ctes_status store_courrier_find(sb_store *store, const char *message, const char *id_acte,
                                const char *date, int64_t *ret, ctes_error *err) {
    return SQL_INT(store, err, 0, ret,
                   "SELECT transac FROM courrier WHERE message = ? AND id_acte = ? AND date = ?"
                   " ORDER BY transac LIMIT 1",
                   "sss", message, id_acte, date);
}

ctes_status store_courrier_read(sb_store *store, const char *siren, int64_t transac,
                                ctes_error *err) {
    return SQL_RUN(store, err,
                   "UPDATE courrier SET unread = 0 WHERE transac = ? AND EXISTS"
                   " (SELECT 1 FROM transac WHERE id = courrier.transac AND siren = ?)",
                   "is", transac, siren);
}

static ctes_status walk(sb_store *store, sqlite3_stmt *statement, sb_transac_fn each, void *user,
                        ctes_error *err) {
    for (bool row = true;;) {
        CTES_TRY(sql_step(store, statement, &row, err));
        if (!row)
            return CTES_OK;
        sb_transac transac;
        sql_transac(statement, &transac);
        each(user, &transac);
    }
}

ctes_status store_unread(sb_store *store, const char *siren, sb_transac_fn each, void *user,
                         ctes_error *err) {
    return walk(store,
                sql_bind(store, err,
                         "SELECT " TRANSAC_COLUMNS " FROM transac JOIN courrier ON transac ="
                         " transac.id WHERE unread = 1 AND siren = ? ORDER BY transac.id",
                         "s", siren),
                each, user, err);
}

ctes_status store_related(sb_store *store, int64_t act, sb_transac_fn each, void *user,
                          ctes_error *err) {
    return walk(store,
                sql_bind(store, err,
                         "SELECT " TRANSAC_COLUMNS " FROM transac WHERE related = ? AND related"
                         " <> 0 AND type <> 6 ORDER BY transac.id",
                         "i", act),
                each, user, err);
}

typedef struct id_list {
    int64_t *ids;
    size_t max, count;
} id_list;

static void keep_id(void *user, const sb_transac *transac) {
    id_list *list = user;
    if (list->count < list->max)
        list->ids[list->count++] = transac->id;
}

ctes_status store_related_ids(sb_store *store, int64_t act, int64_t *ids, size_t max, size_t *ret,
                              ctes_error *err) {
    id_list list = { .ids = ids, .max = max };
    CTES_TRY(store_related(store, act, keep_id, &list, err));
    *ret = list.count;
    return CTES_OK;
}

ctes_status store_envelope_is(sb_store *store, int64_t envelope, const char *mode, bool *ret,
                              ctes_error *err) {
    int64_t found = 0;
    CTES_TRY(SQL_INT(store, err, 0, &found, "SELECT 1 FROM envelope WHERE id = ? AND mode = ?",
                     "is", envelope, mode));
    *ret = found != 0;
    return CTES_OK;
}
