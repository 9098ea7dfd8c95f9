#include "sandbox/store.h"

#include "sandbox/store_sql.h"

ctes_status store_request_add(sb_store *store, const request_log *log, ctes_error *err) {
    store_lock(store);
    ctes_status status =
        SQL_RUN(store, err,
                "INSERT INTO request(at_ms, method, path, query, account, http, answer, fault,"
                " bytes_in, bytes_out, micros) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                "issssissiii", log->at_ms, log->method, log->path, log->query, log->account,
                (int64_t)log->http, log->answer, log->fault, (int64_t)log->bytes_in,
                (int64_t)log->bytes_out, log->micros);
    store_unlock(store);
    return status;
}

ctes_status store_duplicate_add(sb_store *store, const char *siren, const char *number,
                                const char *mode, const char *subject, int64_t held, int64_t at_ms,
                                ctes_error *err) {
    return SQL_RUN(store, err,
                   "INSERT INTO duplicate(at_ms, siren, number, mode, subject, held)"
                   " VALUES(?,?,?,?,?,?)",
                   "issssi", at_ms, siren, number, mode, subject, held);
}

static const char *const dumps[] = {
    [DUMP_ACTS] = "SELECT transac.id, type, status, number, date, nature, classification, subject,"
                  " unique_id, transac.siren, transac.owner, mode, transac.path, envelope, related,"
                  " transac.created_ms, late FROM transac JOIN envelope"
                  " ON envelope.id = transac.envelope ORDER BY transac.id",
    [DUMP_LETTERS] = "SELECT transac.id, type, status, message, number, id_acte, courrier.date,"
                     " texte, form, unread, related, siren, envelope, path FROM courrier"
                     " JOIN transac ON transac.id = transac WHERE message IN ('2-1', '3-1', '4-1',"
                     " '5-1') ORDER BY transac",
    [DUMP_ANSWERS] = "SELECT transac.id, type, status, message, number, id_acte, courrier.date,"
                     " letter, related, siren, envelope, path FROM courrier"
                     " JOIN transac ON transac.id = transac WHERE message NOT IN ('2-1', '3-1',"
                     " '4-1', '5-1') ORDER BY transac",
    [DUMP_DOCUMENTS] = "SELECT courrier.transac, message, file.name, posted, mime, code_pj, size,"
                       " sha256(bytes) AS sha256 FROM courrier"
                       " JOIN transac ON transac.id = courrier.transac"
                       " JOIN file ON file.transac = courrier.transac"
                       " LEFT JOIN member ON member.path = transac.path AND member.name = file.name"
                       " ORDER BY courrier.transac, file.id",
    [DUMP_DEPOTS] = "SELECT name, at_ms, size, sha256, times, changed, envelope, verdict"
                    " FROM depot ORDER BY at_ms, name",
    [DUMP_MAILS] = "SELECT id, at_ms, transac, file, subject, attachments FROM mail ORDER BY id",
    [DUMP_WORKFLOW] = "SELECT transac, status, at_ms, message, flow_name, length(flow) AS flow_size"
                      " FROM workflow ORDER BY id",
    [DUMP_DUPLICATES] = "SELECT at_ms, siren, number, mode, subject, held FROM duplicate"
                        " ORDER BY id",
    [DUMP_REQUESTS] = "SELECT at_ms, method, path, query, account, http, answer, fault, bytes_in,"
                      " bytes_out, micros FROM request ORDER BY id",
};

#define CELLS_MAX 24

ctes_status store_dump(sb_store *store, dump_table table,
                       void (*row)(void *user, const dump_cell *cells, size_t count), void *user,
                       ctes_error *err) {
    sqlite3_stmt *statement = sql_bind(store, err, dumps[table], "");
    for (bool more = true;;) {
        CTES_TRY(sql_step(store, statement, &more, err));
        if (!more)
            return CTES_OK;
        dump_cell cells[CELLS_MAX];
        int count = sqlite3_column_count(statement);
        for (int i = 0; i < count && i < CELLS_MAX; i++)
            cells[i] = (dump_cell){ .name = sqlite3_column_name(statement, i),
                                    .number = sqlite3_column_type(statement, i) == SQLITE_INTEGER,
                                    .text = (const char *)sqlite3_column_text(statement, i) };
        row(user, cells, (size_t)count);
    }
}
