#include <assert.h>

#include "base/runtime.h"
#include "ledger/db.h"

ctes_status ledger_courrier_event(ctes_ledger *ledger, int64_t courrier, ctes_courrier_state from,
                                  ctes_courrier_state to, const char *detail, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_COURRIER_EVENEMENT_INSERT, &query, err));
    ledger_bind_int(&query, courrier);
    ledger_bind_int(&query, ctes_now_ms(&ledger->context));
    ledger_bind_given(&query, ctes_courrier_state_name(from));
    ledger_bind_text(&query, ctes_courrier_state_name(to));
    ledger_bind_given(&query, detail);
    return ledger_query_run(&query, err);
}

ctes_status ledger_courrier_evidence(ctes_ledger *ledger, int64_t courrier,
                                     const ledger_evidence *evidence, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_COURRIER_ACCUSE_INSERT, &query, err));
    ledger_bind_int(&query, courrier);
    ledger_bind_int(&query, ctes_now_ms(&ledger->context));
    ledger_bind_text(&query, evidence->kind);
    ledger_bind_blob(&query, evidence->bytes, evidence->length);
    ledger_bind_given(&query, evidence->sha256);
    ledger_bind_given(&query, evidence->invalid);
    return ledger_query_run(&query, err);
}

/* What decides about a letter, locked until the step ends. */
typedef struct standing {
    ctes_courrier_state state;
    bool received;
    int64_t answers;
    unsigned transaction, flux;
} standing;

static ctes_status read_standing(ctes_ledger *ledger, int64_t courrier, standing *ret,
                                 ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_COURRIER_STATE, &query, err));
    ledger_bind_int(&query, courrier);
    bool row = false;
    CTES_TRY(ledger_query_row(&query, &row, err));
    if (!row)
        return ledger_refuse(err, CTES_E_COURRIER_UNKNOWN, NULL, "%lld", (long long)courrier);
    const char *name = NULL;
    CTES_TRY(ledger_column_text(&query, 0, &name, err));
    ctes_courrier_state state = name != NULL ? ctes_courrier_state_of(name) : CTES_COURRIER_NONE;
    if (state == CTES_COURRIER_NONE)
        return ledger_refuse(err, CTES_E_LEDGER_CORRUPT, ledger->path, "state of letter %lld",
                             (long long)courrier);
    *ret = (standing){ .state = state,
                       .received = ledger_column_int(&query, 1) != 0,
                       .answers = ledger_column_int(&query, 2),
                       .transaction = (unsigned)ledger_column_int(&query, 3),
                       .flux = (unsigned)ledger_column_int(&query, 4) };
    return CTES_OK;
}

/* 3-2 and 4-2 acknowledge a letter and leave its answer to a person. */
static bool is_acknowledgement(const standing *letter) {
    return letter->flux == 2 && (letter->transaction == 3 || letter->transaction == 4);
}

/* Is another answer than this one under way, or has it arrived? */
static ctes_status is_answered_else(ctes_ledger *ledger, int64_t courrier, int64_t answer,
                                    bool *ret, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_COURRIER_LIVE_ANSWERS, &query, err));
    ledger_bind_int(&query, courrier);
    ledger_bind_int(&query, answer);
    int64_t count = 0;
    bool found = false;
    CTES_TRY(ledger_query_number(&query, &count, &found, err));
    *ret = count > 0;
    return CTES_OK;
}

static ctes_status move(ctes_ledger *ledger, int64_t courrier, ctes_courrier_state to,
                        ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(ledger, SQL_COURRIER_MOVE, &query, err));
    ledger_bind_int(&query, courrier);
    ledger_bind_text(&query, ctes_courrier_state_name(to));
    ledger_bind_text(&query, ledger_courrier_suivi(to));
    ledger_bind_int(&query, ctes_now_ms(&ledger->context));
    return ledger_query_run(&query, err);
}

static bool did_not_arrive(ctes_courrier_state answer) {
    return answer == CTES_COURRIER_REFUSED || answer == CTES_COURRIER_FAILED;
}

