/*
 * The open register as this module sees it: a connection, its prepared statements, its
 * transactions. Nothing of it is visible outside the module.
 */
#ifndef CTES_LEDGER_DB_H
#define CTES_LEDGER_DB_H

#include "base/fail.h"
#include "ledger/courrier.h"
#include "ledger/driver.h"
#include "ledger/process.h"
#include "ledger/sql.h"
#include "ledger/store.h"

struct ctes_ledger {
    const ledger_driver *driver;
    void *db;             /* the driver's connection */
    ctes_context context; /* copied: the caller's struct need not outlive us */
    /* The file, absolute, so that chdir changes nothing; or the database in words without a secret.
     * It names the register in errors. */
    char *path;
    char *folder;                  /* the file's; NULL for a database */
    bool writable;                 /* opened by ctes_store_open */
    bool grouped;                  /* between ctes_store_begin and _commit or _rollback */
    bool leased;                   /* a lease was taken: closing gives it back */
    ledger_process self;           /* whose leases they are */
    int64_t token;                 /* tells this store's leases from another's */
    void *stmts[LEDGER_SQL_COUNT]; /* prepared on first use; NULL while in use */
};

static inline void ledger_closep(ctes_ledger **p) {
    ctes_ledger_close(*p);
    *p = NULL;
}
#define LEDGER_AUTO_CLOSE CTES_CLEANUP(ledger_closep)

/* --- errors --- */

/** Fills `err` with a refusal of this module's own: subject (or NULL), format, arguments. */
#define ledger_refuse(err, code, subject, ...)                                                     \
    ctes_fail_at((err), ctes_fail((err), (code), (subject), __VA_ARGS__), CTES_STAGE_REGISTER, NULL)

/* --- statements (statement.c) --- */

/** A statement in use. Parameters are bound in order; the first failure is kept until the step. */
typedef struct ledger_query {
    ctes_ledger *ledger;
    ledger_sql sql;
    void *stmt;
    int bound;
    int code;      /* of the first failed binding, the driver's own */
    char date[11]; /* what is bound by ledger_bind_date, once a statement */
} ledger_query;

/** Gives the statement back to the cache. */
void ledger_query_end(ledger_query *query);
#define LEDGER_AUTO_QUERY CTES_CLEANUP(ledger_query_end)

ctes_status ledger_query_start(ctes_ledger *ledger, ledger_sql sql, ledger_query *ret,
                               ctes_error *err) CTES_MUST_CHECK;

/** Starts a statement that has no name: copying makes them from the tables it finds. */
ctes_status ledger_query_start_text(ctes_ledger *ledger, const char *sql, ledger_query *ret,
                                    ctes_error *err) CTES_MUST_CHECK;

/** Makes a statement that ran ready for other parameters. */
void ledger_query_again(ledger_query *query);

void ledger_bind_value(ledger_query *query, const ledger_value *value);
void ledger_bind_int(ledger_query *query, int64_t value);
void ledger_bind_null(ledger_query *query);
void ledger_bind_text(ledger_query *query, const char *text);  /* NULL: SQL NULL */
void ledger_bind_given(ledger_query *query, const char *text); /* NULL and "": SQL NULL */
void ledger_bind_blob(ledger_query *query, const void *bytes, size_t length); /* never NULL */
void ledger_bind_date(ledger_query *query, ctes_date date);                   /* not given: NULL */

/** Steps to the next row; `*ret_row` is false at the end. */
ctes_status ledger_query_row(ledger_query *query, bool *ret_row, ctes_error *err) CTES_MUST_CHECK;

/** Runs a statement that returns no row. */
ctes_status ledger_query_run(ledger_query *query, ctes_error *err) CTES_MUST_CHECK;

/** Steps once and reads the whole number of the row, if there is one. A statement with RETURNING
 *  has then done all its work; it must end before its step commits. */
ctes_status ledger_query_number(ledger_query *query, int64_t *ret, bool *ret_found,
                                ctes_error *err) CTES_MUST_CHECK;

/** Starts and runs a statement without parameters and rows. */
ctes_status ledger_execute(ctes_ledger *ledger, ledger_sql sql, ctes_error *err) CTES_MUST_CHECK;

ledger_value ledger_column(const ledger_query *query, int column);
int64_t ledger_column_int(const ledger_query *query, int column);
/** Borrowed until the next step; NULL for SQL NULL. */
ctes_status ledger_column_text(const ledger_query *query, int column, const char **ret,
                               ctes_error *err) CTES_MUST_CHECK;
/** "" for SQL NULL; CTES_E_LEDGER_CORRUPT when it does not fit. */
ctes_status ledger_column_copy(const ledger_query *query, int column, char *out, size_t size,
                               ctes_error *err) CTES_MUST_CHECK;
