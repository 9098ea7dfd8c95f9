/*
 * The sandbox's own ledger: what it accepted, what was tried twice, every request it saw.
 * Sole user of SQLite here, which no header shows.
 *
 * One connection, one lock: a caller takes the lock for as long as what it does must be whole.
 */
#ifndef CTES_SANDBOX_STORE_H
#define CTES_SANDBOX_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ctes/error.h>

#include "base/buffer.h"

typedef struct sb_store sb_store;

/** Opens (and makes) a ledger. `path` NULL: a temporary one, gone at the end. */
ctes_status store_open(const char *path, sb_store **ret, ctes_error *err) CTES_MUST_CHECK;
void store_close(sb_store *store);

void store_lock(sb_store *store);
void store_unlock(sb_store *store);

ctes_status store_begin(sb_store *store, ctes_error *err) CTES_MUST_CHECK;
ctes_status store_commit(sb_store *store, ctes_error *err) CTES_MUST_CHECK;
void store_rollback(sb_store *store);

/* --- transactions, with the words and numbers of the sheet's § 5 --- */

enum {
    STATUS_ERROR = -1,
    STATUS_CANCELLED = 0,
    STATUS_POSTED = 1,
    STATUS_WAITING = 2,
    STATUS_TRANSMITTED = 3,
    STATUS_ACKNOWLEDGED = 4,
    STATUS_VALIDATED = 5,
    STATUS_REFUSED = 6,
    STATUS_RECEIVED = 7, /**< a letter that its acknowledgement answers: 3-1, 4-1 */
    STATUS_AR_SENT = 8,
    STATUS_TO_POST = 17,
    STATUS_TO_SIGN = 18,
    STATUS_TO_SAE = 19,
    STATUS_RECEIVED_NO_AR = 21, /**< a letter that nothing answers by itself: 2-1, 5-1 */
    STATUS_LAST = 22
};

#define TRANSAC_NEVER INT64_MAX /**< `due_ms` of what moves only when told */

typedef struct sb_transac {
    int64_t id;
    int64_t envelope;
    int64_t related; /**< the act that a cancellation or a letter is about; 0: none */
    int type;        /**< 1 act … 7 classification request */
    int status;
    int nature;
    int lag;   /**< steps it stays behind (trap T20) */
    bool late; /**< in -1, and an acknowledgement follows */
    int64_t due_ms;
    int64_t created_ms;
    char siren[10];
    char owner[64]; /**< name of the account that deposited */
    char number[32];
    char date[11]; /**< of the decision, "2024-01-05", or empty */
    char abrege[3];
    char classification[32];
    char unique_id[64];
    char path[160]; /**< of its archive */
} sb_transac;

/** Inserts; `ret->id` is filled. The subject is UTF-8. */
ctes_status store_transac_add(sb_store *store, sb_transac *transac, const char *subject,
                              ctes_error *err) CTES_MUST_CHECK;

