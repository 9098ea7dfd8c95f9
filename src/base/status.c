#include <stddef.h>

#include <ctes/error.h>
#include <ctes/status.h>

typedef struct ctes_status_row {
    const char *name;
    ctes_kind kind;
    bool repeatable;
    bool maybe_received;
} ctes_status_row;

static const ctes_status_row ROWS[CTES_STATUS_COUNT] = { { "ok", CTES_KIND_OK, true, true },
#define ROW(id, name, kind, repeatable, received) { name, kind, repeatable, received },
                                                         CTES_STATUS_LIST(ROW)
#undef ROW
};

static const ctes_status_row OUTSIDE = { "unknown", CTES_KIND_SYSTEM, false, false };

static const ctes_status_row *row(ctes_status status) {
    int position = -(int)status;
    return position >= 0 && position < CTES_STATUS_COUNT ? &ROWS[position] : &OUTSIDE;
}

const char *ctes_status_name(ctes_status status) {
    return row(status)->name;
}

ctes_kind ctes_status_kind(ctes_status status) {
    return row(status)->kind;
}

bool ctes_status_repeatable(ctes_status status) {
    return row(status)->repeatable;
}

bool ctes_status_maybe_received(ctes_status status) {
    return row(status)->maybe_received;
}

const char *ctes_stage_name(ctes_stage stage) {
    static const char *const NAMES[] = { "",          "config",  "acte",       "message",
                                         "signature", "package", "submission", "acquittement",
                                         "register",  "document" };
    size_t index = (size_t)stage;
    return index < sizeof NAMES / sizeof NAMES[0] ? NAMES[index] : "";
}
