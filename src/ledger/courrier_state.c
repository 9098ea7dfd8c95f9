#include <string.h>

#include "ledger/db.h"

typedef struct state_row {
    const char *name;
    bool sent, pending;
} state_row;

static const state_row STATES[] = { [CTES_COURRIER_NONE] = { "", false, false },
#define STATE_ROW(id, name, sent, pending) [id] = { name, sent, pending },
                                    CTES_COURRIER_STATE_LIST(STATE_ROW)
#undef STATE_ROW
};
#define STATE_COUNT (sizeof STATES / sizeof STATES[0])

/* A number from elsewhere is no state: it reads as CTES_COURRIER_NONE. */
static const state_row *row_of(ctes_courrier_state state) {
    return &STATES[(size_t)state < STATE_COUNT ? state : CTES_COURRIER_NONE];
}

const char *ctes_courrier_state_name(ctes_courrier_state state) {
    return row_of(state)->name;
}

ctes_courrier_state ctes_courrier_state_of(const char *name) {
    for (size_t i = CTES_COURRIER_NONE + 1; i < STATE_COUNT; i++)
        if (strcmp(name, STATES[i].name) == 0)
            return (ctes_courrier_state)i;
    return CTES_COURRIER_NONE;
}

bool ctes_courrier_pending(ctes_courrier_state state) {
    return row_of(state)->pending;
}

bool ledger_courrier_is_sent(ctes_courrier_state state) {
    return row_of(state)->sent;
}

const char *ledger_courrier_suivi(ctes_courrier_state state) {
    return row_of(state)->pending ? "attente" : NULL;
}
