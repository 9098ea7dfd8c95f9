#include <string.h>

#include "ledger/db.h"

typedef struct state_row {
    const char *name;
    bool held, final;
    char resend;
} state_row;

static const state_row STATES[CTES_STATE_COUNT] = { [CTES_STATE_NONE] = { "", false, false, 'n' },
#define STATE_ROW(id, name, held, final, resend) [id] = { name, held, final, resend },
                                                    CTES_STATE_LIST(STATE_ROW)
#undef STATE_ROW
};

/* A number from elsewhere is no state: it reads as CTES_STATE_NONE. */
static const state_row *row_of(ctes_state state) {
    return &STATES[(unsigned)state < CTES_STATE_COUNT ? state : CTES_STATE_NONE];
}

const char *ctes_state_name(ctes_state state) {
    return row_of(state)->name;
}

ctes_state ctes_state_of(const char *name) {
    for (ctes_state state = CTES_STATE_NONE + 1; state < CTES_STATE_COUNT; state++)
        if (strcmp(name, STATES[state].name) == 0)
            return state;
    return CTES_STATE_NONE;
}

bool ctes_state_held(ctes_state state) {
    return row_of(state)->held;
}

bool ctes_state_final(ctes_state state) {
    return row_of(state)->final;
}

char ctes_state_resend(ctes_state state) {
    return row_of(state)->resend;
}

const char *ledger_suivi(ctes_state state) {
    const state_row *row = row_of(state);
    if (!row->final)
        return "attente";
    if (!row->held)
        return "refus";
    /* somebody took a cancelled act back on purpose: neither an answer nor a person is missing */
    if (state == CTES_STATE_CANCELLED)
        return NULL;
    return row->resend != 'n' || state == CTES_STATE_DISCORDANT ? "echec" : NULL;
}