/** An owned copy; NULL for SQL NULL. */
ctes_status ledger_column_dup(const ledger_query *query, int column, char **ret,
                              ctes_error *err) CTES_MUST_CHECK;
ctes_status ledger_column_date(const ledger_query *query, int column, ctes_date *ret,
                               ctes_error *err) CTES_MUST_CHECK;

/* --- transactions (step.c) --- */

/** A step that is whole or not at all: a transaction of its own, or a savepoint inside the
 *  caller's. Left open, it is undone when its scope ends. */
typedef struct ledger_step {
    ctes_ledger *ledger; /* NULL when nothing is open */
    bool savepoint;
} ledger_step;

void ledger_step_abandon(ledger_step *step);
#define LEDGER_AUTO_STEP CTES_CLEANUP(ledger_step_abandon)

/** For several reads that must see one state of the register. */
ctes_status ledger_step_read(ctes_ledger *ledger, ledger_step *ret,
                             ctes_error *err) CTES_MUST_CHECK;
/** For writing; takes the write lock at once, so that what is read then cannot change. */
ctes_status ledger_step_write(ctes_ledger *ledger, ledger_step *ret,
                              ctes_error *err) CTES_MUST_CHECK;
ctes_status ledger_step_commit(ledger_step *step, ctes_error *err) CTES_MUST_CHECK;

/* --- shared by the writing side --- */

/** Current state of an act, which no other session changes before this step ends.
 *  @return CTES_OK or CTES_E_ACTE_UNKNOWN. (change.c) */
ctes_status ledger_acte_state(ctes_ledger *ledger, int64_t acte, ctes_state *ret,
                              ctes_error *err) CTES_MUST_CHECK;

/** Adds a line to an act's history; `from` CTES_STATE_NONE for its first. (change.c) */
ctes_status ledger_add_event(ctes_ledger *ledger, int64_t acte, ctes_state from, ctes_state to,
                             const char *detail, ctes_error *err) CTES_MUST_CHECK;

/** Gives back the leases that this store still holds. A failure leaves them to their time, or to
 *  the end of this process. (lease.c) */
void ledger_release_all(ctes_ledger *ledger);

/** What is still expected of an act in a state, as column `suivi` has it; NULL: nothing. (state.c)
 */
const char *ledger_suivi(ctes_state state);

/* --- letters (courrier_state.c, courrier_record.c, courrier_change.c) --- */

/** One that the authority sends, and not one that it received? */
bool ledger_courrier_is_sent(ctes_courrier_state state);
/** Column `suivi` of a letter. */
const char *ledger_courrier_suivi(ctes_courrier_state state);

/** Loads a letter with its pieces; owned text. @return CTES_OK or CTES_E_COURRIER_UNKNOWN. */
ctes_status ledger_courrier_load(ctes_ledger *ledger, int64_t courrier, ctes_courrier *ret,
                                 ctes_error *err) CTES_MUST_CHECK;
/** Reads the current row into `ret`; its text is borrowed from the row. */
ctes_status ledger_courrier_view(const ledger_query *query, ctes_courrier *ret,
                                 ctes_error *err) CTES_MUST_CHECK;

/** Adds a line to a letter's history; `from` CTES_COURRIER_NONE for its first. */
ctes_status ledger_courrier_event(ctes_ledger *ledger, int64_t courrier, ctes_courrier_state from,
                                  ctes_courrier_state to, const char *detail,
                                  ctes_error *err) CTES_MUST_CHECK;

/** Bytes that prove something of a letter. */
typedef struct ledger_evidence {
    const char *kind;
    const void *bytes;
    size_t length;
    const char *sha256, *invalid;
} ledger_evidence;
ctes_status ledger_courrier_evidence(ctes_ledger *ledger, int64_t courrier,
                                     const ledger_evidence *evidence,
                                     ctes_error *err) CTES_MUST_CHECK;

/** Moves the letter that `answer` answers to where it stands now that the answer is in `state`.
 *  @return CTES_OK, CTES_E_COURRIER_UNKNOWN, CTES_E_ACTE_STATE when another answer is under way or
 *          arrived and this one is about to leave. */
ctes_status ledger_courrier_follow(ctes_ledger *ledger, int64_t courrier, int64_t answer,
                                   ctes_courrier_state state, const char *reason,
                                   ctes_error *err) CTES_MUST_CHECK;

/* --- shared by the reading side (record.c) --- */

/** Reads the current row into `ret`; its text is borrowed from the row. */
ctes_status ledger_record_view(const ledger_query *query, ctes_record *ret,
                               ctes_error *err) CTES_MUST_CHECK;
/** Loads one act with its pieces; owned text. */
ctes_status ledger_record_load(ctes_ledger *ledger, int64_t acte, ctes_record *ret,
                               ctes_error *err) CTES_MUST_CHECK;

#endif
