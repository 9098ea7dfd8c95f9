#include "floor.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

struct floor_register {
    sqlite3 *db;
    sqlite3_stmt *insert;
    unsigned group, waiting; /* acts to a commit, and those that wait for the next */
    pthread_mutex_t lock;
};

static void run(floor_register *reg, const char *sql) {
    if (sqlite3_exec(reg->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        floor_die(sql, sqlite3_errmsg(reg->db));
}

floor_register *floor_register_open(const char *path, unsigned group) {
    floor_register *reg = calloc(1, sizeof *reg);
    if (reg == NULL || pthread_mutex_init(&reg->lock, NULL) != 0)
        floor_die("memory", "none");
    reg->group = group;
    if (sqlite3_open(path, &reg->db) != SQLITE_OK)
        floor_die(path, sqlite3_errmsg(reg->db));
    run(reg, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
             "CREATE TABLE acte (numero TEXT NOT NULL, siren TEXT NOT NULL, archive TEXT NOT NULL,"
             " message_sha256 BLOB NOT NULL, size INTEGER NOT NULL, id INTEGER NOT NULL,"
             " PRIMARY KEY (siren, numero)) STRICT");
    if (sqlite3_prepare_v2(reg->db, "INSERT INTO acte VALUES (?,?,?,?,?,?)", -1, &reg->insert,
                           NULL) != SQLITE_OK)
        floor_die(path, sqlite3_errmsg(reg->db));
    return reg;
}

void floor_record(floor_register *reg, const floor_acte *acte, const floor_package *package,
                  long long transaction) {
    (void)pthread_mutex_lock(&reg->lock);
    if (reg->waiting == 0)
        run(reg, "BEGIN IMMEDIATE");
    sqlite3_stmt *insert = reg->insert;
    (void)sqlite3_bind_text(insert, 1, acte->numero, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(insert, 2, acte->siren, -1, SQLITE_STATIC);
    (void)sqlite3_bind_text(insert, 3, package->name, -1, SQLITE_STATIC);
    (void)sqlite3_bind_blob(insert, 4, package->message_digest, 32, SQLITE_STATIC);
    (void)sqlite3_bind_int64(insert, 5, (sqlite3_int64)package->archive.length);
    (void)sqlite3_bind_int64(insert, 6, transaction);
    if (sqlite3_step(insert) != SQLITE_DONE)
        floor_die(acte->numero, sqlite3_errmsg(reg->db));
    (void)sqlite3_reset(insert);
    if (++reg->waiting == reg->group) {
        run(reg, "COMMIT");
        reg->waiting = 0;
    }
    (void)pthread_mutex_unlock(&reg->lock);
}

void floor_register_close(floor_register *reg) {
    if (reg->waiting > 0)
        run(reg, "COMMIT");
    (void)sqlite3_finalize(reg->insert);
    (void)sqlite3_close(reg->db);
    (void)pthread_mutex_destroy(&reg->lock);
    free(reg);
}