ctes_status ledger_courrier_follow(ctes_ledger *ledger, int64_t courrier, int64_t answer,
                                   ctes_courrier_state state, const char *reason, ctes_error *err) {
    standing letter = { .state = CTES_COURRIER_NONE };
    standing reply = { .state = CTES_COURRIER_NONE };
    bool other = false;
    CTES_TRY(read_standing(ledger, courrier, &letter, err));
    CTES_TRY(read_standing(ledger, answer, &reply, err));
    if (is_acknowledgement(&reply))
        return CTES_OK;
    CTES_TRY(is_answered_else(ledger, courrier, answer, &other, err));
    /* only what is about to leave is held back: what happened is recorded as it is */
    if (!letter.received || (other && state == CTES_COURRIER_TO_SEND))
        return ledger_refuse(err, CTES_E_ACTE_STATE, NULL, "%s",
                             ctes_courrier_state_name(letter.state));
    if (did_not_arrive(state) && other)
        return CTES_OK;
    ctes_courrier_state to = state == CTES_COURRIER_DONE ? CTES_COURRIER_CLOSED
                             : did_not_arrive(state)     ? CTES_COURRIER_OPEN
                                                         : CTES_COURRIER_ANSWERED;
    if (to == letter.state)
        return CTES_OK;
    CTES_TRY(ledger_courrier_event(ledger, courrier, letter.state, to, reason, err));
    return move(ledger, courrier, to, err);
}

static ctes_status update(ctes_store *store, int64_t courrier, ctes_courrier_state to,
                          const ctes_store_courrier_change *change, ctes_error *err) {
    LEDGER_AUTO_QUERY ledger_query query = { .stmt = NULL };
    CTES_TRY(ledger_query_start(store, SQL_COURRIER_CHANGE, &query, err));
    ledger_bind_int(&query, courrier);
    ledger_bind_text(&query, ctes_courrier_state_name(to));
    ledger_bind_text(&query, ledger_courrier_suivi(to));
    ledger_bind_int(&query, ctes_now_ms(&store->context));
    ledger_bind_text(&query, change->reason);
    if (change->transaction_id != 0)
        ledger_bind_int(&query, change->transaction_id);
    else
        ledger_bind_null(&query);
    ledger_bind_date(&query, change->reception);
    return ledger_query_run(&query, err);
}

ctes_status ctes_store_courrier_change_state(ctes_store *store, int64_t courrier,
                                             ctes_courrier_state from,
                                             const ctes_store_courrier_change *change,
                                             ctes_error *err) {
    ctes_courrier_state to = change->to != CTES_COURRIER_NONE ? change->to : from;
    assert(ledger_courrier_is_sent(from) == ledger_courrier_is_sent(to));
    LEDGER_AUTO_STEP ledger_step step = { .ledger = NULL };
    CTES_TRY(ledger_step_write(store, &step, err));
    standing letter = { .state = CTES_COURRIER_NONE };
    CTES_TRY(read_standing(store, courrier, &letter, err));
    if (letter.state != from)
        return ledger_refuse(err, CTES_E_ACTE_STATE, NULL, "%s",
                             ctes_courrier_state_name(letter.state));
    bool reasoned = change->reason != NULL && change->reason[0] != '\0';
    if (to != from || reasoned || change->kind != NULL)
        CTES_TRY(ledger_courrier_event(store, courrier, from, to, change->reason, err));
    if (change->kind != NULL) {
        const ledger_evidence evidence = { change->kind, change->evidence, change->evidence_length,
                                           change->evidence_sha256, change->evidence_invalid };
        CTES_TRY(ledger_courrier_evidence(store, courrier, &evidence, err));
    }
    CTES_TRY(update(store, courrier, to, change, err));
    if (letter.answers != 0 && to != from)
        CTES_TRY(ledger_courrier_follow(store, letter.answers, courrier, to, change->reason, err));
    return ledger_step_commit(&step, err);
}
