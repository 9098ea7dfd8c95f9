#include "sandbox/store_depot.h"

#include "base/fail.h"
#include "sandbox/store_sql.h"

ctes_status store_depot_add(sb_store *store, const char *name, size_t size, const char *sha256,
                            int64_t at_ms, bool *ret_known, ctes_error *err) {
    int64_t times = 0;
    CTES_TRY(SQL_RUN(store, err,
                     "INSERT INTO depot(name, at_ms, size, sha256, times, changed, envelope,"
                     " verdict) VALUES(?1,?2,?3,?4,1,0,0,'') ON CONFLICT DO UPDATE SET"
                     " times = times + 1, changed = changed + (sha256 <> excluded.sha256)",
                     "siis", name, at_ms, (int64_t)size, sha256));
    CTES_TRY(SQL_INT(store, err, 0, &times, "SELECT times FROM depot WHERE name = ?", "s", name));
    *ret_known = times > 1;
    return CTES_OK;
}

ctes_status store_depot_set(sb_store *store, const char *name, int64_t envelope,
                            const char *verdict, ctes_error *err) {
    return SQL_RUN(store, err, "UPDATE depot SET envelope = ?, verdict = ? WHERE name = ?", "iss",
                   envelope, verdict, name);
}

ctes_status store_act_before(sb_store *store, const sb_transac *act, int64_t *ret,
                             ctes_error *err) {
    return SQL_INT(store, err, 0, ret,
                   "SELECT id FROM transac WHERE siren = ? AND number = ? AND date = ?"
                   " AND abrege = ? AND type = 1 AND id < ? AND status <> -1 ORDER BY id LIMIT 1",
                   "ssssi", act->siren, act->number, act->date, act->abrege, act->id);
}

ctes_status store_mail_add(sb_store *store, int64_t transac, const char *file, const char *subject,
                           const char *attachments, int64_t at_ms, ctes_error *err) {
    return SQL_RUN(store, err,
                   "INSERT INTO mail(at_ms, transac, file, subject, attachments)"
                   " VALUES(?,?,?,?,?)",
                   "iisss", at_ms, transac, file, subject, attachments);
}

ctes_status store_mail_count(sb_store *store, int64_t *ret, ctes_error *err) {
    return SQL_INT(store, err, 0, ret, "SELECT count(*) FROM mail", "");
}