/** @return CTES_OK or CTES_E_NOT_FOUND. */
ctes_status store_transac_get(sb_store *store, int64_t id, sb_transac *ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** By official act id, else by the name of its message `<unique_id>_0.xml` if just one has it. */
ctes_status store_transac_find(sb_store *store, const char *unique_id, sb_transac *ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** Is the number taken, for ever, by any transaction of this authority? 0: no; else its id. */
ctes_status store_number_taken(sb_store *store, const char *siren, const char *number, int64_t *ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** A cancellation of this act that is still under way: its id, or 0. */
ctes_status store_cancel_pending(sb_store *store, int64_t act, int64_t *ret,
                                 ctes_error *err) CTES_MUST_CHECK;
/** A request of this type made this day and still under way: its id, or 0. */
ctes_status store_type_pending(sb_store *store, const char *siren, int type, int64_t since_ms,
                               int64_t *ret, ctes_error *err) CTES_MUST_CHECK;

/** Ids of all that may still move, oldest first; those due by `due_ms` only. */
ctes_status store_pending(sb_store *store, int64_t due_ms, int64_t *ids, size_t max, size_t *ret,
                          ctes_error *err) CTES_MUST_CHECK;
/** Ids of an envelope's transactions. */
ctes_status store_siblings(sb_store *store, int64_t envelope, int64_t *ids, size_t max, size_t *ret,
                           ctes_error *err) CTES_MUST_CHECK;

/** Writes the members that change while it moves: due_ms, lag, late. */
ctes_status store_transac_move(sb_store *store, const sb_transac *transac,
                               ctes_error *err) CTES_MUST_CHECK;
/** The official act id, once the préfecture gave it. */
ctes_status store_unique_id_set(sb_store *store, int64_t id, const char *unique_id,
                                ctes_error *err) CTES_MUST_CHECK;

/** A state reached: what the workflow keeps of it. `flow` may be NULL. */
ctes_status store_status_set(sb_store *store, int64_t id, int status, const char *message,
                             const void *flow, size_t flow_length, const char *flow_name,
                             int64_t at_ms, ctes_error *err) CTES_MUST_CHECK;

/** Flow and message (UTF-8, may be NULL to skip) of the last time this state was reached; both
 *  empty when it never was. */
ctes_status store_status_get(sb_store *store, int64_t id, int status, ctes_buffer *ret_flow,
                             ctes_buffer *ret_message, int64_t *ret_at_ms,
                             ctes_error *err) CTES_MUST_CHECK;

/** Was any state other than 1, 2, 3 ever reached? */
ctes_status store_past_sending(sb_store *store, int64_t id, bool *ret,
                               ctes_error *err) CTES_MUST_CHECK;

/* --- envelopes, files --- */

ctes_status store_envelope_add(sb_store *store, const char *siren, const char *owner,
                               const char *path, const char *mode, int64_t at_ms, int64_t *ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** Next number of the daily counter, 1 … 9999. @return CTES_OK or CTES_E_LIMIT. */
ctes_status store_serial(sb_store *store, const char *siren, const char *day, unsigned *ret,
                         ctes_error *err) CTES_MUST_CHECK;

typedef struct stored_file {
    int64_t id;
    int64_t transac;
    const char *name;
    const char *posted;
    const char *mime;
    const char *sign;
    const char *code_pj;
    size_t size;
} stored_file;

ctes_status store_file_add(sb_store *store, const stored_file *file,
                           ctes_error *err) CTES_MUST_CHECK;
/** Calls `each` for a transaction's files, ids ascending; the strings live during the call. */
ctes_status store_files(sb_store *store, int64_t transac,
                        void (*each)(void *user, const stored_file *file), void *user,
                        ctes_error *err) CTES_MUST_CHECK;
/** One file by id. @return CTES_OK or CTES_E_NOT_FOUND. */
ctes_status store_file_get(sb_store *store, int64_t id,
                           void (*each)(void *user, const stored_file *file), void *user,
                           ctes_error *err) CTES_MUST_CHECK;

/** What lies in an archive, by the path it is stored under. */
ctes_status store_member_add(sb_store *store, const char *path, const char *name, const void *bytes,
                             size_t length, ctes_error *err) CTES_MUST_CHECK;
/** Gives a member new bytes. */
ctes_status store_member_replace(sb_store *store, const char *path, const char *name,
                                 const void *bytes, size_t length, ctes_error *err) CTES_MUST_CHECK;
ctes_status store_archive_delete(sb_store *store, const char *path,
                                 ctes_error *err) CTES_MUST_CHECK;
/** @return CTES_OK or CTES_E_NOT_FOUND. */
ctes_status store_member_get(sb_store *store, const char *path, const char *name, ctes_buffer *ret,
                             ctes_error *err) CTES_MUST_CHECK;
/** In the order of the archive. The bytes live during the call; return a failure to stop. */
ctes_status store_members(sb_store *store, const char *path,
                          ctes_status (*each)(void *user, const char *name, const void *bytes,
                                              size_t length, ctes_error *err),
                          void *user, ctes_error *err) CTES_MUST_CHECK;

/* --- listings and the record --- */

typedef struct sb_listed {
    sb_transac transac;
    const char *subject;
} sb_listed;

typedef struct list_filter {
    const char *siren;
    int status;
    int64_t offset, limit;
    int64_t min_ms, max_ms; /**< when the state was reached; both 0: whenever */
} list_filter;

ctes_status store_list(sb_store *store, const list_filter *filter,
                       void (*each)(void *user, const sb_listed *listed), void *user,
                       ctes_error *err) CTES_MUST_CHECK;
ctes_status store_count(sb_store *store, const char *siren, int status, int64_t *ret,
                        ctes_error *err) CTES_MUST_CHECK;

typedef struct request_log {
    int64_t at_ms;
    const char *method, *path, *query;
    const char *account; /**< or "" */
    unsigned http;       /**< 0: no reply was sent */
    const char *answer;  /**< first line of the reply, cleaned */
    const char *fault;
    size_t bytes_in, bytes_out;
    int64_t micros;
} request_log;

/** Takes the lock itself. */
ctes_status store_request_add(sb_store *store, const request_log *log,
                              ctes_error *err) CTES_MUST_CHECK;

/** Records a try to deposit a number a second time; `held` is the transaction that has it. */
ctes_status store_duplicate_add(sb_store *store, const char *siren, const char *number,
                                const char *mode, const char *subject, int64_t held, int64_t at_ms,
                                ctes_error *err) CTES_MUST_CHECK;

/** Runs one of the ledger's own read-only dumps; every value as text, NULL for SQL NULL. */
typedef enum dump_table {
    DUMP_ACTS,
    DUMP_LETTERS,
    DUMP_ANSWERS,
    DUMP_DOCUMENTS,
    DUMP_DEPOTS,
    DUMP_MAILS,
    DUMP_WORKFLOW,
    DUMP_DUPLICATES,
    DUMP_REQUESTS
} dump_table;
typedef struct dump_cell {
    const char *name;
    const char *text;
    bool number;
} dump_cell;
ctes_status store_dump(sb_store *store, dump_table table,
                       void (*row)(void *user, const dump_cell *cells, size_t count), void *user,
                       ctes_error *err) CTES_MUST_CHECK;

#endif
